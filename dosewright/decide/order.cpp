// The order for the next dose: the protocol's permission on the calendar of the regimen.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dosewright/base/text.hpp"
#include "dosewright/decide/parts.hpp"

namespace dosewright::decide {
namespace {

using protocol::Permission;
using protocol::Regimen;

// Doses are planned from an anchor: the latest dose that came exactly one period after the one
// before it, else the first one. So a dose that is made up late does not move the day of the week,
// and a patient who settled on another day keeps that.
Minutes anchor_of(const std::vector<Minutes>& doses, Minutes period) {
  Minutes anchor = midnight_of(doses.front());
  for (std::size_t i = 1; i < doses.size(); ++i) {
    if (midnight_of(doses[i]) - midnight_of(doses[i - 1]) == period) anchor = midnight_of(doses[i]);
  }
  const Minutes periods = (anchor - midnight_of(doses.front())) / period + 1;
  return anchor - periods * period;  // early enough for all doses
}

Minutes planned_after(const Regimen& regimen, Minutes anchor, Minutes day) {
  return protocol::next_dose(regimen, anchor, day + 1);
}

// The first planned day that no dose has answered yet. A dose answers the planned day at or before
// it while that may still be made up, else (and if that was answered) the next one. A second dose
// of one day answers nothing: warnings.cpp asks about it.
Minutes open_day(const Case& c, const Regimen& regimen, Minutes anchor, Minutes least_gap) {
  Minutes answered = INT64_MIN, last = INT64_MIN;
  for (const Minutes dose : c.doses) {
    const Minutes day = midnight_of(dose);
    if (std::exchange(last, day) == day) continue;
    const Minutes next = planned_after(regimen, anchor, day);
    Minutes before = protocol::next_dose(regimen, anchor, anchor);
    while (planned_after(regimen, anchor, before) <= day) {
      const Minutes jump = (day - before) / regimen.period * regimen.period;
      before = jump > 0 ? before + jump : planned_after(regimen, anchor, before);
    }
    const bool in_time = day == before || next - day >= least_gap;
    answered = std::max(answered, in_time && before > answered ? before : next);
  }
  return planned_after(regimen, anchor, answered);
}

class Orderer {
 public:
  Orderer(const Case& c, const Answer& answer) : case_(c), answer_(answer) {}

  Order order() {
    order_.source =
        case_.decision.region.empty() ? case_.programme.dosing.source : case_.protocol.source;
    const Permission permission = case_.decision.permission;
    if (permission == Permission::kStopped) hold(Action::kStop, case_.decision.because);
    if (answer_.end.ended) hold_for_end(answer_.end, *answer_.end.ended);
    if (permission == Permission::kStopped || answer_.end.ended) return std::move(order_);
    if (case_.doses.empty()) hold_first_dose();
    if (!case_.doses.empty()) hold_next_dose();
    if (permission == Permission::kWithheld) hold(Action::kWithhold, case_.decision.because);
    if (answer_.sites.all_unfit) hold_for_sites();
    for (const std::string& unclear : case_.patient.unclear) {
      hold(Action::kWithhold, "contradiction: " + unclear + "; find out which one holds");
    }
    if (held_) return std::move(order_);
    order_.because.push_back(case_.decision.because);
    give();
    return std::move(order_);
  }

 private:
  Order hold(Action action, std::string because) {
    if (!held_ || (case_.doses.empty() && action == Action::kWithhold)) {
      order_.action =
          case_.doses.empty() && action == Action::kWithhold ? Action::kDoNotStart : action;
    }
    held_ = true;
    order_.because.push_back(std::move(because));
    return order_;
  }

