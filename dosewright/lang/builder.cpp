#include "dosewright/lang/builder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"

namespace dosewright::lang {
namespace {

constexpr int kComparison = 4;

int binding(Op op) {
  switch (op) {
    case Op::kOr:
      return 1;
    case Op::kAnd:
      return 2;
    case Op::kNot:
      return 3;
    case Op::kAdd:
    case Op::kSubtract:
      return 5;
    case Op::kMultiply:
    case Op::kDivide:
      return 6;
    case Op::kNegate:
      return 7;
    case Op::kPower:
      return 8;
    default:
      return kComparison;
  }
}

std::string count_text(Op op) {
  if (op == Op::kMin || op == Op::kMax) return "two or more arguments";
  return op == Op::kPower ? "two arguments" : "one argument";
}

bool right_count(Op op, std::size_t n) {
  if (op == Op::kMin || op == Op::kMax) return n >= 2 && n <= static_cast<std::size_t>(kMaxHeight);
  return n == (op == Op::kPower ? 2U : 1U);
}

}  // namespace

bool is_keyword(std::string_view word) {
  constexpr std::string_view kWords[] = {"and", "or", "not", "if", "else"};
  if (std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords)) return true;
  return std::any_of(std::begin(kFunctions), std::end(kFunctions),
                     [&](const Spelled& function) { return function.text == word; });
}

void Builder::open(std::size_t offset) {
  if (frames_.size() > static_cast<std::size_t>(kMaxNesting)) {
    throw Stop{offset, fmt::format("nested deeper than {} levels", kMaxNesting),
               "give the inner part a name of its own"};
  }
  frames_.push_back(waiting_.size());
}

void Builder::close() {
  reduce_while(0);
  frames_.pop_back();
}

Expression Builder::make(Op op, std::size_t offset) {
  if (nodes_left_ == 0) {
    throw Stop{offset,
               fmt::format("the text has more than {} names, numbers and operations", kMaxNodes),
               "split it into several texts"};
  }
  --nodes_left_;
  auto node = std::make_unique<Node>();
  node->op = op;
  node->place = source_->place(offset);
  node->source = source_;
  node->offset = static_cast<std::uint32_t>(offset);
  return node;
}

void Builder::name(std::string_view text, std::size_t offset) {
  Expression node = make(Op::kName, offset);
  node->name = text;
  operands_.push_back({std::move(node), 1});
}

void Builder::number(double value, Unit unit, std::size_t offset) {
  Expression node = make(Op::kNumber, offset);
  node->number = unit.to_canonical(value);
  node->unit = std::move(unit);
  operands_.push_back({std::move(node), 1});
}

void Builder::prefix(Op op, std::size_t offset) {
  const auto run = std::find_if(waiting_.rbegin(), waiting_.rend(),
                                [](const Waiting& waiting) { return !waiting.is_prefix; });
  if (run - waiting_.rbegin() >= kMaxNesting) {
    throw Stop{offset, fmt::format("more than {} '-' or 'not' in a row", kMaxNesting),
               "two of them undo one another"};
  }
  // "a < not b" and "a * not b" read as a person would: the not takes all that binds tighter.
  waiting_.push_back({op, true, offset});
}

void Builder::binary(Op op, std::size_t offset) {
  // ^ is read from the right: an earlier one waits.
  reduce_while(op == Op::kPower ? binding(op) + 1 : binding(op) + (binding(op) == kComparison));
  if (binding(op) == kComparison) check_chain(op, offset);
  waiting_.push_back({op, false, offset});
}

void Builder::check_chain(Op op, std::size_t offset) {
  const bool chained = waiting_.size() > frames_.back() && !waiting_.back().is_prefix &&
                       binding(waiting_.back().op) == kComparison;
  if (!chained) return;
  const std::string middle = shown(*operands_.back().node);
  reduce();
  const std::string first = shown(*operands_.back().node);
  const std::string spelled = op == Op::kLess || op == Op::kLessEqual         ? "<"
                              : op == Op::kGreater || op == Op::kGreaterEqual ? ">"
                                                                              : "==";
  fault(offset, "comparisons do not chain",
        fmt::format("write two comparisons: '{} and {} {} ...'", first, middle, spelled));
}

void Builder::push(Op op, std::size_t offset, std::size_t n_arguments) {
  Expression node = make(op, offset);
  const auto first = operands_.end() - static_cast<std::ptrdiff_t>(n_arguments);
  int height = 0;
  for (auto it = first; it != operands_.end(); ++it) {
    height = std::max(height, it->height);
    node->arguments.push_back(std::move(it->node));
  }
  operands_.erase(first, operands_.end());
  if (height >= kMaxHeight) {
    throw Stop{
        offset,
        fmt::format("more than {} operations depend on one another in one expression", kMaxHeight),
        "give a part of it a name of its own"};
  }
  operands_.push_back({std::move(node), height + 1});
}

void Builder::reduce() {
  const Waiting top = waiting_.back();
  waiting_.pop_back();
  push(top.op, top.offset, top.is_prefix ? 1 : 2);
}

void Builder::reduce_while(int at_least) {
  while (waiting_.size() > frames_.back() && binding(waiting_.back().op) >= at_least) reduce();
}

void Builder::call(std::string_view function, std::size_t offset, std::size_t n_arguments) {
  const auto* found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                   [&](const Spelled& known) { return known.text == function; });
  if (!right_count(found->op, n_arguments)) {
    throw Stop{offset,
               fmt::format("{} takes {}, found {}", function, count_text(found->op), n_arguments),
               {}};
  }
  push(found->op, offset, n_arguments);
}

void Builder::branch(std::size_t offset) {
  push(Op::kIf, offset, 3);
}

void Builder::fault(std::size_t offset, std::string message, std::string hint) {
  faults_.add(
      {source_->place(offset), std::move(message), std::move(hint), source_->quote(offset)});
}

Expression Builder::take() {
  Expression node = std::move(operands_.back().node);
  operands_.pop_back();
  return node;
}

}  // namespace dosewright::lang
