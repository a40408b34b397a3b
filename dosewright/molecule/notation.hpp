// Notations: text to molecule.
//
// The notations of the field disagree: `Am` is 2'-O-methoxyethyl adenosine in one and 2'-O-methyl
// in another, a C in a MOE wing may or may not carry 5-methyl, a bare ACG is DNA or RNA. A wrong
// guess is a wrong drug, so the reader never guesses: where two readings differ, the error shows
// both with their formulae and masses, and the option that chooses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/strand.hpp"

namespace dosewright::molecule {

enum class Dialect {
  kHelm,       // HELM 2 (and 1), in the vocabulary of the core library or of structure editors
  kIdt,        // /52MOErG/*mA+Crt
  kAxolabs,    // 5'-AmsCfsg-3', Am is MOE
  kCase,       // csasUfcAfL96, Am is 2'-O-methyl
  kName,       // 2'-O-(2-methoxyethyl)-P-thioguanylyl-(3'->5')-...
  kShorthand,  // 5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC
  kList,       // 5'-[G](guanosine)*-[mC](5-methylcytidine)*-...-3'
  kDna,        // ACGT, or FASTA: natural DNA
  kRna,        // ACGU, or FASTA: natural RNA
  kFields,     // the keys of a programme's molecule.toml
};

std::string_view to_text(Dialect dialect);             // "helm", "idt", ...
Result<Dialect> dialect_named(std::string_view name);  // a fault names the known ones
std::vector<std::string> dialect_names();

enum class Methyl { kAsk, kAll, kNone };

struct ReadOptions {
  std::optional<Dialect> dialect;  // none: found out from the text
  Methyl methyl = Methyl::kAsk;    // of C and U where the notation leaves 5-methyl open
  std::string link;                // id of the links that the notation leaves open; empty: ask
  std::string file;                // for the places of faults
};

struct Reading {
  Molecule molecule;
  Dialect dialect = Dialect::kHelm;
  std::vector<std::string> notes;  // what was taken by option or convention, one sentence each
};

// Reads one molecule of one or two strands. Faults have line, column and the line with a caret.
Result<Reading> read_notation(std::string_view text, const ReadOptions& options = {});

}  // namespace dosewright::molecule
