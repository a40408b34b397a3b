#include "dosewright/refine/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/program.hpp"
#include "dosewright/refine/pareto.hpp"
#include "dosewright/refine/simulator.hpp"

namespace dosewright::refine {

namespace {

constexpr std::size_t kMostCandidates = 4000;
constexpr double kBeyondNoise = 3;        // standard errors at which a schedule is dropped
constexpr double kHardlyFeasible = 0.05;  // probability below which nothing is sought around it
constexpr int kFewestBlocks = 4;

// Ordered dimensions: the place in them is a size, and between two places lies a third.
constexpr std::array<bool, kDimensions> kOrdered{true, true, false, false, true, false};

// Levels 0, s, 2 s, ... and the last: at most five.
int coarse_stride(int n) {
  int stride = 1;
  while ((n - 1) / stride > 3) stride *= 2;
  return stride;
}

std::vector<int> coarse_levels(int n, int stride) {
  std::vector<int> levels;
  for (int i = 0; i < n; i += stride) levels.push_back(i);
  if (levels.back() != n - 1) levels.push_back(n - 1);
  return levels;
}

std::vector<int> stages_of(int patients) {
  const int blocks =
      std::max(kFewestBlocks, (patients + kPatientsPerBlock - 1) / kPatientsPerBlock);
  std::vector<int> stages;
  for (const int part : {8, 4, 2, 1}) {
    const int now = std::max(kFewestBlocks, (blocks + part - 1) / part);
    if (stages.empty() || now > stages.back()) stages.push_back(now);
  }
  return stages;
}

class Race {
 public:
  Race(const programme::Programme& programme, const Search& search, const SearchOptions& options)
      : programme_(programme),
        search_(search),
        options_(options),
        simulator_(programme, search, options),
        sizes_(sizes_of(search.space)) {}

  Result<Found> run() {
    const std::vector<int> stages = stages_of(options_.patients);
    found_.space = 1;
    for (const int size : sizes_) found_.space *= size;
    DW_TRY(begun, begin());
    (void)begun;
    const std::size_t chances = std::max<std::size_t>(1, stages.size() - 1);
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
      found_.stages.push_back(stages[stage] * kPatientsPerBlock);
      last_ = stages.back();
      if (!carry(stages[stage])) return interrupted();
      const std::size_t chances_left = stage < chances ? chances - stage : 0;
      for (int n = halvings_due(chances_left); n > 0; --n) {
        DW_TRY(refined, refine());
        (void)refined;
        if (!carry(stages[stage])) return interrupted();
      }
    }
    judge();
    found_.patients = simulator_.patients();
    found_.failed = simulator_.failed();
    return std::move(found_);
  }

 private:
  Found interrupted() {
    found_.interrupted = true;
    return std::move(found_);
  }

  Result<Done> begin() {
    for (std::size_t point = 0; point < search_.points.size(); ++point) {
      for (int profile = 0; profile < sizes_[5]; ++profile) {
        DW_TRY(added, add(schedule_of(programme_, search_, static_cast<int>(point), profile)));
        (void)added;
      }
    }
    std::array<std::vector<int>, kDimensions> levels;
    for (std::size_t d = 0; d < kDimensions; ++d) {
      stride_[d] = kOrdered[d] ? coarse_stride(sizes_[d]) : 1;
      levels[d] = coarse_levels(sizes_[d], stride_[d]);
    }
    std::array<std::size_t, kDimensions> digit{};
    for (;;) {
      Coordinates place{};
      for (std::size_t d = 0; d < kDimensions; ++d) place[d] = levels[d][digit[d]];
      DW_TRY(added, add(schedule_at(search_, place)));
      (void)added;
      std::size_t d = kDimensions;
      while (d > 0 && ++digit[d - 1] == levels[d - 1].size()) digit[--d] = 0;
      if (d == 0) return Done{};
    }
  }

  // A schedule that is there already only learns where in the space it stands.
  Result<Done> add(Schedule schedule) {
    if (schedule.in_space && !places_.insert(schedule.at).second) return Done{};
    if (schedule.point < 0 && broken_by(search_, schedule) >= 0) return Done{};
    const auto [known, is_new] = by_key_.emplace(key_of(schedule), found_.candidates.size());
    if (!is_new) {
      Candidate& twin = found_.candidates[known->second];
      if (schedule.in_space) {
        twin.schedule.in_space = true;
        twin.schedule.at = schedule.at;
      }
      return Done{};
    }
    if (found_.candidates.size() >= kMostCandidates) {
      by_key_.erase(known);
      found_.full = true;
      return Done{};
    }
    DW_TRY(added, simulator_.add(schedule));
    (void)added;
    Candidate& candidate = found_.candidates.emplace_back();
    candidate.schedule = std::move(schedule);
    candidate.sample = Sample(search_.quantities.size());
    return Done{};
  }

