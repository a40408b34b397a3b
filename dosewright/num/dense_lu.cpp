#include "dosewright/num/dense_lu.hpp"

#include <cmath>
#include <utility>

namespace dosewright::num {

int DenseLu::largest_in_column(int column) const {
  int best = column;
  for (int row = column + 1; row < n_; ++row) {
    if (std::abs(values_[row * n_ + column]) > std::abs(values_[best * n_ + column])) best = row;
  }
  return best;
}

bool DenseLu::factor() {
  for (int k = 0; k < n_; ++k) {
    const int pivot = largest_in_column(k);
    pivots_[k] = pivot;
    if (pivot != k) {
      for (int j = 0; j < n_; ++j) std::swap(values_[k * n_ + j], values_[pivot * n_ + j]);
    }
    const double diagonal = values_[k * n_ + k];
    if (diagonal == 0 || !std::isfinite(diagonal)) return false;
    for (int row = k + 1; row < n_; ++row) {
      double& multiplier = values_[row * n_ + k];
      if (multiplier == 0) continue;  // PK systems are sparse
      multiplier /= diagonal;
      for (int j = k + 1; j < n_; ++j) values_[row * n_ + j] -= multiplier * values_[k * n_ + j];
    }
  }
  return true;
}

void DenseLu::solve(std::span<double> x) const {
  for (int k = 0; k < n_; ++k) std::swap(x[k], x[pivots_[k]]);
  for (int k = 0; k < n_; ++k) {
    double sum = x[k];
    for (int j = 0; j < k; ++j) sum -= values_[k * n_ + j] * x[j];
    x[k] = sum;
  }
  for (int k = n_ - 1; k >= 0; --k) {
    double sum = x[k];
    for (int j = k + 1; j < n_; ++j) sum -= values_[k * n_ + j] * x[j];
    x[k] = sum / values_[k * n_ + k];
  }
}

}  // namespace dosewright::num
