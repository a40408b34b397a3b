// What a strand turns into: parts that nucleases leave, impurities of synthesis, changed links and
// bases. All of them, with formula, name, class and the weight that ranks it (products.hpp).
//
// A product is a description, not a copy of the strand: a 30-mer has 4000 parts. strand_of() writes
// one of its structures out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/formula.hpp"
#include "dosewright/molecule/products.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

// Strands above this have more parts than anybody reads: a fault.
inline constexpr int kMostLadderUnits = 200;
inline constexpr int kMostDeletions = 4;

struct Product {
  ProductKind kind = ProductKind::kParent;
  int strand = 0;           // index in the molecule
  int first = 0, last = 0;  // the residues that it spans, from 0, both included
  ProductEnd five_end = ProductEnd::kOriginal;
  ProductEnd three_end = ProductEnd::kOriginal;
  std::vector<int> residues;  // deleted or doubled ones, from 0: one choice out of n_places
  Formula formula;            // free acid
  double n_places = 1;        // structures that differ only in the place of what is lost or doubled
  double weight = 1;
};

struct ProductOptions {
  bool inner_parts = true;  // parts that have lost both ends of the strand
  int most_deletions = 2;   // inner residues that are missing, together; 0 to kMostDeletions
  bool longmers = true;
  bool dimers = true;
};

// The intact strands first, then the others in the order of ProductKind. Faults: a strand that is
// too long, options out of range.
Result<std::vector<Product>> products_of(const Molecule& molecule,
                                         const ProductOptions& options = {});

// One structure of a product; of a dimer the strand that it consists of.
Strand strand_of(const Product& product, const Molecule& molecule);

// "6-20, 5'-PS", "2-19 without one moe-5mC-s", "twice d-T-s"; a name of the strand in front where
// the molecule has two.
std::string name_of(const Product& product, const Molecule& molecule);

// Is the link behind unit i (from 0) one that endonucleases cut: between two unmodified residues?
bool is_cleavable(const Strand& strand, std::size_t i);

// What a link and its neighbourhood offer for an end of a cut: hydroxyl, and by the link's id its
// phosphate or thiophosphate, or a phosphate without the sulfur.
std::vector<ProductEnd> cut_ends(std::string_view link);

// ---- changes of links and bases

// One change and what it can happen to. `base`: an id of the library that it needs; empty: several,
// or a link.
struct Change {
  ChangeKind kind = ChangeKind::kPsToPo;
  std::string base;
  Formula difference;

  std::string name() const;  // "PS to PO", "depurination of A"
};

// Those that something in the molecule can suffer.
std::vector<Change> changes_of(const Molecule& molecule);

bool applies(const Change& change, const Unit& unit);  // to the base of this unit
// Phosphorothioates between residues or before a conjugate; 0 for changes of bases.
int n_sulfur_links(const Strand& strand);
// Places of the strand where the change can happen.
int n_sites(const Change& change, const Strand& strand);

// In how many ways counts[i] changes of changes[i] can be put on a strand, at most one on a base or
// a link. 0: they do not fit.
double n_placements(std::span<const Change> changes, std::span<const int> counts,
                    const Strand& strand);

}  // namespace dosewright::molecule
