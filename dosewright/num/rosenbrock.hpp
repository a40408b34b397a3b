// RODAS 4(3): linearly implicit, L-stable, stiffly accurate; six stages, order 4, dense output of
// order 3. [Hairer1996, IV.7 and its program RODAS, method 1; Sandu1997 for the form with K_i]
//
//   (I/(h gamma) - J) K_i = f(t + alpha_i h, y + sum_j a_ij K_j) + sum_j c_ij K_j / h + h d_i f_t
//
// J and f_t come from forward differences, once per step; columns of J that share no row are
// differenced together [Curtis1974]. Cost of a step: 6 evaluations and one per group of columns
// (and one for f_t), an LU of n x n. Worth it where an explicit step is held down by stability.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "dosewright/num/adaptive.hpp"
#include "dosewright/num/dense_lu.hpp"

namespace dosewright::num {

// Which entries of the Jacobian may differ from zero, and columns grouped so that no row is in two
// columns of a group.
struct JacobianPattern {
  std::vector<std::uint8_t> nonzero;  // row-major n x n
  std::vector<int> group;             // of each column
  int n_groups = 0;
};
JacobianPattern dense_pattern(int n);
JacobianPattern sparse_pattern(int n, std::vector<std::uint8_t> nonzero);  // greedy grouping

// A right-hand side that does not read the time may say so and spares an evaluation a step.
template <class Rhs>
bool reads_time(const Rhs& rhs) {
  if constexpr (requires {
                  { rhs.reads_time() } -> std::same_as<bool>;
                }) {
    return rhs.reads_time();
  } else {
    return true;
  }
}

class RosenbrockMethod {
 public:
  static constexpr ControlRule kControl{.order = 4, .previous_share = 0, .growth_max = 6};

  explicit RosenbrockMethod(int n) : RosenbrockMethod(n, dense_pattern(n)) {}
  RosenbrockMethod(int n, JacobianPattern pattern);

  bool ready() const { return ready_; }
  void forget() { ready_ = false; }
  std::span<const double> slope() const { return slope_; }

  template <class Rhs>
  int begin(Rhs& rhs, double t, const double* y) {
    rhs(t, y, slope_.data());
    ready_ = true;
    linearised_ = false;
    return 1;
  }

  // Returns the number of evaluations. weight(i): error weight of state i, a measure of its size.
  template <class Rhs, class Weight>
  int attempt(Rhs& rhs, const Attempt& trial, const Weight& weight) {
    const auto [t, h, y, y_new, error] = trial;
    int evaluations = 0;
    if (!linearised_) evaluations = linearise(rhs, t, h, y, weight);
    if (!factor(h)) {
      std::fill(error, error + n_, std::numeric_limits<double>::infinity());
      std::copy(y, y + n_, y_new);
      return evaluations;
    }
    solve_stage(0, h, slope_.data());
    for (int s = 1; s < kStages; ++s) {
      stage_state(s, y, y_new);
      rhs(t + kAlpha[s] * h, y_new, scratch_.data());
      solve_stage(s, h, scratch_.data());
    }
    for (int i = 0; i < n_; ++i) {
      error[i] = k_[(kStages - 1) * n_ + i];  // stiffly accurate: the last increment
      y_new[i] += error[i];
    }
    return evaluations + kStages - 1;
  }

  void accept(double h, const double* y, const double* y_new);
  void interpolate(double theta, std::span<double> y_out) const;

 private:
  static constexpr int kStages = 6;
  static constexpr double kGamma = 0.25;
  static constexpr std::array<double, kStages> kAlpha{0, 0.386, 0.21, 0.63, 1, 1};

  template <class Rhs, class Weight>
  int linearise(Rhs& rhs, double t, double h, const double* y, const Weight& weight) {
    for (int g = 0; g < pattern_.n_groups; ++g) {
      shift(g, h, y, weight);
      rhs(t, stage_.data(), scratch_.data());
      difference(g);
    }
    const bool with_time = reads_time(rhs);
    if (with_time) {
      const double delta = kRootEpsilon * std::max(std::abs(t), h);
      rhs(t + delta, y, time_slope_.data());
      for (int i = 0; i < n_; ++i) time_slope_[i] = (time_slope_[i] - slope_[i]) / delta;
    } else {
      std::fill(time_slope_.begin(), time_slope_.end(), 0.0);
    }
    linearised_ = true;
    return pattern_.n_groups + (with_time ? 1 : 0);
  }

  // stage_ = y with the states of a group moved by about the root of the machine precision, away
  // from zero, so that an amount does not become negative.
  template <class Weight>
  void shift(int group, double h, const double* y, const Weight& weight) {
    for (int j = 0; j < n_; ++j) {
      stage_[j] = y[j];
      if (pattern_.group[j] != group) continue;
      double size = std::max({std::abs(y[j]), 1e3 * weight(j), h * std::abs(slope_[j])});
      if (size == 0) size = 1;
      stage_[j] += std::copysign(kRootEpsilon * size, y[j]);
      delta_[j] = stage_[j] - y[j];
    }
  }
  void difference(int group);
  bool factor(double h);
  void stage_state(int s, const double* y, double* out) const;
  void solve_stage(int s, double h, const double* slope);

  static constexpr double kRootEpsilon = 1.4901161193847656e-8;

  int n_;
  JacobianPattern pattern_;
  DenseLu lu_;
  std::vector<double> jacobian_, k_, dense_;
  std::vector<double> slope_, time_slope_, stage_, scratch_, delta_;
  bool ready_ = false;
  bool linearised_ = false;
};

template <class Rhs>
using Rosenbrock = Adaptive<Rhs, RosenbrockMethod>;

}  // namespace dosewright::num
