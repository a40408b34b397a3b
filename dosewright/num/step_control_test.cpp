// How integration fails, and what the error weights mean.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/num/rosenbrock.hpp"
#include "dosewright/num/stiff_aware.hpp"

namespace dosewright::num {
namespace {

struct BlowUp {  // y = 1 / (1 - t)
  void operator()(double, const double* y, double* dydt) const { dydt[0] = y[0] * y[0]; }
};
struct RootOfFall {  // the square root of what becomes negative at t = 1
  void operator()(double, const double* y, double* dydt) const {
    dydt[0] = -1;
    dydt[1] = std::sqrt(y[0]);
  }
};
struct Decay {
  void operator()(double, const double* y, double* dydt) const { dydt[0] = -0.3 * y[0]; }
};

}  // namespace

TEST_CASE_TEMPLATE("a pole ends the integration before it, and says so", Stepper,
                   DormandPrince<BlowUp>, Rosenbrock<BlowUp>, StiffAware<BlowUp>) {
  Stepper stepper(1, Tolerance{});
  BlowUp rhs;
  double t = 0;
  std::vector<double> y{1};
  const Status status = stepper.advance(rhs, t, 2, y);
  CHECK(status != Status::kOk);
  CHECK(t == doctest::Approx(1).epsilon(1e-4));
  CHECK(std::isfinite(y[0]));
}

TEST_CASE_TEMPLATE("a value that is not finite is a status, never a crash", Stepper,
                   DormandPrince<RootOfFall>, Rosenbrock<RootOfFall>, StiffAware<RootOfFall>) {
  Stepper stepper(2, Tolerance{});
  RootOfFall rhs;
  double t = 0;
  std::vector<double> y{1, 0};
  CHECK(stepper.advance(rhs, t, 2, y) != Status::kOk);
  CHECK(t <= 1.0001);
  CHECK(std::isfinite(y[1]));

  stepper.reset();
  t = 0;
  y = {std::numeric_limits<double>::quiet_NaN(), 0};
  CHECK(stepper.advance(rhs, t, 2, y) == Status::kNotFinite);
  CHECK(t == 0);
  y = {-1, 0};
  CHECK(stepper.advance(rhs, t, 2, y) == Status::kNotFinite);
  y = {1, std::numeric_limits<double>::infinity()};
  CHECK(stepper.advance(rhs, t, 2, y) == Status::kNotFinite);
  y = {1, 0};
  CHECK(stepper.advance(rhs, t, 0.5, y) == Status::kOk);  // and the stepper is still of use
}

TEST_CASE("too many steps") {
  Tolerance tolerance;
  tolerance.max_steps = 3;
  DormandPrince<Decay> stepper(1, tolerance);
  Decay rhs;
  double t = 0;
  std::vector<double> y{1};
  CHECK(stepper.advance(rhs, t, 1000, y) == Status::kTooManySteps);
  CHECK(stepper.counts().accepted + stepper.counts().rejected == 3);
  CHECK(t > 0);
  CHECK(y[0] == doctest::Approx(std::exp(-0.3 * t)).epsilon(1e-5));
}

TEST_CASE("nothing to do is done at once") {
  DormandPrince<Decay> stepper(1, Tolerance{});
  Decay rhs;
  double t = 5;
  std::vector<double> y{1};
  CHECK(stepper.advance(rhs, t, 5, y) == Status::kOk);
  CHECK(stepper.counts().evaluations == 0);
}

TEST_CASE("an emptied state stops asking for small steps, in whatever unit it is") {
  const auto steps = [](double dose, double floor_of_peak) {
    Tolerance tolerance;
    tolerance.absolute = 0;
    tolerance.floor_of_peak = floor_of_peak;
    DormandPrince<Decay> stepper(1, tolerance);
    Decay rhs;
    double t = 0;
    std::vector<double> y{dose};
    CHECK(stepper.advance(rhs, t, 168, y) == Status::kOk);
    return stepper.counts().accepted;
  };
  CHECK(steps(200, 1e-3) * 2 < steps(200, 0));
  CHECK(steps(200, 1e-3) == steps(200e-9, 1e-3));
}

TEST_CASE("weights: relative to the state or to a share of its peak, and absolute") {
  Tolerance tolerance;
  tolerance.relative = 1e-3;
  tolerance.per_state = {0.5, 0};
  tolerance.floor_of_peak = 0.01;
  StepControl control(2, tolerance, DormandPrinceMethod::kControl);
  const std::vector<double> peak{1000, 1000};
  control.note(peak);
  CHECK(control.weight(0, 2000, 0) == doctest::Approx(2.5));
  CHECK(control.weight(1, -3000, 2000) == doctest::Approx(3));
  CHECK(control.weight(1, 0, 0) == doctest::Approx(0.01));
  control.reset();
  CHECK(control.weight(1, 0, 0) == 0);
}

TEST_CASE("a state that starts at zero does not force a tiny first step") {
  StepControl control(2, Tolerance{}, DormandPrinceMethod::kControl);
  const std::vector<double> y{200, 0}, slope{-60, 60};
  CHECK(control.first_step(y, slope, 168) == doctest::Approx(0.01 / 0.3).epsilon(0.01));
  const std::vector<double> nothing{0, 0};
  CHECK(control.first_step(nothing, nothing, 168) == doctest::Approx(0.168));
}

TEST_CASE("each status says what it is") {
  CHECK(to_text(Status::kOk) != to_text(Status::kTooManySteps));
  CHECK(to_text(Status::kStepTooSmall).find("small") != std::string::npos);
  CHECK(to_text(Status::kNotFinite).find("finite") != std::string::npos);
}

}  // namespace dosewright::num
