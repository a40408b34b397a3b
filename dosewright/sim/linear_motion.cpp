#include "dosewright/sim/linear_motion.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/num/dense_lu.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::sim {
namespace {

constexpr double kSingular = 1e11;  // a solution so many times its right side has no digits left
constexpr double kWhole = 1e-12;    // a duration this close to whole intervals is taken as whole

double whole_intervals(const Cycle& cycle) {
  const double ratio = cycle.duration_h / cycle.interval_h;
  const double nearest = std::round(ratio);
  return std::abs(ratio - nearest) <= kWhole * std::max(ratio, 1.0) ? nearest : std::floor(ratio);
}

}  // namespace

double Cycle::high_part_h() const {
  const double rest = duration_h - whole_intervals(*this) * interval_h;
  return std::clamp(rest, 0.0, interval_h);
}
double Cycle::low_rate() const {
  return whole_intervals(*this) * rate;
}

LinearMotion::LinearMotion(const model::Model& model)
    : affine_(model),
      pattern_(jacobian_pattern(model)),
      n_(static_cast<int>(model.states.size())),
      a_(static_cast<std::size_t>(n_) * n_),
      b_(n_),
      work_(static_cast<std::size_t>(n_) + 1),
      exp_(n_ + 1),
      exp_plain_(n_),
      remembered_(kRemembered) {}

void LinearMotion::take(std::span<const double> registers) {
  affine_.evaluate(registers, a_, b_);
}

// [[A, b + rates], [0, 0]], rows of states that are off being zero.
std::vector<double> LinearMotion::augmented(const Forcing& forcing, double extra,
                                            int compartment) const {
  const int width = n_ + 1;
  std::vector<double> m(static_cast<std::size_t>(width) * width, 0.0);
  for (int i = 0; i < n_; ++i) {
    const auto state = static_cast<std::size_t>(i);
    if (forcing.off[state] != 0) continue;
    for (int j = 0; j < n_; ++j) m[at(i, j, width)] = a_[at(i, j, n_)];
    m[at(i, n_, width)] = b_[state] + forcing.rates[state] + (i == compartment ? extra : 0);
  }
  return m;
}

const std::vector<double>* LinearMotion::exponential(double hours) {
  for (const Remembered& known : remembered_) {
    if (known.hours == hours) return &known.exponential;
  }
  Remembered& slot = remembered_[next_slot_];
  next_slot_ = (next_slot_ + 1) % remembered_.size();
  slot.exponential.resize(matrix_.size());
  slot.hours = -1;
  if (!exp_.compute(matrix_, hours, slot.exponential)) return nullptr;
  slot.hours = hours;
  return &slot.exponential;
}

bool LinearMotion::move(double hours, const Forcing& forcing, std::span<double> x) {
  if (hours <= 0) return true;
  std::vector<double> matrix = augmented(forcing, 0, -1);
  if (matrix != matrix_) {
    matrix_ = std::move(matrix);
    for (Remembered& known : remembered_) known.hours = -1;
  }
  const std::vector<double>* const e = exponential(hours);
  if (e == nullptr) return false;
  std::copy(x.begin(), x.end(), work_.begin());
  work_[static_cast<std::size_t>(n_)] = 1;
  exp_.apply(*e, work_);
  std::copy_n(work_.begin(), x.size(), x.begin());
  return std::ranges::all_of(x, [](double value) { return std::isfinite(value); });
}

bool LinearMotion::advance(const std::vector<double>& matrix, double hours, std::span<double> x1) {
  if (hours <= 0) return true;
  std::vector<double> e(matrix.size());
  if (!exp_.compute(matrix, hours, e)) return false;
  exp_.apply(e, x1);
  return true;
}

std::vector<int> LinearMotion::moving(const Forcing& forcing) const {
  const auto idle = only_accumulate(n_, [&](int i, int j) {
    return forcing.off[static_cast<std::size_t>(i)] == 0 && pattern_.nonzero[at(i, j, n_)] != 0;
  });
  std::vector<int> result;
  for (int i = 0; i < n_; ++i) {
    const auto state = static_cast<std::size_t>(i);
    if (idle[state] == 0 && forcing.off[state] == 0) result.push_back(i);
  }
  return result;
}

std::string LinearMotion::solve(std::span<const double> matrix, std::span<const double> right,
                                const std::vector<int>& moving, std::span<double> x) const {
  const int m = static_cast<int>(moving.size());
  if (m == 0) return {};
  num::DenseLu lu(m);
  std::vector<double> y(moving.size());
  double given = 0;
  for (int i = 0; i < m; ++i) {
    const auto row = moving[static_cast<std::size_t>(i)];
    for (int j = 0; j < m; ++j) {
      lu.matrix()[at(i, j, m)] = matrix[at(row, moving[static_cast<std::size_t>(j)], n_)];
    }
    y[static_cast<std::size_t>(i)] = right[static_cast<std::size_t>(row)];
    given = std::max(given, std::abs(y[static_cast<std::size_t>(i)]));
  }
  if (!lu.factor()) return "nothing eliminates what is given";
  lu.solve(y);
  for (const double value : y) {
    const bool scaled = std::isfinite(value) && std::abs(value) <= kSingular * given;
    if (!scaled && value != 0) return "nothing eliminates what is given";
  }
  for (std::size_t i = 0; i < moving.size(); ++i) x[static_cast<std::size_t>(moving[i])] = y[i];
  return {};
}

std::string LinearMotion::steady_cycle(const Cycle& cycle, const Forcing& forcing,
                                       std::span<double> x) {
  const double high = cycle.high_part_h();
  const auto more = augmented(forcing, cycle.low_rate() + cycle.rate, cycle.compartment);
  const auto less = augmented(forcing, cycle.low_rate(), cycle.compartment);
  const auto dose = static_cast<std::size_t>(cycle.compartment);
  std::string overflow = "a rate of the model is not finite";

  // What one interval adds to a state of zero.
  std::vector<double> added(static_cast<std::size_t>(n_) + 1, 0.0);
  added[static_cast<std::size_t>(n_)] = 1;
  added[dose] = cycle.amount;
  if (!advance(more, high, added) || !advance(less, cycle.interval_h - high, added)) {
    return overflow;
  }
  std::vector<double> masked(a_), left(a_.size());
  for (int i = 0; i < n_; ++i) {
    if (forcing.off[static_cast<std::size_t>(i)] == 0) continue;
    for (int j = 0; j < n_; ++j) masked[at(i, j, n_)] = 0;
  }
  if (!exp_plain_.minus_identity(masked, cycle.interval_h, left)) return overflow;
  for (double& value : left) value = -value;
  const std::vector<int> states = moving(forcing);
  if (std::string why = solve(left, added, states, x); !why.empty()) return why;

  std::vector<double> there(x.begin(), x.end());
  there.push_back(1);
  if (cycle.dose_included) there[dose] += cycle.amount;
  const double in_high = std::min(cycle.phase_h, high);
  if (!advance(more, in_high, there) || !advance(less, cycle.phase_h - in_high, there)) {
    return overflow;
  }
  for (const int state : states) {
    x[static_cast<std::size_t>(state)] = there[static_cast<std::size_t>(state)];
  }
  return {};
}

std::string LinearMotion::steady_forever(const Forcing& forcing, std::span<double> x) {
  std::vector<double> right(static_cast<std::size_t>(n_));
  for (std::size_t i = 0; i < right.size(); ++i) right[i] = -(b_[i] + forcing.rates[i]);
  return solve(a_, right, moving(forcing), x);
}

}  // namespace dosewright::sim
