// Trees to a register program: value numbering (an operation on the same operands is computed
// once), folding of what is literal, and a prologue of what is fixed for one patient.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "dosewright/lang/kernel.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::lang {
namespace {

constexpr std::size_t kMostRegisters = 65'535;

enum class From : std::uint8_t { kInput, kConstant, kComputed };

struct Value {
  From from = From::kInput;
  bool fixed = false;  // by constants and constant inputs alone
  double constant = 0;
  Op op = Op::kNumber;
  std::array<int, 3> operands{};
  bool needed = false;
  std::uint16_t reg = 0;
};

int n_operands(Op op) {
  switch (op) {
    case Op::kNegate:
    case Op::kExp:
    case Op::kLog:
    case Op::kSqrt:
    case Op::kAbs:
    case Op::kNot:
    case Op::kKnown:
      return 1;
    case Op::kIf:
      return 3;
    default:
      return 2;
  }
}

bool commutes(Op op) {
  return op == Op::kAdd || op == Op::kMultiply || op == Op::kAnd || op == Op::kOr ||
         op == Op::kEqual || op == Op::kNotEqual;
}

class Lowerer {
 public:
  explicit Lowerer(const LowerRequest& request) : request_(request) {
    for (const Symbol& symbol : request.inputs) {
      names_.emplace(symbol.name, static_cast<int>(values_.size()));
      values_.push_back({From::kInput, symbol.constant, 0, Op::kName, {}, true, 0});
    }
  }

  Result<Program> run() {
    lower_definitions();
    std::vector<int> outputs;
    for (const Node* node : request_.outputs) outputs.push_back(lower(*node));
    if (!faults_.empty()) return std::move(faults_);
    return finish(outputs);
  }

 private:
  // Only the definitions that an output needs, directly or through others.
  void lower_definitions() {
    std::unordered_set<std::string> wanted;
    for (const Node* node : request_.outputs) collect(*node, wanted);
    std::vector<const Statement*> needed;
    for (std::size_t i = request_.definitions.size(); i-- > 0;) {
      const Statement& statement = request_.definitions[i];
      if (!wanted.contains(statement.target)) continue;
      collect(*statement.value, wanted);
      needed.push_back(&statement);
    }
    for (std::size_t i = needed.size(); i-- > 0;) {
      names_.emplace(needed[i]->target, lower(*needed[i]->value));
    }
  }

  static void collect(const Node& node, std::unordered_set<std::string>& names) {
    if (node.op == Op::kName) names.insert(node.name);
    for (const Expression& inner : node.arguments) collect(*inner, names);
  }

  int constant(double value) {
    const auto [it, added] = constants_.try_emplace(std::bit_cast<std::uint64_t>(value),
                                                    static_cast<int>(values_.size()));
    if (added) values_.push_back({From::kConstant, true, value, Op::kNumber, {}, false, 0});
    return it->second;
  }

  bool is_constant(int id) const {
    return values_[static_cast<std::size_t>(id)].from == From::kConstant;
  }
  double constant_of(int id) const { return values_[static_cast<std::size_t>(id)].constant; }

  int compute(Op op, int a, int b = -1, int c = -1) {
    std::array<int, 3> operands{a, b < 0 ? a : b, c < 0 ? a : c};
    if (commutes(op) && operands[1] < operands[0]) std::swap(operands[0], operands[1]);
    if (n_operands(op) == 2) operands[2] = operands[0];
    if (std::all_of(operands.begin(), operands.end(), [&](int id) { return is_constant(id); })) {
      return constant(
          apply(op, constant_of(operands[0]), constant_of(operands[1]), constant_of(operands[2])));
    }
    const auto [it, added] =
        computed_.try_emplace({op, operands}, static_cast<int>(values_.size()));
    if (added) {
      const bool fixed = std::all_of(operands.begin(), operands.end(), [&](int id) {
        return values_[static_cast<std::size_t>(id)].fixed;
      });
      values_.push_back({From::kComputed, fixed, 0, op, operands, false, 0});
    }
    return it->second;
  }

  int lower_name(const Node& node) {
    const auto found = names_.find(node.name);
    if (found != names_.end()) return found->second;
    faults_.add(fault_at(node, fmt::format("unknown name '{}'", node.name)));
    return constant(kUnknown);
  }

