#include "dosewright/protocol/engine.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol::engine {
namespace {

// Rules that lead in a circle would fire for ever; more than this in one instant is such a circle.
constexpr int kMaxFirings = 16;

std::uint64_t bit(int index) {
  return std::uint64_t{1} << static_cast<unsigned>(index);
}

const State& state_of(const Region& region, const RegionState& where) {
  return region.states[static_cast<std::size_t>(where.state)];
}

Minutes midnight_after(Minutes at) {
  Minutes day = at / kMinutesPerDay;
  if (at % kMinutesPerDay < 0) --day;
  return (day + 1) * kMinutesPerDay;
}

// 4.35 mg/dL against a limit of 1.45 is 3 ULN on paper and a little less in binary. A reading that
// is a decimal multiple of its limit (to six places) is moved by the last bits up to where the
// division says so: a tie at a threshold counts as reached.
double tie_reached(double value, double uln) {
  if (!(uln > 0) || !(value > 0)) return value;
  const double ratio = value / uln;
  const double decimal = std::round(ratio * 1e6) / 1e6;
  if (ratio == decimal || std::abs(ratio - decimal) > 1e-12 * ratio) return value;
  double moved = decimal * uln;
  while (moved / uln < decimal) moved = std::nextafter(moved, HUGE_VAL);
  return moved;
}

// The baseline rule looks at the two latest readings at or before the first dose.
void update_baseline(const Protocol& protocol, Readings& reading) {
  reading.baseline = reading.value;
  reading.baseline_uln = reading.uln;
  if (!protocol.baseline || lang::is_unknown(reading.previous)) return;
  const double mean = (reading.value + reading.previous) / 2;
  const double difference = std::abs(reading.value - reading.previous);
  if (difference <= protocol.baseline->mean_within * std::abs(mean)) reading.baseline = mean;
}

// Two readings of one instant count once, and only where both satisfy.
void update_counts(const Protocol& protocol, PatientState& state, int analyte) {
  for (std::size_t i = 0; i < protocol.counts.size(); ++i) {
    const Count& count = protocol.counts[i];
    if (count.analyte != analyte) continue;
    const Readings& reading = state.readings[static_cast<std::size_t>(analyte)];
    const bool repeated = !lang::is_unknown(reading.previous) && reading.previous_at == reading.at;
    const int one_more = state.counts[i] + (repeated ? 0 : 1);
    state.counts[i] = satisfies(protocol, state, count) ? one_more : 0;
  }
}

void record_lab(const Protocol& protocol, PatientState& state, const Fact& fact) {
  const auto index = static_cast<std::size_t>(fact.code);
  Readings& reading = state.readings[index];
  reading.previous = reading.value;
  reading.previous_uln = reading.uln;
  reading.previous_at = reading.at;
  const double own = protocol.vocabulary.analytes[index].uln;
  const double uln = fact.uln > 0 ? fact.uln : own;
  reading.uln = uln > 0 ? uln : lang::kUnknown;
  reading.value = tie_reached(fact.value, uln);
  reading.at = state.now;
  if (state.n_doses == 0) update_baseline(protocol, reading);
  update_counts(protocol, state, fact.code);
}

void record_sign(PatientState& state, const Fact& fact) {
  const bool present =
      fact.kind == FactKind::kSymptom || (fact.kind == FactKind::kReaction && fact.value > 0);
  state.signs[static_cast<std::size_t>(fact.code)] = present ? 1 : 0;
}

bool is_dose(const Fact& fact) {
  return fact.kind == FactKind::kDose || fact.kind == FactKind::kDoseMissed;
}

// Every test of the panel was read, later than `after`, or is waived.
bool complete(const Panel& panel, const PatientState& state, Minutes after) {
  return std::all_of(panel.analytes.begin(), panel.analytes.end(), [&](int analyte) {
    if ((state.tests_waived >> static_cast<unsigned>(analyte) & 1) != 0) return true;
    const Readings& reading = state.readings[static_cast<std::size_t>(analyte)];
    return !lang::is_unknown(reading.value) && reading.at > after;
  });
}

void meet_owed(const Protocol& protocol, PatientState& state) {
  for (Owed& owed : state.owed) {
    const Panel& panel = protocol.panels[static_cast<std::size_t>(owed.item->panel)];
    if (!complete(panel, state, owed.after)) continue;
    owed.after = state.now;
    owed.due = owed.item->every > 0 ? state.now + owed.item->every : kNever;
  }
  std::erase_if(state.owed, [](const Owed& owed) { return owed.due == kNever; });
}

Minutes offset_after(const Schedule& schedule, Minutes offset) {
  if (schedule.every > 0) {
    const Minutes next = offset + schedule.every;
    return schedule.until == 0 || next < schedule.until ? next : kNever;
  }
  const auto next = std::upper_bound(schedule.at.begin(), schedule.at.end(), offset);
  return next == schedule.at.end() ? kNever : *next;
}

// A complete panel meets every planned time up to now + window: those long past were missed, and
// one late test answers for them.
void meet_schedules(const Protocol& protocol, PatientState& state) {
  for (std::size_t i = 0; i < protocol.schedules.size(); ++i) {
    const Schedule& schedule = protocol.schedules[i];
    const Panel& panel = protocol.panels[static_cast<std::size_t>(schedule.panel)];
    const Minutes next = planned(state, i);
    if (next == kNever || !complete(panel, state, next - schedule.window - 1)) continue;
    while (planned(state, i) <= state.now + schedule.window) {
      state.schedule_next[i] = offset_after(schedule, state.schedule_next[i]);
    }
  }
}

// The outgoing rules of a region's state with their verdicts, in the order of the file, until
// `visit` has seen enough and says false.
template <class Visit>
void each_verdict(const Protocol& protocol, const PatientState& state, int region,
                  const Visit& visit) {
  const Region& statechart = protocol.regions[static_cast<std::size_t>(region)];
  const RegionState& where = state.regions[static_cast<std::size_t>(region)];
  const State& here = state_of(statechart, where);
  Registers registers;  // NOLINT: every register is written before it is read
  auto index = here.outgoing.begin();
  for (const Questions& questions : here.questions) {
    ask(questions, protocol, state, where, registers);
    for (const std::uint16_t verdict : questions.program.outputs) {
      const Transition& rule = statechart.transitions[static_cast<std::size_t>(*index++)];
      if (!visit(rule, registers[verdict])) return;
    }
  }
}

// `unanswered`: the first rule asked on the way that restricts and is unknown; null: none.
const Transition* first_true(const Protocol& protocol, const PatientState& state, int region,
                             const Transition*& unanswered) {
  unanswered = nullptr;
  const Transition* first = nullptr;
  each_verdict(protocol, state, region, [&](const Transition& rule, double verdict) {
    if (verdict == 1) first = &rule;
    const bool open = rule.restricts && lang::is_unknown(verdict);
    if (open && unanswered == nullptr) unanswered = &rule;
    return first == nullptr;
  });
  return first;
}

void settle_region(const Protocol& protocol, PatientState& state, int region,
                   const Recorder& recorder) {
  RegionState& where = state.regions[static_cast<std::size_t>(region)];
  const Transition* unanswered = nullptr;
  const Transition* rule = first_true(protocol, state, region, unanswered);
  for (int fired = 0; rule != nullptr && fired < kMaxFirings; ++fired) {
    const Firing firing{state.now, region, rule->from, rule->to, rule};
    if (recorder.log != nullptr) recorder.log->push_back(firing);
    if (recorder.witness != nullptr) (*recorder.witness)(state, firing);
    enter(protocol, state, region, rule->to, rule);
    rule = first_true(protocol, state, region, unanswered);
  }
  where.unsettled = rule != nullptr;
  if (recorder.answers == nullptr || where.unsettled) return;
  recorder.answers->asked |= bit(region);
  recorder.answers->unanswered[static_cast<std::size_t>(region)] = unanswered;
}

bool touches(const State& here, const Touched& touched, bool midnight) {
  return (here.analytes & touched.analytes) != 0 || (here.signs & touched.signs) != 0 ||
         (here.reads_doses && touched.doses) || (here.timed && midnight);
}

bool any_timed(const Protocol& protocol, const PatientState& state) {
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (!state.is_off(r) && state_of(protocol.regions[r], state.regions[r]).timed) return true;
  }
  return false;
}

