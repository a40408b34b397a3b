#include "dosewright/cohort/split.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "dosewright/lang/curves.hpp"
#include "dosewright/sim/levels.hpp"

namespace dosewright::cohort {
namespace {

using lang::AffineParts;

// Parameters and covariates stay put for one patient.
std::vector<std::uint8_t> fixed_inputs(const model::Model& model) {
  std::vector<std::uint8_t> fixed(static_cast<std::size_t>(model.n_inputs()), 0);
  std::fill_n(fixed.begin(), model.time_input(), std::uint8_t{1});
  return fixed;
}

std::vector<int> registers_of(const model::Model& model, const std::vector<int>& states) {
  std::vector<int> result;
  for (const int state : states) result.push_back(model.first_state_input() + state);
  return result;
}

std::optional<AffineParts> parts(const model::Model& model, const std::vector<int>& outputs,
                                 const std::vector<int>& variables) {
  return lang::affine_parts(
      {&model.rhs, outputs, registers_of(model, variables), fixed_inputs(model)});
}

bool all_fixed(const AffineParts& parts) {
  return std::ranges::all_of(parts.fixed, [](std::uint8_t fixed) { return fixed != 0; });
}

// A state that fails among all candidates would fail among fewer: it reads what cannot be moved
// exactly, or reads it in a way that is not affine.
std::vector<int> linear_states(const model::Model& model) {
  std::vector<int> candidates(model.states.size());
  std::iota(candidates.begin(), candidates.end(), 0);
  for (bool shrunk = true; shrunk;) {
    std::vector<int> kept;
    for (const int state : candidates) {
      const auto found = parts(model, {state}, candidates);
      if (found && all_fixed(*found)) kept.push_back(state);
    }
    shrunk = kept.size() != candidates.size();
    candidates = std::move(kept);
  }
  return candidates;
}

// Each driven state may read itself alone among the driven ones.
bool apart(const Split& split) {
  const auto n = static_cast<int>(split.driven.size());
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const auto part =
          static_cast<std::size_t>(split.production(i)) + static_cast<std::size_t>(1 + j);
      if (i != j && split.response.zero[part] == 0) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Split> split(const model::Model& model) {
  Split result;
  result.linear = linear_states(model);
  for (int state = 0; state < static_cast<int>(model.states.size()); ++state) {
    if (std::ranges::find(result.linear, state) == result.linear.end()) {
      result.driven.push_back(state);
    }
  }
  auto matrix = parts(model, result.linear, result.linear);
  auto response = parts(model, result.driven, result.driven);
  if (!matrix || !response) return {};
  result.matrix = std::move(*matrix);
  result.response = std::move(*response);
  if (!apart(result)) return {};
  if (!lang::is_smooth(result.response.program, sim::variables_of(model))) return {};
  const auto n = static_cast<int>(result.linear.size());
  for (int i = 0; i < n; ++i) {
    const auto b = static_cast<std::size_t>(result.matrix_part(i, -1));
    result.offset = result.offset || result.matrix.zero[b] == 0;
    const int input = model.first_state_input() + result.linear[static_cast<std::size_t>(i)];
    if (lang::reads_input(result.response.program, input)) result.read.push_back(i);
  }
  result.reads_clock = lang::reads_input(result.response.program, model.time_input()) ||
                       lang::reads_input(result.response.program, model.time_input() + 1);
  return result;
}

}  // namespace dosewright::cohort
