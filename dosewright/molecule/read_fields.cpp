// The strand of a programme's molecule.toml: one letter per residue and per link.
#include <fmt/format.h>

#include <array>

#include "dosewright/base/document.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

struct Letter {
  char letter;
  std::string_view id;
};

constexpr std::array kSugarLetters = {Letter{'d', "d"},   Letter{'r', "r"},  Letter{'e', "moe"},
                                      Letter{'m', "m"},   Letter{'f', "f"},  Letter{'l', "lna"},
                                      Letter{'k', "cet"}, Letter{'o', "mor"}};
constexpr std::array kLinkLetters = {Letter{'o', "p"}, Letter{'s', "s"}, Letter{'R', "sR"},
                                     Letter{'S', "sS"}, Letter{'n', "n"}};

template <std::size_t n>
std::vector<std::string> ids_of(Node node, const std::array<Letter, n>& letters,
                                std::size_t length) {
  const std::string text = node.text();
  std::string known;
  for (const Letter& letter : letters) known += fmt::format(" {}", letter.letter);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view id;
    for (const Letter& letter : letters) {
      if (letter.letter == text[i]) id = letter.id;
    }
    if (id.empty()) {
      node.fault(fmt::format("'{}' at position {} is not one of{}", shown_text(text.substr(i, 1)),
                             i + 1, known));
      break;
    }
    ids.emplace_back(id);
  }
  if (!text.empty() && text.size() != length) {
    node.fault(fmt::format("expected {} letters, found {}", length, text.size()),
               "one letter per residue, and one less for the links between them");
  }
  ids.resize(length);
  return ids;
}

void methylate(Node list, Strand& strand) {
  for (Node item : list.items()) {
    const std::int64_t residue = item.integer();
    if (residue < 1 || residue > static_cast<std::int64_t>(strand.units.size())) {
      item.fault(
          fmt::format("expected a residue from 1 to {}, found {}", strand.units.size(), residue));
      continue;
    }
    std::string& base = strand.units[static_cast<std::size_t>(residue - 1)].base;
    if (base == "C") {
      base = "5mC";
    } else if (base == "U") {
      base = "T";
    } else if (base != "T") {
      item.fault(fmt::format("residue {} is {}, which has no 5-methyl", residue, base));
    }
  }
}

std::string read_sequence(Node node) {
  std::string sequence = node.text();
  const std::size_t bad = sequence.find_first_not_of("ACGTUI");
  if (bad != std::string::npos) {
    node.fault(
        fmt::format("'{}' at position {} is no base", shown_text(sequence.substr(bad, 1)), bad + 1),
        "the sequence is written with A C G T U I");
    sequence.clear();
  }
  if (sequence.size() > static_cast<std::size_t>(kMaxUnits)) {
    node.fault(fmt::format("the strand has more than {} residues", kMaxUnits));
    sequence.clear();
  }
  return sequence;
}

void read_strand(Node root, const Choices& choices, Draft& draft) {
  Strand& strand = draft.molecule.strands.emplace_back();
  const std::string sequence = read_sequence(root.at("sequence"));
  const std::size_t n = sequence.size();
  const auto sugars = ids_of(root.at("sugars"), kSugarLetters, n);
  const auto links = ids_of(root.at("links"), kLinkLetters, n == 0 ? 0 : n - 1);
  for (std::size_t i = 0; i < n; ++i) {
    strand.units.push_back({std::string(1, sequence[i]), sugars[i], i + 1 < n ? links[i] : ""});
  }
  Node methylated = root.find("methylated");
  if (methylated.exists()) return methylate(methylated, strand);
  for (Unit& unit : strand.units) {
    const bool usual = unit.sugar == "moe" || unit.sugar == "lna" || unit.sugar == "cet";
    if (usual && (unit.base == "C" || unit.base == "U")) {
      unit.base = open_base(unit.base, choices, draft);
    }
  }
}

}  // namespace

Draft read_fields(Scanner& scanner, const Choices& choices) {
  Document document = Document::parse(std::string(scanner.text()), scanner.file());
  Draft draft;
  if (document.faults().empty()) read_strand(document.root(), choices, draft);
  if (!document.faults().empty()) {
    scanner.adopt(document.faults());
  } else {
    check_strands(draft.molecule, scanner);
  }
  return draft;
}

}  // namespace dosewright::molecule
