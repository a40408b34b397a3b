// Adverse events of a study beside the reactions that a programme knows.
//
// For each preferred term and arm: subjects with the event of so many at risk, with the exact
// interval of the share [Clopper1934]; the odds ratio against the control arm with its exact
// conditional interval [Fisher1935]; the share that was published. What stands out says by which of
// the thresholds below. docs/signal.md.
//
// At risk is who was dosed. An event counts once per subject, from the first dose to
// kDaysAfterLastDose after the last; where a date is not known, it counts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/programme/programme.hpp"
#include "dosewright/signal/odds.hpp"
#include "dosewright/trial/results.hpp"

namespace dosewright::signal {

inline constexpr int kFewestSubjects = 3;  // fewer never stand out by themselves
inline constexpr int kDaysAfterLastDose = 30;

struct Files {
  std::string ae, dm, ex;  // SDTM as CSV or XPT; ex may be ""
  std::string control;     // an arm by its name or code; "": the one that is called placebo
};

struct Arm {
  std::string name;
  int at_risk = 0;
  double patient_years = 0;  // first to last dose; 0: not known
};

struct Cell {
  int with = 0;
  trial::ShareInterval share;           // of the share of subjects, 95 %
  std::optional<double> per_100_years;  // subjects with the event per 100 patient-years
  std::optional<Odds> odds;             // none: this is the control arm, or there is none
  std::vector<std::string> stands_out;  // why, in words; empty: it does not
};

struct TermRow {
  std::string term, organ_class;  // as the study writes it; where it has none, as published
  std::vector<const programme::Reaction*> published;  // empty: the programme does not know it
  std::string near;                                   // a published term that is spelt like it
  std::vector<Cell> cells;                            // parallel to the arms

  bool stands_out() const;
};

struct Report {
  std::vector<Arm> arms;
  int control = -1;                     // index into arms
  std::vector<TermRow> terms;           // those that stand out first, then the most frequent
  std::map<std::string, int> left_out;  // why, and how many rows or subjects
  int comparisons = 0;                  // with the control arm; some stand out by chance alone
};

// The programme must outlive the report. Faults: a file, a column, a subject that DM does not
// know, an arm that does not exist.
Result<Report> find_signals(const programme::Programme& programme, const Files& files);

std::string report_text(const programme::Programme& programme, const Report& report);
std::string report_json(const programme::Programme& programme, const Report& report);

std::string percent(double share);  // "12.5 %"

}  // namespace dosewright::signal
