// Molfile V3000 of an atom graph [CTfile2020], with places and wedges.
#pragma once

#include <string>
#include <string_view>

#include "dosewright/molecule/graph.hpp"

namespace dosewright::molecule {

// The graph must have places (build_graph(..., WithPlaces::kYes)). The name is the file's first
// line, cut to 80 characters. Hydrogens stay implied; an undefined phosphorus has no wedge.
std::string to_molfile(const AtomGraph& graph, std::string_view name);

}  // namespace dosewright::molecule