  bool dropped(const Candidate& candidate) const {
    return candidate.fate != Candidate::Fate::kCarried;
  }

  // Gives everyone who is still in so many blocks, then drops whoever is out.
  bool carry(int blocks) {
    std::vector<int> which;
    std::int64_t left = 0;
    for (std::size_t i = 0; i < found_.candidates.size(); ++i) {
      const Candidate& candidate = found_.candidates[i];
      if (dropped(candidate)) continue;
      which.push_back(static_cast<int>(i));
      left += last_ - candidate.sample.blocks();
    }
    if (options_.total != nullptr) {
      options_.total->store(simulator_.patients() + left * kPatientsPerBlock);
    }
    if (!simulator_.run(found_.candidates, which, blocks)) return false;
    for (const int index : which) appraise(found_.candidates[at(index)]);
    if (blocks < last_) drop(which);
    return true;
  }

  void appraise(Candidate& candidate) const {
    candidate.estimates.clear();
    for (std::size_t q = 0; q < search_.quantities.size(); ++q) {
      candidate.estimates.push_back(estimate_of(candidate.sample, q));
    }
    candidate.feasible = broken_by(search_, candidate.schedule) < 0;
    candidate.probability = candidate.feasible ? 1 : 0;
    candidate.in_doubt = broken_by(search_, candidate.schedule);
    for (std::size_t c = 0; c < search_.constraints.size(); ++c) {
      const Constraint& constraint = search_.constraints[c];
      if (constraint.quantity < 0) continue;
      const Estimate& estimate = candidate.estimates[at(constraint.quantity)];
      candidate.feasible = candidate.feasible && holds(constraint, estimate);
      const double probability = probability_of(constraint, estimate);
      if (candidate.in_doubt >= 0 && probability >= candidate.probability) continue;
      candidate.probability = probability;
      candidate.in_doubt = static_cast<int>(c);
    }
    for (const Objective& objective : search_.objectives) {
      const double value = candidate.estimates[at(objective.quantity)].value;
      if (lang::is_unknown(value)) candidate.feasible = false;
    }
  }

  // The constraint that the simulation of this schedule breaks beyond noise; -1: none.
  int broken_beyond_noise(const Candidate& candidate) const {
    for (std::size_t c = 0; c < search_.constraints.size(); ++c) {
      const Constraint& constraint = search_.constraints[c];
      if (constraint.quantity < 0) continue;
      const Estimate& estimate = candidate.estimates[at(constraint.quantity)];
      const double excess = std::abs(estimate.value - constraint.limit);
      if (!holds(constraint, estimate) && excess > kBeyondNoise * estimate.error) {
        return static_cast<int>(c);
      }
    }
    return -1;
  }

  // Judged by everyone who was in this round, so that the order of dropping does not show.
  void drop(const std::vector<int>& which) {
    std::vector<std::pair<int, int>> beaten;
    for (const int index : which) {
      Candidate& candidate = found_.candidates[at(index)];
      if (candidate.schedule.point >= 0) continue;
      const int broken = broken_beyond_noise(candidate);
      if (broken >= 0) {
        candidate.fate = Candidate::Fate::kInfeasible;
        candidate.by = broken;
        continue;
      }
      for (const int other : which) {
        const Candidate& rival = found_.candidates[at(other)];
        if (other == index || !rival.feasible) continue;
        if (!clearly_dominates(search_, rival, candidate, kBeyondNoise)) continue;
        beaten.emplace_back(index, other);
        break;
      }
    }
    for (const auto& [index, by] : beaten) {
      found_.candidates[at(index)].fate = Candidate::Fate::kDominated;
      found_.candidates[at(index)].by = by;
    }
  }

  int halvings_due(std::size_t chances_left) const {
    if (chances_left == 0) return 0;
    int left = 0;
    for (int widest = *std::max_element(stride_.begin(), stride_.end()); widest > 1; widest /= 2) {
      ++left;
    }
    const int chances = static_cast<int>(chances_left);
    return (left + chances - 1) / chances;
  }

  // Halves the distances of the grid and adds what is beside the best.
  Result<Done> refine() {
    const std::array<int, kDimensions> before = stride_;
    for (int& stride : stride_) stride = std::max(1, stride / 2);
    std::vector<Coordinates> parents;
    for (std::size_t i = 0; i < found_.candidates.size(); ++i) {
      const Candidate& candidate = found_.candidates[i];
      const bool promising = candidate.schedule.in_space && !dropped(candidate) &&
                             candidate.probability >= kHardlyFeasible && !beaten_by_estimate(i);
      if (promising) parents.push_back(candidate.schedule.at);
    }
    for (const Coordinates& parent : parents) {
      for (std::size_t d = 0; d < kDimensions; ++d) {
        if (!kOrdered[d] || stride_[d] == before[d]) continue;
        for (const int step : {-stride_[d], stride_[d]}) {
          Coordinates place = parent;
          place[d] += step;
          if (place[d] < 0 || place[d] >= sizes_[d]) continue;
          DW_TRY(added, add(schedule_at(search_, place)));
          (void)added;
        }
      }
    }
    return Done{};
  }