  void hold_first_dose() {
    for (const CriterionAnswer& one : answer_.eligibility) {
      if (one.in_favour) continue;
      const bool unknown = lang::is_unknown(one.verdict);
      if (one.kind == "caution" && !unknown) continue;  // a warning
      const std::string what = unknown ? "not known" : one.kind == "include" ? "not met" : "met";
      hold(Action::kDoNotStart,
           fmt::format("{} ({}) is {}: {} [{}]", one.id, one.kind, what, one.says, one.source));
    }
    if (!supply_is_open()) hold(Action::kDoNotStart, supply_text());
    const Regimen& regimen = case_.regimen;
    if (has_lighter_dose() && lang::is_unknown(fact_value(case_, "weight"))) {
      hold(Action::kDoNotStart,
           fmt::format("the body weight is not known: below {} kg the dose is '{}' [{}]",
                       number_text(regimen.below_weight_kg, 4), regimen.lighter, regimen.source));
    }
  }

  // A dose after the end says that one of the two is wrong; who has died is not asked.
  void hold_for_end(const EndAnswer& end, const Disposition& how) {
    const std::string what = fmt::format("{} on {}: '{}' ({})", to_text(how.kind),
                                         exchange::clock_text(how.at), how.says, how.where);
    if (how.kind == Disposition::Kind::kDied || !end.dose_after) {
      const bool never = case_.doses.empty() && how.kind != Disposition::Kind::kDied;
      hold(never ? Action::kDoNotStart : Action::kStop, what);
    } else {
      hold(Action::kWithhold,
           fmt::format("{}; but a dose was given on {}: find out whether treatment goes on, and "
                       "record that it does as a disposition 'went on'",
                       what, exchange::clock_text(*end.dose_after)));
    }
  }

  void hold_for_sites() {
    for (const SiteAnswer& site : answer_.sites.sites) {
      hold(Action::kWithhold, fmt::format("no place is left to inject: {}: {} [{}]", site.name,
                                          join(site.because, "; "), site.source));
    }
  }

  bool supply_is_open() const {
    return answer_.supply.verdict != "closed" && answer_.supply.verdict != "unknown";
  }

  std::string supply_text() const {
    const SupplyAnswer& supply = answer_.supply;
    return fmt::format("supply in {}: {}{}", supply.jurisdiction, supply.says,
                       supply.source.empty() ? "" : " [" + supply.source + "]");
  }

  // A contraindication that comes up during treatment; what is not known of one is a warning then.
  // Whom the supply does not reach, or is not known to reach, has no next dose.
  void hold_next_dose() {
    if (!supply_is_open()) {
      const std::string& treated = answer_.supply.treated;
      hold(Action::kWithhold, supply_text() + (treated.empty() ? "" : "; " + treated));
    }
    for (const CriterionAnswer& one : answer_.eligibility) {
      if (one.in_favour || !one.withholds || lang::is_unknown(one.verdict)) continue;
      hold(Action::kWithhold,
           fmt::format("{} ({}) is {}: {} [{}]", one.id, one.kind,
                       one.kind == "include" ? "not met any more" : "met", one.says, one.source));
    }
  }

  // This profile gives light patients another dose, and this one is not known to be light.
  bool has_lighter_dose() const {
    const auto& profiles = case_.programme.dosing.lighter_profiles;
    return !case_.regimen.lighter.empty() &&
           std::ranges::find(profiles, case_.protocol.name) != profiles.end();
  }

  const Regimen& regimen() const {
    const Regimen* base = &case_.regimen;
    if (case_.decision.permission == Permission::kReduced) {
      const Regimen* reduced = case_.programme.regimen(case_.decision.regimen);
      if (reduced != nullptr &&
          (reduced->weekly_mg() < base->weekly_mg() || reduced->amount_mg < base->amount_mg))
        base = reduced;
    }
    return *base;
  }

  struct Plan {
    Minutes planned = 0, latest = 0;
    bool missed = false;
  };

  Minutes least_gap() const {
    return case_.protocol.missed_dose ? case_.protocol.missed_dose->least_gap_to_next : 0;
  }

