#include "dosewright/decide/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dosewright/base/text.hpp"

namespace dosewright::decide {
namespace {

using exchange::Code;

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::any_of(list, [&](const std::string& one) { return same_words(one, name); });
}

bool matches(const protocol::Analyte& analyte, const Code& code) {
  if (code.system == "LOINC") {
    return code.value == analyte.loinc ||
           std::ranges::find(analyte.loinc_synonyms, code.value) != analyte.loinc_synonyms.end();
  }
  if (!code.system.empty()) return false;
  return same_words(code.value, analyte.code) || same_words(code.value, analyte.title) ||
         contains(analyte.names, code.value);
}

// Hierarchical codes stand for what begins with them: K71 for K71.6, J01AA for J01AA02.
bool code_matches(const programme::Code& known, const Code& code) {
  if (!same_words(known.system, code.system)) return false;
  const bool hierarchical = known.system == "ICD-10" || known.system == "ATC";
  return hierarchical ? code.value.starts_with(known.value) : code.value == known.value;
}

bool matches(const programme::FactWord& fact, const Code& code) {
  if (!code.system.empty()) {
    return std::ranges::any_of(fact.codes,
                               [&](const auto& known) { return code_matches(known, code); });
  }
  return same_words(code.value, fact.id) || same_words(code.value, fact.title) ||
         contains(fact.terms, code.value);
}

// The name stands in the text as a word or words of its own: "acetaminophen 500 mg tablet".
bool has_words(std::string_view text, std::string_view name) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = 0; at + name.size() <= text.size(); ++at) {
    if (!same_words(text.substr(at, name.size()), name)) continue;
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end])))
      return true;
  }
  return false;
}

bool names(const programme::Interaction& interaction, const Code& code, bool whole) {
  if (!code.system.empty()) return false;
  const auto fits = [&](const std::string& name) {
    return whole ? same_words(name, code.value) : has_words(code.value, name);
  };
  return std::ranges::any_of(interaction.names, fits) ||
         std::ranges::any_of(interaction.classes, fits);
}

bool is_amount_of(const Dimension& amount, const Dimension& mass) {
  Dimension moved = amount;
  auto& exponent = moved.exponent;
  exponent[static_cast<std::size_t>(BaseDimension::kMass)] += 1;
  exponent[static_cast<std::size_t>(BaseDimension::kAmount)] -= 1;
  return moved == mass;
}

}  // namespace

bool same_words(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

int Words::find(std::string_view id) const {
  const auto found = std::ranges::find(ids, id);
  return found == ids.end() ? -1 : static_cast<int>(found - ids.begin());
}

Words words_of(const programme::Programme& programme) {
  Words words;
  for (const auto& fact : programme.facts) words.ids.push_back(fact.id);
  for (const auto& protocol : programme.protocols) {
    for (const std::string& sign : protocol.vocabulary.signs) {
      if (words.find(sign) < 0) words.ids.push_back(sign);
    }
  }
  return words;
}

Meaning::Meaning(const programme::Programme& programme)
    : programme_(programme), words_(words_of(programme)) {}

int Meaning::analyte(const std::vector<Code>& codes) const {
  for (const Code& code : codes) {
    for (std::size_t i = 0; i < programme_.analytes.size(); ++i) {
      if (matches(programme_.analytes[i], code)) return static_cast<int>(i);
    }
  }
  return -1;
}

int Meaning::word(const std::vector<Code>& codes) const {
  for (const Code& code : codes) {
    for (std::size_t i = 0; i < programme_.facts.size(); ++i) {
      if (matches(programme_.facts[i], code)) return static_cast<int>(i);
    }
    const int sign = code.system.empty() ? words_.find(code.value) : -1;
    if (sign >= 0) return sign;
  }
  return -1;
}

const programme::FactWord* Meaning::fact(int word) const {
  const auto index = static_cast<std::size_t>(word);
  return index < programme_.facts.size() ? &programme_.facts[index] : nullptr;
}

bool Meaning::own_drug(const std::vector<Code>& codes) const {
  const auto& identity = programme_.identity;
  return std::ranges::any_of(codes, [&](const Code& code) {
    if (code.system.empty()) {
      return same_words(code.value, identity.name) || same_words(code.value, identity.title) ||
             contains(identity.synonyms, code.value);
    }
    return std::ranges::any_of(identity.codes,
                               [&](const auto& known) { return code_matches(known, code); });
  });
}

std::string Meaning::near_test(const std::string& name) const {
  std::vector<std::string> known;
  for (const auto& analyte : programme_.analytes) {
    known.push_back(analyte.code);
    known.insert(known.end(), analyte.names.begin(), analyte.names.end());
  }
  return nearest_name(name, known);
}

std::string Meaning::near_fact(const std::string& name) const {
  std::vector<std::string> known = words_.ids;
  for (const auto& fact : programme_.facts) {
    known.insert(known.end(), fact.terms.begin(), fact.terms.end());
  }
  return nearest_name(name, known);
}

std::string Meaning::near_own_drug(const std::string& name) const {
  std::vector<std::string> known = programme_.identity.synonyms;
  known.push_back(programme_.identity.name);
  return nearest_name(name, known);
}

const programme::Interaction* interaction_of(const programme::Programme& programme,
                                             const Medicine& medicine) {
  // First what is named or coded outright, then products that name it among other words.
  for (const bool whole : {true, false}) {
    for (const auto& interaction : programme.interactions) {
      for (const Code& code : medicine.codes) {
        const bool coded = std::ranges::any_of(
            interaction.codes, [&](const auto& known) { return code_matches(known, code); });
        if (coded || names(interaction, code, whole)) return &interaction;
      }
    }
  }
  return nullptr;
}

std::string near_medicine(const programme::Programme& programme, const Medicine& medicine) {
  std::vector<std::string> known;
  for (const auto& one : programme.interactions) {
    known.insert(known.end(), one.names.begin(), one.names.end());
    known.insert(known.end(), one.classes.begin(), one.classes.end());
  }
  return nearest_name(medicine.name, known);
}

namespace {

// Small letters, single blanks, no punctuation; a side is taken out of it. False: both sides.
bool split_side(std::string_view text, std::string& place, programme::Side& side) {
  std::string small;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    small += std::isalnum(u) != 0 || u >= 0x80 ? static_cast<char>(std::tolower(u)) : ' ';
  }
  for (const std::string_view word : split(small, ' ')) {
    if (word.empty()) continue;
    const bool left = word == "left";
    if (left || word == "right") {
      const auto found = left ? programme::Side::kLeft : programme::Side::kRight;
      if (side != programme::Side::kNone && side != found) return false;
      side = found;
      continue;
    }
    if (!place.empty()) place += ' ';
    place += word;
  }
  return true;
}

Spot site_of(const programme::Programme& programme, const Code& code) {
  std::string place;
  programme::Side side = programme::Side::kNone;
  if (code.system.empty() && !split_side(code.value, place, side)) return {};
  const auto& places = programme.sites.places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto index = static_cast<std::int16_t>(i);
    if (code.system.empty()) {
      const bool named = same_words(place, places[i].title) || contains(places[i].terms, place);
      if (named) return {index, places[i].sides ? side : programme::Side::kNone};
      continue;
    }
    for (const auto& known : places[i].codes) {
      if (known.system == code.system && known.value == code.value) return {index, known.side};
    }
  }
  return {};
}

}  // namespace

