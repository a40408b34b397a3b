// Orders of convergence, with fixed steps, on a problem that is nonlinear and reads the time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/num/rosenbrock.hpp"

namespace dosewright::num {
namespace {

// y0 = exp(sin t), y1 = 1 / (1 + t^2).
struct Problem {
  void operator()(double t, const double* y, double* dydt) const {
    dydt[0] = y[0] * std::cos(t);
    dydt[1] = -2 * t * y[1] * y[1];
  }
};
double exact(int i, double t) {
  return i == 0 ? std::exp(std::sin(t)) : 1 / (1 + t * t);
}

double distance(const std::vector<double>& y, double t) {
  return std::max(std::abs(y[0] - exact(0, t)), std::abs(y[1] - exact(1, t)));
}

template <class Method>
std::vector<double> fixed_step(Method& method, double t, double h, std::vector<double> y) {
  Problem rhs;
  std::vector<double> y_new(2), error(2);
  const auto weight = [](int) { return 1e-6; };
  if (!method.ready()) method.begin(rhs, t, y.data());
  method.attempt(rhs, {t, h, y.data(), y_new.data(), error.data()}, weight);
  method.accept(h, y.data(), y_new.data());
  return y_new;
}

template <class Method>
double global_error(int steps) {
  Method method(2);
  const double h = 2.0 / steps;
  std::vector<double> y{exact(0, 0.3), exact(1, 0.3)};
  double worst = 0;
  for (int s = 0; s < steps; ++s) {
    y = fixed_step(method, 0.3 + s * h, h, y);
    worst = std::max(worst, distance(y, 0.3 + (s + 1) * h));
  }
  return worst;
}

// The largest error of the dense output within one step.
template <class Method>
double dense_error(double h) {
  Method method(2);
  fixed_step(method, 0.3, h, {exact(0, 0.3), exact(1, 0.3)});
  double worst = 0;
  std::vector<double> y(2);
  for (double theta = 0.1; theta < 0.95; theta += 0.1) {
    method.interpolate(theta, y);
    worst = std::max(worst, distance(y, 0.3 + theta * h));
  }
  return worst;
}

template <class Method>
double global_order(int steps) {
  return std::log2(global_error<Method>(steps) / global_error<Method>(2 * steps));
}
template <class Method>
double dense_order(double h) {  // the error within one step is one order higher
  return std::log2(dense_error<Method>(h) / dense_error<Method>(h / 2)) - 1;
}

}  // namespace

TEST_CASE("Dormand-Prince converges with order 5") {
  for (const int steps : {20, 40, 80}) {
    const double order = global_order<DormandPrinceMethod>(steps);
    CAPTURE(steps);
    CHECK(order > 4.8);
    CHECK(order < 5.5);
  }
}

TEST_CASE("the dense output of Dormand-Prince converges with order 4") {
  for (const double h : {0.1, 0.05, 0.025}) {
    const double order = dense_order<DormandPrinceMethod>(h);
    CAPTURE(h);
    CHECK(order > 3.8);
    CHECK(order < 4.6);
  }
}

TEST_CASE("Rosenbrock converges with order 4") {
  for (const int steps : {20, 40, 80}) {
    const double order = global_order<RosenbrockMethod>(steps);
    CAPTURE(steps);
    CHECK(order > 3.8);
    CHECK(order < 4.6);
  }
}

TEST_CASE("the dense output of Rosenbrock converges with order 3") {
  for (const double h : {0.1, 0.05, 0.025}) {
    const double order = dense_order<RosenbrockMethod>(h);
    CAPTURE(h);
    CHECK(order > 2.8);
    CHECK(order < 3.6);
  }
}

TEST_CASE("the dense output meets both ends of the step") {
  DormandPrinceMethod explicit_method(2);
  RosenbrockMethod implicit_method(2);
  const std::vector<double> start{exact(0, 0.3), exact(1, 0.3)};
  std::vector<double> y(2);
  const auto check = [&](auto& method) {
    const std::vector<double> end = fixed_step(method, 0.3, 0.2, start);
    method.interpolate(0, y);
    CHECK(y[0] == doctest::Approx(start[0]).epsilon(1e-15));
    method.interpolate(1, y);
    CHECK(y[1] == doctest::Approx(end[1]).epsilon(1e-15));
  };
  check(explicit_method);
  check(implicit_method);
}

TEST_CASE("Rosenbrock is L-stable: one huge step damps a stiff component") {
  auto decay = [](double, const double* y, double* dydt) { dydt[0] = -1e9 * y[0]; };
  RosenbrockMethod method(1);
  double y = 1, y_new = 0, error = 0;
  method.begin(decay, 0, &y);
  method.attempt(decay, {0, 1, &y, &y_new, &error}, [](int) { return 1e-6; });
  CHECK(std::abs(y_new) < 1e-6);
}

}  // namespace dosewright::num
