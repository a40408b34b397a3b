// Explicit where that is cheap, implicit where stability alone holds the explicit step down.
//
// Starts with Dormand-Prince. When h |lambda| has stood at the edge of the stability region for 15
// steps (forgiven after 6 steps that do not [Hairer1996, IV.2]), goes on with Rosenbrock until the
// state jumps: the transient after a dose is the explicit method's again.
#pragma once

#include <span>
#include <utility>

#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/num/rosenbrock.hpp"

namespace dosewright::num {

template <class Rhs>
class StiffAware {
 public:
  StiffAware(int n, const Tolerance& tolerance) : StiffAware(n, tolerance, dense_pattern(n)) {}
  StiffAware(int n, const Tolerance& tolerance, JacobianPattern pattern)
      : max_steps_(tolerance.max_steps),
        explicit_(n, tolerance),
        implicit_(n, tolerance, std::move(pattern)) {}

  // As Adaptive::advance.
  Status advance(Rhs& rhs, double& t, double t_end, std::span<double> y) {
    int budget = max_steps_;
    while (t < t_end) {
      const Status status = step(rhs, t, t_end, y, budget);
      if (status != Status::kOk) return status;
    }
    return Status::kOk;
  }

  void restart() {
    explicit_.restart();
    implicit_.restart();
    stiff_ = false;
    forget_verdicts();
  }
  void reset() {
    explicit_.reset();
    implicit_.reset();
    stiff_ = false;
    last_was_implicit_ = false;
    forget_verdicts();
  }

  bool stiff() const { return stiff_; }
  void interpolate(double t, std::span<double> y_out) const {
    last_was_implicit_ ? implicit_.interpolate(t, y_out) : explicit_.interpolate(t, y_out);
  }
  double step_begin() const {
    return last_was_implicit_ ? implicit_.step_begin() : explicit_.step_begin();
  }
  double step_end() const {
    return last_was_implicit_ ? implicit_.step_end() : explicit_.step_end();
  }
  StepCounts counts() const {
    const StepCounts a = explicit_.counts(), b = implicit_.counts();
    return {a.accepted + b.accepted, a.rejected + b.rejected, a.evaluations + b.evaluations};
  }

 private:
  static constexpr int kStiffVerdicts = 15;
  static constexpr int kForgiven = 6;

  Status step(Rhs& rhs, double& t, double t_end, std::span<double> y, int& budget) {
    last_was_implicit_ = stiff_;
    if (stiff_) return implicit_.step(rhs, t, t_end, y, budget);
    const Status status = explicit_.step(rhs, t, t_end, y, budget);
    if (status == Status::kOk) judge();
    return status;
  }

  void judge() {
    if (explicit_.method().stiffness() > DormandPrinceMethod::kStabilityLimit) {
      ++stiff_verdicts_;
      calm_verdicts_ = 0;
    } else if (++calm_verdicts_ == kForgiven) {
      stiff_verdicts_ = 0;
    }
    if (stiff_verdicts_ < kStiffVerdicts) return;
    stiff_ = true;
    implicit_.restart();
    implicit_.set_next_step(explicit_.next_step());
  }

  void forget_verdicts() {
    stiff_verdicts_ = 0;
    calm_verdicts_ = 0;
  }

  int max_steps_;
  DormandPrince<Rhs> explicit_;
  Rosenbrock<Rhs> implicit_;
  int stiff_verdicts_ = 0;
  int calm_verdicts_ = 0;
  bool stiff_ = false;
  bool last_was_implicit_ = false;
};

}  // namespace dosewright::num