  bool beaten_by_estimate(std::size_t index) const {
    const Candidate& candidate = found_.candidates[index];
    return std::any_of(found_.candidates.begin(), found_.candidates.end(), [&](const auto& other) {
      return &other != &candidate && !dropped(other) && other.feasible &&
             dominates(search_, other, candidate);
    });
  }

  void judge() {
    std::vector<int> judged;
    for (std::size_t i = 0; i < found_.candidates.size(); ++i) {
      const Candidate& candidate = found_.candidates[i];
      if (!dropped(candidate) && candidate.feasible) judged.push_back(static_cast<int>(i));
    }
    judge_front(search_, judged, found_.candidates);
  }

  const programme::Programme& programme_;
  const Search& search_;
  const SearchOptions& options_;
  Simulator simulator_;
  Coordinates sizes_;
  std::array<int, kDimensions> stride_{};
  std::set<Coordinates> places_;
  std::map<std::string, std::size_t> by_key_;
  int last_ = 0;  // blocks of the last stage
  Found found_;
};

// How far a constraint is from being kept, in its own unit; at most 0: it is kept.
double excess_of(const Constraint& constraint, const Candidate& candidate) {
  const double value = constraint.quantity >= 0
                           ? candidate.estimates[at(constraint.quantity)].value
                           : structural_value(constraint.kind, candidate.schedule);
  if (lang::is_unknown(value)) return HUGE_VAL;
  return constraint.at_most ? value - constraint.limit : constraint.limit - value;
}

std::string found_text(const Search& search, const Constraint& constraint,
                       const Candidate& candidate) {
  if (constraint.quantity < 0) {
    return number_text(structural_value(constraint.kind, candidate.schedule), 4);
  }
  const Estimate& estimate = candidate.estimates[at(constraint.quantity)];
  return fmt::format("{} {} (standard error {})", number_text(estimate.value, 3),
                     search.quantities[at(constraint.quantity)].unit,
                     number_text(estimate.error, 2));
}

}  // namespace

std::vector<int> Found::front() const {
  std::vector<int> indices;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].on_front) indices.push_back(static_cast<int>(i));
  }
  return indices;
}

Result<Found> find_schedules(const programme::Programme& programme, const Search& search,
                             const SearchOptions& options) {
  return Race(programme, search, options).run();
}

Faults infeasible_faults(const Search& search, const Found& found) {
  Faults faults;
  const auto feasible = [](const Candidate& candidate) { return candidate.feasible; };
  if (std::any_of(found.candidates.begin(), found.candidates.end(), feasible)) return faults;
  for (const Objective& objective : search.objectives) {
    const bool known = std::any_of(
        found.candidates.begin(), found.candidates.end(), [&](const Candidate& candidate) {
          return !lang::is_unknown(candidate.estimates[at(objective.quantity)].value);
        });
    if (known) continue;
    faults.add({search.file, 0, 0},
               "no patient of any schedule has the outcome '" +
                   search.quantities[at(objective.quantity)].name + "'",
               "is it read within the time of the design? [[imaging]] of a design adds readings");
  }
  if (!faults.empty()) return faults;
  std::vector<double> worst(found.candidates.size(), -HUGE_VAL);
  for (const Constraint& constraint : search.constraints) {
    const Candidate* nearest = nullptr;
    double least = HUGE_VAL;
    for (std::size_t i = 0; i < found.candidates.size(); ++i) {
      const double excess = excess_of(constraint, found.candidates[i]);
      const double scale = std::max(std::abs(constraint.limit), 1e-9);
      worst[i] = std::max(worst[i], excess / scale);
      if (excess >= least) continue;
      least = excess;
      nearest = &found.candidates[i];
    }
    if (least <= 0 || nearest == nullptr) continue;
    faults.add(constraint.place, "no schedule that was searched keeps '" + constraint.text + "'",
               "the nearest is '" + nearest->schedule.name + "' with " +
                   found_text(search, constraint, *nearest));
  }
  if (!faults.empty() || worst.empty()) return faults;
  const auto nearest = std::min_element(worst.begin(), worst.end()) - worst.begin();
  const Candidate& candidate = found.candidates[static_cast<std::size_t>(nearest)];
  std::vector<std::string> misses;
  for (const Constraint& constraint : search.constraints) {
    if (excess_of(constraint, candidate) <= 0) continue;
    misses.push_back("'" + constraint.text + "' with " + found_text(search, constraint, candidate));
  }
  faults.add(
      {search.file, 0, 0}, "no schedule that was searched keeps all constraints together",
      "the nearest is '" + candidate.schedule.name + "', which misses " + join(misses, " and "));
  return faults;
}

}  // namespace dosewright::refine
