#include "dosewright/num/dormand_prince.hpp"

namespace dosewright::num {
namespace {

// Difference of the solutions of order 5 and 4. [Hairer1993, table 5.2]
constexpr double kE1 = 71.0 / 57600, kE3 = -71.0 / 16695, kE4 = 71.0 / 1920;
constexpr double kE5 = -17253.0 / 339200, kE6 = 22.0 / 525, kE7 = -1.0 / 40;

// The last coefficient vector of the continuous extension. [Hairer1993, II.6, after Shampine1986]
constexpr double kD1 = -12715105075.0 / 11282082432, kD3 = 87487479700.0 / 32700410799;
constexpr double kD4 = -10690763975.0 / 1880347072, kD5 = 701980252875.0 / 199316789632;
constexpr double kD6 = -1453857185.0 / 822651844, kD7 = 69997945.0 / 29380423;

}  // namespace

void DormandPrinceMethod::estimate(double h, double* error) const {
  for (int i = 0; i < n_; ++i) {
    error[i] = h * (kE1 * k_[0][i] + kE3 * k_[2][i] + kE4 * k_[3][i] + kE5 * k_[4][i] +
                    kE6 * k_[5][i] + kE7 * k_[6][i]);
  }
}

void DormandPrinceMethod::accept(double h, const double* y, const double* y_new) {
  double slope_change = 0;
  double state_change = 0;
  for (int i = 0; i < n_; ++i) {
    const double change = y_new[i] - y[i];
    const double bend = h * k_[0][i] - change;
    dense_[i] = y[i];
    dense_[n_ + i] = change;
    dense_[2 * n_ + i] = bend;
    dense_[3 * n_ + i] = change - h * k_[6][i] - bend;
    dense_[4 * n_ + i] = h * (kD1 * k_[0][i] + kD3 * k_[2][i] + kD4 * k_[3][i] + kD5 * k_[4][i] +
                              kD6 * k_[5][i] + kD7 * k_[6][i]);
    const double slope_difference = k_[6][i] - k_[5][i];
    const double state_difference = y_new[i] - stage_[i];
    slope_change += slope_difference * slope_difference;
    state_change += state_difference * state_difference;
  }
  stiffness_ = state_change > 0 ? h * std::sqrt(slope_change / state_change) : 0;
  std::swap(k_[0], k_[6]);
}

void DormandPrinceMethod::interpolate(double theta, std::span<double> y_out) const {
  const double rest = 1 - theta;
  for (int i = 0; i < n_; ++i) {
    const double inner = dense_[3 * n_ + i] + rest * dense_[4 * n_ + i];
    const double middle = dense_[2 * n_ + i] + theta * inner;
    y_out[i] = dense_[i] + theta * (dense_[n_ + i] + rest * middle);
  }
}

}  // namespace dosewright::num
