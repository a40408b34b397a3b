#include "dosewright/sim/affine.hpp"

#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/lang/kernel.hpp"

namespace dosewright::sim {
namespace {

using lang::Op;

bool is_unary(Op op) {
  return op == Op::kNegate || op == Op::kExp || op == Op::kLog || op == Op::kSqrt ||
         op == Op::kAbs || op == Op::kNot || op == Op::kKnown;
}

}  // namespace

AffineRhs::AffineRhs(const model::Model& model)
    : program_(&model.rhs),
      first_state_(model.first_state_input()),
      width_(1 + model.states.size()),
      kinds_(static_cast<std::size_t>(std::max(model.rhs.n_registers, model.n_inputs())),
             Kind::kFixed),
      rows_(kinds_.size() * width_) {
  const auto time = static_cast<std::size_t>(model.time_input());
  kinds_[time] = Kind::kOther;      // TIME
  kinds_[time + 1] = Kind::kOther;  // TAFD
  for (std::size_t i = 0; i < model.states.size(); ++i) {
    kinds_[static_cast<std::size_t>(first_state_) + i] = Kind::kAffine;
  }
  for (const lang::Instruction& step : program_->instructions) kinds_[step.out] = kind_of(step);
  for (const auto output : program_->outputs) affine_ = affine_ && kinds_[output] != Kind::kOther;
}

AffineRhs::Kind AffineRhs::kind_of(const lang::Instruction& step) const {
  const Kind a = kinds_[step.a];
  const Kind b = is_unary(step.op) ? Kind::kFixed : kinds_[step.b];
  const Kind c = step.op == Op::kIf ? kinds_[step.c] : Kind::kFixed;
  const Kind worst = std::max({a, b, c});
  if (worst != Kind::kAffine) return worst;
  switch (step.op) {
    case Op::kNegate:
    case Op::kAdd:
    case Op::kSubtract:
      return Kind::kAffine;
    case Op::kMultiply:
      return std::min(a, b) == Kind::kFixed ? Kind::kAffine : Kind::kOther;
    case Op::kDivide:
      return b == Kind::kFixed ? Kind::kAffine : Kind::kOther;
    case Op::kIf:
      return a == Kind::kFixed ? Kind::kAffine : Kind::kOther;
    default:
      return Kind::kOther;
  }
}

void AffineRhs::run(const lang::Instruction& step) {
  const auto out = row(step.out), a = row(step.a), b = row(step.b), c = row(step.c);
  if (kinds_[step.out] == Kind::kFixed) {
    std::ranges::fill(out, 0.0);
    out[0] = lang::apply(step.op, a[0], b[0], c[0]);
    return;
  }
  for (std::size_t i = 0; i < width_; ++i) {
    switch (step.op) {
      case Op::kMultiply:
        out[i] = kinds_[step.a] == Kind::kFixed ? a[0] * b[i] : a[i] * b[0];
        break;
      case Op::kDivide:
        out[i] = a[i] / b[0];
        break;
      case Op::kIf:
        out[i] = lang::apply(Op::kIf, a[0], b[i], c[i]);
        break;
      default:
        out[i] = lang::apply(step.op, a[i], b[i], c[i]);
    }
  }
}

void AffineRhs::evaluate(std::span<const double> registers, std::span<double> a,
                         std::span<double> b) {
  DW_CHECK(affine_, "only an affine model has a matrix");
  const std::size_t n = width_ - 1;
  for (std::size_t reg = 0; reg < kinds_.size(); ++reg) {
    const auto target = row(static_cast<int>(reg));
    std::ranges::fill(target, 0.0);
    target[0] = registers[reg];
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto target = row(first_state_ + static_cast<int>(i));
    target[0] = 0;
    target[1 + i] = 1;
  }
  const auto fixed = static_cast<std::size_t>(program_->n_prologue);
  for (std::size_t i = fixed; i < program_->instructions.size(); ++i) {
    if (kinds_[program_->instructions[i].out] != Kind::kOther) run(program_->instructions[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto source = row(program_->outputs[i]);
    b[i] = source[0];
    std::copy(source.begin() + 1, source.end(), a.begin() + static_cast<std::ptrdiff_t>(i * n));
  }
}

}  // namespace dosewright::sim
