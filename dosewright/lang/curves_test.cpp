// Which values of a program run along one variable, and that what is left gives the same from them.
#include "dosewright/lang/curves.hpp"

#include <algorithm>

#include "dosewright/lang/batch.hpp"
#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::constant;
using testing::parsed;
using testing::symbol;

constexpr int kTime = 0, kX = 1, kY = 2;
constexpr int kVariables[] = {kHeld, kTime, kX, kY, kHeld};

struct CurvedText {
  Program program;
  CurveSplit split;

  explicit CurvedText(const std::string& text) {
    const std::vector<Symbol> scope = {constant("c"), symbol("t"), symbol("x"), symbol("y"),
                                       symbol("dose")};
    const Expression tree = parsed(text);
    program = lower({scope, {}, {tree.get()}}).value();
    split = split_curves(program, kVariables);
  }
  std::size_t values_along(int variable) const {
    const auto found = std::ranges::find(split.curves, variable, &Curve::variable);
    return found == split.curves.end() ? 0 : found->values.size();
  }
};

bool has_exp(const std::vector<Instruction>& steps) {
  return std::ranges::find(steps, Op::kExp, &Instruction::op) != steps.end();
}

}  // namespace

TEST_CASE("curves: the last value of one variable with a costly function behind it") {
  const CurvedText sum("exp(-t / c) * 3 + exp(x * c) * (1 + x) * y + y");
  CHECK(sum.values_along(kTime) == 1);
  CHECK(sum.values_along(kX) == 1);
  CHECK(sum.values_along(kY) == 0);
  CHECK_FALSE(has_exp(sum.split.rest));
  CHECK(sum.split.rest.size() == 3);  // a product and two sums

  const CurvedText whole("2 * exp(x) / (1 + exp(x))");  // the output itself
  CHECK(whole.values_along(kX) == 1);
  CHECK(whole.split.rest.empty());
}

TEST_CASE("curves: none for what is cheap, fixed, or made of several variables") {
  CHECK(CurvedText("x * c / (1 + x)").split.curves.empty());
  CHECK(CurvedText("exp(c) * x").split.curves.empty());
  const CurvedText several("exp(x * y)");
  CHECK(several.split.curves.empty());
  CHECK(has_exp(several.split.rest));
}

TEST_CASE("curves: none through what may jump or bend") {
  const CurvedText chosen("if (x > 1) exp(x) else 1");
  REQUIRE_FALSE(chosen.split.rest.empty());
  CHECK(chosen.split.rest.back().op == Op::kIf);
  CHECK(CurvedText("exp(max(x, 1))").split.curves.empty());
  CHECK(CurvedText("exp(abs(t - 3))").split.curves.empty());
  const CurvedText held("exp(x) * max(c, 1) + (if (dose > 0) 1 else 0) * exp(t)");
  CHECK(held.values_along(kX) == 1);
  CHECK(held.values_along(kTime) == 1);
  CHECK(is_smooth(held.program, kVariables));
  CHECK_FALSE(is_smooth(chosen.program, kVariables));
  CHECK_FALSE(is_smooth(CurvedText("min(t, 3)").program, kVariables));
}

TEST_CASE("curves: what is held goes along with the first variable, or with what reads it") {
  CHECK(CurvedText("exp(dose) * (x + y)").values_along(kTime) == 1);
  const CurvedText with_x("exp(exp(dose) * x) + y");
  CHECK(with_x.values_along(kTime) == 0);
  CHECK(with_x.values_along(kX) == 1);
}

TEST_CASE("curves: their steps and the rest, run at several nodes, have the bits of a whole run") {
  constexpr std::size_t kNodesAtOnce = 3, kLanes = 8;
  const CurvedText text("exp(-t / c) * x + log(1 + y ^ c) * x + sqrt(dose) * t");
  const auto n_registers = static_cast<std::size_t>(text.program.n_registers);
  for (const Width width : kWidths) {
    if (!supported(width)) continue;
    CAPTURE(to_text(width));
    Batch fixed(text.program, kLanes, width);
    std::vector<double> rows(n_registers * kNodesAtOnce * kLanes);
    std::vector<NodeRegister> registers;
    for (std::size_t reg = 0; reg < n_registers; ++reg) {
      registers.push_back({rows.data() + reg * kNodesAtOnce * kLanes, kLanes});
    }
    const auto stands = [&](int reg) {
      registers[static_cast<std::size_t>(reg)] = {fixed.fixed(reg), 0};
    };
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      fixed.input(0)[lane] = 0.3 + 0.1 * static_cast<double>(lane);
      fixed.input(4)[lane] = 50;
    }
    fixed.run_prologue();
    stands(0);
    stands(4);
    for (std::size_t i = 0; i < text.program.constants.size(); ++i) {
      stands(text.program.n_inputs + static_cast<int>(i));
    }
    for (int i = 0; i < text.program.n_prologue; ++i) {
      stands(text.program.instructions[static_cast<std::size_t>(i)].out);
    }
    for (const std::size_t input : {1U, 2U, 3U}) {
      for (std::size_t i = 0; i < kNodesAtOnce * kLanes; ++i) {
        registers[input].at[i] = 0.1 * static_cast<double>(input + i);
      }
    }
    const NodeTile tile{kNodesAtOnce, 0, kLanes};
    for (const Curve& curve : text.split.curves) {
      node_kernel(width)(curve.steps.data(), curve.steps.size(), registers.data(), tile);
    }
    node_kernel(width)(text.split.rest.data(), text.split.rest.size(), registers.data(), tile);
    for (std::size_t node = 0; node < kNodesAtOnce; ++node) {
      for (const int input : {1, 2, 3}) {
        std::copy_n(registers[static_cast<std::size_t>(input)].at + node * kLanes, kLanes,
                    fixed.input(input).begin());
      }
      fixed.run();
      const double* const got = registers[text.program.outputs[0]].at + node * kLanes;
      for (std::size_t lane = 0; lane < kLanes; ++lane) CHECK(got[lane] == fixed.output(0)[lane]);
    }
  }
}

}  // namespace dosewright::lang
