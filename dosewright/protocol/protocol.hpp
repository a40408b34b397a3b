// A protocol: regions side by side, each a small statechart over the facts of a patient, and
// schedules of tests. A definition is const; a patient's state is a value.
//
//   facts --> Executor::observe --> PatientState --> Executor::decision --> Decision
//
// The same executor runs virtual patients (trial) and real ones (decide): no second implementation
// of a rule exists. It is pure: no clock, no store, no randomness. The most restrictive region
// wins; a rule towards a more restrictive state that cannot be answered (missing or stale reading)
// never lets a dose through.
//
// Time is whole minutes. What a region does between facts it does at midnights (multiples of 24 h),
// so that the answer cannot depend on how often anybody looked.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/lang/program.hpp"
#include "dosewright/protocol/regimen.hpp"
#include "dosewright/protocol/timeline.hpp"

namespace dosewright::protocol {

// Ever more restrictive.
enum class Permission : std::uint8_t { kFull, kReduced, kWithheld, kStopped };
std::string to_text(Permission permission);

// A test (or panel) that is owed: within a delay once, or every so often while a state lasts.
struct Owing {
  int panel = 0;      // index into Protocol::panels
  Minutes first = 0;  // after the state was entered / the transition fired
  Minutes every = 0;  // 0: once; else counted from the reading that met it
  std::string because;
  std::string source;  // of this duty and its interval; "": that of the rule that brings it
};

// Where an input of a guard comes from.
enum class SlotKind : std::uint8_t {
  kValue,
  kPrevious,
  kBaseline,
  kUln,
  kPreviousUln,
  kBaselineUln,
  kAge,
  kPreviousAge,
  kGap,
  kStateAgeThen,
  kNew,
  kLast,   // as kValue, however old
  kCount,  // index: the test that is counted; which: the count
  kSign,
  kStateAge,
  kTreatmentAge,
  kDoseAge,
  kDoseCount,
  kDoseAmount,
};
struct Slot {
  SlotKind kind = SlotKind::kValue;
  std::int16_t index = 0;  // analyte or sign
  std::int16_t which = 0;  // kCount: index into Protocol::counts
};

// Guards of several rules in one program: what two of them read or compute, it does once.
struct Questions {
  lang::Program program;    // outputs: the verdicts
  std::vector<Slot> slots;  // its inputs
};

struct State {
  std::string name;
  std::string title;
  Permission allows = Permission::kFull;
  std::string regimen;      // kReduced: id of the regimen to reduce to
  double weekly_mg = 0;     // kReduced: of that regimen; of two reductions the smaller one wins
  std::vector<Owing> owes;  // while in this state
  bool suspends_schedules = false;
  std::uint64_t dosing_needs =
      0;  // analytes without which no dose is given here, whatever the rules

