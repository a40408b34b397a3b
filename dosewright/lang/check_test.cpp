#include "dosewright/lang/check.hpp"

#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::constant;
using testing::faults_of;
using testing::parsed;
using testing::symbol;

std::vector<Symbol> parameters() {
  return {constant("ka", "1/h"),   constant("CL", "L/h"),   constant("Vc", "L"),
          constant("kin", "mg/h"), constant("kout", "1/h"), symbol("time", "h"),
          constant("WT", "kg")};
}

Result<CheckedModel> checked(const std::string& text, std::vector<std::string> exported = {}) {
  Result<std::vector<Statement>> statements = parse_statements(text, "m.txt");
  if (!statements.ok()) FAIL(to_text(statements.faults()));
  const std::vector<Symbol> symbols = parameters();
  return check_model(std::move(*statements), symbols, exported);
}

constexpr const char* kGood =
    "CP [mg/L] = A2 / Vc\n"
    "d/dt(A1) [mg] = -ka * A1\n"
    "d/dt(A2) [mg] = ka * A1 - rate * A2\n"
    "rate = CL / Vc\n"
    "start = base\n"
    "base = kin / kout\n"
    "d/dt(R) [mg] = kin - kout * R\n"
    "R(0) = start\n";

TEST_CASE("a checked model: sorted, with units and initial values") {
  const CheckedModel model = checked(kGood, {"CP"}).value();
  std::vector<std::string> names;
  for (const Statement& statement : model.definitions) names.push_back(statement.target);
  CHECK(names == std::vector<std::string>{"CP", "rate", "base", "start"});
  REQUIRE(model.definition_symbols.size() == 4);
  CHECK(model.definition_symbols[0].unit.code == "mg/L");
  CHECK(model.definition_symbols[1].unit.code == "1/h");
  CHECK_FALSE(model.definition_symbols[0].constant);
  CHECK(model.definition_symbols[1].constant);
  CHECK(model.definition_symbols[3].constant);
  REQUIRE(model.states.size() == 3);
  CHECK(model.states[2].name == "R");
  CHECK(model.derivatives[2].target == "R");
  CHECK(model.initials[0]->number == 0);
  CHECK(to_text(*model.initials[2]) == "start");
}

TEST_CASE("the unit of a rate is that of the state by time") {
  CHECK(checked("d/dt(X) [mg] = kin").ok());
  CHECK(checked("d/dt(X) [mg] = 0").ok());
  CHECK(checked("d/dt(X) [ug/g] = (1 - X) / 3 d").ok());
  CHECK(checked("d/dt(X) [mg] = kin\nX(0) = 0").ok());
  CHECK(checked("d/dt(X) [mg] = kin\nX(0) [g] = 5 mg").ok());
}

struct CheckRow {
  std::string text;
  std::string place;
  std::string message;
};

void check_fault(const CheckRow& row) {
  CAPTURE(row.text);
  const Result<CheckedModel> result = checked(row.text);
  REQUIRE_FALSE(result.ok());
  bool found = false;
  for (const Fault& fault : result.faults()) {
    found = found || (to_text(fault.place) == row.place &&
                      fault.message.find(row.message) != std::string::npos);
  }
  CHECK_MESSAGE(found, to_text(result.faults()));
}

