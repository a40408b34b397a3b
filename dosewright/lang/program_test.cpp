#include "dosewright/lang/program.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <optional>

#include "dosewright/base/elementary.hpp"
#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::boolean;
using testing::constant;
using testing::parsed;
using testing::same_value;
using testing::six_symbols;
using testing::symbol;
using testing::value_of;

Program lowered(const std::string& text) {
  const std::vector<Symbol> scope = six_symbols();
  const Expression tree = parsed(text);
  return lower({scope, {}, {tree.get()}}).value();
}

// ---- the plain meaning of a tree, written a second time -----------------------------------------

using Number = std::optional<double>;

Number known_number(double value) {
  return std::isnan(value) ? Number() : Number(value);
}

struct Evaluator {
  std::span<const Symbol> scope;
  std::span<const double> values;

  Number name(const Node& node) const {
    for (std::size_t i = 0; i < scope.size(); ++i) {
      if (scope[i].name == node.name) return known_number(values[i]);
    }
    return {};
  }

  Number logic(const Node& node) const {
    const Number a = evaluate(*node.arguments[0]);
    if (node.op == Op::kNot) return a ? Number(*a == 0) : a;
    const Number b = evaluate(*node.arguments[1]);
    const double deciding = node.op == Op::kOr ? 1 : 0;
    if ((a && *a == deciding) || (b && *b == deciding)) return deciding;
    return a && b ? Number(1 - deciding) : Number();
  }

  static bool compare(Op op, double a, double b) {
    switch (op) {
      case Op::kLess:
        return a < b;
      case Op::kLessEqual:
        return a <= b;
      case Op::kGreater:
        return a > b;
      case Op::kGreaterEqual:
        return a >= b;
      case Op::kEqual:
        return a == b;
      default:
        return a != b;
    }
  }

  static double arithmetic(Op op, double a, double b) {
    switch (op) {
      case Op::kAdd:
        return a + b;
      case Op::kSubtract:
        return a - b;
      case Op::kMultiply:
        return a * b;
      case Op::kDivide:
        return a / b;
      case Op::kMin:
        return b <= a ? b : a;
      default:
        return b >= a ? b : a;
    }
  }

  static double function(Op op, double a) {
    switch (op) {
      case Op::kNegate:
        return -a;
      case Op::kExp:
        return elementary::exp(a);
      case Op::kLog:
        return elementary::log(a);
      case Op::kSqrt:
        return std::sqrt(a);
      default:
        return std::fabs(a);
    }
  }

  Number evaluate(const Node& node) const {
    if (node.op == Op::kNumber) return node.number;
    if (node.op == Op::kName) return name(node);
    if (node.op == Op::kAnd || node.op == Op::kOr || node.op == Op::kNot) return logic(node);
    const Number first = evaluate(*node.arguments[0]);
    if (node.op == Op::kKnown) return first ? 1 : 0;
    if (!first) return {};
    if (node.op == Op::kIf) return evaluate(*node.arguments[*first != 0 ? 1 : 2]);
    if (node.arguments.size() == 1) return known_number(function(node.op, *first));
    Number chain = first;
    for (std::size_t i = 1; i < node.arguments.size(); ++i) {
      const Number next = evaluate(*node.arguments[i]);
      if (!chain || !next) return {};
      const bool comparison = node.op >= Op::kLess && node.op <= Op::kNotEqual;
      chain = comparison ? Number(compare(node.op, *chain, *next) ? 1 : 0)
                         : known_number(arithmetic(node.op, *chain, *next));
    }
    return chain;
  }
};

std::vector<double> some_values(const std::vector<std::uint32_t>& choices) {
  const double numbers[] = {0, 1, 2, 3, -1.5, 0.5, 1e300, kUnknown};
  const double truths[] = {0, 1, kUnknown};
  std::vector<double> values(6, 1.0);
  for (std::size_t i = 0; i < 6 && i < choices.size(); ++i) {
    values[i] = i < 4 ? numbers[choices[i] % 8] : truths[choices[i] % 3];
  }
  return values;
}

