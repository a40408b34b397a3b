// Programs that are affine in some inputs: their parts add up, and are found where they exist.
#include "dosewright/lang/affine_parts.hpp"

#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::constant;
using testing::parsed;
using testing::symbol;

std::vector<Symbol> names() {
  return {constant("c"), symbol("t"), symbol("x"), symbol("y")};
}

struct Lowered {
  Program program;
  std::optional<AffineParts> parts;
};

Lowered split(const std::string& text) {
  const std::vector<Symbol> scope = names();
  const Expression tree = parsed(text);
  Lowered result{lower({scope, {}, {tree.get()}}).value(), {}};
  result.parts = affine_parts({&result.program, {0}, {2, 3}, {1, 0, 0, 0}});
  return result;
}

std::vector<double> outputs(const Program& program, const std::vector<double>& inputs) {
  std::vector<double> registers(static_cast<std::size_t>(program.n_registers));
  std::copy(inputs.begin(), inputs.end(), registers.begin());
  load(program, registers);
  run_prologue(program, registers);
  run(program, registers);
  std::vector<double> result;
  for (const auto reg : program.outputs) result.push_back(registers[reg]);
  return result;
}

}  // namespace

TEST_CASE("the parts of what is affine add up to it, whatever the variables are") {
  for (const char* text :
       {"x", "c", "2 * x - 3 * y + 4", "-(x - y) / c", "exp(c * t) * (x + 1) * 2 / (1 + c)",
        "if (t > 1) x else c * y + 5", "x + y - x", "(x + c) * t - t * c", "c * c + t ^ 2",
        "t / c * (x / t - (y - (x - c)))", "if (c > 1) x else 0", "-x"}) {
    CAPTURE(text);
    const Lowered found = split(text);
    REQUIRE(found.parts);
    for (const auto& [x, y] : {std::pair<double, double>{0, 0}, {1, 0}, {-2, 7}}) {
      const std::vector<double> inputs = {1.5, 0.75, x, y};
      const auto parts = outputs(found.parts->program, inputs);
      REQUIRE(parts.size() == 3);
      CHECK(parts[0] + parts[1] * x + parts[2] * y ==
            doctest::Approx(outputs(found.program, inputs)[0]));
    }
  }
}

TEST_CASE("what is not affine has no parts") {
  for (const char* text : {"x * y", "x ^ 2", "1 / x", "exp(x)", "max(x, c)", "if (x > 1) c else t",
                           "abs(y)", "x < y", "sqrt(c + x)"}) {
    CAPTURE(text);
    CHECK_FALSE(split(text).parts);
  }
}

TEST_CASE("zeros by form and what is fixed are known; the prologue holds what is fixed") {
  const Lowered found = split("exp(c) * x + t * 2");
  REQUIRE(found.parts);
  CHECK(found.parts->zero == std::vector<std::uint8_t>{0, 0, 1});
  CHECK(found.parts->fixed == std::vector<std::uint8_t>{0, 1, 1});
  CHECK(found.parts->program.n_prologue == 1);
  CHECK(found.parts->program.instructions.size() == 2);
}

TEST_CASE("which registers an input reaches") {
  const std::vector<Symbol> scope = names();
  const Expression one = parsed("exp(t) * 2"), other = parsed("x + c");
  const Program program = lower({scope, {}, {one.get(), other.get()}}).value();
  const auto reached = reached_from(program, std::vector<int>{1});
  CHECK(reached[program.outputs[0]] == 1);
  CHECK(reached[program.outputs[1]] == 0);
}

}  // namespace dosewright::lang
