#include "dosewright/molecule/mass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"

namespace dosewright::molecule {

namespace {

using enum Element;

constexpr Formula kHydrogen1 = {{H, 1}};
constexpr std::array<Formula, kCounterions.size()> kExchange = {
    Formula{{Na, 1}, {H, -1}}, Formula{{K, 1}, {H, -1}}, Formula{{N, 1}, {H, 3}},
    Formula{{C, 6}, {H, 15}, {N, 1}}};
constexpr std::array<std::string_view, kCounterions.size()> kCounterionNames = {"Na", "K", "NH4",
                                                                                "TEA"};

Formula monomer_formula(Kind kind, std::string_view id) {
  const Monomer* monomer = library().find(kind, id);
  DW_CHECK(monomer != nullptr, fmt::format("the library has no {} '{}'", to_text(kind), id));
  return formula_of(monomer->fragment);
}

double adduct_mass(const Ion& ion, MassScale scale) {
  Formula sum;
  for (std::size_t i = 0; i < kCounterions.size(); ++i) sum += kExchange[i] * ion.adducts[i];
  return mass(sum, scale);
}

// Exchanged ions as adducts are written: the proton that a sodium replaces is not counted apart.
std::string adduct_text(const Ion& ion) {
  std::string text;
  for (std::size_t i = 0; i < kCounterions.size(); ++i) {
    const int n = ion.adducts[i];
    if (n == 0) continue;
    text += "+" + (n == 1 ? std::string() : std::to_string(n)) + std::string(kCounterionNames[i]);
  }
  return text;
}

}  // namespace

Formula formula_of(const Fragment& fragment) {
  Formula formula;
  for (const Atom& atom : fragment.atoms) {
    formula.add(atom.element, 1);
    formula.add(H, atom.n_hydrogens);
  }
  return formula;
}

Formula Chain::total() const {
  Formula sum = five_end + three_end;
  for (const Formula& residue : residues) sum += residue;
  for (const Formula& link : links) sum += link;
  return sum;
}

Formula residue_formula(const Unit& unit) {
  return monomer_formula(Kind::kBase, unit.base) + monomer_formula(Kind::kSugar, unit.sugar);
}

Formula link_formula(std::string_view link) {
  return monomer_formula(Kind::kLink, link);
}

Formula end_formula(const End& end) {
  if (!end.conjugate.empty()) {
    const Formula link = end.link.empty() ? Formula() : link_formula(end.link);
    return link + monomer_formula(Kind::kConjugate, end.conjugate);
  }
  return end.group == "OH" ? kHydrogen1 : monomer_formula(Kind::kEnd, end.group);
}

Chain chain_of(const Strand& strand) {
  Chain chain{end_formula(strand.five_end), {}, {}, end_formula(strand.three_end)};
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    chain.residues.push_back(residue_formula(strand.units[i]));
    if (i + 1 < strand.units.size()) chain.links.push_back(link_formula(strand.units[i].link));
  }
  return chain;
}

Formula acid_formula(const Strand& strand) {
  return chain_of(strand).total();
}

Formula acid_formula(const Molecule& molecule) {
  Formula sum;
  for (const Strand& strand : molecule.strands) sum += acid_formula(strand);
  return sum;
}

std::string_view to_text(Counterion ion) {
  return kCounterionNames[static_cast<std::size_t>(ion)];
}

Result<Counterion> counterion_named(std::string_view text) {
  const auto found = std::ranges::find(kCounterionNames, text);
  if (found != kCounterionNames.end()) {
    return static_cast<Counterion>(found - kCounterionNames.begin());
  }
  return Fault{{},
               fmt::format("'{}' is not a counter ion", shown_text(text)),
               fmt::format("known are {}", fmt::join(kCounterionNames, ", ")),
               {}};
}

const Formula& exchange(Counterion ion) {
  return kExchange[static_cast<std::size_t>(ion)];
}

Result<Formula> salt_formula(const Molecule& molecule, Counterion ion, int n) {
  const int most = n_acid_protons(molecule);
  if (n < 0 || n > most) {
    return Fault{{},
                 fmt::format("a salt with {} {}, but the acid has {} protons to give", n,
                             to_text(ion), most),
                 fmt::format("name a number from 0 to {}", most),
                 {}};
  }
  return acid_formula(molecule) + exchange(ion) * n;
}

std::string to_text(const MassScale& scale) {
  return scale.monoisotopic ? "monoisotopic" : fmt::format("average ({})", id(scale.table));
}

double mass(const Formula& formula, MassScale scale) {
  return scale.monoisotopic ? monoisotopic_mass(formula) : average_mass(formula, scale.table);
}

std::string to_text(const Ion& ion) {
  const int charges = std::abs(ion.charge);
  // A sodium for a proton: M + Na - H. Those hydrogens join the ones that carry the charge.
  // Triethylamine is added as it is.
  const int exchanged = ion.adducts[0] + ion.adducts[1] + ion.adducts[2];
  const int protons = ion.charge - exchanged;
  std::string text = "[M" + adduct_text(ion);
  if (protons != 0) {
    const int n = std::abs(protons);
    text += fmt::format("{}{}H", protons > 0 ? "+" : "-", n == 1 ? "" : std::to_string(n));
  }
  return text + fmt::format("]{}{}", charges, ion.charge < 0 ? "-" : "+");
}

Result<Done> check_ion(const Ion& ion) {
  Faults faults;
  if (ion.charge == 0 || std::abs(ion.charge) > kMostCharges) {
    faults.add({},
               fmt::format("the charge of an ion must lie between 1 and {}, found {}", kMostCharges,
                           ion.charge),
               "a neutral molecule has no m/z; give its mass instead");
  }
  for (std::size_t i = 0; i < kCounterions.size(); ++i) {
    if (ion.adducts[i] >= 0) continue;
    faults.add({}, fmt::format("{} {} adducts", ion.adducts[i], kCounterionNames[i]),
               "a number of adducts is 0 or more");
  }
  if (!faults.empty()) return faults;
  return Done{};
}

double mz(double neutral_mass, const Ion& ion, MassScale scale) {
  const double sum = neutral_mass + adduct_mass(ion, scale) + ion.charge * kProtonMass;
  return sum / std::abs(ion.charge);
}

double neutral_mass(double mz, const Ion& ion, MassScale scale) {
  return mz * std::abs(ion.charge) - ion.charge * kProtonMass - adduct_mass(ion, scale);
}

void mz_table(std::span<const double> masses, std::span<const Ion> ions, MassScale scale,
              std::span<double> out) {
  DW_CHECK(out.size() == masses.size() * ions.size(), "one m/z per mass and ion");
  std::vector<double> added, per_charge;
  for (const Ion& ion : ions) {
    added.push_back(adduct_mass(ion, scale) + ion.charge * kProtonMass);
    per_charge.push_back(std::abs(ion.charge));
  }
  for (std::size_t i = 0; i < masses.size(); ++i) {
    double* row = out.data() + i * ions.size();
    for (std::size_t k = 0; k < ions.size(); ++k) row[k] = (masses[i] + added[k]) / per_charge[k];
  }
}

double nmol_of_mg(double mg, double g_per_mol) {
  return mg * 1e6 / g_per_mol;
}

double mg_of_nmol(double nmol, double g_per_mol) {
  return nmol * g_per_mol * 1e-6;
}

double acid_mg_of_salt_mg(double mg, const Formula& acid, const Formula& salt, WeightTable table) {
  return mg * average_mass(acid, table) / average_mass(salt, table);
}

}  // namespace dosewright::molecule
