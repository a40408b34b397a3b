#include "dosewright/verify/model.hpp"

#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/protocol/guard.hpp"

namespace dosewright::verify {

using protocol::Permission;
using protocol::Protocol;
using protocol::Region;
using protocol::Slot;
using protocol::SlotKind;
using protocol::State;
using protocol::Transition;

namespace {

bool is_baseline(SlotKind kind) {
  return kind == SlotKind::kBaseline || kind == SlotKind::kBaselineUln;
}

const Transition& rule_of(const Region& region, int index) {
  return region.transitions[at(index)];
}

}  // namespace

Model::Model(z3::context& context, std::vector<Part> parts, const std::vector<Aside>& asides,
             Lemmas lemmas)
    : context_(context), parts_(std::move(parts)) {
  for (const Part& part : parts_) {
    for (const Transition& rule : part.chart().transitions) collect(*part.protocol, rule);
    for (const Transition& stays : part.chart().stays) collect(*part.protocol, stays);
    collect_needs(part);
  }
  for (const Aside& aside : asides) collect(*aside.protocol, *aside.condition);
  measure_chains();
  if (lemmas == Lemmas::kProve) prove_lemmas();
}

void Model::collect(const Protocol& protocol, const Transition& condition) {
  const int index = add_protocol(&protocol);
  for (const Slot& slot : condition.slots) {
    if (slot.kind < SlotKind::kSign) {
      add_analyte(protocol, index, slot.index);
      if (slot.kind == SlotKind::kCount) add_count(protocol, slot.which);
      baselines_matter_ |= is_baseline(slot.kind);
      doses_matter_ |= is_baseline(slot.kind);
    } else if (slot.kind == SlotKind::kSign) {
      add_sign(protocol, index, slot.index);
    } else {
      doses_matter_ |= slot.kind >= SlotKind::kTreatmentAge;
      stretches_matter_ |= slot.kind == SlotKind::kDoseAge;
    }
  }
}

void Model::collect_needs(const Part& part) {
  const int index = add_protocol(part.protocol);
  for (const State& state : part.chart().states) {
    for (int analyte = 0; state.dosing_needs >> at(analyte) != 0; ++analyte) {
      if ((state.dosing_needs >> at(analyte) & 1) != 0) add_analyte(*part.protocol, index, analyte);
    }
  }
}

int Model::protocol_index(const Protocol* protocol) const {
  const auto found = std::find(protocols_.begin(), protocols_.end(), protocol);
  return found == protocols_.end() ? -1 : static_cast<int>(found - protocols_.begin());
}

int Model::add_protocol(const Protocol* protocol) {
  if (const int known = protocol_index(protocol); known >= 0) return known;
  protocols_.push_back(protocol);
  word_index_.emplace_back(protocol->vocabulary.analytes.size(), -1);
  sign_index_.emplace_back(protocol->vocabulary.signs.size(), -1);
  return static_cast<int>(protocols_.size()) - 1;
}

void Model::add_analyte(const Protocol& protocol, int protocol_index, int analyte) {
  int& index = word_index_[at(protocol_index)][at(analyte)];
  if (index >= 0) return;
  const protocol::Analyte& one = protocol.vocabulary.analytes[at(analyte)];
  const auto same = std::find_if(words_.begin(), words_.end(),
                                 [&](const Word& word) { return word.code == one.code; });
  index = static_cast<int>(same - words_.begin());
  if (same == words_.end()) words_.push_back({one.code, one.uln, one.unit});
}

void Model::add_sign(const Protocol& protocol, int protocol_index, int sign) {
  int& index = sign_index_[at(protocol_index)][at(sign)];
  if (index >= 0) return;
  const std::string& name = protocol.vocabulary.signs[at(sign)];
  const auto same = std::find(signs_.begin(), signs_.end(), name);
  index = static_cast<int>(same - signs_.begin());
  if (same == signs_.end()) signs_.push_back(name);
}

std::size_t Model::add_count(const Protocol& protocol, int count) {
  const CountOf one{&protocol, count};
  const auto found = std::find(counts_.begin(), counts_.end(), one);
  if (found != counts_.end()) return static_cast<std::size_t>(found - counts_.begin());
  counts_.push_back(one);
  collect(protocol, protocol.counts[at(count)].test);
  return counts_.size() - 1;
}

int Model::word_of(const Protocol& protocol, int analyte) const {
  return word_index_[at(protocol_index(&protocol))][at(analyte)];
}

int Model::sign_of(const Protocol& protocol, int sign) const {
  return sign_index_[at(protocol_index(&protocol))][at(sign)];
}

int Model::part_of(const Protocol* protocol, int region) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].protocol == protocol && parts_[i].region == region) return static_cast<int>(i);
  }
  return -1;
}

