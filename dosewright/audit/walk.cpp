#include "dosewright/audit/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/engine.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::audit {
namespace {

using exchange::clock_text;
using protocol::Executor;
using protocol::Fact;
using protocol::FactKind;
using protocol::kNever;
using protocol::PatientState;
using protocol::Permission;

Minutes midnight_of(Minutes at) {
  Minutes day = at / kMinutesPerDay;
  if (at % kMinutesPerDay < 0) --day;
  return day * kMinutesPerDay;
}

std::string day_text(Minutes at) {
  return clock_text(midnight_of(at));
}

std::string days_text(Minutes from, Minutes to) {
  return fmt::format("{} d", (midnight_of(to) - midnight_of(from)) / kMinutesPerDay);
}

// The days on which doses are planned: counted from day 1 of the study, from the first dose, or
// from the latest dose that came one period after the one before it (a day that the patient settled
// on). A dose is on time where it is so by any of them.
class Calendar {
 public:
  Calendar(Minutes least_gap, std::optional<Minutes> reference)
      : least_gap_(least_gap), reference_(reference) {}

  // What is wrong with a dose on that day; "" where nothing is.
  std::string judge(const protocol::Regimen& regimen, Minutes at) {
    const Minutes day = midnight_of(at);
    std::string wrong;
    if (first_) {
      wrong = judge_by(regimen, *settled_, day);
      if (!wrong.empty() && judge_by(regimen, *first_, day).empty()) wrong.clear();
      if (!wrong.empty() && reference_ && judge_by(regimen, *reference_, day).empty()) {
        wrong.clear();
      }
    }
    add(day, regimen.period);
    return wrong;
  }

 private:
  void add(Minutes day, Minutes period) {
    if (!first_) {
      first_ = settled_ = day;
    } else if (day - last_ == period) {
      settled_ = day;
    }
    last_ = day;
  }

  std::string judge_by(const protocol::Regimen& regimen, Minutes anchor, Minutes day) const {
    const Minutes periods = (anchor - std::min(anchor, day)) / regimen.period + 2;
    const Minutes start = anchor - periods * regimen.period;
    const Minutes next = protocol::next_dose(regimen, start, day + 1);
    const Minutes before = planned_before(regimen, start, day);
    const bool answered = last_ >= before;
    if (!answered && (day == before || next - day >= least_gap_)) return {};
    if (next - day < least_gap_) {
      return fmt::format("dose on {}, {} before the one planned for {}", clock_text(day),
                         days_text(day, next), clock_text(next));
    }
    return fmt::format("dose on {}, though the one planned for {} had been given on {}",
                       clock_text(day), clock_text(before), clock_text(last_));
  }

  static Minutes planned_before(const protocol::Regimen& regimen, Minutes start, Minutes day) {
    const Minutes base = start + (day - start) / regimen.period * regimen.period;
    Minutes before = base - regimen.period + regimen.offsets.back();
    for (const Minutes offset : regimen.offsets) {
      if (midnight_of(base + offset) <= day) before = base + offset;
    }
    return midnight_of(before);
  }

  Minutes least_gap_;
  std::optional<Minutes> reference_, first_, settled_;
  Minutes last_ = 0;
};

// A test that is past its date and has not come.
struct Open {
  const protocol::Owing* item = nullptr;  // null: of a schedule
  std::size_t schedule = 0;
  int region = 0, panel = 0;
  Minutes after = 0, due = 0, window = 0;
  bool once = false;
  std::string rule, because, source;
};

class Walker {
 public:
  Walker(const Walk& walk, Subject& subject)
      : walk_(walk),
        protocol_(*walk.scope.protocol),
        subject_(subject),
        executor_(protocol_, walk.scope.regions_off),
        calendar_(protocol_.missed_dose ? protocol_.missed_dose->least_gap_to_next : 0,
                  walk.reference),
        witness_([this](const PatientState& now, const protocol::Firing& firing) {
          mark(now, firing.at);
          remember(now, firing);
        }) {
    saw_.resize(protocol_.regions.size());
  }

