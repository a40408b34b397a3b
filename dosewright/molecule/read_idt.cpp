// IDT's order codes: a residue after the other, `*` a phosphorothioate, nothing a phosphodiester.
#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

class IdtReader {
 public:
  IdtReader(Scanner& scanner, const Choices& choices) : scanner_(scanner), choices_(choices) {}
  Draft read();

 private:
  void read_item();
  void read_slashed();
  void read_residue(std::size_t start, std::string_view word, char place);
  void read_phosphate(std::size_t start, char place);
  void read_star();
  void end_strand();
  Strand& strand() { return draft_.molecule.strands.back(); }

  Scanner& scanner_;
  const Choices& choices_;
  Draft draft_;
  std::size_t star_ = std::string_view::npos;    // the last link sign, where no residue came since
  std::size_t closed_ = std::string_view::npos;  // a word that is for the 3' end only
};

void IdtReader::read_residue(std::size_t start, std::string_view word, char place) {
  const ResidueWord* found = vocabulary("idt").find(word);
  if (found == nullptr) {
    fault_of_word(scanner_, start, "IDT code", word, vocabulary("idt").words());
  }
  std::vector<Unit>& units = strand().units;
  if (closed_ != std::string_view::npos || (place == '5' && !units.empty())) {
    scanner_.fault(place == '5' ? start : closed_,
                   place == '5' ? "a code of the 5' end stands within the strand"
                                : "a code of the 3' end stands within the strand",
                   "within a strand the codes start with i, as in /i2MOErC/");
    closed_ = std::string_view::npos;
  }
  if (!units.empty()) units.back().link = star_ != std::string_view::npos ? "s" : "p";
  if (units.empty() && star_ != std::string_view::npos) {
    scanner_.fault(star_, "this '*' has no residue before it");
  }
  star_ = std::string_view::npos;
  if (place == '3') closed_ = start;
  draft_.offsets.push_back(start);
  if (found == nullptr) {
    units.emplace_back();
    return;
  }
  const std::string base =
      found->methyl_open ? open_base(found->base, choices_, draft_) : found->base;
  units.push_back({base, found->sugar, ""});
}

void IdtReader::read_phosphate(std::size_t start, char place) {
  const bool with_sulfur = star_ != std::string_view::npos;
  if (place == '5' && strand().units.empty()) {
    strand().five_end.group = "P";
    if (scanner_.take_if('*')) strand().five_end.group = "PS";
  } else if (place == '3' && !strand().units.empty()) {
    strand().three_end.group = with_sulfur ? "PS" : "P";
    star_ = std::string_view::npos;
    closed_ = start;
  } else {
    scanner_.fault(start, "a terminal phosphate stands within the strand",
                   "/5Phos/ comes first, /3Phos/ last");
  }
}

void IdtReader::read_slashed() {
  const std::size_t start = scanner_.offset();
  scanner_.take();
  const std::string_view rest = scanner_.rest();
  const std::size_t end = rest.find_first_of("/\n;");
  if (end == std::string_view::npos || rest[end] != '/') {
    scanner_.fault(start, "this '/' is never closed", "a code stands between two: /i2MOErC/");
    scanner_.seek(scanner_.offset() + std::min(end, rest.size()));
    return;
  }
  const std::string_view code = rest.substr(0, end);
  scanner_.seek(scanner_.offset() + end + 1);
  const char place = code.empty() ? '\0' : code[0];
  if (place != '5' && place != 'i' && place != '3') {
    scanner_.fault(start,
                   fmt::format("the code '{}' does not say where it stands", shown_text(code, 20)),
                   "it starts with 5, i or 3: /52MOErG/ first, /i2MOErC/ within, /32MOErA/ last");
    return;
  }
  if (code.substr(1) == "Phos") {
    read_phosphate(start, place);
  } else {
    read_residue(start, fmt::format("/{}/", code.substr(1)), place);
  }
}

void IdtReader::read_star() {
  if (star_ != std::string_view::npos) {
    scanner_.fault("two '*' stand in a row", "a residue is missing between them");
  }
  star_ = scanner_.offset();
  scanner_.take();
}

void IdtReader::read_item() {
  const std::size_t start = scanner_.offset();
  if (scanner_.peek() == '/') return read_slashed();
  if (scanner_.peek() == '*') return read_star();
  const ResidueWord* found = vocabulary("idt").longest_at(scanner_.rest());
  const std::size_t length = found == nullptr ? 1 : found->word.size();
  const std::string_view word = scanner_.text().substr(start, length);
  scanner_.seek(start + length);
  read_residue(start, word, 'i');
}

void IdtReader::end_strand() {
  if (star_ != std::string_view::npos) {
    scanner_.fault(star_, "this '*' has no residue behind it",
                   "'*' stands between two residues; remove the last one");
  }
  star_ = std::string_view::npos;
  closed_ = std::string_view::npos;
}

Draft IdtReader::read() {
  draft_.molecule.strands.emplace_back();
  scanner_.skip_blanks();
  while (!scanner_.at_end() && !scanner_.full()) {
    if (!has_room(strand(), scanner_)) break;
    if (scanner_.peek() == '\n' || scanner_.peek() == ';') {
      scanner_.take();
      scanner_.skip_blanks();
      if (scanner_.at_end()) break;
      end_strand();
      draft_.molecule.strands.emplace_back();
    } else if (scanner_.peek() == ' ' || scanner_.peek() == '\t' || scanner_.peek() == '\r') {
      scanner_.take();
    } else {
      read_item();
    }
  }
  end_strand();
  check_strands(draft_.molecule, scanner_);
  return std::move(draft_);
}

}  // namespace

Draft read_idt(Scanner& scanner, const Choices& choices) {
  return IdtReader(scanner, choices).read();
}

}  // namespace dosewright::molecule
