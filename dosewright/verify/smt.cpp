#include "dosewright/verify/smt.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "dosewright/base/check.hpp"

namespace dosewright::verify {
namespace {

using lang::Op;

z3::expr as_bool(const z3::expr& value) {
  return value.is_bool() ? value : value != value.ctx().real_val(0);
}

z3::expr as_real(const z3::expr& value) {
  z3::context& context = value.ctx();
  return value.is_bool() ? z3::ite(value, context.real_val(1), context.real_val(0)) : value;
}

z3::expr is_true(const Term& term) {
  return term.known && as_bool(term.value);
}
z3::expr is_false(const Term& term) {
  return term.known && !as_bool(term.value);
}

Term from_cases(const z3::expr& truth, const z3::expr& falsehood) {
  return {truth, truth || falsehood};
}

// A function of which only the name is known; whether it gives a number is open too (log(-1)).
Term opaque(const char* name, const std::vector<Term>& arguments) {
  z3::context& context = arguments.front().value.ctx();
  z3::expr_vector values(context);
  z3::expr known = context.bool_val(true);
  z3::sort_vector sorts(context);
  for (const Term& argument : arguments) {
    values.push_back(as_real(argument.value));
    sorts.push_back(context.real_sort());
    known = known && argument.known;
  }
  const z3::func_decl result = context.function(name, sorts, context.real_sort());
  const z3::func_decl defined =
      context.function((std::string(name) + ".defined").c_str(), sorts, context.bool_sort());
  return {result(values), known && defined(values)};
}

Term divide(const Term& a, const Term& b) {
  const z3::expr left = as_real(a.value), right = as_real(b.value);
  const Term by_zero = opaque("divide_by_zero", {a});
  const z3::expr zero = right == right.ctx().real_val(0);
  return {z3::ite(zero, by_zero.value, left / right),
          a.known && b.known && (!zero || by_zero.known)};
}

Term compare(Op op, const Term& a, const Term& b) {
  const z3::expr known = a.known && b.known;
  if (a.value.is_bool() && b.value.is_bool() && (op == Op::kEqual || op == Op::kNotEqual)) {
    return {op == Op::kEqual ? a.value == b.value : a.value != b.value, known};
  }
  const z3::expr left = as_real(a.value), right = as_real(b.value);
  switch (op) {
    case Op::kLess:
      return {left < right, known};
    case Op::kLessEqual:
      return {left <= right, known};
    case Op::kGreater:
      return {left > right, known};
    case Op::kGreaterEqual:
      return {left >= right, known};
    case Op::kEqual:
      return {left == right, known};
    default:
      return {left != right, known};
  }
}

Term arithmetic(Op op, const Term& a, const Term& b) {
  const z3::expr left = as_real(a.value), right = as_real(b.value);
  const z3::expr known = a.known && b.known;
  switch (op) {
    case Op::kAdd:
      return {left + right, known};
    case Op::kSubtract:
      return {left - right, known};
    case Op::kMultiply:
      return {left * right, known};
    case Op::kMin:
      return {z3::ite(left < right, left, right), known};
    default:
      return {z3::ite(left > right, left, right), known};  // kMax
  }
}

Term choose(const Term& condition, const Term& yes, const Term& no) {
  const z3::expr holds = as_bool(condition.value);
  const bool booleans = yes.value.is_bool() && no.value.is_bool();
  const z3::expr value = booleans ? z3::ite(holds, yes.value, no.value)
                                  : z3::ite(holds, as_real(yes.value), as_real(no.value));
  return {value, condition.known && z3::ite(holds, yes.known, no.known)};
}

Term unary(Op op, const Term& a) {
  switch (op) {
    case Op::kNegate:
      return {-as_real(a.value), a.known};
    case Op::kAbs: {
      const z3::expr value = as_real(a.value);
      return {z3::ite(value < 0, -value, value), a.known};
    }
    case Op::kNot:
      return {!as_bool(a.value), a.known};
    case Op::kKnown:
      return known_term(a.known);
    case Op::kExp:
      return opaque("exp", {a});
    case Op::kLog:
      return opaque("log", {a});
    default:
      return opaque("sqrt", {a});
  }
}

bool is_unary(Op op) {
  return op == Op::kNegate || op == Op::kAbs || op == Op::kNot || op == Op::kKnown ||
         op == Op::kExp || op == Op::kLog || op == Op::kSqrt;
}

Term apply(Op op, const Term& a, const Term& b, const Term& c) {
  if (is_unary(op)) return unary(op, a);
  if (op >= Op::kLess && op <= Op::kNotEqual) return compare(op, a, b);
  switch (op) {
    case Op::kAnd:
      return from_cases(is_true(a) && is_true(b), is_false(a) || is_false(b));
    case Op::kOr:
      return from_cases(is_true(a) || is_true(b), is_false(a) && is_false(b));
    case Op::kIf:
      return choose(a, b, c);
    case Op::kDivide:
      return divide(a, b);
    case Op::kPower:
      return opaque("power", {a, b});
    default:
      return arithmetic(op, a, b);
  }
}

Term constant(z3::context& context, double value) {
  if (lang::is_unknown(value)) return {context.real_val(0), context.bool_val(false)};
  return known_term(real_of(context, value));
}

}  // namespace

z3::expr real_of(z3::context& context, double value) {
  DW_CHECK(std::isfinite(value), "a constant of a rule is finite");
  constexpr int kMantissa = 53, kChunk = 62;
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto whole = static_cast<std::int64_t>(std::ldexp(fraction, kMantissa));
  z3::expr real = context.real_val(std::to_string(whole).c_str());
  for (int left = exponent - kMantissa; left != 0;) {
    const int chunk = std::min(std::abs(left), kChunk);
    const z3::expr power =
        context.real_val(std::to_string(std::int64_t{1} << static_cast<unsigned>(chunk)).c_str());
    real = left > 0 ? real * power : real / power;
    left += left > 0 ? -chunk : chunk;
  }
  return real.simplify();
}

Term known_term(z3::expr value) {
  z3::expr always = value.ctx().bool_val(true);
  return {std::move(value), std::move(always)};
}

Term translate(z3::context& context, const lang::Program& program, std::vector<Term> inputs) {
  DW_CHECK(inputs.size() == static_cast<std::size_t>(program.n_inputs), "one term for each input");
  std::vector<Term>& registers = inputs;
  for (const double value : program.constants) registers.push_back(constant(context, value));
  for (const lang::Instruction& step : program.instructions) {
    DW_CHECK(step.out == registers.size(), "registers are assigned in order");
    registers.push_back(apply(step.op, registers[step.a], registers[step.b], registers[step.c]));
  }
  Term result = registers[program.outputs.front()];
  result.value = as_bool(result.value);
  return result;
}

}  // namespace dosewright::verify
