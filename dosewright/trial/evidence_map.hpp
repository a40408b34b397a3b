// designs/evidence.toml: how published rows, tables and curves are formed from a simulated trial.
//
// It is data, so that another drug (or another reading of the same table) needs no C++:
//   plain_arms = ["placebo", ...]       # arm texts that mean the whole arm
//   [[pool]]    rows about several trials together, and which designs these are
//   [[family]]  endpoints that belong together, for the coverage
//   [[map]]     which rows of the evidence are which outcome (the first rule that matches is taken)
//   [[measure]] numbers of every arm, for the comparison of regimens
//   [[criterion]] questions of benefit and risk, and which measures and published rows answer them
//   [[series]]  curves over the weeks
//   [edish]     the two tests of the eDISH plot
// Format with examples: docs/evidence.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/trial/statistic.hpp"

namespace dosewright::trial {

// What the documents may name.
struct Names {
  std::vector<protocol::Analyte> labs;  // in the order of the protocols' vocabulary
  std::vector<std::string> events, hazards;
  std::vector<std::string> regions;      // of any protocol of the programme
  std::vector<lang::Symbol> covariates;  // in the model's order
};

// How a statistic is formed; the scale stays open until a row's unit is known.
struct Recipe {
  Statistic statistic;
  bool summary_by_row = false;  // from the first word of the row's `statistic`
  bool at_week = false;         // the outcome's time is the row's week
  bool given_at_week = false;   // ... and that of the condition
};

struct Rule {
  // The row: exact texts; an empty list takes any. `trial` is the beginning of the column.
  std::vector<std::string> endpoints, statistics, populations, weeks;
  std::string trial;
  std::string arm_ends;  // "": the whole arm only
  Recipe recipe;
  std::optional<Unit> unit;  // instead of what the row's `unit` says
  double molar_mass = 0;     // canonical (mg/mmol); 0: none
  std::string group, note;
  Place place;
};

struct Pool {
  std::string trial;  // the column begins with this
  std::vector<std::string> designs;
};

struct Family {
  std::string name;
  std::vector<std::string> endpoints;  // an endpoint belongs to it that begins with one of these
};

struct MeasureRule {
  std::string name, title, unit;
  std::string bounds;              // further name of the interval's ends, "" for none
  std::vector<std::string> shown;  // "comparison", "reactions"
  Statistic statistic;
};

// A question that somebody asked of the drug. What no model says is answered by published rows
// alone, or said to be open.
struct CriterionRule {
  std::string id, question, source;
  std::vector<std::string> measures;  // names of MeasureRule
  std::vector<std::string> rows;      // ids of the evidence
  Minutes least_treatment = 0;        // designs that treat for less do not answer it
  std::string not_simulated;          // what the model leaves open, and why; "": nothing
};

struct SeriesRule {
  std::string code, title, unit;
  OutcomeSpec outcome;       // `at` is filled in for each week
  double low = 0, high = 1;  // of the histogram, in the outcome's own unit
  double bin = 0.5;
};

struct EvidenceMap {
  std::vector<std::string> plain_arms;
  std::vector<Pool> pools;
  std::vector<Family> families;
  std::vector<Rule> rules;
  std::vector<MeasureRule> measures;
  std::vector<CriterionRule> criteria;
  std::vector<SeriesRule> series;
  int edish_alt = -1, edish_bilirubin = -1;  // indices into Names::labs
};

// Reads the whole document; every fault is in it.
EvidenceMap read_evidence_map(Document& document, const Names& names);

// [[measure]] tables alone, as other documents hold them too; `shown` may be left out there.
std::vector<MeasureRule> read_measures(Node list, const Names& names);

// Whether a statistic is of the patients whose outcome lies within an interval.
bool counts_patients(Summary summary);

// The summary that a published statistic asks for ("mean % change", "count"), or none.
std::optional<Summary> summary_of(std::string_view statistic);

}  // namespace dosewright::trial