  // The first planned day from `from` on that may still be answered today.
  Plan plan_from(const Regimen& regimen, Minutes anchor, Minutes from) const {
    const Minutes today = midnight_of(case_.question.at);
    Plan plan{from, from, false};
    for (;;) {
      const auto latest = protocol::latest_make_up(regimen, anchor, plan.planned, least_gap());
      plan.latest = std::max(plan.planned, latest.value_or(plan.planned));
      if (plan.latest >= today) return plan;
      const Minutes next = planned_after(regimen, anchor, plan.planned);
      const Minutes jump = (today - next) / regimen.period - 1;
      plan.planned = next + std::max<Minutes>(jump, 0) * regimen.period;
      plan.missed = true;
    }
  }

  Plan plan_of(const Regimen& regimen) const {
    const Minutes anchor = anchor_of(case_.doses, regimen.period);
    return plan_from(regimen, anchor, open_day(case_, regimen, anchor, least_gap()));
  }

  // The last dose was still a full one: it was given before the reduction began.
  bool is_first_reduced(const Regimen& regimen) const {
    if (&regimen == &case_.regimen) return false;
    if (case_.state.last_dose_mg < case_.regimen.amount_mg) return false;
    return std::ranges::any_of(answer_.regions, [&](const RegionAnswer& one) {
      return one.name == case_.decision.region && case_.doses.back() < one.since;
    });
  }

  // A full dose stands for its whole interval: the first reduced one comes when the next full one
  // would have, and not before the longer interval of the reduced regimen is over.
  Plan plan_first_reduced(const Regimen& regimen) const {
    const Plan full = plan_of(case_.regimen);
    Plan plan;
    if (regimen.offsets.size() == 1) {
      const Minutes from = std::max(full.planned, midnight_of(case_.doses.back()) + regimen.period);
      plan = plan_from(regimen, from, from);
    } else {
      const Minutes anchor = anchor_of(case_.doses, regimen.period);
      plan = plan_from(regimen, anchor, protocol::next_dose(regimen, anchor, full.planned));
    }
    plan.missed = full.missed;
    return plan;
  }

  // Which dose, for whom and by which document.
  void tell_dose(const Regimen& regimen) {
    std::string says = "the dose is " + regimen.title;
    for (const Regimen& one : case_.programme.regimens) {
      if (one.lighter != regimen.id || &regimen != &case_.regimen) continue;
      says += fmt::format(", because the body weight is below {} kg",
                          number_text(one.below_weight_kg, 4));
    }
    order_.because.push_back(says + " [" + regimen.source + "]");
  }

  void give() {
    const Regimen& regimen = this->regimen();
    order_.action = Action::kGive;
    order_.amount_mg = regimen.amount_mg;
    order_.regimen = regimen.id;
    order_.planned = order_.latest = midnight_of(case_.question.at);
    tell_dose(regimen);
    if (case_.doses.empty()) return;
    const Plan plan = is_first_reduced(regimen) ? plan_first_reduced(regimen) : plan_of(regimen);
    order_.planned = plan.planned;
    order_.latest = plan.latest;
    order_.late = plan.planned < midnight_of(case_.question.at);
    if (plan.missed) {
      order_.because.emplace_back(
          "an earlier planned dose can no longer be made up: too little remains to the next one");
    }
    if (order_.late && case_.protocol.missed_dose) {
      order_.because.push_back("made up: at least " + duration_text(least_gap()) +
                               " remain to the next planned dose [" +
                               case_.protocol.missed_dose->source + "]");
    }
  }

  const Case& case_;
  const Answer& answer_;
  Order order_;
  bool held_ = false;
};

}  // namespace

std::string to_text(Action action) {
  switch (action) {
    case Action::kGive:
      return "give";
    case Action::kWithhold:
      return "withhold";
    case Action::kStop:
      return "stop";
    case Action::kDoNotStart:
      return "do not start";
  }
  DW_CHECK(false, "an order is one of four");
}

Order order_of(const Case& c, const Answer& answer) {
  return Orderer(c, answer).order();
}

}  // namespace dosewright::decide
