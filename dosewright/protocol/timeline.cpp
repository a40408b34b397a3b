#include "dosewright/protocol/timeline.hpp"

#include <algorithm>

#include "dosewright/protocol/regimen.hpp"

namespace dosewright::protocol {
namespace {

template <class List, class Name>
int index_of(const List& list, std::string_view wanted, Name name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& one) { return name(one) == wanted; });
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}

bool is_code(std::string_view code) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (code.empty() || !letter(code.front())) return false;
  return std::all_of(code.begin(), code.end(),
                     [&](char c) { return letter(c) || digit(c) || c == '_'; });
}

// A limit in the dimension of the test; 0 where the key is absent.
double parse_limit(Node node, const Unit& unit) {
  if (!node.exists()) return 0;
  const Measure limit = node.measure_of(unit.dimension);
  if (limit.canonical < 0) node.fault("a limit of normal cannot be negative");
  return std::max(limit.canonical, 0.0);
}

Unit parse_analyte_unit(Node node) {
  const std::string code = node.text();
  if (code.empty()) return {};
  Result<Unit> unit = parse_unit(code);
  if (unit.ok()) return *unit;
  for (const Fault& fault : unit.faults()) node.fault(fault.message, fault.hint);
  return {};
}

bool is_dose(const Fact& fact) {
  return fact.kind == FactKind::kDose || fact.kind == FactKind::kDoseMissed;
}

}  // namespace

int Vocabulary::analyte(std::string_view code) const {
  return index_of(analytes, code, [](const Analyte& a) -> std::string_view { return a.code; });
}

int Vocabulary::sign(std::string_view code) const {
  return index_of(signs, code, [](const std::string& s) -> std::string_view { return s; });
}

Analyte parse_analyte(Node& table) {
  Analyte analyte;
  Node code = table.at("code");
  analyte.code = code.text();
  if (code.exists() && !is_code(analyte.code)) {
    code.fault("the code of a test is one word that rules can use, found '" + analyte.code + "'",
               "use letters, digits and '_', beginning with a letter: 'ALT', 'HDL_C'");
  }
  analyte.title = table.at("title").text();
  analyte.loinc = table.find("loinc").text_or("");
  analyte.unit = parse_analyte_unit(table.at("unit"));
  Node uln = table.find("uln");
  analyte.uln = parse_limit(uln, analyte.unit);
  analyte.lln = parse_limit(table.find("lln"), analyte.unit);
  if (analyte.uln > 0 && analyte.lln >= analyte.uln) {
    uln.fault("the upper limit of normal of '" + analyte.code + "' is not above the lower one");
  }
  analyte.loinc_synonyms = table.find("loinc_synonyms").texts();
  analyte.names = table.find("names").texts();
  Node molar_mass = table.find("molar_mass");
  if (molar_mass.exists()) {
    analyte.molar_mass = molar_mass.measure_of(parse_unit("g/mol")->dimension).canonical;
    parse_source(table.at("molar_mass_source"), nullptr);
    if (analyte.molar_mass <= 0) molar_mass.fault("a molar mass is above 0");
  }
  Node source = table.find("source");
  analyte.source = source.text_or("");
  if (analyte.source.empty() && (analyte.uln > 0 || analyte.lln > 0)) {
    table.fault("the limits of '" + analyte.code + "' need a source", "add source = \"...\"");
  }
  return analyte;
}

void sort_timeline(Timeline& timeline) {
  std::stable_sort(timeline.begin(), timeline.end(), [](const Fact& a, const Fact& b) {
    return a.at != b.at ? a.at < b.at : is_dose(a) < is_dose(b);
  });
}

}  // namespace dosewright::protocol
