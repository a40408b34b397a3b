// Matrix exponentials against closed forms, and what must hold for every matrix.
#include "dosewright/num/matrix_exponential.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <vector>

namespace dosewright::num {
namespace {

bool near(double a, double b, double relative) {
  return std::abs(a - b) <= relative * std::abs(b);
}

}  // namespace

TEST_CASE("a chain of two decays, from now to long after, each entry to 1e-11 of itself") {
  const double ka = 1.3, ke = 0.07;
  const std::array<double, 4> a{-ka, 0, ka, -ke};
  MatrixExponential exponential(2);
  for (const double t : {1e-9, 0.01, 1.0, 24.0, 300.0}) {
    std::array<double, 4> e{};
    REQUIRE(exponential.compute(a, t, e));
    CHECK(near(e[0], std::exp(-ka * t), 1e-11));
    CHECK(e[1] == 0);
    const double passed = ka / (ka - ke) * std::exp(-ke * t) * -std::expm1((ke - ka) * t);
    CHECK(near(e[2], passed, 1e-11));
    CHECK(near(e[3], std::exp(-ke * t), 1e-11));
  }
}

TEST_CASE("a rotation, where entries off the diagonal are negative") {
  const std::array<double, 4> a{0, 1, -1, 0};
  MatrixExponential exponential(2);
  std::array<double, 4> e{};
  for (const double t : {0.1, 3.0, 40.0}) {
    REQUIRE(exponential.compute(a, t, e));
    CHECK(std::abs(e[0] - std::cos(t)) < 1e-12);
    CHECK(std::abs(e[1] - std::sin(t)) < 1e-12);
    CHECK(std::abs(e[2] + std::sin(t)) < 1e-12);
  }
}

TEST_CASE("equal rates, where eigenvectors run out") {
  const std::array<double, 4> a{-2, 0, 2, -2};
  MatrixExponential exponential(2);
  std::array<double, 4> e{};
  REQUIRE(exponential.compute(a, 1.5, e));
  CHECK(near(e[2], 3 * std::exp(-3.0), 1e-13));
}

TEST_CASE("a slow compartment beside a very fast one keeps its digits") {
  const std::array<double, 4> a{-1e6, 0, 1e6, -1e-3};
  MatrixExponential exponential(2);
  std::array<double, 4> e{};
  REQUIRE(exponential.compute(a, 1000, e));
  CHECK(near(e[3], std::exp(-1.0), 1e-11));
}

TEST_CASE("exp - I keeps what a tiny loss is") {
  const std::array<double, 1> a{-1e-12};
  MatrixExponential exponential(1);
  std::array<double, 1> e{};
  REQUIRE(exponential.minus_identity(a, 1, e));
  CHECK(near(e[0], std::expm1(-1e-12), 1e-14));
  REQUIRE(exponential.minus_identity(std::array<double, 1>{-3}, 50, e));
  CHECK(e[0] == -1);
}

TEST_CASE("what is not finite is told, not returned") {
  MatrixExponential exponential(1);
  std::array<double, 1> e{};
  CHECK_FALSE(exponential.compute(std::array<double, 1>{std::nan("")}, 1, e));
  CHECK_FALSE(exponential.compute(std::array<double, 1>{1}, 1e6, e));
}

TEST_CASE("two steps are one, and mass is neither made nor lost in a closed system") {
  CHECK(rc::check("semigroup", [] {
    const int n = *rc::gen::inRange(1, 6);
    const auto size = static_cast<std::size_t>(n);
    std::vector<double> a(size * size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        if (i == j) continue;
        a[i * size + j] = 0.001 * *rc::gen::inRange(0, 3000);
        a[j * size + j] -= a[i * size + j];
      }
    }
    const double s = 0.01 * *rc::gen::inRange(1, 1000), t = 0.01 * *rc::gen::inRange(1, 1000);
    MatrixExponential exponential(n);
    std::vector<double> at_s(a.size()), at_t(a.size()), at_both(a.size()), x(size, 1.0);
    RC_ASSERT(exponential.compute(a, s, at_s));
    RC_ASSERT(exponential.compute(a, t, at_t));
    RC_ASSERT(exponential.compute(a, s + t, at_both));
    std::vector<double> y = x;
    exponential.apply(at_s, x);
    exponential.apply(at_t, x);
    exponential.apply(at_both, y);
    double total = 0;
    for (std::size_t i = 0; i < size; ++i) {
      RC_ASSERT(near(x[i], y[i], 1e-11));
      total += x[i];
    }
    RC_ASSERT(near(total, static_cast<double>(n), 1e-11));
  }));
}

}  // namespace dosewright::num
