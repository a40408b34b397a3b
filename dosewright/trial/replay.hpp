// One virtual patient read aloud: every reading, dose, decision and event in order of time, each
// decision with what it saw and its source.
#pragma once

#include <string>

#include "dosewright/trial/design.hpp"
#include "dosewright/trial/record.hpp"

namespace dosewright::trial {

// Text of at most 110 columns; days count from the first planned dose (day 1), as in trial reports.
std::string replay_text(const programme::Programme& programme, const Design& design,
                        const PatientRecord& record);

// The same as JSON text: {"patient", "arm", "timeline": [{"day", "what", ...}]}.
std::string replay_json(const programme::Programme& programme, const Design& design,
                        const PatientRecord& record);

}  // namespace dosewright::trial
