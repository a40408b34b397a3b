// Runs designs: every trial, every replicate, every patient; on all cores, with the same bytes
// whatever their number.
//
// The unit of work is a job: up to 2048 patients of one replicate of one trial. A job's tally is a
// function of (seed, trial, replicate, its patients), and sums of tallies are those of longer jobs;
// results are put together by index, not by arrival.
#pragma once

#include <atomic>
#include <cstdint>

#include "dosewright/trial/block.hpp"
#include "dosewright/trial/tally.hpp"

namespace dosewright::trial {

inline constexpr std::int64_t kMostPatientsPerTrial = 1'000'000;
inline constexpr int kMostReplicates = 100'000;

struct RunOptions {
  std::uint64_t seed = 1;
  int replicates = 100;
  int threads = 0;                          // 0: one per core
  bool uncertain = true;                    // draw parameter uncertainty and between-trial effects
  Mover mover = Mover::kLanes;              // kSteps: the reference, some twenty times slower
  const std::atomic<bool>* stop = nullptr;  // set by Ctrl-C: the run ends early and says so
  std::atomic<std::int64_t>* done = nullptr;  // patients simulated so far, for a progress line
};

struct RunReport {
  std::int64_t patients = 0;
  std::int64_t failed = 0;   // whose numbers failed; counted, never averaged
  std::int64_t stepped = 0;  // moved by adaptive steps and not in lanes
  int ledgers_checked = 0;   // realised dose ledgers replayed through the open-loop engine
  int ledgers_failed = 0;
  double worst_difference = 0;  // largest relative difference over those replays
  std::uint64_t worst_patient = 0;
  bool interrupted = false;
};

inline constexpr double kLedgerTolerance =
    1e-3;  // relative; steps stay below 1e-4, lanes below 1e-6

// Spreads `patients` over the arms of each design in their published ratio; 0 leaves them alone.
void resize(DesignSet& designs, std::int64_t patients);

RunReport run(const programme::Programme& programme, const DesignSet& designs,
              const RunOptions& options, Results& results);

// The number of a patient: what --replay takes. trial_number, replicate and index stand in its
// digits.
struct PatientNumber {
  int trial_number = 0;
  int replicate = 0;
  int index = 0;  // within the trial; arms follow one another
};
std::uint64_t patient_id(const PatientNumber& number);
PatientNumber patient_number(std::uint64_t id);
int arm_of(const Design& design, int index);  // -1: the trial has no such patient

// Simulates the one patient of that number again.
bool run_patient(const programme::Programme& programme, const Design& design, std::uint64_t seed,
                 std::uint64_t id, PatientRecord& record);

}  // namespace dosewright::trial
