// Dormand-Prince 5(4): explicit, adaptive, with dense output of order 4.
// [DormandPrince1980, table 2; Hairer1993, II.5 table 5.2, II.6]
//
// Seven stages, the last of which is the first of the next step (FSAL): six evaluations a step.
// Limit: on a stiff problem the step is held below 3.3 / |lambda|; stiffness() tells when it is.
#pragma once

#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "dosewright/num/adaptive.hpp"

namespace dosewright::num {

class DormandPrinceMethod {
 public:
  static constexpr ControlRule kControl{.order = 5, .previous_share = 0.04, .growth_max = 10};
  static constexpr double kStabilityLimit = 3.25;  // of h |lambda| on the real axis

  explicit DormandPrinceMethod(int n) : n_(n), slopes_(7 * n), stage_(n), dense_(5 * n) {
    for (int s = 0; s < 7; ++s) k_[s] = slopes_.data() + s * n;
  }
  // Moving keeps the storage that k_ points into; copying would not.
  DormandPrinceMethod(const DormandPrinceMethod&) = delete;
  DormandPrinceMethod& operator=(const DormandPrinceMethod&) = delete;
  DormandPrinceMethod(DormandPrinceMethod&&) noexcept = default;
  DormandPrinceMethod& operator=(DormandPrinceMethod&&) noexcept = default;

  bool ready() const { return ready_; }
  void forget() { ready_ = false; }
  std::span<const double> slope() const { return {k_[0], static_cast<std::size_t>(n_)}; }

  template <class Rhs>
  int begin(Rhs& rhs, double t, const double* y) {
    rhs(t, y, k_[0]);
    ready_ = true;
    return 1;
  }

  // Returns the number of evaluations.
  template <class Rhs, class Weight>
  int attempt(Rhs& rhs, const Attempt& trial, const Weight&) {
    const auto [t, h, y, y_new, error] = trial;
    combine<1>(kA2, h, y, stage_.data());
    rhs(t + 0.2 * h, stage_.data(), k_[1]);
    combine<2>(kA3, h, y, stage_.data());
    rhs(t + 0.3 * h, stage_.data(), k_[2]);
    combine<3>(kA4, h, y, stage_.data());
    rhs(t + 0.8 * h, stage_.data(), k_[3]);
    combine<4>(kA5, h, y, stage_.data());
    rhs(t + 8.0 / 9 * h, stage_.data(), k_[4]);
    combine<5>(kA6, h, y, stage_.data());
    rhs(t + h, stage_.data(), k_[5]);
    combine<6>(kB, h, y, y_new);
    rhs(t + h, y_new, k_[6]);
    estimate(h, error);
    return 6;
  }

  void accept(double h, const double* y, const double* y_new);

  // h |lambda| of the last step [Hairer1996, IV.2]: change of slope between the last two stages,
  // which stand at the same time, over the change of state.
  double stiffness() const { return stiffness_; }

  void interpolate(double theta, std::span<double> y_out) const;

 private:
  static constexpr std::array<double, 1> kA2{1.0 / 5};
  static constexpr std::array<double, 2> kA3{3.0 / 40, 9.0 / 40};
  static constexpr std::array<double, 3> kA4{44.0 / 45, -56.0 / 15, 32.0 / 9};
  static constexpr std::array<double, 4> kA5{19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561,
                                             -212.0 / 729};
  static constexpr std::array<double, 5> kA6{9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176,
                                             -5103.0 / 18656};
  static constexpr std::array<double, 6> kB{35.0 / 384,     0,        500.0 / 1113, 125.0 / 192,
                                            -2187.0 / 6784, 11.0 / 84};

  // out = y + h sum_j a_j k_j
  template <int S>
  void combine(const std::array<double, S>& a, double h, const double* y, double* out) const {
    for (int i = 0; i < n_; ++i) {
      double sum = 0;
      for (int j = 0; j < S; ++j) sum += a[j] * k_[j][i];
      out[i] = y[i] + h * sum;
    }
  }
  void estimate(double h, double* error) const;

  int n_;
  std::vector<double> slopes_, stage_;
  std::vector<double> dense_;  // five coefficient vectors of the continuous extension
  std::array<double*, 7> k_{};
  double stiffness_ = 0;
  bool ready_ = false;
};

template <class Rhs>
using DormandPrince = Adaptive<Rhs, DormandPrinceMethod>;

}  // namespace dosewright::num
