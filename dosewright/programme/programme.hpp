// A programme: one drug's folder of data, read whole into one immutable value.
//
//   programme.toml     identity, codes, status by jurisdiction, formulation, dosing, sources
//   molecule.toml      the strand and what was published about it
//   labs.toml          what is measured
//   model.txt parameters.toml observations.toml labs.toml       -> model
//   regimens.toml      how much, how often
//   protocol/*.toml    one profile each: "label", a study
//   eligibility.toml   who may have it, by profile
//   evidence/trials.csv evidence/individuals.csv
//   designs/*.toml     trials to simulate (read by the trial module; listed here)
//
// Format: docs/programme.md. Every fault of every file is reported together. Only programme.toml,
// labs.toml, regimens.toml and a protocol are needed: without a model a programme can be checked,
// shown and decided, but not simulated.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/time.hpp"
#include "dosewright/model/model.hpp"
#include "dosewright/programme/evidence.hpp"
#include "dosewright/protocol/protocol.hpp"

namespace dosewright::programme {

struct Source {
  std::string key;  // "FDA-MedR": statements cite it by this, then the place
  std::string title;
  std::string address;  // where it can be read; may be empty
  std::string note;
};

struct Code {
  std::string system;  // "CAS", "ATC"
  std::string value;
  std::string of;  // "free acid", "sodium salt"; may be empty
  std::string source;
};

struct Identity {
  std::string name;   // "smallumab"
  std::string title;  // "smallumab (Example)"
  std::string summary;
  std::vector<std::string> synonyms;
  std::vector<Code> codes;
};

// One step of a regulatory history. `when` is an ISO 8601 date, or the part of it that is known; a
// step without any date stands before the others.
struct Milestone {
  std::string jurisdiction;  // "EU", "US"
  std::string when;          // "2013-05-29", "2013-01", "2019"
  std::string event;
  std::string status;  // in force from then on; "" where it did not change
  std::string source;
};

// A sentence with its source.
struct Statement {
  std::string says;
  std::string source;
};

struct Formulation {
  std::string form, route, container;
  std::string strength, volume;    // as written: "200 mg/mL", "1 mL"
  double dose_mg = 0;              // in one container: strength * volume
  double ph_low = 0, ph_high = 0;  // 0: not given
  std::string source;
};

struct Storage {
  double low_celsius = 0, high_celsius = 0;
  Minutes at_most = 0;  // 0: until it expires
  std::string says, source;
};

// Who may have it (include), may not (exclude), or needs care (caution), by protocol profile.
struct Criterion {
  enum class Kind : std::uint8_t { kInclude, kExclude, kCaution } kind = Kind::kInclude;
  std::string id, says, source;
  std::vector<std::string> profiles;  // protocols it belongs to
};

// Where documents disagree: what each says, which is followed, and why.
struct Disagreement {
  std::string about;
  std::vector<Statement> claims;
  std::string follows, because;
  std::string source;  // of the reason; may be empty
};

struct Target {
  std::string gene, transcript, site;  // site: the RNA that the strand pairs with, 5' to 3'
  int first = 0, last = 0;             // positions on the transcript
  std::string source;
};

// An oligonucleotide as data, 5' to 3'. One letter per residue or link.
struct Molecule {
  std::string sequence;         // ACGTU
  std::string sugars;           // d deoxyribose, e 2'-O-methoxyethylribose, r ribose
  std::string links;            // s phosphorothioate, o phosphodiester; one less than residues
  std::vector<int> methylated;  // residues with a 5-methyl base, counted from 1
  std::string formula_acid, formula_salt, helm;
  double mass_acid = 0, mass_salt = 0;  // g/mol as published or derived
  std::string source;
  Target target;
};

struct Dosing {
  std::string regimen;   // the usual one, an id of regimens
  std::string protocol;  // the profile that gates it unless another is asked for
  std::string indication, source;
  std::vector<Statement> administration;
};

struct Programme {
  std::string directory;
  Identity identity;
  std::vector<Milestone> history;  // by jurisdiction, then by time
  Dosing dosing;
  Formulation formulation;
  std::vector<Storage> storage;
  std::vector<Criterion> eligibility;
  std::vector<Disagreement> disagreements;
  std::vector<Source> sources;
  std::optional<Molecule> molecule;

  std::vector<protocol::Analyte> analytes;
  std::vector<protocol::Regimen> regimens;
  std::vector<protocol::Protocol> protocols;
  model::Model model;      // empty without has_model
  bool has_model = false;  // it can be simulated

  std::vector<EvidenceRow> evidence;
  std::vector<IndividualReading> individuals;
  Faults evidence_faults;            // rows that were left out; the programme holds without them
  std::vector<std::string> designs;  // names of designs/*.toml, without ending, sorted

  const protocol::Protocol* protocol(std::string_view name) const;  // nullptr: unknown
  const protocol::Regimen* regimen(std::string_view id) const;
  int analyte(std::string_view code) const;                 // -1: unknown
  std::vector<std::string> jurisdictions() const;           // in the order of the file
  std::string status(std::string_view jurisdiction) const;  // the latest; "" where none
};

// Reads a folder. Fails with the faults of all its files together; broken rows of the evidence
// alone do not fail it but are kept in evidence_faults.
Result<Programme> load_programme(const std::string& directory);

// The fault of simulating a programme that has no model; none where it has one.
Faults check_simulable(const Programme& programme);

// What `programme check` reports: nothing, or every fault including those of the evidence.
Faults check_programme(const std::string& directory);

}  // namespace dosewright::programme
