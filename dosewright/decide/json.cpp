// An answer as JSON: docs/decide.schema.json.
#include <nlohmann/json.hpp>

#include "dosewright/decide/answer.hpp"

namespace dosewright::decide {
namespace {

using exchange::clock_text;
using json = nlohmann::ordered_json;

json date_or_null(const std::optional<Minutes>& at) {
  return at ? json(clock_text(*at)) : json(nullptr);
}

json verdict_json(double verdict) {
  if (lang::is_unknown(verdict)) return "unknown";
  return verdict != 0 ? "true" : "false";
}

json seen_json(const std::vector<lang::Seen>& list) {
  json out = json::array();
  for (const lang::Seen& seen : list) {
    out.push_back(
        {{"asked", seen.text}, {"verdict", verdict_json(seen.verdict)}, {"saw", seen.values}});
  }
  return out;
}

json order_json(const Order& order) {
  const bool give = order.action == Action::kGive;
  return {{"action", to_text(order.action)},
          {"amount_mg", give ? json(order.amount_mg) : json(nullptr)},
          {"regimen", give ? json(order.regimen) : json(nullptr)},
          {"planned", give ? json(clock_text(order.planned)) : json(nullptr)},
          {"latest", give ? json(clock_text(order.latest)) : json(nullptr)},
          {"made_up", order.late},
          {"because", order.because},
          {"source", order.source}};
}

json administration_json(const Answer& answer) {
  json out = json::array();
  for (const auto& how : answer.administration) {
    out.push_back({{"says", how.says}, {"source", how.source}});
  }
  return out;
}

json regions_json(const Answer& answer) {
  json out = json::array();
  for (const RegionAnswer& one : answer.regions) {
    out.push_back({{"region", one.name},
                   {"title", one.title},
                   {"state", one.state},
                   {"state_title", one.state_title},
                   {"allows", protocol::to_text(one.allows)},
                   {"since", clock_text(one.since)},
                   {"rule", one.rule},
                   {"because", one.because},
                   {"source", one.source}});
  }
  return out;
}

json obligations_json(const Answer& answer) {
  json out = json::array();
  for (const DueAnswer& one : answer.obligations) {
    out.push_back({{"panel", one.panel},
                   {"title", one.title},
                   {"tests", one.tests},
                   {"state", to_text(one.state)},
                   {"due", clock_text(one.due)},
                   {"counts_from", clock_text(one.counts_from)},
                   {"last_drawn", date_or_null(one.last_drawn)},
                   {"drawn_too_early", one.too_early},
                   {"never_measured", one.never_measured},
                   {"rule", one.rule},
                   {"because", one.because},
                   {"source", one.source}});
  }
  return out;
}

json warnings_json(const Answer& answer) {
  json out = json::array();
  for (const Warning& one : answer.warnings) {
    out.push_back({{"id", one.id},
                   {"level", one.level},
                   {"says", one.says},
                   {"saw", one.saw},
                   {"source", one.source}});
  }
  return out;
}

json eligibility_json(const Answer& answer) {
  json out = json::array();
  for (const CriterionAnswer& one : answer.eligibility) {
    out.push_back({{"id", one.id},
                   {"kind", one.kind},
                   {"verdict", verdict_json(one.verdict)},
                   {"in_favour", one.in_favour},
                   {"says", one.says},
                   {"seen", seen_json(one.seen)},
                   {"source", one.source}});
  }
  return out;
}

json use_json(const SiteUse& use) {
  const bool said = use.place != SiteUse::Place::kNotSaid;
  return {{"at", clock_text(use.at)},
          {"site", said ? json(use.name) : json(nullptr)},
          {"listed", use.place == SiteUse::Place::kListed}};
}

json sites_json(const Answer& answer) {
  const SitesAnswer& sites = answer.sites;
  if (!sites.asked) return nullptr;
  json places = json::array();
  for (const SiteAnswer& one : sites.sites) {
    places.push_back({{"site", one.name},
                      {"verdict", to_text(one.verdict)},
                      {"last_used", date_or_null(one.last_used)},
                      {"because", one.because},
                      {"source", one.source}});
  }
  json log = json::array();
  for (const SiteUse& use : sites.log) log.push_back(use_json(use));
  const SiteAnswer* next = sites.next();
  return {{"next", next != nullptr ? json(next->name) : json(nullptr)},
          {"sites", places},
          {"questions", sites.questions},
          {"log", log},
          {"says", sites.says},
          {"source", sites.source}};
}

json disposition_json(const Disposition& one) {
  return {{"what", to_text(one.kind)},
          {"at", clock_text(one.at)},
          {"says", one.says},
          {"where", one.where}};
}

json end_json(const Answer& answer) {
  json events = json::array();
  for (const Disposition& one : answer.end.events) events.push_back(disposition_json(one));
  return {{"ended", answer.end.ended ? disposition_json(*answer.end.ended) : json(nullptr)},
          {"dose_after", date_or_null(answer.end.dose_after)},
          {"events", events}};
}

json rules_json(const Answer& answer) {
  json out = json::array();
  for (const auto& rule : answer.rules) {
    out.push_back({{"rule", rule.rule},
                   {"region", rule.region},
                   {"verdict", verdict_json(rule.verdict)},
                   {"because", rule.because},
                   {"seen", seen_json(rule.seen)},
                   {"source", rule.source}});
  }
  return out;
}

json advice_json(const Answer& answer) {
  json out = json::array();
  for (const AdviceAnswer& one : answer.advice) {
    out.push_back({{"id", one.id},
                   {"kind", one.kind},
                   {"says", one.says},
                   {"open", one.open},
                   {"answered", date_or_null(one.answered)},
                   {"answer", one.answer},
                   {"source", one.source}});
  }
  return out;
}

json log_json(const Answer& answer) {
  json out = json::array();
  for (const auto& firing : answer.log) {
    out.push_back({{"at", clock_text(firing.at)}, {"rule", firing.rule->id}});
  }
  return out;
}

std::string kind_text(Note::Kind kind) {
  switch (kind) {
    case Note::Kind::kContradiction:
      return "contradiction";
    case Note::Kind::kFuture:
      return "future";
    case Note::Kind::kDuplicate:
      return "duplicate";
    case Note::Kind::kNotUnderstood:
      return "not understood";
    case Note::Kind::kWhatIf:
      return "what if";
  }
  DW_CHECK(false, "a note is one of five");
}

json notes_json(const Answer& answer) {
  json out = json::array();
  for (const Note& note : answer.notes) {
    out.push_back({{"kind", kind_text(note.kind)}, {"says", note.says}});
  }
  return out;
}

}  // namespace

std::string answer_json(const Answer& answer) {
  const SupplyAnswer& supply = answer.supply;
  return json{{"disclaimer",
               "For research. Not a medical device: not for decisions about the care of a person."},
              {"programme", answer.programme},
              {"profile", answer.profile},
              {"patient", answer.patient},
              {"at", clock_text(answer.at)},
              {"entries", answer.entries},
              {"doses", answer.n_doses},
              {"first_dose", date_or_null(answer.first_dose)},
              {"last_dose", date_or_null(answer.last_dose)},
              {"order", order_json(answer.order)},
              {"administration", administration_json(answer)},
              {"regions", regions_json(answer)},
              {"sites", sites_json(answer)},
              {"disposition", end_json(answer)},
              {"obligations", obligations_json(answer)},
              {"warnings", warnings_json(answer)},
              {"advice", advice_json(answer)},
              {"eligibility", eligibility_json(answer)},
              {"supply",
               {{"jurisdiction", supply.jurisdiction},
                {"verdict", supply.verdict},
                {"status", supply.status},
                {"since", supply.since},
                {"says", supply.says},
                {"treated", supply.treated},
                {"source", supply.source}}},
              {"rules", rules_json(answer)},
              {"log", log_json(answer)},
              {"notes", notes_json(answer)}}
             .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

}  // namespace dosewright::decide
