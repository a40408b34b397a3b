// A guard as a sentence: "ALT or AST at least 3 ULN, and symptoms of liver injury".
#pragma once

#include <string>

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::draw {

// From the text of the guard as it was written.
std::string guard_in_words(const protocol::Transition& rule, const protocol::Protocol& protocol);

}  // namespace dosewright::draw
