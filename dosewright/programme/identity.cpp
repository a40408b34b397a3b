// Reads programme.toml and eligibility.toml.
#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/model/origin.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

std::string read_source(Node table, const Known& known) {
  return protocol::parse_source(table.at("source"), &known.sources);
}

Statement read_statement(Node table, const Known& known) {
  Statement statement{table.at("says").text(), read_source(table, known)};
  table.finish();
  return statement;
}

void read_codes(Node list, const Known& known, Identity& identity) {
  for (Node table : list.items()) {
    Code code;
    code.system = table.at("system").text();
    code.value = table.at("value").text();
    code.of = table.find("of").text_or("");
    code.source = read_source(table, known);
    table.finish();
    identity.codes.push_back(std::move(code));
  }
}

bool is_number_part(std::string_view text, int low, int high) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  const int value = std::stoi(std::string(text.substr(0, 4)));
  return value >= low && value <= high;
}

// "2013", "2013-01" or a whole date.
bool is_partial_date(std::string_view text) {
  if (text.size() == 4) return is_number_part(text, 1900, 2200);
  if (text.size() == 7 && text[4] == '-') {
    return is_number_part(text.substr(0, 4), 1900, 2200) && is_number_part(text.substr(5), 1, 12);
  }
  return parse_date(text).ok();
}

void read_history(Node list, const Known& known, Programme& programme) {
  for (Node table : list.items()) {
    Milestone milestone;
    milestone.jurisdiction = table.at("jurisdiction").text();
    Node when = table.find("when");
    milestone.when = when.text_or("");
    if (!milestone.when.empty() && !is_partial_date(milestone.when)) {
      when.fault(
          "expected a date, or the year, or the year and month, found '" + milestone.when + "'",
          "write \"2013-05-29\", \"2013-05\" or \"2013\"");
    }
    milestone.event = table.at("event").text();
    milestone.status = table.find("status").text_or("");
    milestone.source = read_source(table, known);
    table.finish();
    programme.history.push_back(std::move(milestone));
  }
}

// A shorter date stands before the longer ones that it begins: "2013-01" before "2013-01-29".
void sort_history(Programme& programme) {
  const std::vector<std::string> order = programme.jurisdictions();
  const auto rank = [&order](const Milestone& m) {
    return std::ranges::find(order, m.jurisdiction) - order.begin();
  };
  std::ranges::stable_sort(programme.history, [&](const Milestone& a, const Milestone& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a.when < b.when;
  });
}

void read_ph(Node node, Formulation& formulation) {
  if (!node.exists()) return;
  const std::vector<double> ends = node.numbers();
  if (ends.size() != 2 || ends[0] > ends[1] || ends[0] < 0 || ends[1] > 14) {
    node.fault("expected the two ends of a pH range", "write ph = [7.5, 8.5]");
    return;
  }
  formulation.ph_low = ends[0];
  formulation.ph_high = ends[1];
}

void read_formulation(Node table, const Known& known, Formulation& formulation) {
  if (!table.exists()) return;
  formulation.form = table.at("form").text();
  formulation.route = table.at("route").text();
  formulation.container = table.find("container").text_or("");
  Node strength = table.at("strength");
  Node volume = table.at("volume");
  const double strength_mg_per_l = strength.measure_of(parse_unit("mg/L")->dimension).canonical;
  const double volume_l = volume.measure_of(parse_unit("L")->dimension).canonical;
  formulation.dose_mg = strength_mg_per_l * volume_l;
  if (strength.is_string()) formulation.strength = strength.text();
  if (volume.is_string()) formulation.volume = volume.text();
  read_ph(table.find("ph"), formulation);
  formulation.source = read_source(table, known);
  table.finish();
}

// "8 Cel" is a temperature here, not a difference: canonical kelvins count from 0 degrees Celsius.
double celsius(Node node) {
  return node.measure_of(parse_unit("Cel")->dimension).canonical;
}

void read_storage(Node list, const Known& known, Programme& programme) {
  for (Node table : list.items()) {
    Storage storage;
    Node from = table.at("from");
    storage.low_celsius = celsius(from);
    storage.high_celsius = celsius(table.at("to"));
    if (storage.low_celsius > storage.high_celsius) {
      from.fault("the lower temperature is above the higher one", "exchange the two");
    }
    Node at_most = table.find("at_most");
    if (at_most.exists()) storage.at_most = at_most.duration();
    storage.says = table.find("says").text_or("");
    storage.source = read_source(table, known);
    table.finish();
    programme.storage.push_back(std::move(storage));
  }
}

Supply::Route read_route(Node node) {
  const std::string route = node.text();
  if (route == "prescription") return Supply::Route::kYes;
  if (route == "trial or compassionate use") return Supply::Route::kTrialOnly;
  if (route != "none" && !route.empty()) {
    node.fault("expected route prescription, trial or compassionate use, or none, found '" + route +
               "'");
  }
  return Supply::Route::kNone;
}

// Each status of the history of a jurisdiction has its meaning, or none: then nothing is said.
void read_supply(Node list, const Known& known, Programme& programme) {
  for (Node table : list.items()) {
    Supply supply;
    supply.jurisdiction = table.at("jurisdiction").text();
    Node status = table.at("status");
    supply.status = status.text();
    const bool in_history = std::ranges::any_of(programme.history, [&](const Milestone& one) {
      return one.jurisdiction == supply.jurisdiction && one.status == supply.status;
    });
    if (!in_history) {
      status.fault("no step of the history of '" + supply.jurisdiction + "' has the status '" +
                       supply.status + "'",
                   "use the words of [[history]]");
    }
    supply.route = read_route(table.at("route"));
    supply.says = table.at("says").text();
    // Whoever has it all the same must be told what follows.
    const bool reaches_all = supply.route == Supply::Route::kYes;
    supply.treated = reaches_all ? "" : table.at("treated").text();
    supply.source = read_source(table, known);
    table.finish();
    programme.supply.push_back(std::move(supply));
  }
}

