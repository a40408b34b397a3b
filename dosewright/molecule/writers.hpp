// The writers of the single formats; write() adds what was lost.
#pragma once

#include "dosewright/molecule/write.hpp"

namespace dosewright::molecule {

Result<std::string> write_helm(const Molecule& molecule, bool for_editors);
Result<std::string> write_idt(const Molecule& molecule);
Result<std::string> write_case(const Molecule& molecule, std::string_view notation);
Result<std::string> write_name(const Molecule& molecule);
Result<std::string> write_shorthand(const Molecule& molecule);

// "residue 3 of strand 2" as messages number them; the strand only where there are two.
std::string residue_text(const Molecule& molecule, std::size_t strand, std::size_t unit);

}  // namespace dosewright::molecule
