// What a programme answers for one patient at one instant. The rules are asked by the protocol's
// own Executor, the very one that runs virtual trials; this module only prepares what it sees and
// puts its decision beside eligibility, other medicines, supply and the calendar.
//
//   order = what the protocol allows, held back where a first dose is not yet permitted (an
//           eligibility question is open or speaks against it), where the supply is closed to this
//           patient or not known to be open, or where the latest word on a thing contradicts itself
#pragma once

#include "dosewright/decide/patient.hpp"
#include "dosewright/protocol/protocol.hpp"

namespace dosewright::decide {

struct Question {
  const programme::Programme* programme = nullptr;
  std::string profile;       // "": the programme's usual one
  std::string regimen;       // "": the programme's usual one
  std::string jurisdiction;  // "": supply is not judged
  Minutes at = 0;
};

struct RegionAnswer {
  std::string name, title, state, state_title;
  protocol::Permission allows = protocol::Permission::kFull;
  Minutes since = 0;
  std::string rule, because, source;  // that led there; rule "": where observation began
};

enum class Action : std::uint8_t { kGive, kWithhold, kStop, kDoNotStart };
std::string to_text(Action action);

struct Order {
  Action action = Action::kWithhold;
  double amount_mg = 0;              // kGive
  std::string regimen;               // id
  Minutes planned = 0;               // kGive: midnight of the planned day
  Minutes latest = 0;                // kGive: midnight of the last day on which it may be given
  bool late = false;                 // the planned day is over: made up
  std::vector<std::string> because;  // rules, open questions, contradictions
  std::string source;
};

enum class DueState : std::uint8_t { kMissing, kOverdue, kDue, kSoon, kLater };
std::string to_text(DueState state);

struct DueAnswer {
  std::string panel, title;
  std::vector<std::string> tests;
  DueState state = DueState::kLater;
  Minutes due = 0;
  Minutes counts_from = 0;                  // a test before this does not meet it
  std::optional<Minutes> last_drawn;        // all tests of the panel, the oldest of them
  bool too_early = false;                   // last drawn for this, but before it counts
  std::vector<std::string> never_measured;  // tests
  std::string because, rule, source;
};

struct CriterionAnswer {
  std::string id, kind, says, source;
  double verdict = lang::kUnknown;  // of its question: 1, 0 or unknown
  bool in_favour = false;           // included and met, or excluded and not met
  bool withholds = false;           // where it speaks against the patient, during treatment too
  std::vector<lang::Seen> seen;
};

// Where a past dose was given.
struct SiteUse {
  Minutes at = 0;
  enum class Place : std::uint8_t { kListed, kElsewhere, kNotSaid } place = Place::kNotSaid;
  std::string name;  // "left thigh"; kElsewhere: as the file says it; kNotSaid: ""
};

// A place for the next dose. kNext is one of the free ones; kUnclear: it may be the place of the
// last dose, whose place or side nobody said.
struct SiteAnswer {
  enum class Verdict : std::uint8_t {
    kNext,
    kFree,
    kResting,
    kUnclear,
    kUnfit
  } verdict = Verdict::kFree;
  std::string name;
  std::optional<Minutes> last_used;
  std::vector<std::string> because;
  std::string source;
};
std::string to_text(SiteAnswer::Verdict verdict);

struct SitesAnswer {
  bool asked = false;             // the programme says where it is injected
  std::vector<SiteUse> log;       // the latest first
  std::vector<SiteAnswer> sites;  // in the order of the programme
  std::vector<std::string> questions;
  std::string says, source;  // of the rotation
  bool all_unfit = false;

  const SiteAnswer* next() const;  // nullptr: none is known to be free
};

// How it ended, by the latest word: an end counts until it is said that treatment went on.
struct EndAnswer {
  std::optional<Disposition> ended;
  std::optional<Minutes> dose_after;  // the first dose on a day after that
  std::vector<Disposition> events;    // all that the file says, by time

  bool died() const { return ended && ended->kind == Disposition::Kind::kDied; }
};

struct Warning {
  std::string id, level, says, saw, source;  // level: stop, avoid, modify, monitor, check, note
};

struct SupplyAnswer {
  std::string jurisdiction, status, since, says, source;
  std::string treated;  // what follows for a patient on treatment; "" where all are reached
  std::string verdict;  // "open", "closed", "unknown", "not judged"
};

// Something to tell, ask or do here and now. An open question was not answered since the last dose.
struct AdviceAnswer {
  std::string id, kind, says, source;  // kind: tell, ask, do
  bool open = false;
  std::optional<Minutes> answered;
  std::string answer;  // "yes", "no"
};

struct Answer {
  std::string programme, patient, profile, protocol_title;
  std::int64_t entries = 0;
  Minutes at = 0;
  std::optional<Minutes> first_dose, last_dose;
  int n_doses = 0;
  std::vector<RegionAnswer> regions;
  Order order;
  std::vector<DueAnswer> obligations;
  std::vector<CriterionAnswer> eligibility;
  std::vector<Warning> warnings;
  SupplyAnswer supply;
  SitesAnswer sites;
  EndAnswer end;
  std::vector<AdviceAnswer> advice;
  std::vector<programme::Statement> administration;  // how it is given; empty unless it is
  std::vector<protocol::RuleVerdict> rules;
  std::vector<Note> notes;
  protocol::PatientState state;
  std::vector<protocol::Firing> log;
};

// Faults: an unknown profile, regimen or jurisdiction, with the nearest known one.
Result<Answer> answer(const Question& question, const Patient& patient);

std::string answer_text(const Answer& answer);
std::string answer_json(const Answer& answer);

// One rule: what it asks, what it sees now, when it fired for this patient, its source and cases.
Result<std::string> explain_text(const Question& question, const Answer& answer,
                                 const std::string& rule);

}  // namespace dosewright::decide
