// Systematic names. Blanks do not count: databases break such names anywhere.
#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

struct Piece {
  std::string_view text;
  std::size_t offset = 0;  // in the normal text
  bool is_last = false;
};

class NameReader {
 public:
  explicit NameReader(Scanner& scanner) : scanner_(scanner), normal_(normal_name(scanner.text())) {
    map_offsets();
  }
  Draft read();

 private:
  void map_offsets();
  void read_salt();
  void read_piece(Piece piece);
  void read_prefixes(Piece& piece, Unit& unit, bool& methyl);
  void read_stem(Piece& piece, Unit& unit, bool methyl);
  void fault(std::size_t normal_offset, std::string message, std::string hint = {});

  Scanner& scanner_;
  std::string normal_;
  std::vector<std::size_t> offsets_;  // of the characters of normal_ in the text
  std::string_view body_;
  Draft draft_;
};

// The place in the text of each character that normal_name() keeps.
void NameReader::map_offsets() {
  const std::string_view text = scanner_.text();
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::string_view one = text.substr(i, length);
    offsets_.insert(offsets_.end(), normal_name(one).size(), i);
    i += length;
  }
  offsets_.push_back(text.size());
}

void NameReader::fault(std::size_t normal_offset, std::string message, std::string hint) {
  scanner_.fault(offsets_[std::min(normal_offset, offsets_.size() - 1)], std::move(message),
                 std::move(hint));
}

// Takes the salt off the end of the body.
void NameReader::read_salt() {
  if (!body_.ends_with(kSodiumSalt)) return;
  const std::string_view before = body_.substr(0, body_.size() - kSodiumSalt.size());
  for (std::size_t start = before.size(); start > 0; --start) {
    const bool starts_here = before.substr(0, start).ends_with("ine");
    if (!starts_here) continue;
    const std::string_view prefix = before.substr(start);
    const auto n = number_of_prefix(prefix);
    if (!n) {
      fault(start, fmt::format("'{}' is no multiplying prefix", shown_text(prefix, 30)),
            "as in nonadecasodium salt");
    }
    draft_.molecule.n_sodium = n.value_or(0);
    body_ = before.substr(0, start);
    return;
  }
}

void NameReader::read_prefixes(Piece& piece, Unit& unit, bool& methyl) {
  for (bool found = true; found;) {
    found = false;
    const auto take = [&](std::string_view prefix) {
      if (!piece.text.starts_with(prefix)) return false;
      piece.text.remove_prefix(prefix.size());
      piece.offset += prefix.size();
      if (piece.text.starts_with('-')) {
        piece.text.remove_prefix(1);
        ++piece.offset;
      }
      return found = true;
    };
    for (const SugarName& name : kSugarNames) {
      const std::size_t start = piece.offset;
      if (!take(name.prefix)) continue;
      if (!unit.sugar.empty()) fault(start, "the sugar is named twice");
      unit.sugar = std::string(name.sugar);
    }
    if (take(kFiveMethyl)) methyl = true;
    if (take(kThio)) unit.link = "s";
  }
}

void NameReader::read_stem(Piece& piece, Unit& unit, bool methyl) {
  std::vector<std::string> known;
  const auto take = [&](const NucleosideName& name) {
    const std::string_view stem = piece.is_last ? name.last : name.inner;
    known.emplace_back(stem);
    if (!piece.text.starts_with(stem)) return false;
    piece.text.remove_prefix(stem.size());
    piece.offset += stem.size();
    unit.base = std::string(name.base);
    return true;
  };
  const std::size_t start = piece.offset;
  const bool is_thymidine = take(kThymidine);
  if (!is_thymidine && !std::ranges::any_of(kNucleosideNames, take)) {
    const std::string_view word = piece.text.substr(0, piece.text.find('-'));
    fault_of_word(scanner_, offsets_[start], piece.is_last ? "nucleoside" : "nucleotide", word,
                  known);
    return;
  }
  if (is_thymidine && unit.sugar.empty()) unit.sugar = "d";
  if (unit.sugar.empty()) unit.sugar = "r";
  if (methyl && unit.base != "C" && unit.base != "U") {
    fault(start, "5-methyl belongs to cytidine or uridine");
  } else if (methyl) {
    unit.base = unit.base == "C" ? "5mC" : "T";
  }
  if (!piece.text.empty()) {
    fault(piece.offset,
          fmt::format("expected (3'->5') and a nucleotide, found '{}'", shown_text(piece.text, 30)),
          "a link is missing here");
  }
}

void NameReader::read_piece(Piece piece) {
  Unit unit;
  bool methyl = false;
  read_prefixes(piece, unit, methyl);
  read_stem(piece, unit, methyl);
  if (!piece.is_last && unit.link.empty()) unit.link = "p";
  if (piece.is_last && !unit.link.empty()) {
    fault(piece.offset, "the last nucleoside has no phosphorus that P-thio could be about");
  }
  draft_.molecule.strands.back().units.push_back(std::move(unit));
}

Draft NameReader::read() {
  Strand& strand = draft_.molecule.strands.emplace_back();
  body_ = normal_;
  const bool ambo = body_.starts_with(kAmbo);
  std::size_t offset = ambo ? kAmbo.size() : 0;
  read_salt();
  while (!scanner_.full() && has_room(strand, scanner_)) {
    const std::size_t end = body_.find(kInnerLink, offset);
    const bool is_last = end == std::string_view::npos;
    read_piece({body_.substr(offset, is_last ? end : end - offset), offset, is_last});
    if (is_last) break;
    offset = end + kInnerLink.size();
  }
  const bool has_thio =
      std::ranges::any_of(strand.units, [](const Unit& unit) { return unit.link == "s"; });
  if (has_thio && !ambo) {
    draft_.notes.emplace_back(
        "the name does not say how phosphorus is arranged; taken as undefined");
  }
  check_strands(draft_.molecule, scanner_);
  return std::move(draft_);
}

}  // namespace

Draft read_name(Scanner& scanner, const Choices&) {
  return NameReader(scanner).read();
}

}  // namespace dosewright::molecule
