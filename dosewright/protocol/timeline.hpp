// The timeline: dated facts about one patient, the same type for virtual and for real ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/base/unit.hpp"

namespace dosewright::protocol {

// A laboratory test that rules may ask for. Values travel in canonical units (base/unit.hpp).
struct Analyte {
  std::string code;   // ALT: the name used in rules
  std::string title;  // "alanine aminotransferase"
  std::string loinc;
  Unit unit;           // shown in
  double uln = 0;      // canonical; 0: this test has no upper limit of normal
  double lln = 0;      // canonical; 0: none
  std::string source;  // of the limits

  // For reading real results: other LOINC codes and names of the same test, and the molar mass by
  // which an amount (mmol/L) becomes a mass (mg/dL); 0: the two are not converted.
  std::vector<std::string> loinc_synonyms, names;
  double molar_mass = 0;  // canonical mg/mmol, which is g/mol
};

enum class FactKind : std::uint8_t { kLab, kSymptom, kSymptomEnd, kReaction, kDose, kDoseMissed };

// One dated fact. `code` is an index into Vocabulary::analytes (kLab) or ::signs (symptoms,
// reactions); -1 is a fact that the protocol at hand has no word for, and is passed over.
struct Fact {
  Minutes at = 0;
  FactKind kind = FactKind::kLab;
  std::int16_t code = 0;
  double value = 0;  // kLab: canonical; kDose: mg given; kReaction: CTCAE grade, 0: over
  double uln = 0;    // kLab: the limit that came with the reading, canonical; 0: the analyte's own
};

// What facts can be about. Symptoms, diagnoses and reactions are `signs`. At most 64 of each.
struct Vocabulary {
  std::vector<Analyte> analytes;
  std::vector<std::string> signs;

  int analyte(std::string_view code) const;  // -1: unknown
  int sign(std::string_view code) const;     // -1: unknown
};
inline constexpr int kMaxAnalytes = 64;  // sets of them are 64-bit masks
inline constexpr int kMaxSigns = 64;
inline constexpr int kMaxPanels = 64;
inline constexpr int kMaxRegions = 64;

// One [[lab]] table of labs.toml, the identity part: code title loinc unit uln lln source. Does not
// finish() the node: the model reads its own keys from the same table.
Analyte parse_analyte(Node& table);

// Facts in the order in which rules see them: by time; at one instant readings and symptoms come
// before the dose of that visit. Stable: readings of one test at one instant keep their order.
using Timeline = std::vector<Fact>;
void sort_timeline(Timeline& timeline);

}  // namespace dosewright::protocol
