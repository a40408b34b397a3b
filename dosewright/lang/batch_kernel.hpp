// One instruction over a chunk of lanes, in one vector width: compiled once for each kind of
// processor (batch_portable.cpp, batch_avx2.cpp, batch_avx512.cpp).
//
// A file compiled for one kind of processor may hold nothing that others would call: it includes no
// header with a plain inline function, and every template here names its width. The meaning of each
// operation is that of kernel.hpp, with a choice between two values in the place of each branch.
#pragma once

#include <cstddef>

#include "dosewright/base/elementary.hpp"
#include "dosewright/lang/instruction.hpp"

namespace dosewright::lang {

// value[register][lane]: `stride` lanes, a multiple of the width, stand side by side.
using BatchKernel = void (*)(const Instruction* steps, std::size_t n_steps, double* registers,
                             std::size_t stride);

extern const BatchKernel kBatchOne, kBatchPortable, kBatchAvx2, kBatchAvx512;

extern const NodeKernel kNodesOne, kNodesPortable, kNodesAvx2, kNodesAvx512;

template <class L>
struct BatchOps {
  using V = typename L::V;
  using M = typename L::M;

  static V truth(M holds, V a, V b) {
    const V verdict = L::select(holds, L::of(1), L::of(0));
    return L::select(either_is_nan<L>(a, b), L::of(elementary::kNotANumber), verdict);
  }
  static V negate(V a, V, V) { return -a; }
  static V add(V a, V b, V) { return a + b; }
  static V subtract(V a, V b, V) { return a - b; }
  static V multiply(V a, V b, V) { return a * b; }
  static V divide(V a, V b, V) { return a / b; }
  static V least(V a, V b, V) { return L::select(a < b, a, L::select(b <= a, b, a + b)); }
  static V most(V a, V b, V) { return L::select(a > b, a, L::select(b >= a, b, a + b)); }
  static V exp(V a, V, V) { return elementary::exp_of<L>(a); }
  static V log(V a, V, V) { return elementary::log_of<L>(a); }
  static V sqrt(V a, V, V) { return L::sqrt(a); }
  static V abs(V a, V, V) { return absolute<L>(a); }
  static V less(V a, V b, V) { return truth(a < b, a, b); }
  static V less_equal(V a, V b, V) { return truth(a <= b, a, b); }
  static V greater(V a, V b, V) { return truth(a > b, a, b); }
  static V greater_equal(V a, V b, V) { return truth(a >= b, a, b); }
  static V equal(V a, V b, V) { return truth(a == b, a, b); }
  static V not_equal(V a, V b, V) { return truth(a != b, a, b); }
  static V both(V a, V b, V) { return L::select((a == 0.0) | (b == 0.0), L::of(0), a * b); }
  static V either(V a, V b, V) { return L::select((a == 1.0) | (b == 1.0), L::of(1), a + b); }
  static V invert(V a, V, V) { return 1 - a; }
  static V choose(V a, V b, V c) { return L::select(is_nan<L>(a), a, L::select(a != 0.0, b, c)); }
  static V known(V a, V, V) { return L::select(is_nan<L>(a), L::of(0), L::of(1)); }
  static V same(V a, V, V) { return a; }

