#include "dosewright/protocol/regimen.hpp"

#include <algorithm>
#include <limits>

#include "dosewright/base/text.hpp"

namespace dosewright::protocol {
namespace {

constexpr std::string_view kAssumed = "assumed";

double parse_quantity(Node node, const char* unit_code, const char* what) {
  const Result<Unit> unit = parse_unit(unit_code);
  const Measure measure = node.measure_of(unit->dimension);
  if (measure.canonical < 0) node.fault(std::string(what) + " cannot be negative");
  return std::max(measure.canonical, 0.0);
}

double parse_weight_kg(Node node) {
  const double kg = parse_quantity(node, "kg", "a body weight") / parse_unit("kg")->factor;
  if (node.exists() && kg == 0) node.fault("a body weight must be above 0 kg");
  return kg;
}

void parse_offsets(Node node, Regimen& regimen) {
  for (Node item : node.items()) {
    const Minutes offset = item.duration();
    const Minutes least = regimen.offsets.empty() ? 0 : regimen.offsets.back() + 1;
    if (offset < least || offset >= regimen.period || (regimen.offsets.empty() && offset != 0)) {
      item.fault("the injections of a period begin at \"0 d\" and ascend, all within `every` (" +
                     duration_text(regimen.period) + "), found " + duration_text(offset),
                 "write for example offsets = [\"0 d\", \"2 d\", \"4 d\"]");
      continue;
    }
    regimen.offsets.push_back(offset);
  }
  if (regimen.offsets.empty()) regimen.offsets.push_back(0);
}

void parse_lighter(Node node, Regimen& regimen) {
  if (!node.exists()) return;
  regimen.below_weight_kg = parse_weight_kg(node.at("below"));
  regimen.lighter = node.at("regimen").text();
  node.finish();
}

Regimen parse_regimen(Node table, const std::vector<std::string>* sources) {
  Regimen regimen;
  regimen.id = table.at("id").text();
  regimen.title = table.at("title").text();
  regimen.amount_mg = parse_quantity(table.at("amount"), "mg", "an amount");
  Node every = table.at("every");
  regimen.period = every.duration();
  if (regimen.period <= 0 || regimen.period > kLongestTime) {
    if (every.exists()) {
      every.fault("the period of a regimen must be longer than nothing and at most 100 years");
    }
    regimen.period = kMinutesPerWeek;
  }
  parse_offsets(table.find("offsets"), regimen);
  parse_lighter(table.find("lighter"), regimen);
  regimen.source = parse_source(table.at("source"), sources);
  regimen.note = table.find("note").text_or("");
  table.finish();
  return regimen;
}

std::vector<std::string> ids_of(std::span<const Regimen> regimens) {
  std::vector<std::string> ids;
  for (const Regimen& regimen : regimens) ids.push_back(regimen.id);
  return ids;
}

// A lighter patient gets less, and the chain of `lighter` ends.
void check_lighter(Node table, const Regimen& regimen, std::span<const Regimen> all) {
  if (regimen.lighter.empty()) return;
  Node node = table.at("lighter").at("regimen");
  const Regimen* lighter = find_regimen(all, regimen.lighter);
  if (lighter == nullptr) {
    const std::string near = nearest_name(regimen.lighter, ids_of(all));
    node.fault("no regimen '" + regimen.lighter + "'",
               near.empty() ? "" : "did you mean '" + near + "'?");
  } else if (lighter->weekly_mg() >= regimen.weekly_mg()) {
    node.fault("'" + lighter->id + "' gives " + number_text(lighter->weekly_mg(), 6) +
                   " mg a week, not less than the " + number_text(regimen.weekly_mg(), 6) +
                   " mg of '" + regimen.id + "'",
               "name a regimen with a smaller weekly dose");
  }
}

// "S2, dosing" and "FDA-MedR Table 23" begin with a key; a semicolon separates several sources.
std::string_view source_key(std::string_view part) {
  return part.substr(0, part.find_first_of(" ,:;"));
}

void check_key(Node& node, const std::string& key, const std::vector<std::string>* known) {
  if (known == nullptr || std::find(known->begin(), known->end(), key) != known->end()) return;
  const std::string near = nearest_name(key, *known);
  node.fault("a source begins with a key of the programme's sources, found '" + key + "'",
             near.empty() ? "known keys: " + join(*known, ", ") : "did you mean '" + near + "'?");
}

void check_assumption(Node& node, std::string_view part) {
  const std::string_view reason = trim(part.substr(kAssumed.size()));
  if (!reason.starts_with(", because ") || trim(reason.substr(10)).empty()) {
    node.fault("an assumption must say why, found '" + std::string(part) + "'",
               "write \"assumed, because ...\"");
  }
}

}  // namespace

std::string parse_source(Node node, const std::vector<std::string>* known) {
  if (!node.exists()) return {};
  const std::string text = node.text();
  std::string_view rest = trim(text);
  while (!rest.empty()) {
    // A reason may hold semicolons of its own: an assumption comes last.
    if (source_key(rest) == kAssumed) {
      check_assumption(node, rest);
      break;
    }
    check_key(node, std::string(source_key(rest)), known);
    const std::size_t end = rest.find(';');
    rest = end == std::string_view::npos ? std::string_view() : trim(rest.substr(end + 1));
  }
  return text;
}

std::vector<Regimen> parse_regimens(Node root, const std::vector<std::string>* sources) {
  std::vector<Regimen> regimens;
  Node list = root.at("regimen");
  std::vector<Node> tables = list.items();
  for (Node table : tables) {
    Regimen regimen = parse_regimen(table, sources);
    if (!regimen.id.empty() && find_regimen(regimens, regimen.id) != nullptr) {
      table.at("id").fault("there are two regimens '" + regimen.id + "'", "rename one of them");
    }
    regimens.push_back(std::move(regimen));
  }
  for (std::size_t i = 0; i < tables.size(); ++i) check_lighter(tables[i], regimens[i], regimens);
  root.finish();
  return regimens;
}

Minutes next_dose(const Regimen& regimen, Minutes start, Minutes after) {
  if (after <= start) return start + regimen.offsets.front();
  const Minutes periods = (after - start) / regimen.period;
  const Minutes base = start + periods * regimen.period;
  const auto offset =
      std::lower_bound(regimen.offsets.begin(), regimen.offsets.end(), after - base);
  if (offset != regimen.offsets.end()) return base + *offset;
  return base + regimen.period + regimen.offsets.front();
}

std::optional<Minutes> latest_make_up(const Regimen& regimen, Minutes start, Minutes missed,
                                      Minutes least_gap) {
  const Minutes latest = next_dose(regimen, start, missed + 1) - least_gap;
  if (latest <= missed) return std::nullopt;
  return latest;
}

const Regimen* find_regimen(std::span<const Regimen> regimens, std::string_view id) {
  const auto found = std::find_if(regimens.begin(), regimens.end(),
                                  [&](const Regimen& regimen) { return regimen.id == id; });
  return found == regimens.end() ? nullptr : &*found;
}

}  // namespace dosewright::protocol
