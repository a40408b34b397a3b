#include "dosewright/draw/words.hpp"

#include <fmt/format.h>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::draw {
namespace {

using lang::Node;
using lang::Op;
using protocol::Protocol;

bool ends(const std::string& name, const std::string& suffix, std::string& stem) {
  if (!name.ends_with(suffix)) return false;
  stem = name.substr(0, name.size() - suffix.size());
  return true;
}

class Words {
 public:
  explicit Words(const Protocol& protocol) : protocol_(protocol) {}

  std::string of(const Node& node) const {
    switch (node.op) {
      case Op::kAnd:
      case Op::kOr:
        return joined(node);
      case Op::kNot:
        return negated(*node.arguments[0]);
      case Op::kKnown:
        return value(*node.arguments[0]) + " known";
      case Op::kName:
        return truth(node.name, true);
      default:
        return is_comparison(node.op) ? comparison(node) : lang::to_text(node);
    }
  }

 private:
  static bool is_comparison(Op op) { return op >= Op::kLess && op <= Op::kNotEqual; }

  std::string joined(const Node& node) const {
    const char* word = node.op == Op::kAnd ? " and " : " or ";
    std::vector<std::string> parts;
    for (const lang::Expression& inner : node.arguments) {
      const bool other = inner->op != node.op && (inner->op == Op::kAnd || inner->op == Op::kOr);
      parts.push_back(other ? "(" + of(*inner) + ")" : of(*inner));
    }
    return join(parts, word);
  }

  std::string negated(const Node& node) const {
    if (node.op == Op::kName) return truth(node.name, false);
    if (node.op == Op::kKnown) return value(*node.arguments[0]) + " not known";
    const bool both = node.op == Op::kAnd || node.op == Op::kOr;
    return both ? "not (" + of(node) + ")" : "not " + of(node);
  }

  // sign.S, X.new
  std::string truth(const std::string& name, bool present) const {
    std::string stem;
    if (ends(name, ".new", stem)) return stem + (present ? " read anew" : " not read anew");
    const std::string sign = name.starts_with("sign.") ? name.substr(5) : name;
    const int index = protocol_.vocabulary.sign(sign);
    const std::string title =
        index < 0 ? sign : protocol_.signs[static_cast<std::size_t>(index)].title;
    // The list behind a colon is for the hover text.
    return (present ? "" : "no ") + title.substr(0, title.find(':'));
  }

  std::string value(const Node& node) const {
    if (node.op == Op::kName) return name(node.name);
    if (node.op == Op::kMax || node.op == Op::kMin) {
      std::vector<std::string> parts;
      for (const lang::Expression& inner : node.arguments) parts.push_back(value(*inner));
      return join(parts, ", ");
    }
    return lang::to_text(node);
  }

  static std::string name(const std::string& name) {
    std::string stem;
    if (name == "state.age") return "time in this state";
    if (name == "treatment.age") return "time on treatment";
    if (name == "dose.age") return "time since the last dose";
    if (name == "dose.count") return "number of doses";
    if (name == "dose.amount") return "last dose";
    if (ends(name, ".previous.age", stem)) return "age of the " + stem + " before";
    if (ends(name, ".state_age", stem)) return "time in this state at the last " + stem;
    if (ends(name, ".previous", stem)) return "the " + stem + " before";
    if (ends(name, ".baseline", stem)) return "baseline " + stem;
    if (ends(name, ".age", stem)) return "age of " + stem;
    if (ends(name, ".gap", stem)) return "time between the last two " + stem;
    if (ends(name, ".last", stem)) return "last " + stem;
    return name;
  }

  static const char* relation(Op op) {
    switch (op) {
      case Op::kLess:
        return "below";
      case Op::kLessEqual:
        return "at most";
      case Op::kGreater:
        return "above";
      case Op::kGreaterEqual:
        return "at least";
      case Op::kEqual:
        return "equal to";
      default:
        return "other than";
    }
  }

  // max(A, B) >= x is "A or B at least x"; max(A, B) < x is "A and B below x".
  std::string comparison(const Node& node) const {
    const Node &left = *node.arguments[0], &right = *node.arguments[1];
    const bool choice = left.op == Op::kMax || left.op == Op::kMin;
    if (!choice) return value(left) + " " + relation(node.op) + " " + value(right);
    const bool wants_large = node.op == Op::kGreater || node.op == Op::kGreaterEqual;
    const bool any = wants_large == (left.op == Op::kMax);
    std::vector<std::string> parts;
    for (const lang::Expression& inner : left.arguments) parts.push_back(value(*inner));
    return join(parts, any ? " or " : " and ") + " " + relation(node.op) + " " + value(right);
  }

  const Protocol& protocol_;
};

}  // namespace

std::string guard_in_words(const protocol::Transition& rule, const Protocol& protocol) {
  const auto parsed = lang::parse_expression(rule.when, rule.place);
  DW_CHECK(parsed.ok(), "a compiled guard parses: " + rule.when);
  return Words(protocol).of(**parsed);
}

}  // namespace dosewright::draw
