// A program whose outputs are affine in some of its inputs, split into the parts of each output:
// y = part_0 + sum_j part_j x_j. The parts are again a register program, so a whole chunk of
// patients gets its matrices at once.
//
// Found by following the registers, never by trying numbers. What is zero by its form (and not by
// its value) is known as such, so that sparse matrices stay sparse.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dosewright/lang/program.hpp"

namespace dosewright::lang {

struct AffineRequest {
  const Program* program = nullptr;
  std::vector<int> outputs;         // indices into Program::outputs
  std::vector<int> variables;       // input registers x_j
  std::vector<std::uint8_t> fixed;  // per input: does not change for one patient (prologue)
};

struct AffineParts {
  Program program;  // inputs as before; outputs: for each output its parts 0, 1, ..., n
  std::vector<std::uint8_t> zero;   // per output of `program`: zero by its form
  std::vector<std::uint8_t> fixed;  // per output of `program`: by constants and fixed inputs alone
};

/// Empty where an output is not affine in the variables (or the parts need too many registers).
std::optional<AffineParts> affine_parts(const AffineRequest& request);

/// Per register: is it computed from one of these input registers?
std::vector<std::uint8_t> reached_from(const Program& program, std::span<const int> inputs);

/// Does an instruction or an output of the program read this input register? Not to be asked about
/// register 0, which stands for operands that an instruction does not have.
bool reads_input(const Program& program, int input);

}  // namespace dosewright::lang
