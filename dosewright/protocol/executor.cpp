#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/protocol/engine.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

// The first planned offset of a schedule.
Minutes first_offset(const Schedule& schedule) {
  if (schedule.every > 0) return schedule.from;
  return schedule.at.empty() ? kNever : schedule.at.front();
}

const Transition* unanswered_rule(const Protocol& protocol, const PatientState& state, int region,
                                  const engine::Answers& answers) {
  const bool asked = (answers.asked >> static_cast<unsigned>(region) & 1) != 0;
  if (!asked) return engine::unanswered_rule(protocol, state, region);
  return answers.unanswered.at(at(region));
}

Executor::Permit permit_of(const Protocol& protocol, const PatientState& state, int region,
                           const engine::Answers& answers) {
  const RegionState& where = state.regions[static_cast<std::size_t>(region)];
  const State& here = protocol.regions[static_cast<std::size_t>(region)]
                          .states[static_cast<std::size_t>(where.state)];
  if (here.allows >= Permission::kWithheld) return {here.allows, region, false, &here};
  const bool held = where.unsettled || engine::needs_unmet(protocol, state, region) != 0 ||
                    unanswered_rule(protocol, state, region, answers) != nullptr;
  return {held ? Permission::kWithheld : here.allows, region, held, &here};
}

bool less(const Executor::Permit& a, const Executor::Permit& b) {
  if (a.permission != b.permission) return a.permission > b.permission;
  return a.permission == Permission::kReduced && a.state->weekly_mg < b.state->weekly_mg;
}

Executor::Permit permits_of(const Protocol& protocol, const PatientState& state,
                            const engine::Answers& answers) {
  Executor::Permit worst{Permission::kFull, -1, false, nullptr};
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (state.is_off(r)) continue;
    const auto permit = permit_of(protocol, state, static_cast<int>(r), answers);
    if (less(permit, worst)) worst = permit;
  }
  return worst;
}

class Earliest {
 public:
  explicit Earliest(Minutes now) : now_(now) {}

  void add(Minutes due, int panel) {
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(panel);
    due = std::max(due, now_);
    if (due > due_.at) return;
    due_.panels = due == due_.at ? due_.panels | bit : bit;
    due_.at = due;
  }
  Executor::Due due() const { return due_; }

 private:
  Minutes now_;
  Executor::Due due_{kNever, 0};
};

void observe_facts(const Protocol& protocol, PatientState& state, Minutes at,
                   std::span<const Fact> facts, const engine::Recorder& recorder) {
  engine::pass_midnights(protocol, state, at, recorder);
  if (recorder.answers != nullptr)
    recorder.answers->asked = 0;  // what was said at midnight is past
  const engine::Touched readings = engine::record_readings(protocol, state, facts);
  engine::settle(protocol, state, readings, recorder);
  const engine::Touched doses = engine::record_doses(state, facts);
  if (doses.doses) engine::settle(protocol, state, doses, recorder);
}

struct Now {
  Executor::Permit permit;
  Executor::Due due;
};

// Guards are unmoved by time, except through readings that grow stale and in timed states.
Executor::Outlook outlook_of(const Now& now, const Protocol& protocol, const PatientState& state) {
  Executor::Outlook outlook{now.permit, now.due, now.due.at, state.n_doses == 0};
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (state.is_off(r)) continue;
    const State& here = protocol.regions[r].states[at(state.regions[r].state)];
    outlook.minds_doses = outlook.minds_doses || here.reads_doses;
    if (here.timed) outlook.until = state.now - 1;
    if (here.allows >= Permission::kWithheld) continue;
    const std::uint64_t read = here.analytes | here.needs | here.dosing_needs;
    outlook.until = std::min(outlook.until, engine::fresh_until(protocol, state, read));
  }
  return outlook;
}

}  // namespace

std::string to_text(Permission permission) {
  switch (permission) {
    case Permission::kFull:
      return "full";
    case Permission::kReduced:
      return "reduced";
    case Permission::kWithheld:
      return "withheld";
    case Permission::kStopped:
      return "stopped";
  }
  DW_CHECK(false, "a permission is one of four");
}

