// A guard evaluated over its tree, so that each comparison can say what it saw.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/infer.hpp"
#include "dosewright/lang/kernel.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::lang {
namespace {

int side_of(double value, double threshold) {
  if (std::fabs(value - threshold) <= std::fabs(threshold) * kTie) return 0;
  return value < threshold ? -1 : 1;
}

// Three digits, or as many as it takes not to show 2.999 as the 3 that was not reached.
std::string multiple_text(double multiple, const Node* threshold) {
  constexpr int kMostDigits = 15;
  int digits = 3;
  while (threshold != nullptr && digits < kMostDigits) {
    const std::string text = number_text(multiple, digits);
    const double shown = std::strtod(text.c_str(), nullptr);
    if (side_of(shown, threshold->number) == side_of(multiple, threshold->number)) break;
    ++digits;
  }
  return number_text(multiple, digits);
}

bool is_multiple(const Node& node) {
  return node.op == Op::kDivide && node.unit.code == "ULN";
}

class Explainer {
 public:
  Explainer(std::span<const Symbol> scope, std::span<const double> values)
      : scope_(scope), values_(values) {
    for (std::size_t i = 0; i < scope.size(); ++i) index_.emplace(scope[i].name, i);
  }

  Explanation explain(const Node& guard) {
    Explanation explanation;
    explanation.verdict = evaluate(guard, &explanation.seen);
    return explanation;
  }

 private:
  double evaluate(const Node& node, std::vector<Seen>* seen) {
    const double value = compute(node, seen);
    if (seen != nullptr && is_atom(node)) {
      Seen one{to_text(node), saw(node), value};
      const bool again = std::any_of(seen->begin(), seen->end(),
                                     [&](const Seen& other) { return other.text == one.text; });
      if (!again) seen->push_back(std::move(one));
    }
    return value;
  }

  bool is_atom(const Node& node) const {
    if (node.op == Op::kName) return symbol(node).type == Type::kBoolean;
    return is_comparison(node.op) || node.op == Op::kKnown;
  }

  double compute(const Node& node, std::vector<Seen>* seen) {
    if (node.op == Op::kNumber) return node.number;
    if (node.op == Op::kName) return value(node);
    if (node.op == Op::kKnown) seen = nullptr;  // what is inside it decides nothing by itself
    std::vector<double> inner;
    for (const Expression& argument : node.arguments) inner.push_back(evaluate(*argument, seen));
    if (is_threshold_on_quotient(node)) {
      const std::size_t literal = node.arguments[1]->op == Op::kNumber ? 1 : 0;
      inner[literal] = moved_threshold(node.op, literal == 1, inner[literal]);
    }
    if (node.op == Op::kIf) return apply(node.op, inner[0], inner[1], inner[2]);
    double chain = inner.size() == 1 ? apply(node.op, inner[0], inner[0], inner[0]) : inner[0];
    for (std::size_t i = 1; i < inner.size(); ++i) chain = apply(node.op, chain, inner[i], 0);
    return chain;
  }

  std::size_t index(const Node& name) const {
    const auto found = index_.find(name.name);
    DW_CHECK(found != index_.end(),
             "a checked guard names only what is in its scope: " + name.name);
    return found->second;
  }
  const Symbol& symbol(const Node& name) const { return scope_[index(name)]; }
  double value(const Node& name) const { return values_[index(name)]; }

  std::string saw(const Node& node) const {
    std::vector<std::string> parts;
    if (node.op == Op::kKnown) {
      const Node& inner = *node.arguments[0];
      if (inner.op != Op::kName)
        collect(inner, nullptr, parts);
      else if (std::isnan(value(inner)))
        add(parts, inner.name + " is unknown");
      else
        add(parts, inner.name + " is known");
      return join(parts, ", ");
    }
    if (node.op == Op::kName) {
      add(parts, name_text(node));
      return parts[0];
    }
    const bool literal_on_right = node.arguments[1]->op == Op::kNumber;
    const bool literal_on_left = node.arguments[0]->op == Op::kNumber;
    const Node* threshold = literal_on_right  ? node.arguments[1].get()
                            : literal_on_left ? node.arguments[0].get()
                                              : nullptr;
    for (const Expression& side : node.arguments) collect(*side, threshold, parts);
    return join(parts, ", ");
  }

  static void add(std::vector<std::string>& parts, std::string part) {
    if (std::find(parts.begin(), parts.end(), part) == parts.end())
      parts.push_back(std::move(part));
  }

  void collect(const Node& node, const Node* threshold, std::vector<std::string>& parts) const {
    if (is_multiple(node)) return add(parts, limit_text(node, threshold));
    if (node.op == Op::kName) return add(parts, name_text(node));
    for (const Expression& inner : node.arguments) collect(*inner, nullptr, parts);
  }

  std::string name_text(const Node& name) const {
    const double is = value(name);
    if (std::isnan(is)) return name.name + " is unknown";
    const Symbol& known = symbol(name);
    if (known.type == Type::kBoolean) return name.name + (is != 0 ? " is true" : " is false");
    return fmt::format("{} = {}", name.name, to_text(is, known.unit));
  }

  std::string limit_text(const Node& quotient, const Node* threshold) const {
    const Node& analyte = *quotient.arguments[0];
    const Node& limit = *quotient.arguments[1];
    std::string text = name_text(analyte);
    if (std::isnan(value(analyte))) return text;
    if (std::isnan(value(limit))) return text + ", " + limit.name + " is unknown";
    return fmt::format("{} = {} x ULN ({})", text,
                       multiple_text(value(analyte) / value(limit), threshold),
                       to_text(value(limit), symbol(analyte).unit));
  }

  std::span<const Symbol> scope_;
  std::span<const double> values_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace

Explanation explain(const Node& guard, std::span<const Symbol> scope,
                    std::span<const double> values) {
  return Explainer(scope, values).explain(guard);
}

}  // namespace dosewright::lang
