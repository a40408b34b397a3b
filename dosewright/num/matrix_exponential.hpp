// exp(A t) of a small matrix: the exact solution of linear compartments between two events.
//
// Scaling and squaring of the Taylor series [GolubVanLoan2013, 9.3.1]. The matrix of a
// compartmental model has no negative entry off its diagonal: shifted by its largest loss it has
// none at all, nothing cancels, and every entry is right to about ||A t|| times the machine
// precision, however small it is [Xue2008]. Any other matrix, and a very stiff one, is doubled as
// exp(A t) - I, where slow modes keep their digits.
#pragma once

#include <span>
#include <vector>

namespace dosewright::num {

class MatrixExponential {
 public:
  explicit MatrixExponential(int n);

  /// exp(A t) into `out`; both row-major n x n, t >= 0. False: something is not finite.
  bool compute(std::span<const double> a, double t, std::span<double> out);

  /// exp(A t) - I, without the loss of digits where A t is small.
  bool minus_identity(std::span<const double> a, double t, std::span<double> out);

  /// x := E x for a matrix of this size.
  void apply(std::span<const double> e, std::span<double> x);

 private:
  int halvings(double norm) const;
  void multiply(std::span<const double> a, std::span<const double> b, std::span<double> out) const;
  void taylor_minus_identity(std::span<double> out);
  bool shifted(std::span<const double> a, double t, double shift, std::span<double> out);

  int n_;
  std::vector<double> scaled_, product_, vector_;
};

}  // namespace dosewright::num