TEST_CASE("the lowered program and the plain meaning of the tree agree") {
  using Stream = std::vector<std::uint32_t>;
  CHECK(rc::check("lower and run == evaluate", [](const Stream& stream, const Stream& choices) {
    testing::TreeMaker maker(stream, true);
    const Expression tree = stream.size() % 2 == 0 ? maker.number(6) : maker.truth(6);
    const std::vector<Symbol> scope = six_symbols();
    const std::vector<double> values = some_values(choices);
    const Number expected = Evaluator{scope, values}.evaluate(*tree);
    const double found = value_of(*tree, scope, values);
    const double explained = explain(*tree, scope, values).verdict;
    RC_LOG() << to_text(*tree) << " = " << found << "\n";
    RC_ASSERT(same_value(found, expected.value_or(kUnknown)));
    RC_ASSERT(same_value(explained, found));
  }));
}

TEST_CASE("the prologue holds what is constant, and need not run again") {
  using Stream = std::vector<std::uint32_t>;
  CHECK(rc::check("prologue once, the rest often", [](const Stream& stream, const Stream& first,
                                                      const Stream& second) {
    testing::TreeMaker maker(stream, true);
    const Expression tree = maker.number(6);
    const std::vector<Symbol> scope = six_symbols();
    const std::vector<double> before = some_values(first);
    std::vector<double> after = some_values(second);
    after[3] = before[3];  // c is constant for one patient
    const Program program = lower({scope, {}, {tree.get()}}).value();
    std::vector<double> registers(static_cast<std::size_t>(program.n_registers), kUnknown);
    load(program, registers);
    std::copy(before.begin(), before.end(), registers.begin());
    run_prologue(program, registers);
    run(program, registers);
    std::copy(after.begin(), after.end(), registers.begin());
    run(program, registers);
    RC_ASSERT(same_value(registers[program.outputs[0]], value_of(*tree, scope, after)));
  }));
}

TEST_CASE("three-valued truth tables") {
  const double truths[] = {0, 1, kUnknown};
  const double conjunction[3][3] = {{0, 0, 0}, {0, 1, kUnknown}, {0, kUnknown, kUnknown}};
  const double disjunction[3][3] = {{0, 1, kUnknown}, {1, 1, 1}, {kUnknown, 1, kUnknown}};
  const double negation[3] = {1, 0, kUnknown};
  const double chosen[3] = {3, 2, kUnknown};
  const std::vector<Symbol> scope = six_symbols();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      const std::vector<double> values = {0, 0, 0, 0, truths[i], truths[j]};
      CAPTURE(i);
      CAPTURE(j);
      CHECK(same_value(value_of(*parsed("p and q"), scope, values), conjunction[i][j]));
      CHECK(same_value(value_of(*parsed("p or q"), scope, values), disjunction[i][j]));
      CHECK(same_value(value_of(*parsed("not p"), scope, values), negation[i]));
      CHECK(same_value(value_of(*parsed("if (p) 2 else 3"), scope, values), chosen[i]));
      CHECK(value_of(*parsed("known(p)"), scope, values) == (i < 2 ? 1 : 0));
    }
  }
}

TEST_CASE("an unknown number makes everything unknown, but for known()") {
  const std::vector<Symbol> scope = six_symbols();
  const std::vector<double> values = {kUnknown, 2, 3, 4, 1, 0};
  for (const char* text :
       {"x + 1",          "1 - x",        "x * 0",  "0 / x",     "-x",
        "x ^ 0",          "x ^ 2",        "1 ^ x",  "y ^ x",     "exp(x)",
        "log(x)",         "sqrt(x)",      "abs(x)", "min(x, y)", "min(y, x)",
        "max(x, y)",      "max(y, x, z)", "x < 1",  "x <= 1",    "x > 1",
        "x >= 1",         "x == x",       "x != x", "not x < 1", "if (x < 1) 2 else 2",
        "if (p) x else y"}) {
    CAPTURE(text);
    CHECK(is_unknown(value_of(*parsed(text), scope, values)));
  }
  CHECK(value_of(*parsed("known(x)"), scope, values) == 0);
  CHECK(value_of(*parsed("known(y + z)"), scope, values) == 1);
  CHECK(value_of(*parsed("if (p) y else x"), scope, values) == 2);
  CHECK(value_of(*parsed("x < 1 or p"), scope, values) == 1);
  CHECK(value_of(*parsed("x < 1 and q"), scope, values) == 0);
}

