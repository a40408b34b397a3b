// The order for the next dose: the protocol's permission on the calendar of the regimen.
#include <fmt/format.h>

#include <algorithm>

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
// it while that may still be made up, else (and if that was answered) the next one.
Minutes open_day(const Case& c, const Regimen& regimen, Minutes anchor, Minutes least_gap) {
  Minutes answered = INT64_MIN;
  for (const Minutes dose : c.doses) {
    const Minutes day = midnight_of(dose);
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
    if (answer_.supply.verdict == "closed" || answer_.supply.verdict == "unknown") {
      hold(Action::kDoNotStart, fmt::format("supply in {}: {} [{}]", answer_.supply.jurisdiction,
                                            answer_.supply.says, answer_.supply.source));
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

  void give() {
    const Regimen& regimen = this->regimen();
    const Minutes today = midnight_of(case_.question.at);
    const Minutes least_gap =
        case_.protocol.missed_dose ? case_.protocol.missed_dose->least_gap_to_next : 0;
    order_.action = Action::kGive;
    order_.amount_mg = regimen.amount_mg;
    order_.regimen = regimen.id;
    order_.planned = order_.latest = today;
    if (case_.doses.empty()) return;
    const Minutes anchor = anchor_of(case_.doses, regimen.period);
    order_.planned = open_day(case_, regimen, anchor, least_gap);
    for (;;) {
      const auto latest = protocol::latest_make_up(regimen, anchor, order_.planned, least_gap);
      order_.latest = std::max(order_.planned, latest.value_or(order_.planned));
      if (order_.latest >= today) break;
      const Minutes next = planned_after(regimen, anchor, order_.planned);
      const Minutes jump = (today - next) / regimen.period - 1;
      order_.planned = next + std::max<Minutes>(jump, 0) * regimen.period;
      missed_ = true;
    }
    order_.late = order_.planned < today;
    if (missed_) {
      order_.because.emplace_back(
          "an earlier planned dose can no longer be made up: too little remains to the next one");
    }
    if (order_.late && case_.protocol.missed_dose) {
      order_.because.push_back("made up: at least " + duration_text(least_gap) +
                               " remain to the next planned dose [" +
                               case_.protocol.missed_dose->source + "]");
    }
  }

  const Case& case_;
  const Answer& answer_;
  Order order_;
  bool held_ = false, missed_ = false;
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
