// A programme: one drug's folder of data, read whole into one immutable value.
//
//   programme.toml     identity, codes, status by jurisdiction, formulation, dosing, sources
//   molecule.toml      the strand and what was published about it
//   labs.toml          what is measured
//   model.txt parameters.toml observations.toml labs.toml       -> model
//   regimens.toml      how much, how often
//   protocol/*.toml    one profile each: "label", a study
//   eligibility.toml   who may have it, by profile
//   facts.toml         diagnoses, symptoms, habits: codes and terms by which real data name them
//   interactions.toml reactions.toml
//   sites.toml         where on the body it is injected
//   statements.toml    what documents say that no rule, test or number is: to know, tell, ask, do
//   evidence/trials.csv evidence/individuals.csv
//   designs/*.toml     trials to simulate (read by the trial module; listed here)
//
// Format: docs/programme.md. Every fault of every file is reported together. Only programme.toml,
// labs.toml, regimens.toml and a protocol are needed: without a model a programme can be checked,
// shown and decided, but not simulated.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/time.hpp"
#include "dosewright/lang/check.hpp"
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

// What an authority published, and in which languages.
struct PublicDocument {
  std::string jurisdiction, title, kind;
  std::string reference;               // the authority's own number; may be empty
  std::string published, updated;      // ISO 8601 dates; `updated` may be empty
  std::vector<std::string> languages;  // ISO 639-1, in the order of the file
  std::string address;  // where it can be read; {language} stands for each of them; may be empty
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
  std::string when;  // the question, over criterion_scope(); "": a person answers it
  std::shared_ptr<const lang::Node> question;  // checked; empty where `when` is
  // What follows during treatment where it speaks against the patient: a warning, no further dose,
  // or nothing, because it is a question of the start alone.
  enum class During : std::uint8_t { kWarn, kWithhold, kNothing } during = During::kWarn;
};

// What can be known of a patient besides tests: a diagnosis, a symptom, a habit, a form that was
// signed. One whose id is a sign of a protocol is that sign. facts.toml.
struct FactWord {
  std::string id, title, source;
  std::vector<std::string> terms;  // as people write it; compared without case
  std::vector<Code> codes;
  std::vector<std::string> implies;  // facts and signs that are there when it is
  struct AtGrade {
    double grade = 0;  // CTCAE grade from which on
    std::string implies;
  };
  std::vector<AtGrade> at_grade;
  std::optional<Unit> unit;  // of a quantity; none: yes or no
  Minutes stale_after = 0;   // 0: it holds until something else is said
};

// Another medicine beside this one. interactions.toml.
struct Interaction {
  enum class Level : std::uint8_t { kMonitor, kModify, kAvoid } level = Level::kMonitor;
  std::string id, title, effect, says, source;
  std::vector<std::string> names;    // ingredients and brands
  std::vector<std::string> classes;  // "tetracycline antibacterials"
  std::vector<Code> codes;           // an ATC code also stands for the codes that begin with it
  // More than so much a day on so many days a week is another matter, with words of its own.
  double above_mg_per_day = 0;  // 0: no such amount
  double days_per_week = 0;
  std::string says_above, source_above;
};

// Where on the body it is given, by which words and codes data name that, and what comes before the
// same place again. sites.toml.
enum class Side : std::uint8_t { kNone, kLeft, kRight };
struct Site {
  struct SideCode {
    std::string system, value;
    Side side = Side::kNone;
  };
  std::string id, title, source;
  std::vector<std::string> terms;
  std::vector<SideCode> codes;
  bool sides = false;  // the left one and the right one are two places
};
// A fact that makes a place unfit for as long as it holds there.
struct UnfitSite {
  std::string fact, says, source;
};
struct Rotation {
  int apart = 0;  // after so many other doses the same place may be used again; 0: at once
  int shown = 0;  // doses that a log lists
  std::string says, source;
};
struct Sites {
  std::vector<Site> places;  // none: the programme has no sites.toml
  std::vector<UnfitSite> unfit;
  std::optional<Rotation> rotation;
};

// What was seen on the drug. reactions.toml.
struct Reaction {
  std::string id, term, organ_class, source;
  double share_low = 0, share_high = 0;  // fractions of patients; equal where one is given
  std::string severity;                  // "3-5 ULN": which part of the term is counted; may be ""
  double placebo = -1;                   // fraction; -1: not given
  std::string frequency;                 // "<1 %": as written, where there is no number
};

