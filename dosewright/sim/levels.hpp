// The order in which the equations of a model can be solved, read from the equations themselves.
//
// States that read each other form a block; blocks stand on levels, each above what it reads:
// depot, plasma with its periphery, liver, then everything that the liver drives. Where every block
// is affine in its own states, x' = b + A x with A and b made of the clock, DOSE and lower levels,
// a whole model is a sequence of small linear systems (subject_batch.hpp).
#pragma once

#include <optional>
#include <vector>

#include "dosewright/lang/affine_parts.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::sim {

inline constexpr int kMostBlock = 4;  // states of a block

struct Level {
  std::vector<int> states;               // indices into Model::states, block by block
  std::vector<std::vector<int>> blocks;  // positions in `states`
  std::vector<int> lower;                // indices into Model::states: what the parts read
  bool reads_clock = false;              // TIME or TAFD
  lang::AffineParts parts;               // of each state: b, then a row of A over `states`

  int part(int row, int column) const {  // positions in `states`; column -1: b
    return row * (static_cast<int>(states.size()) + 1) + 1 + column;
  }
};

/// For each input of a program of the model: lang::kHeld, kClockVariable for TIME and TAFD, 1 + i
/// for state i.
inline constexpr int kClockVariable = 0;
std::vector<int> variables_of(const model::Model& model);

/// Lowest first. Empty where a block is not affine in itself or has more than kMostBlock states
/// (saturable elimination, a product of two driven states), and where a slope may jump or bend
/// along the clock or a state (`if`, min, max, abs): such a model needs sim::Subject.
std::optional<std::vector<Level>> levels(const model::Model& model);

}  // namespace dosewright::sim
