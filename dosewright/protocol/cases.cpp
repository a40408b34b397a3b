// Runs the cases that stand beside the rules.

#include "dosewright/protocol/cases.hpp"

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/engine.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

// Ten years in, so that every age in a case lies after the start.
constexpr Minutes kCaseTime = 3650 * kMinutesPerDay;
constexpr Minutes kUsualTreatment = 28 * kMinutesPerDay;
constexpr Minutes kUsualPreviousAge = 7 * kMinutesPerDay;
constexpr Minutes kUsualStateAge = 1 * kMinutesPerDay;
constexpr double kUsualMultiple = 0.5;  // of ULN: an ordinary reading

const CaseItem* find_item(const CaseStep& step, ItemKind kind, int index = 0) {
  const auto found = std::find_if(step.items.begin(), step.items.end(), [&](const CaseItem& item) {
    return item.kind == kind && item.index == index;
  });
  return found == step.items.end() ? nullptr : &*found;
}

class CaseRun {
 public:
  CaseRun(const Protocol& protocol, const RuleBlock& block, const Case& one)
      : protocol_(protocol), block_(block), case_(one), executor_(protocol) {}

  Faults run(Coverage& coverage) {
    begin();
    Minutes at = kCaseTime;
    for (const CaseStep& step : case_.steps) {
      at += step.later;
      take(step, at, coverage);
    }
    for (const Firing& firing : log_) {
      if (firing.region == block_.region) coverage.fired(*firing.rule);
    }
    return verdict();
  }

 private:
  const Region& region() const {
    return protocol_.regions[static_cast<std::size_t>(block_.region)];
  }
  const RegionState& where() const {
    return state_.regions[static_cast<std::size_t>(block_.region)];
  }
  const Transition& own_rule() const {
    return region().transitions[static_cast<std::size_t>(block_.transitions.front())];
  }

  // The patient as the first step finds them.
  void begin() {
    const CaseStep& first = case_.steps.front();
    state_ = executor_.start(0);
    begin_doses(first);
    for (std::size_t i = 0; i < state_.readings.size(); ++i) {
      begin_readings(first, static_cast<int>(i));
    }
    for (std::size_t i = 0; i < state_.signs.size(); ++i) {
      state_.signs[i] = find_item(first, ItemKind::kNoSign, static_cast<int>(i)) ? 1 : 0;
    }
    const CaseItem* age = find_item(first, ItemKind::kStateAge);
    state_.now = kCaseTime - (age != nullptr ? age->minutes : kUsualStateAge);
    engine::enter(protocol_, state_, block_.region, case_.from, nullptr);
    state_.now = std::max(state_.now, kCaseTime - 1);
    for (std::size_t i = 0; i < state_.counts.size(); ++i) {
      const CaseItem* count = find_item(first, ItemKind::kCount, static_cast<int>(i));
      const bool satisfied = engine::satisfies(protocol_, state_, protocol_.counts[i]);
      state_.counts[i] = count != nullptr ? static_cast<int>(count->value) : satisfied ? 1 : 0;
    }
  }

  // A reading to take where a case does not say; unknown: none.
  double ordinary(std::size_t analyte) const {
    const double said = protocol_.ordinary[analyte];
    const double uln = protocol_.vocabulary.analytes[analyte].uln;
    return lang::is_unknown(said) && uln > 0 ? kUsualMultiple * uln : said;
  }

  void begin_doses(const CaseStep& first) {
    const CaseItem* treatment = find_item(first, ItemKind::kTreatmentAge);
    const CaseItem* dose = find_item(first, ItemKind::kDoseAge);
    const CaseItem* count = find_item(first, ItemKind::kDoseCount);
    const CaseItem* amount = find_item(first, ItemKind::kDoseAmount);
    const Minutes since = treatment != nullptr ? treatment->minutes : kUsualTreatment;
    state_.first_dose = kCaseTime - since;
    state_.last_dose =
        kCaseTime - (dose != nullptr ? dose->minutes : std::min(since, 7 * kMinutesPerDay));
    state_.n_doses = count != nullptr ? static_cast<int>(count->value) : 4;
    state_.last_dose_mg = amount != nullptr ? amount->value : lang::kUnknown;
  }

  void begin_readings(const CaseStep& first, int analyte) {
    const auto index = static_cast<std::size_t>(analyte);
    const double uln = protocol_.vocabulary.analytes[index].uln;
    if (find_item(first, ItemKind::kMissing, analyte) != nullptr) return;
    const CaseItem* previous = find_item(first, ItemKind::kPrevious, analyte);
    const CaseItem* age = find_item(first, ItemKind::kPreviousAge, analyte);
    const CaseItem* baseline = find_item(first, ItemKind::kBaseline, analyte);
    Readings& reading = state_.readings[index];
    if (uln > 0) reading.uln = reading.baseline_uln = uln;
    reading.value = reading.baseline = ordinary(index);
    if (previous != nullptr) reading.value = previous->value;
    if (baseline != nullptr) reading.baseline = baseline->value;
    Minutes ago = previous != nullptr ? kUsualPreviousAge : kUsualTreatment;
    if (age != nullptr) ago = age->minutes;
    if (find_item(first, ItemKind::kStale, analyte) != nullptr) {
      if (lang::is_unknown(reading.value)) reading.value = 1;
      ago = protocol_.stale_after[index] + kMinutesPerDay;
    }
    reading.at = kCaseTime - ago;
  }

