#include "dosewright/lang/infer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/kernel.hpp"

namespace dosewright::lang {
namespace {

constexpr int kLargestExponent = 16;  // of a dimension; beyond it sits a slip, or malice

std::string unit_code(const Dimension& dimension) {
  if (dimension.dimensionless()) return "1";
  const std::string text = to_text(dimension);
  const std::size_t begin = text.rfind('(');
  return text.substr(begin + 1, text.size() - begin - 2);
}

Kind number_of(const Dimension& dimension) {
  Kind kind;
  kind.dimension = dimension;
  return kind;
}

Kind boolean() {
  Kind kind;
  kind.type = Type::kBoolean;
  return kind;
}

Kind bad() {
  Kind kind;
  kind.bad = true;
  return kind;
}

bool fit(const Kind& a, const Kind& b) {
  return a.any || b.any || a.bad || b.bad || a.dimension == b.dimension;
}

// The value of an operation whose operands are all literal.
std::optional<double> fold(const Node& node, std::span<const Kind> kinds) {
  double value[3] = {};
  if (kinds.size() > 3 || kinds.empty()) return std::nullopt;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (!kinds[i].literal) return std::nullopt;
    value[i] = *kinds[i].literal;
  }
  return apply(node.op, value[0], value[1], value[2]);
}

const char* verb(Op op) {
  switch (op) {
    case Op::kAdd:
      return "add";
    case Op::kSubtract:
      return "subtract";
    case Op::kMin:
    case Op::kMax:
      return "choose between";
    default:
      return "compare";
  }
}

}  // namespace

Unit canonical_unit(const Dimension& dimension) {
  return {unit_code(dimension), 1, dimension};
}

bool is_comparison(Op op) {
  return op >= Op::kLess && op <= Op::kNotEqual;
}

bool is_limit(const Node& node) {
  return node.op == Op::kNumber &&
         node.unit.dimension.exponent[static_cast<std::size_t>(BaseDimension::kUln)] != 0;
}

bool has_limit(const Node& node) {
  if (is_limit(node)) return true;
  return std::any_of(node.arguments.begin(), node.arguments.end(), [](const Expression& inner) {
    return !is_comparison(inner->op) && has_limit(*inner);
  });
}

// ---- scope -------------------------------------------------------------------------------------

Scope::Entry* Scope::add(Symbol symbol) {
  std::string name = symbol.name;
  const auto [it, added] = entries_.try_emplace(name, Entry{std::move(symbol)});
  if (!added) return nullptr;
  names_.push_back(std::move(name));
  return &it->second;
}

Scope::Entry* Scope::find(std::string_view name) {
  const auto it = entries_.find(std::string(name));
  return it == entries_.end() ? nullptr : &it->second;
}

const Scope::Entry* Scope::find(std::string_view name) const {
  const auto it = entries_.find(std::string(name));
  return it == entries_.end() ? nullptr : &it->second;
}

std::string Scope::nearest(std::string_view name) {
  if (name == "ULN") return "a multiple of the limit is written '3 ULN'";
  if (searches_left_ == 0) return {};
  --searches_left_;
  const std::string nearest = nearest_name(name, names_);
  if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
  if (names_.empty() || names_.size() > 20) return {};
  return "known names: " + join(names_, ", ");
}

std::string Scope::analytes() const {
  std::vector<std::string> with_limit;
  for (const std::string& name : names_) {
    if (!find(name)->symbol.uln.empty() && name.find('.') == std::string::npos) {
      with_limit.push_back(name);
    }
  }
  return join(with_limit, ", ");
}

// ---- messages ----------------------------------------------------------------------------------

Kind Inference::fault(const Node& node, std::string message, std::string hint) {
  constexpr std::size_t kMostFaults = 1000;
  if (faults_.size() < kMostFaults) {
    faults_.add(fault_at(node, std::move(message), std::move(hint)));
  }
  return bad();
}

// "CL [L/h]": a name in its own unit, the rest in canonical ones.
std::string Inference::describe(const Node& node, const Kind& kind) const {
  if (kind.type == Type::kBoolean) return fmt::format("{} (true or false)", shown(node));
  std::string code = unit_code(kind.dimension);
  if (node.op == Op::kNumber) return code == "1" ? shown(node) + " [1]" : shown(node);
  const Scope::Entry* entry = node.op == Op::kName ? scope_.find(node.name) : nullptr;
  if (entry != nullptr && entry->symbol.unit.dimension == kind.dimension) {
    code = entry->symbol.unit.code;
  }
  return fmt::format("{} [{}]", shown(node), code);
}

