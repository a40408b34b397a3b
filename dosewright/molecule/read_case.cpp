// The codes in which upper and lower case carry the sugar: the tables of siRNA patents (`case`) and
// the codes under Axolabs' name (`axolabs`). A residue, then `s` for a phosphorothioate behind it;
// nothing is a phosphodiester. 5'-...-3' around a strand is read and may be left out.
#include <fmt/format.h>

#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

class CaseReader {
 public:
  CaseReader(Scanner& scanner, const Choices& choices, std::string_view notation)
      : scanner_(scanner),
        choices_(choices),
        notation_(notation),
        vocabulary_(vocabulary(notation)) {}
  Draft read();

 private:
  void read_strand();
  void read_item();
  bool read_frame_end();
  bool read_conjugate();
  bool read_phosphate();
  void read_residue();
  void read_link();
  bool at_strand_end() const;
  Strand& strand() { return draft_.molecule.strands.back(); }

  Scanner& scanner_;
  const Choices& choices_;
  std::string_view notation_;
  const Vocabulary& vocabulary_;
  Draft draft_;
  std::size_t link_ = std::string_view::npos;  // the last 's', where nothing came since
  bool closed_ = false;                        // something that only stands at the 3' end was read
};

bool CaseReader::at_strand_end() const {
  return scanner_.at_end() || scanner_.peek() == '\n' || scanner_.peek() == ';';
}

// "-3'", with which a strand may end.
bool CaseReader::read_frame_end() {
  const std::size_t start = scanner_.offset();
  scanner_.take_if('-');
  if (scanner_.take_if('3') && scanner_.take_prime()) {
    closed_ = true;
    return true;
  }
  scanner_.seek(start);
  return false;
}

bool CaseReader::read_conjugate() {
  const std::size_t start = scanner_.offset();
  scanner_.take_if('-');
  for (const std::string& word : library().words(Kind::kConjugate, notation_)) {
    if (!scanner_.take_if(word)) continue;
    if (strand().units.empty()) {
      scanner_.fault(start, fmt::format("{} stands at the 5' end", word),
                     "this notation has it at the 3' end only; use HELM");
      return true;
    }
    End& end = strand().three_end;
    end.conjugate = library().find_synonym(Kind::kConjugate, notation_, word)->id;
    // [EP3336187]: every residue of the tables is a 3' phosphate or phosphorothioate.
    end.link = link_ != std::string_view::npos ? "s" : "p";
    link_ = std::string_view::npos;
    closed_ = true;
    return true;
  }
  scanner_.seek(start);
  return false;
}

bool CaseReader::read_phosphate() {
  if (scanner_.peek() != 'p') return false;
  const std::size_t start = scanner_.offset();
  scanner_.take();
  if (strand().units.empty() && strand().five_end.group == "OH") {
    strand().five_end.group = "P";
  } else if (!strand().units.empty() && link_ == std::string_view::npos) {
    strand().three_end.group = "P";
    closed_ = true;
  } else {
    scanner_.fault(start, "this 'p' stands neither first nor last",
                   "a phosphodiester is not written in this notation");
  }
  return true;
}

void CaseReader::read_link() {
  const std::size_t start = scanner_.offset();
  scanner_.take();
  if (strand().units.empty()) {
    scanner_.fault(start, "this 's' has no residue before it", "'s' stands between two residues");
  } else if (link_ != std::string_view::npos) {
    scanner_.fault(start, "two links stand in a row", "write a residue between them");
  }
  link_ = start;
}

void CaseReader::read_residue() {
  const std::size_t start = scanner_.offset();
  const ResidueWord* found = vocabulary_.longest_at(scanner_.rest());
  std::vector<Unit>& units = strand().units;
  if (!units.empty()) units.back().link = link_ != std::string_view::npos ? "s" : "p";
  link_ = std::string_view::npos;
  Unit unit;
  if (found != nullptr) {
    scanner_.seek(start + found->word.size());
    unit.base = found->methyl_open ? open_base(found->base, choices_, draft_) : found->base;
    unit.sugar = found->sugar;
  } else {
    const std::string_view rest = scanner_.rest();
    const std::size_t closing = rest[0] == '(' ? rest.substr(0, 40).find(')') : 0;
    const std::size_t length = closing == std::string_view::npos ? 1 : closing + 1;
    fault_of_word(scanner_, start, "residue", rest.substr(0, length), vocabulary_.words());
    scanner_.seek(start + length);
  }
  units.push_back(std::move(unit));
  draft_.offsets.push_back(start);
}

void CaseReader::read_item() {
  if (scanner_.peek() == ' ' || scanner_.peek() == '\t' || scanner_.peek() == '\r') {
    scanner_.take();
    return;
  }
  if (read_frame_end()) return;
  if (closed_) {
    scanner_.fault(fmt::format("nothing may stand behind the 3' end, found {}",
                               scanner_.shown_at(scanner_.offset())),
                   "a second strand stands on a line of its own, or behind ';'");
    while (!at_strand_end()) scanner_.take();
    return;
  }
  if (read_conjugate() || read_phosphate()) return;
  if (scanner_.peek() == '-' && !strand().units.empty()) {
    scanner_.take();
  } else if (scanner_.peek() == 's') {
    read_link();
  } else {
    read_residue();
  }
}

void CaseReader::read_strand() {
  draft_.molecule.strands.emplace_back();
  link_ = std::string_view::npos;
  closed_ = false;
  if (scanner_.take_if('5')) {
    if (!scanner_.take_prime()) scanner_.fault("expected 5'- before the strand");
    scanner_.take_if('-');
  }
  while (!at_strand_end() && !scanner_.full() && has_room(strand(), scanner_)) read_item();
  if (link_ != std::string_view::npos) {
    scanner_.fault(link_, "this 's' has no residue behind it", "remove the last 's'");
  }
}

Draft CaseReader::read() {
  scanner_.skip_blanks();
  do {
    read_strand();
    while (scanner_.peek() == ';' || scanner_.peek() == '\n' || scanner_.peek() == ' ' ||
           scanner_.peek() == '\r') {
      scanner_.take();
    }
  } while (!scanner_.at_end() && !scanner_.full() && draft_.molecule.strands.size() < 3);
  check_strands(draft_.molecule, scanner_);
  return std::move(draft_);
}

}  // namespace

Draft read_axolabs(Scanner& scanner, const Choices& choices) {
  return CaseReader(scanner, choices, "axolabs").read();
}

Draft read_case(Scanner& scanner, const Choices& choices) {
  return CaseReader(scanner, choices, "case").read();
}

}  // namespace dosewright::molecule
