#include "dosewright/cli/molecule_card.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::cli {

namespace {

using molecule::Amount;
using molecule::End;
using molecule::Strand;
using molecule::Substance;
using Json = nlohmann::json;

std::string end_text(const End& end) {
  if (end.conjugate.empty()) return end.group;
  return end.link.empty() ? end.conjugate : fmt::format("{} on {}", end.conjugate, end.link);
}

// "5 moe, 10 d, 5 moe"
std::string runs(const Strand& strand, std::string molecule::Unit::* part) {
  std::vector<std::string> texts;
  for (std::size_t start = 0; start < strand.units.size();) {
    const std::string& id = strand.units[start].*part;
    std::size_t end = start;
    while (end < strand.units.size() && strand.units[end].*part == id) ++end;
    if (!id.empty()) texts.push_back(fmt::format("{} {}", end - start, id));
    start = end;
  }
  return join(texts, ", ");
}

// "5mC at 2, 3, 5; I at 7": bases that plain letters do not show.
std::string modified_bases(const Strand& strand) {
  std::map<std::string, std::string> places;
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    const std::string& base = strand.units[i].base;
    if (base.size() == 1) continue;
    std::string& text = places[base];
    text += fmt::format("{}{}", text.empty() ? base + " at " : ", ", i + 1);
  }
  std::vector<std::string> texts;
  for (const auto& [base, text] : places) texts.push_back(text);
  return join(texts, "; ");
}

std::string strand_text(const Strand& strand) {
  std::string text = strand.name.empty() ? "" : strand.name + "\n";
  text +=
      fmt::format("5'-{}-3'  {} residues\n", molecule::plain_sequence(strand), strand.units.size());
  text += fmt::format("  {:<12} {}\n", "sugars", runs(strand, &molecule::Unit::sugar));
  text += fmt::format("  {:<12} {}\n", "links", runs(strand, &molecule::Unit::link));
  const std::string modified = modified_bases(strand);
  if (!modified.empty()) text += fmt::format("  {:<12} {}\n", "bases", modified);
  text += fmt::format("  {:<12} 5' {}, 3' {}\n", "ends", end_text(strand.five_end),
                      end_text(strand.three_end));
  return text;
}

std::string substance_row(std::string_view name, const Substance& substance) {
  std::string row = fmt::format("  {:<12} {:<32} {:>13.4f}", name, to_text(substance.formula),
                                substance.monoisotopic);
  for (const double mass : substance.average) row += fmt::format(" {:>11.2f}", mass);
  return row + "\n";
}

std::string substances_text(const molecule::Identity& identity) {
  std::string text = fmt::format("\n  {:<12} {:<32} {:>13}", "", "formula", "monoisotopic");
  for (const auto table : molecule::kWeightTables) text += fmt::format(" {:>11}", id(table));
  text += "\n" + substance_row("acid", identity.acid);
  if (identity.salt.n_sodium > 0) {
    text += substance_row(fmt::format("salt, {} Na", identity.salt.n_sodium), identity.salt);
  }
  return text + "  Da; average masses by three tables of atomic weights\n";
}

std::string extinction_text(const molecule::Identity& identity) {
  std::string text;
  for (std::size_t i = 0; i < identity.extinctions.size(); ++i) {
    const auto& one = identity.extinctions[i];
    const std::string name =
        identity.extinctions.size() > 1 ? fmt::format("e260, strand {}", i + 1) : "e260";
    if (!one) {
      text += fmt::format("  {:<12} no table has its bases\n", name);
      continue;
    }
    text += fmt::format("  {:<12} {:.1f} /(mM cm) as DNA, {:.1f} as RNA, {:.1f} by sugar\n", name,
                        one->as_dna, one->as_rna, one->by_sugar);
    for (const std::string& assumption : one->assumptions) {
      text += fmt::format("  {:<12}   assumed: {}\n", "", assumption);
    }
  }
  return text;
}

std::string loss_text(const molecule::Written& written) {
  return written.lost.empty() ? "" : "  [lost: " + join(written.lost, "; ") + "]";
}

std::string notations_text(const molecule::Identity& identity) {
  std::string text = "\n";
  for (const molecule::Notation& one : identity.notations) {
    const std::string content =
        one.written ? one.written->text + loss_text(*one.written) : "- " + one.why_not;
    std::string indented;
    for (const char c : content) {
      indented += c;
      if (c == '\n') indented += std::string(15, ' ');
    }
    text += fmt::format("  {:<12} {}\n", to_text(one.format), indented);
  }
  return text;
}

