#include <rapidcheck.h>

#include <ctime>

#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::faults_of;
using testing::parsed;

std::string spelled(const std::string& text) {
  return to_text(*parsed(text));
}

struct ParseRow {
  std::string text;
  std::string expected;
};

TEST_CASE("precedence and spelling: one row, one rule") {
  const ParseRow rows[] = {
      {"a+b*c", "a + b * c"},
      {"(a+b)*c", "(a + b) * c"},
      {"a-(b-c)", "a - (b - c)"},
      {"(a-b)-c", "a - b - c"},
      {"a/(b*c)/d", "a / (b * c) / d"},
      {"-a^2", "-a ^ 2"},
      {"(-a)^2", "(-a) ^ 2"},
      {"a^b^c", "a ^ b ^ c"},
      {"(a^b)^c", "(a ^ b) ^ c"},
      {"2^-x*3", "2 ^ (-x) * 3"},
      {"-a*b", "-a * b"},
      {"a*-b", "a * -b"},
      {"- - a", "--a"},
      {"pow(a,b)", "a ^ b"},
      {"not a and b or c", "not a and b or c"},
      {"not (a and b)", "not (a and b)"},
      {"a and (b or c)", "a and (b or c)"},
      {"not a<b", "not a < b"},
      {"not not a", "not not a"},
      {"a+1 < b*2 and c", "a + 1 < b * 2 and c"},
      {"if (a) b else c+1", "if (a) b else c + 1"},
      {"(if (a) b else c)+1", "(if (a) b else c) + 1"},
      {"1 + if (a) b else c", "1 + (if (a) b else c)"},
      {"if (a) b else if (c) d else e", "if (a) b else if (c) d else e"},
      {"if (a) (if (b) c else d) else e", "if (a) (if (b) c else d) else e"},
      {"max( a,b , c )", "max(a, b, c)"},
      {"known(ALT.baseline)", "known(ALT.baseline)"},
      {"a\n + b # words\n", "a + b"},
      {"orange and notary", "orange and notary"},
  };
  for (const ParseRow& row : rows) {
    CAPTURE(row.text);
    CHECK(spelled(row.text) == row.expected);
  }
}

TEST_CASE("a unit or arithmetic: what follows a number") {
  const ParseRow rows[] = {
      {"3 ULN", "3 ULN"},
      {"3ULN", "3 ULN"},
      {"100 mg/dL", "100 mg/dL"},
      {"35%", "35 %"},
      {"35 %", "35 %"},
      {"150 10*9/L", "150 10*9/L"},
      {"0.5 /d", "0.5 /d"},
      {"0.5 / d", "0.5 / d"},
      {"2 1/h", "2 1/h"},
      {"1/kout", "1 / kout"},
      {"1 /kout", "1 / kout"},
      {"3 / x", "3 / x"},
      {"2 * CL/Vc", "2 * CL / Vc"},
      {"5 mg/2", "5 mg / 2"},
      {"5 mg / Vc", "5 mg / Vc"},
      {"7 d", "7 d"},
      {"1e3 ug/g", "1000 ug/g"},
      {"1.5 [iU]/L", "1.5 [iU]/L"},
      {"3 {reactions}", "3 {reactions}"},
      {"if (a) 3 else 4", "if (a) 3 else 4"},
      {"a > 3 and b", "a > 3 and b"},
      {"3e2", "300"},
  };
  for (const ParseRow& row : rows) {
    CAPTURE(row.text);
    CHECK(spelled(row.text) == row.expected);
  }
}

TEST_CASE("a literal is kept in canonical units") {
  CHECK(parsed("2 wk")->number == 336);
  CHECK(parsed("35 %")->number == 0.35);
  CHECK(parsed("100 mg/dL")->number == 1000);
  CHECK(parsed("2.5")->number == 2.5);
  CHECK(parsed("0.5 /d")->number == doctest::Approx(0.5 / 24));
}

