#include "dosewright/trial/record.hpp"

namespace dosewright::trial {

std::string_view to_text(DoseAction action) {
  switch (action) {
    case DoseAction::kGiven:
      return "given";
    case DoseAction::kReduced:
      return "given, reduced";
    case DoseAction::kMadeUp:
      return "given, made up";
    case DoseAction::kHeld:
      return "held";
    case DoseAction::kMissed:
      return "missed";
    case DoseAction::kStopped:
      return "stopped";
  }
  return "";
}

void PatientRecord::clear() {
  readings.clear();
  doses.clear();
  log.clear();
  events.clear();
  hazards.clear();
  baseline.clear();
  last_dose = -1;
  n_injections = 0;
  discontinued = false;
  discontinued_at = 0;
  cause = {};
  imaged = true;
  status = num::Status::kOk;
}

}  // namespace dosewright::trial