std::string amount_text(const Card& card) {
  if (!card.salt_mg) return {};
  const Amount amount = amount_of_salt(card.identity, *card.salt_mg, kAmountTable);
  return fmt::format(
      "  {:<12} {} mg of the sodium salt = {:.2f} umol = {:.1f} mg of the acid ({})\n", "amount",
      number_text(amount.salt_mg, 6), amount.micromol, amount.acid_mg, id(kAmountTable));
}

Json end_json(const End& end) {
  return {{"group", end.group}, {"conjugate", end.conjugate}, {"link", end.link}};
}

Json strand_json(const Strand& strand) {
  Json residues = Json::array();
  for (const molecule::Unit& unit : strand.units) {
    residues.push_back({{"base", unit.base}, {"sugar", unit.sugar}, {"link", unit.link}});
  }
  return {{"name", strand.name},
          {"sequence", molecule::plain_sequence(strand)},
          {"residues", residues},
          {"five_end", end_json(strand.five_end)},
          {"three_end", end_json(strand.three_end)}};
}

Json substance_json(const Substance& substance) {
  Json average;
  for (std::size_t i = 0; i < substance.average.size(); ++i) {
    average[std::string(id(molecule::kWeightTables[i]))] = substance.average[i];
  }
  return {{"formula", to_text(substance.formula)},
          {"sodium", substance.n_sodium},
          {"monoisotopic_Da", substance.monoisotopic},
          {"average_Da", average}};
}

Json extinction_json(const std::optional<molecule::Extinction>& one) {
  if (!one) return nullptr;
  return {{"as_dna", one->as_dna},
          {"as_rna", one->as_rna},
          {"by_sugar", one->by_sugar},
          {"unit", "1/(mM cm)"},
          {"assumptions", one->assumptions}};
}

Json notations_json(const molecule::Identity& identity) {
  Json notations;
  for (const molecule::Notation& one : identity.notations) {
    const std::string name(to_text(one.format));
    if (one.written) {
      notations[name] = {{"text", one.written->text}, {"lost", one.written->lost}};
    } else {
      notations[name] = {{"text", nullptr}, {"why_not", one.why_not}};
    }
  }
  return notations;
}

}  // namespace

std::string card_text(const Card& card) {
  std::string text;
  for (const Strand& strand : card.identity.molecule.strands) text += strand_text(strand);
  text += fmt::format("  {:<12} {}\n", "read as", to_text(card.reading.dialect));
  for (const std::string& note : card.reading.notes) text += fmt::format("  {:<12} {}\n", "", note);
  text += substances_text(card.identity);
  text += amount_text(card);
  if (card.identity.inchi) {
    text += fmt::format("  {:<12} {}\n  {:<12} {}\n", "InChIKey", card.identity.inchi->key, "InChI",
                        card.identity.inchi->text);
  } else {
    text += fmt::format("  {:<12} - {}\n", "InChI", card.identity.no_inchi);
  }
  text += extinction_text(card.identity);
  text += notations_text(card.identity);
  return text + "\n" + kDisclaimer + "\n";
}

std::string card_json(const Card& card) {
  Json strands = Json::array();
  for (const Strand& strand : card.identity.molecule.strands)
    strands.push_back(strand_json(strand));
  Json extinctions = Json::array();
  for (const auto& one : card.identity.extinctions) extinctions.push_back(extinction_json(one));
  Json whole = {{"strands", strands},
                {"pairing", card.identity.molecule.pairing},
                {"read_as", to_text(card.reading.dialect)},
                {"notes", card.reading.notes},
                {"acid", substance_json(card.identity.acid)},
                {"salt", substance_json(card.identity.salt)},
                {"extinction_260", extinctions},
                {"notations", notations_json(card.identity)},
                {"disclaimer", kDisclaimer}};
  if (card.identity.inchi) {
    whole["inchi"] = card.identity.inchi->text;
    whole["inchikey"] = card.identity.inchi->key;
  } else {
    whole["inchi"] = nullptr;
    whole["no_inchi"] = card.identity.no_inchi;
  }
  if (card.salt_mg) {
    const Amount amount = amount_of_salt(card.identity, *card.salt_mg, kAmountTable);
    whole["amount"] = {{"salt_mg", amount.salt_mg},
                       {"umol", amount.micromol},
                       {"acid_mg", amount.acid_mg},
                       {"weights", id(kAmountTable)}};
  }
  return whole.dump(2) + "\n";
}

std::string converted_json(const molecule::Reading& reading, molecule::Format format,
                           const molecule::Written& written) {
  const Json whole = {{"read_as", to_text(reading.dialect)},
                      {"notes", reading.notes},
                      {"format", to_text(format)},
                      {"text", written.text},
                      {"lost", written.lost},
                      {"disclaimer", kDisclaimer}};
  return whole.dump(2) + "\n";
}

}  // namespace dosewright::cli
