#include "dosewright/lang/affine_parts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace dosewright::lang {
namespace {

constexpr int kZero = -1;
constexpr std::size_t kMostValues = 60'000;

bool is_unary(Op op) {
  return op == Op::kNegate || op == Op::kExp || op == Op::kLog || op == Op::kSqrt ||
         op == Op::kAbs || op == Op::kNot || op == Op::kKnown;
}

// What a register of the source is: its parts, as values of the new program. One that does not
// depend on a variable has part 0 alone.
struct Form {
  std::vector<int> parts;
  bool affine = true;
  bool plain() const { return affine && parts.size() == 1; }
};

struct Computed {
  Op op;
  std::array<int, 3> operands;
};

class Splitter {
 public:
  explicit Splitter(const AffineRequest& request)
      : request_(request),
        source_(*request.program),
        n_(request.variables.size()),
        n_given_(source_.n_inputs + static_cast<int>(source_.constants.size()) + 2),
        forms_(static_cast<std::size_t>(std::max(source_.n_registers, source_.n_inputs))) {}

  std::optional<AffineParts> run() {
    for (int i = 0; i < n_given_ - 2; ++i) forms_[static_cast<std::size_t>(i)] = {{i}};
    for (std::size_t j = 0; j < n_; ++j) {
      Form variable{std::vector<int>(n_ + 1, kZero)};
      variable.parts[j + 1] = one();
      forms_[static_cast<std::size_t>(request_.variables[j])] = variable;
    }
    for (const Instruction& step : source_.instructions) {
      forms_[step.out] = form_of(step);
      if (computed_.size() > kMostValues) return {};
    }
    std::vector<int> wanted;
    for (const int output : request_.outputs) {
      const Form& form = forms_[source_.outputs[static_cast<std::size_t>(output)]];
      if (!form.affine) return {};
      for (std::size_t j = 0; j <= n_; ++j) wanted.push_back(part(form, j));
    }
    return finish(wanted);
  }

 private:
  // Inputs and constants keep their registers; 0 and 1 follow them, then what is computed.
  int zero() const { return n_given_ - 2; }
  int one() const { return n_given_ - 1; }

  static int part(const Form& form, std::size_t j) {
    return j < form.parts.size() ? form.parts[j] : kZero;
  }
  const Form& form(int reg) const { return forms_[static_cast<std::size_t>(reg)]; }

  int compute(Op op, int a, int b, int c) {
    const std::array<int, 3> operands = {a == kZero ? zero() : a, b == kZero ? zero() : b,
                                         c == kZero ? zero() : c};
    const auto [found, added] =
        known_.try_emplace({op, operands}, n_given_ + static_cast<int>(computed_.size()));
    if (added) computed_.push_back({op, operands});
    return found->second;
  }
  int add(int a, int b) {
    if (a == kZero || b == kZero) return a == kZero ? b : a;
    return compute(Op::kAdd, a, b, a);
  }
  int negate(int a) { return a == kZero ? kZero : compute(Op::kNegate, a, a, a); }
  int subtract(int a, int b) {
    if (b == kZero) return a;
    return a == kZero ? negate(b) : compute(Op::kSubtract, a, b, a);
  }
  int multiply(int a, int b) {
    if (a == kZero || b == kZero) return kZero;
    if (a == one() || b == one()) return a == one() ? b : a;
    return compute(Op::kMultiply, a, b, a);
  }
  int divide(int a, int b) { return a == kZero ? kZero : compute(Op::kDivide, a, b, a); }

  template <class Combine>
  Form combined(const Form& a, const Form& b, const Combine& combine) const {
    Form result;
    const std::size_t n_parts = std::max(a.parts.size(), b.parts.size());
    for (std::size_t j = 0; j < n_parts; ++j) {
      result.parts.push_back(combine(part(a, j), part(b, j)));
    }
    return result;
  }

  Form form_of(const Instruction& step) {
    const Form &a = form(step.a), &b = form(is_unary(step.op) ? step.a : step.b),
               &c = form(step.op == Op::kIf ? step.c : step.a);
    if (!a.affine || !b.affine || !c.affine) return {{}, false};
    if (a.plain() && b.plain() && c.plain()) {
      return {{compute(step.op, a.parts[0], b.parts[0], c.parts[0])}};
    }
    switch (step.op) {
      case Op::kNegate:
        return combined(a, a, [this](int x, int) { return negate(x); });
      case Op::kAdd:
        return combined(a, b, [this](int x, int y) { return add(x, y); });
      case Op::kSubtract:
        return combined(a, b, [this](int x, int y) { return subtract(x, y); });
      case Op::kMultiply:
        return product(a, b);
      case Op::kDivide:
        if (!b.plain()) return {{}, false};
        return combined(a, a, [&](int x, int) { return divide(x, b.parts[0]); });
      case Op::kIf:
        if (!a.plain()) return {{}, false};
        return combined(b, c, [&](int x, int y) {
          return x == kZero && y == kZero ? kZero : compute(Op::kIf, a.parts[0], x, y);
        });
      default:
        return {{}, false};
    }
  }