  // Worked out by the parser, so that a new fact asks only the rules that it touches.
  std::vector<int> outgoing;         // indices into Region::transitions, in the order of the file
  std::vector<Questions> questions;  // of the outgoing rules, in their order: mostly one
  std::uint64_t analytes = 0;        // that the outgoing rules read
  std::uint64_t signs = 0;           // that they read
  std::uint64_t needs = 0;           // analytes of the rules towards more restrictive states
  bool reads_doses = false;
  bool timed = false;  // some outgoing rule depends on the passing of time
};

struct Transition {
  std::string id;  // "hepatic.withhold"
  int from = 0;    // a transition written for several states is one per state, same id
  int to = 0;
  std::string when;         // as written
  lang::Expression guard;   // checked
  lang::Program program;    // inputs: those names of the scope that the guard uses
  std::vector<int> inputs;  // indices into Protocol::scope, in register order
  std::vector<Slot> slots;  // parallel to inputs
  bool timed = false;       // depends on the passing of time alone (.age, known)
  bool restricts = false;   // leads to a more restrictive state
  std::vector<Owing> owe;   // stays owed, whatever the state, until it is done
  // Rules of the same state that it is asked ahead of on purpose; `verify` claims nothing of them.
  std::vector<std::string> before;
  std::string because;
  std::string cause;  // for states that stop: the cause of discontinuation that is recorded
  std::string source;
  std::vector<std::string> cases;
  Place place;
};

inline constexpr int kMaxCounts = 64;

// How many of the latest readings of one test, without a break, satisfy a comparison: "three values
// in a row above 75".
struct Count {
  std::string name;  // rules ask for count.NAME
  std::string title;
  int analyte = 0;
  Transition test;  // only its guard: the comparison
  Place place;
};

struct Region {
  std::string name;
  std::string title;
  int initial = 0;
  bool simulated = true;  // false: no model makes its facts; virtual trials leave it out
  std::vector<State> states;
  // Per state, what is meant to keep it (its `stays`), compiled like a guard; `when` is empty where
  // the file does not say. The executor never asks it: it is what `verify` holds the rules against.
  std::vector<Transition> stays;
  std::vector<Transition> transitions;  // asked in the order of the file; the first true one fires
};

// What must hold on all paths, whatever the rules: proved by `verify`, never asked by the executor.
struct Invariant {
  enum class Kind : std::uint8_t {
    kNeverDoseWhen,    // no dose is allowed while the condition is true
    kDoseWhen,         // a dose is allowed while the condition is true
    kNeverWhen,        // a patient in the state never meets the condition
    kResumesOnlyWhen,  // the state is left for one that lets doses through only where it is true
    kNeverLeft,        // the state is for good
  } kind = Kind::kNeverDoseWhen;
  std::string id;
  std::string says;  // in words
  int region = -1;   // -1: about no state in particular
  int state = -1;
  Transition condition;  // compiled like a guard; empty for kNeverLeft
  std::string source;
  Place place;
};

struct Panel {
  std::string name;
  std::string title;
  std::vector<int> analytes;  // indices into Vocabulary::analytes
  std::uint64_t mask = 0;     // the same as a set
};

// Planned tests, counted from the first dose. Before it, one planned at 0 is owed from the start.
struct Schedule {
  std::string id;
  int panel = 0;
  std::vector<Minutes> at;                 // offsets, ascending, or
  Minutes from = 0, until = 0, every = 0;  // from, from+every, ... < until (0: without end)
  Minutes window = 0;                      // counts when drawn within +- window; overdue after it
  std::string source;
};

struct MissedDose {
  Minutes least_gap_to_next = 0;  // a missed dose may be made up while at least this remains
  std::string source;
};

// Where and from when to when a protocol holds: programmes are changed, and end.
struct InForce {
  std::string jurisdiction;
  std::string from, until;  // ISO 8601 dates, or the part that is known; "": open
  std::string source;
};
// Whether a protocol holds on an ISO 8601 date. An end of "2025" is the end of that year.
bool in_force_on(const InForce& held, std::string_view date);

// The baseline is the last reading at or before the first dose; or its mean with the one before,
// where the two differ by no more than this fraction of their mean.
struct BaselineRule {
  double mean_within = 0;
  std::string source;
};

// A sign that rules may ask for: a symptom, a diagnosis, a reaction.
struct Sign {
  std::string name;
  std::string title;
};

struct Protocol {
  std::string name;  // "label"
  std::string title;
  std::string source;
  Vocabulary vocabulary;
  std::vector<Sign> signs;  // parallel to vocabulary.signs
  std::vector<Panel> panels;
  std::vector<Schedule> schedules;
  std::vector<Region> regions;
  std::vector<Invariant> invariants;
  std::vector<Count> counts;
  std::vector<Minutes> stale_after;       // per analyte; 0: never stale
  std::vector<std::string> stale_source;  // per analyte; "": no rule names it
  std::vector<double> ordinary;  // per analyte: what cases take where they say nothing; unknown
  std::vector<int> panel_of;     // per analyte: the first panel that measures it; -1: none
  std::optional<MissedDose> missed_dose;
  std::optional<BaselineRule> baseline;
  std::optional<InForce> in_force;
  std::vector<lang::Symbol> scope;     // what guards may name
  std::vector<Slot> scope_slots;       // parallel to scope
  std::vector<std::string> conflicts;  // what this profile follows where documents disagree
  std::string based_on;                // the profile that this one is, but for the rules left out
  std::vector<std::string> without;    // ids of the rules of based_on that are left out
  std::vector<std::string> added;      // names of the regions that based_on does not have

