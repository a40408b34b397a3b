// A linear model from event to event, and at steady state, without steps.
//
// d/dt x = A x + b + rates. Over a time h: [x; 1] := exp([[A, b + rates], [0, 0]] h) [x; 1].
// Steady state under a dose every II: x = E x + p over one interval, so (I - E) x = p, with I - E
// from exp - I, where slow compartments keep their digits.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dosewright/num/matrix_exponential.hpp"
#include "dosewright/num/rosenbrock.hpp"
#include "dosewright/sim/affine.hpp"
#include "dosewright/sim/motion.hpp"

namespace dosewright::sim {

class LinearMotion {
 public:
  explicit LinearMotion(const model::Model& model);

  bool possible() const { return affine_.affine(); }

  /// Takes A and b from the registers of the rhs program, as AffineRhs::evaluate.
  void take(std::span<const double> registers);

  /// x after `hours`. False: something is not finite.
  bool move(double hours, const Forcing& forcing, std::span<double> x);

  /// The state at the phase of a cycle, or under `forcing` alone for ever. States that only
  /// accumulate keep what `x` holds. Empty where it exists, else why not.
  std::string steady_cycle(const Cycle& cycle, const Forcing& forcing, std::span<double> x);
  std::string steady_forever(const Forcing& forcing, std::span<double> x);

 private:
  static constexpr std::size_t kRemembered = 8;  // visits at regular times share their exponential
  struct Remembered {
    double hours = -1;
    std::vector<double> exponential;
  };

  std::vector<double> augmented(const Forcing& forcing, double extra, int compartment) const;
  const std::vector<double>* exponential(double hours);
  bool advance(const std::vector<double>& matrix, double hours, std::span<double> x1);
  std::vector<int> moving(const Forcing& forcing) const;
  std::string solve(std::span<const double> matrix, std::span<const double> right,
                    const std::vector<int>& moving, std::span<double> x) const;

  AffineRhs affine_;
  num::JacobianPattern pattern_;  // of the equations: a clearance of 0 is still a clearance
  int n_;
  std::vector<double> a_, b_, matrix_, work_;
  num::MatrixExponential exp_, exp_plain_;
  std::vector<Remembered> remembered_;
  std::size_t next_slot_ = 0;
};

}  // namespace dosewright::sim