Moment Model::moment(const std::string& name) const {
  z3::context& c = context_;
  const auto boolean = [&](const std::string& what) {
    return c.bool_const((name + "." + what).c_str());
  };
  const auto integer = [&](const std::string& what) {
    return c.int_const((name + "." + what).c_str());
  };
  const auto real = [&](const std::string& what) {
    return c.real_const((name + "." + what).c_str());
  };
  Moment moment{integer("now"),
                integer("day"),
                {},
                {},
                {boolean("dosed"), integer("doses"), integer("first_dose"), integer("last_dose"),
                 real("amount")},
                {},
                {}};
  for (const Word& word : words_) {
    const std::string& w = word.code;
    ReadingAt reading{boolean(w + ".taken"),
                      real(w),
                      integer(w + ".at"),
                      boolean(w + ".previous.taken"),
                      real(w + ".previous"),
                      integer(w + ".previous.at"),
                      {},
                      {}};
    for (std::size_t p = 0; p < protocols_.size(); ++p) {
      reading.baseline_taken.push_back(boolean(w + ".baseline.taken" + std::to_string(p)));
      reading.baseline.push_back(real(w + ".baseline" + std::to_string(p)));
    }
    moment.readings.push_back(std::move(reading));
  }
  for (const std::string& sign : signs_) moment.signs.push_back(boolean("sign." + sign));
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    moment.counts.push_back(integer("count" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const std::string p = "chart" + std::to_string(i);
    moment.charts.push_back({integer(p), integer(p + ".since"), boolean(p + ".unsettled"),
                             boolean(p + ".asked"), integer(p + ".touched_at"),
                             integer(p + ".settled_at")});
  }
  return moment;
}

z3::expr Model::initial(const Moment& moment) const {
  z3::expr all = !moment.dosing.given && moment.dosing.count == 0;
  all = all && moment.now >= moment.day * kDay && moment.now < moment.day * kDay + kDay;
  for (const ReadingAt& reading : moment.readings) {
    all = all && !reading.taken && !reading.previous_taken;
    for (const z3::expr& taken : reading.baseline_taken) all = all && !taken;
  }
  for (const z3::expr& sign : moment.signs) all = all && !sign;
  for (const z3::expr& count : moment.counts) all = all && count == 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const ChartAt& chart = moment.charts[i];
    all = all && chart.state == parts_[i].chart().initial && chart.since == moment.now &&
          !chart.unsettled && !chart.asked && chart.touched_at == moment.now &&
          chart.settled_at == moment.now;
  }
  return all;
}

// ---- what a condition sees ----

Term Model::age(const z3::expr& known, const z3::expr& minutes) const {
  return {z3::to_real(minutes) / context_.real_val(60), known};
}

Term Model::read_reading(const Slot& slot, const Protocol& protocol, const Moment& moment,
                         const View& view) const {
  const auto w = at(word_of(protocol, slot.index));
  const auto p = at(protocol_index(&protocol));
  const ReadingAt& reading = moment.readings[w];
  const z3::expr& now = view.now;
  const Minutes limit = protocol.stale_after[at(slot.index)];
  const z3::expr uln = real_of(context_, words_[w].uln > 0 ? words_[w].uln : 1);
  const z3::expr fresh =
      limit > 0 ? now - reading.at <= context_.int_val(limit) : context_.bool_val(true);
  switch (slot.kind) {
    case SlotKind::kValue:
      return {reading.value * uln, reading.taken && fresh};
    case SlotKind::kLast:
      return {reading.value * uln, reading.taken};
    case SlotKind::kPrevious:
      return {reading.previous * uln, reading.previous_taken};
    case SlotKind::kBaseline:
      return {reading.baseline[p] * uln, reading.baseline_taken[p]};
    case SlotKind::kUln:
      return {uln, reading.taken};
    case SlotKind::kPreviousUln:
      return {uln, reading.previous_taken};
    case SlotKind::kBaselineUln:
      return {uln, reading.baseline_taken[p]};
    case SlotKind::kAge:
      return age(reading.taken, now - reading.at);
    case SlotKind::kPreviousAge:
      return age(reading.previous_taken, now - reading.previous_at);
    case SlotKind::kGap:
      return age(reading.previous_taken, reading.at - reading.previous_at);
    case SlotKind::kCount: {
      const auto same = std::find(counts_.begin(), counts_.end(), CountOf{&protocol, slot.which});
      const z3::expr& count = moment.counts[static_cast<std::size_t>(same - counts_.begin())];
      return {z3::to_real(count), reading.taken && fresh};
    }
    case SlotKind::kStateAgeThen:
      return age(reading.taken, reading.at - view.since);
    default:
      return known_term(reading.taken && reading.at > view.since);  // kNew
  }
}

