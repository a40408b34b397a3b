// Strands of published drugs, written out for the tests without any notation's reader.
#pragma once

#include <string>
#include <string_view>

#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

// A molecule of one strand, an acid without a name.
inline Molecule single(Strand strand) {
  return {{std::move(strand)}, "", {}, 0};
}

// One sugar and one link for every residue; C is 5-methylcytosine where `methylated`.
inline Strand uniform_strand(std::string_view bases, const std::string& sugar,
                             const std::string& link, bool methylated = false) {
  Strand strand;
  for (std::size_t i = 0; i < bases.size(); ++i) {
    std::string base(1, bases[i]);
    if (methylated && base == "C") base = "5mC";
    strand.units.push_back({base, sugar, i + 1 < bases.size() ? link : ""});
  }
  return strand;
}

// 5-10-5 MOE gapmer, all links PS, all C 5-methylated. [programmes/mipomersen, S1]
inline Strand mipomersen() {
  Strand strand = uniform_strand("GCCTCAGTCTGCTTCGCACC", "moe", "s", true);
  for (std::size_t i = 5; i < 15; ++i) strand.units[i].sugar = "d";
  return strand;
}

// The case style of siRNA papers: a = 2'-O-methyl A, Af = 2'-fluoro A, A = ribo A, dT = thymidine,
// s = phosphorothioate behind the residue.
inline Strand sirna_strand(std::string_view text) {
  Strand strand;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == 's') {
      strand.units.back().link = "s";
      continue;
    }
    if (c == 'f') {
      strand.units.back().sugar = "f";
      continue;
    }
    if (!strand.units.empty() && strand.units.back().link.empty()) strand.units.back().link = "p";
    if (c == 'd') {
      strand.units.push_back({std::string(1, text[++i]), "d", ""});
    } else if (c >= 'a') {
      strand.units.push_back({std::string(1, static_cast<char>(c - 'a' + 'A')), "m", ""});
    } else {
      strand.units.push_back({std::string(1, c), "r", ""});
    }
  }
  return strand;
}

inline Molecule inclisiran() {
  Molecule molecule;
  Strand sense = sirna_strand("csusagacCfuGfudTuugcuuuugu");
  sense.three_end.conjugate = "L96";
  sense.three_end.link = "p";
  sense.name = "sense";
  Strand antisense = sirna_strand("asCfsAfaAfAfgCfaAfaAfcAfgGfuCfuagsasa");
  antisense.name = "antisense";
  molecule.strands = {sense, antisense};
  return molecule;
}

inline Molecule patisiran() {
  Molecule molecule;
  molecule.strands = {sirna_strand("GuAAccAAGAGuAuuccAudTdT"),
                      sirna_strand("AUGGAAuACUCUUGGUuACdTdT")};
  return molecule;
}

}  // namespace dosewright::molecule
