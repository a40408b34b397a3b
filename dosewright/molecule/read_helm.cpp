// HELM 2 and 1 [HELM2], for one or two strands with conjugates at their ends.
//
// Read are RNA and CHEM polymers, repeats of residues, connections between them (a CHEM at an end
// of a strand, base pairs) and annotations of polymers. Both vocabularies that are in use are words
// of the dialect `helm` in the residue library: the core library's [moe](G)[sp] and the editors'
// [MOE](G)[sP].
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::string_view kDialect = "helm";
constexpr int kMostNested = 4;  // repeats within repeats

enum class Part { kSugar, kBase, kLink };

struct Position {
  Part part;
  int unit;  // -1: a link before the first residue
};

struct Polymer {
  std::string id;  // "RNA1"
  std::size_t offset = 0;
  bool is_chem = false;
  bool bound = false;  // a CHEM that a connection has used
  std::string chem;    // id of the conjugate
  Strand strand;
  std::vector<Position> positions;  // of the monomers, in HELM's counting
  std::string first_link;           // before the first residue
  std::string last_link;            // behind the last residue
};

struct Named {
  std::string_view word;
  std::size_t offset = 0;
};

struct Endpoint {
  Polymer* polymer = nullptr;
  int position = 0;        // from 1
  std::string_view group;  // "R1", "R2", "pair"
};

class HelmReader {
 public:
  explicit HelmReader(Scanner& scanner) : scanner_(scanner) {}
  Draft read();

 private:
  void read_polymers();
  bool read_polymer();
  void check_name(const Polymer& polymer);
  std::string_view read_word(std::string_view closing);
  bool read_groups(Polymer& polymer, char closing, int nested);
  bool read_repeat(Polymer& polymer, int nested);
  std::optional<int> read_count();
  bool read_group(Polymer& polymer);
  std::optional<Named> read_monomer();
  void read_residue(Polymer& polymer, const Named& sugar);
  void read_link(Polymer& polymer, const Named& link);
  std::string monomer_id(Kind kind, const Named& monomer);
  void read_chem(Polymer& polymer);
  void read_connections(bool is_bonds);
  void read_connection(std::string_view text, std::size_t offset);
  bool read_endpoints(std::string_view text, std::size_t offset, Endpoint& a, Endpoint& b);
  bool read_endpoint(std::string_view text, std::size_t offset, Endpoint& end);
  void bind(Endpoint strand, Endpoint chem, std::size_t offset);
  void pair(const Endpoint& a, const Endpoint& b, std::size_t offset);
  void read_rest();
  std::string_view take_section();
  void close_ends(Polymer& polymer);
  Draft finish();

  Scanner& scanner_;
  std::vector<Polymer> polymers_;
  Pairing pairing_;
  Draft draft_;
};

void HelmReader::read_polymers() {
  do {
    if (!read_polymer()) return;
  } while (scanner_.take_if('|'));
}

// Letters up to one of the closing characters.
std::string_view HelmReader::read_word(std::string_view closing) {
  const std::string_view rest = scanner_.rest();
  const std::string_view word = rest.substr(0, rest.find_first_of(closing));
  scanner_.seek(scanner_.offset() + word.size());
  return word;
}

// A type and a number, which connections name: no two polymers share them.
void HelmReader::check_name(const Polymer& polymer) {
  const std::string_view type = polymer.is_chem ? "CHEM" : "RNA";
  const std::string_view number = std::string_view(polymer.id).substr(type.size());
  if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) {
    scanner_.fault(polymer.offset, fmt::format("'{}' has no number", shown_text(polymer.id, 20)),
                   fmt::format("the polymers of a type are numbered: {}1, {}2", type, type));
  } else if (std::ranges::any_of(polymers_,
                                 [&](const Polymer& other) { return other.id == polymer.id; })) {
    scanner_.fault(polymer.offset, fmt::format("there are two polymers '{}'", polymer.id),
                   fmt::format("number them: {}1, {}2", type, type));
  }
}