  int panel(std::string_view panel_name) const;  // -1: unknown

  // For virtual trials: bit per region that they leave out, and whether any schedule or region that
  // they ask needs this panel.
  std::uint64_t regions_not_simulated() const;
  bool panel_is_simulated(int panel) const;
};

// What the regimens, analytes and sources of the programme are, for checking references.
struct Surroundings {
  std::vector<Analyte> analytes;
  std::vector<Regimen> regimens;
  std::vector<std::string> sources;
};

// Reads protocol/<name>.toml. Format: docs/protocol.md. Every fault is in the Document. Cases are
// run: a case that decides otherwise than written is a fault, and so are a transition without cases
// at, below, above, missing and stale, an unreachable state, an unknown test, regimen or source.
Protocol parse_protocol(Document& document, const Surroundings& surroundings);

// Reads a protocol that is another one without some of its rules, or with further regions:
// `derived` holds name, title, source, based_on, without, conflicts, in_force, and the regions that
// it adds with their panels, tests, signs and counts; `base` is the other one's file, freshly
// loaded. Rules that do not exist are faults of `derived`; what no longer holds without them, of
// `base`.
Protocol derive_protocol(Document& derived, Document& base, const Surroundings& surroundings);

// Latest, previous and baseline reading of one analyte. A value that is not known is kUnknown.
struct Readings {
  double value = lang::kUnknown, previous = lang::kUnknown, baseline = lang::kUnknown;
  double uln = lang::kUnknown, previous_uln = lang::kUnknown, baseline_uln = lang::kUnknown;
  Minutes at = 0, previous_at = 0;
};

// What is owed to a patient: points into the Protocol, so that keeping the list allocates nothing.
struct Owed {
  const Owing* item = nullptr;
  Minutes after = 0;  // readings later than this meet it
  Minutes due = 0;
  int region = 0;
  bool while_state = false;          // goes when the region leaves its state
  const Transition* rule = nullptr;  // that brought it; null: the state the region started in
};

struct RegionState {
  int state = 0;
  Minutes since = 0;
  const Transition* rule = nullptr;  // that led here; null: where the region started
  bool unsettled = false;            // rules chased each other; no dose until they come to rest
};

// One transition that fired: the decision log is a list of these.
struct Firing {
  Minutes at = 0;
  int region = 0, from = 0, to = 0;
  const Transition* rule = nullptr;
};

// Refers to the Protocol that it was started with, which must outlive it (and may be moved).
struct PatientState {
  Minutes now = 0;
  Minutes started = 0;     // when observation began
  Minutes first_dose = 0;  // meant only where n_doses > 0, as the next two
  Minutes last_dose = 0;
  int n_doses = 0;
  double last_dose_mg = 0;
  std::vector<Readings> readings;   // per analyte
  std::vector<int> counts;          // per count: the readings in a row that satisfy it
  std::vector<std::uint8_t> signs;  // per sign: 0 absent, 1 present
  std::vector<RegionState> regions;
  std::vector<Owed> owed;              // one-off and recurring, in the order in which they arose
  std::vector<Minutes> schedule_next;  // per schedule: the next planned offset, or kNever
  std::uint64_t regions_off = 0;       // bit per region that is not asked, see Executor
  // Bit per test without which a panel is complete: an audit sets it for what a study never
  // measured. Rules do not see it; to them such a test is not known.
  std::uint64_t tests_waived = 0;

