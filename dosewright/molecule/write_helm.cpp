#include <fmt/format.h>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/writers.hpp"

namespace dosewright::molecule {

namespace {

class HelmWriter {
 public:
  HelmWriter(const Molecule& molecule, bool for_editors)
      : molecule_(molecule), for_editors_(for_editors) {}
  Result<std::string> write();

 private:
  std::string word(Kind kind, std::string_view id);
  std::string end_link(const End& end);
  void write_strand(std::size_t index);
  void write_conjugate(const End& end, std::size_t strand, int position, std::string_view group);
  void write_pairs();

  const Molecule& molecule_;
  bool for_editors_;
  Faults faults_;
  std::vector<std::string> polymers_;
  std::vector<std::string> chems_;
  std::vector<std::string> connections_;
};

// A monomer's word, in brackets where it has more than one letter.
std::string HelmWriter::word(Kind kind, std::string_view id) {
  std::string_view chosen = library().word(kind, "helm", id);
  const std::string_view of_editors = library().word(kind, "helm-editor", id);
  if (chosen.empty()) {
    faults_.add({}, fmt::format("HELM has no word for the {} '{}'", to_text(kind), id));
    return {};
  }
  if (for_editors_ && !of_editors.empty()) chosen = of_editors;
  return chosen.size() == 1 ? std::string(chosen) : fmt::format("[{}]", chosen);
}

// The link that stands at an end: to a conjugate, or as a terminal phosphate. Empty: none.
std::string HelmWriter::end_link(const End& end) {
  if (!end.link.empty()) return word(Kind::kLink, end.link);
  if (end.group == "P") return word(Kind::kLink, "p");
  if (end.group == "PS") return word(Kind::kLink, "s");
  return {};
}

void HelmWriter::write_conjugate(const End& end, std::size_t strand, int position,
                                 std::string_view group) {
  if (end.conjugate.empty()) return;
  const std::size_t number = chems_.size() + 1;
  chems_.push_back(fmt::format("CHEM{}{{[{}]}}", number,
                               library().word(Kind::kConjugate, "helm", end.conjugate)));
  connections_.push_back(
      fmt::format("RNA{},CHEM{},{}:{}-1:R1", strand + 1, number, position, group));
}

void HelmWriter::write_strand(std::size_t index) {
  const Strand& strand = molecule_.strands[index];
  const std::string first = end_link(strand.five_end);
  const std::string last = end_link(strand.three_end);
  std::string text = first.empty() ? "" : first + ".";
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    const Unit& unit = strand.units[i];
    if (i > 0) text += '.';
    text += fmt::format("{}({})", word(Kind::kSugar, unit.sugar), word(Kind::kBase, unit.base));
    if (i + 1 < strand.units.size()) text += word(Kind::kLink, unit.link);
  }
  text += last;
  const auto n = static_cast<int>(strand.units.size());
  const int length = (first.empty() ? 0 : 1) + 3 * n - 1 + (last.empty() ? 0 : 1);
  const bool can_name =
      !strand.name.empty() && strand.name.find_first_of("\"\n") == std::string::npos;
  polymers_.push_back(
      fmt::format("RNA{}{{{}}}{}", index + 1, text, can_name ? "\"" + strand.name + "\"" : ""));
  write_conjugate(strand.five_end, index, 1, "R1");
  // Without a link the last monomer is a base, which hangs on the sugar before it.
  write_conjugate(strand.three_end, index, last.empty() ? length - 1 : length, "R2");
}

void HelmWriter::write_pairs() {
  const auto base_position = [&](std::size_t strand, int unit) {
    const bool shifted = !end_link(molecule_.strands[strand].five_end).empty();
    return (shifted ? 1 : 0) + 3 * unit + 2;
  };
  for (const auto& [first, second] : molecule_.pairing) {
    connections_.push_back(fmt::format("RNA1,RNA2,{}:pair-{}:pair", base_position(0, first),
                                       base_position(1, second)));
  }
}

Result<std::string> HelmWriter::write() {
  for (std::size_t i = 0; i < molecule_.strands.size(); ++i) write_strand(i);
  write_pairs();
  if (!faults_.empty()) return faults_;
  polymers_.insert(polymers_.end(), chems_.begin(), chems_.end());
  return fmt::format("{}${}$$$V2.0", join(polymers_, "|"), join(connections_, "|"));
}

}  // namespace

Result<std::string> write_helm(const Molecule& molecule, bool for_editors) {
  return HelmWriter(molecule, for_editors).write();
}

}  // namespace dosewright::molecule
