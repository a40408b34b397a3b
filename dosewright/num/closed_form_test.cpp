// Adaptive integration against closed forms; events, dense output, memory of the step, allocations.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/num/rosenbrock.hpp"
#include "dosewright/num/stiff_aware.hpp"

namespace dosewright::num {
namespace {

struct Exponential {
  void operator()(double, const double* y, double* dydt) const { dydt[0] = -0.7 * y[0]; }
};
struct Oscillator {
  void operator()(double, const double* y, double* dydt) const {
    dydt[0] = y[1];
    dydt[1] = -y[0];
  }
};

// One compartment with first-order absorption; amounts in mg, rates in 1/h. [Gibaldi1982, eq. 1.94]
constexpr double kAbsorption = 0.3, kElimination = 0.21;
struct OneCompartment {
  long* calls = nullptr;
  void operator()(double, const double* y, double* dydt) const {
    if (calls != nullptr) ++*calls;
    dydt[0] = -kAbsorption * y[0];
    dydt[1] = kAbsorption * y[0] - kElimination * y[1];
  }
};
double central(double dose, double t) {
  return dose * kAbsorption / (kAbsorption - kElimination) *
         (std::exp(-kElimination * t) - std::exp(-kAbsorption * t));
}

const Tolerance kTight{.relative = 1e-11, .absolute = 1e-13, .per_state = {}, .floor_of_peak = 0};

}  // namespace

TEST_CASE_TEMPLATE("exponential decay to 1e-8", Stepper, DormandPrince<Exponential>,
                   Rosenbrock<Exponential>, StiffAware<Exponential>) {
  Stepper stepper(1, kTight);
  Exponential rhs;
  double t = 0;
  std::vector<double> y{1};
  for (const double end : {0.5, 1.0, 4.0, 9.0}) {
    REQUIRE(stepper.advance(rhs, t, end, y) == Status::kOk);
    CHECK(t == end);  // events are exact, to the bit
    CHECK(std::abs(y[0] / std::exp(-0.7 * end) - 1) < 1e-8);
  }
}

TEST_CASE_TEMPLATE("ten turns of an oscillator to 1e-8", Stepper, DormandPrince<Oscillator>,
                   Rosenbrock<Oscillator>, StiffAware<Oscillator>) {
  Stepper stepper(2, kTight);
  Oscillator rhs;
  double t = 0;
  std::vector<double> y{0, 1};
  REQUIRE(stepper.advance(rhs, t, 20 * std::numbers::pi, y) == Status::kOk);
  CHECK(std::abs(y[0]) < 1e-8);
  CHECK(std::abs(y[1] - 1) < 1e-8);
}

TEST_CASE_TEMPLATE("doses into one compartment to 1e-8", Stepper, DormandPrince<OneCompartment>,
                   Rosenbrock<OneCompartment>, StiffAware<OneCompartment>) {
  Stepper stepper(2, kTight);
  OneCompartment rhs;
  double t = 0;
  std::vector<double> y{100, 0};
  REQUIRE(stepper.advance(rhs, t, 24, y) == Status::kOk);
  CHECK(std::abs(y[1] - central(100, 24)) < 1e-8);
  y[0] += 50;
  stepper.restart();
  REQUIRE(stepper.advance(rhs, t, 30, y) == Status::kOk);
  CHECK(std::abs(y[1] - central(100, 30) - central(50, 6)) < 1e-8);
}

TEST_CASE_TEMPLATE("the error follows the tolerance", Stepper, DormandPrince<OneCompartment>,
                   Rosenbrock<OneCompartment>) {
  for (const double relative : {1e-4, 1e-6, 1e-8}) {
    Tolerance tolerance;
    tolerance.relative = relative;
    tolerance.absolute = 0;
    tolerance.floor_of_peak = 1e-3;
    Stepper stepper(2, tolerance);
    OneCompartment rhs;
    double t = 0;
    std::vector<double> y{100, 0};
    REQUIRE(stepper.advance(rhs, t, 12, y) == Status::kOk);
    CAPTURE(relative);
    CHECK(std::abs(y[1] / central(100, 12) - 1) < 20 * relative);
  }
}

TEST_CASE_TEMPLATE("dense output within the last step", Stepper, DormandPrince<OneCompartment>,
                   Rosenbrock<OneCompartment>, StiffAware<OneCompartment>) {
  Tolerance tolerance;
  tolerance.relative = 1e-9;
  Stepper stepper(2, tolerance);
  OneCompartment rhs;
  double t = 0;
  std::vector<double> y{100, 0}, between(2);
  REQUIRE(stepper.advance(rhs, t, 10, y) == Status::kOk);
  CHECK(stepper.step_end() == 10);
  CHECK(stepper.step_begin() < 10);
  for (const double theta : {0.0, 0.25, 0.5, 0.9, 1.0}) {
    const double at = stepper.step_begin() + theta * (10 - stepper.step_begin());
    stepper.interpolate(at, between);
    CHECK(std::abs(between[1] / central(100, at) - 1) < 1e-7);
  }
}

TEST_CASE("the step is remembered between calls and after a dose") {
  Tolerance tolerance;
  tolerance.absolute = 0;
  tolerance.floor_of_peak = 1e-3;
  long calls = 0;
  OneCompartment rhs{&calls};
  DormandPrince<OneCompartment> stepper(2, tolerance);
  double t = 0;
  std::vector<double> y{100, 0};
  REQUIRE(stepper.advance(rhs, t, 24, y) == Status::kOk);
  CHECK(stepper.counts().evaluations == calls);

  const long before = calls;
  REQUIRE(stepper.advance(rhs, t, 24.5, y) == Status::kOk);
  CHECK(calls - before == 6);  // one step, and no slope computed twice

  y[0] += 100;
  stepper.restart();
  const StepCounts at_dose = stepper.counts();
  REQUIRE(stepper.advance(rhs, t, 48.5, y) == Status::kOk);
  CHECK(stepper.counts().accepted - at_dose.accepted < at_dose.accepted);
  CHECK(stepper.counts().rejected - at_dose.rejected <= 1);
}

TEST_CASE("a reset forgets everything: the same problem gives the same bits") {
  DormandPrince<OneCompartment> stepper(2, Tolerance{});
  OneCompartment rhs;
  std::vector<double> first, second;
  for (std::vector<double>* y : {&first, &second}) {
    stepper.reset();
    *y = {100, 0};
    double t = 0;
    REQUIRE(stepper.advance(rhs, t, 7, *y) == Status::kOk);
    (*y)[0] += 10;
    stepper.restart();
    REQUIRE(stepper.advance(rhs, t, 19, *y) == Status::kOk);
  }
  CHECK(first == second);
}

TEST_CASE_TEMPLATE("advance allocates nothing", Stepper, DormandPrince<OneCompartment>,
                   Rosenbrock<OneCompartment>, StiffAware<OneCompartment>) {
  Stepper stepper(2, Tolerance{});
  OneCompartment rhs;
  double t = 0;
  std::vector<double> y{100, 0};
  const long before = allocations();
  bool good = true;
  for (int dose = 0; dose < 5; ++dose) {
    good = good && stepper.advance(rhs, t, t + 12, y) == Status::kOk;
    y[0] += 100;
    stepper.restart();
  }
  stepper.reset();
  const long after = allocations();
  CHECK(good);
  CHECK(after == before);
  CHECK(before > 0);  // the counter counts
}

}  // namespace dosewright::num