// Beside a multiple of ULN, the first name that has no limit is what went wrong.
std::string Inference::limit_hint(const Node& node) const {
  if (node.op == Op::kName) {
    const Scope::Entry* entry = scope_.find(node.name);
    if (entry == nullptr || !entry->symbol.uln.empty()) return {};
    const std::string analytes = scope_.analytes();
    const std::string known =
        analytes.empty() ? "no name here has one" : "names that have one: " + analytes;
    return fmt::format("{} has no upper limit of normal; {}", node.name, known);
  }
  for (const Expression& inner : node.arguments) {
    std::string hint = limit_hint(*inner);
    if (!hint.empty()) return hint;
  }
  return {};
}

// "ALT >= 3" most likely forgot a unit.
std::string Inference::bare_number_hint(const Node& node) const {
  const Node* number = nullptr;
  const Scope::Entry* beside = nullptr;
  for (const Expression& argument : node.arguments) {
    if (argument->op == Op::kNumber && argument->unit.code == "1") number = argument.get();
    if (argument->op == Op::kName) beside = scope_.find(argument->name);
  }
  if (number == nullptr || beside == nullptr) return {};
  const std::string text = shown(*number);
  const std::string limit = beside->symbol.uln.empty() || limits_ == Limits::kForbidden
                                ? std::string()
                                : fmt::format(" or '{} ULN'", text);
  return fmt::format("write '{} {}'{}", text, beside->symbol.unit.code, limit);
}

Kind Inference::differ(const Node& node, const std::string& action, const Kind& a, const Kind& b) {
  std::string hint;
  if (multiples_) hint = limit_hint(node);
  if (hint.empty()) hint = bare_number_hint(node);
  return fault(node,
               fmt::format("cannot {}: {} and {} differ", action, to_text(a.dimension),
                           to_text(b.dimension)),
               std::move(hint));
}

bool Inference::expect_number(const Node& node, const Kind& kind, const std::string& why) {
  if (kind.bad || kind.type == Type::kNumber) return true;
  fault(node, fmt::format("{} needs a number, found {} which is true or false", why, shown(node)),
        "write 'if (condition) value else value' to make a number of it");
  return false;
}

bool Inference::expect_boolean(const Node& node, const Kind& kind, const std::string& why) {
  if (kind.bad || kind.type == Type::kBoolean) return true;
  fault(node, fmt::format("{} needs true or false, found the number {}", why, describe(node, kind)),
        "compare it: 'x > 0'");
  return false;
}

bool Inference::expect_dimension(const Node& node, const Kind& kind, const Dimension& wanted,
                                 const std::string& what) {
  if (!expect_number(node, kind, what)) return false;
  if (kind.bad || kind.any || kind.dimension == wanted) return true;
  fault(node, fmt::format("{} must be {}, found {}: {}", what, to_text(wanted),
                          describe(node, kind), to_text(kind.dimension)));
  return false;
}

// ---- rules -------------------------------------------------------------------------------------

Kind Inference::infer(const Node& node) {
  switch (node.op) {
    case Op::kNumber:
      return infer_number(node);
    case Op::kName:
      return infer_name(node);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMin:
    case Op::kMax:
      return infer_sum(node);
    case Op::kMultiply:
    case Op::kDivide:
      return infer_product(node);
    case Op::kPower:
      return infer_power(node);
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
      return infer_logic(node);
    case Op::kIf:
      return infer_if(node);
    case Op::kNegate:
    case Op::kExp:
    case Op::kLog:
    case Op::kSqrt:
    case Op::kAbs:
    case Op::kKnown:
      return infer_function(node);
    default:
      return infer_comparison(node);
  }
}

Kind Inference::infer_number(const Node& node) {
  if (is_limit(node) && (limits_ == Limits::kForbidden || !multiples_)) {
    return fault(node, fmt::format("{} has no meaning here", shown(node)),
                 limits_ == Limits::kForbidden
                     ? "a limit of normal belongs to one reading of one patient: only guards of "
                       "a protocol know it; write the value with its unit, as in '120 U/L'"
                     : "compare an analyte with it: 'ALT >= 3 ULN'");
  }
  Kind kind = number_of(node.unit.dimension);
  kind.any = node.number == 0 && node.unit.code == "1";
  kind.literal = node.number;
  return kind;
}

