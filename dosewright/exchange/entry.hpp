// What a file says about one patient, entry by entry, before any programme has read a meaning into
// it: codes as written, values in the units that they came in, the place of each for messages.
//
//   own CSV, own JSON, FHIR R4 Bundle, SDTM --> Entry, one at a time --> Sink
//
// Entries are handed on as they are read, so that millions of them need no memory here. Formats:
// docs/decide.md.
//
// Time is the wall clock of the place where the patient is, in whole minutes from 1970-01-01T00:00:
// a zone offset in a file is dropped, because rules count days of the patient's calendar. A date
// without a time of day stands at its midnight.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/time.hpp"

namespace dosewright::exchange {

enum class EntryKind : std::uint8_t {
  kBirth,        // at: the day
  kSex,          // text: as written
  kLab,          // codes, value, unit, uln, lln
  kDose,         // value, unit: of the drug of the programme, or codes say of which
  kMissedDose,   // planned at `at` and not given
  kFact,         // codes; present or absent, or value and unit
  kReaction,     // codes; value: CTCAE grade, 0: over
  kMedication,   // another medicine from `at` on; value, unit: amount a day
  kIntake,       // another medicine taken on that day; value, unit: amount of the day
  kDisposition,  // codes: how treatment or study ended, or went on; text: in words
};

// system: "LOINC", "ATC", "RxNorm", "SNOMED CT", "ICD-10", "MedDRA"; "" is a name or an own code.
struct Code {
  std::string system;
  std::string value;
};

struct Entry {
  Place place;
  std::string pointer;  // JSON pointer of the entry, "" in a table
  EntryKind kind = EntryKind::kFact;
  Minutes at = 0;
  std::optional<Minutes> until;
  std::vector<Code> codes;
  std::string text;
  std::vector<Code> site;  // of a dose, fact or reaction: where on the body; empty: not said
  std::optional<double> value;
  std::string unit;
  std::optional<double> uln, lln;  // in `unit`
  bool present = true;             // kFact without a value
  double days_per_week = 7;        // kMedication
};

using Sink = std::function<void(Entry&&)>;

// What a reader did. Any fault means that the file must not be decided on.
struct Reading {
  Faults faults;
  std::int64_t entries = 0;
  std::string patient;  // the file's own name for the patient; may be ""
  std::map<std::string, std::int64_t> passed_over;  // what has no meaning here, and how often
};

inline constexpr std::size_t kMostFaults = 200;  // of one file; the rest is counted

// Adds a fault, or counts it where there are too many already.
class FaultList {
 public:
  explicit FaultList(Faults& faults) : faults_(faults) {}
  ~FaultList();
  FaultList(const FaultList&) = delete;
  FaultList& operator=(const FaultList&) = delete;
  void add(Fault fault);

 private:
  Faults& faults_;
  std::int64_t left_out_ = 0;
};

// "2013-06-01", "2013-06-01T08:30[:15][Z|+02:00]": the wall clock that is written there.
Result<Minutes> parse_wall_clock(std::string_view text);
std::string clock_text(Minutes at);  // "2013-06-01" at midnight, else "2013-06-01 08:30"

// A number with a decimal point and nothing else. Faults say what to write for "1,5" and "<0.2".
Result<double> parse_number(std::string_view text);

}  // namespace dosewright::exchange
