// exp, log and pow against the library's functions of 64-bit mantissas, and at every special value.
#include "dosewright/base/elementary.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>

#include "dosewright/base/random.hpp"

namespace dosewright {
namespace {

constexpr double kInf = elementary::kInfinity;
constexpr double kNan = elementary::kNotANumber;
constexpr int kDraws = 40'000;

// In units in the last place of the result, against a reference with 11 more bits.
double error_ulp(double found, long double expected) {
  const double nearest = static_cast<double>(expected);
  if (std::isnan(found) || std::isnan(nearest)) {
    return std::isnan(found) == std::isnan(nearest) ? 0 : kInf;
  }
  if (std::isinf(found) || std::isinf(nearest)) return found == nearest ? 0 : kInf;
  int exponent = 0;
  static_cast<void>(std::frexp(nearest, &exponent));
  const double ulp = std::ldexp(1.0, std::max(exponent, -1021) - 53);
  return static_cast<double>(std::fabs(static_cast<long double>(found) - expected)) / ulp;
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

double between(const Draws& draws, std::uint32_t draw, double low, double high) {
  return low + (high - low) * draws.uniform(draw);
}

}  // namespace

TEST_CASE("exp is within 0.9 of the last place, and 1 where its result is subnormal") {
  const Draws draws(1, 1, 1);
  double worst = 0, worst_subnormal = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const double range = i % 3 == 0 ? 1.0 : i % 3 == 1 ? 40.0 : 746.0;
    const double x = between(draws, i, -range, range);
    double& largest = x < -708 ? worst_subnormal : worst;
    largest =
        std::max(largest, error_ulp(elementary::exp(x), std::exp(static_cast<long double>(x))));
  }
  CAPTURE(worst);
  CAPTURE(worst_subnormal);
  CHECK(worst < 0.9);
  CHECK(worst_subnormal <= 1.01);
}

TEST_CASE("log is within 0.9 of the last place") {
  const Draws draws(1, 1, 2);
  double worst = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const double x =
        i % 2 == 0 ? between(draws, i, 0.4, 2.5) : std::exp2(between(draws, i, -1074, 1023.9));
    worst = std::max(worst, error_ulp(elementary::log(x), std::log(static_cast<long double>(x))));
  }
  CAPTURE(worst);
  CHECK(worst < 0.9);
}

TEST_CASE("pow is within 1.3 of the last place where its result is a normal number") {
  const Draws draws(1, 1, 3);
  double worst = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const double x =
        i % 2 == 0 ? between(draws, 2 * i, 0.5, 2) : std::exp2(between(draws, 2 * i, -300, 300));
    const double span = 700 / std::max(1e-3, std::fabs(std::log(x)));
    const double y = between(draws, 2 * i + 1, -span, span);
    const long double expected = std::pow(static_cast<long double>(x), static_cast<long double>(y));
    worst = std::max(worst, error_ulp(elementary::pow(x, y), expected));
  }
  CAPTURE(worst);
  CHECK(worst < 1.3);
}

TEST_CASE("special values of exp and log") {
  CHECK(same(elementary::exp(0), 1));
  CHECK(same(elementary::exp(-0.0), 1));
  CHECK(same(elementary::exp(kInf), kInf));
  CHECK(same(elementary::exp(-kInf), 0));
  CHECK(same(elementary::exp(kNan), kNan));
  CHECK(same(elementary::exp(709.79), kInf));
  CHECK(std::isfinite(elementary::exp(709.78)));
  CHECK(same(elementary::exp(-745.2), 0));
  CHECK(same(elementary::exp(-745.1), 0x1p-1074));
  CHECK(same(elementary::exp(1e308), kInf));
  CHECK(same(elementary::log(1), 0));
  CHECK(same(elementary::log(0), -kInf));
  CHECK(same(elementary::log(-0.0), -kInf));
  CHECK(same(elementary::log(-1), kNan));
  CHECK(same(elementary::log(-kInf), kNan));
  CHECK(same(elementary::log(kInf), kInf));
  CHECK(same(elementary::log(kNan), kNan));
  CHECK(elementary::log(0x1p-1074) == doctest::Approx(-744.4400719213812).epsilon(1e-15));
}

TEST_CASE("pow at special values is what IEEE 754 and the library say") {
  const double values[] = {0.0,
                           -0.0,
                           1,
                           -1,
                           2,
                           -2,
                           3,
                           -3,
                           0.5,
                           -0.5,
                           1.5,
                           -1.5,
                           kInf,
                           -kInf,
                           kNan,
                           1e308,
                           1e-308,
                           -1e308,
                           0x1p52,
                           0x1p53 - 1,
                           -0x1p53 + 1,
                           0x1p64,
                           -0x1p70,
                           4e-324,
                           DBL_MAX,
                           -DBL_MAX,
                           1 + DBL_EPSILON,
                           1 - DBL_EPSILON / 2,
                           1023,
                           -1075};
  for (const double x : values) {
    for (const double y : values) {
      CAPTURE(x);
      CAPTURE(y);
      const double expected = std::pow(x, y), found = elementary::pow(x, y);
      CHECK(std::signbit(found) ==
            (std::isnan(expected) ? std::signbit(found) : std::signbit(expected)));
      CHECK(error_ulp(found, expected) <= 2);
    }
  }
}

TEST_CASE("pow by fused operations and by plain ones: the same bits") {
  const Draws draws(1, 1, 4);
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const double reach = i % 2 == 0 ? 1074 : 4;
    const double x = std::exp2(between(draws, 2 * i, -reach, reach));
    const double y = between(draws, 2 * i + 1, -1, 1) * std::exp2(between(draws, i, -1070, 40));
    const double plain = elementary::pow_of<Lanes<1>>(x, y);
    if (!same(elementary::pow(x, y), plain)) FAIL_CHECK(x << " " << y);
    const double often = between(draws, 2 * i + 1, -20, 20);
    if (!same(elementary::pow(x, often), elementary::pow_of<Lanes<1>>(x, often))) {
      FAIL_CHECK(x << " " << often);
    }
  }
}

TEST_CASE("any bit pattern: exp, log and pow agree with the library to two last places") {
  CHECK(rc::check("any bits", [](std::uint64_t a, std::uint64_t b) {
    const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
    RC_ASSERT(error_ulp(elementary::exp(x), std::exp(static_cast<long double>(x))) <= 1.01);
    RC_ASSERT(error_ulp(elementary::log(x), std::log(static_cast<long double>(x))) <= 1);
    RC_ASSERT(error_ulp(elementary::pow(x, y), std::pow(x, y)) <= 2);
  }));
}

}  // namespace dosewright
