// The readers of the notations. Each reads the whole text and leaves its faults in the scanner.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dosewright/molecule/notation.hpp"
#include "dosewright/molecule/scanner.hpp"
#include "dosewright/molecule/words.hpp"

namespace dosewright::molecule {

// What to take where a notation leaves something open.
struct Choices {
  bool methyl = false;
  std::string link = "p";
};

// What was read, and whether the choices had anything to decide.
struct Draft {
  Molecule molecule;
  bool methyl_open = false;
  bool link_open = false;
  std::vector<std::string> notes;
  std::vector<std::size_t> offsets;  // where each residue stands in the text; may be empty
};

using Reader = Draft (*)(Scanner&, const Choices&);

Draft read_helm(Scanner& scanner, const Choices& choices);
Draft read_idt(Scanner& scanner, const Choices& choices);
Draft read_axolabs(Scanner& scanner, const Choices& choices);
Draft read_case(Scanner& scanner, const Choices& choices);
Draft read_name(Scanner& scanner, const Choices& choices);
Draft read_shorthand(Scanner& scanner, const Choices& choices);
Draft read_list(Scanner& scanner, const Choices& choices);
Draft read_dna(Scanner& scanner, const Choices& choices);
Draft read_rna(Scanner& scanner, const Choices& choices);
Draft read_fields(Scanner& scanner, const Choices& choices);

// ---- shared by the readers

// Whether one more residue fits; a fault where the strand is too long.
bool has_room(const Strand& strand, Scanner& scanner);
// The base of a residue whose 5-methyl is open, as chosen; marks the draft.
std::string open_base(std::string_view base, const Choices& choices, Draft& draft);
// "'xyz' is not a word of IDT", with the nearest words as the way out.
void fault_of_word(Scanner& scanner, std::size_t offset, std::string_view what,
                   std::string_view word, const std::vector<std::string>& known);
// A strand without residues is a fault; a molecule of none or of more than two strands too.
void check_strands(const Molecule& molecule, Scanner& scanner);

}  // namespace dosewright::molecule
