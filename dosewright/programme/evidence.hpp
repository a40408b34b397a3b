// Published results as data: what a trial reported, for whom, when, and where it stands.
//
// Columns of evidence/trials.csv (docs/programme.md has each one):
//   id trial population arm n week endpoint statistic value unit sd_or_ci source status note
//   n_num week_num value_num sd_num ci95_lo ci95_hi iqr_lo iqr_hi range_lo range_hi
// The first fourteen are text as published; the others are the same as numbers, and may be empty.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"

namespace dosewright::programme {

struct EvidenceRow {
  std::string id, trial, population, arm;
  std::string n, week;              // "34"; "26 + follow-up"
  std::string endpoint, statistic;  // "LDL-C change at PET"; "mean % change"
  std::string value, unit, sd_or_ci;
  std::string source, status, note;  // status: found, document, derived
  std::optional<double> n_num, week_num, value_num, sd_num;
  std::optional<double> ci95_lo, ci95_hi, iqr_lo, iqr_hi, range_lo, range_hi;
  int line = 0;  // of the file it was read from

  // Rows that repeat what an overview document says; the numbers behind them have their own rows.
  bool restated() const { return status == "document"; }
};

// The rows that could be read, and a fault with row and column for each thing that is wrong.
struct Evidence {
  std::vector<EvidenceRow> rows;
  Faults faults;
  std::vector<std::string> broken_ids;  // of rows that were left out, where their id could be read
};

// `known_sources` empty: sources are not checked.
Evidence read_evidence(std::string_view text, const std::string& file,
                       std::span<const std::string> known_sources);
Evidence load_evidence(const std::string& path, std::span<const std::string> known_sources);

// One reading of one person in a published listing (evidence/individuals.csv).
struct IndividualReading {
  std::string label, trial;
  std::string time_unit, time;  // "day", "week"; a number, "baseline" or a range
  std::string measure, value, unit, note, source, status;
  std::optional<double> time_num, value_num;
  int line = 0;
};

struct Individuals {
  std::vector<IndividualReading> readings;
  Faults faults;
};

Individuals read_individuals(std::string_view text, const std::string& file,
                             std::span<const std::string> known_sources);
Individuals load_individuals(const std::string& path, std::span<const std::string> known_sources);

const EvidenceRow* find_row(std::span<const EvidenceRow> rows, std::string_view id);

}  // namespace dosewright::programme
