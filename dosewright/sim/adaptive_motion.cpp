#include "dosewright/sim/adaptive_motion.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/num/dense_lu.hpp"

namespace dosewright::sim {
namespace {

constexpr int kRunIn = 5;         // intervals given before the first Newton step
constexpr int kMostNewton = 40;   // Newton steps
constexpr int kMostPlain = 1000;  // further intervals where Newton does not help
constexpr double kStepOfNewton = 1e-5;
constexpr double kFloorOfPeak = 1e-4;
constexpr double kFirstSpan_h = 1;
constexpr double kLastSpan_h = 1e13;

num::Tolerance tolerance_of(double relative) {
  num::Tolerance tolerance;
  tolerance.relative = std::max(relative / 10, 1e-13);
  tolerance.floor_of_peak = kFloorOfPeak;
  tolerance.max_steps = 1'000'000;
  return tolerance;
}

bool is_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

}  // namespace

struct AdaptiveMotion::Search {
  const Cycle* cycle;
  double time_h;
  const Forcing* forcing;
  std::vector<int> moving;
  std::vector<double> kept;  // of the states that do not move

  // The largest relative change over an interval among the states that move.
  double distance(std::span<const double> x, std::span<const double> after) const {
    double largest = 0;
    for (const int i : moving) {
      const auto state = static_cast<std::size_t>(i);
      const double size = std::max({std::abs(x[state]), std::abs(after[state]), floor_of(i)});
      largest = std::max(largest, std::abs(after[state] - x[state]) / size);
    }
    return largest;
  }
  double floor_of(int state) const {
    const bool dosed = cycle != nullptr && state == cycle->compartment;
    const double given = dosed ? std::max(cycle->amount, cycle->rate * cycle->duration_h) : 0;
    return std::max(1e-6 * given, 1e-30);
  }
  void keep(std::span<double> x) const {
    std::vector<double> result = kept;
    for (const int i : moving) {
      result[static_cast<std::size_t>(i)] = x[static_cast<std::size_t>(i)];
    }
    std::ranges::copy(result, x.begin());
  }
};

AdaptiveMotion::AdaptiveMotion(const model::Model& model, double tolerance)
    : model_(&model),
      tolerance_(tolerance),
      rhs_(model),
      pattern_(jacobian_pattern(model)),
      stepper_(static_cast<int>(model.states.size()), tolerance_of(tolerance), pattern_) {}

std::string AdaptiveMotion::move(double time_h, double to_h, const Forcing& forcing,
                                 std::span<double> x) {
  if (!(to_h > time_h)) return {};
  rhs_.forcing = &forcing;
  const num::Status status = stepper_.advance(rhs_, time_h, to_h, x);
  return status == num::Status::kOk ? "" : num::to_text(status);
}

std::vector<int> AdaptiveMotion::moving(const Forcing& forcing) const {
  const int n = static_cast<int>(model_->states.size());
  const auto idle = only_accumulate(n, [&](int i, int j) {
    return forcing.off[static_cast<std::size_t>(i)] == 0 && pattern_.nonzero[at(i, j, n)] != 0;
  });
  std::vector<int> result;
  for (int i = 0; i < n; ++i) {
    const auto state = static_cast<std::size_t>(i);
    if (idle[state] == 0 && forcing.off[state] == 0) result.push_back(i);
  }
  return result;
}

// The first `hours` of an interval, from the state before its dose.
std::string AdaptiveMotion::over_interval(const Search& search, double hours, bool dosed,
                                          std::span<double> x) {
  const Cycle& cycle = *search.cycle;
  const auto dose = static_cast<std::size_t>(cycle.compartment);
  if (dosed) x[dose] += cycle.amount;
  Forcing forcing = *search.forcing;
  const double high = std::min(cycle.high_part_h(), hours);
  forcing.rates[dose] += cycle.low_rate() + cycle.rate;
  stepper_.restart();
  std::string why = move(search.time_h, search.time_h + high, forcing, x);
  if (!why.empty()) return why;
  forcing.rates[dose] -= cycle.rate;
  stepper_.restart();
  why = move(search.time_h + high, search.time_h + hours, forcing, x);
  search.keep(x);
  return why;
}

// Solves (J - I) d = x - after for the step d, J by differences of whole intervals.
std::string AdaptiveMotion::newton_step(const Search& search, std::span<const double> x,
                                        std::span<const double> after, std::vector<double>& next) {
  const auto m = search.moving.size();
  num::DenseLu lu(static_cast<int>(m));
  std::vector<double> step(m);
  for (std::size_t j = 0; j < m; ++j) {
    const auto state = static_cast<std::size_t>(search.moving[j]);
    std::vector<double> shifted(x.begin(), x.end());
    const double size =
        std::max({std::abs(x[state]), std::abs(after[state]), search.floor_of(search.moving[j])});
    shifted[state] += kStepOfNewton * size;
    const double delta = shifted[state] - x[state];
    if (std::string why = over_interval(search, search.cycle->interval_h, true, shifted);
        !why.empty()) {
      return why;
    }
    for (std::size_t i = 0; i < m; ++i) {
      const auto row = static_cast<std::size_t>(search.moving[i]);
      lu.matrix()[i * m + j] = (shifted[row] - after[row]) / delta - (i == j ? 1 : 0);
    }
    step[j] = x[state] - after[state];
  }
  if (!lu.factor()) return "singular";
  lu.solve(step);
  next.assign(x.begin(), x.end());
  for (std::size_t j = 0; j < m; ++j) {
    const auto state = static_cast<std::size_t>(search.moving[j]);
    next[state] += step[j];
    if (!std::isfinite(next[state]) || (next[state] < 0 && x[state] >= 0)) return "out of range";
  }
  return {};
}

std::string AdaptiveMotion::steady_cycle(const Cycle& cycle, double time_h, const Forcing& forcing,
                                         std::span<double> x) {
  const Search search{&cycle, time_h, &forcing, moving(forcing), {x.begin(), x.end()}};
  std::vector<double> after(x.begin(), x.end()), next;
  const auto interval = [&](std::vector<double>& state) {
    return over_interval(search, cycle.interval_h, true, state);
  };
  std::string why;
  for (int i = 0; i < kRunIn && why.empty(); ++i) why = interval(after);
  if (!why.empty()) return why;
  int newton_left = kMostNewton;
  double distance = 1;
  for (int i = 0; i < kMostPlain; ++i) {
    std::ranges::copy(after, x.begin());
    if (why = interval(after); !why.empty()) return why;
    const double before = distance;
    distance = search.distance(x, after);
    if (!is_finite(after)) return "the numbers grow without bound";
    const bool slow = distance > 0.01 * before || distance <= 100 * tolerance_;
    if (newton_left > 0 && distance > 0 && slow) {
      --newton_left;
      if (newton_step(search, x, after, next).empty()) after = next;
    }
    if (distance <= tolerance_) break;
  }
  if (!(distance <= 10 * tolerance_)) {
    return "after " + std::to_string(kMostPlain) + " intervals the state still changes";
  }
  std::ranges::copy(after, x.begin());
  return over_interval(search, cycle.phase_h, cycle.dose_included, x);
}

std::string AdaptiveMotion::steady_forever(double time_h, const Forcing& forcing,
                                           std::span<double> x) {
  const Search search{nullptr, time_h, &forcing, moving(forcing), {x.begin(), x.end()}};
  stepper_.restart();
  for (double span = kFirstSpan_h; span <= kLastSpan_h; span *= 2) {
    const std::vector<double> before(x.begin(), x.end());
    if (std::string why = move(0, span, forcing, x); !why.empty()) return why;
    if (!is_finite(x)) return "the numbers grow without bound";
    search.keep(x);
    if (search.distance(before, x) <= tolerance_) return {};
  }
  return "the state changes for ever";
}

}  // namespace dosewright::sim