Term Model::read_dosing(SlotKind kind, const Moment& moment, const z3::expr& now) const {
  const DosingAt& dosing = moment.dosing;
  switch (kind) {
    case SlotKind::kTreatmentAge:
      return age(dosing.given, now - dosing.first);
    case SlotKind::kDoseAge:
      return age(dosing.given, now - dosing.last);
    case SlotKind::kDoseCount:
      return known_term(z3::to_real(dosing.count));
    default:
      return {dosing.amount, dosing.given};  // kDoseAmount
  }
}

Term Model::read(const Slot& slot, const Protocol& protocol, const Moment& moment,
                 const View& view) const {
  if (slot.kind == SlotKind::kSign) {
    return known_term(moment.signs[at(sign_of(protocol, slot.index))]);
  }
  if (slot.kind == SlotKind::kStateAge) {
    return age(context_.bool_val(true), view.now - view.since);
  }
  if (slot.kind < SlotKind::kSign) return read_reading(slot, protocol, moment, view);
  return read_dosing(slot.kind, moment, view.now);
}

Term Model::ask(const Protocol& protocol, const Transition& condition, const Moment& moment,
                const View& view) const {
  std::vector<Term> inputs;
  for (const Slot& slot : condition.slots) inputs.push_back(read(slot, protocol, moment, view));
  return translate(context_, condition.program, std::move(inputs));
}

Term Model::ask(std::size_t part, const Transition& condition, const Moment& moment) const {
  return ask(*parts_[part].protocol, condition, moment, {moment.now, moment.charts[part].since});
}

z3::expr Model::in_state(const Moment& moment, std::size_t part, int state) const {
  return moment.charts[part].state == state;
}

z3::expr Model::needs_unmet(const Moment& moment, std::size_t part, const State& state) const {
  const Protocol& protocol = *parts_[part].protocol;
  z3::expr unmet = context_.bool_val(false);
  for (int analyte = 0; state.dosing_needs >> at(analyte) != 0; ++analyte) {
    if ((state.dosing_needs >> at(analyte) & 1) == 0) continue;
    const Slot value{SlotKind::kValue, static_cast<std::int16_t>(analyte)};
    unmet = unmet || !read(value, protocol, moment, {moment.now, moment.now}).known;
  }
  return unmet;
}

z3::expr Model::held_by_question(const Moment& moment, std::size_t part) const {
  const Region& region = parts_[part].chart();
  z3::expr held = moment.charts[part].unsettled;
  for (const Transition& rule : region.transitions) {
    if (!rule.restricts) continue;
    held = held || (in_state(moment, part, rule.from) && ask(part, rule, moment).is_unknown());
  }
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    held = held || (in_state(moment, part, static_cast<int>(s)) &&
                    needs_unmet(moment, part, region.states[s]));
  }
  return held;
}

z3::expr Model::allows_dose(const Moment& moment, std::size_t part) const {
  const Region& region = parts_[part].chart();
  z3::expr lets = context_.bool_val(false);
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    if (region.states[s].allows >= Permission::kWithheld) continue;
    lets = lets || in_state(moment, part, static_cast<int>(s));
  }
  return lets && !held_by_question(moment, part);
}

// ---- steps ----