bool HelmReader::read_polymer() {
  Polymer polymer;
  polymer.offset = scanner_.offset();
  polymer.id = std::string(read_word("{}|$([.\n"));
  polymer.is_chem = polymer.id.starts_with("CHEM");
  if (!polymer.is_chem && !polymer.id.starts_with("RNA")) {
    scanner_.fault(polymer.offset,
                   fmt::format("expected a polymer RNA1{{...}} or CHEM1{{...}}, found '{}'",
                               shown_text(polymer.id.empty() ? scanner_.rest() : polymer.id, 20)),
                   "peptides and other polymers are no part of an oligonucleotide");
  } else {
    check_name(polymer);
  }
  const std::size_t brace = scanner_.offset();
  if (!scanner_.take_if('{')) {
    scanner_.fault("expected '{' after the polymer's name, found " + scanner_.shown_at(brace));
    return false;
  }
  polymer.is_chem ? read_chem(polymer) : void(read_groups(polymer, '}', 0));
  if (!scanner_.take_if('}')) {
    scanner_.fault(brace, "this '{' is never closed", "close the polymer with '}'");
    return false;
  }
  if (scanner_.take_if('"')) {
    polymer.strand.name = std::string(read_word("\""));
    if (!scanner_.take_if('"')) scanner_.fault("the annotation is never closed", "add '\"'");
  }
  polymers_.push_back(std::move(polymer));
  return true;
}

void HelmReader::read_chem(Polymer& polymer) {
  const auto monomer = read_monomer();
  if (!monomer) return;
  polymer.chem = monomer_id(Kind::kConjugate, *monomer);
}

// Residues up to the closing character. False where the reader cannot go on.
bool HelmReader::read_groups(Polymer& polymer, char closing, int nested) {
  while (!scanner_.at_end() && scanner_.peek() != closing && scanner_.peek() != '}') {
    if (scanner_.full() || !has_room(polymer.strand, scanner_)) return false;
    const bool is_repeat = scanner_.peek() == '(';
    if (!(is_repeat ? read_repeat(polymer, nested) : read_group(polymer))) return false;
    if (scanner_.peek() == '.') {
      const std::size_t dot = scanner_.offset();
      scanner_.take();
      if (scanner_.peek() == closing || scanner_.peek() == '.') {
        scanner_.fault(dot, "a residue is missing behind this '.'", "remove the '.'");
      }
    }
  }
  return true;
}

// "(d(A)p.d(G)p)'3'": what stands between the parentheses is read three times.
bool HelmReader::read_repeat(Polymer& polymer, int nested) {
  const std::size_t open = scanner_.offset();
  scanner_.take();
  const std::size_t body = scanner_.offset();
  const std::size_t units_before = polymer.strand.units.size();
  if (nested == kMostNested) {
    scanner_.fault(open, fmt::format("more than {} repeats within each other", kMostNested));
    return false;
  }
  if (!read_groups(polymer, ')', nested + 1)) return false;
  if (!scanner_.take_if(')')) {
    scanner_.fault(open, "this '(' is never closed",
                   "close the repeat with ')' and its count, as in (d(A)p)'3'");
    return false;
  }
  if (polymer.strand.units.size() == units_before) {
    scanner_.fault(open, "this repeat holds no residue", "write a residue in it, as in (d(A)p)'3'");
    return false;
  }
  const auto count = read_count();
  const std::size_t end = scanner_.offset();
  // A fault within the parentheses is told once.
  for (int i = 1; count && i < *count && !scanner_.failed(); ++i) {
    scanner_.seek(body);
    if (!read_groups(polymer, ')', nested + 1)) return false;
  }
  scanner_.seek(end);
  return count.has_value();
}

std::optional<int> HelmReader::read_count() {
  const std::size_t start = scanner_.offset();
  int count = 0;
  if (scanner_.take_if('\'')) {
    const std::string_view text = read_word("'.}|$\n");
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    if (scanner_.take_if('\'') && is_number && count >= 1) return count;
  }
  scanner_.fault(start,
                 fmt::format("expected how often the residues are repeated, found {}",
                             scanner_.shown_at(start)),
                 "write one whole number from 1 on, as in (d(A)p)'3'; a range of counts is more "
                 "than one molecule");
  return std::nullopt;
}

