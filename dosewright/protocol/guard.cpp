#include "dosewright/protocol/guard.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

using lang::Op;

template <class Visit>
void walk(const lang::Node& node, const Visit& visit) {
  visit(node);
  for (const auto& argument : node.arguments) walk(*argument, visit);
}

bool is_age(const std::string& name) {
  return name.ends_with(".age") || name.ends_with(".gap") || name.ends_with(".state_age");
}

bool names_age(const lang::Node& node) {
  bool found = false;
  walk(node, [&](const lang::Node& n) { found |= n.op == Op::kName && is_age(n.name); });
  return found;
}

bool is_arithmetic(Op op) {
  return op == Op::kAdd || op == Op::kSubtract || op == Op::kMultiply || op == Op::kDivide ||
         op == Op::kNegate || op == Op::kPower;
}

bool is_time_literal(const lang::Node& node) {
  Dimension time;
  time.exponent[static_cast<std::size_t>(BaseDimension::kTime)] = 1;
  return node.op == Op::kNumber && node.unit.dimension == time;
}

// Some tests are times, a prothrombin time for instance: what they are compared with is a value.
std::set<const lang::Node*> values_of_tests(const lang::Node& guard) {
  std::set<const lang::Node*> values;
  walk(guard, [&](const lang::Node& node) {
    if (!is_comparison(node.op) || names_age(node)) return;
    walk(node, [&](const lang::Node& inner) { values.insert(&inner); });
  });
  return values;
}

// Looks at the tree as written, before the checker rewrites it.
Faults check_times(const lang::Node& guard) {
  Faults faults;
  const std::set<const lang::Node*> values = values_of_tests(guard);
  walk(guard, [&](const lang::Node& node) {
    if (is_arithmetic(node.op) && names_age(node)) {
      faults.add(lang::fault_at(
          node, "ages are compared, not calculated with, found '" + lang::to_text(node) + "'",
          "use X.gap (previous to latest reading of X) or X.state_age (age "
          "of the state at the latest reading of X)"));
    }
    const bool is_time = is_time_literal(node) && !values.contains(&node);
    if (is_time && node.number != std::round(node.number)) {
      faults.add(lang::fault_at(
          node, "times in rules are whole hours, found '" + lang::to_text(node) + "'",
          "write it in h, d or wk"));
    }
  });
  return faults;
}

std::set<std::string> names_in(const lang::Node& guard) {
  std::set<std::string> names;
  walk(guard, [&](const lang::Node& node) {
    if (node.op == Op::kName) names.insert(node.name);
  });
  return names;
}

bool depends_on_time(const lang::Node& guard) {
  bool timed = false;
  walk(guard, [&](const lang::Node& node) {
    timed |= node.op == Op::kKnown || (node.op == Op::kName && node.name.ends_with(".age"));
  });
  return timed;
}

// Only the names that these guards use become registers: virtual trials ask guards very often.
Result<lang::Program> lower_guards(const Protocol& protocol,
                                   const std::vector<const lang::Node*>& guards,
                                   std::vector<int>& inputs) {
  std::set<std::string> used;
  for (const lang::Node* guard : guards) used.merge(names_in(*guard));
  std::vector<lang::Symbol> symbols;
  inputs.clear();
  for (std::size_t i = 0; i < protocol.scope.size(); ++i) {
    if (!used.contains(protocol.scope[i].name)) continue;
    symbols.push_back(protocol.scope[i]);
    inputs.push_back(static_cast<int>(i));
  }
  lang::LowerRequest request;
  request.inputs = symbols;
  request.outputs = guards;
  return lang::lower(request);
}

std::vector<Slot> slots_of(const Protocol& protocol, const std::vector<int>& inputs) {
  std::vector<Slot> slots;
  for (const int input : inputs)
    slots.push_back(protocol.scope_slots[static_cast<std::size_t>(input)]);
  return slots;
}

