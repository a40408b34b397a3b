// Is a model linear? Found by following the registers of its program, never by trying numbers.
//
// d/dt x = A x + b, where A and b may be made of parameters, covariates and DOSE, which stay put
// between two events, but not of TIME, TAFD or a state. Such a model needs no steps: a matrix
// exponential moves it from event to event. The same walk over the registers, with a value and n
// coefficients in each, gives A and b without differences, so without loss of digits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dosewright/model/model.hpp"

namespace dosewright::sim {

class AffineRhs {
 public:
  explicit AffineRhs(const model::Model& model);

  /// True if every derivative is affine in the states, with coefficients fixed between events.
  bool affine() const { return affine_; }

  /// A (row-major n x n) and b from the registers of an evaluated rhs program, or from any
  /// registers that hold the inputs, the constants and the prologue. Only where affine().
  void evaluate(std::span<const double> registers, std::span<double> a, std::span<double> b);

 private:
  enum class Kind : std::uint8_t { kFixed, kAffine, kOther };

  Kind kind_of(const lang::Instruction& step) const;
  void run(const lang::Instruction& step);
  std::span<double> row(int reg) {
    return std::span(rows_).subspan(static_cast<std::size_t>(reg) * width_, width_);
  }

  const lang::Program* program_;
  int first_state_;
  std::size_t width_;  // 1 + n: the constant term, then a coefficient for each state
  std::vector<Kind> kinds_;
  std::vector<double> rows_;
  bool affine_ = true;
};

}  // namespace dosewright::sim
