// The hybrid of an oligonucleotide with its RNA target: nearest neighbours, and what modifications
// do to it, as an interval.
//
// The unmodified DNA strand with the RNA: 16 nearest neighbours and an initiation at 1 M NaCl
// [Sugimoto1995, table 3]. From there to the real strand:
//   salt         two conventions, both of which were made on DNA/DNA and are assumed to hold for
//                hybrids: dS + 0.368 (n - 1) ln[Na+] [SantaLucia1998], and Tm + 16.6 log10[Na+]
//                [Schildkraut1965]. The interval covers both; at 1 M they agree.
//   strands      Tm = dH / (dS + R ln(C/4)), C the concentration of both strands together, as many
//                of the one as of the other.
//   modification degrees per residue or link, low to high, added up [see `increments`]. The low
//                ends add to the low end: the interval is wide on purpose.
//   dG at 37 C   from each end of Tm with the enthalpy of the unmodified hybrid: assumed.
// Not covered: ribose, morpholine, phosphorodiamidate, bases without a neighbour table; a fault.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

inline constexpr double kGasConstant = 1.987;  // cal/(mol K), as [Sugimoto1995] and others use it

struct Interval {
  double low = 0, high = 0;
};

// kcal/mol and cal/(mol K); at 1 M NaCl.
struct Stability {
  double dH = 0, dS = 0, dG37 = 0;
};

struct NearestNeighbour {
  std::string_view rna;  // two letters of the RNA, 5' to 3'
  double dH, dS;         // kcal/mol, cal/(mol K)
  double dG37;           // kcal/mol, as the table prints it
};

std::span<const NearestNeighbour> hybrid_neighbours();  // [Sugimoto1995, table 3]
inline constexpr NearestNeighbour kHybridInitiation = {"", 1.9, -3.9, 3.1};

// rna: A C G U, at least two letters, checked.
Stability hybrid_stability(std::string_view rna);
// Kelvin minus 273.15; strands_mol_l: both together.
double melting_temperature(const Stability& stability, double strands_mol_l);

struct HybridConditions {
  double sodium_mol_l = 0.1;    // monovalent cations
  double strands_mol_l = 8e-6;  // both strands together
};

inline constexpr Interval kSodiumRange = {0.01, 2};       // mol/l
inline constexpr Interval kStrandsRange = {1e-12, 1e-2};  // mol/l

// What one kind of modification adds to Tm.
struct Increment {
  std::string id;      // of the residue library: "moe", "5mC", "s"
  std::string name;    // "2'-O-methoxyethyl"
  int count = 0;       // in the strand
  Interval per;        // degrees each
  std::string source;  // and what of it is assumed
};

struct Hybrid {
  std::string rna;       // the target, 5' to 3'
  Stability unmodified;  // at 1 M NaCl
  HybridConditions conditions;
  Interval tm_unmodified;  // degrees Celsius, under the conditions
  Interval tm;             // with the increments
  Interval dG37;           // kcal/mol, low is the more stable end
  std::vector<Increment> increments;
  int gap_first = 0, gap_last = 0;  // residues from 1 of the longest deoxyribose stretch; 0: none
  std::vector<std::string> notes;
};

// Faults, all at once: a base, sugar or link without data (with its residue), fewer than two
// residues, conditions out of range.
Result<Hybrid> hybrid(const Strand& strand, const HybridConditions& conditions = {});

// 'd' for a deoxyribose, 'x' for another sugar, a letter a residue: what the scan asks for.
std::string sugar_letters(const Strand& strand);

}  // namespace dosewright::molecule