z3::expr Model::fire(std::size_t part, const Moment& moment, const z3::expr& state,
                     const z3::expr& since) const {
  const Part& one = parts_[part];
  const Region& region = one.chart();
  z3::expr next = state;
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    z3::expr here = state;
    const std::vector<int>& outgoing = region.states[s].outgoing;
    for (std::size_t i = outgoing.size(); i-- > 0;) {
      const Transition& rule = rule_of(region, outgoing[i]);
      const Term guard = ask(*one.protocol, rule, moment, {moment.now, since});
      here = z3::ite(guard.is_true(), context_.int_val(rule.to), here);
    }
    next = z3::ite(state == static_cast<int>(s), here, next);
  }
  return next;
}

z3::expr Model::touched(std::size_t part, const Step& step) const {
  const Region& region = parts_[part].chart();
  const Protocol& protocol = *parts_[part].protocol;
  const Moment& after = *step.after;
  const z3::expr midnight = after.now == after.day * static_cast<int>(kMinutesPerDay);
  z3::expr all = context_.bool_val(false);
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    const State& here = region.states[s];
    z3::expr any = here.reads_doses ? step.dosed : context_.bool_val(false);
    for (std::size_t i = 0; i < protocol.vocabulary.analytes.size(); ++i) {
      if ((here.analytes >> i & 1) == 0) continue;
      any = any || step.drawn[at(word_of(protocol, static_cast<int>(i)))];
    }
    for (std::size_t i = 0; i < protocol.vocabulary.signs.size(); ++i) {
      if ((here.signs >> i & 1) == 0) continue;
      any = any || step.reported[at(sign_of(protocol, static_cast<int>(i)))];
    }
    if (here.timed) any = any || midnight;
    all = all || (in_state(*step.before, part, static_cast<int>(s)) && any);
  }
  return all;
}

z3::expr Model::flow_of_time(const Step& step, Pace pace, bool first) const {
  const Moment &a = *step.before, &b = *step.after;
  if (pace == Pace::kDaily) {
    return b.now == b.day * kDay && b.now >= a.now && (first ? b.day == a.day : b.day > a.day);
  }
  return b.now >= a.now && b.now <= (a.day + 1) * kDay && b.now >= b.day * kDay &&
         b.now < b.day * kDay + kDay;
}

// record_lab of engine.cpp. Two readings at one instant: the earlier becomes the previous one.
z3::expr Model::facts(const Step& step, std::size_t word) const {
  const ReadingAt &a = step.before->readings[word], &b = step.after->readings[word];
  const z3::expr &drawn = step.drawn[word], &twice = step.twice[word], &now = step.after->now;
  z3::expr all = b.taken == (a.taken || drawn) && b.at == z3::ite(drawn, now, a.at);
  all = all && z3::implies(!drawn, b.value == a.value && b.previous == a.previous);
  all = all && z3::implies(drawn && !twice, b.previous == a.value);
  all = all && b.previous_taken == z3::ite(drawn, twice || a.taken, a.previous_taken);
  all = all && b.previous_at == z3::ite(drawn, z3::ite(twice, now, a.at), a.previous_at);
  return all && z3::implies(twice, drawn) && baselines(step, word);
}

z3::expr Model::baselines(const Step& step, std::size_t word) const {
  z3::expr all = context_.bool_val(true);
  if (!baselines_matter_) return all;
  const ReadingAt &a = step.before->readings[word], &b = step.after->readings[word];
  const z3::expr sets = step.drawn[word] && !step.before->dosing.given;
  for (std::size_t p = 0; p < protocols_.size(); ++p) {
    z3::expr value = b.value;
    if (protocols_[p]->baseline) {
      const z3::expr mean = (b.value + b.previous) / context_.real_val(2);
      const z3::expr within =
          real_of(context_, protocols_[p]->baseline->mean_within) * z3::ite(mean < 0, -mean, mean);
      const z3::expr difference = b.value - b.previous;
      value =
          z3::ite(b.previous_taken && difference <= within && -difference <= within, mean, b.value);
    }
    all = all && b.baseline[p] == z3::ite(sets, value, a.baseline[p]) &&
          b.baseline_taken[p] == (sets || a.baseline_taken[p]);
  }
  return all;
}

std::size_t Model::word_of_count(std::size_t count) const {
  const CountOf& one = counts_[count];
  return at(word_of(*one.protocol, one.protocol->counts[at(one.index)].analyte));
}

// The latest reading, when it was taken.
z3::expr Model::satisfies(std::size_t count, const Moment& moment) const {
  const CountOf& one = counts_[count];
  const z3::expr& taken_at = moment.readings[word_of_count(count)].at;
  return ask(*one.protocol, one.protocol->counts[at(one.index)].test, moment, {taken_at, taken_at})
      .is_true();
}

