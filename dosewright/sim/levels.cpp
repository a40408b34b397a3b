#include "dosewright/sim/levels.hpp"

#include <algorithm>
#include <utility>

#include "dosewright/lang/curves.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::sim {
namespace {

// Which states reach which: [i][j], the slope of i reads j, or something that does.
std::vector<std::vector<bool>> reachable(const model::Model& model) {
  const auto n = model.states.size();
  const num::JacobianPattern pattern = jacobian_pattern(model);
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) reach[i][j] = pattern.nonzero[i * n + j] != 0;
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        if (reach[i][k] && reach[k][j]) reach[i][j] = true;
      }
    }
  }
  return reach;
}

// Per state: the number of blocks on the longest way down from it.
std::vector<int> heights(const std::vector<std::vector<bool>>& reach) {
  const auto n = reach.size();
  std::vector<int> height(n, 0);
  for (bool grown = true; grown;) {
    grown = false;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const int least = height[j] + (reach[j][i] ? 0 : 1);
        if (!reach[i][j] || height[i] >= least) continue;
        height[i] = least;
        grown = true;
      }
    }
  }
  return height;
}

// The states of one height, block by block.
Level states_of(const std::vector<std::vector<bool>>& reach, const std::vector<int>& height,
                int which) {
  Level level;
  for (std::size_t i = 0; i < reach.size(); ++i) {
    const bool placed = std::ranges::find(level.states, static_cast<int>(i)) != level.states.end();
    if (height[i] != which || placed) continue;
    std::vector<int>& block = level.blocks.emplace_back();
    for (std::size_t j = i; j < reach.size(); ++j) {
      if (j != i && !(reach[i][j] && reach[j][i])) continue;
      block.push_back(static_cast<int>(level.states.size()));
      level.states.push_back(static_cast<int>(j));
    }
  }
  return level;
}

bool take_parts(const model::Model& model, Level& level) {
  lang::AffineRequest request;
  request.program = &model.rhs;
  request.outputs = level.states;
  for (const int state : level.states) {
    request.variables.push_back(model.first_state_input() + state);
  }
  request.fixed.assign(static_cast<std::size_t>(model.n_inputs()), 0);
  std::fill_n(request.fixed.begin(), model.time_input(), std::uint8_t{1});
  auto parts = lang::affine_parts(request);
  if (!parts) return false;
  level.parts = std::move(*parts);
  if (!lang::is_smooth(level.parts.program, variables_of(model))) return false;
  for (int state = 0; state < static_cast<int>(model.states.size()); ++state) {
    if (lang::reads_input(level.parts.program, model.first_state_input() + state)) {
      level.lower.push_back(state);
    }
  }
  level.reads_clock = lang::reads_input(level.parts.program, model.time_input()) ||
                      lang::reads_input(level.parts.program, model.time_input() + 1);
  return true;
}

}  // namespace

std::vector<int> variables_of(const model::Model& model) {
  std::vector<int> result(static_cast<std::size_t>(model.n_inputs()), lang::kHeld);
  const auto time = static_cast<std::size_t>(model.time_input());
  result[time] = result[time + 1] = kClockVariable;
  for (std::size_t i = 0; i < model.states.size(); ++i) {
    result[static_cast<std::size_t>(model.first_state_input()) + i] = static_cast<int>(i) + 1;
  }
  return result;
}

std::optional<std::vector<Level>> levels(const model::Model& model) {
  const auto reach = reachable(model);
  const std::vector<int> height = heights(reach);
  std::vector<Level> result;
  for (std::size_t placed = 0; placed < model.states.size();
       placed += result.back().states.size()) {
    Level level = states_of(reach, height, static_cast<int>(result.size()));
    const bool small = std::ranges::all_of(
        level.blocks, [](const auto& block) { return block.size() <= kMostBlock; });
    if (!small || !take_parts(model, level)) return {};
    result.push_back(std::move(level));
  }
  return result;
}

}  // namespace dosewright::sim
