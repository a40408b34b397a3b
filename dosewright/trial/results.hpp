// What a run found, as numbers and as documents: rows beside the published ones, coverage, tables.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/trial/tally.hpp"

namespace dosewright::trial {

inline constexpr const char* kDisclaimer =
    "For research. Not a medical device. Simulated patients; do not use for the care of a person.";

// One published number beside what the simulation gave for it.
struct RowResult {
  const MappedRow* mapped = nullptr;
  double published = 0;
  double median = 0, lo = 0, hi = 0;  // over replicates; 2.5 and 97.5 % quantiles
  int formed = 0;                     // replicates in which the statistic could be formed
  bool inside = false;                // published within [lo, hi], ends counted
  // Width of the interval that chance alone would give at the published n; none where the row does
  // not say enough.
  std::optional<double> sampling_width;

  double width() const { return hi - lo; }
};

struct Coverage {
  int inside = 0, total = 0;
};

struct CoverageTable {
  Coverage calibrated, untouched;  // rows about the effects of treatment
  Coverage population;             // rows about who took part: a check of designs, kept apart
  std::map<std::string, Coverage> groups;    // calibrated and untouched, by Rule::group
  std::map<std::string, Coverage> families;  // calibrated and untouched, by MappedRow::family
  std::optional<double> width_ratio;  // mean of width / sampling width, over rows that have both
};

std::vector<RowResult> row_results(const Results& results);
CoverageTable coverage_of(const std::vector<RowResult>& rows);

// 1.96-sigma interval of a mean from its SD; the published 95 % interval where that is what is
// given; the exact binomial interval [Clopper1934] of a count or a share. In the row's unit.
std::optional<double> sampling_width(const MappedRow& row);

// Exact two-sided 95 % interval of a share of n when x were counted [Clopper1934].
struct ShareInterval {
  double lo = 0, hi = 1;
};
ShareInterval exact_binomial(int x, int n);

// One time of a curve: the mean over all patients, and 2.5 .. 97.5 % of the replicates' means.
struct CurvePoint {
  std::int64_t n = 0;
  double mean = 0, lo = 0, hi = 0;
};
CurvePoint curve_point(const PooledCell& cell);

// What the documents say about the run besides its results.
struct RunFacts {
  const programme::Programme* programme = nullptr;
  std::string version;  // of dosewright
  std::uint64_t seed = 0;
  int ledgers_checked = 0, ledgers_failed = 0;
  std::int64_t stepped = 0;  // patients moved by adaptive steps, not in lanes
};

// Everything that the report shows (docs/evidence.md).
nlohmann::json report_json(const Results& results, const RunFacts& facts);

// summary.json: coverage, every number of the terminal table, arms, seeds, what was left out.
nlohmann::json summary_json(const Results& results, const RunFacts& facts);

// Tables by RFC 4180, except for their first line: "# " and the disclaimer.
std::string evidence_csv(const Results& results);
std::string series_csv(const Results& results);
std::string arms_csv(const Results& results);

// The table for a terminal, at most 120 columns wide, with the lines of coverage below it.
std::string terminal_table(const Results& results);

}  // namespace dosewright::trial
