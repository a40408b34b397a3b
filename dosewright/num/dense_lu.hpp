// A small dense linear system: LU with partial pivoting, in storage allocated once.
// [GolubVanLoan2013, alg. 3.4.1]
#pragma once

#include <span>
#include <vector>

namespace dosewright::num {

class DenseLu {
 public:
  explicit DenseLu(int n) : n_(n), values_(n * n), pivots_(n) {}

  // Row-major n x n, to be filled before factor(), which overwrites it.
  std::span<double> matrix() { return values_; }

  bool factor();                          // false: singular, or not finite
  void solve(std::span<double> x) const;  // right-hand side in, solution out

 private:
  int largest_in_column(int column) const;

  int n_;
  std::vector<double> values_;
  std::vector<int> pivots_;
};

}  // namespace dosewright::num
