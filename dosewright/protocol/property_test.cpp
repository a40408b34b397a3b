// Random timelines: deciding at the end is the same as watching, however often somebody looked.

#include <rapidcheck.h>

#include <algorithm>

#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

Fact random_fact() {
  Fact fact;
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      fact = dose();
      break;
    case 1:
      fact = sign(*rc::gen::inRange(0, 2), *rc::gen::arbitrary<bool>());
      break;
    case 2:
      fact = lab(kBili, *rc::gen::element(0.5, 1.0, 1.9, 2.0));
      break;
    case 3:
      fact = lab_value(kLdl, *rc::gen::element(500.0, 1500.0));
      break;
    default:
      fact = lab(kAlt, *rc::gen::element(0.5, 2.99, 3.0, 4.0, 6.0));
      break;
  }
  // Midnights, mornings, and some instants shared by several facts.
  fact.at = *rc::gen::inRange(-5, 60) * kDay + *rc::gen::element(0, 0, 480, 1439);
  return fact;
}

Timeline random_timeline() {
  Timeline timeline;
  const int n = *rc::gen::inRange(0, 40);
  for (int i = 0; i < n; ++i) timeline.push_back(random_fact());
  sort_timeline(timeline);
  return timeline;
}

void require_same(const PatientState& a, const PatientState& b) {
  RC_ASSERT(a.now == b.now);
  RC_ASSERT(a.n_doses == b.n_doses);
  RC_ASSERT(a.signs == b.signs);
  RC_ASSERT(a.schedule_next == b.schedule_next);
  for (std::size_t r = 0; r < a.regions.size(); ++r) {
    RC_ASSERT(a.regions[r].state == b.regions[r].state);
    RC_ASSERT(a.regions[r].since == b.regions[r].since);
    RC_ASSERT(a.regions[r].rule == b.regions[r].rule);
  }
  RC_ASSERT(a.owed.size() == b.owed.size());
  for (std::size_t i = 0; i < a.owed.size(); ++i) {
    RC_ASSERT(a.owed[i].item == b.owed[i].item);
    RC_ASSERT(a.owed[i].due == b.owed[i].due);
    RC_ASSERT(a.owed[i].after == b.owed[i].after);
  }
}

// Watches the timeline as a trial does: readings of an instant, then its doses one by one, and
// looks in between whenever it likes.
PatientState watch(const Executor& executor, const Timeline& timeline, Minutes start, Minutes now,
                   std::vector<Firing>& log) {
  PatientState state = executor.start(start);
  for (std::size_t i = 0; i < timeline.size();) {
    const Minutes at = timeline[i].at;
    std::vector<Fact> readings, doses;
    for (; i < timeline.size() && timeline[i].at == at; ++i) {
      (timeline[i].kind == FactKind::kDose ? doses : readings).push_back(timeline[i]);
    }
    if (*rc::gen::arbitrary<bool>() && at > state.now + 1) {
      executor.observe(state, *rc::gen::inRange(state.now, at), {}, &log);
    }
    if (!readings.empty()) executor.observe(state, at, readings, &log);
    if (!doses.empty()) executor.observe(state, at, doses, &log);
    if (*rc::gen::arbitrary<bool>()) executor.observe(state, at, {}, &log);
  }
  executor.observe(state, now, {}, &log);
  return state;
}

}  // namespace

TEST_CASE("deciding at the end equals watching step by step") {
  const Protocol protocol = toy_protocol();
  const Executor executor(protocol);
  CHECK(rc::check("fold == incremental", [&] {
    const Timeline timeline = random_timeline();
    const Minutes start = -5 * kDay, now = 61 * kDay;
    Timeline shuffled = timeline;
    // Order between instants does not matter; within one it is kept.
    std::stable_sort(shuffled.begin(), shuffled.end(),
                     [](const Fact& a, const Fact& b) { return a.at > b.at; });
    const Decided decided = decide(protocol, shuffled, start, now);
    std::vector<Firing> log;
    const PatientState state = watch(executor, timeline, start, now, log);
    require_same(decided.state, state);
    RC_ASSERT(decided.log.size() == log.size());
    for (std::size_t i = 0; i < log.size(); ++i) {
      RC_ASSERT(log[i].at == decided.log[i].at);
      RC_ASSERT(log[i].rule == decided.log[i].rule);
    }
  }));
}

