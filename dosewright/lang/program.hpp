// The flat register program that checked expressions are lowered to, and its scalar back end.
//
// Registers: inputs first, then constants, then one register per computed value (single
// assignment). Instructions before `n_prologue` depend on constant inputs only: run them once per
// patient, then the rest once per evaluation, over the same register file.
//
// Three-valued logic: a Boolean is 0, 1 or unknown; an unknown number or Boolean is NaN.
// Comparisons with an unknown are unknown; and/or/not follow Kleene; if(unknown) is unknown;
// known(x) is never unknown. Every arithmetic operation on an unknown is unknown, pow(1, x) and
// max(1, x) included.
//
// Ties. "ALT >= 3 ULN" compares a quotient with a literal; rounding may put the quotient of an
// exact tie one double below 3. lower() moves such a literal by 1e-12 of itself so that a tie
// counts as reached (for >= and <=, and not for > and <). The tree keeps the literal as written.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "dosewright/lang/check.hpp"

namespace dosewright::lang {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
inline bool is_unknown(double value) {
  return std::isnan(value);
}

struct Program {
  int n_inputs = 0;
  int n_registers = 0;
  int n_prologue = 0;             // instructions that depend on constant inputs only
  std::vector<double> constants;  // loaded into registers [n_inputs, n_inputs + size)
  std::vector<Instruction> instructions;
  std::vector<std::uint16_t> outputs;  // registers of the results, in the order asked for
};

// What to compute, over which inputs (in register order). Common subexpressions are computed once.
// `definitions` may be used by later ones and by `outputs`. Faults: too large (65535 registers).
struct LowerRequest {
  std::span<const Symbol> inputs;
  std::span<const Statement> definitions;  // sorted
  std::vector<const Node*> outputs;
};
Result<Program> lower(const LowerRequest& request);

// registers.size() >= n_registers. load() writes the constants; the caller writes the inputs.
void load(const Program& program, std::span<double> registers);
void run_prologue(const Program& program, std::span<double> registers);
void run(const Program& program, std::span<double> registers);

// What a guard saw: each comparison of it with the values on both sides and its verdict, and each
// Boolean name and known(). In the order of the text, each once. values: canonical, one for each
// symbol of the scope.
struct Seen {
  std::string text;           // "ALT >= 3 ULN"
  std::string values;         // "ALT = 131 U/L = 3.2 x ULN (41 U/L)"  or "ALT is unknown"
  double verdict = kUnknown;  // 0, 1 or unknown
};
struct Explanation {
  double verdict = kUnknown;
  std::vector<Seen> seen;
};
Explanation explain(const Node& guard, std::span<const Symbol> scope,
                    std::span<const double> values);

}  // namespace dosewright::lang