TEST_CASE("values of each operation") {
  const std::vector<Symbol> scope = six_symbols();
  const std::vector<double> values = {2, 3, -4, 0.5, 1, 0};
  struct Row {
    std::string text;
    double expected;
  };
  const Row rows[] = {
      {"x + y * z", -10},
      {"x - y - z", 3},
      {"x / c", 4},
      {"x ^ y", 8},
      {"y ^ 5", 243},
      {"x ^ 8", 256},
      {"x ^ -2", 0.25},
      {"z ^ 3", -64},
      {"x ^ 10", 1024},
      {"y ^ 1", 3},
      {"y ^ 0", 1},
      {"pow(x, 0.5)", std::sqrt(2.0)},
      {"-x ^ 2", -4},
      {"exp(log(y))", 3},
      {"sqrt(abs(z))", 2},
      {"min(x, y, z)", -4},
      {"max(x, y, z)", 3},
      {"x == 2", 1},
      {"x != 2", 0},
      {"if (x < y) z else c", -4},
      {"if (x > y) z else c", 0.5},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(value_of(*parsed(row.text), scope, values) ==
          doctest::Approx(row.expected).epsilon(1e-14));
  }
}

TEST_CASE("a common part is computed once, in whatever order it is written") {
  CHECK(lowered("(x + y) * (y + x)").instructions.size() == 2);
  CHECK(lowered("exp(x) / exp(x)").instructions.size() == 2);
  CHECK(lowered("(x - y) * (y - x)").instructions.size() == 3);
}

TEST_CASE("what is literal is folded away; small powers become products") {
  CHECK(lowered("2 * 3 + 4").instructions.empty());
  CHECK(lowered("x * (2 + 3)").instructions.size() == 1);
  CHECK(lowered("if (1 < 2) x else exp(y)").instructions.empty());
  for (const Instruction& step : lowered("x ^ 7 + x ^ -3").instructions) {
    CHECK(step.op != Op::kPower);
  }
  CHECK(lowered("x ^ 4").instructions.size() == 2);
}

TEST_CASE("registers: inputs, constants, prologue, the rest; each written once") {
  const Program program = lowered("x * (c + 2) + exp(c) * 3");
  CHECK(program.n_inputs == 6);
  CHECK(program.constants == std::vector<double>{2, 3});
  CHECK(program.n_prologue == 3);
  REQUIRE(program.instructions.size() == 5);
  int next = program.n_inputs + 2;
  for (const Instruction& step : program.instructions) {
    CHECK(step.out == next);
    CHECK(std::max({step.a, step.b, step.c}) < step.out);
    ++next;
  }
  CHECK(program.n_registers == next);
}

TEST_CASE("definitions are computed where an output needs them, and only then") {
  const std::vector<Symbol> scope = six_symbols();
  const std::vector<Statement> statements =
      parse_statements("a = x + 1\nb = a * 2\nunneeded = exp(y)\n", "m").value();
  const Expression one = parsed("b - a");
  const Expression two = parsed("a");
  const Program program = lower({scope, statements, {one.get(), two.get()}}).value();
  CHECK(program.instructions.size() == 3);
  std::vector<double> registers(static_cast<std::size_t>(program.n_registers));
  registers[0] = 4;
  load(program, registers);
  run_prologue(program, registers);
  run(program, registers);
  CHECK(registers[program.outputs[0]] == 5);
  CHECK(registers[program.outputs[1]] == 5);
}

TEST_CASE("what does not fit is a fault") {
  const std::vector<Symbol> scope = six_symbols();
  const Expression unknown = parsed("nowhere + 1");
  CHECK(testing::faults_of(lower({scope, {}, {unknown.get()}})).find("unknown name 'nowhere'") !=
        std::string::npos);
  std::vector<Expression> many;
  std::vector<const Node*> outputs;
  for (int i = 1; i <= 66'000; ++i) {
    auto number = std::make_unique<Node>();
    number->number = i;
    outputs.push_back(number.get());
    many.push_back(std::move(number));
  }
  CHECK(testing::faults_of(lower({scope, {}, outputs})).find("at most 65535") != std::string::npos);
}

}  // namespace
}  // namespace dosewright::lang