// One that is owed already is not owed twice; the earlier date stands.
void owe(PatientState& state, const Owed& owed) {
  for (Owed& old : state.owed) {
    if (old.item == owed.item && old.region == owed.region) {
      old.due = std::min(old.due, owed.due);
      return;
    }
  }
  state.owed.push_back(owed);
}

}  // namespace

bool satisfies(const Protocol& protocol, const PatientState& state, const Count& count) {
  return ask(count.test, protocol, state, RegionState{}) == 1;
}

void pass_midnights(const Protocol& protocol, PatientState& state, Minutes until,
                    const Recorder& recorder) {
  DW_CHECK(until >= state.now, "time runs forward");
  Minutes midnight = midnight_after(state.now);
  for (; midnight < until && any_timed(protocol, state); midnight += kMinutesPerDay) {
    state.now = midnight;
    settle(protocol, state, {}, recorder);
  }
  state.now = until;
}

Touched record_readings(const Protocol& protocol, PatientState& state,
                        std::span<const Fact> facts) {
  Touched touched;
  for (const Fact& fact : facts) {
    if (fact.code < 0 || is_dose(fact)) continue;
    if (fact.kind == FactKind::kLab) {
      if (!std::isfinite(fact.value)) continue;
      record_lab(protocol, state, fact);
      touched.analytes |= bit(fact.code);
    } else {
      record_sign(state, fact);
      touched.signs |= bit(fact.code);
    }
  }
  if (touched.analytes != 0) {
    meet_owed(protocol, state);
    meet_schedules(protocol, state);
  }
  return touched;
}

