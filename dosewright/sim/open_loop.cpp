#include "dosewright/sim/open_loop.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "dosewright/base/text.hpp"

namespace dosewright::sim {
namespace {

void check_count(std::string_view what, std::size_t found, std::size_t expected, Faults& faults) {
  if (found == expected) return;
  faults.add(Place{},
             "the model has " + std::to_string(expected) + " " + std::string(what) + ", found " +
                 std::to_string(found) + " values",
             "give one value for each, in the order of the model");
}

void check_time(const std::string& what, Minutes at, Minutes not_before, Faults& faults) {
  if (at >= not_before) return;
  faults.add(Place{},
             what + " at minute " + std::to_string(at) + " stands after minute " +
                 std::to_string(not_before),
             "sort the records by time, none before the start");
}

// Gives the doses before an instant, each at its own; those of the instant itself come later.
num::Status advance_dosing(Subject& subject, std::span<const DoseRecord> doses, std::size_t& next,
                           Minutes to) {
  for (; next < doses.size() && doses[next].at < to; ++next) {
    const num::Status status = subject.advance(doses[next].at);
    if (status != num::Status::kOk) return status;
    subject.dose(doses[next].mg);
  }
  return subject.advance(to);
}

}  // namespace

Faults schedule_faults(std::span<const DoseRecord> doses, std::span<const Minutes> observe_at,
                       Minutes start) {
  Faults faults;
  Minutes previous = start;
  for (std::size_t i = 0; i < doses.size(); ++i) {
    const std::string what = "dose " + std::to_string(i + 1);
    const DoseRecord& dose = doses[i];
    check_time(what, dose.at, previous, faults);
    previous = std::max(previous, dose.at);
    if (!std::isfinite(dose.mg) || dose.mg < 0) {
      faults.add(Place{}, what + ": the amount must be 0 mg or more, found " + number_text(dose.mg),
                 "write 0 for placebo");
    }
  }
  previous = start;
  for (std::size_t i = 0; i < observe_at.size(); ++i) {
    check_time("observation " + std::to_string(i + 1), observe_at[i], previous, faults);
    previous = std::max(previous, observe_at[i]);
  }
  return faults;
}

Result<Trajectory> simulate(const model::Model& model, const OpenLoopRequest& request) {
  Faults faults;
  check_count("parameters", request.parameters.size(), model.parameters.size(), faults);
  check_count("covariates", request.covariates.size(), model.covariates.size(), faults);
  faults.merge(schedule_faults(request.doses, request.observe_at, request.start));
  if (!faults.empty()) return faults;

  Trajectory result;
  result.n_outputs = static_cast<int>(model.output_names.size());
  result.values.assign(request.observe_at.size() * model.output_names.size(), lang::kUnknown);
  Subject subject(model, request.tolerance);
  subject.reset(request.parameters, request.covariates, request.start);
  std::size_t next_dose = 0;
  std::size_t cell = 0;
  for (const Minutes at : request.observe_at) {
    result.status = advance_dosing(subject, request.doses, next_dose, at);
    if (result.status != num::Status::kOk) break;
    for (int i = 0; i < result.n_outputs; ++i) result.values[cell++] = subject.output(i);
  }
  return result;
}

}  // namespace dosewright::sim
