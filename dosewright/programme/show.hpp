// A programme as a person wants to read it in a terminal: `dosewright programme show`.
#pragma once

#include <string>

#include "dosewright/programme/programme.hpp"

namespace dosewright::programme {

// Identity, status by jurisdiction, dosing, eligibility, protocols with their rules, the model with
// the origin of every parameter, evidence, disagreements and sources; 100 columns wide.
std::string show(const Programme& programme);

}  // namespace dosewright::programme
