#include "dosewright/signal/odds.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace dosewright::signal {
namespace {

// Limits computed apart from this code, with fractions of whole numbers.
TEST_CASE("the exact interval of an odds ratio") {
  struct Known {
    Fourfold table;
    double ratio, lo, hi;
  };
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const Known known[] = {
      {{3, 4, 1, 4}, 9, 0.2117355954, 626.2435306},
      {{22, 84, 8, 86}, 22.0 * 78 / (8 * 62), 1.358695204, 9.560827858},
      {{5, 72, 1, 86}, 5.0 * 85 / 67, 0.6794683074, 303.46778},
      {{2, 50, 0, 50}, kInfinite, 0.1884159586, kInfinite},
      {{49, 50, 20, 50}, 49.0 * 30 / 20, 10.31499104, 3057.34096},
      {{0, 30, 4, 31}, 0, 0, 1.503168725},
  };
  for (const Known& one : known) {
    const Odds odds = odds_ratio(one.table);
    CHECK((odds.ratio == one.ratio || odds.ratio == doctest::Approx(one.ratio).epsilon(1e-12)));
    CHECK(odds.lo == doctest::Approx(one.lo).epsilon(1e-8));
    CHECK((odds.hi == one.hi || odds.hi == doctest::Approx(one.hi).epsilon(1e-8)));
  }
}

TEST_CASE("arms exchanged: the reciprocal") {
  const Odds one = odds_ratio({7, 40, 3, 55}), other = odds_ratio({3, 55, 7, 40});
  CHECK(one.ratio * other.ratio == doctest::Approx(1));
  CHECK(one.lo * other.hi == doctest::Approx(1));
  CHECK(one.hi * other.lo == doctest::Approx(1));
}

TEST_CASE("nobody, or everybody, has the event: nothing is known") {
  for (const Fourfold& table : {Fourfold{0, 10, 0, 12}, Fourfold{10, 10, 12, 12}}) {
    const Odds odds = odds_ratio(table);
    CHECK(std::isnan(odds.ratio));
    CHECK(odds.lo == 0);
    CHECK(std::isinf(odds.hi));
  }
}

}  // namespace
}  // namespace dosewright::signal
