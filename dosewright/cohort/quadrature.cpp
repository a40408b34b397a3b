#include "dosewright/cohort/quadrature.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace dosewright::cohort {
namespace {

// The Legendre polynomial of degree n and its derivative.
std::array<double, 2> legendre(int n, double x) {
  double before = 1, value = x;
  for (int k = 2; k <= n; ++k) {
    const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return {value, n * (x * value - before) / (x * x - 1)};
}

using Coefficients = std::array<double, kNodes>;  // of 1, u, u^2, ...

Coefficients lagrange(const std::array<double, kNodes>& nodes, std::size_t j) {
  Coefficients result{1};
  std::size_t degree = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == j) continue;
    const double scale = 1 / (nodes[j] - nodes[i]);
    ++degree;
    for (std::size_t k = degree + 1; k-- > 0;) {
      const double lower = k > 0 ? result[k - 1] : 0;
      const double same = k < degree ? result[k] : 0;
      result[k] = scale * (lower - nodes[i] * same);
    }
  }
  return result;
}

double value_at(const Coefficients& c, double u) {
  double sum = 0;
  for (std::size_t k = c.size(); k-- > 0;) sum = sum * u + c[k];
  return sum;
}

double integral_to(const Coefficients& c, double u) {
  double sum = 0;
  for (std::size_t k = c.size(); k-- > 0;) sum = (sum + c[k] / static_cast<double>(k + 1)) * u;
  return sum;
}

Coefficients derivative(const Coefficients& c) {
  Coefficients result{};
  for (std::size_t k = 1; k < c.size(); ++k) result[k - 1] = static_cast<double>(k) * c[k];
  return result;
}

Interpolation make_interpolation() {
  Interpolation result;
  const Rule rule = gauss_rule(kNodes), inner = gauss_rule(kInnerNodes);
  std::copy(rule.nodes.begin(), rule.nodes.end(), result.nodes.begin());
  std::copy(rule.weights.begin(), rule.weights.end(), result.weights.begin());
  std::copy(inner.nodes.begin(), inner.nodes.end(), result.inner_nodes.begin());
  std::copy(inner.weights.begin(), inner.weights.end(), result.inner_weights.begin());
  for (std::size_t j = 0; j < result.nodes.size(); ++j) {
    Coefficients c = lagrange(result.nodes, j);
    for (std::size_t i = 0; i < result.nodes.size(); ++i) {
      result.integral[i][j] = integral_to(c, result.nodes[i]);
    }
    for (std::size_t m = 0; m < result.inner_nodes.size(); ++m) {
      result.at_inner[j][m] = value_at(c, result.inner_nodes[m]);
    }
    for (std::size_t k = 0; k < result.nodes.size(); ++k) {
      result.at_zero[j][k] = c[0];
      result.at_one[j][k] = value_at(c, 1);
      c = derivative(c);
    }
  }
  return result;
}

}  // namespace

Rule gauss_rule(int n) {
  Rule rule;
  for (int i = 0; i < n; ++i) {
    double x = -std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5));
    for (int step = 0; step < 8; ++step) {
      const auto [value, slope] = legendre(n, x);
      x -= value / slope;
    }
    const double slope = legendre(n, x)[1];
    rule.nodes.push_back(0.5 + 0.5 * x);
    rule.weights.push_back(1 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

const Interpolation& interpolation() {
  static const Interpolation made = make_interpolation();
  return made;
}

}  // namespace dosewright::cohort
