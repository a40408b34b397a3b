// `programme verify`: what is claimed of a protocol, proved or refuted.
//
// Per region: its rules come to rest; in every state where `stays` says what keeps it, rules and
// `stays` cover everything that can be read and never contradict each other; where two rules are
// true at once, either they lead to the same state or the first is the more restrictive one; every
// rule fires for some patient, so that every state is reached, and left unless it stops treatment;
// where a timer leads out of a state, nobody stays beyond it; a stopped patient is never dosed
// again. Per protocol: its invariants. What fails comes with a patient whom the executor has
// confirmed; what is not proved is never called proved.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/protocol/protocol.hpp"
#include "dosewright/verify/patient.hpp"

namespace dosewright::verify {

enum class Aspect : std::uint8_t {
  kRest,
  kExhaustive,
  kContradiction,
  kOrder,
  kFires,
  kReached,
  kLeft,
  kTimer,
  kFinal,
  kInvariant,
};
std::string to_text(Aspect aspect);

enum class Outcome : std::uint8_t {
  kProved,      // on all paths
  kShown,       // a patient does it, and the executor agrees
  kUndeclared,  // nothing to hold it against; no failure
  kFails,       // with a patient, confirmed by the executor
  kNotProved,   // neither proved nor refuted within the limits
  kDisputed,    // the solver has a patient and the executor disagrees: a fault of ours
};
std::string to_text(Outcome outcome);

struct Finding {
  Aspect aspect = Aspect::kRest;
  std::string region;   // "" for an invariant over all of them
  std::string subject;  // a state, a rule, an invariant
  std::string claim;    // in words
  std::string source;
  Outcome outcome = Outcome::kProved;
  std::string remark;  // how far the search went; which rules overlap
  Place place;
  std::optional<Patient> patient;  // kFails, kShown, kDisputed
  std::string story;               // what the executor made of the patient, for people
};

struct Report;

struct Options {
  unsigned query_milliseconds = 10'000;
  int visits = 6;
  // The mutation test only asks whether the file as a whole is refused:
  bool reachability = true;    // kFires, kReached, kLeft
  bool search = true;          // look for a patient where there is no proof
  bool first_failure = false;  // stop there
  // What was found of the protocol that this one is based on: what has not changed since is taken
  // over. May be nullptr.
  const Report* base = nullptr;
  std::function<void(const std::string&)> progress;  // may be empty
  std::function<bool()> stop;                        // may be empty
};

struct Report {
  std::vector<Finding> findings;
  bool interrupted = false;

  bool proved() const;    // every claim that was made is proved or shown
  bool disputed() const;  // some patient was not confirmed
};

// Regions of a protocol that is another one with more regions are those of the other one, and what
// it demands of a state still holds; so does a demand that no dose is given, as more regions
// can only withhold more. options.base then spares asking again.
Report verify(const protocol::Protocol& protocol, const Options& options);

}  // namespace dosewright::verify
