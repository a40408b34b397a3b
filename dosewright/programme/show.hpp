// A programme as a person wants to read it in a terminal: `dosewright programme show`.
#pragma once

#include <string>

#include "dosewright/programme/programme.hpp"

namespace dosewright::programme {

// Identity, status by jurisdiction, dosing, eligibility, protocols with their rules, the model with
// the origin of every parameter, evidence, disagreements and sources; 100 columns wide.
// `day`: the status by jurisdiction is that of that day.
std::string show(const Programme& programme, std::optional<Date> day = std::nullopt);

// The regulatory record: identity, steps and status by jurisdiction, what each status means for
// supply, and documents by language.
std::string show_json(const Programme& programme, std::optional<Date> day = std::nullopt);

}  // namespace dosewright::programme
