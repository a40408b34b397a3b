// The search: many schedules with few patients, few schedules with many.
//
// Problem: thousands of schedules with thousands of patients each cost days, and most of them are
// not worth a second look. Idea: a coarse grid over the space is simulated with an eighth of the
// patients; whatever breaks a constraint beyond noise, or is beaten in every objective beyond
// noise, is dropped; around what is best the grid is made finer; then the rest gets twice the
// patients, and again, up to all of them. All schedules treat the same virtual patients with the
// same luck, so that small differences show early (estimate.hpp). Named points are never dropped.
// Limits: a good schedule that stands alone between bad ones of the coarse grid can be missed.
// Cost: patients simulated; about a fifth to a half of the full grid's. The answer is a function of
// the seed: neither threads nor their order show in it.
#pragma once

#include <atomic>
#include <cstdint>

#include "dosewright/refine/estimate.hpp"
#include "dosewright/refine/schedule.hpp"

namespace dosewright::refine {

struct Candidate {
  Schedule schedule;
  Sample sample;
  std::vector<Estimate> estimates;  // of every quantity

  enum class Fate : std::uint8_t {
    kCarried,    // to all patients
    kDominated,  // dropped: `by` is better in everything, beyond noise
    kInfeasible  // dropped: it breaks constraint `by`, beyond noise
  } fate = Fate::kCarried;
  int by = -1;

  bool feasible = false;   // every constraint holds for the estimates
  double probability = 0;  // of the constraint that is most in doubt
  int in_doubt = -1;       // which; -1: there are none

  // Of feasible ones that were carried to the end.
  bool on_front = false;  // none is better in everything
  int rival = -1;         // on the front: one that may be better in everything, within noise;
                          // off it: the one that is better
  int twin = -1;  // left out of the front: this one on it is as good in everything that matters
  bool within_noise = false;  // whether it is on the front or off it cannot be told apart
};

struct Found {
  std::vector<Candidate> candidates;  // points first, then the space as it was searched
  std::vector<int> stages;            // patients per schedule
  std::int64_t patients = 0, failed = 0;
  std::int64_t space = 0;  // schedules in the space
  bool full = false;       // the search stopped adding schedules because there were too many
  bool interrupted = false;

  std::vector<int> front() const;  // by the first objective, best first
};

struct SearchOptions {
  std::uint64_t seed = 1;
  int patients = 400;
  int threads = 0;
  const std::atomic<bool>* stop = nullptr;
  std::atomic<std::int64_t>* done = nullptr;   // patients so far
  std::atomic<std::int64_t>* total = nullptr;  // as far as can be told now
};

// Faults: the programme's folder can no longer be read (intervals of tests need it again).
Result<Found> find_schedules(const programme::Programme& programme, const Search& search,
                             const SearchOptions& options);

// Nothing where some schedule keeps every constraint; else which one cannot be kept, and which
// schedule comes nearest.
Faults infeasible_faults(const Search& search, const Found& found);

}  // namespace dosewright::refine
