// The parts of an answer. Private to the module.
#pragma once

#include "dosewright/decide/answer.hpp"

namespace dosewright::decide {

// What the parts are made from.
struct Case {
  const Question& question;
  const programme::Programme& programme;
  const protocol::Protocol& protocol;
  const Patient& patient;
  const protocol::Regimen& regimen;
  const protocol::PatientState& state;
  const protocol::Decision& decision;
  std::vector<Minutes> doses;  // instants, ascending
  Minutes free_since = 0;      // doses have not been withheld since then
};

std::vector<CriterionAnswer> eligibility_of(const Case& c);
std::vector<DueAnswer> obligations_of(const Case& c);
SupplyAnswer supply_of(const Case& c);
std::vector<AdviceAnswer> advice_of(const Case& c);
SitesAnswer sites_of(const Case& c);
EndAnswer end_of(const Case& c);
std::vector<Warning> warnings_of(const Case& c, const Answer& answer);
Order order_of(const Case& c, const Answer& answer);

// The latest word on a fact at the instant of the question: its value, or lang::kUnknown.
double fact_value(const Case& c, std::string_view id);

// Whole days of the calendar.
Minutes midnight_of(Minutes at);

}  // namespace dosewright::decide
