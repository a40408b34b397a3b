// Statecharts as a transition relation: what Executor::observe does to one patient, over all
// patients at once.
//
// A moment is a patient's state: the readings, signs and doses so far, and where each region is. A
// step leads from a moment to a later one, and is one of
//   - time passes, to at most the next midnight, with or without facts at its end (kShort): chains
//     of these are exactly what the executor can be shown, so a proof over them is a proof;
//   - whole days pass, facts come at midnights (kDaily): fewer steps for the same story. Where
//   rules
//     ask for the time since the last dose, such a step may be a stretch of weekly doses, so that a
//     year of treatment is not fifty visits. Used to find patients; whom it finds is confirmed by
//     the executor.
// Guards are the compiled programs (smt.hpp). Which region is asked when (a fact that its rules
// read, a midnight where one of them is timed), that the first true rule fires and the new state's
// rules are then asked, that unknown restricting rules hold the dose back: all as engine.cpp does.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/time.hpp"
#include "dosewright/protocol/protocol.hpp"
#include "dosewright/verify/smt.hpp"

namespace dosewright::verify {

inline constexpr int kDay = static_cast<int>(kMinutesPerDay);

// One statechart of the relation. Several protocols may share the facts (programme diff).
struct Part {
  const protocol::Protocol* protocol = nullptr;
  int region = 0;

  const protocol::Region& chart() const {
    return protocol->regions[static_cast<std::size_t>(region)];
  }
};

// A condition that is asked beside the rules, so that its tests and signs are part of the moment.
struct Aside {
  const protocol::Protocol* protocol = nullptr;
  const protocol::Transition* condition = nullptr;
};

// What a fact can be about, by name: protocols number their analytes and signs each in its own way.
struct Word {
  std::string code;
  double uln = 0;  // canonical; 0: none, then values are canonical and not multiples
  Unit unit;
};

struct ReadingAt {
  z3::expr taken, value, at;
  z3::expr previous_taken, previous, previous_at;
  std::vector<z3::expr> baseline_taken, baseline;  // per protocol
};

struct DosingAt {
  z3::expr given, count, first, last, amount;
};

struct ChartAt {
  z3::expr state, since, unsettled;
  z3::expr asked;       // its rules were asked at least once
  z3::expr touched_at;  // when a fact last made the region ask, or a rule fired
  z3::expr settled_at;  // when it was last asked, be it at a midnight
};

struct Moment {
  z3::expr now, day;  // minutes; the day that `now` lies in
  std::vector<ReadingAt> readings;
  std::vector<z3::expr> signs;
  DosingAt dosing;
  std::vector<ChartAt> charts;   // parallel to the parts
  std::vector<z3::expr> counts;  // readings in a row, parallel to the counts that rules ask for
};

// When a condition is asked, and when the state that asks it was entered.
struct View {
  const z3::expr& now;
  const z3::expr& since;
};

// One time that the rules of a region were asked in a step.
struct Ask {
  z3::expr active, state, since;
};

struct Step {
  const Moment* before;
  const Moment* after;
  z3::expr relation;                      // that `after` follows `before`
  std::vector<z3::expr> drawn, reported;  // per word, per sign: a fact of this step is about it
  std::vector<z3::expr> twice;            // per word: two readings at one instant
  z3::expr dosed;
  z3::expr stretch, weeks;             // kDaily: so many doses a week apart came in between
  std::vector<std::vector<Ask>> asks;  // per part
};
inline constexpr int kDaysOfStretch = 7;

enum class Pace : std::uint8_t { kShort, kDaily };

class Model {
 public:
  // Without lemmas a model can still look for patients.
  enum class Lemmas : std::uint8_t { kProve, kNone };
  Model(z3::context& context, std::vector<Part> parts, const std::vector<Aside>& asides,
        Lemmas lemmas = Lemmas::kProve);

  z3::context& context() const { return context_; }
  const std::vector<Part>& parts() const { return parts_; }
  const std::vector<Word>& words() const { return words_; }
  const std::vector<std::string>& signs() const { return signs_; }
  int part_of(const protocol::Protocol* protocol, int region) const;  // -1: not included
  bool comes_to_rest(std::size_t part) const { return rests_[part]; }
  int longest_chain(std::size_t part) const { return chain_[part]; }
  std::size_t n_lemmas() const { return lemmas_.size(); }  // of six kinds, five of them per part

