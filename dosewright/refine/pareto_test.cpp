// Candidates made by hand: benefit (more is better) and harm (less is better).
#include "dosewright/refine/pareto.hpp"

#include <doctest/doctest.h>

#include "dosewright/base/random.hpp"

namespace dosewright::refine {
namespace {

Search two_objectives() {
  Search search;
  search.quantities.resize(2);
  search.objectives = {{0, true, 0}, {1, false, 0}};
  return search;
}

// Patients share their own luck; `own` is what differs from patient to patient in this schedule.
Candidate candidate(double benefit, double harm, double own = 0, std::uint32_t stream = 1) {
  Candidate made;
  made.sample = Sample(2);
  made.sample.resize(8);
  for (int i = 0; i < made.sample.patients(); ++i) {
    const double shared = Draws(3, static_cast<std::uint64_t>(i), 0).normal(0);
    const Draws luck(3, static_cast<std::uint64_t>(i), stream);
    made.sample.at(i, 0) = {benefit + shared + own * luck.normal(0), 1};
    made.sample.at(i, 1) = {harm + shared + own * luck.normal(1), 1};
  }
  for (std::size_t q = 0; q < 2; ++q) made.estimates.push_back(estimate_of(made.sample, q));
  made.feasible = true;
  return made;
}

}  // namespace

TEST_CASE("better in one and not worse in the other") {
  const Search search = two_objectives();
  CHECK(dominates(search, candidate(2, 1), candidate(1, 1)));
  CHECK(dominates(search, candidate(2, 1), candidate(2, 3)));
  CHECK_FALSE(dominates(search, candidate(2, 1), candidate(1, 0.5)));
  CHECK_FALSE(dominates(search, candidate(2, 1), candidate(2, 1)));
}

TEST_CASE("beyond noise, with the luck that both share taken out") {
  const Search search = two_objectives();
  // The patients' own spread (SD 1) would hide 0.1 in 200 patients; the same patients do not.
  CHECK(clearly_dominates(search, candidate(1.1, 0.9), candidate(1, 1), 3));
  CHECK_FALSE(clearly_dominates(search, candidate(1.1, 0.9, 1, 1), candidate(1, 1, 1, 2), 3));
  CHECK(may_dominate(search, candidate(1, 1, 1, 1), candidate(1.05, 0.95, 1, 2), kNoise));
  CHECK_FALSE(may_dominate(search, candidate(1, 1), candidate(1.1, 1), kNoise));
}

TEST_CASE("what does not matter does not save a schedule") {
  Search search = two_objectives();
  const Candidate much = candidate(2, 1);
  const Candidate little = candidate(1, 0.95);
  CHECK_FALSE(clearly_dominates(search, much, little, 3));
  search.objectives[1].matters = 0.1;
  CHECK(clearly_dominates(search, much, little, 3));
  CHECK_FALSE(clearly_dominates(search, little, much, 3));
}

TEST_CASE("the front, and who may belong to it") {
  const Search search = two_objectives();
  std::vector<Candidate> all{candidate(1, 1), candidate(2, 2), candidate(1.5, 3),
                             candidate(3, 5, 1, 1), candidate(2.98, 5.02, 1, 2)};
  judge_front(search, {0, 1, 2, 3, 4}, all);
  CHECK(all[0].on_front);
  CHECK_FALSE(all[0].within_noise);
  CHECK(all[1].on_front);
  CHECK_FALSE(all[2].on_front);
  CHECK_FALSE(all[2].within_noise);
  CHECK(all[2].rival == 1);
  const Candidate& near = all[3].on_front ? all[4] : all[3];
  CHECK(near.within_noise);
}

TEST_CASE("of schedules that differ by less than what matters, the simplest stays") {
  Search search = two_objectives();
  search.objectives[0].matters = 0.2;
  search.objectives[1].matters = 0.2;
  std::vector<Candidate> all{candidate(1.1, 1.1), candidate(1, 1), candidate(2, 3)};
  all[0].schedule.phases.resize(2);
  all[1].schedule.phases.resize(1);
  judge_front(search, {0, 1, 2}, all);
  CHECK(all[0].twin == 1);
  CHECK_FALSE(all[0].on_front);
  CHECK(all[1].on_front);
  CHECK_FALSE(all[1].within_noise);
  CHECK(all[2].on_front);
  all = {candidate(1.1, 1.1), candidate(1, 1)};
  all[0].schedule.point = 0;
  judge_front(search, {0, 1}, all);
  CHECK(all[1].twin == 0);
}

TEST_CASE("those who are not judged do not stand in the way") {
  const Search search = two_objectives();
  std::vector<Candidate> all{candidate(1, 1), candidate(2, 0)};
  judge_front(search, {0}, all);
  CHECK(all[0].on_front);
  CHECK_FALSE(all[1].on_front);
}

}  // namespace dosewright::refine