  void run(std::span<const Fact> facts) {
    // A day before the first fact: what was read then counts as read since observation began.
    const Minutes start = midnight_of(facts.empty() ? walk_.ends : facts.front().at);
    state_ = executor_.start(start - kMinutesPerDay);
    state_.tests_waived = walk_.waived;
    for (std::size_t begin = 0; begin < facts.size();) {
      std::size_t end = begin;
      while (end < facts.size() && facts[end].at == facts[begin].at) ++end;
      step(facts.subspan(begin, end - begin));
      begin = end;
    }
    finish(std::max(walk_.ends, state_.now));
  }

  std::vector<Lack> take_lacks() { return std::move(lacks_); }

 private:
  const protocol::Region& region(int r) const {
    return protocol_.regions[static_cast<std::size_t>(r)];
  }
  const protocol::RegionState& where(int r) const {
    return state_.regions[static_cast<std::size_t>(r)];
  }
  const protocol::State& here(int r) const {
    return region(r).states[static_cast<std::size_t>(where(r).state)];
  }
  std::string state_name(int r) const { return region(r).name + ": " + here(r).name; }

  // Midnights first, as the executor does; then what is overdue is looked at before the readings
  // of this instant can meet it.
  void step(std::span<const Fact> facts) {
    const Minutes at = facts.front().at;
    protocol::engine::pass_midnights(protocol_, state_, at, {nullptr, &witness_});
    mark(state_, at);
    const auto dose =
        std::ranges::find_if(facts, [](const Fact& f) { return f.kind == FactKind::kDose; });
    const auto n_readings = static_cast<std::size_t>(dose - facts.begin());
    executor_.observe(state_, at, facts.first(n_readings), nullptr, &witness_);
    close(at);
    for (const Fact& fact : facts.subspan(n_readings)) {
      if (fact.kind == FactKind::kDose) take_dose(fact);
    }
    if (!subject_.from) subject_.from = at;
    subject_.until = at;
  }

  void finish(Minutes at) {
    executor_.observe(state_, at, {}, nullptr, &witness_);
    close(at);
    mark(state_, at);
    for (const Open& open : open_) tell_missing(open, at);
    for (std::size_t r = 0; r < protocol_.regions.size(); ++r) {
      if (state_.is_off(r)) continue;
      if (!subject_.states.empty()) subject_.states += ' ';
      subject_.states += protocol_.regions[r].name + "=" + here(static_cast<int>(r)).name;
    }
  }

  // ---- tests ----

  bool is_late(Minutes due, Minutes window, Minutes at) const {
    return midnight_of(at) > midnight_of(due + window + walk_.grace);
  }

  void mark(const PatientState& state, Minutes at) {
    if (state.n_doses == 0) return;  // before the first dose its own rule asks for the tests
    for (const protocol::Owed& owed : state.owed) {
      if (is_late(owed.due, 0, at)) mark_owed(state, owed);
    }
    if (protocol::engine::schedules_suspended(protocol_, state)) return;
    for (std::size_t i = 0; i < protocol_.schedules.size(); ++i) {
      if ((walk_.scope.schedules >> i & 1) == 0) continue;
      const protocol::Schedule& schedule = protocol_.schedules[i];
      const Minutes due = protocol::engine::planned(state, i);
      if (due == kNever || due > walk_.treated_until || !is_late(due, schedule.window, at))
        continue;
      const bool known = std::ranges::any_of(open_, [&](const Open& one) {
        return one.item == nullptr && one.schedule == i && one.due == due;
      });
      if (known || tests_of(schedule.panel).empty()) continue;
      open_.push_back({nullptr, i, 0, schedule.panel, due - schedule.window - 1, due,
                       schedule.window, false, schedule.id, "planned test", schedule.source});
    }
  }