TEST_CASE("the short answer and the explained one agree, and no open question allows a dose") {
  const Protocol protocol = toy_protocol();
  const Executor executor(protocol);
  CHECK(rc::check("permits == decision", [&] {
    const Timeline timeline = random_timeline();
    const Decided decided = decide(protocol, timeline, -5 * kDay, *rc::gen::inRange(0, 90) * kDay);
    const Executor::Permit permit = executor.permits(decided.state);
    RC_ASSERT(permit.permission == decided.decision.permission);
    RC_ASSERT(permit.unanswered == decided.decision.unanswered);
    for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
      const RegionState& where = decided.state.regions[r];
      for (const Transition& rule : protocol.regions[r].transitions) {
        if (rule.from != where.state || !rule.restricts) continue;
        for (const RuleVerdict& said : decided.decision.rules) {
          if (said.rule != rule.id || said.verdict == 0) continue;
          RC_ASSERT(permit.permission >= Permission::kWithheld);
        }
      }
    }
  }));
}

TEST_CASE("a new region never allows more than there was before") {
  const Protocol protocol = toy_protocol();
  const Executor both(protocol), liver(protocol, 2), skin(protocol, 1);
  CHECK(rc::check("most restrictive wins", [&] {
    const Timeline timeline = random_timeline();
    const auto allowed = [&](const Executor& executor) {
      PatientState state = executor.start(-5 * kDay);
      for (const Fact& fact : timeline) executor.observe(state, fact.at, {&fact, 1}, nullptr);
      return executor.permits(state).permission;
    };
    RC_ASSERT(allowed(both) == std::max(allowed(liver), allowed(skin)));
  }));
}

TEST_CASE("stopped stays stopped, and a dose never moves the liver region of its own") {
  const Protocol protocol = toy_protocol();
  const Executor executor(protocol);
  CHECK(rc::check("stopped is final", [&] {
    const Timeline timeline = random_timeline();
    PatientState state = executor.start(-5 * kDay);
    bool stopped = false;
    for (const Fact& fact : timeline) {
      executor.observe(state, fact.at, {}, nullptr);
      const int before = state.regions[0].state;
      executor.observe(state, fact.at, {&fact, 1}, nullptr);
      if (fact.kind == FactKind::kDose) RC_ASSERT(state.regions[0].state == before);
      const bool now = executor.permits(state).permission == Permission::kStopped;
      RC_ASSERT(now || !stopped);
      stopped = now;
    }
  }));
}

namespace {

bool same_permit(const Executor::Permit& a, const Executor::Permit& b) {
  return a.permission == b.permission && a.region == b.region && a.unanswered == b.unanswered &&
         a.state == b.state;
}

// What an outlook says of a later instant is what asking there would say.
void require_holds(const Executor& executor, const PatientState& state,
                   const Executor::Outlook& outlook, Minutes later) {
  PatientState asked = state, passed = state;
  std::vector<Firing> log;
  const auto require = [&] {
    require_same(asked, passed);
    RC_ASSERT(log.empty());
    RC_ASSERT(same_permit(executor.permits(asked), outlook.permit));
    const Executor::Due due = executor.next_due(asked);
    RC_ASSERT(due.at == outlook.due.at);
    RC_ASSERT(due.panels == outlook.due.panels);
  };
  executor.observe(asked, later, {}, &log);
  executor.pass(passed, later);
  require();
  if (outlook.minds_doses) return;
  const Fact injection = dose(70);
  executor.observe(asked, later, {&injection, 1}, &log);
  executor.pass_dose(passed, later, 70);
  require();
  RC_ASSERT(asked.last_dose == passed.last_dose);
  RC_ASSERT(asked.last_dose_mg == passed.last_dose_mg);
}

}  // namespace

TEST_CASE("an outlook holds for as long as it says") {
  const Protocol protocol = toy_protocol();
  const Executor executor(protocol);
  int held = 0, with_doses = 0;
  CHECK(rc::check("look == observe and ask", [&] {
    PatientState state = executor.start(-5 * kDay), looked = state;
    std::vector<Firing> log, looked_log;
    for (const Fact& fact : random_timeline()) {
      executor.observe(state, fact.at, {&fact, 1}, &log);
      const auto outlook = executor.look(looked, fact.at, {&fact, 1}, &looked_log);
      require_same(state, looked);
      RC_ASSERT(log.size() == looked_log.size());
      RC_ASSERT(same_permit(outlook.permit, executor.permits(state)));
      RC_ASSERT(outlook.until == executor.outlook(state).until);
      if (outlook.until < state.now) continue;
      const Minutes longest = std::min(outlook.until - state.now, 200 * kDay);
      require_holds(executor, state, outlook, state.now + longest);
      require_holds(executor, state, outlook,
                    state.now + *rc::gen::inRange<Minutes>(0, longest + 1));
      held += static_cast<int>(longest > 0);
      with_doses += static_cast<int>(longest > 0 && !outlook.minds_doses);
    }
  }));
  CHECK(held > 100);
  CHECK(with_doses > 100);
}
