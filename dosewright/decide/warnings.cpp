// Warnings: supply, other medicines, cautions, stale readings, weight, adherence.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/decide/parts.hpp"

namespace dosewright::decide {
namespace {

constexpr Minutes kWeek = 7 * kMinutesPerDay;

std::string level_text(programme::Interaction::Level level) {
  if (level == programme::Interaction::Level::kAvoid) return "avoid";
  return level == programme::Interaction::Level::kModify ? "modify" : "monitor";
}

class Teller {
 public:
  Teller(const Case& c, const Answer& answer) : case_(c), answer_(answer) {}

  std::vector<Warning> tell() {
    tell_supply();
    tell_medicines();
    tell_eligibility();
    tell_stale();
    tell_weight();
    tell_adherence();
    tell_twice();
    tell_sites();
    return std::move(warnings_);
  }

 private:
  void add(std::string id, std::string level, std::string says, std::string saw,
           std::string source) {
    warnings_.push_back(
        {std::move(id), std::move(level), std::move(says), std::move(saw), std::move(source)});
  }

  void tell_supply() {
    const SupplyAnswer& supply = answer_.supply;
    if (supply.verdict == "open") return;
    const bool judged = supply.verdict != "not judged";
    add("supply", judged ? "stop" : "note", supply.says,
        judged
            ? supply.jurisdiction + ": " + (supply.status.empty() ? "no status" : supply.status) +
                  (supply.since.empty() ? "" : " since " + supply.since)
            : "",
        supply.source);
  }

  bool active(const Medicine& medicine) const {
    const Minutes now = case_.question.at;
    if (medicine.one_day)
      return medicine.from > now - kWeek && medicine.from <= now + kMinutesPerDay;
    return !medicine.until || *medicine.until >= now;
  }

  void tell_medicines() {
    std::set<std::string> told;
    for (const Medicine& medicine : case_.patient.medicines) {
      if (!active(medicine)) continue;
      const programme::Interaction* known = interaction_of(case_.programme, medicine);
      if (known == nullptr) {
        tell_unknown(medicine);
      } else if (told.insert(known->id).second) {
        tell_interaction(*known, medicine);
      }
    }
  }

  void tell_unknown(const Medicine& medicine) {
    const std::string near = near_medicine(case_.programme, medicine);
    if (near.empty()) {
      add("medicine", "note", "no interaction with this medicine is listed here",
          shown_text(medicine.name) + " (" + medicine.where + ")", "");
    } else {
      add("medicine", "check",
          "this medicine is not known here, so its interactions were not judged: did you mean '" +
              near + "'?",
          shown_text(medicine.name) + " (" + medicine.where + ")", "");
    }
  }

  // On how many days of a week more than the amount is taken: regular use by its own words, single
  // days by counting those of the last seven.
  double days_above(const programme::Interaction& known) const {
    double regular = 0;
    std::map<Minutes, double> single;  // mg by day: what is taken in parts adds up
    for (const Medicine& medicine : case_.patient.medicines) {
      if (!active(medicine) || interaction_of(case_.programme, medicine) != &known) continue;
      if (medicine.one_day) {
        single[midnight_of(medicine.from)] += std::max(medicine.mg_per_day, 0.0);
      } else if (medicine.mg_per_day > known.above_mg_per_day) {
        regular = std::max(regular, medicine.days_per_week);
      }
    }
    const auto days = std::ranges::count_if(
        single, [&](const auto& day) { return day.second > known.above_mg_per_day; });
    return std::max(regular, static_cast<double>(days));
  }

  bool amount_unknown(const programme::Interaction& known) const {
    return std::ranges::any_of(case_.patient.medicines, [&](const Medicine& medicine) {
      return active(medicine) && !medicine.one_day && medicine.mg_per_day < 0 &&
             interaction_of(case_.programme, medicine) == &known;
    });
  }

  void tell_interaction(const programme::Interaction& known, const Medicine& medicine) {
    const std::string saw = fmt::format("{} since {} ({})", shown_text(medicine.name),
                                        exchange::clock_text(medicine.from), medicine.where);
    add("interaction." + known.id, level_text(known.level),
        known.title + ": " + known.effect + "; " + known.says, saw, known.source);
    if (known.above_mg_per_day <= 0) return;
    const double days = days_above(known);
    if (days >= known.days_per_week) {
      add("interaction." + known.id + ".above", "modify", known.title + ": " + known.says_above,
          fmt::format("more than {} mg on {} days a week", number_text(known.above_mg_per_day, 6),
                      number_text(days, 2)),
          known.source_above);
    } else if (amount_unknown(known)) {
      add("interaction." + known.id + ".amount", "check",
          known.title + ": how much a day, and on how many days a week? " + known.says_above, saw,
          known.source_above);
    }
  }

  // During treatment: what would have spoken against a start, and cautions that apply.
  void tell_eligibility() {
    for (const CriterionAnswer& one : answer_.eligibility) {
      if (one.in_favour) continue;
      const bool unknown = lang::is_unknown(one.verdict);
      std::vector<std::string> seen;
      for (const lang::Seen& part : one.seen) seen.push_back(part.values);
      const bool holds = case_.doses.empty() || one.withholds;
      const std::string level = unknown                 ? "check"
                                : one.kind == "caution" ? "monitor"
                                : holds                 ? "stop"
                                                        : "avoid";
      const std::string what = unknown                 ? "not known"
                               : one.kind == "include" ? "not met"
                                                       : "applies";
      add("eligibility." + one.id, level, fmt::format("{} ({}): {}", what, one.kind, one.says),
          join(seen, "; "), one.source);
    }
  }