  void mark_owed(const PatientState& state, const protocol::Owed& owed) {
    const bool once = !owed.while_state && owed.rule != nullptr;
    const auto& states = region(owed.region).states;
    const auto& in = states[static_cast<std::size_t>(
        state.regions[static_cast<std::size_t>(owed.region)].state)];
    // What a state asks for that lets doses through is asked for between doses.
    if (!once && in.allows < Permission::kWithheld && owed.due > walk_.treated_until) return;
    const bool known = std::ranges::any_of(open_, [&](const Open& one) {
      return one.item == owed.item && one.region == owed.region && one.after == owed.after;
    });
    if (known || tests_of(owed.item->panel).empty()) return;
    const std::string rule = once ? owed.rule->id : region(owed.region).name + ": " + in.name;
    open_.push_back({owed.item, 0, owed.region, owed.item->panel, owed.after, owed.due, 0, once,
                     rule, owed.item->because,
                     owed.rule == nullptr ? protocol_.source : owed.rule->source});
  }

  // The tests of a panel that are asked for.
  std::vector<int> tests_of(int panel) const {
    std::vector<int> tests = protocol_.panels[static_cast<std::size_t>(panel)].analytes;
    std::erase_if(tests, [&](int analyte) {
      return (walk_.waived >> static_cast<unsigned>(analyte) & 1) != 0;
    });
    return tests;
  }

  bool is_read(const Open& open) const {
    return std::ranges::all_of(tests_of(open.panel), [&](int analyte) {
      const auto& reading = state_.readings[static_cast<std::size_t>(analyte)];
      return !lang::is_unknown(reading.value) && reading.at > open.after;
    });
  }

  // After the readings of an instant: what came late, and what is no longer asked for.
  void close(Minutes at) {
    std::erase_if(open_, [&](const Open& open) {
      const bool read = is_read(open);
      const bool gone = open.item == nullptr
                            ? protocol::engine::schedules_suspended(protocol_, state_)
                            : std::ranges::none_of(state_.owed, [&](const protocol::Owed& owed) {
                                return owed.item == open.item && owed.region == open.region &&
                                       owed.after == open.after;
                              });
      if (!read && !gone) return false;
      tell_late(open, at, read);
      return true;
    });
  }

  // Planned times that passed unmet until then.
  int times_missed(const Open& open, Minutes at) const {
    if (open.item != nullptr) return 1;
    const protocol::Schedule& schedule = protocol_.schedules[open.schedule];
    const Minutes offset = open.due - state_.first_dose;
    const auto counts = [&](Minutes later) {
      const Minutes due = state_.first_dose + later;
      return due <= walk_.treated_until && is_late(due, open.window, at);
    };
    int times = 0;
    if (schedule.every == 0) {
      for (const Minutes one : schedule.at) times += one >= offset && counts(one) ? 1 : 0;
    } else {
      for (Minutes one = offset; counts(one) && (schedule.until == 0 || one < schedule.until);
           one += schedule.every) {
        ++times;
      }
    }
    return std::max(times, 1);
  }

  std::string lacking_text(const Open& open) const {
    std::vector<std::string> lacking;
    for (const int analyte : tests_of(open.panel)) {
      const auto index = static_cast<std::size_t>(analyte);
      const auto& reading = state_.readings[index];
      if (lang::is_unknown(reading.value) || reading.at <= open.after) {
        lacking.push_back(protocol_.vocabulary.analytes[index].code);
      }
    }
    return join(lacking, ", ");
  }

  std::string expected_text(const Open& open) const {
    const auto& panel = protocol_.panels[static_cast<std::size_t>(open.panel)];
    std::vector<std::string> codes;
    for (const int analyte : tests_of(open.panel)) {
      codes.push_back(protocol_.vocabulary.analytes[static_cast<std::size_t>(analyte)].code);
    }
    std::string text =
        fmt::format("{} ({}) by {}", panel.title, join(codes, ", "), day_text(open.due));
    if (open.window > 0) text += ", or up to " + duration_text(open.window) + " later";
    return text + ": " + open.because;
  }

  void remember_lack(const Open& open, int times) {
    for (const int analyte : protocol_.panels[static_cast<std::size_t>(open.panel)].analytes) {
      if ((walk_.absent >> static_cast<unsigned>(analyte) & 1) == 0) continue;
      lacks_.push_back({analyte, open.rule, times});
    }
  }

