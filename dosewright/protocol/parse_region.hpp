// The regions of a protocol file.
#pragma once

#include "dosewright/protocol/cases.hpp"

namespace dosewright::protocol {

// "7 d", "1 wk": a time that is neither negative nor beyond a century. 0 where the key is absent.
Minutes parse_delay(Node node);

// The panel that a key names; 0 after a fault.
int parse_panel_name(Node node, const Protocol& protocol);

// A name of a state, region, panel or sign: letters, digits, '-' and '_', beginning with a letter.
void check_name(Node node, std::string_view name, bool hyphens = true);

// A condition that is no guard of a rule: what keeps a state, what an invariant asks. False: there
// were faults.
bool parse_condition(Node node, const Protocol& protocol, Transition& condition, Faults& faults);

// Reads [[invariant]]; the regions are in place.
void parse_invariants(Node invariants, Protocol& protocol, const Surroundings& surroundings,
                      Faults& faults);

// Reads [region.*]; panels, signs, tests and the scope of the protocol are in place. Guards are
// compiled, and what the executor wants to know of each state is worked out.
std::vector<RuleBlock> parse_regions(Node regions, Protocol& protocol,
                                     const Surroundings& surroundings, Faults& faults);

}  // namespace dosewright::protocol
