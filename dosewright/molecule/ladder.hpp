// The list of what a molecule turns into, ready to be printed: products and single changes, with
// masses and with m/z for the ions that are asked for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/metabolite.hpp"

namespace dosewright::molecule {

struct LadderRow {
  std::string kind;  // id in molecule/products.toml
  std::string name;  // "6-20, 5'-PS"
  Formula formula;   // free acid
  double n_places = 1;
  double weight = 1;
  std::string origin;  // of the weight
};

// The products in their order, then each change alone on the intact strand (of a duplex: on each).
Result<std::vector<LadderRow>> ladder_of(const Molecule& molecule, const ProductOptions& options);

// Every charge with every set of adducts: none, and 1 to `most` of each. Faults: of the charges.
Result<std::vector<Ion>> ions_of(std::span<const int> charges, std::span<const Counterion> adducts,
                                 int most);

}  // namespace dosewright::molecule
