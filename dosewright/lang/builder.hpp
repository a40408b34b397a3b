// Builds the tree while the grammar reads: operators wait on a stack until one that binds less
// tightly, or the end, comes (the shunting-yard method). The grammar recurses only into
// parentheses, so a chain of a million operators costs no stack.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/lang/syntax.hpp"

namespace dosewright::lang {

// A fault after which the rest of the statement cannot be read.
struct Stop {
  std::size_t offset;
  std::string message;
  std::string hint;
};

struct Spelled {
  std::string_view text;
  Op op;
};
inline constexpr Spelled kFunctions[] = {
    {"min", Op::kMin},   {"max", Op::kMax},   {"exp", Op::kExp}, {"log", Op::kLog},
    {"pow", Op::kPower}, {"sqrt", Op::kSqrt}, {"abs", Op::kAbs}, {"known", Op::kKnown},
};
bool is_keyword(std::string_view word);

class Builder {
 public:
  Builder(std::shared_ptr<const Source> source, std::size_t& nodes_left, Faults& faults)
      : source_(std::move(source)), nodes_left_(nodes_left), faults_(faults) {}

  // One pair of parentheses, one function, one branch: its operators stay among themselves.
  void open(std::size_t offset);
  void close();

  void name(std::string_view text, std::size_t offset);
  void number(double value, Unit unit, std::size_t offset);
  void prefix(Op op, std::size_t offset);
  void binary(Op op, std::size_t offset);
  void call(std::string_view function, std::size_t offset, std::size_t n_arguments);
  void branch(std::size_t offset);  // the last three operands become an if

  void fault(std::size_t offset, std::string message, std::string hint);
  Expression take();  // the whole expression, once all frames are closed

 private:
  struct Operand {
    Expression node;
    int height;
  };
  struct Waiting {
    Op op;
    bool is_prefix;
    std::size_t offset;
  };

  Expression make(Op op, std::size_t offset);
  void push(Op op, std::size_t offset, std::size_t n_arguments);
  void reduce();
  void reduce_while(int at_least);
  void check_chain(Op op, std::size_t offset);

  std::shared_ptr<const Source> source_;
  std::size_t& nodes_left_;
  Faults& faults_;
  std::vector<Operand> operands_;
  std::vector<Waiting> waiting_;
  std::vector<std::size_t> frames_;  // how many operators waited when the frame was opened
};

}  // namespace dosewright::lang
