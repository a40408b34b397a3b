#include "dosewright/programme/show.hpp"

#include <algorithm>
#include <map>

#include "dosewright/base/text.hpp"
#include "dosewright/programme/page.hpp"
#include "dosewright/programme/show_model.hpp"
#include "dosewright/programme/show_molecule.hpp"

namespace dosewright::programme {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// "(S2, dosing)"; "" where there is no source.
std::string in_brackets(const std::string& source) {
  return source.empty() ? "" : " (" + source + ")";
}

void show_identity(const Programme& programme, Page& page) {
  const Identity& identity = programme.identity;
  page.title(identity.title);
  page.paragraph(identity.summary);
  page.paragraph("For research. Not a medical device.");
  page.heading("Identity");
  Rows rows;
  if (!identity.synonyms.empty()) rows.push_back({"also", join(identity.synonyms, ", "), ""});
  for (const Code& code : identity.codes) {
    rows.push_back(
        {code.system, code.value + (code.of.empty() ? "" : " (" + code.of + ")"), code.source});
  }
  page.table(rows, 2, 46);
}

std::string status_text(const Programme& programme, const std::string& jurisdiction,
                        std::optional<Date> day) {
  if (!day) return programme.status(jurisdiction);
  const Milestone* step = programme.status_on(jurisdiction, *day);
  if (step == nullptr) return "no status";
  return step->status + (step->when.empty() ? "" : ", since " + step->when);
}

void show_documents(const Programme& programme, const std::string& jurisdiction, Page& page) {
  Rows rows;
  for (const PublicDocument& one : programme.documents) {
    if (one.jurisdiction != jurisdiction) continue;
    std::string text = one.kind + ": " + one.title;
    if (!one.reference.empty()) text += ", " + one.reference;
    if (!one.updated.empty() && one.updated != one.published) text += ", updated " + one.updated;
    text += one.languages.size() == 1
                ? ", in "
                : ", in " + std::to_string(one.languages.size()) + " languages: ";
    rows.push_back({one.published, text + join(one.languages, " ") + in_brackets(one.source)});
  }
  if (rows.empty()) return;
  page.paragraph("Documents of " + jurisdiction, 2);
  page.table(rows, 4);
}

void show_status(const Programme& programme, std::optional<Date> day, Page& page) {
  page.heading("Status by jurisdiction" + (day ? " on " + to_text(*day) : std::string()));
  for (const std::string& jurisdiction : programme.jurisdictions()) {
    page.paragraph(jurisdiction + ": " + status_text(programme, jurisdiction, day), 2);
    Rows rows;
    for (const Milestone& milestone : programme.history) {
      if (milestone.jurisdiction != jurisdiction) continue;
      rows.push_back({milestone.when.empty() ? "no date" : milestone.when,
                      milestone.event + in_brackets(milestone.source)});
    }
    page.table(rows, 4);
    show_documents(programme, jurisdiction, page);
  }
}

std::string regimen_text(const protocol::Regimen& regimen) {
  std::string text = regimen.amount_mg > 0 ? number_text(regimen.weekly_mg(), 6) + " mg a week"
                                           : std::string("no drug");
  if (!regimen.lighter.empty()) {
    text += "; below " + number_text(regimen.below_weight_kg, 6) + " kg " + regimen.lighter;
  }
  return text;
}

void show_dosing(const Programme& programme, Page& page) {
  page.heading("Use and dosing");
  page.paragraph(programme.dosing.indication + in_brackets(programme.dosing.source), 2);
  const protocol::Regimen* usual = programme.regimen(programme.dosing.regimen);
  page.paragraph("Usual: " + (usual != nullptr ? usual->title : programme.dosing.regimen) +
                     ", under the protocol '" + programme.dosing.protocol + "'.",
                 2);
  page.line();
  Rows rows;
  for (const protocol::Regimen& regimen : programme.regimens) {
    rows.push_back({regimen.id, regimen.title, regimen_text(regimen), regimen.source});
  }
  page.table(rows, 2, 30);
  page.line();
  for (const Statement& statement : programme.dosing.administration) {
    page.table({{"-", statement.says + in_brackets(statement.source)}});
  }
}

void show_sites(const Programme& programme, Page& page) {
  const Sites& sites = programme.sites;
  if (sites.places.empty()) return;
  page.heading("Where it is injected");
  for (const Site& site : sites.places) {
    page.table(
        {{"-", (site.sides ? "left or right " : "") + site.title + in_brackets(site.source)}});
  }
  for (const UnfitSite& unfit : sites.unfit) {
    page.table({{"!", unfit.says + in_brackets(unfit.source)}});
  }
  if (!sites.rotation) return;
  page.paragraph("Rotation: " + sites.rotation->says + in_brackets(sites.rotation->source), 2);
}

void show_formulation(const Programme& programme, Page& page) {
  const Formulation& formulation = programme.formulation;
  if (formulation.form.empty()) return;
  page.heading("Formulation and storage");
  std::string ph;
  if (formulation.ph_high > 0) {
    ph =
        ", pH " + number_text(formulation.ph_low, 3) + " to " + number_text(formulation.ph_high, 3);
  }
  page.paragraph(formulation.strength + ", " + formulation.volume + " in a " +
                     formulation.container + " (" + number_text(formulation.dose_mg, 6) +
                     " mg): " + formulation.form + ", " + formulation.route + ph +
                     in_brackets(formulation.source),
                 2);
  for (const Storage& storage : programme.storage) {
    const std::string at_most =
        storage.at_most > 0 ? ", at most " + duration_text(storage.at_most) : std::string();
    page.paragraph(number_text(storage.low_celsius, 3) + " to " +
                       number_text(storage.high_celsius, 3) + " °C" + at_most + ": " +
                       storage.says + in_brackets(storage.source),
                   2);
  }
}

std::string kind_text(Criterion::Kind kind) {
  switch (kind) {
    case Criterion::Kind::kInclude:
      return "needed";
    case Criterion::Kind::kExclude:
      return "not if";
    case Criterion::Kind::kCaution:
      return "care";
  }
  return "";
}

void show_eligibility(const Programme& programme, Page& page) {
  if (programme.eligibility.empty()) return;
  page.heading("Who may have it");
  Rows rows;
  for (const Criterion& criterion : programme.eligibility) {
    rows.push_back({join(criterion.profiles, ", "), kind_text(criterion.kind),
                    criterion.says + in_brackets(criterion.source)});
  }
  page.table(rows, 2, 16);
}

// "in weeks 0, 1, 3" where all are whole weeks.
std::string times_text(const std::vector<Minutes>& times) {
  const bool weeks =
      std::ranges::all_of(times, [](Minutes at) { return at % kMinutesPerWeek == 0; });
  std::vector<std::string> texts;
  for (const Minutes at : times) {
    texts.push_back(weeks ? std::to_string(at / kMinutesPerWeek) : duration_text(at));
  }
  return (weeks ? "in weeks " : "at ") + join(texts, ", ");
}

std::string schedule_text(const protocol::Schedule& schedule) {
  std::string text;
  if (!schedule.at.empty()) {
    text = times_text(schedule.at);
  } else {
    text = "every " + duration_text(schedule.every);
    text += schedule.from > 0 ? " from " + duration_text(schedule.from) : " from the first dose";
    if (schedule.until > 0) text += " until " + duration_text(schedule.until);
  }
  if (schedule.window > 0) text += ", within " + duration_text(schedule.window) + " of it";
  return text;
}

std::string panel_text(const protocol::Protocol& protocol, int panel) {
  const protocol::Panel& p = protocol.panels[static_cast<std::size_t>(panel)];
  std::vector<std::string> codes;
  for (const int analyte : p.analytes) {
    codes.push_back(protocol.vocabulary.analytes[static_cast<std::size_t>(analyte)].code);
  }
  return p.name + " (" + join(codes, " ") + ")";
}

std::string owing_text(const protocol::Protocol& protocol, const protocol::Owing& owing) {
  std::string text = panel_text(protocol, owing.panel);
  text += owing.first > 0 ? " within " + duration_text(owing.first) : std::string(" at once");
  if (owing.every > 0) text += ", then every " + duration_text(owing.every);
  return text;
}

void show_states(const protocol::Protocol& protocol, const protocol::Region& region, Page& page) {
  Rows rows;
  for (const protocol::State& state : region.states) {
    std::string text = protocol::to_text(state.allows);
    if (!state.regimen.empty()) text += " to " + state.regimen;
    std::vector<std::string> owed;
    for (const protocol::Owing& owing : state.owes) owed.push_back(owing_text(protocol, owing));
    rows.push_back({state.name, text, owed.empty() ? "" : "owes " + join(owed, "; ")});
  }
  page.table(rows, 6);
}

// A rule that is written for several states is shown once, with all of them.
void show_rules(const protocol::Region& region, Page& page) {
  std::map<std::string, std::vector<std::string>> from;
  std::vector<const protocol::Transition*> rules;
  for (const protocol::Transition& rule : region.transitions) {
    auto& states = from[rule.id];
    if (states.empty()) rules.push_back(&rule);
    states.push_back(region.states[static_cast<std::size_t>(rule.from)].name);
  }
  for (const protocol::Transition* rule : rules) {
    page.paragraph(rule->id + ": " + join(from[rule->id], ", ") + " -> " +
                       region.states[static_cast<std::size_t>(rule->to)].name,
                   6);
    Rows rows = {{"when", rule->when}};
    if (!rule->because.empty()) rows.push_back({"because", rule->because});
    rows.push_back({"source", rule->source});
    page.table(rows, 8);
  }
}

void show_counts(const protocol::Protocol& protocol, Page& page) {
  if (protocol.counts.empty()) return;
  page.paragraph("Readings counted in a row", 2);
  Rows rows;
  for (const protocol::Count& count : protocol.counts) {
    rows.push_back({"count." + count.name, count.test.when + in_brackets(count.title)});
  }
  page.table(rows, 4, 40);
}

std::string based_on_text(const protocol::Protocol& protocol) {
  std::string text = "The rules of '" + protocol.based_on + "'";
  if (!protocol.without.empty()) text += " without " + join(protocol.without, ", ");
  if (!protocol.added.empty()) text += ", with the regions " + join(protocol.added, ", ");
  return text + ".";
}

std::string in_force_text(const protocol::InForce& held) {
  std::string text = "In force in " + held.jurisdiction;
  if (!held.from.empty()) text += " from " + held.from;
  if (!held.until.empty()) text += " until " + held.until;
  return text;
}

void show_monitoring(const protocol::Protocol& protocol, Page& page) {
  if (protocol.missed_dose) {
    page.paragraph("A missed dose may be made up while at least " +
                       duration_text(protocol.missed_dose->least_gap_to_next) +
                       " remain to the next" + in_brackets(protocol.missed_dose->source),
                   2);
  }
  if (!protocol.schedules.empty()) page.paragraph("Monitoring", 2);
  Rows rows;
  for (const protocol::Schedule& schedule : protocol.schedules) {
    rows.push_back({panel_text(protocol, schedule.panel),
                    schedule_text(schedule) + in_brackets(schedule.source)});
  }
  page.table(rows, 4, 40);
  show_counts(protocol, page);
}

void show_region(const protocol::Protocol& protocol, const protocol::Region& region, Page& page) {
  page.paragraph("Region '" + region.name + "': " + region.title + ". Begins in " +
                     region.states[static_cast<std::size_t>(region.initial)].name + ".",
                 2);
  page.paragraph("States", 4);
  show_states(protocol, region, page);
  page.paragraph("Rules, asked in this order", 4);
  show_rules(region, page);
}

// A protocol that only adds to another one is shown by what it adds.
void show_protocol(const protocol::Protocol& protocol, Page& page) {
  page.heading("Protocol '" + protocol.name + "': " + protocol.title);
  page.paragraph("Source: " + protocol.source, 2);
  if (!protocol.based_on.empty()) page.paragraph(based_on_text(protocol), 2);
  if (protocol.in_force) {
    page.paragraph(in_force_text(*protocol.in_force) + in_brackets(protocol.in_force->source), 2);
  }
  const bool adds = !protocol.based_on.empty() && protocol.without.empty();
  if (!adds) show_monitoring(protocol, page);
  for (const protocol::Region& region : protocol.regions) {
    const bool added = std::ranges::find(protocol.added, region.name) != protocol.added.end();
    if (!adds || added) show_region(protocol, region, page);
  }
  if (!protocol.conflicts.empty()) page.paragraph("Where its documents disagree", 2);
  for (const std::string& conflict : protocol.conflicts) page.table({{"-", conflict}}, 4);
}

// The one that gates the usual dosing first.
void show_protocols(const Programme& programme, Page& page) {
  const protocol::Protocol* usual = programme.protocol(programme.dosing.protocol);
  if (usual != nullptr) show_protocol(*usual, page);
  for (const protocol::Protocol& protocol : programme.protocols) {
    if (&protocol != usual) show_protocol(protocol, page);
  }
}

void show_evidence(const Programme& programme, Page& page) {
  if (programme.evidence.empty() && programme.designs.empty()) return;
  page.heading("Evidence");
  std::vector<std::string> order;
  std::map<std::string, int> count;
  for (const EvidenceRow& row : programme.evidence) {
    if (count[row.trial]++ == 0) order.push_back(row.trial);
  }
  Rows rows;
  for (const std::string& trial : order) rows.push_back({std::to_string(count[trial]), trial});
  page.paragraph(std::to_string(programme.evidence.size()) + " published results, " +
                     std::to_string(programme.individuals.size()) + " readings of single people.",
                 2);
  page.table(rows, 4);
  if (!programme.evidence_faults.empty()) {
    page.paragraph(std::to_string(programme.evidence_faults.size()) +
                       " faults in the evidence: see 'dosewright programme check'.",
                   2);
  }
  page.paragraph("Designs: " + join(programme.designs, ", "), 2);
}

// By subject, in the order of the file.
void show_remarks(const Programme& programme, Page& page) {
  if (programme.remarks.empty()) return;
  page.heading("What its documents say besides");
  std::vector<std::string> subjects;
  for (const Remark& remark : programme.remarks) {
    if (std::ranges::find(subjects, remark.about) == subjects.end())
      subjects.push_back(remark.about);
  }
  for (const std::string& subject : subjects) {
    page.paragraph(subject, 2);
    for (const Remark& remark : programme.remarks) {
      if (remark.about != subject) continue;
      page.table({{"-", remark.says + in_brackets(remark.source)}}, 4);
    }
  }
}

void show_disagreements(const Programme& programme, Page& page) {
  if (programme.disagreements.empty()) return;
  page.heading("Where documents disagree");
  for (const Disagreement& disagreement : programme.disagreements) {
    page.paragraph(disagreement.about, 2);
    Rows rows;
    for (const Statement& claim : disagreement.claims) rows.push_back({claim.source, claim.says});
    rows.push_back({"followed", disagreement.follows + ". " + disagreement.because});
    page.table(rows, 4, 30);
  }
}

void show_sources(const Programme& programme, Page& page) {
  page.heading("Sources");
  Rows rows;
  for (const Source& source : programme.sources) {
    std::string text = source.title;
    if (!source.address.empty()) text += "; " + source.address;
    if (!source.note.empty()) text += ". " + source.note;
    rows.push_back({source.key, text});
  }
  page.table(rows);
}

}  // namespace

std::string show(const Programme& programme, std::optional<Date> day) {
  Page page;
  show_identity(programme, page);
  show_status(programme, day, page);
  show_dosing(programme, page);
  show_sites(programme, page);
  show_formulation(programme, page);
  show_eligibility(programme, page);
  show_protocols(programme, page);
  show_model(programme, page);
  if (programme.molecule) show_molecule(programme, page);
  show_evidence(programme, page);
  show_remarks(programme, page);
  show_disagreements(programme, page);
  show_sources(programme, page);
  return page.text();
}

}  // namespace dosewright::programme