  bool is_off(std::size_t region) const { return (regions_off >> region & 1) != 0; }
};
inline constexpr Minutes kNever = INT64_MAX / 4;

// An obligation as it is told to people: from a state, a transition, a schedule, or from a rule
// that cannot be answered for want of a reading.
struct Obligation {
  int panel = 0;
  Minutes due = 0;
  Minutes window = 0;  // overdue after due + window
  std::string because;
  std::string rule;  // schedule, state ("hepatic: treating") or transition id
  std::string source;
};

struct RuleVerdict {
  std::string rule, region, source, because;
  double verdict = lang::kUnknown;  // 0, 1 or unknown
  std::vector<lang::Seen> seen;
};

struct Decision {
  Minutes at = 0;
  Permission permission = Permission::kFull;
  std::string regimen;                  // kReduced: to which
  std::string region;                   // which region decided; "" for full
  std::string because;                  // in words, with the rule that led there
  bool unanswered = false;              // withheld because a restricting rule could not be answered
  std::vector<std::string> states;      // per region; "off" where it is not asked
  std::vector<Obligation> obligations;  // by due time
  std::vector<RuleVerdict> rules;       // every rule that was asked
};

// Called when a transition fires, with the state just before it: for replays that say what it saw.
using Witness = std::function<void(const PatientState&, const Firing&)>;

class Executor {
 public:
  // regions_off: bit per region that is not asked and allows full doses, for comparisons such as
  // "the same patient without the hepatic rules".
  explicit Executor(const Protocol& protocol, std::uint64_t regions_off = 0)
      : protocol_(&protocol), regions_off_(regions_off) {}

  const Protocol& protocol() const { return *protocol_; }
  PatientState start(Minutes now) const;

  // Advances to `at` (timed transitions are asked at each midnight on the way), records the facts
  // of that instant, then lets every region settle: first over readings and symptoms, then over
  // doses. Transitions that fired are appended to `log` (may be null). at >= state.now. All
  // readings and symptoms of an instant come in one call; its dose may come in a later one.
  // Fact::at is not looked at. A reading that is not a finite number is passed over, as is an
  // unknown code (-1). No allocation when nothing fires.
  void observe(PatientState& state, Minutes at, std::span<const Fact> facts,
               std::vector<Firing>* log, const Witness* witness = nullptr) const;

  // What the regions allow now. Cheap: no explanations. permits(...).permission decides a dose.
  // kReduced names a regimen by its state; whoever doses a patient below it already stays there.
  struct Permit {
    Permission permission;
    int region;  // that decided; -1: all allow full doses
    bool unanswered;
    const State* state;  // null: as region
  };
  Permit permits(const PatientState& state) const;

  // The next test that is owed or scheduled, not before now: when, and which panels (bit per
  // panel) are due by then. kNever if none. A reading whose lack holds back the dose is due now.
  struct Due {
    Minutes at;
    std::uint64_t panels;
  };
  Due next_due(const PatientState& state) const;

  // What permits() and next_due() say now, and for how long: at every instant up to `until` they
  // say the same, as long as nothing but doses is observed, and not even that where a rule or a
  // plan minds_doses. Such an instant need not be observed at all: it would fire nothing.
  // until < now: they may change at any time.
  struct Outlook {
    Permit permit;
    Due due;
    Minutes until;
    bool minds_doses;
  };
  Outlook outlook(const PatientState& state) const;

  // observe(), and the outlook from there: no rule is asked twice.
  Outlook look(PatientState& state, Minutes at, std::span<const Fact> facts,
               std::vector<Firing>* log) const;

  // At an instant within an outlook: what observe() would do, without asking anything.
  void pass(PatientState& state, Minutes at) const { state.now = at; }
  void pass_dose(PatientState& state, Minutes at, double mg) const;

  Decision decision(const PatientState& state) const;  // with every rule explained

 private:
  const Protocol* protocol_;
  std::uint64_t regions_off_;
};

// One patient, one instant: folds the timeline up to `now` through the executor, then decides.
// Observation begins at `start`, or at the first fact where that is earlier.
struct Decided {
  PatientState state;
  std::vector<Firing> log;
  Decision decision;
};
Decided decide(const Protocol& protocol, Timeline timeline, Minutes start, Minutes now);

}  // namespace dosewright::protocol
