// Which schedule is better than which, and how sure that is.
#pragma once

#include "dosewright/refine/race.hpp"

namespace dosewright::refine {

// Two standard errors of a paired difference: what the final judgement calls noise.
inline constexpr double kNoise = 1.959963984540054;

// By the estimates: at least as good in every objective, and better in one.
bool dominates(const Search& search, const Candidate& a, const Candidate& b);

// The same beyond noise: in every objective a is better by more than so many standard errors, or b
// is better by less than what matters; and in one objective a is better by more than both.
bool clearly_dominates(const Search& search, const Candidate& a, const Candidate& b, double errors);

// Nothing speaks against it: in no objective is b better beyond noise.
bool may_dominate(const Search& search, const Candidate& a, const Candidate& b, double errors);

// Fills on_front, twin, rival and within_noise of the judged candidates. Of schedules on the front
// that differ by no more than what matters in any objective, the named, then the simplest one
// stays.
void judge_front(const Search& search, const std::vector<int>& judged,
                 std::vector<Candidate>& candidates);

}  // namespace dosewright::refine
