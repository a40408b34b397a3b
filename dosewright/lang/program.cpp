#include "dosewright/lang/program.hpp"

#include <algorithm>

#include "dosewright/lang/kernel.hpp"

namespace dosewright::lang {
namespace {

// The innermost loop of a virtual trial. Unary operations read b and c too: lower() lets them name
// register a, so the loads are safe and cheaper than a branch.
void execute(std::span<const Instruction> instructions, double* registers) {
  for (const Instruction& step : instructions) {
    registers[step.out] = apply(step.op, registers[step.a], registers[step.b], registers[step.c]);
  }
}

}  // namespace

void load(const Program& program, std::span<double> registers) {
  DW_DCHECK(registers.size() >= static_cast<std::size_t>(program.n_registers), "registers");
  std::copy(program.constants.begin(), program.constants.end(),
            registers.begin() + program.n_inputs);
}

void run_prologue(const Program& program, std::span<double> registers) {
  DW_DCHECK(registers.size() >= static_cast<std::size_t>(program.n_registers), "registers");
  const auto n = static_cast<std::size_t>(program.n_prologue);
  execute(std::span(program.instructions).first(n), registers.data());
}

void run(const Program& program, std::span<double> registers) {
  DW_DCHECK(registers.size() >= static_cast<std::size_t>(program.n_registers), "registers");
  const auto n = static_cast<std::size_t>(program.n_prologue);
  execute(std::span(program.instructions).subspan(n), registers.data());
}

}  // namespace dosewright::lang