Result<lang::Program> lower_guard(const Protocol& protocol, Transition& rule) {
  Result<lang::Program> program = lower_guards(protocol, {rule.guard.get()}, rule.inputs);
  rule.slots = slots_of(protocol, rule.inputs);
  if (program.ok() && program->n_registers > kMaxRegisters) {
    return Fault{rule.place, "the guard of '" + rule.id + "' is too large", "write it as two rules",
                 ""};
  }
  return program;
}

}  // namespace

bool is_comparison(Op op) {
  return op >= Op::kLess && op <= Op::kNotEqual;
}

bool compile_guard(std::string_view text, const Place& at, const Protocol& protocol,
                   Transition& rule, Faults& faults) {
  rule.when = text;
  Result<lang::Expression> parsed = lang::parse_expression(text, at);
  if (!parsed.ok()) return faults.merge(parsed.faults()), false;
  const Faults times = check_times(**parsed);
  Result<lang::Expression> checked = lang::check_guard(std::move(*parsed), protocol.scope);
  faults.merge(times);
  if (!checked.ok()) faults.merge(checked.faults());
  if (!checked.ok() || !times.empty()) return false;
  rule.guard = std::move(*checked);
  rule.timed = depends_on_time(*rule.guard);
  Result<lang::Program> program = lower_guard(protocol, rule);
  if (!program.ok()) return faults.merge(program.faults()), false;
  rule.program = std::move(*program);
  return true;
}

// As many guards to a program as it has registers for; one alone fits, or was refused.
void merge_guards(const Protocol& protocol, Region& region) {
  for (State& state : region.states) {
    state.questions.clear();
    std::vector<const lang::Node*> guards;
    for (const int index : state.outgoing) {
      guards.push_back(region.transitions[static_cast<std::size_t>(index)].guard.get());
      std::vector<int> inputs;
      Result<lang::Program> program = lower_guards(protocol, guards, inputs);
      const bool fits = program.ok() && program->n_registers <= kMaxRegisters;
      if (!fits) {
        guards = {guards.back()};
        program = lower_guards(protocol, guards, inputs);
      }
      DW_CHECK(program.ok(), "each guard was lowered alone before");
      if (!fits || state.questions.empty()) state.questions.emplace_back();
      state.questions.back() = {std::move(*program), slots_of(protocol, inputs)};
    }
  }
}

std::uint64_t analytes_of(const Transition& rule) {
  std::uint64_t set = 0;
  for (const Slot& slot : rule.slots) {
    if (slot.kind < SlotKind::kSign) set |= std::uint64_t{1} << static_cast<unsigned>(slot.index);
  }
  return set;
}

std::uint64_t signs_of(const Transition& rule) {
  std::uint64_t set = 0;
  for (const Slot& slot : rule.slots) {
    if (slot.kind == SlotKind::kSign) set |= std::uint64_t{1} << static_cast<unsigned>(slot.index);
  }
  return set;
}

bool compile_count(std::string_view text, const Place& at, const Protocol& protocol, Count& count,
                   Faults& faults) {
  if (!compile_guard(text, at, protocol, count.test, faults)) return false;
  const bool one_test =
      std::all_of(count.test.slots.begin(), count.test.slots.end(), [&](const Slot& slot) {
        return slot.index == count.analyte &&
               (slot.kind == SlotKind::kValue || slot.kind == SlotKind::kUln);
      });
  if (!one_test || count.test.slots.empty()) {
    faults.add(
        at,
        "a count compares the readings of one test with a value, found '" + std::string(text) + "'",
        "write for example \"ALT >= 3 ULN\"");
    return false;
  }
  return true;
}

bool reads_doses(const Transition& rule) {
  return std::any_of(rule.slots.begin(), rule.slots.end(),
                     [](const Slot& slot) { return slot.kind >= SlotKind::kTreatmentAge; });
}

}  // namespace dosewright::protocol
