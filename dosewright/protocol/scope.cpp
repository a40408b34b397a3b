#include "dosewright/protocol/scope.hpp"

#include <array>
#include <utility>

namespace dosewright::protocol {
namespace {

using lang::kUnknown;
using lang::Symbol;
using lang::Type;

// Ages are shown in days, amounts in mg.
Unit days() {
  return *parse_unit("d");
}

class ScopeBuilder {
 public:
  explicit ScopeBuilder(Protocol& protocol) : protocol_(protocol) {}

  void number(std::string name, Unit unit, Slot slot, std::string uln = {}) {
    Symbol symbol;
    symbol.name = std::move(name);
    symbol.unit = std::move(unit);
    symbol.uln = std::move(uln);
    add(std::move(symbol), slot);
  }

  void boolean(std::string name, Slot slot) {
    Symbol symbol;
    symbol.name = std::move(name);
    symbol.type = Type::kBoolean;
    add(std::move(symbol), slot);
  }

  void reading(const Analyte& analyte, const std::string& suffix, Slot value, Slot limit) {
    const std::string name = analyte.code + suffix;
    if (analyte.uln <= 0) return number(name, analyte.unit, value);
    number(name, analyte.unit, value, name + ".ULN");
    number(name + ".ULN", analyte.unit, limit);
  }