TEST_CASE("a faulty expression says where, what, and the way out") {
  struct Bad {
    std::string text;
    std::string place;
    std::string message;
    std::string hint;
  };
  const Bad rows[] = {
      {"3 CL", "guard:1:3", "'CL' is not a known unit", "3 * CL"},
      {"ALT >= 3 UNL", "guard:1:10", "'UNL' is not a known unit", "did you mean 'ULN'?"},
      {"5 mg/Vc", "guard:1:3", "'Vc' is not a known unit", "5 mg / Vc"},
      {"3 \xC2\xB5g", "guard:1:3", "is not a known unit", "ug"},
      {"1 < x < 3", "guard:1:7", "comparisons do not chain", "1 < x and x < ..."},
      {"ln(3)", "guard:1:1", "unknown function 'ln'", "log(x)"},
      {"maxx(3, 4)", "guard:1:1", "unknown function 'maxx'", "did you mean 'max'?"},
      {"3 + d/dt(X)", "guard:1:7", "unknown function 'dt'", "left of '='"},
      {"max(3)", "guard:1:1", "max takes two or more arguments, found 1", ""},
      {"exp(1, 2)", "guard:1:1", "exp takes one argument, found 2", ""},
      {"pow(1)", "guard:1:1", "pow takes two arguments, found 1", ""},
      {"a ** 2", "guard:1:3", "found '**'", "x ^ y"},
      {"a && b", "guard:1:3", "found '&&'", "'and'"},
      {"a \xE2\x89\xA5 3", "guard:1:3", "expected an operator or the end", "'>='"},
      {"a = 3", "guard:1:3", "found '='", "'=='"},
      {"(a", "guard:1:3", "expected an operator or ')', found the end", "not closed"},
      {"a)", "guard:1:2", "expected an operator or the end, found ')'", ""},
      {"a +", "guard:1:4", "expected a name, a number, a function or '(', found the end", ""},
      {"", "guard:1:1", "found the end", ""},
      {"if (a) 3", "guard:1:9", "expected an operator or 'else'", "if (condition)"},
      {"if a 3", "guard:1:4", "expected '('", ""},
      {"1e999", "guard:1:1", "out of range", ""},
      {"1e308 kg", "guard:1:1", "out of range", ""},
      {"a b", "guard:1:3", "found 'b'", "x * y"},
      {"max", "guard:1:1", "expected a name", ""},
      {"a\n  + $", "guard:2:5", "found '$'", ""},
  };
  for (const Bad& row : rows) {
    CAPTURE(row.text);
    const Result<Expression> result = parse_expression(row.text, {"guard", 1, 1});
    REQUIRE_FALSE(result.ok());
    const Fault& fault = result.faults()[0];
    CHECK(to_text(fault.place) == row.place);
    CHECK_MESSAGE(fault.message.find(row.message) != std::string::npos, fault.message);
    CHECK_MESSAGE(fault.hint.find(row.hint) != std::string::npos, fault.hint);
    CHECK(fault.quote.find('^') != std::string::npos);
  }
}

TEST_CASE("places count from where the text stands in its file") {
  const Expression tree = parse_expression("a +\n b", {"label.toml", 41, 9}).value();
  CHECK(to_text(tree->arguments[0]->place) == "label.toml:41:9");
  CHECK(to_text(tree->arguments[1]->place) == "label.toml:42:2");
  CHECK(to_text(parse_expression("a", {"f", 0, 0}).value()->place) == "f");
}

TEST_CASE("statements: targets, units, comments, lines that go on") {
  const char* text =
      "# a model\n"
      "d/dt(DEPOT) [mg]  = -ka * DEPOT   # absorption\r\n"
      "\n"
      "CP [mg/L] = CENTRAL / (Vc   # plasma\n"
      "    + 1 L)                  # concentration\n"
      "RESP(0) = kin / kout\n"
      "d = 3\n";
  const std::vector<Statement> statements = parse_statements(text, "model.txt").value();
  REQUIRE(statements.size() == 4);
  CHECK(statements[0].kind == StatementKind::kDerivative);
  CHECK(statements[0].target == "DEPOT");
  CHECK(statements[0].declared->code == "mg");
  CHECK(statements[0].comment == "absorption");
  CHECK(statements[1].kind == StatementKind::kDefinition);
  CHECK(statements[1].declared->code == "mg/L");
  CHECK(to_text(*statements[1].value) == "CENTRAL / (Vc + 1 L)");
  CHECK(statements[1].comment == "plasma concentration");
  CHECK(to_text(statements[1].place) == "model.txt:4:1");
  CHECK(to_text(statements[1].value->arguments[1]->arguments[1]->place) == "model.txt:5:7");
  CHECK(statements[2].kind == StatementKind::kInitial);
  CHECK_FALSE(statements[2].declared);
  CHECK(statements[3].target == "d");
}

