// The molecule of a command line: a file or a notation, and the options that decide what it means.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/notation.hpp"

namespace CLI {
class App;
}

namespace dosewright::cli {

struct MoleculeArgument {
  std::string text;     // a file's name or a notation
  std::string dialect;  // empty: found out
  std::string methyl;   // empty, "all", "none"
  std::string link;     // empty or the id of a link
};

// FILE|NOTATION, --dialect, --methyl, --link. The argument must outlive the command.
void add_molecule_argument(CLI::App& command, MoleculeArgument& argument);

// A name of an existing file is read; anything else is a notation. Every fault at once.
Result<molecule::Reading> read_molecule(const MoleculeArgument& argument);

// "Na,K": the words of --adducts; every unknown one is a fault.
Result<std::vector<molecule::Counterion>> read_adducts(const std::string& text);

}  // namespace dosewright::cli
