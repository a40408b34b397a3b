#include "dosewright/refine/write.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::refine {

namespace {

using nlohmann::json;

std::string field(std::string_view text) {
  return csv_field(text);
}

std::string field(double value) {
  return std::isfinite(value) ? number_text(value, 6) : "";
}

std::string in_doubt_text(const Search& search, const Candidate& candidate) {
  return candidate.in_doubt < 0 ? "" : search.constraints[at(candidate.in_doubt)].text;
}

std::string head(const Search& search) {
  std::vector<std::string> names{"name",
                                 "schedule",
                                 "tests",
                                 "profile",
                                 "named",
                                 "patients",
                                 "fate",
                                 "feasible",
                                 "probability_feasible",
                                 "least_sure_constraint",
                                 "on_front",
                                 "front_is"};
  for (const Quantity& quantity : search.quantities) {
    for (const char* part : {"", "_se", "_parameter_sd", "_lo", "_hi"}) {
      names.push_back(quantity.name + part);
    }
  }
  for (std::string& name : names) name = field(name);
  return std::string("# ") + kDisclaimer + "\r\n" + join(names, ",") + "\r\n";
}

std::string line(const Search& search, const Found& found, const Candidate& candidate) {
  const Schedule& schedule = candidate.schedule;
  std::vector<std::string> fields{field(schedule.name),
                                  field(text_of(schedule)),
                                  field(schedule.monitoring.text),
                                  field(search.space.profiles[at(schedule.profile)]),
                                  schedule.point >= 0 ? "1" : "0",
                                  std::to_string(candidate.sample.patients()),
                                  field(fate_text(search, found, candidate)),
                                  candidate.feasible ? "1" : "0",
                                  field(candidate.probability),
                                  field(in_doubt_text(search, candidate)),
                                  candidate.on_front ? "1" : "0",
                                  field(front_text(found, candidate))};
  for (const Estimate& estimate : candidate.estimates) {
    for (const double value :
         {estimate.value, estimate.error, estimate.uncertainty, estimate.lo, estimate.hi}) {
      fields.push_back(field(value));
    }
  }
  return join(fields, ",") + "\r\n";
}

// Rounded to six significant digits; an unknown or infinite number is null.
json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::stod(number_text(value, 6));
}

json estimates_json(const Search& search, const Candidate& candidate) {
  json out = json::object();
  for (std::size_t q = 0; q < candidate.estimates.size(); ++q) {
    const Estimate& estimate = candidate.estimates[q];
    out[search.quantities[q].name] = {{"value", number(estimate.value)},
                                      {"standard_error", number(estimate.error)},
                                      {"parameter_sd", number(estimate.uncertainty)},
                                      {"lo", number(estimate.lo)},
                                      {"hi", number(estimate.hi)}};
  }
  return out;
}

json candidate_json(const Search& search, const Found& found, const Candidate& candidate) {
  const Schedule& schedule = candidate.schedule;
  json phases = json::array();
  for (const Phase& phase : schedule.phases) {
    json days = json::array();
    for (const Minutes offset : phase.regimen.offsets) {
      days.push_back(number(static_cast<double>(offset) / kMinutesPerDay));
    }
    phases.push_back(
        {{"from_weeks", number(static_cast<double>(phase.from) / kMinutesPerWeek)},
         {"mg", number(phase.regimen.amount_mg)},
         {"every_days", number(static_cast<double>(phase.regimen.period) / kMinutesPerDay)},
         {"on_days", std::move(days)}});
  }
  json out{{"name", schedule.name},
           {"schedule", text_of(schedule)},
           {"phases", std::move(phases)},
           {"tests", schedule.monitoring.text},
           {"profile", search.space.profiles[at(schedule.profile)]},
           {"patients", candidate.sample.patients()},
           {"fate", fate_text(search, found, candidate)},
           {"feasible", candidate.feasible},
           {"probability_feasible", number(candidate.probability)},
           {"least_sure_constraint", in_doubt_text(search, candidate)},
           {"on_front", candidate.on_front},
           {"within_noise", candidate.within_noise},
           {"front_is", front_text(found, candidate)},
           {"quantities", estimates_json(search, candidate)}};
  if (schedule.point >= 0) out["source"] = search.points[at(schedule.point)].source;
  return out;
}

