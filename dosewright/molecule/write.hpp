// Molecule to text. What a format cannot hold is either a fault (nothing is written that would be
// another substance) or listed as lost; for the formats that can be read, what is lost is found by
// reading the text back, not asserted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

enum class Format {
  kHelm,        // HELM 2, words of the core library
  kHelmEditor,  // HELM 2, words of structure editors
  kIdt,
  kAxolabs,
  kCase,
  kName,
  kShorthand,
  kSequence,  // letters only
  kFasta,
  kSmiles,
  kMolfile,  // V3000
  kInchi,
  kInchiKey,
};

std::string_view to_text(Format format);             // "helm", "helm-editor", "idt", ...
Result<Format> format_named(std::string_view name);  // a fault names the known ones
std::vector<std::string> format_names();

struct Written {
  std::string text;               // without a final newline
  std::vector<std::string> lost;  // empty: reading it back gives the same molecule
};

// Faults: a residue, link or end that the format has no word for (every one, by its number from 1);
// a structure of 1024 heavy atoms or more for InChI.
Result<Written> write(const Molecule& molecule, Format format);

// Where two molecules differ, a phrase each: "the links of 19 residues". Empty: nowhere.
std::vector<std::string> differences(const Molecule& a, const Molecule& b);

}  // namespace dosewright::molecule
