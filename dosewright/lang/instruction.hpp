// The operations of the language, and one step of a register program: the part that files compiled
// for one kind of processor may include, for it brings no function with it.
#pragma once

#include <cstdint>

namespace dosewright::lang {

enum class Op : std::uint8_t {
  kNumber,  // a literal with its unit
  kName,    // a dotted name: CL, ALT.baseline, state.age
  kNegate,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,  // with the unit ULN: an analyte read as a multiple of its limit, see check_guard
  kPower,   // pow(x, y) and x ^ y; a non-dimensionless x needs a literal integer y
  kMin,     // two or more arguments
  kMax,
  kExp,
  kLog,
  kSqrt,  // abs and sqrt beside the named set: dimension kept / halved
  kAbs,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kAnd,
  kOr,
  kNot,
  kIf,     // if (condition) value else value
  kKnown,  // known(x): true or false, never unknown
};

struct Instruction {
  Op op;
  std::uint16_t out, a, b, c;  // registers; b, c unused by unary operations; c by binary ones
};

}  // namespace dosewright::lang
