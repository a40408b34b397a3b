// The extinction coefficient at 260 nm, by nearest neighbours.
//
//   e = sum over neighbours of e(i, i+1) - sum over inner residues of e(i)
//
// e(i, i+1) is the molar coefficient of a dinucleoside phosphate, e(i) of a nucleotide, at 260 nm,
// 25 C, neutral pH, of a strand that is not folded or paired. [Cantor1970] for DNA,
// [Puglisi1989] for RNA. Nobody has published such a table for MOE, LNA or phosphorothioates, so
// what they borrow is listed with the result, and the two tables give a range rather than a digit.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

// All in 1/(mM cm).
struct Extinction {
  double as_dna = 0;  // every residue from the DNA table; what suppliers quote for DNA and gapmers
  double as_rna = 0;  // every residue from the RNA table
  double by_sugar = 0;  // 2'-deoxy from DNA, other sugars from RNA, mixed neighbours their mean
  std::vector<std::string> assumptions;  // one sentence each; empty where nothing was assumed
};

// A fault for every residue whose base is in neither table (places: the strand's residues, in
// words). A residue without a base absorbs nothing, and its neighbours do not stack on it.
Result<Extinction> extinction_260(const Strand& strand);

}  // namespace dosewright::molecule
