#include "dosewright/verify/claims.hpp"

#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/protocol/engine.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::verify {

using protocol::Invariant;
using protocol::Permission;
using protocol::Protocol;
using protocol::Region;
using protocol::RegionState;
using protocol::SlotKind;
using protocol::State;
using protocol::Transition;

namespace {

double asked(const Protocol& protocol, const Transition& condition,
             const protocol::PatientState& state, int region) {
  return protocol::ask(condition, protocol, state, state.regions[at(region)]);
}

// The statechart that a claim is about, for its questions to the model.
struct Chart {
  const Model* model;
  const Protocol* protocol;
  const Region* region;

  const State& state(int index) const { return region->states[at(index)]; }
  const Transition& rule(int index) const { return region->transitions[at(index)]; }
  z3::expr holds(const Transition& condition, const Moment& m, const View& view) const {
    return model->ask(*protocol, condition, m, view).is_true();
  }
};

class RegionClaims {
 public:
  explicit RegionClaims(const Model& model)
      : model_(model),
        part_(model.parts().front()),
        protocol_(*part_.protocol),
        region_(part_.chart()),
        chart_{&model, &protocol_, &region_} {}

  std::vector<Claim> all(bool reachability) {
    rest();
    for (std::size_t s = 0; s < region_.states.size(); ++s) {
      const State& state = region_.states[s];
      const int index = static_cast<int>(s);
      if (state.allows == Permission::kStopped) final_state(index);
      if (state.outgoing.empty()) continue;
      timer(index);  // first: what it proves helps to prove the rest
      exhaustive(index);
      if (stays(index) != nullptr) contradiction(index);
      order(index);
    }
    if (reachability) reached();
    return std::move(claims_);
  }

 private:
  const State& state(int index) const { return region_.states[at(index)]; }
  const Transition& rule(int index) const { return region_.transitions[at(index)]; }
  const Transition* stays(int index) const {
    const Transition& stays = region_.stays[at(index)];
    return stays.when.empty() ? nullptr : &stays;
  }

  Claim& add(Aspect aspect, const std::string& subject, const std::string& claim) {
    Claim one;
    one.finding.aspect = aspect;
    one.finding.region = region_.name;
    one.finding.subject = subject;
    one.finding.claim = claim;
    one.finding.source = protocol_.source;
    claims_.push_back(std::move(one));
    return claims_.back();
  }

  const RegionState& where(const Replay& replay) const {
    return replay.state.regions[at(part_.region)];
  }
  bool is_in(const Replay& replay, int index) const { return where(replay).state == index; }

  void rest() {
    Claim& claim = add(Aspect::kRest, region_.name,
                       "rules never lead in a circle: at most " +
                           std::to_string(model_.longest_chain(0)) + " fire at one instant");
    claim.bad.moment = [](const Moment& m) { return m.charts[0].unsettled; };
    claim.confirmed = [this_region = part_.region](const Replay& replay) {
      return replay.state.regions[at(this_region)].unsettled;
    };
  }

  // Asked and at rest, the state is kept because `stays` says so, or a question holds the dose.
  void exhaustive(int index) {
    Claim& claim = add(Aspect::kExhaustive, state(index).name,
                       "whatever is read, a rule fires, or what keeps the state holds, or doses "
                       "wait for an answer");
    const Transition* stay = stays(index);
    if (stay == nullptr) {
      claim.finding.outcome = Outcome::kUndeclared;
      claim.finding.remark = "no 'stays' says what keeps it: whatever no rule asks for does";
      return;
    }
    claim.finding.place = stay->place;
    const Model* model = &model_;
    claim.bad.moment = [model, index, stay](const Moment& m) {
      const ChartAt& chart = m.charts[0];
      const Term keeps = model->ask(0, *stay, m);
      return model->in_state(m, 0, index) && chart.asked && !chart.unsettled &&
             chart.settled_at == m.now &&
             (keeps.is_false() || (model->allows_dose(m, 0) && !keeps.is_true()));
    };
    claim.confirmed = [protocol = &protocol_, region = part_.region, index,
                       stay](const Replay& replay) {
      if (replay.state.regions[at(region)].state != index) return false;
      const double keeps = asked(*protocol, *stay, replay.state, region);
      return keeps == 0 || (keeps != 1 && region_allows(*protocol, replay.state, region));
    };
  }

