// A compiled guard as a formula: the very register program that the executor runs, instruction by
// instruction, over values that may be unknown. Nothing of a rule is written down a second time.
//
// Exact for and, or, not, if, known, comparisons, + - * / min max and negation over the reals. exp,
// log, sqrt and powers become functions of which only the name is known: a proof holds for any such
// function, and what the solver finds with one is checked by the executor. Readings travel as
// multiples of their limit where they have one, so that X / X.ULN is the quotient as the executor
// computes it, whatever the laboratory's limit is.
#pragma once

#include <z3++.h>

#include <vector>

#include "dosewright/lang/program.hpp"

namespace dosewright::verify {

// A number (sort Real) or a truth value (sort Bool) that is known where `known` holds.
struct Term {
  z3::expr value;
  z3::expr known;

  z3::expr is_true() const { return known && value; }
  z3::expr is_false() const { return known && !value; }
  z3::expr is_unknown() const { return !known; }
};

z3::expr real_of(z3::context& context, double value);  // the double itself, as a fraction
Term known_term(z3::expr value);

// The result of the program over these inputs, one for each of its input registers.
Term translate(z3::context& context, const lang::Program& program, std::vector<Term> inputs);

}  // namespace dosewright::verify