  void tell_late(const Open& open, Minutes at, bool read) {
    const int times = times_missed(open, at);
    remember_lack(open, times);
    Finding finding{open.once ? Kind::kConfirmationLate : Kind::kTestOverdue,
                    open.rule,
                    open.due,
                    midnight_of(at),
                    times,
                    {},
                    expected_text(open),
                    open.source};
    finding.seen =
        read ? fmt::format("read on {}, {} after it was due", day_text(at), days_text(open.due, at))
             : fmt::format("not read ({}) until {}, when it was no longer asked for",
                           lacking_text(open), day_text(at));
    subject_.findings.push_back(std::move(finding));
  }

  void tell_missing(const Open& open, Minutes at) {
    const int times = times_missed(open, at);
    remember_lack(open, times);
    subject_.findings.push_back({open.once ? Kind::kConfirmationMissing : Kind::kTestOverdue,
                                 open.rule,
                                 open.due,
                                 {},
                                 times,
                                 fmt::format("not read ({}) until the end of observation on {}",
                                             lacking_text(open), day_text(at)),
                                 expected_text(open),
                                 open.source});
  }

  // ---- doses ----

  // What a rule saw that leads to where doses are withheld.
  void remember(const PatientState& now, const protocol::Firing& firing) {
    const auto index = static_cast<std::size_t>(firing.region);
    const auto& to = region(firing.region).states[static_cast<std::size_t>(firing.to)];
    saw_[index].clear();
    if (to.allows < Permission::kReduced) return;
    std::vector<std::string> values;
    const auto explained = protocol::explain_rule(*firing.rule, protocol_, now, now.regions[index]);
    for (const auto& seen : explained.seen) {
      if (seen.verdict == 1 && std::ranges::find(values, seen.values) == values.end()) {
        values.push_back(seen.values);
      }
    }
    saw_[index] = join(values, ", ");
  }

  void take_dose(const Fact& dose) {
    const Executor::Permit permit = executor_.permits(state_);
    const bool wrong = judge_dose(dose, permit);
    if (!wrong) episode_ = SIZE_MAX;
    if (walk_.calendar && protocol_.missed_dose) {
      const std::string late = calendar_.judge(regimen_of(permit), dose.at);
      if (!late.empty() && !wrong) tell_calendar(dose, late);
    }
    executor_.observe(state_, dose.at, {&dose, 1}, nullptr, &witness_);
    close(dose.at);
    if (!subject_.first_dose) subject_.first_dose = dose.at;
    subject_.last_dose = dose.at;
    ++subject_.doses;
  }

  const protocol::Regimen& regimen_of(const Executor::Permit& permit) const {
    const protocol::Regimen& usual = walk_.regimen;
    if (permit.permission != Permission::kReduced) return usual;
    const protocol::Regimen* reduced = walk_.programme.regimen(permit.state->regimen);
    return reduced != nullptr && reduced->weekly_mg() < usual.weekly_mg() ? *reduced : usual;
  }

  void tell_calendar(const Fact& dose, const std::string& wrong) {
    subject_.findings.push_back({Kind::kMissedDoseRule,
                                 "missed_dose",
                                 dose.at,
                                 {},
                                 1,
                                 wrong,
                                 "a missed dose is made up only while at least " +
                                     duration_text(protocol_.missed_dose->least_gap_to_next) +
                                     " remain to the next planned one",
                                 protocol_.missed_dose->source});
  }

  bool judge_dose(const Fact& dose, const Executor::Permit& permit) {
    switch (permit.permission) {
      case Permission::kFull:
        return false;
      case Permission::kReduced:
        return judge_reduced(dose, permit);
      default:
        break;
    }
    const Minutes since = where(permit.region).since;
    const bool fresh = walk_.grace > 0 && dose.at - since <= walk_.grace;
    if (permit.unanswered) {
      tell_dose(dose, permit, Kind::kDoseUnanswered, unanswered_rule(permit.region));
    } else if (!fresh) {
      const bool stopped = permit.permission == Permission::kStopped;
      const auto* rule = where(permit.region).rule;
      tell_dose(dose, permit, stopped ? Kind::kStoppedLate : Kind::kDoseWhileWithheld,
                rule == nullptr ? state_name(permit.region) : rule->id);
    }
    return true;
  }

