// The names that guards may use, and how each is read from a patient's state.
//
//   X  X.previous  X.baseline   readings of test X; X is unknown where missing or stale
//   X.last                      the latest reading, however old
//   X.ULN  X.previous.ULN  X.baseline.ULN   the limits that came with them
//   X.age  X.previous.age       since those readings
//   X.gap                       from the previous reading to the latest
//   X.state_age                 how long the current state had lasted at the latest reading
//   X.new                       the latest reading was taken after the current state was entered
//   count.C                     how many latest readings in a row satisfy the comparison C
//   sign.S                      a symptom, diagnosis or reaction is present
//   state.age  treatment.age  dose.age  dose.count  dose.amount
//
// Ages count in whole minutes and reach the guard as hours by one division, so that a comparison
// with whole hours is exact. Sums and differences of ages would not be: X.gap and X.state_age are
// there instead, and the parser rejects arithmetic on ages.
#pragma once

#include <array>

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::protocol {

void build_scope(Protocol& protocol);  // from its vocabulary: fills scope and scope_slots

// The value of one name as region `where` sees it now: canonical units, 0/1, or lang::kUnknown.
double read_slot(Slot slot, const Protocol& protocol, const PatientState& state,
                 const RegionState& where);

bool is_stale(const Protocol& protocol, const PatientState& state, int analyte);
bool is_missing_or_stale(const Protocol& protocol, const PatientState& state, int analyte);

// The verdict of a guard: 0, 1 or lang::kUnknown.
double ask(const Transition& rule, const Protocol& protocol, const PatientState& state,
           const RegionState& where);

// The verdicts of several guards: outputs of `questions`, in their order. They stay in `registers`.
inline constexpr int kMaxRegisters = 512;  // of one program; the parser rejects larger guards
using Registers = std::array<double, kMaxRegisters>;
void ask(const Questions& questions, const Protocol& protocol, const PatientState& state,
         const RegionState& where, Registers& registers);

// The same of one rule with what it saw. Slow: allocates.
lang::Explanation explain_rule(const Transition& rule, const Protocol& protocol,
                               const PatientState& state, const RegionState& where);

}  // namespace dosewright::protocol