TEST_CASE("faults of units and types: place and message") {
  const CheckRow rows[] = {
      {"d/dt(X) [L] = CL + Vc", "m.txt:1:18",
       "cannot add CL [L/h] and Vc [L]: volume/time (L/h) and volume (L) differ"},
      {"d/dt(X) [L] = CL - 3 mg/h", "m.txt:1:18", "cannot subtract CL [L/h] and 3 mg/h"},
      {"d/dt(X) [L] = max(CL, Vc)", "m.txt:1:15", "cannot choose between CL [L/h] and Vc [L]"},
      {"d/dt(X) [mg] = CL * 3 mg", "m.txt:1:19", "d/dt(X) must be mass/time (mg/h), found"},
      {"d/dt(X) [mg] = kin / 0", "m.txt:1:20", "division by zero"},
      {"d/dt(X) [mg] = kin / (2 - 2)", "m.txt:1:20", "division by zero"},
      {"d/dt(X) [mg] = kin / -0", "m.txt:1:20", "division by zero"},
      {"d/dt(X) [mg] = kin\nX(0) = 1 L", "m.txt:2:8", "X(0) must be mass (mg), found 1 L"},
      {"CL = 3 L/h", "m.txt:1:1", "'CL' is given from outside and cannot be assigned"},
      {"d/dt(X) [mg] = kin * log(CL)", "m.txt:1:22", "log needs a plain number, found CL [L/h]"},
      {"d/dt(X) [mg] = kin * exp(1 h)", "m.txt:1:22", "exp needs a plain number, found 1 h"},
      {"d/dt(X) [mg] = kin * sqrt(CL)", "m.txt:1:22", "no square root"},
      {"d/dt(X) [mg] = kin * (CL < 3 L)", "m.txt:1:26", "cannot compare CL [L/h] and 3 L"},
      {"d/dt(X) [mg] = kin * (CL < 3 L/h)", "m.txt:1:26", "to multiply needs a number"},
      {"d/dt(X) [mg] = if (CL) kin else 0", "m.txt:1:20",
       "the condition of 'if' needs true or false, found the number CL [L/h]"},
      {"d/dt(X) [mg] = if (CL > 0) kin else CL", "m.txt:1:16", "cannot choose between kin"},
      {"d/dt(X) [mg] = if (CL > 0) kin else not (CL > 0)", "m.txt:1:16", "the two values of 'if'"},
      {"d/dt(X) [mg] = if (CL > 0 and Vc) kin else 0", "m.txt:1:31", "'and' needs true or false"},
      {"d/dt(X) [mg] = kin * (WT / 70) ^ 0.75", "m.txt:1:32", "needs a literal whole exponent"},
      {"d/dt(X) [mg] = kin * 2 ^ CL", "m.txt:1:26", "the exponent of a power must be a number"},
      {"d/dt(X) [mg] = kin * WT ^ 99 / WT ^ 99", "m.txt:1:25", "literal whole exponent"},
      {"d/dt(X) [mg] = kin * WT^16 * WT^16", "m.txt:1:20", "exponent beyond 16"},
      {"d/dt(X) [mg] = 3 ULN", "m.txt:1:16", "3 ULN has no meaning here"},
      {"d/dt(X) [mg] = -(CL > 0)", "m.txt:1:21", "a minus sign needs a number"},
      {"Y [mg/L] = kin\nd/dt(X) [mg] = Y * CL", "m.txt:1:12",
       "Y must be mass/volume (mg/L), found kin [mg/h]"},
      {"Y [L] = CL > 0\nd/dt(X) [mg] = if (Y) kin else 0", "m.txt:1:12", "Y needs a number"},
  };
  for (const CheckRow& row : rows) check_fault(row);
}

TEST_CASE("faults of names and structure: place and message") {
  const CheckRow rows[] = {
      {"d/dt(X) = kin", "m.txt:1:1", "d/dt(X) needs the unit of X"},
      {"d/dt(X) [mg] = kin * foo", "m.txt:1:22", "unknown name 'foo'"},
      {"d/dt(X) [mg] = kin\nX = 3", "m.txt:2:1", "'X' is defined twice, first in line 1"},
      {"d/dt(X) [mg] = kin\nd/dt(X) [mg] = kin", "m.txt:2:1", "'X' is defined twice"},
      {"d/dt(X) [mg] = kin\nX(0) = 1 mg\nX(0) = 2 mg", "m.txt:3:1",
       "X(0) is given twice, first in line 2"},
      {"d/dt(X) [mg] = kin\nY(0) = 1 mg", "m.txt:2:1", "Y(0) is given, but there is no d/dt(Y)"},
      {"d/dt(X) [mg] = kin\nX(0) [L] = 0", "m.txt:2:1", "X(0) [L] and d/dt(X) [mg] differ"},
      {"d/dt(X) [mg] = kin\nX(0) = kin * time", "m.txt:2:14",
       "X(0) uses 'time', which changes with time"},
      {"d/dt(X) [mg] = kin\nX(0) = X", "m.txt:2:8", "X(0) uses 'X', which changes with time"},
      {"d/dt(CL) [L/h] = 0", "m.txt:1:1", "'CL' is given from outside"},
      {"unused = 3", "m.txt:1:1", "'unused' is never used"},
      {"a = b\nb = c + 1\nc = a\nd/dt(X) [mg] = kin * a", "m.txt:1:1",
       "'a' depends on itself: a -> b -> c -> a"},
      {"a = a\nd/dt(X) [mg] = kin * a", "m.txt:1:1", "'a' depends on itself: a -> a"},
  };
  for (const CheckRow& row : rows) check_fault(row);
}

