// The notations that write a residue as one word: IDT's, and those of upper and lower case.
#include <fmt/format.h>

#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/words.hpp"
#include "dosewright/molecule/writers.hpp"

namespace dosewright::molecule {

namespace {

// Writes strand after strand with the words of one notation, and keeps what it has no word for.
class CodeWriter {
 public:
  CodeWriter(const Molecule& molecule, std::string_view notation, std::string_view thio)
      : molecule_(molecule), notation_(notation), vocabulary_(vocabulary(notation)), thio_(thio) {}

  std::string word(std::size_t strand, std::size_t unit);
  std::string link(std::size_t strand, std::size_t unit);
  void fault(std::string message) {
    faults_.add({}, std::move(message), "HELM has words for everything");
  }
  const Faults& faults() const { return faults_; }

 private:
  const Molecule& molecule_;
  std::string_view notation_;
  const Vocabulary& vocabulary_;
  std::string_view thio_;
  Faults faults_;
};

std::string CodeWriter::word(std::size_t strand, std::size_t unit) {
  const Unit& residue = molecule_.strands[strand].units[unit];
  const ResidueWord* found = vocabulary_.word_for(residue.base, residue.sugar);
  if (found != nullptr) return found->word;
  fault(fmt::format("{} has no word for {}, base {} on sugar {}", notation_,
                    residue_text(molecule_, strand, unit), residue.base, residue.sugar));
  return {};
}

std::string CodeWriter::link(std::size_t strand, std::size_t unit) {
  const std::string& id = molecule_.strands[strand].units[unit].link;
  if (id.empty() || id == "p") return {};
  if (id == "s") return std::string(thio_);
  fault(fmt::format("{} has no sign for the link '{}' behind {}", notation_, id,
                    residue_text(molecule_, strand, unit)));
  return {};
}

// "/2MOErG/" with the digit or letter of its place.
std::string placed(std::string word, char place) {
  if (word.starts_with('/')) word.insert(1, 1, place);
  return word;
}

std::string idt_strand(const Molecule& molecule, std::size_t index, CodeWriter& writer) {
  const Strand& strand = molecule.strands[index];
  if (!strand.five_end.conjugate.empty() || !strand.three_end.conjugate.empty()) {
    writer.fault("idt has no code for the conjugate");
  }
  std::string text;
  const bool has_five = strand.five_end.group != "OH";
  const bool has_three = strand.three_end.group != "OH";
  if (has_five) text += strand.five_end.group == "PS" ? "/5Phos/*" : "/5Phos/";
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    const bool is_first = i == 0 && !has_five;
    const bool is_last = i + 1 == strand.units.size() && !has_three;
    const char place = is_first ? '5' : is_last ? '3' : 'i';
    text += placed(writer.word(index, i), place) + writer.link(index, i);
  }
  if (has_three) text += strand.three_end.group == "PS" ? "*/3Phos/" : "/3Phos/";
  return text;
}

std::string case_end(const End& end, std::string_view notation, bool is_three, CodeWriter& writer) {
  if (!end.conjugate.empty()) {
    const std::string_view word = library().word(Kind::kConjugate, notation, end.conjugate);
    if (is_three && !word.empty() && end.link == "p") return std::string(word);
    if (is_three && !word.empty() && end.link == "s") return "s" + std::string(word);
    writer.fault(
        fmt::format("{} has no word for the conjugate {} at this end", notation, end.conjugate));
  }
  if (end.group == "P") return "p";
  if (end.group == "PS") {
    writer.fault(fmt::format("{} has no sign for a terminal thiophosphate", notation));
  }
  return {};
}

}  // namespace

Result<std::string> write_idt(const Molecule& molecule) {
  CodeWriter writer(molecule, "idt", "*");
  std::string text;
  for (std::size_t i = 0; i < molecule.strands.size(); ++i) {
    text += (i > 0 ? "\n" : "") + idt_strand(molecule, i, writer);
  }
  if (!writer.faults().empty()) return writer.faults();
  return text;
}

Result<std::string> write_case(const Molecule& molecule, std::string_view notation) {
  CodeWriter writer(molecule, notation, "s");
  const bool framed = notation == "axolabs";
  std::string text;
  for (std::size_t i = 0; i < molecule.strands.size(); ++i) {
    const Strand& strand = molecule.strands[i];
    if (i > 0) text += '\n';
    if (framed) text += "5'-";
    text += case_end(strand.five_end, notation, false, writer);
    for (std::size_t k = 0; k < strand.units.size(); ++k) {
      text += writer.word(i, k) + writer.link(i, k);
    }
    text += case_end(strand.three_end, notation, true, writer);
    if (framed) text += "-3'";
  }
  if (!writer.faults().empty()) return writer.faults();
  return text;
}

}  // namespace dosewright::molecule