// update_counts of engine.cpp. Readings of one instant count once, and only where all satisfy.
z3::expr Model::counts(const Step& step) const {
  z3::expr all = context_.bool_val(true);
  const Moment &a = *step.before, &b = *step.after;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const std::size_t w = word_of_count(i);
    const z3::expr repeated = a.readings[w].taken && a.readings[w].at == b.now;
    const z3::expr one_more =
        a.counts[i] + z3::ite(repeated, context_.int_val(0), context_.int_val(1));
    Moment earlier = b;  // with the first of two readings of this instant as the latest
    earlier.readings[w].value = b.readings[w].previous;
    const z3::expr good = satisfies(i, b) && (!step.twice[w] || satisfies(i, earlier));
    const z3::expr counted = z3::ite(good, one_more, context_.int_val(0));
    all = all && b.counts[i] == z3::ite(step.drawn[w], counted, a.counts[i]);
  }
  return all;
}

z3::expr Model::sign_facts(const Step& step) const {
  z3::expr all = context_.bool_val(true);
  for (std::size_t i = 0; i < signs_.size(); ++i) {
    all = all && z3::implies(!step.reported[i], step.after->signs[i] == step.before->signs[i]);
  }
  return all;
}

// Doses come after the readings of their instant, in a step of their own that takes no time.
z3::expr Model::doses(const Step& step) const {
  const DosingAt &a = step.before->dosing, &b = step.after->dosing;
  if (!doses_matter_) return !step.dosed && b.given == a.given && b.count == a.count;
  const z3::expr& now = step.after->now;
  constexpr int kStretch = kDaysOfStretch * kDay;
  const z3::expr count = a.count + step.weeks;
  const z3::expr last = z3::ite(step.stretch, now - kStretch, a.last);
  z3::expr all = b.given == (a.given || step.dosed) &&
                 z3::implies(!step.dosed, b.count == count && b.amount == a.amount) &&
                 z3::implies(step.dosed, b.count > count) &&
                 b.first == z3::ite(step.dosed && !a.given, now, a.first) &&
                 b.last == z3::ite(step.dosed, now, last);
  for (const z3::expr& drawn : step.drawn) all = all && z3::implies(step.dosed, !drawn);
  for (const z3::expr& told : step.reported) all = all && z3::implies(step.dosed, !told);
  return all;
}

// A stretch follows a dose, a week after it at first; the last of its doses is a week before
// `after`.
z3::expr Model::stretches(const Step& step, Pace pace) const {
  constexpr int kMostWeeks = 60;
  if (pace == Pace::kShort || !stretches_matter_) return context_.bool_val(true);
  const Moment &a = *step.before, &b = *step.after;
  return z3::implies(!step.stretch, step.weeks == 0) &&
         z3::implies(step.stretch, step.weeks >= 1 && step.weeks <= kMostWeeks && a.dosing.given &&
                                       a.dosing.last == a.now &&
                                       b.day == a.day + kDaysOfStretch * (step.weeks + 1));
}

// settle_region of engine.cpp: rules fire until none is true. A chain that is proved to end is
// unrolled to its length; one that does not may end anywhere, unsettled.
z3::expr Model::settle(Step& step, std::size_t part) const {
  const ChartAt &a = step.before->charts[part], &b = step.after->charts[part];
  const z3::expr& now = step.after->now;
  const z3::expr asked = touched(part, step);
  std::vector<Ask>& asks = step.asks[part];
  asks.push_back({asked, a.state, a.since});
  z3::expr state = z3::ite(asked, fire(part, *step.after, a.state, a.since), a.state);
  const z3::expr fired = state != a.state;
  z3::expr last_fired = fired;
  for (int i = 1; i <= chain_[part]; ++i) {
    asks.push_back({last_fired, state, now});
    if (i == chain_[part]) break;
    const z3::expr next = z3::ite(last_fired, fire(part, *step.after, state, now), state);
    last_fired = last_fired && next != state;
    state = next;
  }
  z3::expr all = b.since == z3::ite(fired, now, a.since);
  if (rests_[part]) {
    all = all && b.state == state && b.unsettled == (a.unsettled && !asked);
  } else {
    all = all && z3::implies(!fired, b.state == a.state) && b.state >= 0 &&
          b.state < static_cast<int>(parts_[part].chart().states.size()) &&
          b.unsettled == z3::ite(asked, last_fired, a.unsettled) &&
          z3::implies(!last_fired, b.state == state);
  }
  z3::expr by_fact = step.dosed;
  for (const z3::expr& drawn : step.drawn) by_fact = by_fact || drawn;
  for (const z3::expr& told : step.reported) by_fact = by_fact || told;
  all = all && b.asked == (a.asked || asked) && b.settled_at == z3::ite(asked, now, a.settled_at);
  return all && b.touched_at == z3::ite((asked && by_fact) || fired, now, a.touched_at);
}

