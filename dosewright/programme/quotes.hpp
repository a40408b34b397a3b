// What documents print about a molecule, compared with what its strand makes. Private to the
// module.
#pragma once

#include "dosewright/base/document.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {

// Builds the molecule from its strand and compares everything that molecule.toml says of it: the
// keys formula_acid, formula_salt, mass_acid, mass_salt and helm, and the tables [[quote]]. What
// differs is a fault at its place, unless the file calls it a known conflict; a known conflict that
// does not differ is a fault too. Fills molecule.quotes, molecule.findings and the computed values.
void check_quotes(Node root, const Known& known, bool good_strand, Molecule& molecule);

}  // namespace dosewright::programme
