// Drawings as SVG: a strand or duplex as tiles, and the structure of one residue.
#pragma once

#include <string>
#include <string_view>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

// Rows of tiles, one per residue: the letter of the base, the sugar by colour and name, the link to
// the next residue as a mark, wings and gap bracketed, ends and conjugates, a legend. The two
// strands of a duplex stand opposite each other, by the molecule's pairing or, where that is not
// stated, in the antiparallel position with the most Watson-Crick and G-U pairs. Faults: no
// residues, or more than kMaxDrawnUnits in a strand.
inline constexpr int kMaxDrawnUnits = 400;
Result<std::string> draw_strands(const Molecule& molecule);

// One residue, counted from 1 in its strand (also from 1), with its atoms and the link behind it.
// Faults: no such residue.
Result<std::string> draw_residue(const Molecule& molecule, int strand, int residue);

}  // namespace dosewright::molecule
