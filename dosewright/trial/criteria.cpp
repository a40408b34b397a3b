#include "dosewright/trial/criteria.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "dosewright/base/text.hpp"

namespace dosewright::trial {
namespace {

using nlohmann::json;

constexpr int kDigits = 3;

std::string number(double value) {
  return std::isfinite(value) ? number_text(value, kDigits) : "not formed";
}

json number_or_null(double value) {
  return std::isfinite(value) ? json(std::strtod(number_text(value, 6).c_str(), nullptr))
                              : json(nullptr);
}

void add_measure(const Results& results, std::size_t index, CriterionAnswer& answer) {
  const Plan& plan = results.context();
  for (std::size_t t = 0; t < plan.designs->trials.size(); ++t) {
    const Design& design = plan.designs->trials[t];
    if (design.treatment < answer.rule->least_treatment) continue;
    for (std::size_t a = 0; a < design.arms.size(); ++a) {
      CriterionNumber one;
      one.where = {static_cast<int>(t), static_cast<int>(a)};
      one.measure = &plan.mapping->map.measures[index];
      std::vector<double> values = results.slot_values(plan.measures[index][t][a]);
      std::sort(values.begin(), values.end());
      one.median = quantile_of_sorted(values, 0.5);
      one.lo = quantile_of_sorted(values, 0.025);
      one.hi = quantile_of_sorted(values, 0.975);
      answer.simulated.push_back(one);
    }
  }
}

CriterionAnswer answer_one(const Results& results, const programme::Programme& programme,
                           const CriterionRule& rule) {
  CriterionAnswer answer;
  answer.rule = &rule;
  const auto& measures = results.context().mapping->map.measures;
  for (const std::string& name : rule.measures) {
    const auto found = std::ranges::find(measures, name, &MeasureRule::name);
    if (found == measures.end()) continue;
    add_measure(results, static_cast<std::size_t>(found - measures.begin()), answer);
  }
  for (const Design& design : results.context().designs->trials) {
    if (!rule.measures.empty() && design.treatment < rule.least_treatment) {
      answer.too_short.push_back(design.name);
    }
  }
  for (const std::string& id : rule.rows) {
    const auto row = std::ranges::find(programme.evidence, id, &programme::EvidenceRow::id);
    if (row == programme.evidence.end()) {
      answer.rows_missing.push_back(id);
    } else {
      answer.published.push_back(&*row);
    }
  }
  return answer;
}

const Design& design_of(const Results& results, const CriterionNumber& one) {
  return results.context().design(one.where.trial);
}

std::string arm_of(const Results& results, const CriterionNumber& one) {
  return design_of(results, one).arms[static_cast<std::size_t>(one.where.arm)].name;
}

double weeks_of(Minutes minutes) {
  return static_cast<double>(minutes) / static_cast<double>(kMinutesPerWeek);
}

std::string answer_text(const Results& results, const CriterionAnswer& answer) {
  const CriterionRule& rule = *answer.rule;
  std::string text = fmt::format("\n{} [{}]\n  answered by {}\n", rule.question, rule.source,
                                 answer.answered_by());
  const MeasureRule* last = nullptr;
  for (const CriterionNumber& one : answer.simulated) {
    if (one.measure != last)
      text += fmt::format("  {}, {}\n", one.measure->title, one.measure->unit);
    last = one.measure;
    text += fmt::format("    {}, {}: {} ({} to {})\n", design_of(results, one).name,
                        arm_of(results, one), number(one.median), number(one.lo), number(one.hi));
  }
  if (!answer.too_short.empty()) {
    text += fmt::format(
        "  not simulated here: treatment of {} weeks is asked about, and shorter in {}\n",
        number(weeks_of(rule.least_treatment)), join(answer.too_short, ", "));
  }
  if (!rule.not_simulated.empty()) text += "  left open by the model: " + rule.not_simulated + "\n";
  for (const programme::EvidenceRow* row : answer.published) {
    text += fmt::format("  published: {}, {}, n {}: {} {} {} {} ({}) [{}]\n", row->trial, row->arm,
                        row->n, row->endpoint, row->statistic, row->value, row->unit, row->id,
                        row->source);
  }
  return text;
}

json answer_json(const Results& results, const CriterionAnswer& answer) {
  const CriterionRule& rule = *answer.rule;
  json simulated = json::array(), published = json::array();
  for (const CriterionNumber& one : answer.simulated) {
    simulated.push_back({{"trial", design_of(results, one).name},
                         {"arm", arm_of(results, one)},
                         {"measure", one.measure->name},
                         {"title", one.measure->title},
                         {"unit", one.measure->unit},
                         {"median", number_or_null(one.median)},
                         {"lo", number_or_null(one.lo)},
                         {"hi", number_or_null(one.hi)}});
  }
  for (const programme::EvidenceRow* row : answer.published) {
    published.push_back({{"row", row->id},
                         {"trial", row->trial},
                         {"arm", row->arm},
                         {"n", row->n},
                         {"endpoint", row->endpoint},
                         {"statistic", row->statistic},
                         {"value", row->value},
                         {"unit", row->unit},
                         {"source", row->source}});
  }
  return {{"id", rule.id},
          {"question", rule.question},
          {"source", rule.source},
          {"answered_by", answer.answered_by()},
          {"least_treatment_weeks", number_or_null(weeks_of(rule.least_treatment))},
          {"too_short", answer.too_short},
          {"simulated", simulated},
          {"published", published},
          {"rows_missing", answer.rows_missing},
          {"not_simulated", rule.not_simulated}};
}

}  // namespace

std::string CriterionAnswer::answered_by() const {
  if (simulated.empty() && published.empty()) return "nothing here";
  if (simulated.empty()) return "evidence";
  return published.empty() ? "simulation" : "simulation and evidence";
}

std::vector<CriterionAnswer> answer_criteria(const Results& results,
                                             const programme::Programme& programme) {
  std::vector<CriterionAnswer> answers;
  for (const CriterionRule& rule : results.context().mapping->map.criteria) {
    answers.push_back(answer_one(results, programme, rule));
  }
  return answers;
}

std::string criteria_text(const Results& results, const std::vector<CriterionAnswer>& answers) {
  if (answers.empty()) return "";
  std::string text = "\nQuestions of benefit and risk (medians over replicates, 2.5 to 97.5 %)\n";
  for (const CriterionAnswer& answer : answers) text += answer_text(results, answer);
  return text;
}

json criteria_json(const Results& results, const std::vector<CriterionAnswer>& answers) {
  json list = json::array();
  for (const CriterionAnswer& answer : answers) list.push_back(answer_json(results, answer));
  return list;
}

}  // namespace dosewright::trial
