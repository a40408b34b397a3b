// What the executor made of a patient, in lines that people read.
#pragma once

#include <string>

#include "dosewright/verify/patient.hpp"

namespace dosewright::verify {

// "2024-01-08  hepatic: treating -> confirming, by hepatic.confirm", ..., then what is decided.
std::string tell_story(const protocol::Protocol& protocol, const Replay& replay);

}  // namespace dosewright::verify
