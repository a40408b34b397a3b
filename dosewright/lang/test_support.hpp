// What the tests of the language share.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "dosewright/lang/check.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::lang::testing {

inline Expression parsed(const std::string& text) {
  Result<Expression> result = parse_expression(text, {"guard", 1, 1});
  if (!result.ok()) FAIL(text << "\n" << to_text(result.faults()));
  return std::move(*result);
}

template <class T>
std::string faults_of(const Result<T>& result) {
  return result.ok() ? std::string("no faults") : to_text(result.faults());
}

inline Symbol symbol(const std::string& name, const std::string& unit = "1") {
  Symbol made;
  made.name = name;
  made.unit = parse_unit(unit).value();
  return made;
}

inline Symbol constant(const std::string& name, const std::string& unit = "1") {
  Symbol made = symbol(name, unit);
  made.constant = true;
  return made;
}

inline Symbol analyte(const std::string& name, const std::string& unit) {
  Symbol made = symbol(name, unit);
  made.uln = name.substr(0, name.find('.')) + ".ULN";
  return made;
}

inline Symbol boolean(const std::string& name) {
  Symbol made = symbol(name);
  made.type = Type::kBoolean;
  return made;
}

// The scope of a liver protocol.
inline std::vector<Symbol> liver_scope() {
  return {analyte("ALT", "U/L"),       symbol("ALT.ULN", "U/L"), analyte("ALT.baseline", "U/L"),
          analyte("AST", "U/L"),       symbol("AST.ULN", "U/L"), analyte("BILI", "mg/dL"),
          symbol("BILI.ULN", "mg/dL"), symbol("LDL", "mg/dL"),   symbol("state.age", "d"),
          boolean("confirmed"),        boolean("sign.symptoms")};
}

// Lowers one expression and runs it once: prologue, then the rest.
inline double value_of(const Node& node, std::span<const Symbol> scope,
                       std::span<const double> values) {
  const Program program = lower({scope, {}, {&node}}).value();
  std::vector<double> registers(static_cast<std::size_t>(program.n_registers), kUnknown);
  for (std::size_t i = 0; i < values.size(); ++i) registers[i] = values[i];
  load(program, registers);
  run_prologue(program, registers);
  run(program, registers);
  return registers[program.outputs[0]];
}

inline bool same_value(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || a == b;
}

inline std::string truth(double verdict) {
  return is_unknown(verdict) ? "unknown" : verdict == 1 ? "true" : verdict == 0 ? "false" : "odd";
}

// Random trees from a stream of numbers, so that RapidCheck can shrink them.
class TreeMaker {
 public:
  TreeMaker(std::vector<std::uint32_t> stream, bool for_values)
      : stream_(std::move(stream)), for_values_(for_values) {}

  Expression number(int depth);
  Expression truth(int depth);

 private:
  std::uint32_t next(std::uint32_t below) {
    if (at_ == stream_.size()) return 0;
    return stream_[at_++] % below;
  }
  Expression literal();
  Expression name(const std::string& text);
  Expression node(Op op, std::vector<Expression> arguments);

  std::vector<std::uint32_t> stream_;
  bool for_values_;  // plain numbers and no powers, so that results can be compared exactly
  std::size_t at_ = 0;
};

inline Expression TreeMaker::node(Op op, std::vector<Expression> arguments) {
  auto made = std::make_unique<Node>();
  made->op = op;
  made->arguments = std::move(arguments);
  return made;
}

inline Expression TreeMaker::name(const std::string& text) {
  auto made = std::make_unique<Node>();
  made->op = Op::kName;
  made->name = text;
  return made;
}

inline Expression TreeMaker::literal() {
  static const char* const kUnits[] = {"1", "ULN", "mg/dL", "%", "/d", "1/h", "10*9/L", "wk"};
  static const double kPlain[] = {0, 1, 2, 3, 0.5};
  static const double kNumbers[] = {0, 1, 2.5, 1e-7, 1e12, 0.1, 33.333333333333336, 123456.789};
  auto made = std::make_unique<Node>();
  if (for_values_) {
    made->number = kPlain[next(5)];
    return made;
  }
  made->unit = parse_unit(kUnits[next(8)]).value();
  made->number = made->unit.to_canonical(kNumbers[next(8)]);
  return made;
}

inline Expression TreeMaker::number(int depth) {
  static const char* const kNames[] = {"x", "y", "z", "c"};
  static const Op kBinary[] = {Op::kAdd, Op::kSubtract, Op::kMultiply, Op::kDivide};
  static const Op kUnary[] = {Op::kNegate, Op::kExp, Op::kLog, Op::kSqrt, Op::kAbs};
  const std::uint32_t kind = depth <= 0 ? next(2) : next(9);
  std::vector<Expression> parts;
  if (kind == 0) return name(kNames[next(4)]);
  if (kind == 1) return literal();
  if (kind <= 4) {
    const Op op = kBinary[next(4)];
    parts.push_back(number(depth - 1));
    parts.push_back(number(depth - 1));
    return node(!for_values_ && next(5) == 0 ? Op::kPower : op, std::move(parts));
  }
  if (kind == 5) {
    parts.push_back(number(depth - 1));
    return node(kUnary[next(5)], std::move(parts));
  }
  if (kind == 6) {
    parts.push_back(truth(depth - 1));
    parts.push_back(number(depth - 1));
    parts.push_back(number(depth - 1));
    return node(Op::kIf, std::move(parts));
  }
  const std::uint32_t n = 2 + next(3);
  for (std::uint32_t i = 0; i < n; ++i) parts.push_back(number(depth - 1));
  return node(kind == 7 ? Op::kMin : Op::kMax, std::move(parts));
}

inline Expression TreeMaker::truth(int depth) {
  static const char* const kNames[] = {"p", "q"};
  static const Op kCompare[] = {Op::kLess,         Op::kLessEqual, Op::kGreater,
                                Op::kGreaterEqual, Op::kEqual,     Op::kNotEqual};
  const std::uint32_t kind = depth <= 0 ? 0 : next(7);
  std::vector<Expression> parts;
  if (kind == 0) return name(kNames[next(2)]);
  if (kind <= 2) {
    parts.push_back(number(depth - 1));
    parts.push_back(number(depth - 1));
    return node(kCompare[next(6)], std::move(parts));
  }
  if (kind == 3) {
    parts.push_back(truth(depth - 1));
    return node(Op::kNot, std::move(parts));
  }
  if (kind == 4) {
    parts.push_back(next(2) == 0 ? number(depth - 1) : truth(depth - 1));
    return node(Op::kKnown, std::move(parts));
  }
  parts.push_back(truth(depth - 1));
  parts.push_back(truth(depth - 1));
  return node(kind == 5 ? Op::kAnd : Op::kOr, std::move(parts));
}

// Four numbers, one of them constant, and two Booleans.
inline std::vector<Symbol> six_symbols() {
  return {symbol("x"), symbol("y"), symbol("z"), constant("c"), boolean("p"), boolean("q")};
}

}  // namespace dosewright::lang::testing
