// Places for the atoms of a drawing, and which bonds are wedges.
//
// Sugars and links have their places in residues.toml, so that a strand runs straight down with its
// bases to the right; everything else grows from what is placed: rings as regular polygons, chains
// as zigzags, each atom where it is farthest from its neighbours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dosewright/molecule/graph.hpp"

namespace dosewright::molecule {

// How a fragment joined the graph: its atoms are those from `first` on.
struct LayoutStep {
  enum class Role : std::uint8_t { kFirstSugar, kSugar, kBase, kLink, kFiveEnd, kThreeEnd } role;
  const Fragment* fragment = nullptr;
  int first = 0;
  int anchor = -1;  // the atom that it is bound to; for a sugar none
};

// Fills graph.places. Each kFirstSugar begins a strand to the right of the one before.
void lay_out(AtomGraph& graph, std::span<const LayoutStep> steps);

struct Wedge {
  int bond = 0;
  int centre = 0;   // the atom at the pointed end
  bool up = false;  // towards the reader
};

// One wedge for each stereo centre, such that the drawing has the arrangement of the centre.
std::vector<Wedge> wedges(const AtomGraph& graph);

}  // namespace dosewright::molecule