  // Anything that is bad when the rules of `index` are asked.
  using AtAsk = std::function<z3::expr(const Moment&, const View&)>;
  std::function<z3::expr(const Step&)> when_asked(int index, AtAsk bad) const {
    return [index, bad = std::move(bad)](const Step& step) {
      z3::expr any = step.relation.ctx().bool_val(false);
      for (const Ask& ask : step.asks[0]) {
        any = any ||
              (ask.active && ask.state == index && bad(*step.after, {step.after->now, ask.since}));
      }
      return any;
    };
  }

  // Some rule fired from the state, and `test` says something of the moment before.
  using AtFiring = std::function<bool(const Replay::Fired&)>;
  std::function<bool(const Replay&)> when_fired(int index, AtFiring test) const {
    return [index, region = part_.region, test = std::move(test)](const Replay& replay) {
      return std::any_of(replay.log.begin(), replay.log.end(), [&](const Replay::Fired& fired) {
        return fired.firing.region == region && fired.firing.from == index && test(fired);
      });
    };
  }

  void contradiction(int index) {
    Claim& claim = add(Aspect::kContradiction, state(index).name,
                       "no rule fires while what keeps the state holds");
    const Transition* stay = stays(index);
    claim.finding.place = stay->place;
    claim.bad.step =
        when_asked(index, [chart = chart_, index, stay](const Moment& m, const View& view) {
          z3::expr any = m.now.ctx().bool_val(false);
          for (const int i : chart.state(index).outgoing) {
            any = any || chart.holds(chart.rule(i), m, view);
          }
          return any && chart.holds(*stay, m, view);
        });
    claim.confirmed = when_fired(
        index, [protocol = &protocol_, region = part_.region, stay](const Replay::Fired& fired) {
          return asked(*protocol, *stay, fired.before, region) == 1;
        });
  }

  // The order of the file decides between rules that are true together. That is harmless where they
  // lead to the same state, where no dose is given either way, or where the first is the more
  // restrictive one.
  void order(int index) {
    const std::vector<int>& outgoing = state(index).outgoing;
    for (std::size_t i = 0; i < outgoing.size(); ++i) {
      for (std::size_t j = i + 1; j < outgoing.size(); ++j) {
        const Transition &first = rule(outgoing[i]), &second = rule(outgoing[j]);
        const State &to_first = state(first.to), &to_second = state(second.to);
        const bool no_dose_either_way =
            to_first.allows >= Permission::kWithheld && to_first.allows == to_second.allows;
        if (first.to == second.to || no_dose_either_way) continue;
        if (std::ranges::find(first.before, second.id) != first.before.end()) continue;
        if (protocol::engine::permits_less(to_first, to_second)) continue;
        overlap(index, first, second);
      }
    }
  }

  void overlap(int index, const Transition& first, const Transition& second) {
    Claim& claim = add(Aspect::kOrder, state(index).name,
                       first.id + " and " + second.id +
                           " are never true together, as the first does not lead to the more "
                           "restrictive state");
    claim.finding.place = second.place;
    claim.finding.source = first.source;
    claim.bad.step =
        when_asked(index, [chart = chart_, &first, &second](const Moment& m, const View& view) {
          return chart.holds(first, m, view) && chart.holds(second, m, view);
        });
    claim.confirmed = when_fired(index, [protocol = &protocol_, region = part_.region, &first,
                                         &second](const Replay::Fired& fired) {
      return asked(*protocol, first, fired.before, region) == 1 &&
             asked(*protocol, second, fired.before, region) == 1;
    });
  }

  // The largest time that a timed rule of the state compares the state's age with, in minutes.
  Minutes longest_timer(int index) const {
    Minutes longest = -1;
    for (const int i : state(index).outgoing) {
      const Transition& one = rule(i);
      const bool timer = std::any_of(one.slots.begin(), one.slots.end(), [](const auto& slot) {
        return slot.kind == SlotKind::kStateAge;
      });
      if (timer) collect_times(*one.guard, longest);
    }
    return longest;
  }

  static void collect_times(const lang::Node& node, Minutes& longest) {
    const bool of_age = std::any_of(
        node.arguments.begin(), node.arguments.end(), [](const lang::Expression& inner) {
          return inner->op == lang::Op::kName && inner->name == "state.age";
        });
    for (const lang::Expression& inner : node.arguments) {
      if (of_age && inner->op == lang::Op::kNumber) {
        const double minutes = inner->number * static_cast<double>(kMinutesPerHour);
        longest = std::max(longest, static_cast<Minutes>(minutes));
      }
      collect_times(*inner, longest);
    }
  }

