// One subject's timeline walked through the protocol's executor, and what was done otherwise.
// Private to the module.
#pragma once

#include "dosewright/audit/study.hpp"

namespace dosewright::audit {

struct Walk {
  const programme::Programme& programme;
  const Scope& scope;
  const protocol::Regimen& regimen;
  Minutes grace = 0;
  bool calendar = false;              // doses are of the programme's drug: its calendar is judged
  std::optional<Minutes> reference;   // day 1 of the study: the first planned dose
  Minutes ends = INT64_MIN;           // participation: what rules ask for is judged until then
  Minutes treated_until = INT64_MAX;  // what is planned for treatment is judged until then
};

// timeline: sorted. Fills states, doses, first_dose, last_dose, from, until and findings.
void walk(const Walk& walk, const protocol::Timeline& timeline, Subject& subject);

}  // namespace dosewright::audit
