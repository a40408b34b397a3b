#include "dosewright/num/step_control.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "dosewright/base/check.hpp"

namespace dosewright::num {
namespace {

constexpr double kSafety = 0.9;
constexpr double kShrinkMost = 0.2;
constexpr double kErrorFloor = 1e-8;  // an error of exactly zero says no more than this
constexpr double kNotFiniteShrink = 0.1;
constexpr double kRestartError = 1e-4;  // [Hairer1993, DOPRI5: FACOLD]

}  // namespace

std::string to_text(Status status) {
  switch (status) {
    case Status::kOk:
      return "integrated";
    case Status::kTooManySteps:
      return "too many steps";
    case Status::kStepTooSmall:
      return "the step became too small";
    case Status::kNotFinite:
      return "a value is not a finite number";
  }
  return "unknown status";
}

StepControl::StepControl(int n, Tolerance tolerance, ControlRule rule)
    : n_(n), tolerance_(std::move(tolerance)), rule_(rule), peaks_(n, 0.0) {
  DW_CHECK(n > 0, "an initial value problem has at least one state");
  DW_CHECK(tolerance_.per_state.empty() || std::ssize(tolerance_.per_state) == n,
           "one absolute tolerance for each state");
  DW_CHECK(tolerance_.relative > 0 && tolerance_.max_steps > 0, "tolerances are positive");
}

void StepControl::reset() {
  std::fill(peaks_.begin(), peaks_.end(), 0.0);
  next_ = 0;
  after_restart_ = 0;
  restart();
}

void StepControl::restart() {
  next_ = after_restart_;
  previous_error_ = kRestartError;
  just_restarted_ = true;
  just_rejected_ = false;
}

void StepControl::note(std::span<const double> y) {
  for (int i = 0; i < n_; ++i) peaks_[i] = std::max(peaks_[i], std::abs(y[i]));
}

double StepControl::first_step(std::span<const double> y, std::span<const double> slope,
                               double span) const {
  double fastest = 0;
  for (int i = 0; i < n_; ++i) {
    const double size = weight(i, y[i], y[i]) / tolerance_.relative;
    const bool has_size = y[i] != 0 || peaks_[i] > 0;
    if (has_size && size > 0) fastest = std::max(fastest, std::abs(slope[i]) / size);
  }
  return fastest > 0 ? std::min(span, 0.01 / fastest) : 1e-3 * span;
}

double StepControl::propose(double remaining) {
  truncated_ = true;
  if (next_ >= remaining) return remaining;
  if (next_ > 0.5 * remaining) return 0.5 * remaining;
  truncated_ = false;
  return next_;
}

double StepControl::weight(int i, double y, double y_new) const {
  const double size =
      std::max({std::abs(y), std::abs(y_new), tolerance_.floor_of_peak * peaks_[i]});
  const double absolute =
      tolerance_.per_state.empty() ? tolerance_.absolute : tolerance_.per_state[i];
  return tolerance_.relative * size + absolute;
}

double StepControl::norm(const double* error, const double* y, const double* y_new) const {
  double sum = 0;
  double finite = 0;  // becomes NaN when any value is infinite or NaN
  for (int i = 0; i < n_; ++i) {
    finite += 0.0 * y_new[i];
    if (error[i] == 0) continue;
    const double part = error[i] / weight(i, y[i], y_new[i]);
    sum += part * part;
  }
  const double result = std::sqrt(sum / n_) + finite;
  return std::isfinite(result) ? result : std::numeric_limits<double>::infinity();
}

double StepControl::factor(double error) const {
  const double bounded = std::max(error, kErrorFloor);
  const double exponent = 1 / rule_.order - 0.75 * rule_.previous_share;
  const double ratio =
      kSafety * std::pow(bounded, -exponent) * std::pow(previous_error_, rule_.previous_share);
  return std::clamp(ratio, kShrinkMost, just_rejected_ ? 1.0 : rule_.growth_max);
}

void StepControl::accepted(double step, double error) {
  const double wanted = step * factor(error);
  if (just_restarted_) {
    const double ideal = kSafety * std::pow(std::max(error, kErrorFloor), -1 / rule_.order);
    const double first = step * std::clamp(ideal, kShrinkMost, rule_.growth_max);
    after_restart_ = truncated_ ? std::max(after_restart_, first) : first;
  }
  // A step cut short by the end of the interval says nothing against the longer one planned.
  next_ = truncated_ ? std::max(next_, wanted) : wanted;
  previous_error_ = std::max(error, kRestartError);
  just_restarted_ = false;
  just_rejected_ = false;
}

void StepControl::rejected(double step, double error) {
  if (std::isfinite(error)) {
    next_ = step * std::clamp(kSafety * std::pow(error, -1 / rule_.order), kShrinkMost, 1.0);
  } else {
    next_ = step * kNotFiniteShrink;
  }
  just_rejected_ = true;
}

}  // namespace dosewright::num
