// The operations of the language, and one step of a register program: the part that files compiled
// for one kind of processor may include, for it brings no function with it.
#pragma once

#include <cstddef>
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

// Where a register stands when a program runs at several nodes of time for each lane.
struct NodeRegister {
  double* at = nullptr;  // of the first node
  std::size_t step =
      0;  // from node to node; 0: the same at all, one value for each lane of a batch
};

// `n_lanes` lanes side by side, a multiple of the width: lane 0 of what has a step of its own is
// lane `first` of what has none.
struct NodeTile {
  std::size_t n_nodes, first, n_lanes;
};

using NodeKernel = void (*)(const Instruction* steps, std::size_t n_steps,
                            const NodeRegister* registers, const NodeTile& tile);

}  // namespace dosewright::lang
