#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::faults_of;
using testing::liver_scope;
using testing::parsed;
using testing::truth;
using testing::value_of;

Expression guard(const std::string& text) {
  const std::vector<Symbol> scope = liver_scope();
  Result<Expression> result = check_guard(parsed(text), scope);
  if (!result.ok()) FAIL(text << "\n" << to_text(result.faults()));
  return std::move(*result);
}

// Values as a person writes them: "ALT = 120, AST = 20". Limits 40 U/L and 1 mg/dL; the rest
// unknown.
struct Facts {
  std::vector<Symbol> scope = liver_scope();
  std::vector<double> values = std::vector<double>(scope.size(), kUnknown);

  Facts() {
    set("ALT.ULN", 40);
    set("AST.ULN", 40);
    set("BILI.ULN", 1);
  }
  Facts& set(const std::string& name, double value) {
    for (std::size_t i = 0; i < scope.size(); ++i) {
      if (scope[i].name == name) values[i] = scope[i].unit.to_canonical(value);
    }
    return *this;
  }
};

std::string verdict(const std::string& text, const Facts& facts) {
  const Expression tree = guard(text);
  const double lowered = value_of(*tree, facts.scope, facts.values);
  const double explained = explain(*tree, facts.scope, facts.values).verdict;
  CHECK(truth(lowered) == truth(explained));
  return truth(lowered);
}

