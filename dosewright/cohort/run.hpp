// A cohort under one schedule: any number of patients, in chunks of lanes, on all cores.
//
// Each patient's answer is a function of its number alone: it does not depend on threads, on the
// size of a chunk, on the width of a vector or on which part of the cohort is asked for. A model
// without a split (split.hpp) goes through sim::SubjectBatch. A model without levels, and a patient
// whom the lanes leave out, are integrated by the reference, sim::simulate. Memory does not grow
// with the number of patients: a chunk's values are handed out when it is done.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/base/width.hpp"
#include "dosewright/cohort/split.hpp"
#include "dosewright/num/step_control.hpp"
#include "dosewright/sim/schedule.hpp"

namespace dosewright::cohort {

/// Writes the canonical parameters and covariates of one patient. Called from several threads.
using DrawPatient = std::function<void(std::uint64_t patient, std::span<double> parameters,
                                       std::span<double> covariates)>;

struct Schedule {
  std::vector<sim::DoseRecord> doses;  // in order of time
  std::vector<Minutes> observe_at;     // in order; before the doses of the same instant
  Minutes start = 0;                   // not after any of them
};

// Of the patients first ... first + n - 1. Spans live until the receiver returns.
struct ChunkResult {
  std::uint64_t first = 0;
  int n = 0;
  int n_outputs = 0;
  std::span<const double> values;              // [observation][output][patient], canonical
  std::span<const num::Status> statuses;       // per patient; values after a failure are unknown
  std::span<const std::uint8_t> by_reference;  // per patient: 1 where the reference was taken

  double at(int observation, int output, int patient) const {
    return values[dosewright::at(observation * n_outputs + output, patient, n)];
  }
};
/// Called from several threads at once, chunk by chunk, in no order.
using TakeChunk = std::function<void(const ChunkResult&)>;

struct CohortOptions {
  std::uint64_t first = 0;  // number of the first patient
  std::uint64_t n = 0;
  std::vector<int> outputs;  // indices into Model::output_names; empty: all
  int threads = 0;           // 0: all cores
  int chunk = 64;            // patients
  Width width = widest();
  bool reference_only = false;  // no exact path: what it is held against
  num::Tolerance tolerance;     // of the reference
};

struct CohortReport {
  std::uint64_t patients = 0, failed = 0;
  std::uint64_t by_reference = 0;     // of the patients
  std::size_t bytes_per_patient = 0;  // of one that is in flight
};

/// Faults, all of them: records out of order or before the start, amounts that are no number of at
/// least 0 mg, a chunk of less than 1 patient, an output that does not exist, an unsupported width.
Result<CohortReport> run_cohort(const model::Model& model, const Schedule& schedule,
                                const CohortOptions& options, const DrawPatient& draw,
                                const TakeChunk& take);

}  // namespace dosewright::cohort