 private:
  void add(Symbol symbol, Slot slot) {
    protocol_.scope.push_back(std::move(symbol));
    protocol_.scope_slots.push_back(slot);
  }
  Protocol& protocol_;
};

void add_analyte(ScopeBuilder& scope, const Analyte& analyte, std::int16_t index) {
  const auto slot = [&](SlotKind kind) { return Slot{kind, index, 0}; };
  scope.reading(analyte, "", slot(SlotKind::kValue), slot(SlotKind::kUln));
  // Beside X.ULN, which stands in the scope already.
  scope.number(analyte.code + ".last", analyte.unit, slot(SlotKind::kLast),
               analyte.uln > 0 ? analyte.code + ".ULN" : "");
  scope.reading(analyte, ".previous", slot(SlotKind::kPrevious), slot(SlotKind::kPreviousUln));
  scope.reading(analyte, ".baseline", slot(SlotKind::kBaseline), slot(SlotKind::kBaselineUln));
  scope.number(analyte.code + ".age", days(), slot(SlotKind::kAge));
  scope.number(analyte.code + ".previous.age", days(), slot(SlotKind::kPreviousAge));
  scope.number(analyte.code + ".gap", days(), slot(SlotKind::kGap));
  scope.number(analyte.code + ".state_age", days(), slot(SlotKind::kStateAgeThen));
  scope.boolean(analyte.code + ".new", slot(SlotKind::kNew));
}

double hours_or_unknown(bool known, Minutes minutes) {
  return known ? hours_from_minutes(minutes) : kUnknown;
}

double read_reading(Slot slot, const Protocol& protocol, const PatientState& state,
                    const RegionState& where) {
  const Readings& reading = state.readings[static_cast<std::size_t>(slot.index)];
  const bool taken = !lang::is_unknown(reading.value);
  const bool twice = !lang::is_unknown(reading.previous);
  switch (slot.kind) {
    case SlotKind::kValue:
      return is_stale(protocol, state, slot.index) ? kUnknown : reading.value;
    case SlotKind::kLast:
      return reading.value;
    case SlotKind::kPrevious:
      return reading.previous;
    case SlotKind::kBaseline:
      return reading.baseline;
    case SlotKind::kUln:
      return reading.uln;
    case SlotKind::kPreviousUln:
      return reading.previous_uln;
    case SlotKind::kBaselineUln:
      return reading.baseline_uln;
    case SlotKind::kAge:
      return hours_or_unknown(taken, state.now - reading.at);
    case SlotKind::kPreviousAge:
      return hours_or_unknown(twice, state.now - reading.previous_at);
    case SlotKind::kGap:
      return hours_or_unknown(twice, reading.at - reading.previous_at);
    case SlotKind::kCount:
      return is_missing_or_stale(protocol, state, slot.index)
                 ? kUnknown
                 : state.counts[static_cast<std::size_t>(slot.which)];
    case SlotKind::kStateAgeThen:
      return hours_or_unknown(taken, reading.at - where.since);
    default:
      return taken && reading.at > where.since ? 1 : 0;  // kNew
  }
}

double read_dosing(SlotKind kind, const PatientState& state) {
  const bool dosed = state.n_doses > 0;
  switch (kind) {
    case SlotKind::kTreatmentAge:
      return hours_or_unknown(dosed, state.now - state.first_dose);
    case SlotKind::kDoseAge:
      return hours_or_unknown(dosed, state.now - state.last_dose);
    case SlotKind::kDoseCount:
      return state.n_doses;
    default:
      return dosed ? state.last_dose_mg : kUnknown;  // kDoseAmount
  }
}

// Who is asked.
struct Asked {
  const Protocol& protocol;
  const PatientState& state;
  const RegionState& where;
};

void run_guards(const lang::Program& program, std::span<const Slot> slots, const Asked& asked,
                Registers& registers) {
  double* input = registers.data();
  for (const Slot slot : slots)
    *input++ = read_slot(slot, asked.protocol, asked.state, asked.where);
  lang::load(program, registers);
  lang::run_prologue(program, registers);
  lang::run(program, registers);
}

}  // namespace

void build_scope(Protocol& protocol) {
  ScopeBuilder scope(protocol);
  const Vocabulary& words = protocol.vocabulary;
  for (std::size_t i = 0; i < words.analytes.size(); ++i) {
    add_analyte(scope, words.analytes[i], static_cast<std::int16_t>(i));
  }
  for (std::size_t i = 0; i < protocol.counts.size(); ++i) {
    const Count& count = protocol.counts[i];
    scope.number(
        "count." + count.name, Unit{},
        {SlotKind::kCount, static_cast<std::int16_t>(count.analyte), static_cast<std::int16_t>(i)});
  }
  for (std::size_t i = 0; i < words.signs.size(); ++i) {
    scope.boolean("sign." + words.signs[i], {SlotKind::kSign, static_cast<std::int16_t>(i), 0});
  }
  scope.number("state.age", days(), {SlotKind::kStateAge, 0, 0});
  scope.number("treatment.age", days(), {SlotKind::kTreatmentAge, 0, 0});
  scope.number("dose.age", days(), {SlotKind::kDoseAge, 0, 0});
  scope.number("dose.count", Unit{}, {SlotKind::kDoseCount, 0, 0});
  scope.number("dose.amount", *parse_unit("mg"), {SlotKind::kDoseAmount, 0, 0});
}

bool is_stale(const Protocol& protocol, const PatientState& state, int analyte) {
  const auto index = static_cast<std::size_t>(analyte);
  const Minutes limit = protocol.stale_after[index];
  return limit > 0 && state.now - state.readings[index].at > limit;
}

bool is_missing_or_stale(const Protocol& protocol, const PatientState& state, int analyte) {
  return lang::is_unknown(state.readings[static_cast<std::size_t>(analyte)].value) ||
         is_stale(protocol, state, analyte);
}

double read_slot(Slot slot, const Protocol& protocol, const PatientState& state,
                 const RegionState& where) {
  if (slot.kind == SlotKind::kSign) return state.signs[static_cast<std::size_t>(slot.index)];
  if (slot.kind == SlotKind::kStateAge) return hours_from_minutes(state.now - where.since);
  if (slot.kind < SlotKind::kSign) return read_reading(slot, protocol, state, where);
  return read_dosing(slot.kind, state);
}

double ask(const Transition& rule, const Protocol& protocol, const PatientState& state,
           const RegionState& where) {
  Registers registers;  // NOLINT: every register is written before it is read
  run_guards(rule.program, rule.slots, {protocol, state, where}, registers);
  return registers[rule.program.outputs.front()];
}

void ask(const Questions& questions, const Protocol& protocol, const PatientState& state,
         const RegionState& where, Registers& registers) {
  run_guards(questions.program, questions.slots, {protocol, state, where}, registers);
}

lang::Explanation explain_rule(const Transition& rule, const Protocol& protocol,
                               const PatientState& state, const RegionState& where) {
  std::vector<Symbol> symbols;
  std::vector<double> values;
  for (std::size_t i = 0; i < rule.slots.size(); ++i) {
    symbols.push_back(protocol.scope[static_cast<std::size_t>(rule.inputs[i])]);
    values.push_back(read_slot(rule.slots[i], protocol, state, where));
  }
  return lang::explain(*rule.guard, symbols, values);
}

}  // namespace dosewright::protocol
