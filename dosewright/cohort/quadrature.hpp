// Gauss-Legendre rules on [0, 1], and what the engine needs of their interpolation polynomials.
#pragma once

#include <array>
#include <vector>

namespace dosewright::cohort {

inline constexpr int kNodes = 5;        // of a part of an interval
inline constexpr int kInnerNodes = 12;  // for integrals of the polynomials times an exponential

struct Rule {
  std::vector<double> nodes, weights;
};
/// n >= 1 nodes, in order; by Newton's method on the Legendre polynomial [Davis1984, 2.7].
Rule gauss_rule(int n);

// l_j: the polynomial of degree kNodes - 1 that is 1 at node j and 0 at the others.
struct Interpolation {
  std::array<double, kNodes> nodes{}, weights{};
  std::array<std::array<double, kNodes>, kNodes> integral{};  // [i][j]: of l_j from 0 to node i
  std::array<std::array<double, kNodes>, kNodes> at_zero{}, at_one{};  // [j][k]: k-th derivative
  std::array<double, kInnerNodes> inner_nodes{}, inner_weights{};
  std::array<std::array<double, kInnerNodes>, kNodes> at_inner{};  // [j][m]: l_j there
};
const Interpolation& interpolation();

}  // namespace dosewright::cohort
