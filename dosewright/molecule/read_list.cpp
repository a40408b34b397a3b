// A strand printed residue by residue, as encyclopaedias do:
//   5'-[G](guanosine)*-[mC](5-methylcytidine)*-...-[dA](deoxyadenosine)-3'
//   * = 2'-O-(2-methoxyethyl)
//   m = 5-methyl
//   d = 2'-deoxy
// Such a list does not say how the residues are linked, unless a line of its legend does
// ("- = phosphorothioate").
#include <fmt/format.h>

#include <array>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::string_view kEmDash = "\xE2\x80\x94";

class ListReader {
 public:
  ListReader(Scanner& scanner, const Choices& choices) : scanner_(scanner), choices_(choices) {}
  Draft read();

 private:
  bool take_dash() { return scanner_.take_if('-') || scanner_.take_if(kEmDash); }
  bool take_end(char digit);
  bool read_residue();
  std::string_view read_between(char open, char close);
  Unit unit_of(std::string_view word, std::size_t offset);
  void check_name(std::string_view name, const Unit& unit, std::size_t offset);
  void read_legend_line(std::string_view line, std::size_t offset);
  void read_legend();

  Scanner& scanner_;
  const Choices& choices_;
  Draft draft_;
  std::string link_;
};

bool ListReader::take_end(char digit) {
  const std::size_t start = scanner_.offset();
  if (scanner_.take_if(digit) && scanner_.take_prime()) return true;
  scanner_.seek(start);
  return false;
}

// The text in brackets, "" where there are none or they are not closed.
std::string_view ListReader::read_between(char open, char close) {
  const std::size_t start = scanner_.offset();
  if (!scanner_.take_if(open)) return {};
  const std::string_view rest = scanner_.rest();
  const std::size_t end = rest.find_first_of(std::string{close, '\n'});
  if (end == std::string_view::npos || rest[end] != close) {
    scanner_.fault(start, fmt::format("this '{}' is never closed", open));
    return {};
  }
  scanner_.seek(scanner_.offset() + end + 1);
  return rest.substr(0, end);
}

// "dmC": d deoxyribose, m 5-methyl, the base.
Unit ListReader::unit_of(std::string_view word, std::size_t offset) {
  Unit unit;
  std::string_view rest = word;
  unit.sugar = rest.starts_with('d') ? "d" : "r";
  if (rest.starts_with('d')) rest.remove_prefix(1);
  const bool methyl = rest.starts_with('m');
  if (methyl) rest.remove_prefix(1);
  if (rest.size() != 1 || std::string_view("ACGTUI").find(rest) == std::string_view::npos ||
      (methyl && rest != "C" && rest != "U")) {
    fault_of_word(scanner_, offset, "residue", word,
                  {"A", "C", "G", "U", "mC", "mU", "dA", "dC", "dG", "dT", "dmC"});
    return unit;
  }
  unit.base = methyl ? (rest == "C" ? "5mC" : "T") : std::string(rest);
  return unit;
}

// The name in parentheses must be of the same base as the word in brackets.
void ListReader::check_name(std::string_view name, const Unit& unit, std::size_t offset) {
  if (name.empty() || unit.base.empty()) return;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStems = {
      {{"A", "adenosine"},
       {"C", "cytidine"},
       {"5mC", "methylcytidine"},
       {"G", "guanosine"},
       {"U", "uridine"},
       {"I", "inosine"}}};
  std::string_view stem = unit.sugar == "d" ? "thymidine" : "methyluridine";
  for (const auto& [base, known] : kStems) {
    if (base == unit.base) stem = known;
  }
  if (name.find(stem) == std::string_view::npos) {
    scanner_.fault(offset, fmt::format("the name '{}' contradicts the word before it, whose name "
                                       "has '{}' in it",
                                       shown_text(name, 40), stem));
  }
}

bool ListReader::read_residue() {
  const std::size_t start = scanner_.offset();
  const std::string_view word = read_between('[', ']');
  if (word.empty()) {
    scanner_.fault(
        start, fmt::format("expected a residue as in [mC], found {}", scanner_.shown_at(start)));
    return false;
  }
  Unit unit = unit_of(word, start + 1);
  const std::size_t name_offset = scanner_.offset();
  check_name(read_between('(', ')'), unit, name_offset);
  const std::size_t star = scanner_.offset();
  if (scanner_.take_if('*')) {
    if (unit.sugar == "d") {
      scanner_.fault(star, "a residue is either 2'-deoxy or 2'-O-(2-methoxyethyl)");
    }
    unit.sugar = "moe";
  }
  draft_.molecule.strands.back().units.push_back(std::move(unit));
  draft_.offsets.push_back(start);
  return true;
}

void ListReader::read_legend_line(std::string_view line, std::size_t offset) {
  std::string_view rest = trim(line);
  if (rest.starts_with(':')) rest.remove_prefix(1);
  if (trim(rest).empty()) return;
  const std::size_t equals = rest.find('=');
  const std::string key(trim(rest.substr(0, equals)));
  const std::string meaning =
      equals == std::string_view::npos ? "" : normal_name(rest.substr(equals + 1));
  const auto expect = [&](std::string_view wanted) {
    if (meaning == wanted) return;
    scanner_.fault(offset, fmt::format("'{}' is read as {}, not as '{}'", key, wanted,
                                       shown_text(meaning, 40)));
  };
  if (key == "*") return expect("2'-O-(2-methoxyethyl)");
  if (key == "m") return expect("5-methyl");
  if (key == "d") return expect("2'-deoxy");
  if (key == "-" || key == kEmDash) {
    link_ = meaning == "phosphorothioate" ? "s" : meaning == "phosphodiester" ? "p" : "";
    if (!link_.empty()) return;
  }
  scanner_.fault(offset, fmt::format("'{}' is no line of a legend", shown_text(rest, 40)),
                 "known are *, m, d and - (= phosphorothioate or phosphodiester)");
}

void ListReader::read_legend() {
  while (!scanner_.at_end() && !scanner_.full()) {
    const std::size_t start = scanner_.offset();
    const std::string_view rest = scanner_.rest();
    const std::string_view line = rest.substr(0, rest.find('\n'));
    read_legend_line(line, start);
    scanner_.seek(std::min(start + line.size() + 1, scanner_.text().size()));
  }
}

Draft ListReader::read() {
  Strand& strand = draft_.molecule.strands.emplace_back();
  scanner_.skip_blanks();
  scanner_.take_if(':');
  if (take_end('5')) take_dash();
  while (!scanner_.full() && has_room(strand, scanner_) && read_residue()) {
    const std::size_t dash = scanner_.offset();
    if (scanner_.at_end() || scanner_.peek() == '\n') break;
    if (!take_dash()) {
      scanner_.fault(dash, fmt::format("expected '-' between two residues, found {}",
                                       scanner_.shown_at(dash)));
      break;
    }
    if (take_end('3')) break;
  }
  if (!scanner_.failed()) read_legend();
  if (link_.empty() && strand.units.size() > 1) {
    draft_.link_open = true;
    link_ = choices_.link;
  }
  for (std::size_t i = 0; i + 1 < strand.units.size(); ++i) strand.units[i].link = link_;
  check_strands(draft_.molecule, scanner_);
  return std::move(draft_);
}

}  // namespace

Draft read_list(Scanner& scanner, const Choices& choices) {
  return ListReader(scanner, choices).read();
}

}  // namespace dosewright::molecule
