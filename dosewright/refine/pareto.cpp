#include "dosewright/refine/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "dosewright/lang/program.hpp"

namespace dosewright::refine {

namespace {

// How much better a is than b in one objective, with its error.
Difference lead(const Objective& objective, const Candidate& a, const Candidate& b) {
  Difference difference =
      difference_of(a.sample, b.sample, static_cast<std::size_t>(objective.quantity));
  if (!objective.more_is_better) difference.value = -difference.value;
  return difference;
}

double value_of(const Objective& objective, const Candidate& candidate) {
  const double value = candidate.estimates[static_cast<std::size_t>(objective.quantity)].value;
  return objective.more_is_better ? value : -value;
}

bool as_good(const Search& search, const Candidate& a, const Candidate& b) {
  return std::all_of(search.objectives.begin(), search.objectives.end(), [&](const auto& one) {
    return std::abs(value_of(one, a) - value_of(one, b)) <= one.matters;
  });
}

// Named schedules first, then those with fewer phases and no tests of their own.
auto simplicity(const Candidate& candidate) {
  const Schedule& schedule = candidate.schedule;
  return std::tuple(schedule.point < 0, schedule.phases.size(), schedule.monitoring.every != 0);
}

void leave_out_twins(const Search& search, std::vector<int> front,
                     std::vector<Candidate>& candidates) {
  std::stable_sort(front.begin(), front.end(), [&](int a, int b) {
    return simplicity(candidates[at(a)]) < simplicity(candidates[at(b)]);
  });
  std::vector<int> kept;
  for (const int index : front) {
    Candidate& candidate = candidates[at(index)];
    const auto twin = std::find_if(kept.begin(), kept.end(), [&](int other) {
      return as_good(search, candidates[at(other)], candidate);
    });
    if (twin == kept.end()) {
      kept.push_back(index);
    } else {
      candidate.on_front = false;
      candidate.twin = *twin;
    }
  }
}

}  // namespace

bool dominates(const Search& search, const Candidate& a, const Candidate& b) {
  bool better = false;
  for (const Objective& objective : search.objectives) {
    const double of_a = value_of(objective, a);
    const double of_b = value_of(objective, b);
    if (!(of_a >= of_b)) return false;
    better = better || of_a > of_b;
  }
  return better;
}

bool clearly_dominates(const Search& search, const Candidate& a, const Candidate& b,
                       double errors) {
  bool better = false;
  for (const Objective& objective : search.objectives) {
    const Difference difference = lead(objective, a, b);
    if (lang::is_unknown(difference.value)) return false;
    const double least = difference.value - errors * difference.error;
    if (least < -objective.matters) return false;
    better = better || (least > 0 && difference.value > objective.matters);
  }
  return better;
}

bool may_dominate(const Search& search, const Candidate& a, const Candidate& b, double errors) {
  return std::all_of(search.objectives.begin(), search.objectives.end(), [&](const auto& one) {
    const Difference difference = lead(one, a, b);
    return difference.value >= -errors * difference.error;
  });
}

void judge_front(const Search& search, const std::vector<int>& judged,
                 std::vector<Candidate>& candidates) {
  const auto one = [&](int index) -> Candidate& {
    return candidates[static_cast<std::size_t>(index)];
  };
  for (const int index : judged) {
    Candidate& candidate = one(index);
    candidate.on_front = std::none_of(judged.begin(), judged.end(), [&](int other) {
      return other != index && dominates(search, one(other), candidate);
    });
  }
  std::vector<int> front;
  for (const int index : judged) {
    if (one(index).on_front) front.push_back(index);
  }
  leave_out_twins(search, front, candidates);
  for (const int index : judged) {
    Candidate& candidate = one(index);
    if (candidate.twin >= 0) continue;
    candidate.within_noise = !candidate.on_front;
    for (const int other : judged) {
      if (other == index || one(other).twin == index) continue;
      if (candidate.on_front) {
        if (!may_dominate(search, one(other), candidate, kNoise)) continue;
        candidate.within_noise = true;
        candidate.rival = other;
        break;
      }
      if (!dominates(search, one(other), candidate)) continue;
      if (candidate.rival < 0) candidate.rival = other;
      if (!clearly_dominates(search, one(other), candidate, kNoise)) continue;
      candidate.within_noise = false;
      candidate.rival = other;
      break;
    }
  }
}

}  // namespace dosewright::refine