// One monomer with what hangs on it. False where the reader cannot go on.
bool HelmReader::read_group(Polymer& polymer) {
  if (scanner_.peek() == '.') return true;
  const auto monomer = read_monomer();
  if (!monomer) return false;
  if (scanner_.peek() == '(') {
    read_residue(polymer, *monomer);
    return true;
  }
  const Library& known = library();
  if (known.find_synonym(Kind::kSugar, kDialect, monomer->word) != nullptr &&
      known.find_synonym(Kind::kLink, kDialect, monomer->word) == nullptr) {
    scanner_.fault(monomer->offset,
                   fmt::format("the sugar '{}' has no base", shown_text(monomer->word)),
                   fmt::format("write {}(A), or ([ab]) for an abasic site",
                               monomer->word.size() == 1 ? std::string(monomer->word)
                                                         : fmt::format("[{}]", monomer->word)));
    return true;
  }
  read_link(polymer, *monomer);
  return true;
}

std::optional<Named> HelmReader::read_monomer() {
  const std::size_t start = scanner_.offset();
  if (scanner_.take_if('[')) {
    const std::string_view word = read_word("][{}$\n");
    if (!scanner_.take_if(']')) {
      scanner_.fault(start, "this '[' is never closed", "close the monomer's name with ']'");
      return std::nullopt;
    }
    return Named{word, start + 1};
  }
  const char letter = scanner_.peek();
  const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  if (!is_letter) {
    scanner_.fault(
        fmt::format("expected a monomer, found {}", scanner_.shown_at(start)),
        letter == ')' ? "this ')' closes nothing" : "write one letter, or a longer name in '[ ]'");
    return std::nullopt;
  }
  scanner_.take();
  return Named{scanner_.text().substr(start, 1), start};
}

std::string HelmReader::monomer_id(Kind kind, const Named& monomer) {
  const Monomer* found = library().find_synonym(kind, kDialect, monomer.word);
  if (found != nullptr) return found->id;
  fault_of_word(scanner_, monomer.offset, to_text(kind), monomer.word,
                library().words(kind, kDialect));
  return {};
}

void HelmReader::read_residue(Polymer& polymer, const Named& sugar) {
  Strand& strand = polymer.strand;
  if (!strand.units.empty() && strand.units.back().link.empty()) {
    scanner_.fault(sugar.offset,
                   fmt::format("the link between residues {} and {} is missing",
                               strand.units.size(), strand.units.size() + 1),
                   "write p or [sp] behind the base of the residue before");
  }
  Unit unit;
  unit.sugar = monomer_id(Kind::kSugar, sugar);
  const std::size_t parenthesis = scanner_.offset();
  scanner_.take();
  const auto base = read_monomer();
  if (base) unit.base = monomer_id(Kind::kBase, *base);
  if (!scanner_.take_if(')')) {
    scanner_.fault(parenthesis, "this '(' is never closed", "write one base in it, as in d(A)p");
    read_word(".}|$\n");
  }
  const auto index = static_cast<int>(strand.units.size());
  polymer.positions.push_back({Part::kSugar, index});
  polymer.positions.push_back({Part::kBase, index});
  strand.units.push_back(std::move(unit));
}

void HelmReader::read_link(Polymer& polymer, const Named& link) {
  const std::string id = monomer_id(Kind::kLink, link);
  std::vector<Unit>& units = polymer.strand.units;
  polymer.positions.push_back({Part::kLink, static_cast<int>(units.size()) - 1});
  std::string& place = units.empty() ? polymer.first_link : units.back().link;
  if (!place.empty()) {
    scanner_.fault(link.offset, "two links stand in a row", "write a residue between them");
  }
  // An unknown link is a link all the same: the next residue shall not be said to lack one.
  place = id.empty() ? "p" : id;
}

std::string_view HelmReader::take_section() {
  if (!scanner_.take_if('$')) return {};
  return read_word("$");
}