  // Timers act at the first midnight at which they hold: a day of grace.
  void timer(int index) {
    const Minutes timer = longest_timer(index);
    if (timer < 0) return;
    const Minutes limit = timer + kMinutesPerDay;
    const Transition* stay = stays(index);
    Claim& claim =
        add(Aspect::kTimer, state(index).name,
            "nobody stays longer than " + duration_text(limit) +
                (stay != nullptr ? ", unless what keeps the state holds" : " with doses going on"));
    const Model* model = &model_;
    claim.bad.moment = [model, index, stay, limit](const Moment& m) {
      const z3::expr over =
          m.now - m.charts[0].since > m.now.ctx().int_val(static_cast<std::int64_t>(limit));
      // As it was last asked: what comes true at noon is answered at midnight.
      const View asked{m.charts[0].settled_at, m.charts[0].since};
      const z3::expr open =
          stay != nullptr ? !model->ask(*model->parts().front().protocol, *stay, m, asked).is_true()
                          : model->allows_dose(m, 0);
      return model->in_state(m, 0, index) && over && open;
    };
    claim.stronger.moment = [model, index, limit](const Moment& m) {
      return model->in_state(m, 0, index) &&
             m.now - m.charts[0].since > m.now.ctx().int_val(static_cast<std::int64_t>(limit));
    };
    claim.confirmed = [protocol = &protocol_, region = part_.region, index, stay,
                       limit](const Replay& replay) {
      const RegionState& here = replay.state.regions[at(region)];
      if (here.state != index || replay.state.now - here.since <= limit) return false;
      return stay != nullptr ? asked(*protocol, *stay, replay.state, region) != 1
                             : region_allows(*protocol, replay.state, region);
    };
  }

  void final_state(int index) {
    Claim& claim = add(Aspect::kFinal, state(index).name, "a stopped patient is never dosed again");
    claim.bad.step = when_asked(index, [chart = chart_, index](const Moment& m, const View& view) {
      z3::expr any = m.now.ctx().bool_val(false);
      for (const int i : chart.state(index).outgoing) {
        const Transition& one = chart.rule(i);
        if (chart.state(one.to).allows == Permission::kStopped) continue;
        any = any || chart.holds(one, m, view);
      }
      return any;
    });
    claim.confirmed = when_fired(index, [chart = chart_](const Replay::Fired& fired) {
      return chart.state(fired.firing.to).allows != Permission::kStopped;
    });
  }

  // Every rule fires for somebody: with that, every state that rules lead to is reached, and left.
  void reached() {
    for (std::size_t i = 0; i < region_.transitions.size(); ++i) {
      const Transition& one = region_.transitions[i];
      Claim& claim = add(Aspect::kFires, one.id, "fires from '" + state(one.from).name + "'");
      claim.wanted = true;
      claim.finding.place = one.place;
      claim.finding.source = one.source;
      claim.bad.step =
          when_asked(one.from, [chart = chart_, &one](const Moment& m, const View& view) {
            z3::expr earlier = m.now.ctx().bool_val(false);
            for (const int other : chart.state(one.from).outgoing) {
              if (&chart.rule(other) == &one) break;
              earlier = earlier || chart.holds(chart.rule(other), m, view);
            }
            return !earlier && chart.holds(one, m, view);
          });
      claim.confirmed = when_fired(
          one.from, [&one](const Replay::Fired& fired) { return fired.firing.rule == &one; });
    }
  }

