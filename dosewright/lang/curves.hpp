// Which values of a program run along one curve: made of the clock alone, or of one state alone,
// besides what is fixed for a subject.
//
// Problem: a program that is run at many nodes of time spends itself on exp, log and pow, again and
// again at arguments that hardly differ. Idea: a value that depends on one variable is a smooth
// curve along it, so a polynomial through few points of the curve gives it at every node. This file
// finds those values by following the registers: the last ones that still depend on one variable
// and have such a function behind them. What is left are a few products at each node, and whatever
// has a comparison, `if`, min, max or abs in it: it may jump where no point of the curve is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dosewright/lang/program.hpp"

namespace dosewright::lang {

inline constexpr int kHeld = -1;  // an input that stands still while a program runs along nodes

struct Curve {
  int variable = 0;
  std::vector<Instruction> steps;     // the prologue is not among them
  std::vector<std::uint16_t> values;  // registers of what it gives
};

struct CurveSplit {
  std::vector<Curve> curves;      // at most one for each variable
  std::vector<Instruction> rest;  // what is left, from the values of the curves
};

/// variable_of_input: for each input kHeld, or a number of the variable that it is made of, from 0;
/// several inputs may belong to one. Costly values that are held go with variable 0.
CurveSplit split_curves(const Program& program, std::span<const int> variable_of_input);

/// False: a comparison, `if`, min, max or abs reads something that varies, so the value may jump or
/// bend between the nodes of a polynomial, unseen.
bool is_smooth(const Program& program, std::span<const int> variable_of_input);

}  // namespace dosewright::lang
