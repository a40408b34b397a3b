// What holds of every moment that the executor can reach, and the induction that shows it.
//
// The heart of it: a region at rest has no true rule, neither when a fact last made it ask
// (touched_at) nor when it was last asked at all (settled_at), and no reading or sign that its
// rules read has come since. With that, most properties are inductive in one step. A lemma that is
// not inductive is dropped (rules of an odd protocol may break it); what remains is proved.

#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/verify/model.hpp"

namespace dosewright::verify {

using protocol::State;
using protocol::Transition;

namespace {

constexpr unsigned kLemmaMilliseconds = 20'000;
z3::solver make_solver(z3::context& context) {
  z3::solver solver(context);
  z3::params params(context);
  params.set("timeout", kLemmaMilliseconds);
  solver.set(params);
  return solver;
}

}  // namespace

// How many rules fire one after the other at most, whatever the facts: looked for from below.
void Model::measure_chains() {
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    const int n_states = static_cast<int>(parts_[part].chart().states.size());
    const Moment any = moment("chain");
    z3::solver solver = make_solver(context_);
    solver.add(times_in_order(any));
    z3::expr before = any.charts[part].state;
    z3::expr after = fire(part, any, before, any.charts[part].since);
    bool rests = false;
    int length = 0;
    while (length <= n_states) {
      solver.add(before != after);
      rests = solver.check() == z3::unsat;
      if (rests) break;
      ++length;
      before = after;
      after = fire(part, any, before, any.now);
    }
    rests_.push_back(rests);
    chain_.push_back(std::max(length, 1));
  }
}

z3::expr Model::times_in_order(const Moment& m) const {
  z3::expr all = m.now >= m.day * kDay && m.now < m.day * kDay + kDay;
  for (const ReadingAt& reading : m.readings) {
    all = all && z3::implies(reading.taken, reading.at <= m.now) &&
          z3::implies(reading.previous_taken, reading.taken && reading.previous_at <= reading.at);
    for (std::size_t p = 0; p < protocols_.size() && baselines_matter_; ++p) {
      all = all && z3::implies(reading.baseline_taken[p], reading.taken);
    }
  }
  // A reading that counts is the latest one.
  for (std::size_t i = 0; i < m.counts.size(); ++i) {
    all = all && m.counts[i] >= 0 &&
          z3::implies(m.counts[i] > 0, m.readings[word_of_count(i)].taken && satisfies(i, m));
  }
  const DosingAt& d = m.dosing;
  if (doses_matter_) {
    all = all && z3::implies(d.given, d.count >= 1 && d.first <= d.last && d.last <= m.now);
  }
  all = all && z3::implies(!d.given, d.count == 0);
  for (std::size_t p = 0; p < m.charts.size(); ++p) {
    const ChartAt& chart = m.charts[p];
    all = all && chart.state >= 0 &&
          chart.state < static_cast<int>(parts_[p].chart().states.size()) &&
          chart.since <= chart.touched_at && chart.touched_at <= chart.settled_at &&
          chart.settled_at <= m.now;
    if (p < rests_.size() && rests_[p]) all = all && !chart.unsettled;
  }
  return all;
}

z3::expr Model::no_rule_true(const Moment& moment, std::size_t part,
                             const z3::expr& instant) const {
  const ChartAt& chart = moment.charts[part];
  z3::expr all = context_.bool_val(true);
  for (const Transition& rule : parts_[part].chart().transitions) {
    const Term guard = ask(*parts_[part].protocol, rule, moment, {instant, chart.since});
    all = all && z3::implies(in_state(moment, part, rule.from), !guard.is_true());
  }
  return z3::implies(chart.asked && !chart.unsettled, all);
}