TEST_CASE("the checked guard keeps the person's spelling; max and min become or and and") {
  struct Row {
    std::string text;
    std::string expected;
  };
  const Row rows[] = {
      {"max(ALT, AST) >= 3 ULN", "ALT >= 3 ULN or AST >= 3 ULN"},
      {"max(ALT, AST) < 3 ULN", "ALT < 3 ULN and AST < 3 ULN"},
      {"min(ALT, AST) >= 3 ULN", "ALT >= 3 ULN and AST >= 3 ULN"},
      {"min(ALT, AST) <= 3 ULN", "ALT <= 3 ULN or AST <= 3 ULN"},
      {"3 ULN <= max(ALT, AST)", "3 ULN <= ALT or 3 ULN <= AST"},
      {"3 ULN > max(ALT, AST)", "3 ULN > ALT and 3 ULN > AST"},
      {"3 ULN < min(ALT, AST)", "3 ULN < ALT and 3 ULN < AST"},
      {"max(ALT, min(AST, BILI)) > 2 ULN", "ALT > 2 ULN or AST > 2 ULN and BILI > 2 ULN"},
      {"not max(ALT, AST) >= 3 ULN", "not (ALT >= 3 ULN or AST >= 3 ULN)"},
      {"max(ALT, AST) == 3 ULN", "max(ALT, AST) == 3 ULN"},
      {"max(ALT, AST) / 2 >= 3 ULN", "max(ALT, AST) / 2 >= 3 ULN"},
      {"ALT / ALT.baseline >= 2", "ALT / ALT.baseline >= 2"},
      {"ALT >= 120 U/L and confirmed", "ALT >= 120 U/L and confirmed"},
      {"ALT - ALT.baseline >= 1 ULN", "ALT - ALT.baseline >= 1 ULN"},
      {"(if (max(ALT, AST) > 2 ULN) ALT else AST) >= 3 ULN",
       "(if (ALT > 2 ULN or AST > 2 ULN) ALT else AST) >= 3 ULN"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(to_text(*guard(row.text)) == row.expected);
  }
}

TEST_CASE("an analyte beside ULN is read as a multiple of its own limit") {
  const Expression tree = guard("ALT >= 3 ULN");
  const Node& quotient = *tree->arguments[0];
  CHECK(quotient.op == Op::kDivide);
  CHECK(quotient.arguments[0]->name == "ALT");
  CHECK(quotient.arguments[1]->name == "ALT.ULN");
  CHECK(tree->arguments[1]->number == 3);
  CHECK(guard("ALT >= 120 U/L")->arguments[0]->op == Op::kName);
}

TEST_CASE("below, at and above a threshold, missing, and the limit missing") {
  const auto alt = [](double value) { return Facts().set("ALT", value); };
  CHECK(verdict("ALT >= 3 ULN", alt(119.9)) == "false");
  CHECK(verdict("ALT >= 3 ULN", alt(120)) == "true");
  CHECK(verdict("ALT >= 3 ULN", alt(120.1)) == "true");
  CHECK(verdict("ALT > 3 ULN", alt(120)) == "false");
  CHECK(verdict("ALT <= 3 ULN", alt(120)) == "true");
  CHECK(verdict("ALT < 3 ULN", alt(120)) == "false");
  CHECK(verdict("3 ULN <= ALT", alt(120)) == "true");
  CHECK(verdict("3 ULN > ALT", alt(120)) == "false");
  CHECK(verdict("ALT >= 120 U/L", alt(120)) == "true");
  CHECK(verdict("ALT >= 3 ULN", Facts()) == "unknown");
  CHECK(verdict("ALT >= 3 ULN", alt(120).set("ALT.ULN", kUnknown)) == "unknown");
}

TEST_CASE("a tie at a multiple of any limit counts as reached") {
  const Expression reached = guard("ALT >= 3 ULN");
  const Expression below = guard("ALT < 3 ULN");
  const Expression over = guard("3 ULN < ALT");
  int rounded = 0;
  for (int i = 1; i <= 2000; ++i) {
    Facts facts;
    facts.set("ALT.ULN", 0.037 * i).set("ALT", 3 * (0.037 * i));
    rounded += facts.values[0] / facts.values[1] < 3 ? 1 : 0;
    CHECK(value_of(*reached, facts.scope, facts.values) == 1);
    CHECK(value_of(*below, facts.scope, facts.values) == 0);
    CHECK(value_of(*over, facts.scope, facts.values) == 0);
  }
  CHECK(rounded > 0);  // else this test shows nothing
}

TEST_CASE("one known reading that decides is enough") {
  const auto readings = [](double alt, double ast) {
    return Facts().set("ALT", alt).set("AST", ast);
  };
  CHECK(verdict("max(ALT, AST) >= 3 ULN", readings(130, kUnknown)) == "true");
  CHECK(verdict("max(ALT, AST) >= 3 ULN", readings(kUnknown, 130)) == "true");
  CHECK(verdict("max(ALT, AST) >= 3 ULN", readings(20, kUnknown)) == "unknown");
  CHECK(verdict("max(ALT, AST) >= 3 ULN", readings(20, 30)) == "false");
  CHECK(verdict("max(ALT, AST) < 3 ULN", readings(130, kUnknown)) == "false");
  CHECK(verdict("max(ALT, AST) < 3 ULN", readings(20, kUnknown)) == "unknown");
  CHECK(verdict("min(ALT, AST) >= 3 ULN", readings(20, kUnknown)) == "false");
  CHECK(verdict("max(ALT, AST) >= 3 ULN and max(ALT, AST) < 5 ULN", readings(130, 20)) == "true");
}

TEST_CASE("a faulty guard says what is wrong with it") {
  struct Row {
    std::string text;
    std::string message;
  };
  const Row rows[] = {
      {"LDL >= 3 ULN", "LDL has no upper limit of normal; names that have one: ALT, AST, BILI"},
      {"max(ALT, LDL) >= 3 ULN", "LDL has no upper limit of normal"},
      {"ALT >= 3", "cannot compare ALT [U/L] and 3 [1]"},
      {"ALT >= 3", "write '3 U/L' or '3 ULN'"},
      {"state.age < 7", "write '7 d'"},
      {"ALT >= 3 mg/dL", "cannot compare ALT [U/L] and 3 mg/dL"},
      {"ALT >= 3 * ULN", "a multiple of the limit is written '3 ULN'"},
      {"ALT + 3 U/L >= 3 ULN", "cannot add ALT [ULN] and 3 U/L"},
      {"ALT", "a guard needs true or false, found the number ALT [U/L]"},
      {"ALT and confirmed", "'and' needs true or false, found the number ALT [U/L]"},
      {"confirmed >= 3", "a comparison needs a number, found confirmed"},
      {"confirmd", "did you mean 'confirmed'?"},
      {"known(3 ULN)", "3 ULN has no meaning here"},
      {"state.age >= 7", "cannot compare state.age [d] and 7 [1]"},
  };
  const std::vector<Symbol> scope = liver_scope();
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::string faults = faults_of(check_guard(parsed(row.text), scope));
    CHECK_MESSAGE(faults.find(row.message) != std::string::npos, faults);
  }
}

