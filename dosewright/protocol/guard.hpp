// From the text of a guard to the program that answers it.
#pragma once

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::protocol {

// Fills when, guard, program, inputs, slots and timed of the rule from `text`, which begins at
// `at`. Beside the faults of the language: arithmetic on ages, and times that are not whole hours
// (protocol time is compared exactly, see scope.hpp). False: there were faults.
bool compile_guard(std::string_view text, const Place& at, const Protocol& protocol,
                   Transition& rule, Faults& faults);

bool is_comparison(lang::Op op);

// The analytes and signs that a rule reads, as sets.
std::uint64_t analytes_of(const Transition& rule);
std::uint64_t signs_of(const Transition& rule);
bool reads_doses(const Transition& rule);

// Fills State::questions from the guards of the outgoing rules.
void merge_guards(const Protocol& protocol, Region& region);

// Compiles the comparison of a count: of one test with what does not change. False: faults.
bool compile_count(std::string_view text, const Place& at, const Protocol& protocol, Count& count,
                   Faults& faults);

}  // namespace dosewright::protocol