  Moment moment(const std::string& name) const;  // fresh variables
  z3::expr initial(const Moment& moment) const;
  Step step(const Moment& before, const Moment& after, Pace pace, bool first = false) const;

  // True of every moment that the executor can reach: proved by induction when the model is built.
  z3::expr lemmas(const Moment& moment) const;

  // Any condition as `part` sees it at `now`, in a state that was entered at `since`.
  Term ask(const protocol::Protocol& protocol, const protocol::Transition& condition,
           const Moment& moment, const View& view) const;
  Term ask(std::size_t part, const protocol::Transition& condition, const Moment& moment) const;

  z3::expr in_state(const Moment& moment, std::size_t part, int state) const;
  z3::expr allows_dose(const Moment& moment, std::size_t part) const;  // the region alone
  z3::expr held_by_question(const Moment& moment, std::size_t part) const;

 private:
  enum class Lemma : std::uint8_t { kTimes, kSeen, kMidnight, kUntouched, kAtTouch, kAtSettling };

  void collect(const protocol::Protocol& protocol, const protocol::Transition& condition);
  void collect_needs(const Part& part);
  int add_protocol(const protocol::Protocol* protocol);
  void add_analyte(const protocol::Protocol& protocol, int protocol_index, int analyte);
  void add_sign(const protocol::Protocol& protocol, int protocol_index, int sign);
  std::size_t add_count(const protocol::Protocol& protocol, int count);
  int protocol_index(const protocol::Protocol* protocol) const;
  int word_of(const protocol::Protocol& protocol, int analyte) const;  // index into words_
  int sign_of(const protocol::Protocol& protocol, int sign) const;

  Term read(const protocol::Slot& slot, const protocol::Protocol& protocol, const Moment& moment,
            const View& view) const;
  Term read_reading(const protocol::Slot& slot, const protocol::Protocol& protocol,
                    const Moment& moment, const View& view) const;
  Term read_dosing(protocol::SlotKind kind, const Moment& moment, const z3::expr& now) const;
  Term age(const z3::expr& known, const z3::expr& minutes) const;

  z3::expr needs_unmet(const Moment& moment, std::size_t part, const protocol::State& state) const;

  // The state after the first true rule, where the rules of `state` are asked once.
  z3::expr fire(std::size_t part, const Moment& moment, const z3::expr& state,
                const z3::expr& since) const;
  z3::expr touched(std::size_t part, const Step& step) const;
  z3::expr flow_of_time(const Step& step, Pace pace, bool first) const;
  z3::expr facts(const Step& step, std::size_t word) const;
  z3::expr baselines(const Step& step, std::size_t word) const;
  z3::expr counts(const Step& step) const;
  std::size_t word_of_count(std::size_t count) const;
  z3::expr satisfies(std::size_t count, const Moment& moment) const;
  z3::expr sign_facts(const Step& step) const;
  z3::expr doses(const Step& step) const;
  z3::expr stretches(const Step& step, Pace pace) const;
  z3::expr settle(Step& step, std::size_t part) const;
  z3::expr no_timer_skipped(const Step& step, std::size_t part) const;
  z3::expr quiet(const Step& step, std::size_t part, int state, const z3::expr& dosed_at) const;
  void measure_chains();
  void prove_lemmas();
  z3::expr times_in_order(const Moment& moment) const;
  z3::expr lemma(const Moment& moment, std::size_t part, Lemma which) const;
  z3::expr no_rule_true(const Moment& moment, std::size_t part, const z3::expr& at) const;
  z3::expr untouched(const Moment& moment, std::size_t part) const;
  z3::expr seen(const Moment& moment, std::size_t part) const;
  z3::expr asked_since_midnight(const Moment& moment, std::size_t part) const;

  z3::context& context_;
  std::vector<Part> parts_;
  std::vector<const protocol::Protocol*> protocols_;
  std::vector<std::vector<int>> word_index_, sign_index_;  // per protocol, by its own numbers
  std::vector<Word> words_;
  std::vector<std::string> signs_;
  struct CountOf {
    const protocol::Protocol* protocol;
    int index;  // into its counts
    bool operator==(const CountOf&) const = default;
  };
  std::vector<CountOf> counts_;
  bool doses_matter_ = false;
  bool stretches_matter_ = false;  // a rule asks for the time since the last dose
  bool baselines_matter_ = false;
  std::vector<bool> rests_;
  std::vector<int> chain_;
  std::vector<std::pair<std::size_t, Lemma>> lemmas_;  // those that hold
};

}  // namespace dosewright::verify
