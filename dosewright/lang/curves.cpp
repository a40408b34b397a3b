#include "dosewright/lang/curves.hpp"

#include <algorithm>

namespace dosewright::lang {
namespace {

constexpr int kSeveral = -2;  // or one, along which it is not smooth

bool is_costly(Op op) {
  return op == Op::kExp || op == Op::kLog || op == Op::kPower || op == Op::kSqrt;
}

bool is_smooth(Op op) {
  switch (op) {
    case Op::kNegate:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kPower:
    case Op::kExp:
    case Op::kLog:
    case Op::kSqrt:
      return true;
    default:
      return false;
  }
}

int joined(int a, int b) {
  if (a == kHeld || b == kHeld) return a == kHeld ? b : a;
  return a == b ? a : kSeveral;
}

class CurveSplitter {
 public:
  CurveSplitter(const Program& program, std::span<const int> variable_of_input)
      : program_(program),
        body_(
            std::span(program.instructions).subspan(static_cast<std::size_t>(program.n_prologue))),
        registers_(static_cast<std::size_t>(std::max(program.n_registers, program.n_inputs))) {
    for (std::size_t i = 0; i < variable_of_input.size(); ++i) {
      registers_[i].variable = variable_of_input[i];
    }
  }

  CurveSplit run() {
    for (const Instruction& step : body_) classify(step);
    for (const std::uint16_t output : program_.outputs) want(output);
    CurveSplit result;
    for (std::size_t i = body_.size(); i-- > 0;) {
      const Instruction& step = body_[i];
      Register& out = registers_[step.out];
      if (!out.wanted || is_curve(step.out)) continue;
      for (const auto operand : {step.a, step.b, step.c}) want(operand);
    }
    for (const Instruction& step : body_) {
      if (!registers_[step.out].wanted) continue;
      if (is_curve(step.out)) {
        curve(result, std::max(registers_[step.out].variable, 0)).values.push_back(step.out);
      } else {
        result.rest.push_back(step);
      }
    }
    for (Curve& found : result.curves) found.steps = steps_of(found.values);
    return result;
  }

 private:
  struct Register {
    int variable = kHeld;
    bool computed = false, costly = false, wanted = false;
  };

  void classify(const Instruction& step) {
    Register& out = registers_[step.out];
    out.computed = true;
    out.costly = is_costly(step.op);
    for (const auto operand : {step.a, step.b, step.c}) {  // those it has not repeat the first
      out.variable = joined(out.variable, registers_[operand].variable);
      out.costly = out.costly || registers_[operand].costly;
    }
    if (!is_smooth(step.op) && out.variable != kHeld) out.variable = kSeveral;
  }

  void want(std::uint16_t reg) { registers_[reg].wanted = registers_[reg].computed; }
  bool is_curve(std::uint16_t reg) const {
    return registers_[reg].costly && registers_[reg].variable != kSeveral;
  }

  static Curve& curve(CurveSplit& result, int variable) {
    const auto found = std::ranges::find(result.curves, variable, &Curve::variable);
    if (found != result.curves.end()) return *found;
    return result.curves.emplace_back(Curve{variable, {}, {}});
  }

  std::vector<Instruction> steps_of(const std::vector<std::uint16_t>& values) const {
    std::vector<bool> needed(registers_.size());
    for (const auto value : values) needed[value] = true;
    for (std::size_t i = body_.size(); i-- > 0;) {
      const Instruction& step = body_[i];
      if (!needed[step.out]) continue;
      for (const auto operand : {step.a, step.b, step.c}) needed[operand] = true;
    }
    std::vector<Instruction> steps;
    for (const Instruction& step : body_) {
      if (needed[step.out]) steps.push_back(step);
    }
    return steps;
  }

  const Program& program_;
  std::span<const Instruction> body_;
  std::vector<Register> registers_;
};

}  // namespace

bool is_smooth(const Program& program, std::span<const int> variable_of_input) {
  const auto n = static_cast<std::size_t>(std::max(program.n_registers, program.n_inputs));
  std::vector<bool> varies(n);
  for (std::size_t i = 0; i < variable_of_input.size(); ++i) {
    varies[i] = variable_of_input[i] != kHeld;
  }
  for (const Instruction& step : program.instructions) {
    varies[step.out] = varies[step.a] || varies[step.b] || varies[step.c];
    if (varies[step.out] && !is_smooth(step.op)) return false;
  }
  return true;
}

CurveSplit split_curves(const Program& program, std::span<const int> variable_of_input) {
  DW_CHECK(variable_of_input.size() == static_cast<std::size_t>(program.n_inputs),
           "one variable for each input");
  return CurveSplitter(program, variable_of_input).run();
}

}  // namespace dosewright::lang
