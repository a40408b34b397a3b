// Bare letters, or FASTA of one or two records, as natural DNA or RNA.
#include <fmt/format.h>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

struct Alphabet {
  std::string_view letters;
  std::string_view sugar;
  std::string_view name;
  std::string_view hint;
};

constexpr Alphabet kDna = {"ACGT", "d", "DNA", "DNA is written with A C G T"};
constexpr Alphabet kRna = {"ACGU", "r", "RNA", "RNA is written with A C G U"};

// The line of a FASTA header: a new strand of that name.
void read_header(Scanner& scanner, Molecule& molecule) {
  scanner.take();
  const std::string_view rest = scanner.rest();
  const std::string_view line = rest.substr(0, rest.find('\n'));
  scanner.seek(scanner.offset() + line.size());
  Strand strand;
  strand.name = std::string(trim(line));
  molecule.strands.push_back(std::move(strand));
}

void read_letter(Scanner& scanner, const Alphabet& alphabet, Draft& draft) {
  const std::size_t start = scanner.offset();
  Strand& strand = draft.molecule.strands.back();
  draft.offsets.push_back(start);
  const char letter = scanner.take();
  if (alphabet.letters.find(letter) == std::string_view::npos) {
    scanner.fault(start, fmt::format("{} is no base of {}", scanner.shown_at(start), alphabet.name),
                  std::string(alphabet.hint));
    // The rest of a character of several bytes.
    while ((static_cast<unsigned char>(scanner.peek()) & 0xC0) == 0x80) scanner.take();
  }
  if (!strand.units.empty()) strand.units.back().link = "p";
  strand.units.push_back({std::string(1, letter), std::string(alphabet.sugar), ""});
}

Draft read_plain(Scanner& scanner, const Alphabet& alphabet) {
  Draft draft;
  std::vector<Strand>& strands = draft.molecule.strands;
  scanner.skip_blanks();
  bool line_start = true;
  while (!scanner.at_end() && !scanner.full()) {
    if (!strands.empty() && !has_room(strands.back(), scanner)) break;
    const char letter = scanner.peek();
    if (line_start && letter == '>') {
      read_header(scanner, draft.molecule);
    } else if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n') {
      line_start = letter == '\n' || (line_start && letter != '\t');
      scanner.take();
      continue;
    } else if (letter == ';') {
      scanner.take();
      strands.emplace_back();
    } else {
      if (strands.empty()) strands.emplace_back();
      read_letter(scanner, alphabet, draft);
    }
    line_start = false;
  }
  check_strands(draft.molecule, scanner);
  draft.notes.push_back(
      fmt::format("read as natural {} with phosphodiester links: plain letters "
                  "say nothing about sugars and links",
                  alphabet.name));
  return draft;
}

}  // namespace

Draft read_dna(Scanner& scanner, const Choices&) {
  return read_plain(scanner, kDna);
}

Draft read_rna(Scanner& scanner, const Choices&) {
  return read_plain(scanner, kRna);
}

}  // namespace dosewright::molecule
