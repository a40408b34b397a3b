// The identity card of a molecule: what follows from its strands alone, and how it compares with
// what others quote for it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/extinction.hpp"
#include "dosewright/molecule/formula.hpp"
#include "dosewright/molecule/inchi.hpp"
#include "dosewright/molecule/quoted.hpp"
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

// One quoted value beside the computed one.
struct Comparison {
  std::string what;  // "formula_acid"
  std::string quoted;
  std::string computed;
  bool agrees = false;
  std::string remark;  // which table of weights fits, or what the quotation is of instead
};

// Every value that is quoted. A mass agrees where a table of weights gives it to its printed
// digits, or misses it by less than three units of the last one (labels sum rounded parts); an
// InChI or key may be of the acid or of the salt, which the remark says.
std::vector<Comparison> compare(const Identity& identity, const Quoted& quoted);

}  // namespace dosewright::molecule
