// Gapmer shorthand: the pattern of sugars, the chemistry in words, the sequence last.
//   5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC     wings of five, a gap of ten deoxyribose
//   MOE PS 5mC 5mU UCACUUUCAUAAUGCUGG          every residue alike
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::string_view kShorthand = "shorthand";

struct Token {
  std::string_view text;
  std::size_t offset = 0;
};

class ShorthandReader {
 public:
  ShorthandReader(Scanner& scanner, const Choices& choices)
      : scanner_(scanner), choices_(choices) {}
  Draft read();

 private:
  void split_tokens();
  void read_word(const Token& token);
  bool read_pattern(const Token& token);
  bool read_methyl(std::string_view word);
  void set_once(std::string& place, std::string_view id, const Token& token);
  void build(const Token& sequence);
  std::string sugar_at(std::size_t index) const;
  std::string base_at(char letter, const std::string& sugar);

  Scanner& scanner_;
  const Choices& choices_;
  Draft draft_;
  std::vector<Token> tokens_;
  std::vector<int> pattern_;
  std::size_t pattern_offset_ = 0;
  std::string sugar_;
  std::string link_;
  char methyl_c_ = '?';  // '?' not said, 'y', 'n'
  char methyl_u_ = '?';
};

void ShorthandReader::split_tokens() {
  scanner_.skip_blanks();
  while (!scanner_.at_end()) {
    const std::size_t start = scanner_.offset();
    const std::size_t end = scanner_.rest().find_first_of(" \t\r\n,");
    scanner_.seek(end == std::string_view::npos ? scanner_.text().size() : start + end);
    if (scanner_.offset() > start) {
      tokens_.push_back({scanner_.text().substr(start, scanner_.offset() - start), start});
    }
    if (scanner_.peek() == ',') scanner_.take();
    scanner_.skip_blanks();
    if (tokens_.size() > 20) {
      scanner_.fault("more than 20 words", "write the sequence without blanks");
      return;
    }
  }
}

void ShorthandReader::set_once(std::string& place, std::string_view id, const Token& token) {
  if (!place.empty() && place != id) {
    scanner_.fault(token.offset, fmt::format("'{}' contradicts '{}'", token.text, place));
  }
  place = std::string(id);
}

// "5-10-5": wings and gap. True where the token is a pattern, be it right or wrong.
bool ShorthandReader::read_pattern(const Token& token) {
  if (token.text.find('-') == std::string_view::npos || token.text[0] < '0' ||
      token.text[0] > '9') {
    return false;
  }
  pattern_.clear();
  pattern_offset_ = token.offset;
  for (const std::string_view part : split(token.text, '-')) {
    int count = 0;
    const auto parsed = std::from_chars(part.data(), part.data() + part.size(), count);
    if (parsed.ec != std::errc() || parsed.ptr != part.data() + part.size() || count < 0 ||
        count > kMaxUnits) {
      scanner_.fault(token.offset, fmt::format("expected numbers as in 5-10-5, found '{}'",
                                               shown_text(token.text, 30)));
      pattern_.clear();
      return true;
    }
    pattern_.push_back(count);
  }
  if (pattern_.size() != 3) {
    scanner_.fault(token.offset,
                   fmt::format("a pattern has three numbers, found {}", pattern_.size()),
                   "5' wing, gap, 3' wing; write other designs in HELM");
    pattern_.clear();
  }
  return true;
}

bool ShorthandReader::read_methyl(std::string_view word) {
  const bool plain = word == "plainC" || word == "plainU";
  if (word == "5mC" || word == "m5C" || word == "5MeC" || word == "plainC") {
    methyl_c_ = plain ? 'n' : 'y';
  } else if (word == "5mU" || word == "m5U" || word == "5MeU" || word == "plainU") {
    methyl_u_ = plain ? 'n' : 'y';
  } else {
    return false;
  }
  return true;
}

