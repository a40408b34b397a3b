// The questions of benefit and risk that a programme holds, answered by a run and by published
// rows.
#pragma once

#include "dosewright/trial/results.hpp"

namespace dosewright::trial {

// One number of one arm that belongs to an answer.
struct CriterionNumber {
  ArmIndex where;
  const MeasureRule* measure = nullptr;
  double median = 0, lo = 0, hi = 0;  // over replicates; unknown where it could not be formed
};

struct CriterionAnswer {
  const CriterionRule* rule = nullptr;
  std::vector<CriterionNumber> simulated;
  std::vector<const programme::EvidenceRow*> published;
  std::vector<std::string> rows_missing;  // ids that the programme's evidence does not hold
  std::vector<std::string> too_short;     // designs that treat for less than the question asks

  // "simulation and evidence", "simulation", "evidence", or "nothing here".
  std::string answered_by() const;
};

// In the order of designs/evidence.toml. A number is what was counted, never a verdict: the
// documents that ask these questions name no limits.
std::vector<CriterionAnswer> answer_criteria(const Results& results,
                                             const programme::Programme& programme);

std::string criteria_text(const Results& results, const std::vector<CriterionAnswer>& answers);
nlohmann::json criteria_json(const Results& results, const std::vector<CriterionAnswer>& answers);

}  // namespace dosewright::trial
