#include "dosewright/num/matrix_exponential.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"

namespace dosewright::num {
namespace {

constexpr int kTerms = 18;          // 1/19! is below the machine precision for a norm of at most 1
constexpr double kVeryStiff = 1e5;  // beyond, squaring costs the slow modes more than 1e-11

double norm_of(std::span<const double> a, int n) {
  double largest = 0;
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int j = 0; j < n; ++j) sum += std::abs(a[at(i, j, n)]);
    if (!(sum <= largest)) largest = sum;
  }
  return largest;
}

// The shift that leaves no negative entry, or a negative number where there is none.
double shift_of(std::span<const double> a, int n) {
  double shift = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const double value = a[at(i, j, n)];
      if (i == j) {
        shift = std::max(shift, -value);
      } else if (value < 0) {
        return -1;
      }
    }
  }
  return shift;
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

}  // namespace

MatrixExponential::MatrixExponential(int n)
    : n_(n),
      scaled_(static_cast<std::size_t>(n) * n),
      product_(static_cast<std::size_t>(n) * n),
      vector_(n) {}

int MatrixExponential::halvings(double norm) const {
  return norm <= 1 ? 0 : static_cast<int>(std::ceil(std::log2(norm)));
}

void MatrixExponential::multiply(std::span<const double> a, std::span<const double> b,
                                 std::span<double> out) const {
  const auto n = static_cast<std::size_t>(n_);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += a[i * n + k] * b[k * n + j];
      out[i * n + j] = sum;
    }
  }
}

// out = B + B^2/2! + ... of the scaled matrix, by Horner's rule.
void MatrixExponential::taylor_minus_identity(std::span<double> out) {
  const auto n = static_cast<std::size_t>(n_);
  std::ranges::fill(out, 0.0);
  for (int k = kTerms; k >= 1; --k) {
    for (std::size_t i = 0; i < n; ++i) out[i * n + i] += 1;
    multiply(scaled_, out, product_);
    for (std::size_t i = 0; i < n * n; ++i) out[i] = product_[i] / k;
  }
}

bool MatrixExponential::shifted(std::span<const double> a, double t, double shift,
                                std::span<double> out) {
  const auto n = static_cast<std::size_t>(n_);
  for (std::size_t i = 0; i < n * n; ++i) scaled_[i] = a[i] * t;
  for (std::size_t i = 0; i < n; ++i) scaled_[i * n + i] = (a[i * n + i] + shift) * t;
  const int s = halvings(norm_of(scaled_, n_));
  for (double& value : scaled_) value = std::ldexp(value, -s);
  taylor_minus_identity(out);
  for (std::size_t i = 0; i < n; ++i) out[i * n + i] += 1;
  const double back = std::exp(std::ldexp(-shift * t, -s));
  for (double& value : out) value *= back;
  for (int k = 0; k < s; ++k) {
    multiply(out, out, product_);
    std::copy(product_.begin(), product_.end(), out.begin());
  }
  return all_finite(out);
}

bool MatrixExponential::compute(std::span<const double> a, double t, std::span<double> out) {
  DW_CHECK(a.size() == scaled_.size() && out.size() == scaled_.size() && t >= 0,
           "a matrix of the size of this object, forward in time");
  const double norm = norm_of(a, n_) * t;
  if (!std::isfinite(norm)) return false;
  const double shift = shift_of(a, n_);
  if (shift >= 0 && norm <= kVeryStiff) return shifted(a, t, shift, out);
  if (!minus_identity(a, t, out)) return false;
  for (int i = 0; i < n_; ++i) out[at(i, i, n_)] += 1;
  return true;
}

bool MatrixExponential::minus_identity(std::span<const double> a, double t, std::span<double> out) {
  const double norm = norm_of(a, n_) * t;
  if (!std::isfinite(norm)) return false;
  const int s = halvings(norm);
  for (std::size_t i = 0; i < scaled_.size(); ++i) scaled_[i] = std::ldexp(a[i] * t, -s);
  taylor_minus_identity(out);
  for (int k = 0; k < s; ++k) {  // exp(2X) - I = 2 D + D^2 for D = exp(X) - I
    multiply(out, out, product_);
    for (std::size_t i = 0; i < scaled_.size(); ++i) out[i] = 2 * out[i] + product_[i];
  }
  return all_finite(out);
}

void MatrixExponential::apply(std::span<const double> e, std::span<double> x) {
  const auto n = static_cast<std::size_t>(n_);
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += e[i * n + j] * x[j];
    vector_[i] = sum;
  }
  std::ranges::copy(vector_, x.begin());
}

}  // namespace dosewright::num