TEST_CASE("a comparison that falls into too many parts is refused, quickly") {
  std::string many = "ALT";
  for (int i = 0; i < 8; ++i) many += ", ALT";
  const std::vector<Symbol> scope = liver_scope();
  const std::string text = "max(" + many + ") >= min(" + many + ")";
  CHECK(faults_of(check_guard(parsed(text), scope)).find("falls into 81 parts") !=
        std::string::npos);
  std::string nested = "ALT";
  for (int i = 0; i < 8; ++i) {
    nested = "(if (max(" + nested + ", AST, AST) > min(ALT, AST, AST)) ALT else AST)";
  }
  CHECK(faults_of(check_guard(parsed(nested + " > AST"), scope)).find("parts") !=
        std::string::npos);
}

TEST_CASE("an analyte whose limit is not among the names is refused") {
  const std::vector<Symbol> scope = {testing::analyte("ALT", "U/L")};
  CHECK(faults_of(check_guard(parsed("ALT > 3 ULN"), scope)).find("expected a name 'ALT.ULN'") !=
        std::string::npos);
}

TEST_CASE("an explanation shows each comparison, once, with what it saw") {
  Facts facts;
  facts.set("ALT", 131).set("ALT.ULN", 41).set("confirmed", 0).set("state.age", 3);
  const Expression tree = guard(
      "max(ALT, AST) >= 3 ULN and not confirmed and state.age < 7 d and max(ALT, AST) >= 3 ULN "
      "and known(BILI)");
  const Explanation explanation = explain(*tree, facts.scope, facts.values);
  CHECK(truth(explanation.verdict) == "false");
  REQUIRE(explanation.seen.size() == 5);
  CHECK(explanation.seen[0].text == "ALT >= 3 ULN");
  CHECK(explanation.seen[0].values == "ALT = 131 U/L = 3.2 x ULN (41 U/L)");
  CHECK(truth(explanation.seen[0].verdict) == "true");
  CHECK(explanation.seen[1].text == "AST >= 3 ULN");
  CHECK(explanation.seen[1].values == "AST is unknown");
  CHECK(truth(explanation.seen[1].verdict) == "unknown");
  CHECK(explanation.seen[2].values == "confirmed is false");
  CHECK(explanation.seen[3].values == "state.age = 3 d");
  CHECK(explanation.seen[4].text == "known(BILI)");
  CHECK(explanation.seen[4].values == "BILI is unknown");
}

TEST_CASE("a multiple just below its threshold is not shown as the threshold") {
  Facts facts;
  facts.set("ALT", 119.99);
  const Explanation explanation = explain(*guard("ALT >= 3 ULN"), facts.scope, facts.values);
  CHECK(truth(explanation.verdict) == "false");
  CHECK(explanation.seen[0].values == "ALT = 119.99 U/L = 2.9998 x ULN (40 U/L)");
  facts.set("ALT", 120);
  CHECK(explain(*guard("ALT >= 3 ULN"), facts.scope, facts.values).seen[0].values ==
        "ALT = 120 U/L = 3 x ULN (40 U/L)");
}

}  // namespace
}  // namespace dosewright::lang
