#include "dosewright/sim/collocation.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace dosewright::sim {
namespace {

using Points = std::array<double, kStages + 1>;  // the begin, then the nodes

// P_s - P_(s-1) at 2u - 1; zero at u = 1.
double radau_polynomial(double u) {
  const double x = 2 * u - 1;
  double before = 1, value = x;
  for (int k = 2; k <= kStages; ++k) {
    const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return value - before;
}

double root_between(double low, double high) {
  const bool rises = radau_polynomial(low) < 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    ((radau_polynomial(middle) < 0) == rises ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

Points points() {
  constexpr int kGrid = 1000;  // finer than the nodes of any rule of this kind lie together
  Points result{};
  std::size_t found = 1;
  for (int i = 0; i < kGrid - 1; ++i) {
    const double low = (i + 0.5) / kGrid, high = (i + 1.5) / kGrid;
    if (high > 1 || found == kStages) break;
    if ((radau_polynomial(low) < 0) != (radau_polynomial(high) < 0)) {
      result[found++] = root_between(low, high);
    }
  }
  result[kStages] = 1;
  return result;
}

CollocationTable make_table() {
  const Points at = points();
  Points weight{};  // 1 / product of the distances [Berrut2004]
  for (std::size_t i = 0; i < at.size(); ++i) {
    weight[i] = 1;
    for (std::size_t k = 0; k < at.size(); ++k) {
      if (k != i) weight[i] /= at[i] - at[k];
    }
  }
  CollocationTable table{};
  const double chebyshev = std::ldexp(1.0, 1 - 2 * kStages);
  table.highest_of_begin = weight[0] * chebyshev;
  for (std::size_t j = 1; j < at.size(); ++j) {
    table.nodes[j - 1] = at[j];
    table.highest[j - 1] = weight[j] * chebyshev;
    double own = 0;
    for (std::size_t k = 0; k < at.size(); ++k) {
      if (k == j) continue;
      const double slope = weight[k] / weight[j] / (at[j] - at[k]);
      own -= slope;
      (k == 0 ? table.slope_of_begin[j - 1] : table.slope[j - 1][k - 1]) = slope;
    }
    table.slope[j - 1][j - 1] = own;
  }
  return table;
}

}  // namespace

const CollocationTable& collocation() {
  static const CollocationTable table = make_table();
  return table;
}

}  // namespace dosewright::sim
