// Systematic names and gapmer shorthand: formats that describe a strand as a whole.
#include <fmt/format.h>

#include <algorithm>

#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/writers.hpp"

namespace dosewright::molecule {

namespace {

bool has_free_ends(const Strand& strand) {
  return strand.five_end == End{} && strand.three_end == End{};
}

// The nucleotide or, at the 3' end, the nucleoside. Empty where there is no name.
std::string residue_name(const Unit& unit, bool is_last) {
  const bool is_thymidine = unit.base == "T" && unit.sugar == "d";
  const bool methyl = (unit.base == "T" && !is_thymidine) || unit.base == "5mC";
  const std::string parent = unit.base == "T" ? "U" : unit.base == "5mC" ? "C" : unit.base;
  std::string_view stem = is_thymidine ? (is_last ? kThymidine.last : kThymidine.inner) : "";
  for (const NucleosideName& name : kNucleosideNames) {
    if (stem.empty() && name.base == parent) stem = is_last ? name.last : name.inner;
  }
  std::string prefix;
  bool known = unit.sugar == "r" || is_thymidine;
  for (const SugarName& name : kSugarNames) {
    if (name.sugar != unit.sugar || is_thymidine) continue;
    prefix = std::string(name.prefix);
    known = true;
  }
  if (stem.empty() || !known) return {};
  const auto add = [&](std::string_view part) {
    if (!prefix.empty()) prefix += '-';
    prefix += part;
  };
  if (methyl) add(kFiveMethyl);
  if (unit.link == "s") add(kThio);
  // "2'-O,4'-C-methyleneadenosine": a prefix runs into its stem.
  return prefix + std::string(stem);
}

// "3-10-3", empty where every sugar is alike; nullopt where it is neither.
std::optional<std::string> pattern_of(const Strand& strand, std::string& sugar) {
  const auto is_gap = [](const Unit& unit) { return unit.sugar == "d"; };
  const auto first = std::ranges::find_if(strand.units, is_gap);
  const auto after = std::find_if_not(first, strand.units.end(), is_gap);
  sugar = strand.units.front().sugar;
  const bool is_uniform =
      std::ranges::all_of(strand.units, [&](const Unit& unit) { return unit.sugar == sugar; });
  if (is_uniform) return "";
  const bool has_wings =
      std::all_of(strand.units.begin(), first,
                  [&](const Unit& unit) { return unit.sugar == sugar; }) &&
      std::all_of(after, strand.units.end(), [&](const Unit& unit) { return unit.sugar == sugar; });
  if (!has_wings || first == strand.units.begin()) return std::nullopt;
  return fmt::format("{}-{}-{}", first - strand.units.begin(), after - first,
                     strand.units.end() - after);
}

bool has_base(const Strand& strand, std::string_view base) {
  return std::ranges::any_of(strand.units, [&](const Unit& unit) { return unit.base == base; });
}

// Whether every base is one of the letters that shorthand is written with.
bool has_plain_bases(const Strand& strand) {
  return std::ranges::all_of(strand.units, [](const Unit& unit) {
    return unit.base == "5mC" ||
           (unit.base.size() == 1 &&
            std::string_view("ACGTUI").find(unit.base) != std::string_view::npos);
  });
}

Fault not_expressible(std::string what) {
  return {{}, std::move(what), "HELM has words for everything", {}};
}

}  // namespace

Result<std::string> write_name(const Molecule& molecule) {
  if (molecule.strands.size() != 1 || !has_free_ends(molecule.strands[0])) {
    return not_expressible("a systematic name is written for one strand with free ends only");
  }
  const Strand& strand = molecule.strands[0];
  Faults faults;
  std::string text;
  bool has_thio = false;
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    const Unit& unit = strand.units[i];
    const bool is_last = i + 1 == strand.units.size();
    const std::string name = residue_name(unit, is_last);
    has_thio = has_thio || unit.link == "s";
    if (name.empty()) {
      faults.add({}, fmt::format("there is no systematic name for {}, base {} on sugar {}",
                                 residue_text(molecule, 0, i), unit.base, unit.sugar));
    } else if (!is_last && unit.link != "s" && unit.link != "p") {
      faults.add({}, fmt::format("the name has no word for the link '{}' behind {}", unit.link,
                                 residue_text(molecule, 0, i)));
    }
    text += name;
    if (!is_last) text += kInnerLink;
  }
  if (!faults.empty()) return faults;
  if (has_thio) text.insert(0, kAmbo);
  if (molecule.n_sodium > 0) {
    text += fmt::format(" {}sodium salt", multiplying_prefix(molecule.n_sodium));
  }
  return text;
}

Result<std::string> write_shorthand(const Molecule& molecule) {
  if (molecule.strands.size() != 1 || !has_free_ends(molecule.strands[0])) {
    return not_expressible("shorthand is written for one strand with free ends only");
  }
  const Strand& strand = molecule.strands[0];
  std::string sugar;
  const auto pattern = pattern_of(strand, sugar);
  const std::string link = strand.units.front().link;
  const bool same_links = std::all_of(strand.units.begin(), strand.units.end() - 1,
                                      [&](const Unit& unit) { return unit.link == link; });
  const bool mixed = (has_base(strand, "C") && has_base(strand, "5mC"));
  const std::string_view word = library().word(Kind::kSugar, "shorthand", sugar);
  const bool is_pmo = sugar == "mor" && link == "n";
  const std::string_view link_word = library().word(Kind::kLink, "shorthand", link);
  if (!pattern || !same_links || mixed || word.empty() || !has_plain_bases(strand) ||
      (link_word.empty() && !is_pmo && !link.empty())) {
    return not_expressible(
        "shorthand is for one sugar or two wings and a gap, one kind of link, and C alike");
  }
  std::string text = pattern->empty() ? "" : *pattern + " ";
  text += word;
  if (!link.empty() && !is_pmo) text += fmt::format(" {}", link_word);
  if (has_base(strand, "5mC")) text += " 5mC";
  if (has_base(strand, "C")) text += " plainC";
  if (has_base(strand, "U")) text += " plainU";
  return text + " " + plain_sequence(strand);
}

}  // namespace dosewright::molecule