bool HelmReader::read_endpoint(std::string_view text, std::size_t offset, Endpoint& end) {
  const std::size_t colon = text.find(':');
  const std::string_view number = text.substr(0, colon);
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), end.position);
  if (colon == std::string_view::npos || parsed.ec != std::errc() ||
      parsed.ptr != number.data() + number.size()) {
    scanner_.fault(offset, fmt::format("expected a monomer and its group as in 63:R2, found '{}'",
                                       shown_text(text, 20)));
    return false;
  }
  end.group = text.substr(colon + 1);
  const auto last = end.polymer->is_chem ? 1 : static_cast<int>(end.polymer->positions.size());
  if (end.position >= 1 && end.position <= last) return true;
  scanner_.fault(offset, fmt::format("{} has {} monomers, there is no {}", end.polymer->id, last,
                                     end.position));
  return false;
}

// "RNA1,CHEM1,63:R2-1:R1"
bool HelmReader::read_endpoints(std::string_view text, std::size_t offset, Endpoint& a,
                                Endpoint& b) {
  const auto parts = split(text, ',');
  const auto dash = parts.size() == 3 ? parts[2].find('-') : std::string_view::npos;
  if (dash == std::string_view::npos) {
    scanner_.fault(offset, fmt::format("expected a connection as in RNA1,CHEM1,63:R2-1:R1, found "
                                       "'{}'",
                                       shown_text(text, 40)));
    return false;
  }
  Endpoint* const ends[] = {&a, &b};
  for (std::size_t i = 0; i < 2; ++i) {
    for (Polymer& polymer : polymers_) {
      if (polymer.id == parts[i]) ends[i]->polymer = &polymer;
    }
    if (ends[i]->polymer != nullptr) continue;
    scanner_.fault(offset, fmt::format("there is no polymer '{}'", shown_text(parts[i], 20)));
    return false;
  }
  const std::size_t at = offset + parts[0].size() + parts[1].size() + 2;
  const bool first = read_endpoint(parts[2].substr(0, dash), at, a);
  const bool second = read_endpoint(parts[2].substr(dash + 1), at + dash + 1, b);
  return first && second;
}

void HelmReader::read_connection(std::string_view text, std::size_t offset) {
  Endpoint a;
  Endpoint b;
  if (!read_endpoints(text, offset, a, b)) return;
  if (a.polymer->is_chem && !b.polymer->is_chem) std::swap(a, b);
  if (a.polymer->is_chem) {
    scanner_.fault(offset, "a connection between two CHEM polymers is not read",
                   "a conjugate is one CHEM at the end of a strand");
  } else if (b.polymer->is_chem) {
    bind(a, b, offset);
  } else {
    pair(a, b, offset);
  }
}

void HelmReader::bind(Endpoint strand, Endpoint chem, std::size_t offset) {
  Polymer& polymer = *strand.polymer;
  if (chem.group != "R1") {
    scanner_.fault(
        offset, fmt::format("{} has no group '{}'", chem.polymer->id, shown_text(chem.group, 20)),
        "a conjugate is bound by its R1, as in RNA1,CHEM1,63:R2-1:R1");
    return;
  }
  const bool at_five = strand.position == 1 && strand.group == "R1";
  const bool at_three =
      strand.group == "R2" && strand.position + (polymer.last_link.empty() ? 1 : 0) ==
                                  static_cast<int>(polymer.positions.size());
  if (!at_five && !at_three) {
    scanner_.fault(offset, "a conjugate within a strand is not read",
                   "R1 of the first monomer and R2 of the last one are the ends of a strand");
    return;
  }
  End& end = at_five ? polymer.strand.five_end : polymer.strand.three_end;
  std::string& link = at_five ? polymer.first_link : polymer.last_link;
  if (!end.conjugate.empty() || chem.polymer->bound) {
    scanner_.fault(offset, "this end, or this CHEM, is bound already");
    return;
  }
  chem.polymer->bound = true;
  end.conjugate = chem.polymer->chem;
  end.link = std::exchange(link, {});
}