// No rule of the state is true when it was last asked unseen: on the day before, or on the same day
// before its dose.
z3::expr Model::quiet(const Step& step, std::size_t part, int state,
                      const z3::expr& dosed_at) const {
  const Region& region = parts_[part].chart();
  const z3::expr eve = step.after->now - kDay;
  const z3::expr unseen = z3::ite(step.dosed, step.after->now, eve);
  Moment then = *step.before;
  then.dosing.last = dosed_at;
  then.dosing.count = then.dosing.count + step.weeks;
  z3::expr all = context_.bool_val(true);
  for (const int index : region.states[at(state)].outgoing) {
    const Term guard = ask(*parts_[part].protocol, rule_of(region, index), then,
                           {unseen, then.charts[part].since});
    all = all && !guard.is_true();
  }
  return z3::implies(in_state(then, part, state) && unseen > then.now, all);
}

// Whole days pass unasked: no timer of the state may have come true before this one. In a stretch
// the last dose is up to a week old.
z3::expr Model::no_timer_skipped(const Step& step, std::size_t part) const {
  const std::vector<State>& states = parts_[part].chart().states;
  z3::expr all = context_.bool_val(true);
  for (std::size_t s = 0; s < states.size(); ++s) {
    if (!states[s].timed) continue;
    const int state = static_cast<int>(s);
    if (!stretches_matter_) {
      all = all && quiet(step, part, state, step.before->dosing.last);
      continue;
    }
    const z3::expr eve = step.after->now - kDay;
    const z3::expr week_ago = eve - kDaysOfStretch * kDay;
    const z3::expr& last = step.before->dosing.last;
    all = all && quiet(step, part, state, z3::ite(step.stretch, eve, last)) &&
          quiet(step, part, state, z3::ite(step.stretch, week_ago, last));
  }
  return all;
}

Step Model::step(const Moment& before, const Moment& after, Pace pace, bool first) const {
  static thread_local unsigned number = 0;
  const std::string name = "step" + std::to_string(number++);
  Step step{&before,
            &after,
            context_.bool_val(true),
            {},
            {},
            {},
            context_.bool_const((name + ".dosed").c_str()),
            context_.bool_val(false),
            context_.int_val(0),
            {}};
  if (pace == Pace::kDaily && stretches_matter_) {
    step.stretch = context_.bool_const((name + ".stretch").c_str());
    step.weeks = context_.int_const((name + ".weeks").c_str());
  }
  for (const Word& word : words_) {
    step.drawn.push_back(context_.bool_const((name + "." + word.code).c_str()));
    step.twice.push_back(context_.bool_const((name + ".twice." + word.code).c_str()));
  }
  for (const std::string& sign : signs_) {
    step.reported.push_back(context_.bool_const((name + ".sign." + sign).c_str()));
  }
  step.asks.resize(parts_.size());
  step.relation = flow_of_time(step, pace, first) && sign_facts(step) && doses(step) &&
                  stretches(step, pace) && counts(step);
  for (std::size_t w = 0; w < words_.size(); ++w) {
    step.relation = step.relation && facts(step, w);
    // What a patient's file says in one row.
    if (pace == Pace::kDaily) step.relation = step.relation && !step.twice[w];
  }
  if (pace == Pace::kDaily && doses_matter_) {
    const DosingAt& dosing = after.dosing;
    step.relation =
        step.relation && dosing.count <= before.dosing.count + step.weeks + 1 && dosing.amount >= 0;
  }
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    step.relation = step.relation && settle(step, p);
    if (pace == Pace::kDaily) step.relation = step.relation && no_timer_skipped(step, p);
  }
  return step;
}

}  // namespace dosewright::verify
