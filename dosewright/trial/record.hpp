// What happened to one virtual patient: readings, the dose ledger, the decision log, events.
//
// The loop writes it, everything else reads it: outcomes, replays, exports. Reused from patient to
// patient, so that the loop does not allocate once the vectors have grown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/protocol/protocol.hpp"

namespace dosewright::trial {

struct Reading {
  Minutes at = 0;
  std::int16_t analyte = 0;  // index into the protocol's vocabulary
  double value = 0;          // canonical
  double uln = 0;            // canonical; 0: none
};

enum class DoseAction : std::uint8_t { kGiven, kReduced, kMadeUp, kHeld, kMissed, kStopped };
std::string_view to_text(DoseAction action);

struct DoseEntry {
  Minutes at = 0;
  DoseAction action = DoseAction::kGiven;
  double mg = 0;  // given
  double planned_mg = 0;
  int region = -1;          // that decided a reduced, held or stopped dose
  std::string_view rule;    // the transition that led to its state; "" for full doses
  bool unanswered = false;  // held because a restricting rule could not be answered
};

struct EventEntry {
  Minutes at = 0;          // onset
  std::int16_t event = 0;  // index into Model::events
  std::int16_t count = 1;
};

struct HazardEntry {
  Minutes at = 0;
  std::int16_t hazard = 0;  // index into Model::hazards
};

struct PatientRecord {
  std::uint64_t id = 0;  // what --replay takes
  int arm = 0;
  std::vector<double> covariates;     // canonical, Model order
  std::vector<double> parameters;     // canonical, Model order
  std::vector<double> baseline;       // per analyte, canonical; kUnknown where none
  std::vector<Reading> readings;      // by time
  std::vector<DoseEntry> doses;       // by time; the dose ledger
  std::vector<protocol::Firing> log;  // the decision log
  std::vector<EventEntry> events;
  std::vector<HazardEntry> hazards;
  Minutes last_dose = -1;  // -1: never dosed
  int n_injections = 0;
  bool discontinued = false;  // stopped before the planned end of treatment
  Minutes discontinued_at = 0;
  std::string_view cause;  // of discontinuation: of a hazard or of a transition
  bool imaged = true;
  num::Status status = num::Status::kOk;  // a patient whose numbers failed is counted, not averaged

  void clear();
};

}  // namespace dosewright::trial