bool in_force_on(const InForce& held, std::string_view date) {
  if (date < held.from) return false;
  return held.until.empty() || date <= held.until || date.starts_with(held.until);
}

int Protocol::panel(std::string_view panel_name) const {
  for (std::size_t i = 0; i < panels.size(); ++i) {
    if (panels[i].name == panel_name) return static_cast<int>(i);
  }
  return -1;
}

std::uint64_t Protocol::regions_not_simulated() const {
  std::uint64_t set = 0;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    if (!regions[r].simulated) set |= std::uint64_t{1} << r;
  }
  return set;
}

bool Protocol::panel_is_simulated(int panel) const {
  const auto owes = [panel](const auto& thing, const auto& list) {
    return std::ranges::any_of(thing.*list, [&](const Owing& one) { return one.panel == panel; });
  };
  const auto needs = [&](const Region& region) {
    return region.simulated &&
           (std::ranges::any_of(region.states,
                                [&](const State& s) { return owes(s, &State::owes); }) ||
            std::ranges::any_of(region.transitions,
                                [&](const Transition& t) { return owes(t, &Transition::owe); }));
  };
  return std::ranges::any_of(schedules, [&](const Schedule& s) { return s.panel == panel; }) ||
         std::ranges::any_of(regions, needs);
}

PatientState Executor::start(Minutes now) const {
  PatientState state;
  state.now = now;
  state.started = now;
  state.regions_off = regions_off_;
  state.readings.resize(protocol_->vocabulary.analytes.size());
  state.counts.resize(protocol_->counts.size());
  state.signs.resize(protocol_->vocabulary.signs.size());
  state.regions.resize(protocol_->regions.size());
  state.owed.reserve(8);
  for (const Schedule& schedule : protocol_->schedules) {
    state.schedule_next.push_back(first_offset(schedule));
  }
  for (std::size_t r = 0; r < protocol_->regions.size(); ++r) {
    if (state.is_off(r)) {
      state.regions[r].state = protocol_->regions[r].initial;
    } else {
      engine::enter(*protocol_, state, static_cast<int>(r), protocol_->regions[r].initial, nullptr);
    }
  }
  return state;
}

void Executor::pass_dose(PatientState& state, Minutes at, double mg) const {
  pass(state, at);
  engine::record_dose(state, mg);
}

void Executor::observe(PatientState& state, Minutes at, std::span<const Fact> facts,
                       std::vector<Firing>* log, const Witness* witness) const {
  observe_facts(*protocol_, state, at, facts, {log, witness, nullptr});
}

Executor::Outlook Executor::outlook(const PatientState& state) const {
  const engine::Answers nothing_asked;
  return outlook_of({permits_of(*protocol_, state, nothing_asked), next_due(state)}, *protocol_,
                    state);
}

Executor::Outlook Executor::look(PatientState& state, Minutes at, std::span<const Fact> facts,
                                 std::vector<Firing>* log) const {
  engine::Answers answers;
  observe_facts(*protocol_, state, at, facts, {log, nullptr, &answers});
  return outlook_of({permits_of(*protocol_, state, answers), next_due(state)}, *protocol_, state);
}

Executor::Permit Executor::permits(const PatientState& state) const {
  const engine::Answers nothing_asked;
  return permits_of(*protocol_, state, nothing_asked);
}

Executor::Due Executor::next_due(const PatientState& state) const {
  Earliest earliest(state.now);
  for (const Owed& owed : state.owed) earliest.add(owed.due, owed.item->panel);
  const bool suspended = engine::schedules_suspended(*protocol_, state);
  for (std::size_t i = 0; !suspended && i < protocol_->schedules.size(); ++i) {
    const Minutes planned = engine::planned(state, i);
    if (planned != kNever) earliest.add(planned, protocol_->schedules[i].panel);
  }
  std::uint64_t lack = engine::lacking(*protocol_, state);
  for (std::size_t analyte = 0; lack != 0; ++analyte, lack >>= 1) {
    if ((lack & 1) != 0) earliest.add(state.now, protocol_->panel_of[analyte]);
  }
  return earliest.due();
}

}  // namespace dosewright::protocol