void ShorthandReader::read_word(const Token& token) {
  const Monomer* sugar = library().find_synonym(Kind::kSugar, kShorthand, token.text);
  const Monomer* link = library().find_synonym(Kind::kLink, kShorthand, token.text);
  if (sugar != nullptr) set_once(sugar_, sugar->id, token);
  if (link != nullptr) set_once(link_, link->id, token);
  if (sugar != nullptr || link != nullptr) return;
  if (read_methyl(token.text) || read_pattern(token)) return;
  std::vector<std::string> known = library().words(Kind::kSugar, kShorthand);
  const std::vector<std::string> links = library().words(Kind::kLink, kShorthand);
  known.insert(known.end(), links.begin(), links.end());
  known.insert(known.end(), {"5mC", "5mU", "plainC", "plainU"});
  fault_of_word(scanner_, token.offset, "word of the shorthand", token.text, known);
}

std::string ShorthandReader::sugar_at(std::size_t index) const {
  if (pattern_.empty()) return sugar_;
  const auto first = static_cast<std::size_t>(pattern_[0]);
  const auto gap = static_cast<std::size_t>(pattern_[1]);
  return index >= first && index < first + gap ? "d" : sugar_;
}

std::string ShorthandReader::base_at(char letter, const std::string& sugar) {
  const char said = letter == 'C' ? methyl_c_ : letter == 'U' ? methyl_u_ : 'n';
  const std::string base(1, letter);
  if (said == 'y') return letter == 'C' ? "5mC" : "T";
  // Gapmers are made with 5-methyl-C throughout, and the sequence is printed with plain C.
  const bool usual = sugar == "moe" || sugar == "lna" || sugar == "cet" ||
                     (letter == 'C' && !pattern_.empty() && sugar == "d" && sugar_ != "m");
  return said == '?' && usual ? open_base(base, choices_, draft_) : base;
}

void ShorthandReader::build(const Token& sequence) {
  Strand& strand = draft_.molecule.strands.emplace_back();
  if (link_.empty() && sugar_ == "mor") link_ = "n";  // what PMO means
  if (link_.empty() && sequence.text.size() > 1) {
    draft_.link_open = true;
    link_ = choices_.link;
  }
  const int sum = std::accumulate(pattern_.begin(), pattern_.end(), 0);
  if (!pattern_.empty() && static_cast<std::size_t>(sum) != sequence.text.size()) {
    scanner_.fault(pattern_offset_, fmt::format("the pattern is of {} residues, the sequence of {}",
                                                sum, sequence.text.size()));
  }
  if (sequence.text.size() > static_cast<std::size_t>(kMaxUnits)) {
    scanner_.fault(sequence.offset + static_cast<std::size_t>(kMaxUnits),
                   fmt::format("the strand has more than {} residues", kMaxUnits));
    return;
  }
  for (std::size_t i = 0; i < sequence.text.size() && !scanner_.full(); ++i) {
    const char letter = sequence.text[i];
    if (std::string_view("ACGTUI").find(letter) == std::string_view::npos) {
      scanner_.fault(sequence.offset + i,
                     fmt::format("{} is no base", scanner_.shown_at(sequence.offset + i)),
                     "the sequence is written with A C G T U I");
    }
    const std::string sugar = sugar_at(i);
    const bool is_last = i + 1 == sequence.text.size();
    draft_.offsets.push_back(sequence.offset + i);
    strand.units.push_back({base_at(letter, sugar), sugar, is_last ? "" : link_});
  }
}

Draft ShorthandReader::read() {
  split_tokens();
  if (tokens_.size() < 2) {
    scanner_.fault("expected words and a sequence", "as in 5-10-5 MOE PS 5mC GCCTCAGTCTGC...");
    return std::move(draft_);
  }
  for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) read_word(tokens_[i]);
  if (sugar_.empty() && !scanner_.failed()) {
    scanner_.fault(tokens_.front().offset, "the sugar is not said", "add MOE, cEt, LNA, OMe, DNA");
  }
  build(tokens_.back());
  check_strands(draft_.molecule, scanner_);
  return std::move(draft_);
}

}  // namespace

Draft read_shorthand(Scanner& scanner, const Choices& choices) {
  return ShorthandReader(scanner, choices).read();
}

}  // namespace dosewright::molecule