  const Model& model_;
  Part part_;
  const Protocol& protocol_;
  const Region& region_;
  Chart chart_;
  std::vector<Claim> claims_;
};

// The condition as the model asks it; one that is about a state holds only there.
z3::expr meets(const Model& model, const Protocol& protocol, const Invariant& invariant,
               const Moment& m) {
  const int part = model.part_of(&protocol, std::max(invariant.region, 0));
  const z3::expr& since = m.charts[at(std::max(part, 0))].since;
  z3::expr holds = model.ask(protocol, invariant.condition, m, {m.now, since}).is_true();
  if (invariant.region < 0) return holds;
  return model.in_state(m, at(part), invariant.state) && holds;
}

bool meets(const Protocol& protocol, const Invariant& invariant, const Replay& replay) {
  const int region = std::max(invariant.region, 0);
  const RegionState& where = replay.state.regions[at(region)];
  if (invariant.region >= 0 && where.state != invariant.state) return false;
  return protocol::ask(invariant.condition, protocol, replay.state, where) == 1;
}

bool allows(const Protocol& protocol, const protocol::PatientState& state) {
  return protocol::Executor(protocol).permits(state).permission < Permission::kWithheld;
}

z3::expr all_allow(const Model& model, const Moment& m, int part) {
  if (part >= 0) return model.allows_dose(m, at(part));
  z3::expr all = m.now.ctx().bool_val(true);
  for (std::size_t p = 0; p < model.parts().size(); ++p) all = all && model.allows_dose(m, p);
  return all;
}

// A rule out of the invariant's state that it forbids: any, or one that lets doses through while
// the condition does not hold.
bool forbidden_target(const Region& region, const Invariant& invariant, const Transition& rule) {
  return invariant.kind == Invariant::Kind::kNeverLeft ||
         region.states[at(rule.to)].allows < Permission::kWithheld;
}

z3::expr leaves_wrongly(const Model& model, const Protocol& protocol, const Invariant& invariant,
                        const Step& step) {
  const auto part = at(model.part_of(&protocol, invariant.region));
  const Region& region = model.parts()[part].chart();
  z3::expr any = step.relation.ctx().bool_val(false);
  for (const Ask& ask : step.asks[part]) {
    const View view{step.after->now, ask.since};
    z3::expr earlier = any.ctx().bool_val(false), leaves = any.ctx().bool_val(false);
    for (const int i : region.states[at(invariant.state)].outgoing) {
      const Transition& rule = region.transitions[at(i)];
      const z3::expr fires = model.ask(protocol, rule, *step.after, view).is_true();
      if (forbidden_target(region, invariant, rule)) leaves = leaves || (fires && !earlier);
      earlier = earlier || fires;
    }
    if (invariant.kind == Invariant::Kind::kResumesOnlyWhen) {
      leaves = leaves && !model.ask(protocol, invariant.condition, *step.after, view).is_true();
    }
    any = any || (ask.active && ask.state == invariant.state && leaves);
  }
  return any;
}

bool left_wrongly(const Protocol& protocol, const Invariant& invariant, const Replay& replay) {
  const Region& region = protocol.regions[at(invariant.region)];
  return std::any_of(replay.log.begin(), replay.log.end(), [&](const Replay::Fired& fired) {
    if (fired.firing.region != invariant.region || fired.firing.from != invariant.state ||
        !forbidden_target(region, invariant, *fired.firing.rule)) {
      return false;
    }
    return invariant.kind == Invariant::Kind::kNeverLeft ||
           asked(protocol, invariant.condition, fired.before, invariant.region) != 1;
  });
}

}  // namespace

std::vector<Claim> claims_about_region(const Model& model, bool reachability) {
  return RegionClaims(model).all(reachability);
}

Claim claim_about_invariant(const Model& model, const Protocol& protocol,
                            const Invariant& invariant, int part) {
  Claim claim;
  claim.finding.aspect = Aspect::kInvariant;
  claim.finding.region = invariant.region < 0 ? "" : protocol.regions[at(invariant.region)].name;
  claim.finding.subject = invariant.id;
  claim.finding.claim = invariant.says;
  claim.finding.source = invariant.source;
  claim.finding.place = invariant.place;
  const Model* m = &model;
  const Protocol* p = &protocol;
  const Invariant* i = &invariant;
  switch (invariant.kind) {
    case Invariant::Kind::kNeverDoseWhen:
      claim.bad.moment = [m, p, i, part](const Moment& moment) {
        return all_allow(*m, moment, part) && meets(*m, *p, *i, moment);
      };
      claim.confirmed = [p, i](const Replay& replay) {
        return meets(*p, *i, replay) && allows(*p, replay.state);
      };
      break;
    case Invariant::Kind::kDoseWhen:
      claim.bad.moment = [m, p, i, part](const Moment& moment) {
        return !all_allow(*m, moment, part) && meets(*m, *p, *i, moment);
      };
      claim.confirmed = [p, i](const Replay& replay) {
        const bool dose =
            i->region < 0 ? allows(*p, replay.state) : region_allows(*p, replay.state, i->region);
        return meets(*p, *i, replay) && !dose;
      };
      break;
    case Invariant::Kind::kNeverWhen:
      claim.bad.moment = [m, p, i](const Moment& moment) { return meets(*m, *p, *i, moment); };
      claim.confirmed = [p, i](const Replay& replay) { return meets(*p, *i, replay); };
      break;
    default:
      claim.bad.step = [m, p, i](const Step& step) { return leaves_wrongly(*m, *p, *i, step); };
      claim.confirmed = [p, i](const Replay& replay) { return left_wrongly(*p, *i, replay); };
  }
  return claim;
}

}  // namespace dosewright::verify