void HelmReader::pair(const Endpoint& a, const Endpoint& b, std::size_t offset) {
  const auto base_of = [](const Endpoint& end) {
    const Position& at = end.polymer->positions[static_cast<std::size_t>(end.position - 1)];
    return end.group == "pair" && at.part == Part::kBase ? at.unit : -1;
  };
  const int first = base_of(a);
  const int second = base_of(b);
  if (first < 0 || second < 0 || a.polymer == b.polymer) {
    scanner_.fault(offset, "only pairs of bases join two strands",
                   "write RNA1,RNA2,2:pair-59:pair with the monomers of two bases");
    return;
  }
  const bool in_order = a.polymer < b.polymer;
  const std::pair<int, int> added(in_order ? first : second, in_order ? second : first);
  for (const auto& known : pairing_) {
    if (known.first != added.first && known.second != added.second) continue;
    scanner_.fault(offset, "a base of this pair is paired already",
                   "a base has one partner; write each pair once");
    return;
  }
  pairing_.push_back(added);
}

void HelmReader::read_connections(bool is_bonds) {
  const std::size_t start = scanner_.offset() + 1;
  const std::string_view section = take_section();
  if (section.empty()) return;
  if (is_bonds && section.find(':') == std::string_view::npos) {
    scanner_.fault(start, "groups of polymers are not read", "remove the third section");
    return;
  }
  std::size_t offset = start;
  for (const std::string_view text : split(section, '|')) {
    if (scanner_.full()) return;
    read_connection(text, offset);
    offset += text.size() + 1;
  }
}

// Annotations, the version, and that nothing stands behind.
void HelmReader::read_rest() {
  const std::string_view annotations = take_section();
  if (!trim(annotations).empty()) {
    draft_.notes.emplace_back("the section of annotations was not kept");
  }
  if (!scanner_.take_if('$')) {
    scanner_.fault(fmt::format("expected '$', found {}", scanner_.shown_at(scanner_.offset())),
                   "four '$' stand behind the polymers: RNA1{...}$$$$V2.0");
    return;
  }
  const std::string_view version = trim(scanner_.rest());
  if (!version.empty() && version != "V2.0") {
    scanner_.fault(fmt::format("expected V2.0, found '{}'", shown_text(version, 20)));
  }
}

void HelmReader::close_ends(Polymer& polymer) {
  const auto close = [&](const std::string& link, End& end) {
    if (link.empty()) return;
    if (link == "p") {
      end.group = "P";
    } else if (link == "s") {
      end.group = "PS";
    } else {
      scanner_.fault(polymer.offset,
                     fmt::format("the link '{}' at an end of {} binds nothing", link, polymer.id),
                     "a strand ends with a residue, with p or with [sp]");
    }
  };
  close(polymer.first_link, polymer.strand.five_end);
  close(polymer.last_link, polymer.strand.three_end);
}

Draft HelmReader::finish() {
  for (Polymer& polymer : polymers_) {
    if (!polymer.is_chem) {
      close_ends(polymer);
      draft_.molecule.strands.push_back(std::move(polymer.strand));
    } else if (!polymer.bound) {
      scanner_.fault(polymer.offset, polymer.id + " is bound to no strand",
                     "connect it: RNA1,CHEM1,63:R2-1:R1 in the second section");
    }
  }
  draft_.molecule.pairing = std::move(pairing_);
  check_strands(draft_.molecule, scanner_);
  return std::move(draft_);
}

Draft HelmReader::read() {
  scanner_.skip_blanks();
  read_polymers();
  if (scanner_.failed() && scanner_.peek() != '$') return finish();
  for (Polymer& polymer : polymers_) {
    if (polymer.strand.units.empty()) continue;
    polymer.last_link = std::exchange(polymer.strand.units.back().link, {});
  }
  read_connections(false);
  read_connections(true);
  read_rest();
  return finish();
}

}  // namespace

Draft read_helm(Scanner& scanner, const Choices&) {
  return HelmReader(scanner).read();
}

}  // namespace dosewright::molecule