void read_dosing(Node table, const Known& known, Dosing& dosing) {
  Node regimen = table.at("regimen");
  dosing.regimen = regimen.text();
  check_reference(regimen, dosing.regimen, known.regimens, "regimen");
  Node protocol = table.at("protocol");
  dosing.protocol = protocol.text();
  check_reference(protocol, dosing.protocol, known.protocols, "protocol");
  dosing.indication = table.at("indication").text();
  dosing.source = read_source(table, known);
  for (Node profile : table.find("lighter_profiles").items()) {
    dosing.lighter_profiles.push_back(profile.text());
    check_reference(profile, dosing.lighter_profiles.back(), known.protocols, "protocol");
  }
  for (Node& statement : table.find("administration").items()) {
    dosing.administration.push_back(read_statement(statement, known));
  }
  table.finish();
}

void read_disagreements(Node list, const Known& known, Programme& programme) {
  for (Node table : list.items()) {
    Disagreement disagreement;
    disagreement.about = table.at("about").text();
    Node claims = table.at("claims");
    for (Node& claim : claims.items()) {
      disagreement.claims.push_back(read_statement(claim, known));
    }
    if (claims.is_array() && disagreement.claims.empty()) {
      claims.fault("expected at least one claim", "write [{ says = \"...\", source = \"...\" }]");
    }
    disagreement.follows = table.at("follows").text();
    disagreement.because = table.at("because").text();
    disagreement.source = protocol::parse_source(table.find("source"), &known.sources);
    table.finish();
    programme.disagreements.push_back(std::move(disagreement));
  }
}

Criterion::Kind read_kind(Node node) {
  const std::string kind = node.text();
  if (kind == "include") return Criterion::Kind::kInclude;
  if (kind == "caution") return Criterion::Kind::kCaution;
  if (kind != "exclude" && !kind.empty()) {
    node.fault("expected kind include, exclude or caution, found '" + kind + "'");
  }
  return Criterion::Kind::kExclude;
}

Criterion::During read_during(Node node, Criterion::Kind kind) {
  if (!node.exists()) return Criterion::During::kWarn;
  const std::string during = node.text();
  if (during == "nothing") return Criterion::During::kNothing;
  if (during == "withhold" && kind != Criterion::Kind::kCaution)
    return Criterion::During::kWithhold;
  if (during != "warn" && !during.empty()) {
    node.fault(
        "expected during = \"warn\", \"withhold\" (not of a caution) or \"nothing\", found '" +
        during + "'");
  }
  return Criterion::During::kWarn;
}

}  // namespace

void check_reference(Node node, const std::string& name, const std::vector<std::string>& known,
                     const std::string& what) {
  if (name.empty() || known.empty() || std::ranges::find(known, name) != known.end()) return;
  const std::string near = nearest_name(name, known);
  node.fault("unknown " + what + " '" + name + "'",
             near.empty() ? "known are " + join(known, ", ")
                          : "the nearest " + what + " is '" + near + "'");
}

std::vector<Source> read_sources(Node root) {
  std::vector<Source> sources;
  Node tables = root.at("source");
  for (const std::string& key : tables.keys()) {
    Node table = tables.at(key);
    Source source{key, table.at("title").text(), table.find("address").text_or(""),
                  table.find("note").text_or("")};
    if (key.find_first_of(" ,:;") != std::string::npos) {
      table.fault("a source key is one word, found '" + key + "'",
                  "citations end the key at the first space; write 'Visser2012'");
    }
    table.finish();
    sources.push_back(std::move(source));
  }
  return sources;
}

void read_identity(Node root, const Known& known, Programme& programme) {
  Identity& identity = programme.identity;
  identity.name = root.at("name").text();
  identity.title = root.at("title").text();
  identity.summary = root.find("summary").text_or("");
  identity.synonyms = root.find("synonyms").texts();
  read_codes(root.find("code"), known, identity);
  read_history(root.at("history"), known, programme);
  sort_history(programme);
  read_documents(root.find("document"), known, programme);
  read_dosing(root.at("dosing"), known, programme.dosing);
  read_formulation(root.find("formulation"), known, programme.formulation);
  read_storage(root.find("storage"), known, programme);
  read_supply(root.find("supply"), known, programme);
  read_disagreements(root.find("disagreement"), known, programme);
  root.finish();
}

void read_eligibility(Node root, const Known& known, Programme& programme) {
  Node list = root.at("criterion");
  for (Node table : list.items()) {
    Criterion criterion;
    Node id = table.at("id");
    criterion.id = id.text();
    check_unique(id, programme.eligibility, criterion.id, "criteria");
    criterion.kind = read_kind(table.at("kind"));
    criterion.says = table.at("says").text();
    for (Node profile : table.at("profiles").items()) {
      criterion.profiles.push_back(profile.text());
      check_reference(profile, criterion.profiles.back(), known.protocols, "protocol");
    }
    criterion.when = table.find("when").text_or("");
    criterion.during = read_during(table.find("during"), criterion.kind);
    criterion.source = read_source(table, known);
    table.finish();
    programme.eligibility.push_back(std::move(criterion));
  }
  root.finish();
}

}  // namespace dosewright::programme