z3::expr Model::untouched(const Moment& moment, std::size_t part) const {
  const Part& one = parts_[part];
  const int initial_state = one.chart().initial;
  const State& here = one.chart().states[at(initial_state)];
  z3::expr all = in_state(moment, part, initial_state) && !moment.charts[part].unsettled;
  for (std::size_t i = 0; i < one.protocol->vocabulary.analytes.size(); ++i) {
    if ((here.analytes >> i & 1) == 0) continue;
    all = all && !moment.readings[at(word_of(*one.protocol, static_cast<int>(i)))].taken;
  }
  for (std::size_t i = 0; i < one.protocol->vocabulary.signs.size(); ++i) {
    if ((here.signs >> i & 1) == 0) continue;
    all = all && !moment.signs[at(sign_of(*one.protocol, static_cast<int>(i)))];
  }
  if (here.reads_doses) all = all && !moment.dosing.given;
  return z3::implies(!moment.charts[part].asked, all);
}

// What the rules of a state read has not changed since the region was last touched.
z3::expr Model::seen(const Moment& moment, std::size_t part) const {
  const Part& one = parts_[part];
  z3::expr all = context_.bool_val(true);
  for (std::size_t s = 0; s < one.chart().states.size(); ++s) {
    const std::uint64_t read = one.chart().states[s].analytes;
    for (std::size_t i = 0; i < one.protocol->vocabulary.analytes.size(); ++i) {
      if ((read >> i & 1) == 0) continue;
      const auto w = at(word_of(*one.protocol, static_cast<int>(i)));
      const ReadingAt& reading = moment.readings[w];
      all = all && z3::implies(in_state(moment, part, static_cast<int>(s)) && reading.taken,
                               reading.at <= moment.charts[part].touched_at);
    }
  }
  return all;
}

z3::expr Model::asked_since_midnight(const Moment& moment, std::size_t part) const {
  const protocol::Region& region = parts_[part].chart();
  z3::expr all = context_.bool_val(true);
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    if (!region.states[s].timed) continue;
    all = all && z3::implies(in_state(moment, part, static_cast<int>(s)),
                             moment.charts[part].settled_at >= moment.day * kDay);
  }
  return all;
}

z3::expr Model::lemma(const Moment& moment, std::size_t part, Lemma which) const {
  const ChartAt& chart = moment.charts[part];
  switch (which) {
    case Lemma::kTimes:
      return times_in_order(moment);
    case Lemma::kSeen:
      return seen(moment, part);
    case Lemma::kMidnight:
      return asked_since_midnight(moment, part);
    case Lemma::kUntouched:
      return untouched(moment, part);
    case Lemma::kAtTouch:
      return no_rule_true(moment, part, chart.touched_at);
    case Lemma::kAtSettling:
      break;
  }
  return no_rule_true(moment, part, chart.settled_at);
}

z3::expr Model::lemmas(const Moment& moment) const {
  z3::expr all = context_.bool_val(true);
  for (const auto& [part, which] : lemmas_) all = all && lemma(moment, part, which);
  return all;
}

void Model::prove_lemmas() {
  lemmas_.emplace_back(0, Lemma::kTimes);
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    for (const Lemma which :
         {Lemma::kSeen, Lemma::kMidnight, Lemma::kUntouched, Lemma::kAtTouch, Lemma::kAtSettling}) {
      lemmas_.emplace_back(part, which);
    }
  }
  const Moment before = moment("lemma.a"), after = moment("lemma.b");
  const Step one = step(before, after, Pace::kShort);
  z3::solver begins = make_solver(context_);
  begins.add(initial(before));
  const auto broken = [](z3::solver& solver, const z3::expr& claim) {
    solver.push();
    solver.add(!claim);
    const bool holds = solver.check() == z3::unsat;
    solver.pop();
    return !holds;
  };
  std::erase_if(lemmas_,
                [&](const auto& l) { return broken(begins, lemma(before, l.first, l.second)); });
  for (bool stable = false; !stable;) {
    z3::solver solver = make_solver(context_);
    solver.add(one.relation && lemmas(before));
    const std::size_t held = lemmas_.size();
    std::erase_if(lemmas_,
                  [&](const auto& l) { return broken(solver, lemma(after, l.first, l.second)); });
    stable = lemmas_.size() == held;
  }
}

}  // namespace dosewright::verify
