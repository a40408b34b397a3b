// The identity card of a molecule: what follows from its strands alone.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/extinction.hpp"
#include "dosewright/molecule/formula.hpp"
#include "dosewright/molecule/inchi.hpp"
#include "dosewright/molecule/strand.hpp"
#include "dosewright/molecule/write.hpp"

namespace dosewright::molecule {

// One substance: the acid, or a salt of it.
struct Substance {
  Formula formula;
  int n_sodium = 0;
  double monoisotopic = 0;                             // Da
  std::array<double, kWeightTables.size()> average{};  // Da, in the order of kWeightTables
};

// A notation of the molecule, or why it has none.
struct Notation {
  Format format = Format::kHelm;
  std::optional<Written> written;
  std::string why_not;
};

struct Identity {
  Molecule molecule;
  Substance acid;
  Substance salt;              // with every acidic proton replaced by sodium
  std::optional<Inchi> inchi;  // of the acid
  std::string no_inchi;        // why there is none
  std::vector<std::optional<Extinction>> extinctions;  // one for each strand
  std::vector<Notation> notations;
};

// Faults: a molecule that the residue library cannot build.
Result<Identity> identify(const Molecule& molecule);

// What a dose of the salt is. [mass / molar mass, by a named table]
struct Amount {
  double salt_mg = 0;
  double micromol = 0;
  double acid_mg = 0;
};
Amount amount_of_salt(const Identity& identity, double salt_mg, WeightTable table);

}  // namespace dosewright::molecule
