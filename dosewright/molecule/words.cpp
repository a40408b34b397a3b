#include "dosewright/molecule/words.hpp"

#include <algorithm>

#include "dosewright/base/document.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"

namespace dosewright::molecule {

namespace {

ResidueWord read_word(Node row) {
  const std::vector<std::string> parts = row.texts();
  if (parts.size() < 3 || parts.size() > 4 || (parts.size() == 4 && parts[3] != "open")) {
    row.fault("expected [word, base, sugar] and perhaps \"open\"");
    return {};
  }
  if (library().find(Kind::kBase, parts[1]) == nullptr) {
    row.fault("no base '" + shown_text(parts[1]) + "' in the residue library");
  }
  if (library().find(Kind::kSugar, parts[2]) == nullptr) {
    row.fault("no sugar '" + shown_text(parts[2]) + "' in the residue library");
  }
  return {parts[0], parts[1], parts[2], parts.size() == 4};
}

}  // namespace

Vocabulary::Vocabulary(std::vector<ResidueWord> words) : words_(std::move(words)) {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    by_word_.emplace(words_[i].word, i);
    longest_ = std::max(longest_, words_[i].word.size());
  }
}

const ResidueWord* Vocabulary::find(std::string_view word) const {
  const auto found = by_word_.find(word);
  return found == by_word_.end() ? nullptr : &words_[found->second];
}

const ResidueWord* Vocabulary::longest_at(std::string_view text) const {
  for (std::size_t length = std::min(longest_, text.size()); length > 0; --length) {
    if (const ResidueWord* found = find(text.substr(0, length))) return found;
  }
  return nullptr;
}

const ResidueWord* Vocabulary::word_for(std::string_view base, std::string_view sugar) const {
  for (const ResidueWord& word : words_) {
    if (word.base == base && word.sugar == sugar && !word.methyl_open) return &word;
  }
  return nullptr;
}

std::vector<std::string> Vocabulary::words() const {
  std::vector<std::string> words;
  for (const ResidueWord& word : words_) words.push_back(word.word);
  return words;
}

Result<Vocabularies> parse_vocabularies(std::string text, std::string file) {
  Document document = Document::parse(std::move(text), std::move(file));
  Node root = document.root();
  Vocabularies vocabularies;
  for (const std::string& notation : root.keys()) {
    Node table = root.at(notation);
    table.at("source").text();
    std::vector<ResidueWord> words;
    for (const Node& row : table.at("words").items()) words.push_back(read_word(row));
    vocabularies.emplace(notation, Vocabulary(std::move(words)));
  }
  root.finish();
  if (!document.faults().empty()) return document.faults();
  return vocabularies;
}

const Vocabulary& vocabulary(std::string_view notation) {
  static const Vocabularies instance = [] {
    auto parsed = parse_vocabularies(std::string(words_text()), "molecule/words.toml");
    DW_CHECK(parsed.ok(), to_text(parsed.ok() ? Faults() : parsed.faults()));
    return std::move(*parsed);
  }();
  const auto found = instance.find(notation);
  DW_CHECK(found != instance.end(), std::string(notation));
  return found->second;
}

}  // namespace dosewright::molecule
