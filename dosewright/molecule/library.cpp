#include "dosewright/molecule/library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "dosewright/base/document.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/residues.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::array kKinds = {Kind::kBase, Kind::kSugar, Kind::kLink, Kind::kEnd,
                               Kind::kConjugate};

std::string id_key(Kind kind, std::string_view id) {
  return fmt::format("{}:{}", to_text(kind), id);
}

std::string word_key(Kind kind, std::string_view dialect, std::string_view word) {
  return fmt::format("{}:{}:{}", to_text(kind), dialect, word);
}

char read_letter(Node node) {
  const std::string text = node.text();
  if (text.size() != 1) node.fault("expected one letter, found '" + shown_text(text) + "'");
  return text.empty() ? '\0' : text[0];
}

// The places where neighbours bind; see the head of residues.toml. The end OH adds no atom.
std::string_view attachment_labels(Kind kind, std::string_view id) {
  switch (kind) {
    case Kind::kSugar:
      return "135";
    case Kind::kLink:
      return "35";
    case Kind::kEnd:
      return id == "OH" ? "" : "1";
    default:
      return "1";
  }
}

Monomer read_monomer(Kind kind, const std::string& id, Node table) {
  Monomer monomer;
  monomer.kind = kind;
  monomer.id = id;
  monomer.name = table.at("name").text();
  monomer.source = table.at("source").text();
  if (kind == Kind::kBase) monomer.letter = read_letter(table.at("letter"));
  if (kind == Kind::kLink || kind == Kind::kEnd) {
    monomer.acid_protons = static_cast<int>(table.at("acid_protons").integer());
  }
  Node synonyms = table.find("synonyms");
  if (synonyms.exists()) {
    for (const std::string& dialect : synonyms.keys()) {
      monomer.synonyms[dialect] = synonyms.at(dialect).texts();
    }
  }
  read_fragment(table, attachment_labels(kind, id), monomer.fragment);
  return monomer;
}

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) ==
                        std::tolower(static_cast<unsigned char>(b[j - 1]));
      const int replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::kBase:
      return "base";
    case Kind::kSugar:
      return "sugar";
    case Kind::kLink:
      return "link";
    case Kind::kEnd:
      return "end";
    case Kind::kConjugate:
      return "conjugate";
  }
  return "";
}

Result<Library> Library::parse(std::string text, std::string file) {
  Document document = Document::parse(std::move(text), std::move(file));
  Node root = document.root();
  Library library;
  for (const Kind kind : kKinds) {
    Node group = root.at(to_text(kind));
    for (const std::string& id : group.keys()) {
      library.monomers_.push_back(read_monomer(kind, id, group.at(id)));
      const Monomer& monomer = library.monomers_.back();
      const std::size_t index = library.monomers_.size() - 1;
      library.by_id_[id_key(kind, id)] = index;
      for (const auto& [dialect, words] : monomer.synonyms) {
        for (const std::string& word : words) {
          const auto added = library.by_word_.emplace(word_key(kind, dialect, word), index);
          if (!added.second && added.first->second != index) {
            group.at(id).fault(fmt::format("'{}' is already the word of {} for another {}: '{}'",
                                           word, dialect, to_text(kind),
                                           library.monomers_[added.first->second].id));
          }
        }
      }
    }
  }
  root.finish();
  if (!document.faults().empty()) return document.faults();
  return library;
}

const Monomer* Library::find(Kind kind, std::string_view id) const {
  const auto found = by_id_.find(id_key(kind, id));
  return found == by_id_.end() ? nullptr : &monomers_[found->second];
}

const Monomer* Library::find_synonym(Kind kind, std::string_view dialect,
                                     std::string_view word) const {
  const auto found = by_word_.find(word_key(kind, dialect, word));
  return found == by_word_.end() ? nullptr : &monomers_[found->second];
}

std::string_view Library::word(Kind kind, std::string_view dialect, std::string_view id) const {
  const Monomer* monomer = find(kind, id);
  if (monomer == nullptr) return {};
  const auto found = monomer->synonyms.find(dialect);
  if (found == monomer->synonyms.end() || found->second.empty()) return {};
  return found->second.front();
}

std::vector<std::string> Library::words(Kind kind, std::string_view dialect) const {
  std::vector<std::string> words;
  for (const Monomer& monomer : monomers_) {
    const auto found = monomer.synonyms.find(dialect);
    if (monomer.kind != kind || found == monomer.synonyms.end()) continue;
    words.insert(words.end(), found->second.begin(), found->second.end());
  }
  return words;
}

const Library& library() {
  static const Library instance = [] {
    auto parsed = Library::parse(std::string(residues_text()), "molecule/residues.toml");
    DW_CHECK(parsed.ok(), to_text(parsed.ok() ? Faults() : parsed.faults()));
    return std::move(*parsed);
  }();
  return instance;
}

std::string name_of(Kind kind, const std::string& id) {
  const Monomer* monomer = library().find(kind, id);
  return monomer == nullptr ? id : monomer->name;
}

std::vector<std::string> nearest_words(std::string_view word, std::span<const std::string> known,
                                       std::size_t n) {
  std::vector<std::pair<int, std::string>> ranked;
  const std::string_view asked = word.substr(0, 40);
  for (const std::string& candidate : known) {
    const int distance = edit_distance(asked, candidate);
    const auto longest = static_cast<int>(std::max(asked.size(), candidate.size()));
    if (distance < longest && 2 * distance <= longest + 1) ranked.emplace_back(distance, candidate);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<int, std::string>::first);
  std::vector<std::string> nearest;
  for (const auto& [distance, candidate] : ranked) {
    if (nearest.size() < n) nearest.push_back(candidate);
  }
  return nearest;
}

}  // namespace dosewright::molecule