void record_dose(PatientState& state, double mg) {
  if (state.n_doses == 0) state.first_dose = state.now;
  ++state.n_doses;
  state.last_dose = state.now;
  state.last_dose_mg = mg;
}

Touched record_doses(PatientState& state, std::span<const Fact> facts) {
  Touched touched;
  for (const Fact& fact : facts) {
    if (fact.kind != FactKind::kDose) continue;
    record_dose(state, fact.value);
    touched.doses = true;
  }
  return touched;
}

void settle(const Protocol& protocol, PatientState& state, const Touched& touched,
            const Recorder& recorder) {
  const bool midnight = state.now % kMinutesPerDay == 0;
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (state.is_off(r)) continue;
    const RegionState& where = state.regions[r];
    if (touches(state_of(protocol.regions[r], where), touched, midnight)) {
      settle_region(protocol, state, static_cast<int>(r), recorder);
    }
  }
}

void enter(const Protocol& protocol, PatientState& state, int region, int to,
           const Transition* rule) {
  RegionState& where = state.regions[static_cast<std::size_t>(region)];
  const Region& statechart = protocol.regions[static_cast<std::size_t>(region)];
  std::erase_if(state.owed,
                [&](const Owed& owed) { return owed.while_state && owed.region == region; });
  where.state = to;
  where.since = state.now;
  where.rule = rule;
  // What led here was read at this instant and does not meet what is now owed; at the very start
  // nothing led here, and a reading of that instant does.
  const Minutes after = rule == nullptr ? state.now - 1 : state.now;
  if (rule != nullptr) {
    for (const Owing& item : rule->owe) {
      owe(state, {&item, after, state.now + item.first, region, false, rule});
    }
  }
  for (const Owing& item : state_of(statechart, where).owes) {
    owe(state, {&item, after, state.now + item.first, region, true, rule});
  }
}

Minutes planned(const PatientState& state, std::size_t schedule) {
  const Minutes offset = state.schedule_next[schedule];
  if (offset == kNever) return kNever;
  if (state.n_doses > 0) return state.first_dose + offset;
  return offset == 0 ? state.started : kNever;
}

bool schedules_suspended(const Protocol& protocol, const PatientState& state) {
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (state.is_off(r)) continue;
    if (state_of(protocol.regions[r], state.regions[r]).suspends_schedules) return true;
  }
  return false;
}

std::uint64_t lacking(const Protocol& protocol, const PatientState& state) {
  std::uint64_t needs = 0;
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (state.is_off(r)) continue;
    const State& here = state_of(protocol.regions[r], state.regions[r]);
    if (here.allows < Permission::kWithheld) needs |= here.needs | here.dosing_needs;
  }
  std::uint64_t lack = 0;
  for (int analyte = 0; needs != 0; ++analyte, needs >>= 1) {
    if ((needs & 1) != 0 && is_missing_or_stale(protocol, state, analyte)) lack |= bit(analyte);
  }
  return lack;
}

std::uint64_t needs_unmet(const Protocol& protocol, const PatientState& state, int region) {
  const auto index = static_cast<std::size_t>(region);
  std::uint64_t needs = state_of(protocol.regions[index], state.regions[index]).dosing_needs;
  std::uint64_t unmet = 0;
  for (int analyte = 0; needs != 0; ++analyte, needs >>= 1) {
    if ((needs & 1) != 0 && is_missing_or_stale(protocol, state, analyte)) unmet |= bit(analyte);
  }
  return unmet;
}

Minutes fresh_until(const Protocol& protocol, const PatientState& state, std::uint64_t analytes) {
  Minutes until = kNever;
  for (; analytes != 0; analytes &= analytes - 1) {
    const auto analyte = static_cast<std::size_t>(std::countr_zero(analytes));
    const Minutes limit = protocol.stale_after[analyte];
    const Minutes last = state.readings[analyte].at + limit;
    if (limit > 0 && last >= state.now) until = std::min(until, last);
  }
  return until;
}

bool permits_less(const State& a, const State& b) {
  if (a.allows != b.allows) return a.allows > b.allows;
  return a.allows == Permission::kReduced && a.weekly_mg < b.weekly_mg;
}

const Transition* unanswered_rule(const Protocol& protocol, const PatientState& state, int region) {
  const Transition* unanswered = nullptr;
  each_verdict(protocol, state, region, [&](const Transition& rule, double verdict) {
    if (rule.restricts && lang::is_unknown(verdict)) unanswered = &rule;
    return unanswered == nullptr;
  });
  return unanswered;
}

}  // namespace dosewright::protocol::engine
