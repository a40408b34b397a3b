// The steps of Executor::observe, apart, so that the cases in a protocol file can look between
// recording what happened and letting the rules answer.
#pragma once

#include <array>

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::protocol::engine {

// What the facts of an instant touched.
struct Touched {
  std::uint64_t analytes = 0;
  std::uint64_t signs = 0;
  bool doses = false;
};

// Whether the latest reading of a counted test satisfies the comparison.
bool satisfies(const Protocol& protocol, const PatientState& state, const Count& count);

// What unanswered_rule() would say of the regions whose rules were asked and have come to rest.
struct Answers {
  Answers() {}  // NOLINT(modernize-use-equals-default): to clear what is not asked takes longer
                // than asking
  std::uint64_t asked = 0;                                // bit per region
  std::array<const Transition*, kMaxRegions> unanswered;  // of the regions that were asked
};

// Where firings go, and what else came of asking; all may be null.
struct Recorder {
  std::vector<Firing>* log = nullptr;
  const Witness* witness = nullptr;
  Answers* answers = nullptr;
};

void pass_midnights(const Protocol& protocol, PatientState& state, Minutes until,
                    const Recorder& recorder);
Touched record_readings(const Protocol& protocol, PatientState& state, std::span<const Fact> facts);
void record_dose(PatientState& state, double mg);  // at state.now
Touched record_doses(PatientState& state, std::span<const Fact> facts);
void settle(const Protocol& protocol, PatientState& state, const Touched& touched,
            const Recorder& recorder);

// Puts a region into a state as if it had entered it at state.now, by `rule` (may be null).
void enter(const Protocol& protocol, PatientState& state, int region, int to,
           const Transition* rule);

// When the next planned test of a schedule is due; kNever: not (yet) planned.
Minutes planned(const PatientState& state, std::size_t schedule);

bool schedules_suspended(const Protocol& protocol, const PatientState& state);

// The analytes whose lack may hold back the dose: missing or stale, and read by a rule towards a
// more restrictive state than the one a region is in, while that state lets doses through.
std::uint64_t lacking(const Protocol& protocol, const PatientState& state);

// Of the tests that the region's state needs for a dose, those that are missing or stale.
std::uint64_t needs_unmet(const Protocol& protocol, const PatientState& state, int region);

// The last instant at which none of these analytes has grown stale that is not so now; kNever: all
// are missing, stale already, or never become so.
Minutes fresh_until(const Protocol& protocol, const PatientState& state, std::uint64_t analytes);

bool permits_less(const State& a, const State& b);  // a is more restrictive than b

// The first outgoing rule towards a more restrictive state that is unknown; null: none.
const Transition* unanswered_rule(const Protocol& protocol, const PatientState& state, int region);

}  // namespace dosewright::protocol::engine
