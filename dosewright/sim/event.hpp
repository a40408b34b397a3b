// What happens to a subject, as NONMEM's event records say it. [NONMEM-VI, V]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dosewright::sim {

enum class EventKind : std::uint8_t {
  kObservation,  // EVID 0
  kDose,         // EVID 1
  kOther,        // EVID 2: may switch a compartment on or off
  kReset,        // EVID 3
  kResetDose,    // EVID 4
};

enum class RateKind : std::uint8_t {
  kBolus,             // RATE 0
  kGiven,             // RATE above 0
  kModelledRate,      // RATE -1: parameter R of the compartment
  kModelledDuration,  // RATE -2: parameter D
};

// Amounts in the canonical unit of the compartment, times in h.
struct Event {
  EventKind kind = EventKind::kObservation;
  double time_h = 0;
  double amount = 0;  // AMT
  RateKind rate_kind = RateKind::kBolus;
  double rate = 0;              // where given
  double interval_h = 0;        // II
  std::int64_t additional = 0;  // ADDL
  int steady_state = 0;         // SS: 0, 1 or 2
  int compartment = -1;         // index; -1: the default for a dose, none for other events
  bool switch_off = false;      // a negative CMT

  bool is_dose() const { return kind == EventKind::kDose || kind == EventKind::kResetDose; }
  bool is_constant_infusion() const { return steady_state != 0 && interval_h == 0; }
};

// Why a subject's numbers ended. Final until the next subject.
struct EventStatus {
  bool ok = true;
  std::string reason;  // "no steady state: ..."; empty where ok
};

}  // namespace dosewright::sim