Kind Inference::infer_name(const Node& node) {
  Scope::Entry* entry = scope_.find(node.name);
  if (entry == nullptr) {
    return fault(node, fmt::format("unknown name '{}'", shown_text(node.name, 60)),
                 scope_.nearest(node.name));
  }
  entry->used = true;
  if (entry->bad) return bad();
  const Symbol& symbol = entry->symbol;
  if (symbol.type == Type::kBoolean) return boolean();
  if (!multiples_ || symbol.uln.empty()) return number_of(symbol.unit.dimension);
  Scope::Entry* limit = scope_.find(symbol.uln);
  if (limit == nullptr) {
    return fault(node, fmt::format("the limit of normal of '{}' is not given: expected a name '{}'",
                                   node.name, symbol.uln));
  }
  limit->used = true;
  return number_of(limit_unit().dimension);
}

Kind Inference::infer_sum(const Node& node) {
  const std::string why = fmt::format("to {}", verb(node.op));
  std::vector<Kind> kinds;
  bool good = true;
  for (const Expression& argument : node.arguments) {
    kinds.push_back(infer(*argument));
    good = expect_number(*argument, kinds.back(), why) && good && !kinds.back().bad;
  }
  if (!good) return bad();
  std::size_t lead = 0;  // the first that is no bare 0 says what the others must be
  while (lead + 1 < kinds.size() && kinds[lead].any) ++lead;
  for (std::size_t i = lead + 1; i < kinds.size(); ++i) {
    if (fit(kinds[lead], kinds[i])) continue;
    return differ(
        node,
        fmt::format("{} {} and {}", verb(node.op), describe(*node.arguments[lead], kinds[lead]),
                    describe(*node.arguments[i], kinds[i])),
        kinds[lead], kinds[i]);
  }
  Kind sum = number_of(kinds[lead].dimension);
  sum.any = kinds[lead].any;
  if (kinds.size() == 2) sum.literal = fold(node, kinds);
  return sum;
}

Kind Inference::bounded(const Node& node, Kind kind) {
  for (const std::int8_t exponent : kind.dimension.exponent) {
    if (std::abs(exponent) <= kLargestExponent) continue;
    return fault(node, fmt::format("{} has a dimension with an exponent beyond {}", shown(node),
                                   kLargestExponent));
  }
  return kind;
}

Kind Inference::infer_product(const Node& node) {
  const std::string why = node.op == Op::kDivide ? "to divide" : "to multiply";
  const Kind kinds[] = {infer(*node.arguments[0]), infer(*node.arguments[1])};
  bool good = expect_number(*node.arguments[0], kinds[0], why);
  good = expect_number(*node.arguments[1], kinds[1], why) && good;
  const bool by_zero = node.op == Op::kDivide && kinds[1].literal && *kinds[1].literal == 0;
  if (by_zero) return fault(node, fmt::format("division by zero: {}", shown(node)));
  if (!good || kinds[0].bad || kinds[1].bad) return bad();
  Kind product = number_of(node.op == Op::kDivide ? kinds[0].dimension / kinds[1].dimension
                                                  : kinds[0].dimension * kinds[1].dimension);
  product.literal = fold(node, kinds);
  return bounded(node, product);
}

Kind Inference::infer_power(const Node& node) {
  const Node& base_node = *node.arguments[0];
  const Node& exponent_node = *node.arguments[1];
  const Kind kinds[] = {infer(base_node), infer(exponent_node)};
  bool good = expect_number(base_node, kinds[0], "a power");
  good = expect_dimension(exponent_node, kinds[1], Dimension{}, "the exponent of a power") && good;
  if (!good || kinds[0].bad || kinds[1].bad) return bad();
  const Kind& base = kinds[0];
  const std::optional<double>& exponent = kinds[1].literal;
  Kind result;
  result.literal = fold(node, kinds);
  if (base.dimension.dimensionless()) return result;
  const bool integer = exponent && *exponent == std::floor(*exponent);
  if (!integer || std::abs(*exponent) > kLargestExponent) {
    return fault(node,
                 fmt::format("the power of {} needs a literal whole exponent of at most {}",
                             describe(base_node, base), kLargestExponent),
                 "divide by a reference value first: '(WT / 70 kg) ^ 0.75'");
  }
  result.dimension = base.dimension.power(static_cast<int>(*exponent));
  return bounded(node, result);
}

