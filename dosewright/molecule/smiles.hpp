// SMILES text of an atom graph [OpenSMILES]: valid, with stereo centres, not canonical.
#pragma once

#include <string>

#include "dosewright/molecule/graph.hpp"

namespace dosewright::molecule {

// Parts that are not bound to each other are separated by '.'. At most 99 rings may be open at once
// in any one place; an oligonucleotide opens at most five.
std::string to_smiles(const AtomGraph& graph);

}  // namespace dosewright::molecule