// What a regulatory status means for who can be given the drug. programme.toml, [[supply]].
struct Supply {
  std::string jurisdiction, status;  // as in the history
  enum class Route : std::uint8_t { kYes, kTrialOnly, kNone } route = Route::kNone;
  std::string says, source;
  std::string treated;  // what follows for a patient on treatment whom the route does not reach
};

// What a document says that is no rule, test or number of its own. statements.toml.
struct Remark {
  // kKnow: of the drug; kTell: to the patient; kAsk: of the patient; kDo: by who treats.
  enum class Kind : std::uint8_t { kKnow, kTell, kAsk, kDo } kind = Kind::kKnow;
  // Before the first dose, from it on, or both.
  enum class During : std::uint8_t { kAlways, kStart, kTreatment } during = During::kAlways;
  std::string id, about, says, source;
  std::vector<std::string> profiles;           // protocols it belongs to; none: all
  std::string when;                            // only where this is true, over criterion_scope()
  std::shared_ptr<const lang::Node> question;  // checked; empty where `when` is
  std::string records;                         // kAsk: the fact by which the answer is recorded
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

// What one document prints about the molecule, and how it compares with what the strand makes.
struct Quote {
  std::string what;  // "formula", "InChI", "CAS", ...
  std::string of;    // "acid" or "salt"
  std::string value;
  std::string source;
  std::string known_conflict;  // why the document errs; empty: it does not
  std::string verdict;         // "agrees", "known conflict: ..."
};

// What the strand makes, independent of what anyone prints. Empty where there is no good strand.
struct Computed {
  std::string formula_acid, formula_salt;
  double mass_acid = 0, mass_salt = 0;  // g/mol
  std::string weights;                  // the table of atomic weights: "IUPAC2021"
};

// An oligonucleotide as data, 5' to 3'. One letter per residue or link.
struct Molecule {
  std::string sequence;         // ACGTU
  std::string sugars;           // d deoxyribose, e 2'-O-methoxyethylribose, r ribose ...
  std::string links;            // s phosphorothioate, o phosphodiester ...; one less than residues
  std::vector<int> methylated;  // residues with a 5-methyl base, counted from 1
  std::string formula_acid, formula_salt, helm;
  double mass_acid = 0, mass_salt = 0;  // g/mol as published or derived
  std::string source;
  std::vector<Quote> quotes;
  std::vector<std::string> findings;  // sentences: substances that a document mixes, its errors
  Computed computed;
  Target target;
};

struct Dosing {
  std::string regimen;   // the usual one, an id of regimens
  std::string protocol;  // the profile that gates it unless another is asked for
  std::string indication, source;
  std::vector<Statement> administration;
  std::vector<std::string> lighter_profiles;  // protocols in which the `lighter` regimen applies
};

struct Programme {
  std::string directory;
  Identity identity;
  std::vector<Milestone> history;         // by jurisdiction, then by time
  std::vector<PublicDocument> documents;  // in the order of the file
  Dosing dosing;
  Formulation formulation;
  std::vector<Storage> storage;
  std::vector<Criterion> eligibility;
  std::vector<FactWord> facts;
  std::vector<Interaction> interactions;
  std::vector<Reaction> reactions;
  Sites sites;
  std::vector<Supply> supply;
  std::vector<Remark> remarks;
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
  // The step whose status is in force on that day; nullptr: none yet. A date of which only the year
  // or the month is known counts from its end.
  const Milestone* status_on(std::string_view jurisdiction, Date day) const;
  const FactWord* fact(std::string_view id) const;  // nullptr: unknown
};

// What the question of a criterion may name: X and X.ULN of each test, fact.ID of each fact (yes or
// no, or a quantity) and patient.age. In this order: the tests, the facts, the age.
std::vector<lang::Symbol> criterion_scope(const Programme& programme);

// Reads a folder. Fails with the faults of all its files together; broken rows of the evidence
// alone do not fail it but are kept in evidence_faults.
Result<Programme> load_programme(const std::string& directory);

// The fault of simulating a programme that has no model; none where it has one.
Faults check_simulable(const Programme& programme);

// What `programme check` reports: nothing, or every fault including those of the evidence.
Faults check_programme(const std::string& directory);

}  // namespace dosewright::programme
