#include "dosewright/sim/collocation.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace dosewright::sim {
namespace {

constexpr double kGrowth = 1.56;  // six parts: the first is a twenty-fourth of the interval

// P_n - P_(n-1) at x; zero at 1.
double radau_polynomial(int n, double x) {
  double before = 1, value = x;
  for (int k = 2; k <= n; ++k) {
    const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return value - before;
}

double chebyshev_polynomial(int n, double x) {
  double before = 1, value = x;
  for (int k = 2; k <= n; ++k) {
    const double next = 2 * x * value - before;
    before = value;
    value = next;
  }
  return value;
}

using Polynomial = double (*)(int n, double x);

double root_between(Polynomial polynomial, int n, double low, double high) {
  const bool rises = polynomial(n, low) < 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    ((polynomial(n, middle) < 0) == rises ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

// Those inside (-1, 1), in order; at most `most`.
template <std::size_t kMost>
std::array<double, kMost> roots_inside(Polynomial polynomial, int n) {
  constexpr int kGrid = 1000;  // finer than the roots of any rule of this kind lie together
  std::array<double, kMost> result{};
  std::size_t found = 0;
  for (int i = 0; i < kGrid - 1 && found < kMost; ++i) {
    const double low = (2 * i + 1.0) / kGrid - 1, high = (2 * i + 3.0) / kGrid - 1;
    if ((polynomial(n, low) < 0) != (polynomial(n, high) < 0)) {
      result[found++] = root_between(polynomial, n, low, high);
    }
  }
  return result;
}

// 1 / product of the distances [Berrut2004].
template <std::size_t kPoints>
std::array<double, kPoints> weights_of(const std::array<double, kPoints>& at) {
  std::array<double, kPoints> weight{};
  for (std::size_t i = 0; i < at.size(); ++i) {
    weight[i] = 1;
    for (std::size_t k = 0; k < at.size(); ++k) {
      if (k != i) weight[i] /= at[i] - at[k];
    }
  }
  return weight;
}

using Points = std::array<double, kStages + 1>;  // the begin, then the nodes

Points points() {
  const auto inside = roots_inside<kStages - 1>(radau_polynomial, kStages);
  Points result{};
  for (std::size_t i = 0; i < inside.size(); ++i) result[i + 1] = (1 + inside[i]) / 2;
  result[kStages] = 1;
  return result;
}

void cut_interval(CollocationTable& table) {
  double sum = 0, share = 1;
  for (int part = 0; part < kParts; ++part, share *= kGrowth) sum += share;
  double begin = 0;
  share = 1 / sum;
  for (int part = 0; part < kParts; ++part, share *= kGrowth) {
    table.begin[part] = begin;
    table.share[part] = part + 1 < kParts ? share : 1 - begin;
    begin += share;
  }
  table.n_parts = kParts;
}

// Of the equation x' = a x + b with one a, by Cramer's rule: the matrix of slopes less z has the
// inverse -(B_0 + B_1 z + ...) / p(z), where p is its characteristic polynomial and B_i follow from
// each other (Leverrier's method, as Faddeev has it).
void divide_out(CollocationTable& table) {
  using Matrix = std::array<std::array<double, kStages>, kStages>;
  std::array<Matrix, kStages> b{};
  std::array<double, kStages + 1> p{};
  p[kStages] = 1;
  for (int i = 0; i < kStages; ++i) b[kStages - 1][i][i] = 1;
  for (int i = kStages - 1; i >= 0; --i) {
    Matrix product{};
    double trace = 0;
    for (int r = 0; r < kStages; ++r) {
      for (int c = 0; c < kStages; ++c) {
        for (int k = 0; k < kStages; ++k) product[r][c] += table.slope[r][k] * b[i][k][c];
      }
      trace += product[r][r];
    }
    p[i] = -trace / (kStages - i);
    if (i == 0) break;
    b[i - 1] = product;
    for (int r = 0; r < kStages; ++r) b[i - 1][r][r] += p[i];
  }
  for (int i = 0; i <= kStages; ++i) table.below[i] = p[i] / p[0];
  for (int i = 0; i < kStages; ++i) {
    for (int k = 0; k < kStages; ++k) {
      table.of_slope[k][i] = -b[i][kStages - 1][k] / p[0];
      for (int j = 0; j < kStages; ++j) {
        table.of_begin[j][i] += b[i][j][k] / p[0] * table.slope_of_begin[k];
      }
    }
  }
}

void add_inner(CollocationTable& table) {
  std::array<double, kStages> nodes{};
  for (std::size_t j = 0; j < nodes.size(); ++j) nodes[j] = table.nodes[j];
  const auto weight = weights_of(nodes);
  for (std::size_t j = 0; j < nodes.size(); ++j) {
    const double chebyshev = weight[j] * std::ldexp(1.0, 3 - 2 * kStages);
    table.highest_inner[j] = chebyshev / (4 * kStages);  // by integration
  }
}

CollocationTable make_table() {
  const Points at = points();
  const Points weight = weights_of(at);
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
  divide_out(table);
  add_inner(table);
  cut_interval(table);
  return table;
}

template <int kCount>
CurveTable<kCount> make_curve() {
  const auto at = roots_inside<kCount>(chebyshev_polynomial, kCount);
  const auto weight = weights_of(at);
  CurveTable<kCount> table{};
  for (std::size_t k = 0; k < at.size(); ++k) {
    table.points[k] = at[k];
    table.highest[k] = weight[k] * std::ldexp(1.0, 2 - kCount);
    std::array<double, kCount> power{};  // of the product of (u - at[m]), m != k
    power[0] = weight[k];
    for (std::size_t m = 0; m < at.size(); ++m) {
      if (m == k) continue;
      for (std::size_t i = kCount; i-- > 0;) {
        power[i] = (i > 0 ? power[i - 1] : 0.0) - at[m] * power[i];
      }
    }
    for (std::size_t i = 0; i < kCount; ++i) table.coefficient[i][k] = power[i];
  }
  return table;
}

}  // namespace

const CollocationTable& collocation() {
  static const CollocationTable table = make_table();
  return table;
}

const CurveTable<kClockPoints>& clock_curve() {
  static const auto table = make_curve<kClockPoints>();
  return table;
}

const CurveTable<kStatePoints>& state_curve() {
  static const auto table = make_curve<kStatePoints>();
  return table;
}

}  // namespace dosewright::sim