Kind Inference::infer_root(const Node& node, const Kind& inner) {
  Kind root = number_of({});
  for (std::size_t i = 0; i < root.dimension.exponent.size(); ++i) {
    const std::int8_t exponent = inner.dimension.exponent[i];
    if (exponent % 2 != 0) {
      return fault(node,
                   fmt::format("the square root of {}: {} has no square root",
                               describe(*node.arguments[0], inner), to_text(inner.dimension)));
    }
    root.dimension.exponent[i] = static_cast<std::int8_t>(exponent / 2);
  }
  root.any = inner.any;
  return root;
}

Kind Inference::infer_function(const Node& node) {
  const Node& argument = *node.arguments[0];
  const bool outer = std::exchange(multiples_, node.op == Op::kKnown ? false : multiples_);
  const Kind inner = infer(argument);
  multiples_ = outer;
  if (inner.bad) return bad();
  if (node.op == Op::kKnown) return boolean();
  if (!expect_number(argument, inner, node.op == Op::kNegate ? "a minus sign" : "a function")) {
    return bad();
  }
  Kind kind;
  if (node.op == Op::kSqrt) kind = infer_root(node, inner);
  if (node.op == Op::kNegate || node.op == Op::kAbs) kind = inner;
  if (node.op == Op::kExp || node.op == Op::kLog) {
    if (!inner.any && !inner.dimension.dimensionless()) {
      return fault(
          node,
          fmt::format("{} needs a plain number, found {}: {}", node.op == Op::kExp ? "exp" : "log",
                      describe(argument, inner), to_text(inner.dimension)),
          "divide by a reference value first: 'log(CP / 1 mg/L)'");
    }
  }
  if (!kind.bad) kind.literal = fold(node, std::span(&inner, 1));
  return kind;
}

Kind Inference::infer_comparison(const Node& node) {
  const bool outer =
      std::exchange(multiples_, has_limit(*node.arguments[0]) || has_limit(*node.arguments[1]));
  const Kind a = infer(*node.arguments[0]);
  const Kind b = infer(*node.arguments[1]);
  bool good = expect_number(*node.arguments[0], a, "a comparison");
  good = expect_number(*node.arguments[1], b, "a comparison") && good;
  Kind kind = boolean();
  if (!good || a.bad || b.bad) {
    kind = bad();
  } else if (!fit(a, b)) {
    kind = differ(node,
                  fmt::format("compare {} and {}", describe(*node.arguments[0], a),
                              describe(*node.arguments[1], b)),
                  a, b);
  }
  multiples_ = outer;
  return kind;
}

Kind Inference::infer_logic(const Node& node) {
  const char* why = node.op == Op::kNot ? "'not'" : node.op == Op::kAnd ? "'and'" : "'or'";
  bool good = true;
  for (const Expression& argument : node.arguments) {
    const Kind kind = infer(*argument);
    good = expect_boolean(*argument, kind, why) && good && !kind.bad;
  }
  return good ? boolean() : bad();
}

Kind Inference::infer_if(const Node& node) {
  const bool outer = std::exchange(multiples_, false);
  const Kind condition = infer(*node.arguments[0]);
  multiples_ = outer;
  const Kind a = infer(*node.arguments[1]);
  const Kind b = infer(*node.arguments[2]);
  const bool good = expect_boolean(*node.arguments[0], condition, "the condition of 'if'");
  if (!good || condition.bad || a.bad || b.bad) return bad();
  if (a.type != b.type) {
    return fault(node,
                 fmt::format("the two values of 'if' differ: {} and {}",
                             describe(*node.arguments[1], a), describe(*node.arguments[2], b)));
  }
  if (a.type == Type::kBoolean) return boolean();
  if (!fit(a, b)) {
    return differ(node,
                  fmt::format("choose between {} and {}", describe(*node.arguments[1], a),
                              describe(*node.arguments[2], b)),
                  a, b);
  }
  Kind kind = number_of(a.any ? b.dimension : a.dimension);
  kind.any = a.any && b.any;
  return kind;
}

}  // namespace dosewright::lang
