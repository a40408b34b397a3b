#include "dosewright/num/dense_lu.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "dosewright/base/random.hpp"

namespace dosewright::num {

TEST_CASE("a random system is solved to rounding, also where rows must be exchanged") {
  for (const int n : {1, 2, 5, 12}) {
    const Draws draws(7, static_cast<std::uint64_t>(n), 0);
    std::vector<double> matrix(n * n), truth(n), right(n, 0.0);
    for (int i = 0; i < n * n; ++i) matrix[i] = draws.normal(static_cast<std::uint32_t>(i));
    if (n > 1) matrix[0] = 0;
    for (int i = 0; i < n; ++i) truth[i] = draws.normal(static_cast<std::uint32_t>(1000 + i));
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) right[i] += matrix[i * n + j] * truth[j];
    }
    DenseLu lu(n);
    std::copy(matrix.begin(), matrix.end(), lu.matrix().begin());
    REQUIRE(lu.factor());
    lu.solve(right);
    for (int i = 0; i < n; ++i) CHECK(std::abs(right[i] - truth[i]) < 1e-11);
  }
}

TEST_CASE("a singular matrix and one that is not finite are refused") {
  DenseLu lu(2);
  const std::vector<double> singular{1, 2, 2, 4};
  std::copy(singular.begin(), singular.end(), lu.matrix().begin());
  CHECK(!lu.factor());
  lu.matrix()[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(!lu.factor());
}

}  // namespace dosewright::num
