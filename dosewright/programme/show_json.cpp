// The regulatory record as JSON: identity, steps and status by jurisdiction, what a status means
// for supply, and documents by language.
#include <nlohmann/json.hpp>

#include "dosewright/programme/documents.hpp"
#include "dosewright/programme/show.hpp"

namespace dosewright::programme {
namespace {

using json = nlohmann::ordered_json;

std::string route_text(Supply::Route route) {
  if (route == Supply::Route::kYes) return "prescription";
  return route == Supply::Route::kTrialOnly ? "trial or compassionate use" : "none";
}

json codes_json(const Programme& programme) {
  json out = json::array();
  for (const Code& code : programme.identity.codes) {
    out.push_back(
        {{"system", code.system}, {"value", code.value}, {"of", code.of}, {"source", code.source}});
  }
  return out;
}

json steps_json(const Programme& programme, const std::string& jurisdiction) {
  json out = json::array();
  for (const Milestone& step : programme.history) {
    if (step.jurisdiction != jurisdiction) continue;
    out.push_back({{"when", step.when.empty() ? json(nullptr) : json(step.when)},
                   {"event", step.event},
                   {"status", step.status.empty() ? json(nullptr) : json(step.status)},
                   {"source", step.source}});
  }
  return out;
}

json supply_json(const Programme& programme, const std::string& jurisdiction) {
  json out = json::array();
  for (const Supply& supply : programme.supply) {
    if (supply.jurisdiction != jurisdiction) continue;
    out.push_back({{"status", supply.status},
                   {"route", route_text(supply.route)},
                   {"says", supply.says},
                   {"treated", supply.treated},
                   {"source", supply.source}});
  }
  return out;
}

json documents_json(const Programme& programme, const std::string& jurisdiction) {
  json out = json::array();
  for (const PublicDocument& one : programme.documents) {
    if (one.jurisdiction != jurisdiction) continue;
    json languages = json::object();
    for (const std::string& language : one.languages) {
      const std::string address = address_in(one, language);
      languages[language] = address.empty() ? json(nullptr) : json(address);
    }
    out.push_back({{"kind", one.kind},
                   {"title", one.title},
                   {"reference", one.reference.empty() ? json(nullptr) : json(one.reference)},
                   {"published", one.published},
                   {"updated", one.updated.empty() ? json(nullptr) : json(one.updated)},
                   {"languages", languages},
                   {"source", one.source}});
  }
  return out;
}

json status_json(const Programme& programme, const std::string& jurisdiction,
                 std::optional<Date> day) {
  if (!day) return programme.status(jurisdiction);
  const Milestone* step = programme.status_on(jurisdiction, *day);
  return step == nullptr ? json(nullptr) : json(step->status);
}

}  // namespace

std::string show_json(const Programme& programme, std::optional<Date> day) {
  json jurisdictions = json::array();
  for (const std::string& one : programme.jurisdictions()) {
    jurisdictions.push_back({{"jurisdiction", one},
                             {"status", status_json(programme, one, day)},
                             {"steps", steps_json(programme, one)},
                             {"supply", supply_json(programme, one)},
                             {"documents", documents_json(programme, one)}});
  }
  return json{{"disclaimer", "For research. Not a medical device."},
              {"name", programme.identity.name},
              {"title", programme.identity.title},
              {"codes", codes_json(programme)},
              {"status_on", day ? json(to_text(*day)) : json(nullptr)},
              {"regulatory_record", jurisdictions}}
             .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

}  // namespace dosewright::programme
