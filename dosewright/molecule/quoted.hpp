// What a programme's molecule.toml quotes about its molecule from elsewhere.
#pragma once

#include <string>

namespace dosewright::molecule {

// Empty, or 0, where the file does not quote it.
struct Quoted {
  std::string formula_acid;
  std::string formula_salt;
  double mass_acid = 0;  // g/mol
  double mass_salt = 0;
  std::string helm;
  std::string inchi;
  std::string inchikey;
  std::string systematic_name;
  std::string source;
};

// Reads the quotations of a file whose strand read_notation() could read. Faults of other keys are
// left to the reader of programmes.
Quoted read_quoted(const std::string& text);

}  // namespace dosewright::molecule