json quantities_json(const Search& search) {
  json list = json::array();
  for (std::size_t q = 0; q < search.quantities.size(); ++q) {
    const Quantity& quantity = search.quantities[q];
    json out{{"name", quantity.name},
             {"title", quantity.title},
             {"unit", quantity.unit},
             {"better", nullptr}};
    for (const Objective& objective : search.objectives) {
      if (at(objective.quantity) != q) continue;
      out["better"] = objective.more_is_better ? "more" : "less";
      out["matters"] = number(objective.matters);
    }
    list.push_back(std::move(out));
  }
  return list;
}

double key_of_first(const Search& search, const Candidate& candidate) {
  const Objective& first = search.objectives.front();
  const double value = candidate.estimates[at(first.quantity)].value;
  return first.more_is_better ? -value : value;
}

}  // namespace

std::string shown_number(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size >= 100) return fmt::format("{:.0f}", value);
  return size >= 1 || value == 0 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

std::string fate_text(const Search& search, const Found& found, const Candidate& candidate) {
  switch (candidate.fate) {
    case Candidate::Fate::kCarried:
      return "carried";
    case Candidate::Fate::kDominated:
      return "dropped: '" + found.candidates[at(candidate.by)].schedule.name + "' is better";
    case Candidate::Fate::kInfeasible:
      return "dropped: breaks '" + search.constraints[at(candidate.by)].text + "'";
  }
  return "";
}

std::string front_text(const Found& found, const Candidate& candidate) {
  if (candidate.fate != Candidate::Fate::kCarried || !candidate.feasible) return "";
  if (candidate.twin >= 0) {
    return "as good as '" + found.candidates[at(candidate.twin)].schedule.name + "'";
  }
  if (!candidate.within_noise) return candidate.on_front ? "clear" : "";
  if (candidate.rival < 0) return "within noise";
  return "within noise of '" + found.candidates[at(candidate.rival)].schedule.name + "'";
}

std::vector<int> front_by_first(const Search& search, const Found& found) {
  std::vector<int> front = found.front();
  std::stable_sort(front.begin(), front.end(), [&](int a, int b) {
    return key_of_first(search, found.candidates[at(a)]) <
           key_of_first(search, found.candidates[at(b)]);
  });
  return front;
}

std::vector<int> points_of(const Found& found) {
  std::vector<int> points;
  for (std::size_t i = 0; i < found.candidates.size(); ++i) {
    if (found.candidates[i].schedule.point >= 0) points.push_back(static_cast<int>(i));
  }
  return points;
}

std::string pareto_csv(const Search& search, const Found& found) {
  std::string text = head(search);
  for (const int index : front_by_first(search, found)) {
    text += line(search, found, found.candidates[at(index)]);
  }
  return text;
}

std::string candidates_csv(const Search& search, const Found& found) {
  std::string text = head(search);
  for (const Candidate& candidate : found.candidates) text += line(search, found, candidate);
  return text;
}

json summary_json(const Search& search, const Found& found, const SearchFacts& facts) {
  json constraints = json::array();
  for (const Constraint& constraint : search.constraints) constraints.push_back(constraint.text);
  json front = json::array();
  for (const int index : front_by_first(search, found)) {
    front.push_back(candidate_json(search, found, found.candidates[at(index)]));
  }
  json points = json::array();
  for (const int index : points_of(found)) {
    points.push_back(candidate_json(search, found, found.candidates[at(index)]));
  }
  const auto carried = std::count_if(
      found.candidates.begin(), found.candidates.end(),
      [](const Candidate& candidate) { return candidate.fate == Candidate::Fate::kCarried; });
  return {{"disclaimer", kDisclaimer},
          {"programme",
           {{"name", facts.programme->identity.name}, {"title", facts.programme->identity.title}}},
          {"search", {{"name", search.name}, {"title", search.title}, {"origin", search.origin}}},
          {"design", {{"name", search.base.name}, {"title", search.base.title}}},
          {"profiles", search.space.profiles},
          {"dosewright", facts.version},
          {"seed", facts.seed},
          {"patients_per_stage", found.stages},
          {"patients_simulated", found.patients},
          {"failed_patients", found.failed},
          {"schedules_in_space", found.space},
          {"schedules_simulated", found.candidates.size()},
          {"schedules_carried", carried},
          {"stopped_adding", found.full},
          {"quantities", quantities_json(search)},
          {"constraints", std::move(constraints)},
          {"front", std::move(front)},
          {"points", std::move(points)}};
}

}  // namespace dosewright::refine
