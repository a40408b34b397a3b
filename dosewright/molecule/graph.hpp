// A molecule as atoms and bonds: what formulae, SMILES, Molfile and InChI are written from.
//
// The strands are the acid; add_sodium() makes the salt of it. Hydrogens are counts at their atoms.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/fragment.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

struct AtomGraph {
  std::vector<Atom> atoms;
  std::vector<Bond> bonds;
  std::vector<Centre> centres;  // neighbours: atoms, or kHydrogen
  std::vector<Place2D> places;  // one per atom where they were asked for, else empty
};

enum class WithPlaces : bool { kNo, kYes };

// The strands as the acid, without their sodium. Faults, all at once: ids that the library does not
// have, strands without residues, a link missing inside a strand, more than kMaxUnits residues. The
// places lay each strand out from the top downwards, strands side by side.
Result<AtomGraph> build_graph(const Molecule& molecule, WithPlaces places = WithPlaces::kNo);

// One residue: its base, its sugar and the link behind it, with the open places of the sugar's 5'
// oxygen (label 5) and of the link (label 5) or the sugar's 3' oxygen (label 3) in `open`.
struct OpenPlace {
  int atom = 0;
  bool three_prime = false;
};
struct ResidueGraph {
  AtomGraph graph;
  std::vector<OpenPlace> open;
};
Result<ResidueGraph> build_residue(const Unit& unit);

// Replaces n of the acidic hydrogens (those of oxygens on phosphorus, in the order of the atoms) by
// sodium ions. A fault where there are fewer, or n is negative.
Result<AtomGraph> add_sodium(AtomGraph graph, int n);

// Sums the atoms, their hydrogens included.
Formula formula(const AtomGraph& graph);

// The formula of the acid, and that of the salt with n sodium ions, from the atoms. Faults as
// above.
Result<Formula> formula_of(const Molecule& molecule, int n_sodium = 0);

int n_heavy_atoms(const AtomGraph& graph);

// Bonds of each atom: indices of `graph.bonds`.
std::vector<std::vector<int>> bonds_of_atoms(const AtomGraph& graph);

// The same centre seen with its neighbours in another order: clockwise there?
bool clockwise_in_order(const Centre& centre, const std::array<int, 4>& order);

}  // namespace dosewright::molecule
