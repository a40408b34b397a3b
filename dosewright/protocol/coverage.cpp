// What the cases of a rule must show: below, at and above each threshold, each test missing and
// stale, each sign present, and the rule firing.

#include <algorithm>
#include <array>
#include <cmath>

#include "dosewright/protocol/cases.hpp"
#include "dosewright/protocol/guard.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

using lang::Op;

bool is_boolean(const lang::Node& node, std::span<const lang::Symbol> symbols) {
  if (node.op == Op::kAnd || node.op == Op::kOr || node.op == Op::kNot || node.op == Op::kKnown ||
      is_comparison(node.op)) {
    return true;
  }
  return std::any_of(symbols.begin(), symbols.end(), [&](const lang::Symbol& symbol) {
    return node.op == Op::kName && symbol.name == node.name && symbol.type == lang::Type::kBoolean;
  });
}

// A tie, but for the last bits that a change of unit may cost.
bool tie(double left, double right) {
  return std::abs(left - right) <= 1e-9 * std::max(std::abs(left), std::abs(right));
}

std::string names_of(const Protocol& protocol, std::uint64_t analytes) {
  std::string names;
  for (std::size_t i = 0; analytes >> i != 0 && i < protocol.vocabulary.analytes.size(); ++i) {
    if ((analytes >> i & 1) == 0) continue;
    names += (names.empty() ? "" : ", ") + protocol.vocabulary.analytes[i].code;
  }
  return names;
}

// The tests whose value (not only its age or baseline) the rule reads: those that can be missing.
std::uint64_t valued_analytes(const Transition& rule) {
  std::uint64_t set = 0;
  for (const Slot& slot : rule.slots) {
    if (slot.kind != SlotKind::kValue && slot.kind != SlotKind::kCount) continue;
    set |= std::uint64_t{1} << static_cast<unsigned>(slot.index);
  }
  return set;
}

}  // namespace

Coverage::Coverage(const Protocol& protocol, const RuleBlock& block)
    : protocol_(protocol),
      block_(block),
      rule_(protocol.regions[static_cast<std::size_t>(block.region)]
                .transitions[static_cast<std::size_t>(block.transitions.front())]) {
  add_comparisons(rule_);
  for (const Slot& slot : rule_.slots) {
    if (slot.kind == SlotKind::kCount) {
      add_comparisons(protocol.counts[static_cast<std::size_t>(slot.which)].test);
    }
  }
}

void Coverage::add_comparisons(const Transition& rule) {
  std::vector<lang::Symbol> symbols;
  for (int input : rule.inputs) {
    symbols.push_back(protocol_.scope[static_cast<std::size_t>(input)]);
  }
  add_comparisons(*rule.guard, {symbols, rule.slots});
}

void Coverage::add_comparisons(const lang::Node& node, const Inputs& inputs) {
  const auto& [symbols, slots] = inputs;
  const bool numeric = is_comparison(node.op) && !is_boolean(*node.arguments.front(), symbols) &&
                       !is_boolean(*node.arguments.back(), symbols);
  if (numeric) {
    lang::LowerRequest request;
    request.inputs = symbols;
    request.outputs = {node.arguments.front().get(), node.arguments.back().get()};
    Result<lang::Program> sides = lang::lower(request);
    const std::vector<double> unknown(symbols.size(), lang::kUnknown);
    const lang::Explanation words = lang::explain(node, symbols, unknown);
    const std::string text = words.seen.empty() ? lang::to_text(node) : words.seen.front().text;
    if (sides.ok()) comparisons_.push_back({text, std::move(*sides), slots});
    return;
  }
  for (const auto& argument : node.arguments) add_comparisons(*argument, inputs);
}

void Coverage::see(Comparison& comparison, const PatientState& state,
                   const RegionState& where) const {
  std::array<double, kMaxRegisters> registers{};
  for (std::size_t i = 0; i < comparison.slots.size(); ++i) {
    registers[i] = read_slot(comparison.slots[i], protocol_, state, where);
  }
  lang::load(comparison.sides, registers);
  lang::run_prologue(comparison.sides, registers);
  lang::run(comparison.sides, registers);
  const double left = registers[comparison.sides.outputs[0]];
  const double right = registers[comparison.sides.outputs[1]];
  comparison.at |= tie(left, right);
  comparison.below |= left < right && !tie(left, right);
  comparison.above |= left > right && !tie(left, right);
}

void Coverage::saw(const Snapshot& snapshot) {
  const PatientState& state = *snapshot.state;
  const RegionState& where = state.regions[static_cast<std::size_t>(snapshot.region)];
  const Region& region = protocol_.regions[static_cast<std::size_t>(block_.region)];
  const bool asked =
      std::any_of(block_.transitions.begin(), block_.transitions.end(), [&](int index) {
        return region.transitions[static_cast<std::size_t>(index)].from == where.state;
      });
  if (!asked) return;
  for (Comparison& comparison : comparisons_) see(comparison, state, where);
  for (std::size_t i = 0; i < state.readings.size(); ++i) {
    const bool taken = !lang::is_unknown(state.readings[i].value);
    if (!taken) missing_ |= std::uint64_t{1} << i;
    if (taken && is_stale(protocol_, state, static_cast<int>(i))) stale_ |= std::uint64_t{1} << i;
  }
  for (std::size_t i = 0; i < state.signs.size(); ++i) {
    if (state.signs[i] != 0) present_ |= std::uint64_t{1} << i;
  }
}

void Coverage::fired(const Transition& rule) {
  fired_ |= rule.id == rule_.id;
}

void Coverage::require(Faults& faults, bool shown, const std::string& what) const {
  if (shown) return;
  faults.add(block_.place, "no case of '" + rule_.id + "' shows " + what,
             "add one to its cases; docs/protocol.md says how they are written");
}

Faults Coverage::missing() const {
  Faults faults;
  for (const Comparison& one : comparisons_) {
    require(faults, one.below, "a value below the threshold of '" + one.text + "'");
    require(faults, one.at, "a value at the threshold of '" + one.text + "'");
    require(faults, one.above, "a value above the threshold of '" + one.text + "'");
  }
  const std::uint64_t analytes = valued_analytes(rule_);
  const std::uint64_t unmissed = analytes & ~missing_;
  require(faults, unmissed == 0,
          "what happens when it is missing: " + names_of(protocol_, unmissed));
  std::uint64_t unstale = analytes & ~stale_;
  for (std::size_t i = 0; i < protocol_.stale_after.size(); ++i) {
    if (protocol_.stale_after[i] == 0) unstale &= ~(std::uint64_t{1} << i);
  }
  require(faults, unstale == 0, "what happens when it is stale: " + names_of(protocol_, unstale));
  const std::uint64_t unsigned_ = signs_of(rule_) & ~present_;
  for (std::size_t i = 0; i < protocol_.vocabulary.signs.size(); ++i) {
    require(faults, (unsigned_ >> i & 1) == 0,
            "the sign '" + protocol_.vocabulary.signs[i] + "' present");
  }
  require(faults, fired_, "it firing");
  return faults;
}

}  // namespace dosewright::protocol