TEST_CASE("one slip is one fault: what follows from it is not reported") {
  CHECK(checked("Y = CL + Vc\nZ = Y * 2\nd/dt(X) [mg] = Z * kin").faults().size() == 1);
  CHECK(checked("d/dt(X) [mg] = (CL + Vc) * 3 mg + kin").faults().size() == 1);
  CHECK(checked("a = b\nb = a\nd/dt(X) [mg] = a * kin").faults().size() == 1);
}

TEST_CASE("all faults of a model at once") {
  const Result<CheckedModel> result = checked(
      "Y = CL + Vc\n"
      "Z = log(CL)\n"
      "d/dt(X) = kin * foo + kin / 0 + bar\n"
      "W(0) = 3\n"
      "CL = 3\n");
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults().size() == 10);  // 2 sums and logs, no unit, 2 names, 0, W, CL, 2 unused
}

TEST_CASE("faults quote their line, with a caret at the operator") {
  const Fault fault = checked("\nd/dt(X) [L] = CL + Vc  # rate").faults()[0];
  CHECK(fault.quote == "d/dt(X) [L] = CL + Vc  # rate\n                 ^");
}

TEST_CASE("a mistyped name: the nearest known one") {
  const Fault fault = checked("d/dt(X) [mg] = kon * 3 mg").faults()[0];
  CHECK(fault.hint.find("did you mean 'k") != std::string::npos);
}

TEST_CASE("exported names count as used, and must exist") {
  CHECK(checked("Y = CL * 2", {"Y"}).ok());
  CHECK(faults_of(checked("Y = CL * 2", {"Y", "YY"})).find("no equation gives 'YY'") !=
        std::string::npos);
}

TEST_CASE("a parameter that must be used, and is not, is a fault at its own place") {
  std::vector<Symbol> symbols = {symbol("CL", "L/h")};
  symbols[0].must_be_used = true;
  symbols[0].place = {"parameters.toml", 7, 3};
  const auto check = [&](const std::string& text) {
    return check_model(parse_statements(text, "m").value(), symbols, {});
  };
  CHECK(check("d/dt(X) [L] = CL").ok());
  const Result<CheckedModel> unused = check("d/dt(X) [L] = 0");
  REQUIRE_FALSE(unused.ok());
  CHECK(to_text(unused.faults()[0].place) == "parameters.toml:7:3");
}

TEST_CASE("ten thousand definitions in a chain: sorted, or one cycle, without recursion") {
  std::string text;
  for (int i = 0; i < 9'998; ++i) {
    text += "a" + std::to_string(i) + " = a" + std::to_string(i + 1) + "\n";
  }
  const CheckedModel model = checked(text + "a9998 = 2 mg\n", {"a0"}).value();
  CHECK(model.definitions.front().target == "a9998");
  CHECK(model.definition_symbols.back().unit.code == "mg");
  const Result<CheckedModel> cycle = checked(text + "a9998 = a0\n", {"a0"});
  REQUIRE_FALSE(cycle.ok());
  CHECK(cycle.faults().size() == 1);
  CHECK(cycle.faults()[0].message.find("a0 -> a1 -> a2") != std::string::npos);
}

TEST_CASE("zero without a unit fits any dimension; other numbers do not") {
  CHECK(checked("d/dt(X) [mg] = max(kin, 0)").ok());
  CHECK(checked("d/dt(X) [mg] = if (CL > 0) kin else 0").ok());
  CHECK(checked("d/dt(X) [mg] = 0 + kin - 0").ok());
  CHECK_FALSE(checked("d/dt(X) [mg] = max(kin, 1)").ok());
  CHECK_FALSE(checked("d/dt(X) [mg] = max(kin, 0 L)").ok());
}

TEST_CASE("check_number: the dimension that is asked for") {
  const std::vector<Symbol> symbols = parameters();
  const Dimension volume = parse_unit("L").value().dimension;
  CHECK(check_number(parsed("Vc * 2"), symbols, volume).ok());
  CHECK(faults_of(check_number(parsed("CL"), symbols, volume))
            .find("must be volume (L), found CL [L/h]") != std::string::npos);
  CHECK_FALSE(check_number(parsed("Vc > 0"), symbols, volume).ok());
  CHECK_FALSE(check_number(parsed("3 ULN"), symbols, volume).ok());
}

}  // namespace
}  // namespace dosewright::lang
