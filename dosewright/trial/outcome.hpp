// Outcomes: one number per patient, read off what the loop wrote down.
//
// Every definition that a published table leaves open is fixed here, in one place:
//   - the first dose is the first one that was injected (given, reduced or made up), placebo too;
//   - the primary efficacy time point (PET) is the reading after the first dose that is nearest to
//     the last dose plus Design::pet_after_last_dose; of two equally near ones the earlier. A
//     patient who was never dosed is read as if the only dose had been at day 0;
//   - the safety window reaches from the first dose (its own visit excluded: that reading is drawn
//     before the injection) to 28 d after the last;
//   - days are civil days of protocol time, so that two visits a week apart are 7 d apart whatever
//     the hour.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dosewright/trial/design.hpp"
#include "dosewright/trial/record.hpp"

namespace dosewright::trial {

enum class Measure : std::uint8_t {
  // of a lab; kValue, kChange and kPercentChange need a time point
  kBaseline,
  kValue,
  kChange,
  kPercentChange,
  kPeakUln,       // highest reading in the safety window, as a multiple of its ULN
  kConfirmedUln,  // highest m such that readings >= 7 d apart, and all between, are >= m ULN
  kDaysAboveUln,  // from the first reading of a confirmed elevation to the first one below it
  // % of the planned treatment that the lab is at its goal; straight lines between readings, the
  // last one holds until the end
  kTimeAtGoal,
  kReadings,  // how many were drawn after the first dose
  // of an event
  kAnyEvent,
  kEventCount,
  kFirstEventDay,  // days since the first dose; infinite where there was none
  // of a hazard
  kStruck,
  kStruckCount,
  // of treatment
  kDiscontinued,     // 0 or 1; of the given causes, where there are any
  kCompleted,        // dosed, and not stopped before the planned end
  kDaysOnTreatment,  // first to last dose, both days counted
  kInjections,
  kHeldDoses,   // doses that the protocol withheld
  kRegionLeft,  // 0 or 1: the region was ever in another state than its initial one
};

struct OutcomeSpec {
  Measure measure = Measure::kValue;
  int index = -1;  // into the protocol's analytes, the model's events or its hazards
  bool at_pet = false;
  Minutes at = 0;                        // after the first dose; 0: the baseline
  Minutes window = 10 * kMinutesPerDay;  // the reading nearest to `at`, at most this far from it
  Minutes until = 0;                     // events and hazards up to this; 0: all
  bool on_treatment = false;             // events and hazards from the first to the last dose's day
  double threshold = 3;                  // multiples of ULN, for kDaysAboveUln
  double goal = 0;            // kTimeAtGoal: at or below this, canonical; of a fall: its fraction
  bool goal_is_fall = false;  // ... of the baseline
  std::vector<std::string> causes;  // kDiscontinued
  std::string region;               // kRegionLeft

  bool operator==(const OutcomeSpec&) const = default;
};

inline constexpr Minutes kSafetyAfterLastDose = 28 * kMinutesPerDay;

// A record with its readings sorted by test, for many outcomes of one patient. Reused from patient
// to patient, so that nothing is allocated once it has grown.
class Chart {
 public:
  void take(const PatientRecord& record);  // which must outlive what is asked of the chart

  const PatientRecord& record() const { return *record_; }
  Minutes first_dose() const { return first_dose_; }     // protocol::kNever where there was none
  std::span<const Reading> readings(int analyte) const;  // by time

 private:
  const PatientRecord* record_ = nullptr;
  Minutes first_dose_ = 0;
  std::vector<Reading> sorted_;     // by analyte, then by time
  std::vector<std::size_t> begin_;  // per analyte, and the end of the last one
};

// The outcome of one patient: in the lab's own unit, %, multiples of ULN, days, or a count.
// lang::kUnknown where it does not apply (no such reading, never dosed).
double outcome(const OutcomeSpec& spec, const Design& design, const Chart& chart);
double outcome(const OutcomeSpec& spec, const Design& design, const PatientRecord& record);

// The same of a lab outcome with another time point than that of the spec.
double outcome_at(const OutcomeSpec& spec, Minutes at, const Design& design, const Chart& chart);

// Days that the outcome was observed for: on treatment, or from the first dose to the design's end.
double exposure_days(const OutcomeSpec& spec, const Design& design, const PatientRecord& record);

bool injected(const DoseEntry& dose);
Minutes first_dose(const PatientRecord& record);  // protocol::kNever where there was none

}  // namespace dosewright::trial
