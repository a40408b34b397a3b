// How one monomer is built: atoms, bonds, stereo centres and the places where its neighbours bind.
//
// Read from a subset of SMILES [OpenSMILES] that molecule/residues.toml documents.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/formula.hpp"

namespace dosewright {
class Node;
}

namespace dosewright::molecule {

struct Atom {
  Element element = Element::C;
  int charge = 0;
  int n_hydrogens = 0;  // those that are bound to it and are not atoms of their own

  bool operator==(const Atom&) const = default;
};

struct Bond {
  int from = 0;  // indices of atoms, from 0
  int to = 0;
  int order = 1;

  bool operator==(const Bond&) const = default;
};

// A neighbour of a stereo centre that is no atom of the list: its hydrogen, or the place [*:label].
inline constexpr int kHydrogen = -1;
constexpr int open_place(int label) {
  return -1 - label;
}

// A tetrahedral centre: seen from the first neighbour, the other three run clockwise (@@) or
// anticlockwise (@).
struct Centre {
  int atom = 0;
  std::array<int, 4> neighbours{};
  bool clockwise = false;

  bool operator==(const Centre&) const = default;
};

struct Place2D {
  double x = 0, y = 0;  // in bond lengths, y upwards
};

struct Attachment {
  int label = 0;  // n of [*:n]
  int atom = 0;
};

struct Fragment {
  std::vector<Atom> atoms;
  std::vector<Bond> bonds;
  std::vector<Centre> centres;
  std::vector<Attachment> attachments;
  std::vector<Place2D> layout;  // of the first atoms, for drawings; may be empty

  int attached(int label) const;  // the atom that bears [*:label]; -1 where there is none
};

// One fault where the text cannot be read, or every fault of valence and stereo; positions are
// offsets in the text from 1. Free hydrogens of bare atoms are filled to the lowest usual valence.
Result<Fragment> parse_fragment(std::string_view text);

// Reads `structure` and `layout` of a monomer's table in residues.toml. `labels`: the attachment
// points that it must have, "135"; empty: it has no structure. Faults go to the document.
void read_fragment(Node& table, std::string_view labels, Fragment& fragment);

// Can this element, so charged, have so many bonds (a double one counts 2), hydrogens included?
bool is_valence(Element element, int charge, int n_bonds);

// The lowest usual valence of the uncharged element that holds so many bonds; -1: none.
int usual_valence(Element element, int n_bonds);

}  // namespace dosewright::molecule