Spot site_of(const programme::Programme& programme, const std::vector<Code>& said) {
  Spot all;
  for (const Code& code : said) {
    const Spot one = site_of(programme, code);
    if (!one.said() || one == all) continue;
    const bool first = !all.said();
    if (!first && one.site != all.site) return {};
    if (first || all.side == programme::Side::kNone) {
      all = one;
    } else if (one.side != programme::Side::kNone) {
      return {};
    }
  }
  return all;
}

void set_place(std::vector<Known>& places, const Known& known) {
  if (known.value == 0 && !known.spot.said()) return places.clear();
  std::erase_if(places, [&](const Known& place) { return place.spot == known.spot; });
  if (known.value != 0) places.push_back(known);
}

std::string site_text(const programme::Programme& programme, Spot spot) {
  const auto& site = programme.sites.places[static_cast<std::size_t>(spot.site)];
  if (spot.side == programme::Side::kNone) return site.title;
  return (spot.side == programme::Side::kLeft ? "left " : "right ") + site.title;
}

Fault unknown_name(const std::string& option, const std::string& name,
                   const std::vector<std::string>& known) {
  const std::string near = nearest_name(name, known);
  return {{"command line", 0, 0},
          option + ": '" + shown_text(name) + "' is not known to this programme",
          near.empty() ? "known are " + join(known, ", ") : "did you mean '" + near + "'?",
          ""};
}

std::string ucum_code(const std::string& unit) {
  static constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
      {"IU/L", "U/L"},
      {"GI/L", "10*9/L"},
      {"iu/l", "U/L"},
      {"u/l", "U/L"},
      {"10^9/L", "10*9/L"},
      {"x10^9/L", "10*9/L"},
      {"10E9/L", "10*9/L"},
      {"\u00b5mol/L", "umol/L"},
      {"\u03bcmol/L", "umol/L"},
      {"MMOL/L", "mmol/L"},
      {"UMOL/L", "umol/L"},
      {"MG/DL", "mg/dL"},
      {"mL/min/{1.73_m2}", "mL/min"},
      {"mL/min/1.73m2", "mL/min"}};
  for (const auto& [written, code] : kAliases) {
    if (unit == written) return std::string(code);
  }
  return unit;
}

Result<double> canonical_reading(const protocol::Analyte& analyte, double value,
                                 const std::string& unit) {
  const Result<Unit> parsed = parse_unit(ucum_code(unit));
  if (!parsed.ok()) {
    return Fault{{},
                 "the unit '" + shown_text(unit) + "' of " + analyte.code +
                     " is not known: " + parsed.faults()[0].message,
                 "write it as UCUM does, for example '" + analyte.unit.code + "'",
                 ""};
  }
  const double canonical = parsed->to_canonical(value);
  if (parsed->dimension == analyte.unit.dimension) return canonical;
  if (analyte.molar_mass > 0 && is_amount_of(parsed->dimension, analyte.unit.dimension)) {
    return canonical * analyte.molar_mass;
  }
  return Fault{
      {},
      fmt::format("{} in '{}' ({}) does not convert to '{}' ({})", analyte.code, shown_text(unit),
                  to_text(parsed->dimension), analyte.unit.code, to_text(analyte.unit.dimension)),
      "give the reading in " + analyte.unit.code + ", or is it another test?",
      ""};
}

}  // namespace dosewright::decide