  void take(const CaseStep& step, Minutes at, Coverage& coverage) {
    engine::pass_midnights(protocol_, state_, at, {&log_, nullptr});
    const std::vector<Fact> facts = facts_of(step, at);
    const engine::Touched touched = engine::record_readings(protocol_, state_, facts);
    coverage.saw({&state_, block_.region});
    remember();
    engine::settle(protocol_, state_, touched, {&log_, nullptr});
  }

  std::vector<Fact> facts_of(const CaseStep& step, Minutes at) const {
    std::vector<Fact> facts;
    const bool no_test = find_item(step, ItemKind::kNoTest) != nullptr;
    for (std::size_t i = 0; i < state_.readings.size(); ++i) {
      const int analyte = static_cast<int>(i);
      const CaseItem* value = find_item(step, ItemKind::kValue, analyte);
      const bool absent = no_test || find_item(step, ItemKind::kMissing, analyte) != nullptr ||
                          find_item(step, ItemKind::kStale, analyte) != nullptr ||
                          lang::is_unknown(ordinary(i));
      if (value == nullptr && absent) continue;
      const double reading = value != nullptr ? value->value : ordinary(i);
      facts.push_back({at, FactKind::kLab, static_cast<std::int16_t>(i), reading, 0});
    }
    for (const CaseItem& item : step.items) {
      const auto code = static_cast<std::int16_t>(item.index);
      if (item.kind == ItemKind::kSign) facts.push_back({at, FactKind::kSymptom, code, 0, 0});
      if (item.kind == ItemKind::kNoSign) facts.push_back({at, FactKind::kSymptomEnd, code, 0, 0});
    }
    return facts;
  }

  // What the rules of the state saw, told when a case goes wrong: the one that the case belongs to,
  // and those that fired or stayed open.
  void remember() {
    saw_.clear();
    const State& here = region().states[static_cast<std::size_t>(where().state)];
    for (int index : here.outgoing) {
      const Transition& rule = region().transitions[static_cast<std::size_t>(index)];
      const double verdict = ask(rule, protocol_, state_, where());
      if (verdict == 0 && rule.id != own_rule().id) continue;
      const lang::Explanation explanation = explain_rule(rule, protocol_, state_, where());
      std::vector<std::string> seen;
      for (const lang::Seen& one : explanation.seen) seen.push_back(one.values);
      saw_.push_back(rule.id +
                     (lang::is_unknown(verdict) ? " is open"
                      : verdict == 1            ? " fires"
                                                : " does not fire") +
                     " (" + join(seen, "; ") + ")");
    }
  }

  Faults verdict() const {
    Faults faults;
    const auto fault = [&](const std::string& message) {
      faults.add(
          case_.text.place, "case '" + case_.text.text + "' " + message,
          saw_.empty() ? "no rule of that state fires" : "its last step: " + join(saw_, "; "));
    };
    const auto name = [&](int state) {
      return "'" + region().states[static_cast<std::size_t>(state)].name + "'";
    };
    if (where().unsettled) fault("does not come to rest: its rules lead in a circle");
    if (where().state != case_.to) {
      fault("decides " + name(where().state) + ", not " + name(case_.to));
    }
    check_dose(fault);
    check_owes(fault);
    return faults;
  }

  template <class Report>
  void check_dose(const Report& fault) const {
    if (!case_.dose) return;
    const Executor::Permit permit = executor_.permits(state_);
    const bool dose = permit.permission < Permission::kWithheld;
    if (dose != *case_.dose) {
      fault(std::string(dose ? "allows" : "does not allow") + " a dose (" +
            executor_.decision(state_).because + ")");
    }
  }

  template <class Report>
  void check_owes(const Report& fault) const {
    if (case_.owes.empty()) return;
    const Decision decision = executor_.decision(state_);
    for (int panel : case_.owes) {
      // Planned tests do not count: almost every panel is planned for some time.
      const bool owed = std::any_of(
          decision.obligations.begin(), decision.obligations.end(),
          [&](const Obligation& one) { return one.panel == panel && !is_schedule(one.rule); });
      if (!owed) {
        fault("does not owe '" + protocol_.panels[static_cast<std::size_t>(panel)].name + "'");
      }
    }
  }

  bool is_schedule(const std::string& id) const {
    return std::any_of(protocol_.schedules.begin(), protocol_.schedules.end(),
                       [&](const Schedule& schedule) { return schedule.id == id; });
  }

  const Protocol& protocol_;
  const RuleBlock& block_;
  const Case& case_;
  Executor executor_;
  PatientState state_;
  std::vector<Firing> log_;
  std::vector<std::string> saw_;
};

}  // namespace

Faults check_cases(const Protocol& protocol, std::span<const RuleBlock> blocks) {
  Faults faults;
  for (const RuleBlock& block : blocks) {
    const Region& region = protocol.regions[static_cast<std::size_t>(block.region)];
    const auto first = static_cast<std::size_t>(block.transitions.front());
    Coverage coverage(protocol, block);
    bool readable = true;
    for (const CaseText& text : block.cases) {
      Result<Case> one = parse_case(text, protocol, region, region.transitions[first].from);
      faults.merge(one.ok() ? CaseRun(protocol, block, *one).run(coverage) : one.faults());
      readable = readable && one.ok();
    }
    if (readable) faults.merge(coverage.missing());
  }
  return faults;
}

}  // namespace dosewright::protocol
