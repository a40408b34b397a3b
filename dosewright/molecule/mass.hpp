// What a strand is made of, and what it weighs: acid, salt, ion; amounts.
//
// Formulae come from the residue library alone: the fragments of bases, sugars, links, ends and
// conjugates have open places instead of leaving groups, so a strand is their plain sum, and the
// hydrogen of a free end is the only atom that is added.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/formula.hpp"
#include "dosewright/molecule/fragment.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

// Atoms of a fragment, its hydrogens included; open places count nothing.
Formula formula_of(const Fragment& fragment);

// A strand as the formulae of its parts, 5' to 3'. Every part has open places; the sum has none.
struct Chain {
  Formula five_end;               // H of a free end, or what stands there
  std::vector<Formula> residues;  // base and sugar with its oxygens
  std::vector<Formula> links;     // one fewer than residues
  Formula three_end;

  Formula total() const;
};

// Ids that the library does not have are our bug (checked); readers never make such.
Formula residue_formula(const Unit& unit);    // without its link
Formula link_formula(std::string_view link);  // an id: p, s, sR, sS, n
Formula end_formula(const End& end);
Chain chain_of(const Strand& strand);

// The free acid: every link and end protonated.
Formula acid_formula(const Strand& strand);
Formula acid_formula(const Molecule& molecule);  // the sum of its strands

// ---- salts

enum class Counterion : std::uint8_t { kSodium, kPotassium, kAmmonium, kTriethylammonium };

inline constexpr std::array kCounterions = {Counterion::kSodium, Counterion::kPotassium,
                                            Counterion::kAmmonium, Counterion::kTriethylammonium};

std::string_view to_text(Counterion ion);  // "Na", "K", "NH4", "TEA"
Result<Counterion> counterion_named(std::string_view text);

// What one counter ion adds to the acid: Na - H, K - H, NH3, N(C2H5)3.
const Formula& exchange(Counterion ion);

// The acid with n counter ions. A fault where n is negative or more than the acid has protons.
Result<Formula> salt_formula(const Molecule& molecule, Counterion ion, int n);

// ---- masses

// Monoisotopic, or average by a named table.
struct MassScale {
  bool monoisotopic = true;
  WeightTable table = WeightTable::kIupac2021;  // of average masses
};

std::string to_text(const MassScale& scale);           // "monoisotopic", "average (IUPAC2021)"
double mass(const Formula& formula, MassScale scale);  // Da

// ---- ions

inline constexpr double kElectronMass = 5.48579909065e-4;  // Da [CODATA2018]
inline constexpr double kProtonMass = 1.007276466621;      // Da [CODATA2018]
inline constexpr int kMostCharges = 100;

// An ion of a neutral molecule: counter ions are exchanged or added first, then protons are added
// (charge above 0) or taken away (below 0).
struct Ion {
  int charge = -1;  // not 0
  std::array<int, kCounterions.size()> adducts{};

  bool operator==(const Ion&) const = default;
};

std::string to_text(const Ion& ion);  // "[M-4H]4-", "[M+Na-5H]4-", "[M+2H]2+"

// A fault where the charge is 0 or beyond kMostCharges, or the number of an adduct is negative.
Result<Done> check_ion(const Ion& ion);

// Da per charge. m/z = (M + sum of adducts + z m_p) / |z|, z with its sign. The ion must be good.
double mz(double neutral_mass, const Ion& ion, MassScale scale);
double neutral_mass(double mz, const Ion& ion, MassScale scale);  // the inverse

// Many at once: out[i * ions.size() + k] is the m/z of masses[i] as ions[k]. Two flops a value.
// Sizes are checked.
void mz_table(std::span<const double> masses, std::span<const Ion> ions, MassScale scale,
              std::span<double> out);

// ---- amounts

double nmol_of_mg(double mg, double g_per_mol);
double mg_of_nmol(double nmol, double g_per_mol);
// mg of the acid in so many mg of the salt.
double acid_mg_of_salt_mg(double mg, const Formula& acid, const Formula& salt, WeightTable table);

}  // namespace dosewright::molecule
