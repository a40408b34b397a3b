#include "dosewright/decide/answer.hpp"

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/decide/parts.hpp"
#include "dosewright/decide/vocabulary.hpp"

namespace dosewright::decide {
namespace {

using protocol::Protocol;

Result<const Protocol*> protocol_of(const Question& question) {
  const auto& programme = *question.programme;
  const std::string name = question.profile.empty() ? programme.dosing.protocol : question.profile;
  if (const Protocol* found = programme.protocol(name)) return found;
  std::vector<std::string> known;
  for (const Protocol& one : programme.protocols) known.push_back(one.name);
  return unknown_name("--profile", name, known);
}

Result<const protocol::Regimen*> regimen_of(const Question& question, const Patient& patient,
                                            const std::string& profile) {
  const auto& programme = *question.programme;
  const std::string name = question.regimen.empty() ? programme.dosing.regimen : question.regimen;
  const protocol::Regimen* found = programme.regimen(name);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : programme.regimens) known.push_back(one.id);
    return unknown_name("--regimen", name, known);
  }
  const auto& profiles = programme.dosing.lighter_profiles;
  if (found->lighter.empty() || std::ranges::find(profiles, profile) == profiles.end())
    return found;
  const int weight = words_of(programme).find("weight");
  const Known* latest = nullptr;
  for (const Known& known : patient.facts) {
    if (known.word == weight) latest = &known;
  }
  const bool light = latest != nullptr && latest->value < found->below_weight_kg * 1e6;
  return light ? programme.regimen(found->lighter) : found;
}

std::vector<Minutes> doses_of(const Patient& patient) {
  std::vector<Minutes> doses;
  for (const protocol::Fact& fact : patient.readings) {
    if (fact.kind == protocol::FactKind::kDose) doses.push_back(fact.at);
  }
  return doses;
}

std::vector<RegionAnswer> regions_of(const Protocol& protocol,
                                     const protocol::PatientState& state) {
  std::vector<RegionAnswer> answers;
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    const auto& region = protocol.regions[r];
    const auto& where = state.regions[r];
    const auto& here = region.states[static_cast<std::size_t>(where.state)];
    RegionAnswer one{region.name, region.title, here.name, here.title,     here.allows,
                     where.since, "",           "",        protocol.source};
    if (where.rule != nullptr) {
      one.rule = where.rule->id;
      one.because = where.rule->because;
      one.source = where.rule->source;
    }
    answers.push_back(std::move(one));
  }
  return answers;
}

// When a region last left a state that withholds.
Minutes free_since(const Protocol& protocol, const std::vector<protocol::Firing>& log) {
  Minutes since = INT64_MIN;
  for (const protocol::Firing& firing : log) {
    const auto& states = protocol.regions[static_cast<std::size_t>(firing.region)].states;
    const auto allowed = states[static_cast<std::size_t>(firing.from)].allows;
    if (allowed >= protocol::Permission::kWithheld) since = firing.at;
  }
  return since;
}

// The instant that a date without a time of day means: the last entry of that day, so that rules
// see what was read on it; midnight where there is none.
Minutes instant_of(Minutes at, const Patient& patient) {
  Minutes latest = at;
  for (const auto& fact : patient.readings) latest = std::max(latest, fact.at);
  for (const Known& known : patient.facts) latest = std::max(latest, known.at);
  return latest;
}

}  // namespace

Result<Answer> answer(const Question& asked, const Patient& patient) {
  Question question = asked;
  question.at = instant_of(question.at, patient);
  const auto& programme = *question.programme;
  DW_TRY(protocol, protocol_of(question));
  DW_TRY(regimen, regimen_of(question, patient, protocol->name));
  const std::vector<std::string> known = programme.jurisdictions();
  if (!question.jurisdiction.empty() &&
      std::ranges::find(known, question.jurisdiction) == known.end()) {
    return unknown_name("--jurisdiction", question.jurisdiction, known);
  }
  protocol::Timeline timeline = timeline_of(programme, *protocol, patient);
  // A day before the first entry: what was read then counts as read since observation began.
  const Minutes start =
      (timeline.empty() ? midnight_of(question.at) : midnight_of(timeline.front().at)) -
      kMinutesPerDay;
  protocol::Decided decided = protocol::decide(*protocol, std::move(timeline), start, question.at);
  const Case c{question,         programme,         *protocol,
               patient,          *regimen,          decided.state,
               decided.decision, doses_of(patient), free_since(*protocol, decided.log)};
  Answer out;
  out.programme = programme.identity.title;
  out.patient = patient.name;
  out.profile = protocol->name;
  out.protocol_title = protocol->title;
  out.entries = patient.entries;
  out.at = question.at;
  out.n_doses = decided.state.n_doses;
  if (out.n_doses > 0) {
    out.first_dose = decided.state.first_dose;
    out.last_dose = decided.state.last_dose;
  }
  out.regions = regions_of(*protocol, decided.state);
  out.obligations = obligations_of(c);
  out.eligibility = eligibility_of(c);
  out.supply = supply_of(c);
  out.sites = sites_of(c);
  out.end = end_of(c);
  if (out.end.died()) out.obligations.clear();
  if (!out.end.ended) out.advice = advice_of(c);
  out.order = order_of(c, out);
  out.warnings = warnings_of(c, out);
  if (out.order.action == Action::kGive) out.administration = programme.dosing.administration;
  out.rules = decided.decision.rules;
  out.notes = patient.notes;
  out.log = std::move(decided.log);
  out.state = std::move(decided.state);
  return out;
}

}  // namespace dosewright::decide
