// The loop of every adaptive one-step method: try, judge, accept or shrink, end exactly.
//
// A Method holds one step: begin (slope at its start), attempt (new state and error estimate),
// accept, interpolate. Steps end exactly at the end of advance(), so that a dose at an event time
// is exact; the step size is remembered between calls. All scratch is allocated by the
// constructors.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/num/step_control.hpp"

namespace dosewright::num {

// A step that a method tries: from y at t by h, to y_new, with an estimate of its error.
struct Attempt {
  double t, h;
  const double* y;
  double* y_new;
  double* error;
};

// Rhs: void operator()(double t, const double* y, double* dydt). Parameters after the tolerance go
// to the method.
template <class Rhs, class Method>
class Adaptive {
 public:
  template <class... Arguments>
  Adaptive(int n, Tolerance tolerance, Arguments&&... arguments)
      : n_(n),
        control_(n, std::move(tolerance), Method::kControl),
        method_(n, std::forward<Arguments>(arguments)...),
        y_new_(n),
        error_(n) {}

  // Integrates y (n values) from t to t_end and writes both back. On failure t and y stand at the
  // end of the last good step. Allocates nothing.
  Status advance(Rhs& rhs, double& t, double t_end, std::span<double> y) {
    int budget = control_.tolerance().max_steps;
    while (t < t_end) {
      const Status status = step(rhs, t, t_end, y, budget);
      if (status != Status::kOk) return status;
    }
    DW_CHECK(t == t_end, "time runs forward only");
    return Status::kOk;
  }

  // One accepted step towards t_end, not beyond it. `budget` counts down the attempts left.
  Status step(Rhs& rhs, double& t, double t_end, std::span<double> y, int& budget) {
    DW_CHECK(static_cast<int>(y.size()) == n_ && t < t_end, "one value per state, forward in time");
    if (!prepare(rhs, t, t_end, y)) return Status::kNotFinite;
    while (budget-- > 0) {
      const double remaining = t_end - t;
      const double h = control_.propose(remaining);
      const bool last = h == remaining;
      const double error = attempt(rhs, t, h, y);
      if (error <= 1) {
        accept(t, last ? t_end : t + h, h, y, error);
        return Status::kOk;
      }
      ++counts_.rejected;
      control_.rejected(h, error);
      if (control_.next() < smallest_step(t)) {
        return std::isfinite(error) ? Status::kStepTooSmall : Status::kNotFinite;
      }
    }
    return Status::kTooManySteps;
  }

  // The state has jumped (a dose): the slope is computed anew, the step starts as after the last
  // jump.
  void restart() {
    control_.restart();
    method_.forget();
  }

  // Another problem with the same number of states: everything learnt is forgotten, counts
  // included.
  void reset() {
    control_.reset();
    method_.forget();
    counts_ = {};
    stepped_ = false;
  }

  // Dense output of the last accepted step, for t in [step_begin(), step_end()].
  void interpolate(double t, std::span<double> y_out) const {
    DW_CHECK(stepped_ && static_cast<int>(y_out.size()) == n_, "no step to interpolate");
    method_.interpolate((t - begin_) / length_, y_out);
  }
  double step_begin() const { return begin_; }
  double step_end() const { return end_; }

  StepCounts counts() const { return counts_; }
  const Method& method() const { return method_; }
  double next_step() const { return control_.next(); }
  void set_next_step(double step) { control_.set_next(step); }

 private:
  bool prepare(Rhs& rhs, double t, double t_end, std::span<const double> y) {
    if (method_.ready()) return true;
    control_.note(y);
    counts_.evaluations += method_.begin(rhs, t, y.data());
    double sum = 0;  // becomes NaN when a slope is infinite or NaN
    for (int i = 0; i < n_; ++i) sum += 0.0 * method_.slope()[i] + 0.0 * y[i];
    if (sum != 0) {
      method_.forget();
      return false;
    }
    if (control_.fresh()) control_.set_next(control_.first_step(y, method_.slope(), t_end - t));
    return true;
  }

  double attempt(Rhs& rhs, double t, double h, std::span<const double> y) {
    const auto weight = [this, y](int i) { return control_.weight(i, y[i], y[i]); };
    const Attempt trial{t, h, y.data(), y_new_.data(), error_.data()};
    counts_.evaluations += method_.attempt(rhs, trial, weight);
    return control_.norm(error_.data(), y.data(), y_new_.data());
  }

  void accept(double& t, double t_new, double h, std::span<double> y, double error) {
    method_.accept(h, y.data(), y_new_.data());
    begin_ = t;
    end_ = t_new;
    length_ = h;
    stepped_ = true;
    t = t_new;
    for (int i = 0; i < n_; ++i) y[i] = y_new_[i];
    control_.note(y);
    control_.accepted(h, error);
    ++counts_.accepted;
  }

  static double smallest_step(double t) {
    return 16 * std::numeric_limits<double>::epsilon() * std::max(std::abs(t), 1e-8);
  }

  int n_;
  StepControl control_;
  Method method_;
  std::vector<double> y_new_, error_;
  StepCounts counts_;
  double begin_ = 0, end_ = 0, length_ = 1;
  bool stepped_ = false;
};

}  // namespace dosewright::num
