// max(a, b) >= x holds when a >= x or b >= x: exact for numbers, and better than the maximum where
// one of them is unknown, since one reading above the threshold decides. So a protocol that says
// "ALT or AST" does not wait for the laboratory's second number.
#include "dosewright/lang/rewrite.hpp"

#include <fmt/format.h>

#include <utility>

namespace dosewright::lang {
namespace {

constexpr std::size_t kMostParts = 64;

bool is_ordering(Op op) {
  return op >= Op::kLess && op <= Op::kGreaterEqual;
}
bool is_choice(Op op) {
  return op == Op::kMin || op == Op::kMax;
}

std::size_t size_of(const Node& node) {
  std::size_t size = 1;
  for (const Expression& inner : node.arguments) size += size_of(*inner);
  return size;
}

// The operands that max(...) within max(...), min within max ... fall into.
std::size_t n_leaves(const Node& node) {
  if (!is_choice(node.op)) return 1;
  std::size_t n = 0;
  for (const Expression& inner : node.arguments) n += n_leaves(*inner);
  return n;
}

Expression like(const Node& model, Op op) {
  auto node = std::make_unique<Node>();
  node->op = op;
  node->place = model.place;
  node->source = model.source;
  node->offset = model.offset;
  return node;
}

// Does the maximum on the left decide by one of its arguments (or), or by all (and)?
Op joining(Op comparison, Op choice, bool choice_on_left) {
  const bool greater = comparison == Op::kGreater || comparison == Op::kGreaterEqual;
  const bool wants_large = greater == choice_on_left;
  return wants_large == (choice == Op::kMax) ? Op::kOr : Op::kAnd;
}

class Rewriter {
 public:
  Rewriter(const Scope& scope, Faults& faults) : scope_(scope), faults_(faults) {}

  Expression logic(Expression node) {
    if (is_comparison(node->op)) return comparison(std::move(node));
    for (Expression& inner : node->arguments) inner = logic(std::move(inner));
    return node;
  }

 private:
  Expression comparison(Expression node) {
    const bool multiples = has_limit(*node->arguments[0]) || has_limit(*node->arguments[1]);
    for (Expression& side : node->arguments) {
      if (multiples) side = in_multiples(std::move(side));
      side = logic(std::move(side));
    }
    return is_ordering(node->op) ? spread(std::move(node)) : std::move(node);
  }

  // Inner conditions compare for themselves: only the values of an `if` stand in this comparison.
  Expression in_multiples(Expression node) {
    if (node->op == Op::kName) return in_multiples_name(std::move(node));
    const std::size_t first = node->op == Op::kIf ? 1 : 0;
    for (std::size_t i = first; i < node->arguments.size(); ++i) {
      node->arguments[i] = in_multiples(std::move(node->arguments[i]));
    }
    return node;
  }

  Expression in_multiples_name(Expression name) {
    const Scope::Entry* entry = scope_.find(name->name);
    if (entry == nullptr || entry->symbol.uln.empty()) return name;
    Expression quotient = like(*name, Op::kDivide);
    quotient->unit = limit_unit();
    Expression limit = like(*name, Op::kName);
    limit->name = entry->symbol.uln;
    quotient->arguments.push_back(std::move(name));
    quotient->arguments.push_back(std::move(limit));
    return quotient;
  }

  Expression spread(Expression node) {
    const std::size_t parts = n_leaves(*node->arguments[0]) * n_leaves(*node->arguments[1]);
    if (parts == 1) return node;
    const std::size_t cost = parts * size_of(*node);
    if (parts > kMostParts || cost > budget_) {
      faults_.add(
          fault_at(*node, fmt::format("this comparison falls into {} parts", parts),
                   fmt::format("write at most {} alternatives within min and max", kMostParts)));
      return node;
    }
    budget_ -= cost;
    return part(*node, *node->arguments[0], *node->arguments[1]);
  }

  Expression part(const Node& whole, const Node& left, const Node& right) {
    const bool on_left = is_choice(left.op);
    if (!on_left && !is_choice(right.op)) {
      Expression node = like(whole, whole.op);
      node->arguments.push_back(clone(left));
      node->arguments.push_back(clone(right));
      return node;
    }
    const Node& choice = on_left ? left : right;
    const Op op = joining(whole.op, choice.op, on_left);
    Expression joined;
    for (const Expression& one : choice.arguments) {
      Expression next = on_left ? part(whole, *one, right) : part(whole, left, *one);
      if (!joined) {
        joined = std::move(next);
        continue;
      }
      Expression both = like(whole, op);
      both->arguments.push_back(std::move(joined));
      both->arguments.push_back(std::move(next));
      joined = std::move(both);
    }
    return joined;
  }

  const Scope& scope_;
  Faults& faults_;
  std::size_t budget_ = kMaxNodes;
};

}  // namespace

Expression rewrite_guard(Expression guard, const Scope& scope, Faults& faults) {
  return Rewriter(scope, faults).logic(std::move(guard));
}

}  // namespace dosewright::lang
