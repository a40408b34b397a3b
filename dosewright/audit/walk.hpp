// One subject's timeline walked through the protocol's executor, and what was done otherwise.
// Private to the module.
#pragma once

#include "dosewright/audit/study.hpp"

namespace dosewright::audit {

// A test that nobody of the study was measured for, owed past its date.
struct Lack {
  int analyte = 0;
  std::string rule;
  int times = 1;  // planned tests
};

struct Walk {
  const programme::Programme& programme;
  const Scope& scope;
  const protocol::Regimen& regimen;
  Minutes grace = 0;
  bool calendar = false;              // doses are of the programme's drug: its calendar is judged
  std::optional<Minutes> reference;   // day 1 of the study: the first planned dose
  Minutes ends = INT64_MIN;           // participation: what rules ask for is judged until then
  Minutes treated_until = INT64_MAX;  // what is planned for treatment is judged until then
  std::uint64_t absent = 0;           // bit per test of which the study has no result
  std::uint64_t waived = 0;           // of these: what is not asked for
};

// timeline: sorted. Fills states, doses, first_dose, last_dose, from, until and findings. Answers
// what was owed of Walk::absent; that stands in findings, too.
std::vector<Lack> walk(const Walk& walk, const protocol::Timeline& timeline, Subject& subject);

}  // namespace dosewright::audit
