#include "dosewright/molecule/extinction.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>

#include "dosewright/base/text.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::string_view kLetters = "ACGT";  // T stands for U in the RNA table

struct Table {
  std::array<double, 4> one;
  std::array<std::array<double, 4>, 4> two;  // [5' residue][3' residue]
};

// [Cantor1970, table of dinucleoside phosphates], 1/(mM cm).
constexpr Table kDna = {{15.4, 7.4, 11.5, 8.7},
                        {{{27.4, 21.2, 25.0, 22.8},
                          {21.2, 14.6, 18.0, 15.2},
                          {25.2, 17.6, 21.6, 20.0},
                          {23.4, 16.2, 19.0, 16.8}}}};
// [Puglisi1989, table of nearest neighbours], 1/(mM cm).
constexpr Table kRna = {{15.4, 7.2, 11.5, 9.9},
                        {{{27.4, 21.0, 25.0, 24.0},
                          {21.0, 14.2, 17.8, 16.2},
                          {25.2, 17.4, 21.6, 21.2},
                          {24.6, 17.2, 20.0, 19.6}}}};

constexpr int kAbasic = -1;

std::optional<int> index_of(std::string_view base) {
  if (base == "ab") return kAbasic;
  if (base == "5mC") return 1;
  if (base == "U") return 3;
  const std::size_t at = base.size() == 1 ? kLetters.find(base[0]) : std::string_view::npos;
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<int>(at);
}

// How much of the RNA table a residue takes: 0 or 1.
using Shares = std::vector<double>;

double mixed(double dna, double rna, double share) {
  return dna + (rna - dna) * share;
}

double sum(const std::vector<int>& bases, const Shares& rna_share) {
  double total = 0;
  const auto one = [&](std::size_t i) {
    const auto base = static_cast<std::size_t>(bases[i]);
    return mixed(kDna.one[base], kRna.one[base], rna_share[i]);
  };
  for (std::size_t i = 0; i < bases.size(); ++i) {
    if (bases[i] == kAbasic) continue;
    const bool stacks_before = i > 0 && bases[i - 1] != kAbasic;
    const bool stacks_behind = i + 1 < bases.size() && bases[i + 1] != kAbasic;
    if (stacks_behind) {
      const auto a = static_cast<std::size_t>(bases[i]), b = static_cast<std::size_t>(bases[i + 1]);
      total += mixed(kDna.two[a][b], kRna.two[a][b], (rna_share[i] + rna_share[i + 1]) / 2);
    }
    // Inner residues are counted in two neighbours; one that stands alone in none.
    if (stacks_before && stacks_behind) total -= one(i);
    if (!stacks_before && !stacks_behind) total += one(i);
  }
  return total;
}

bool any_base(const Strand& strand, std::string_view base) {
  for (const Unit& unit : strand.units) {
    if (unit.base == base) return true;
  }
  return false;
}

std::vector<std::string> assumptions_of(const Strand& strand) {
  std::vector<std::string> list;
  bool sulfur = false, amidate = false, modified = false, ribo_t = false, deoxy_u = false;
  for (const Unit& unit : strand.units) {
    sulfur |= unit.link == "s" || unit.link == "sR" || unit.link == "sS";
    amidate |= unit.link == "n";
    modified |= unit.sugar != "d" && unit.sugar != "r";
    ribo_t |= unit.base == "T" && unit.sugar != "d";
    deoxy_u |= unit.base == "U" && unit.sugar == "d";
  }
  if (any_base(strand, "5mC")) list.push_back("5-methylcytosine counts as cytosine");
  if (ribo_t) list.push_back("thymine on a sugar other than 2'-deoxy counts as uracil in RNA");
  if (any_base(strand, "U")) list.push_back("uracil counts as thymine in the DNA table");
  if (deoxy_u) list.push_back("2'-deoxyuridine counts as thymidine");
  if (modified) {
    list.push_back("sugars other than 2'-deoxyribose and ribose count as DNA (as_dna) or RNA");
  }
  if (sulfur) list.push_back("phosphorothioate counts as phosphodiester");
  if (amidate) list.push_back("phosphorodiamidate counts as phosphodiester");
  if (any_base(strand, "ab")) list.push_back("a residue without a base absorbs nothing");
  if (!strand.five_end.conjugate.empty() || !strand.three_end.conjugate.empty()) {
    list.push_back("the conjugate absorbs nothing at 260 nm");
  }
  return list;
}

}  // namespace

Result<Extinction> extinction_260(const Strand& strand) {
  Faults faults;
  std::vector<int> bases;
  Shares by_sugar;
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    const Unit& unit = strand.units[i];
    const std::optional<int> base = index_of(unit.base);
    if (!base) {
      faults.add({},
                 fmt::format("residue {}: no extinction data for the base '{}'", i + 1,
                             shown_text(unit.base)),
                 "measure it, or take the supplier's coefficient");
    }
    bases.push_back(base.value_or(kAbasic));
    by_sugar.push_back(unit.sugar == "d" ? 0 : 1);
  }
  if (!faults.empty()) return faults;
  Extinction result;
  result.as_dna = sum(bases, Shares(bases.size(), 0));
  result.as_rna = sum(bases, Shares(bases.size(), 1));
  result.by_sugar = sum(bases, by_sugar);
  result.assumptions = assumptions_of(strand);
  return result;
}

}  // namespace dosewright::molecule
