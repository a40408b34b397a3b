// Drugs whose formulae are published, as strands, for the tests of this module.
#pragma once

#include <string>
#include <string_view>

#include "dosewright/molecule/strand.hpp"
#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule::published {

// One letter per base: M is 5-methylcytosine. One letter per sugar: d r m f, e for moe, l for lna,
// k for cet, o for mor. One letter per link: s p n.
inline Strand strand(std::string_view bases, std::string_view sugars, std::string_view links) {
  Strand result;
  for (std::size_t i = 0; i < bases.size(); ++i) {
    const char sugar = sugars.size() == 1 ? sugars[0] : sugars[i];
    Unit unit;
    unit.base = bases[i] == 'M' ? "5mC" : std::string(1, bases[i]);
    unit.sugar = sugar == 'e'   ? "moe"
                 : sugar == 'l' ? "lna"
                 : sugar == 'k' ? "cet"
                 : sugar == 'o' ? "mor"
                                : std::string(1, sugar);
    if (i + 1 < bases.size()) unit.link = std::string(1, links.size() == 1 ? links[0] : links[i]);
    result.units.push_back(unit);
  }
  return result;
}

// S1 of programmes/mipomersen.
inline Molecule mipomersen() {
  return single(strand("GMMTMAGTMTGMTTMGMAMM", "eeeeeddddddddddeeeee", "s"));
}

// Spinraza, US prescribing information, section 11.
inline Molecule nusinersen() {
  return single(strand("TMAMTTTMATAATGMTGG", "e", "s"));
}

// Vitravene: an unmodified phosphorothioate.
inline Molecule fomivirsen() {
  return single(strand("GCGTTTGCTCTTCTTCTTGCG", "d", "s"));
}

// Exondys 51, US prescribing information, section 11.
inline Molecule eteplirsen() {
  Molecule molecule = single(strand("CTCCAACATCAAGGAAGATGGCATTTCTAG", "o", "n"));
  molecule.strands[0].five_end.conjugate = "EG3";
  return molecule;
}

// Onpattro, US prescribing information, section 11: C and U with m are 2'-O-methyl.
inline Molecule patisiran() {
  Molecule molecule;
  molecule.strands.push_back(strand("GUAACCAAGAGUAUUCCAUTT", "rmrrmmrrrrrmrmmmmrmdd", "p"));
  molecule.strands.push_back(strand("AUGGAAUACUCUUGGUUACTT", "rmrrrrrrrrrrrrrrmrrdd", "p"));
  return molecule;
}

// Leqvio; the strands from memory, the formula from the US prescribing information, section 11.
inline Molecule inclisiran() {
  Molecule molecule;
  molecule.strands.push_back(
      strand("CUAGACCUGUTUUGCUUUUGU", "mmmmmmfmfmdmmmmmmmmmm", "ssppppppppppppppppppp"));
  molecule.strands[0].three_end.conjugate = "L96";
  molecule.strands[0].three_end.link = "p";
  molecule.strands.push_back(
      strand("ACAAAAGCAAAACAGGUCUAGAA", "mfmfffmfmfmfmfmfmfmmmmm", "ssppppppppppppppppppss"));
  return molecule;
}

// Wainua; the strand from memory.
inline Molecule eplontersen() {
  Molecule molecule =
      single(strand("TMTTGGTTAMATGAAATMMM", "eeeeeddddddddddeeeee", "sppppssssssssssppss"));
  molecule.strands[0].five_end.conjugate = "THA";
  molecule.strands[0].five_end.link = "p";
  return molecule;
}

}  // namespace dosewright::molecule::published