  int power(int base, int exponent) {
    const double n = is_constant(exponent) ? constant_of(exponent) : 0;
    if (!is_unrolled(n) || is_constant(base)) return compute(Op::kPower, base, exponent);
    const int product = product_of(base, static_cast<int>(std::fabs(n)));
    return n > 0 ? product : compute(Op::kDivide, constant(1), product);
  }

  int product_of(int base, int n) {
    if (n == 1) return base;
    const int half = product_of(base, n / 2);
    const int square = compute(Op::kMultiply, half, half);
    return n % 2 == 0 ? square : compute(Op::kMultiply, square, base);
  }

  int threshold(const Node& node) {
    const bool on_right = node.arguments[1]->op == Op::kNumber;
    const double literal = node.arguments[on_right ? 1 : 0]->number;
    const int moved = constant(moved_threshold(node.op, on_right, literal));
    const int quotient = lower(*node.arguments[on_right ? 0 : 1]);
    return on_right ? compute(node.op, quotient, moved) : compute(node.op, moved, quotient);
  }

  int lower(const Node& node) {
    if (node.op == Op::kNumber) return constant(node.number);
    if (node.op == Op::kName) return lower_name(node);
    if (is_threshold_on_quotient(node)) return threshold(node);
    std::vector<int> ids;
    for (const Expression& argument : node.arguments) ids.push_back(lower(*argument));
    if (node.op == Op::kIf) return choose(ids);
    if (node.op == Op::kPower) return power(ids[0], ids[1]);
    if (ids.size() == 1) return compute(node.op, ids[0]);
    int chain = ids[0];
    for (std::size_t i = 1; i < ids.size(); ++i) chain = compute(node.op, chain, ids[i]);
    return chain;
  }

  int choose(const std::vector<int>& ids) {
    if (!is_constant(ids[0]) || is_unknown(constant_of(ids[0]))) {
      return compute(Op::kIf, ids[0], ids[1], ids[2]);
    }
    return constant_of(ids[0]) != 0 ? ids[1] : ids[2];
  }

  void mark_needed(const std::vector<int>& outputs) {
    for (const int id : outputs) values_[static_cast<std::size_t>(id)].needed = true;
    for (std::size_t i = values_.size(); i-- > 0;) {
      if (values_[i].from != From::kComputed || !values_[i].needed) continue;
      for (const int id : values_[i].operands) values_[static_cast<std::size_t>(id)].needed = true;
    }
  }

  template <class Wanted>
  void number(Program& program, Wanted wanted) {
    for (Value& value : values_) {
      if (!value.needed || !wanted(value)) continue;
      value.reg = static_cast<std::uint16_t>(program.n_registers++);
      if (value.from == From::kConstant) program.constants.push_back(value.constant);
      if (value.from == From::kComputed) program.instructions.push_back(instruction(value));
    }
  }

  Instruction instruction(const Value& value) const {
    const auto reg = [&](std::size_t i) {
      return values_[static_cast<std::size_t>(value.operands[i])].reg;
    };
    return {value.op, value.reg, reg(0), reg(1), reg(2)};
  }

  Result<Program> finish(const std::vector<int>& outputs) {
    mark_needed(outputs);
    const auto n_needed = static_cast<std::size_t>(std::count_if(
        values_.begin(), values_.end(), [](const Value& value) { return value.needed; }));
    if (n_needed > kMostRegisters) {
      return Fault{{},
                   fmt::format("the equations need {} values at once; at most {} are possible",
                               n_needed, kMostRegisters),
                   "split the model",
                   {}};
    }
    Program program;
    program.n_inputs = static_cast<int>(request_.inputs.size());
    number(program, [](const Value& value) { return value.from == From::kInput; });
    number(program, [](const Value& value) { return value.from == From::kConstant; });
    number(program,
           [](const Value& value) { return value.from == From::kComputed && value.fixed; });
    program.n_prologue = static_cast<int>(program.instructions.size());
    number(program,
           [](const Value& value) { return value.from == From::kComputed && !value.fixed; });
    for (const int id : outputs) {
      program.outputs.push_back(values_[static_cast<std::size_t>(id)].reg);
    }
    return program;
  }

  const LowerRequest& request_;
  Faults faults_;
  std::vector<Value> values_;
  std::unordered_map<std::string, int> names_;
  std::unordered_map<std::uint64_t, int> constants_;
  std::map<std::pair<Op, std::array<int, 3>>, int> computed_;
};

}  // namespace

Result<Program> lower(const LowerRequest& request) {
  return Lowerer(request).run();
}

}  // namespace dosewright::lang
