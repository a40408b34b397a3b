// InChI and InChIKey of an atom graph, by the InChI Trust's library.
#pragma once

#include <string>

#include "dosewright/molecule/graph.hpp"

namespace dosewright::molecule {

// The library refuses its own limit of 1024 atoms, hydrogens of other atoms not counted.
inline constexpr int kMaxInchiAtoms = 1023;

struct Inchi {
  std::string text;  // "InChI=1S/..."
  std::string key;   // "XLTMQWVJFPYGMC-QVKFEXRMSA-N"
};

// The standard InChI, from bonds and stereo centres alone (places are not used). Calls wait for
// each other: the library is not thread-safe. A fault where the graph has more than kMaxInchiAtoms
// atoms besides hydrogen, is empty, or the library refuses it; never a part of an answer.
Result<Inchi> to_inchi(const AtomGraph& graph);

}  // namespace dosewright::molecule
