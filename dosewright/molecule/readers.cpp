#include "dosewright/molecule/readers.hpp"

#include <fmt/format.h>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"

namespace dosewright::molecule {

bool has_room(const Strand& strand, Scanner& scanner) {
  if (strand.units.size() < static_cast<std::size_t>(kMaxUnits)) return true;
  // Asked before each residue: what stands here may also be the end of the strand.
  const std::string_view rest = trim(scanner.rest());
  if (rest.empty() || rest[0] == '}') return true;
  scanner.fault(fmt::format("the strand has more than {} residues", kMaxUnits),
                "oligonucleotides are far shorter; was a genome pasted?");
  return false;
}

std::string open_base(std::string_view base, const Choices& choices, Draft& draft) {
  draft.methyl_open = true;
  if (!choices.methyl) return std::string(base);
  return base == "C" ? "5mC" : base == "U" ? "T" : std::string(base);
}

void fault_of_word(Scanner& scanner, std::size_t offset, std::string_view what,
                   std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string> nearest = nearest_words(word, known, 3);
  std::string hint = nearest.empty() ? "known are " : "did you mean ";
  const std::vector<std::string>& shown = nearest.empty() ? known : nearest;
  for (std::size_t i = 0; i < shown.size() && i < 12; ++i) {
    hint += (i == 0 ? "" : ", ") + shown[i];
  }
  if (shown.size() > 12) hint += ", ...";
  if (!nearest.empty()) hint += '?';
  scanner.fault(offset, fmt::format("'{}' is no known {}", shown_text(word, 30), what),
                std::move(hint));
}

void check_strands(const Molecule& molecule, Scanner& scanner) {
  if (scanner.failed()) return;
  const std::size_t n = molecule.strands.size();
  if (n == 0 || n > 2) {
    scanner.fault(n == 0 ? 0 : scanner.offset(),
                  n == 0 ? "the text holds no strand" : "a molecule has at most two strands");
    return;
  }
  for (const Strand& strand : molecule.strands) {
    if (!strand.units.empty()) continue;
    scanner.fault(0, "a strand holds no residue", "write at least one residue");
    return;
  }
}

}  // namespace dosewright::molecule
