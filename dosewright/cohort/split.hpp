// Which part of a model needs no steps, read from its equations for any model.
//
// linear: the largest set of states whose derivatives are affine in that set, with coefficients
//         fixed for one patient: x' = A x + b. A matrix moves it over any time exactly.
// driven: every other state must be y' = p - q y, where p and q read the linear states, the clock
//         and DOSE, and no driven state: indirect responses, turnovers, effect compartments. It is
//         integrated along the exact path of the linear part.
// A model with anything else (saturable elimination, feedback, a clearance that depends on the
// clock, a response that jumps or bends: `if`, min, max, abs of a state) has no split;
// sim::SubjectBatch or sim::Subject integrates it.
#pragma once

#include <optional>
#include <vector>

#include "dosewright/lang/affine_parts.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::cohort {

struct Split {
  std::vector<int> linear, driven;  // indices into Model::states
  lang::AffineParts matrix;         // of each linear state: b, then a row of A
  lang::AffineParts response;       // of each driven state: p, then -q among zeros
  bool offset = false;              // some b is not zero by its form
  std::vector<int> read;            // indices into `linear`: what p and q read
  bool reads_clock = false;         // p or q read TIME or TAFD

  int matrix_part(int row, int column) const {  // column -1: b
    return row * (static_cast<int>(linear.size()) + 1) + 1 + column;
  }
  int production(int i) const { return i * (static_cast<int>(driven.size()) + 1); }
  int loss(int i) const { return production(i) + 1 + i; }  // its output is -q
  bool loss_is_fixed(int i) const { return response.fixed[static_cast<std::size_t>(loss(i))] != 0; }
};

std::optional<Split> split(const model::Model& model);

}  // namespace dosewright::cohort
