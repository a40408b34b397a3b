#include "dosewright/num/rosenbrock.hpp"

#include "dosewright/base/check.hpp"

namespace dosewright::num {
namespace {

// Row s holds the coefficients of stage s + 1. [Hairer1996, RODAS, method 1]
constexpr double kA[6][5] = {
    {0, 0, 0, 0, 0},
    {1.544, 0, 0, 0, 0},
    {0.9466785280815826, 0.2557011698983284, 0, 0, 0},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817, 0, 0},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 0},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1}};
constexpr double kC[6][5] = {
    {0, 0, 0, 0, 0},
    {-5.6688, 0, 0, 0, 0},
    {-2.430093356833875, -0.2063599157091915, 0, 0, 0},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0, 0},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160, 0},
    {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136,
     -6.058818238834054}};
constexpr double kTime[6] = {0.25, -0.1043, 0.1035, -0.0362, 0, 0};
constexpr double kDense2[5] = {10.12623508344586, -7.487995877610167, -34.80091861555747,
                               -7.992771707568823, 1.025137723295662};
constexpr double kDense3[5] = {-0.6762803392801253, 6.087714651680015, 16.43084320892478,
                               24.76722511418386, -6.594389125716872};

bool share_a_row(const std::vector<std::uint8_t>& nonzero, int n, int a, int b) {
  for (int row = 0; row < n; ++row) {
    if (nonzero[row * n + a] && nonzero[row * n + b]) return true;
  }
  return false;
}

}  // namespace

JacobianPattern dense_pattern(int n) {
  return sparse_pattern(n, std::vector<std::uint8_t>(static_cast<std::size_t>(n) * n, 1));
}

JacobianPattern sparse_pattern(int n, std::vector<std::uint8_t> nonzero) {
  DW_CHECK(std::ssize(nonzero) == n * n, "a pattern is n x n");
  JacobianPattern pattern{std::move(nonzero), std::vector<int>(n, 0), 0};
  for (int column = 0; column < n; ++column) {
    std::vector<bool> taken(n + 1, false);
    for (int other = 0; other < column; ++other) {
      if (share_a_row(pattern.nonzero, n, column, other)) taken[pattern.group[other]] = true;
    }
    int group = 0;
    while (taken[group]) ++group;
    pattern.group[column] = group;
    pattern.n_groups = std::max(pattern.n_groups, group + 1);
  }
  return pattern;
}

RosenbrockMethod::RosenbrockMethod(int n, JacobianPattern pattern)
    : n_(n),
      pattern_(std::move(pattern)),
      lu_(n),
      jacobian_(n * n),
      k_(kStages * n),
      dense_(4 * n),
      slope_(n),
      time_slope_(n),
      stage_(n),
      scratch_(n),
      delta_(n) {
  DW_CHECK(std::ssize(pattern_.group) == n, "the pattern has as many columns as there are states");
}

void RosenbrockMethod::difference(int group) {
  for (int j = 0; j < n_; ++j) {
    if (pattern_.group[j] != group) continue;
    for (int i = 0; i < n_; ++i) {
      const bool entry = pattern_.nonzero[i * n_ + j] != 0;
      jacobian_[i * n_ + j] = entry ? (scratch_[i] - slope_[i]) / delta_[j] : 0;
    }
  }
}

bool RosenbrockMethod::factor(double h) {
  const std::span<double> matrix = lu_.matrix();
  for (int i = 0; i < n_ * n_; ++i) matrix[i] = -jacobian_[i];
  for (int i = 0; i < n_; ++i) matrix[i * n_ + i] += 1 / (h * kGamma);
  return lu_.factor();
}

void RosenbrockMethod::stage_state(int s, const double* y, double* out) const {
  for (int i = 0; i < n_; ++i) {
    double sum = y[i];
    for (int j = 0; j < s; ++j) sum += kA[s][j] * k_[j * n_ + i];
    out[i] = sum;
  }
}

void RosenbrockMethod::solve_stage(int s, double h, const double* slope) {
  const std::span<double> k(k_.data() + s * n_, n_);
  for (int i = 0; i < n_; ++i) {
    double sum = 0;
    for (int j = 0; j < s; ++j) sum += kC[s][j] * k_[j * n_ + i];
    k[i] = slope[i] + sum / h + h * kTime[s] * time_slope_[i];
  }
  lu_.solve(k);
}

void RosenbrockMethod::accept(double, const double* y, const double* y_new) {
  for (int i = 0; i < n_; ++i) {
    double second = 0;
    double third = 0;
    for (int j = 0; j < 5; ++j) {
      second += kDense2[j] * k_[j * n_ + i];
      third += kDense3[j] * k_[j * n_ + i];
    }
    dense_[i] = y[i];
    dense_[n_ + i] = y_new[i];
    dense_[2 * n_ + i] = second;
    dense_[3 * n_ + i] = third;
  }
  ready_ = false;
}

void RosenbrockMethod::interpolate(double theta, std::span<double> y_out) const {
  const double rest = 1 - theta;
  for (int i = 0; i < n_; ++i) {
    const double inner = dense_[2 * n_ + i] + theta * dense_[3 * n_ + i];
    y_out[i] = dense_[i] * rest + theta * (dense_[n_ + i] + rest * inner);
  }
}

}  // namespace dosewright::num
