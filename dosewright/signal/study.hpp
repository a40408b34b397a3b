// Who was at risk in a study, and who had which event. Private to the module.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/signal/signal.hpp"

namespace dosewright::signal {

struct Subject {
  int arm = 0;
  bool dosed = false;
  std::optional<Minutes> first, last;  // dose
};

// A term is known by its letters alone, so that "OEDEMA" and "edema" are one word.
std::string plain_term(std::string_view term);

struct StudyTerm {
  std::string term, organ_class;                // as first written
  std::vector<std::set<std::string>> subjects;  // with the event, per arm
};

struct Study {
  std::vector<Arm> arms;
  std::vector<std::string> arm_codes;       // parallel to the arms
  std::map<std::string, Subject> subjects;  // by USUBJID
  std::map<std::string, StudyTerm> terms;   // by plain_term
  std::map<std::string, int> left_out;
};

Study read_study(const Files& files, Faults& faults);

}  // namespace dosewright::signal