  void tell_stale() {
    for (std::size_t i = 0; i < case_.state.readings.size(); ++i) {
      const auto& reading = case_.state.readings[i];
      const Minutes keeps = case_.protocol.stale_after[i];
      if (keeps == 0 || lang::is_unknown(reading.value)) continue;
      const Minutes age = case_.question.at - reading.at;
      if (age <= keeps) continue;
      const auto& analyte = case_.programme.analytes[i];
      const std::string& source = case_.protocol.stale_source[i];
      add("stale." + analyte.code, "check", analyte.code + " is stale: rules read it as not known",
          fmt::format("{} on {}, {} ago; it counts for {}", to_text(reading.value, analyte.unit),
                      exchange::clock_text(reading.at), duration_text(midnight_of(age)),
                      duration_text(keeps)),
          source.empty() ? case_.protocol.source : source);
    }
  }

  // Another document's dose for light patients, where this profile has none.
  void tell_weight() {
    const auto& regimen = case_.regimen;
    if (regimen.lighter.empty()) return;
    const double weight = fact_value(case_, "weight");
    if (lang::is_unknown(weight)) {
      add("dose.weight", "check", "the body weight is not known", "", regimen.source);
    } else if (weight < regimen.below_weight_kg * 1e6) {
      add("dose.weight", "note",
          fmt::format("below {} kg another document gives '{}'; this profile does not",
                      number_text(regimen.below_weight_kg, 4), regimen.lighter),
          number_text(weight / 1e6, 4) + " kg", regimen.source);
    }
  }

  // Planned against given over the last 12 weeks, or since doses were last withheld. A planned dose
  // counts once it can no longer be made up; the first dose began the plan and is not counted.
  void tell_adherence() {
    constexpr Minutes kLookBack = 12 * kWeek;
    const bool held = case_.decision.permission >= protocol::Permission::kWithheld;
    if (case_.doses.empty() || held || answer_.end.ended) return;
    const Minutes from =
        std::max({case_.question.at - kLookBack, case_.doses.front(), case_.free_since});
    const Minutes span = case_.question.at - from;
    const auto given = std::ranges::count_if(case_.doses, [&](Minutes at) { return at > from; });
    const auto& rule = case_.protocol.missed_dose;
    const Minutes period = case_.regimen.period;
    const Minutes grace = rule ? period - rule->least_gap_to_next + kMinutesPerDay : kMinutesPerDay;
    const Minutes whole_periods = std::max<Minutes>(span - grace, 0) / period;
    const double planned =
        static_cast<double>(whole_periods) * static_cast<double>(case_.regimen.offsets.size());
    if (planned < 1 || static_cast<double>(given) >= planned) return;
    add("adherence", "note",
        fmt::format("{} of {} planned doses were given in the last {}", given,
                    number_text(planned, 6), duration_text(midnight_of(span))),
        "", "assumed, because no document says how adherence is to be watched");
  }

  void tell_twice() {
    std::set<Minutes> told;
    for (std::size_t i = 1; i < case_.doses.size(); ++i) {
      const Minutes day = midnight_of(case_.doses[i]);
      if (day != midnight_of(case_.doses[i - 1]) || !told.insert(day).second) continue;
      const auto n =
          std::ranges::count_if(case_.doses, [&](Minutes at) { return midnight_of(at) == day; });
      add("dose.twice", "check",
          "more than one dose on one day: was it given twice, or entered twice? The plan counts "
          "the day once",
          fmt::format("{} doses on {}", n, exchange::clock_text(day)),
          "assumed, because no document says what follows a dose given twice");
    }
  }

  // The log against the rotation: twice the same place, and places that are none.
  void tell_sites() {
    const auto& rotation = case_.programme.sites.rotation;
    const auto& log = answer_.sites.log;
    for (std::size_t i = 0; rotation && i + 1 < log.size(); ++i) {
      const std::size_t end =
          std::min(log.size(), i + 1 + static_cast<std::size_t>(rotation->apart));
      for (std::size_t j = i + 1; j < end; ++j) {
        if (log[i].place != SiteUse::Place::kListed || log[i].name != log[j].name) continue;
        add("sites.rotation", "modify", "the same place too soon: " + rotation->says,
            fmt::format("{} on {} and on {}", log[i].name, exchange::clock_text(log[j].at),
                        exchange::clock_text(log[i].at)),
            rotation->source);
      }
    }
    for (const SiteUse& use : log) {
      if (use.place != SiteUse::Place::kElsewhere) continue;
      add("sites.elsewhere", "check",
          "a dose was given at a place that is no site of this programme",
          fmt::format("'{}' on {}", use.name, exchange::clock_text(use.at)),
          answer_.sites.sites.empty() ? "" : answer_.sites.sites.front().source);
    }
  }

  const Case& case_;
  const Answer& answer_;
  std::vector<Warning> warnings_;
};

}  // namespace

std::vector<Warning> warnings_of(const Case& c, const Answer& answer) {
  return Teller(c, answer).tell();
}

}  // namespace dosewright::decide