TEST_CASE("all faults of a text at once, each statement by itself") {
  const char* text =
      "a = (1 + 2\n"
      "b = 3 CL + 4 DL\n"
      "ok = 1\n"
      "c [mgg] = $\n"
      "i(1) = 3\n"
      "d/dt(X = 3\n"
      "g 4\n"
      "  + 5\n"
      "[mg] = 2\n"
      "and = 2\n";
  const Result<std::vector<Statement>> result = parse_statements(text, "m");
  REQUIRE_FALSE(result.ok());
  std::vector<std::string> places;
  for (const Fault& fault : result.faults()) places.push_back(to_text(fault.place));
  const std::vector<std::string> expected = {"m:1:11", "m:2:7", "m:2:14", "m:4:4",
                                             "m:4:11", "m:5:3", "m:6:8",  "m:7:3",
                                             "m:8:3",  "m:9:1", "m:10:1"};
  CHECK_MESSAGE(places == expected, to_text(result.faults()));
}

TEST_CASE("a caret stands below what is wrong") {
  const Result<std::vector<Statement>> result = parse_statements("# \xC2\xB5\na = 1 + + 2\n", "m");
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults()[0].quote == "a = 1 + + 2\n        ^");
}

// Processor time, so that a busy machine does not fail the test.
double seconds_for(const std::string& text) {
  const std::clock_t start = std::clock();
  const bool expression_ok = parse_expression(text, {"f", 1, 1}).ok();
  const bool statements_ok = parse_statements("x = " + text, "f").ok();
  CHECK_FALSE(expression_ok);
  CHECK_FALSE(statements_ok);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST_CASE("a megabyte of anything is a fault, soon, and without exhausting the stack") {
  const char* const pieces[] = {
      "(",    "-",       "not ",           "if (",  "a^",       "a+",  "a and ",
      "max(", "max(a, ", "if (a) b else ", "3 qq ", "1 < ",     "[",   "{",
      ",",    "#",       "((a)",           "9",     "\xC2\xB5", "3 [", "a."};
  for (const std::string piece : pieces) {
    CAPTURE(piece);
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    CHECK(seconds_for(text) < 4);  // generous: sanitizers run this too; natively it is 0.1 s
  }
}

TEST_CASE("bounds: nesting, height, nodes, statements, bytes") {
  const auto nested = [](int n) {
    return std::string(static_cast<std::size_t>(n), '(') + "a" +
           std::string(static_cast<std::size_t>(n), ')');
  };
  CHECK(parse_expression(nested(kMaxNesting), {}).ok());
  CHECK(faults_of(parse_expression(nested(kMaxNesting + 1), {})).find("nested deeper than 64") !=
        std::string::npos);
  std::string sum = "a";
  for (int i = 1; i < kMaxHeight; ++i) sum += " + a";
  CHECK(parse_expression(sum, {}).ok());
  CHECK_FALSE(parse_expression(sum + " + a", {}).ok());
  std::string lines;
  for (std::size_t i = 0; i < kMaxStatements; ++i) lines += "a = 1\n";
  CHECK(parse_statements(lines, "m").ok());
  CHECK_FALSE(parse_statements(lines + "a = 1\n", "m").ok());
  CHECK_FALSE(parse_statements(std::string(kMaxTextBytes + 1, ' '), "m").ok());
  CHECK(parse_statements(std::string(kMaxTextBytes, ' '), "m").ok());
  CHECK(parse_statements("", "m").value().empty());
  std::string many;
  for (int i = 0; i < 600; ++i)
    many += "a" + std::to_string(i) + " = b" + sum.substr(1, 800) + "\n";
  CHECK(faults_of(parse_statements(many, "m")).find("more than 100000") != std::string::npos);
}

TEST_CASE("too many faults: reading stops, and says so no more than it must") {
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "a = 3 qq\n";
  const Result<std::vector<Statement>> result = parse_statements(lines, "m");
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults().size() <= 1002);
}

TEST_CASE("what is written reads back as the same tree") {
  CHECK(rc::check("parse(to_text(e)) == e", [](const std::vector<std::uint32_t>& stream) {
    testing::TreeMaker maker(stream, false);
    const Expression tree = stream.size() % 2 == 0 ? maker.number(5) : maker.truth(5);
    const std::string text = to_text(*tree);
    const Result<Expression> again = parse_expression(text, {"f", 1, 1});
    RC_LOG() << text << "\n" << faults_of(again) << "\n";
    RC_ASSERT(again.ok());
    RC_ASSERT(same(*tree, **again));
    RC_ASSERT(same(*tree, *clone(*tree)));
  }));
}

}  // namespace
}  // namespace dosewright::lang