  Form product(const Form& a, const Form& b) {
    if (!a.plain() && !b.plain()) return {{}, false};
    const Form& factor = a.plain() ? a : b;
    const Form& rest = a.plain() ? b : a;
    return combined(rest, rest, [&](int x, int) { return multiply(x, factor.parts[0]); });
  }

  bool is_fixed(int value) const {
    if (value >= n_given_) return fixed_[static_cast<std::size_t>(value - n_given_)] != 0;
    return value >= source_.n_inputs || request_.fixed[static_cast<std::size_t>(value)] != 0;
  }

  // Which computed values are needed, and which are fixed for one patient.
  void mark(const std::vector<int>& wanted) {
    needed_.assign(computed_.size(), 0);
    fixed_.assign(computed_.size(), 0);
    const auto need = [this](int value) {
      if (value >= n_given_) needed_[static_cast<std::size_t>(value - n_given_)] = 1;
    };
    for (const int value : wanted) need(value);
    for (std::size_t i = computed_.size(); i-- > 0;) {
      if (needed_[i] == 0) continue;
      for (const int operand : computed_[i].operands) need(operand);
    }
    for (std::size_t i = 0; i < computed_.size(); ++i) {
      const auto& operands = computed_[i].operands;
      fixed_[i] = static_cast<std::uint8_t>(
          std::ranges::all_of(operands, [this](int value) { return is_fixed(value); }));
    }
  }

  AffineParts finish(const std::vector<int>& wanted) {
    mark(wanted);
    AffineParts result;
    Program& program = result.program;
    program.n_inputs = source_.n_inputs;
    program.constants = source_.constants;
    program.constants.push_back(0);
    program.constants.push_back(1);
    program.n_registers = n_given_;
    std::vector<std::uint16_t> reg(computed_.size());
    const auto register_of = [&](int value) {
      if (value == kZero) return static_cast<std::uint16_t>(zero());
      return value < n_given_ ? static_cast<std::uint16_t>(value)
                              : reg[static_cast<std::size_t>(value - n_given_)];
    };
    for (const bool prologue : {true, false}) {
      for (std::size_t i = 0; i < computed_.size(); ++i) {
        if (needed_[i] == 0 || (fixed_[i] != 0) != prologue) continue;
        reg[i] = static_cast<std::uint16_t>(program.n_registers++);
        const auto& operands = computed_[i].operands;
        program.instructions.push_back({computed_[i].op, reg[i], register_of(operands[0]),
                                        register_of(operands[1]), register_of(operands[2])});
      }
      if (prologue) program.n_prologue = static_cast<int>(program.instructions.size());
    }
    for (const int value : wanted) {
      program.outputs.push_back(register_of(value));
      result.zero.push_back(static_cast<std::uint8_t>(value == kZero));
      result.fixed.push_back(static_cast<std::uint8_t>(value == kZero || is_fixed(value)));
    }
    return result;
  }

  const AffineRequest& request_;
  const Program& source_;
  std::size_t n_;
  int n_given_;
  std::vector<Form> forms_;
  std::vector<Computed> computed_;
  std::map<std::pair<Op, std::array<int, 3>>, int> known_;
  std::vector<std::uint8_t> needed_, fixed_;
};

}  // namespace

std::optional<AffineParts> affine_parts(const AffineRequest& request) {
  DW_CHECK(request.fixed.size() == static_cast<std::size_t>(request.program->n_inputs),
           "one mark for each input");
  if (static_cast<std::size_t>(request.program->n_registers) > kMostValues) return {};
  return Splitter(request).run();
}

std::vector<std::uint8_t> reached_from(const Program& program, std::span<const int> inputs) {
  std::vector<std::uint8_t> reached(
      static_cast<std::size_t>(std::max(program.n_registers, program.n_inputs)), 0);
  for (const int input : inputs) reached[static_cast<std::size_t>(input)] = 1;
  for (const Instruction& step : program.instructions) {
    const bool by_b = !is_unary(step.op) && reached[step.b] != 0;
    const bool by_c = step.op == Op::kIf && reached[step.c] != 0;
    reached[step.out] = static_cast<std::uint8_t>(reached[step.a] != 0 || by_b || by_c);
  }
  return reached;
}

bool reads_input(const Program& program, int input) {
  const auto uses = [input](const Instruction& step) {
    return step.a == input || step.b == input || step.c == input;
  };
  return std::ranges::any_of(program.instructions, uses) ||
         std::ranges::find(program.outputs, input) != program.outputs.end();
}

}  // namespace dosewright::lang
