// How one monomer is built: atoms, bonds, stereo centres and the places where its neighbours bind.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace dosewright {
class Node;
}

namespace dosewright::molecule {

struct FragmentAtom {
  std::string name;     // unique in the fragment: "C1'", "O5'", "P"
  std::string element;  // "C"
  int charge = 0;
};

struct FragmentBond {
  int from = 0;  // indices of atoms
  int to = 0;
  int order = 1;
};

struct Fragment {
  std::vector<FragmentAtom> atoms;
  std::vector<FragmentBond> bonds;
};

// Reads the chemistry of one monomer from its table of residues.toml; faults go to the document.
void read_fragment(Node& table, Fragment& fragment);

}  // namespace dosewright::molecule
