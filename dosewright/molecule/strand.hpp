// An oligonucleotide as residues in a row, free of any notation.
//
// Everything here is an id of the residue library (molecule/residues.toml):
//   bases   A C G T U 5mC I and others; T is thymine, that is 5-methyluracil, on whatever sugar
//   sugars  d r moe m f lna cet mor: deoxyribose, ribose, 2'-O-methoxyethyl, 2'-O-methyl,
//   2'-fluoro,
//           locked (2'-O,4'-C-methylene), constrained ethyl, morpholine
//   links   p s sR sS n: phosphodiester, phosphorothioate with undefined, Rp or Sp phosphorus,
//           phosphorodiamidate
//   ends    OH P PS: nothing added, phosphate, thiophosphate
// A value of these types may name ids that the library does not have; the readers never make such.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dosewright::molecule {

// One residue, and the link from its 3' oxygen (morpholine: its nitrogen) to the 5' oxygen of the
// next residue.
struct Unit {
  std::string base;
  std::string sugar;
  std::string link;  // empty for the last residue of a strand

  bool operator==(const Unit&) const = default;
};

// What stands on the first 5' oxygen or on the last 3' oxygen (morpholine: nitrogen).
struct End {
  std::string group = "OH";  // OH: the sugar's own hydrogen, nothing added. P, PS: see above.
  std::string conjugate;     // "L96", "THA", ...; then group is OH
  std::string link;          // between the sugar's oxygen and the conjugate; empty: bound directly

  bool operator==(const End&) const = default;
};

struct Strand {
  std::vector<Unit> units;  // 5' to 3', at least one
  End five_end;
  End three_end;
  std::string name;  // "sense", "antisense" or what the notation calls it; may be empty

  bool operator==(const Strand&) const = default;
};

// Residues of the first and of the second strand that are paired, counted from 0.
using Pairing = std::vector<std::pair<int, int>>;

struct Molecule {
  std::vector<Strand> strands;  // one, or the two of a duplex
  std::string name;             // may be empty
  Pairing pairing;              // empty: not stated
  int n_sodium = 0;  // sodium ions that the notation names; the strands are always the acid

  bool operator==(const Molecule&) const = default;
};

// The longest strand that is read or written. Real ones have at most a few hundred residues; the
// limit keeps the time and memory of a hostile input small.
inline constexpr int kMaxUnits = 10'000;

int n_units(const Molecule& molecule);  // residues of all strands

// Acidic links and ends: how many sodium ions make the full salt. A phosphodiester or
// phosphorothioate, also one that holds a conjugate, counts 1; a terminal phosphate 2; a
// phosphorodiamidate 0.
int n_acid_protons(const Strand& strand);
int n_acid_protons(const Molecule& molecule);

// The letters of the bases, with the parent's letter for a modified one (5mC: C).
std::string plain_sequence(const Strand& strand);

}  // namespace dosewright::molecule
