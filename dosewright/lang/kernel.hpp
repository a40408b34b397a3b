// The meaning of each operation on doubles: the one place that the scalar back end, constant
// folding and explanations share; batch_kernel.hpp says the same for lanes, held equal by a test.
// Unknown is NaN; every operation on an unknown is unknown, except that and/or may be decided by
// their other side (Kleene) and known() never is.
#pragma once

#include <cmath>
#include <limits>

#include "dosewright/base/elementary.hpp"
#include "dosewright/lang/syntax.hpp"

namespace dosewright::lang {

inline double verdict(double a, double b, bool holds) {
  return std::isunordered(a, b) ? std::numeric_limits<double>::quiet_NaN() : (holds ? 1.0 : 0.0);
}

inline constexpr double kLargestUnrolledPower = 8;
inline bool is_unrolled(double exponent) {
  return exponent == std::floor(exponent) && exponent != 0 &&
         std::fabs(exponent) <= kLargestUnrolledPower;
}

inline double repeated_product(double base, int n) {
  if (n == 1) return base;
  const double half = repeated_product(base, n / 2);
  return n % 2 == 0 ? half * half : half * half * base;
}

// Small whole powers are products, as lower() writes them out: both ways give the same bits.
// pow(1, NaN) and pow(NaN, 0) are 1 in IEEE 754; here an unknown stays unknown.
inline double power_of(double a, double b) {
  if (std::isunordered(a, b)) return std::numeric_limits<double>::quiet_NaN();
  if (!is_unrolled(b)) return elementary::pow(a, b);
  const double product = repeated_product(a, static_cast<int>(std::fabs(b)));
  return b > 0 ? product : 1 / product;
}

// A threshold on a quotient: a reading of exactly 3 times its limit divides to 3 or, after
// rounding, to the double next to it. A tie counts as reached, so the literal moves by far less
// than any assay can tell, in the same direction for >= and <, so that exactly one of them holds.
inline constexpr double kTie = 1e-12;

inline bool is_threshold_on_quotient(const Node& node) {
  if (node.op < Op::kLess || node.op > Op::kGreaterEqual) return false;
  const Op left = node.arguments[0]->op;
  const Op right = node.arguments[1]->op;
  return (left == Op::kDivide && right == Op::kNumber) ||
         (left == Op::kNumber && right == Op::kDivide);
}

inline double moved_threshold(Op op, bool literal_on_right, double literal) {
  const bool down_on_right = op == Op::kGreaterEqual || op == Op::kLess;
  const double step = std::fabs(literal) * kTie;
  return down_on_right == literal_on_right ? literal - step : literal + step;
}

inline double apply(Op op, double a, double b, double c) {
  switch (op) {
    case Op::kNegate:
      return -a;
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kMultiply:
      return a * b;
    case Op::kDivide:
      return a / b;
    case Op::kPower:
      return power_of(a, b);
    case Op::kMin:
      return a < b ? a : (b <= a ? b : a + b);  // a + b: one is unknown
    case Op::kMax:
      return a > b ? a : (b >= a ? b : a + b);
    case Op::kExp:
      return elementary::exp(a);
    case Op::kLog:
      return elementary::log(a);
    case Op::kSqrt:
      return std::sqrt(a);
    case Op::kAbs:
      return std::fabs(a);
    case Op::kLess:
      return verdict(a, b, a < b);
    case Op::kLessEqual:
      return verdict(a, b, a <= b);
    case Op::kGreater:
      return verdict(a, b, a > b);
    case Op::kGreaterEqual:
      return verdict(a, b, a >= b);
    case Op::kEqual:
      return verdict(a, b, a == b);
    case Op::kNotEqual:
      return verdict(a, b, a != b);
    case Op::kAnd:
      return a == 0 || b == 0 ? 0.0 : a * b;
    case Op::kOr:
      return a == 1 || b == 1 ? 1.0 : a + b;
    case Op::kNot:
      return 1 - a;
    case Op::kIf:
      return std::isnan(a) ? a : (a != 0 ? b : c);
    case Op::kKnown:
      return std::isnan(a) ? 0.0 : 1.0;
    case Op::kNumber:
    case Op::kName:
      break;
  }
  return a;
}

}  // namespace dosewright::lang