  bool judge_reduced(const Fact& dose, const Executor::Permit& permit) {
    const protocol::Regimen& regimen = regimen_of(permit);
    if (!walk_.calendar || dose.value <= regimen.amount_mg * (1 + 1e-9)) return false;
    if (&regimen == &walk_.regimen) return false;
    const auto* rule = where(permit.region).rule;
    tell_dose(dose, permit, Kind::kDoseAboveReduced,
              rule == nullptr ? state_name(permit.region) : rule->id);
    return true;
  }

  std::string unanswered_rule(int r) const {
    const auto* rule = protocol::engine::unanswered_rule(protocol_, state_, r);
    return rule == nullptr ? state_name(r) : rule->id;
  }

  // Doses that follow one another under the same rule are one finding.
  void tell_dose(const Fact& dose, const Executor::Permit& permit, Kind kind,
                 const std::string& rule) {
    if (episode_ < subject_.findings.size()) {
      Finding& open = subject_.findings[episode_];
      if (open.kind == kind && open.rule == rule) {
        open.until = dose.at;
        ++open.times;
        return;
      }
    }
    episode_ = subject_.findings.size();
    Finding finding{kind, rule, dose.at, {}, 1, {}, {}, {}};
    finding.seen = dose.value > 0 ? number_text(dose.value, 6) + " mg given" : "dose given";
    explain(dose, permit, finding);
    subject_.findings.push_back(std::move(finding));
  }

  void explain(const Fact& dose, const Executor::Permit& permit, Finding& finding) const {
    const int r = permit.region;
    const auto* rule = where(r).rule;
    finding.source = rule == nullptr ? protocol_.source : rule->source;
    if (finding.kind == Kind::kDoseUnanswered) {
      finding.seen += "; not known: " + unknown_text(r);
      finding.expected = "no dose before they are read: what may forbid it cannot be answered";
      const auto* asked = protocol::engine::unanswered_rule(protocol_, state_, r);
      if (asked != nullptr) finding.source = asked->source;
      return;
    }
    if (rule == nullptr) {
      finding.seen += "; " + state_name(r) + " since observation began";
      const std::string unknown = unknown_text(r);
      if (!unknown.empty()) finding.seen += "; not known: " + unknown;
      finding.expected = "no dose: " + here(r).title;
      return;
    }
    finding.seen += fmt::format("; {} since {} ({})", state_name(r), day_text(where(r).since),
                                days_text(where(r).since, dose.at));
    const std::string& saw = saw_[static_cast<std::size_t>(r)];
    if (!saw.empty()) finding.seen += ": " + saw;
    finding.expected = finding.kind == Kind::kDoseAboveReduced
                           ? "at most " + number_text(regimen_of(permit).amount_mg, 6) + " mg: "
                           : "no dose: ";
    finding.expected += rule->because;
  }

  // Tests that the rules of the region's state ask for, and that are missing or too old.
  std::string unknown_text(int r) const {
    std::vector<std::string> texts;
    std::uint64_t asked = here(r).analytes | here(r).dosing_needs;
    for (int analyte = 0; asked != 0; ++analyte, asked >>= 1) {
      if ((asked & 1) == 0 || !protocol::is_missing_or_stale(protocol_, state_, analyte)) continue;
      const auto index = static_cast<std::size_t>(analyte);
      const auto& reading = state_.readings[index];
      texts.push_back(protocol_.vocabulary.analytes[index].code +
                      (lang::is_unknown(reading.value)
                           ? " was never read"
                           : " was last read on " + day_text(reading.at)));
    }
    return join(texts, ", ");
  }

  const Walk& walk_;
  const protocol::Protocol& protocol_;
  Subject& subject_;
  Executor executor_;
  Calendar calendar_;
  protocol::Witness witness_;
  PatientState state_;
  std::vector<Open> open_;
  std::vector<Lack> lacks_;
  std::vector<std::string> saw_;    // per region
  std::size_t episode_ = SIZE_MAX;  // index of the finding that doses still add to
};

}  // namespace

std::vector<Lack> walk(const Walk& walk, const protocol::Timeline& timeline, Subject& subject) {
  Walker walker(walk, subject);
  walker.run(timeline);
  return walker.take_lacks();
}

}  // namespace dosewright::audit