  // Small whole powers are products, in the order of repeated_product() in kernel.hpp.
  static V power(V a, V b, V) {
    const V n = absolute<L>(b);
    const V a2 = a * a, a3 = a2 * a, a4 = a2 * a2, a5 = a4 * a, a6 = a3 * a3;
    V product = L::select(n == 2.0, a2, a);
    product = L::select(n == 3.0, a3, product);
    product = L::select(n == 4.0, a4, product);
    product = L::select(n == 5.0, a5, product);
    product = L::select(n == 6.0, a6, product);
    product = L::select(n == 7.0, a6 * a, product);
    product = L::select(n == 8.0, a4 * a4, product);
    product = L::select(b > 0.0, product, 1 / product);
    const auto unrolled = elementary::is_whole<L>(n) & (n >= 1.0) & (n <= 8.0);
    const V value = L::select(unrolled, product, elementary::pow_of<L>(a, b));
    return L::select(either_is_nan<L>(a, b), L::of(elementary::kNotANumber), value);
  }
};

// The chunk that an instruction works on: `stride` lanes, and so again at each node of time.
struct BatchRow {
  double* out;
  const double *a, *b, *c;
  std::size_t stride;
  std::size_t n_nodes = 1;
  std::size_t step_out = 0, step_a = 0, step_b = 0, step_c = 0;  // from node to node
};

template <class L, auto Operation>
void each_lane(const BatchRow& row) {
  for (std::size_t node = 0; node < row.n_nodes; ++node) {
    double* const out = row.out + node * row.step_out;
    const double* const a = row.a + node * row.step_a;
    const double* const b = row.b + node * row.step_b;
    const double* const c = row.c + node * row.step_c;
    for (std::size_t i = 0; i < row.stride; i += L::kWidth) {
      L::store(out + i, Operation(L::load(a + i), L::load(b + i), L::load(c + i)));
    }
  }
}

template <class L>
void execute_logic(Op op, const BatchRow& row) {
  using Ops = BatchOps<L>;
  switch (op) {
    case Op::kLess:
      return each_lane<L, &Ops::less>(row);
    case Op::kLessEqual:
      return each_lane<L, &Ops::less_equal>(row);
    case Op::kGreater:
      return each_lane<L, &Ops::greater>(row);
    case Op::kGreaterEqual:
      return each_lane<L, &Ops::greater_equal>(row);
    case Op::kEqual:
      return each_lane<L, &Ops::equal>(row);
    case Op::kNotEqual:
      return each_lane<L, &Ops::not_equal>(row);
    case Op::kAnd:
      return each_lane<L, &Ops::both>(row);
    case Op::kOr:
      return each_lane<L, &Ops::either>(row);
    case Op::kNot:
      return each_lane<L, &Ops::invert>(row);
    case Op::kIf:
      return each_lane<L, &Ops::choose>(row);
    case Op::kKnown:
      return each_lane<L, &Ops::known>(row);
    default:
      return each_lane<L, &Ops::same>(row);
  }
}

template <class L>
void execute_step(Op op, const BatchRow& row) {
  using Ops = BatchOps<L>;
  switch (op) {
    case Op::kNegate:
      return each_lane<L, &Ops::negate>(row);
    case Op::kAdd:
      return each_lane<L, &Ops::add>(row);
    case Op::kSubtract:
      return each_lane<L, &Ops::subtract>(row);
    case Op::kMultiply:
      return each_lane<L, &Ops::multiply>(row);
    case Op::kDivide:
      return each_lane<L, &Ops::divide>(row);
    case Op::kPower:
      return each_lane<L, &Ops::power>(row);
    case Op::kMin:
      return each_lane<L, &Ops::least>(row);
    case Op::kMax:
      return each_lane<L, &Ops::most>(row);
    case Op::kExp:
      return each_lane<L, &Ops::exp>(row);
    case Op::kLog:
      return each_lane<L, &Ops::log>(row);
    case Op::kSqrt:
      return each_lane<L, &Ops::sqrt>(row);
    case Op::kAbs:
      return each_lane<L, &Ops::abs>(row);
    default:
      return execute_logic<L>(op, row);
  }
}

template <class L>
void execute_batch(const Instruction* steps, std::size_t n_steps, double* registers,
                   std::size_t stride) {
  for (std::size_t i = 0; i < n_steps; ++i) {
    const Instruction& step = steps[i];
    execute_step<L>(step.op, {registers + step.out * stride, registers + step.a * stride,
                              registers + step.b * stride, registers + step.c * stride, stride});
  }
}

// Where no operand is fixed for a lane, the nodes are nothing but more lanes.
template <class L>
void execute_nodes(const Instruction* steps, std::size_t n_steps, const NodeRegister* registers,
                   const NodeTile& tile) {
  for (std::size_t i = 0; i < n_steps; ++i) {
    const Instruction& step = steps[i];
    const NodeRegister &out = registers[step.out], &a = registers[step.a], &b = registers[step.b],
                       &c = registers[step.c];
    const double* const from_a = a.step == 0 ? a.at + tile.first : a.at;
    const double* const from_b = b.step == 0 ? b.at + tile.first : b.at;
    const double* const from_c = c.step == 0 ? c.at + tile.first : c.at;
    const std::size_t n = tile.n_lanes;
    if (out.step == n && a.step == n && b.step == n && c.step == n) {
      execute_step<L>(step.op, {out.at, from_a, from_b, from_c, n * tile.n_nodes});
    } else {
      execute_step<L>(step.op, {out.at, from_a, from_b, from_c, n, tile.n_nodes, out.step, a.step,
                                b.step, c.step});
    }
  }
}

}  // namespace dosewright::lang
