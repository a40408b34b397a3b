// A subject under a given list of doses: what the outputs are at given instants.
//
// Pure. It drives the same Subject as the closed loop does; replaying a realised dose ledger here
// shows whether the closed loop gave the doses that it wrote down.
#pragma once

#include <span>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/sim/schedule.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::sim {

struct OpenLoopRequest {
  std::span<const double> parameters;  // canonical, as Subject::reset
  std::span<const double> covariates;
  std::span<const DoseRecord> doses;    // in order of time
  std::span<const Minutes> observe_at;  // in order of time; before the doses of the same instant
  Minutes start = 0;                    // not after any of them
  num::Tolerance tolerance;
};

struct Trajectory {
  num::Status status = num::Status::kOk;
  int n_outputs = 0;
  std::vector<double>
      values;  // row-major, observations x outputs, canonical; unknown after a failure

  double at(int observation, int output) const {
    return values[static_cast<std::size_t>(observation) * n_outputs + output];
  }
};

// Faults, all of them: records out of order or before the start, amounts that are not numbers of at
// least 0 mg.
Faults schedule_faults(std::span<const DoseRecord> doses, std::span<const Minutes> observe_at,
                       Minutes start);

// Faults, all of them: counts of parameters or covariates other than the model's, records out of
// order or before the start, amounts that are not numbers of at least 0 mg.
Result<Trajectory> simulate(const model::Model& model, const OpenLoopRequest& request);

}  // namespace dosewright::sim
