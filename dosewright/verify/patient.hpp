// A patient found by the solver: a short story of facts, one instant at which to look, and the same
// as a file. What the executor does with it is asked of the executor, from the file's own text.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::verify {

// One row. Codes and not indices: two protocols number their tests differently.
struct PatientFact {
  int day = 0;  // after the first day
  enum class Kind : std::uint8_t { kLab, kSign, kDose } kind = Kind::kLab;
  std::string code;  // of the test or the sign
  double value = 0;  // kLab: canonical; kSign: 1 present, 0 over; kDose: mg
  double uln = 0;    // kLab: canonical; 0: none
  Unit unit;         // kLab: to write it in
};

struct Patient {
  std::vector<PatientFact> facts;  // by day
  int look_on = 0;                 // the day of which the property speaks
};

inline constexpr const char* kFirstDay = "2024-01-01";
std::string date_of(int day);  // "2024-01-08" is day 7

// date,kind,code,value,unit,uln; kind is lab, event (a sign: 1 present, 0 over) or dose (mg).
std::string to_csv(const Patient& patient);

// What that file tells a protocol; facts that it has no word for are left out. Dates are midnights,
// in minutes since the first day.
Result<protocol::Timeline> read_csv_patient(const std::string& csv,
                                            const protocol::Protocol& protocol);

// The executor's own account of a patient.
struct Replay {
  struct Fired {
    protocol::PatientState before;  // the moment before the rule fired
    protocol::Firing firing;
  };
  protocol::PatientState state;
  std::vector<Fired> log;
  protocol::Decision decision;
};
Result<Replay> replay(const protocol::Protocol& protocol, const std::string& csv, int look_on);

// The region alone lets a dose through.
bool region_allows(const protocol::Protocol& protocol, const protocol::PatientState& state,
                   int region);

}  // namespace dosewright::verify
