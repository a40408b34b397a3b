// Decisions in words, and the fold of a whole timeline.

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/engine.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

class Decider {
 public:
  Decider(const Protocol& protocol, const PatientState& state)
      : protocol_(protocol), state_(state) {}

  Decision decide(const Executor::Permit& permit) {
    decision_.at = state_.now;
    decision_.permission = permit.permission;
    decision_.unanswered = permit.unanswered;
    if (permit.region >= 0) {
      decision_.region = region(permit.region).name;
      if (permit.permission == Permission::kReduced) decision_.regimen = permit.state->regimen;
    }
    decision_.because = reason(permit);
    for (std::size_t r = 0; r < protocol_.regions.size(); ++r) tell_region(static_cast<int>(r));
    tell_owed();
    tell_schedules();
    tell_lacking();
    std::stable_sort(decision_.obligations.begin(), decision_.obligations.end(),
                     [](const Obligation& a, const Obligation& b) { return a.due < b.due; });
    return std::move(decision_);
  }

 private:
  const Region& region(int r) const { return protocol_.regions[static_cast<std::size_t>(r)]; }
  const RegionState& where(int r) const { return state_.regions[static_cast<std::size_t>(r)]; }
  const State& here(int r) const {
    return region(r).states[static_cast<std::size_t>(where(r).state)];
  }

  std::string state_name(int r) const { return region(r).name + ": " + here(r).name; }

  std::string reason(const Executor::Permit& permit) const {
    if (permit.region < 0) return "no region asks for less than full doses";
    if (permit.unanswered) return unanswered_reason(permit.region);
    const Transition* rule = where(permit.region).rule;
    const std::string name = state_name(permit.region) + " (" + here(permit.region).title + ")";
    if (rule == nullptr) return name + ", where observation began";
    return name + ", by " + rule->id + ": " + rule->because + " [" + rule->source + "]";
  }

  std::string unanswered_reason(int r) const {
    if (where(r).unsettled) {
      return state_name(r) + ": its rules lead in a circle, so it cannot come to rest";
    }
    const Transition* rule = engine::unanswered_rule(protocol_, state_, r);
    if (rule == nullptr) return unmet_reason(r);
    return state_name(r) + ": " + rule->id + " cannot be answered (" + lack_text(*rule) +
           "), and a dose is never given on an open question";
  }

  std::string unmet_reason(int r) const {
    const std::uint64_t unmet = engine::needs_unmet(protocol_, state_, r);
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < protocol_.vocabulary.analytes.size(); ++i) {
      if ((unmet >> i & 1) != 0) codes.push_back(protocol_.vocabulary.analytes[i].code);
    }
    return state_name(r) + ": no dose is given without " + join(codes, ", ") + ", missing or stale";
  }

  std::string lack_text(const Transition& rule) const {
    std::vector<std::string> lacks;
    for (const Slot& slot : rule.slots) {
      if (slot.kind >= SlotKind::kSign) continue;
      const std::string& code =
          protocol_.vocabulary.analytes[static_cast<std::size_t>(slot.index)].code;
      const bool latest = slot.kind == SlotKind::kValue || slot.kind == SlotKind::kCount;
      if (slot.kind == SlotKind::kPrevious && lang::is_unknown(readings(slot).previous)) {
        lacks.push_back(code + " has no previous reading");
      } else if (latest && lang::is_unknown(readings(slot).value)) {
        lacks.push_back(code + " is missing");
      } else if (latest && is_stale(protocol_, state_, slot.index)) {
        lacks.push_back(code + " is stale, " + duration_text(state_.now - readings(slot).at) +
                        " old");
      }
    }
    return lacks.empty() ? "a value that it asks for is not known" : join(lacks, ", ");
  }

  const Readings& readings(const Slot& slot) const {
    return state_.readings[static_cast<std::size_t>(slot.index)];
  }

  void tell_region(int r) {
    const bool off = state_.is_off(static_cast<std::size_t>(r));
    decision_.states.push_back(off ? "off" : here(r).name);
    if (off) return;
    for (int index : here(r).outgoing) {
      const Transition& rule = region(r).transitions[static_cast<std::size_t>(index)];
      lang::Explanation saw = explain_rule(rule, protocol_, state_, where(r));
      decision_.rules.push_back({rule.id, region(r).name, rule.source, rule.because,
                                 ask(rule, protocol_, state_, where(r)), std::move(saw.seen)});
    }
  }

  void tell_owed() {
    for (const Owed& owed : state_.owed) {
      Obligation told;
      told.panel = owed.item->panel;
      told.due = owed.due;
      told.because = owed.item->because;
      told.rule =
          owed.while_state || owed.rule == nullptr ? state_name(owed.region) : owed.rule->id;
      told.source = owed.rule == nullptr ? protocol_.source : owed.rule->source;
      if (!owed.item->source.empty()) told.source = owed.item->source;
      decision_.obligations.push_back(std::move(told));
    }
  }

  void tell_schedules() {
    if (engine::schedules_suspended(protocol_, state_)) return;
    for (std::size_t i = 0; i < protocol_.schedules.size(); ++i) {
      const Schedule& schedule = protocol_.schedules[i];
      const Minutes due = engine::planned(state_, i);
      if (due == kNever) continue;
      decision_.obligations.push_back(
          {schedule.panel, due, schedule.window, "planned test", schedule.id, schedule.source});
    }
  }

  // A panel per test that is missing, not a test per rule: one blood sample answers them all.
  void tell_lacking() {
    const std::uint64_t lack = engine::lacking(protocol_, state_);
    for (std::size_t p = 0; p < protocol_.panels.size(); ++p) {
      std::vector<std::string> codes;
      for (int analyte : protocol_.panels[p].analytes) {
        const auto index = static_cast<std::size_t>(analyte);
        if ((lack >> index & 1) != 0 && protocol_.panel_of[index] == static_cast<int>(p)) {
          codes.push_back(protocol_.vocabulary.analytes[index].code);
        }
      }
      if (codes.empty()) continue;
      decision_.obligations.push_back({static_cast<int>(p), state_.now, 0,
                                       join(codes, ", ") + " missing or stale: rules wait for it",
                                       "no answer", protocol_.source});
    }
  }

  const Protocol& protocol_;
  const PatientState& state_;
  Decision decision_;
};

}  // namespace

Decision Executor::decision(const PatientState& state) const {
  return Decider(*protocol_, state).decide(permits(state));
}

Decided decide(const Protocol& protocol, Timeline timeline, Minutes start, Minutes now) {
  sort_timeline(timeline);
  const Executor executor(protocol);
  const Minutes first = timeline.empty() ? start : std::min(start, timeline.front().at);
  Decided decided{executor.start(std::min(first, now)), {}, {}};
  const std::span<const Fact> all(timeline);
  for (std::size_t begin = 0; begin < all.size() && all[begin].at <= now;) {
    std::size_t end = begin;
    while (end < all.size() && all[end].at == all[begin].at) ++end;
    executor.observe(decided.state, all[begin].at, all.subspan(begin, end - begin), &decided.log);
    begin = end;
  }
  executor.observe(decided.state, now, {}, &decided.log);
  decided.decision = executor.decision(decided.state);
  return decided;
}

}  // namespace dosewright::protocol
