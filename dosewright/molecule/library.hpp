// The residue library: what bases, sugars, links, ends and conjugates there are, what each dialect
// calls them, and how they are built. Read once from molecule/residues.toml, which the build
// embeds.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/fragment.hpp"

namespace dosewright::molecule {

enum class Kind { kBase, kSugar, kLink, kEnd, kConjugate };

std::string_view to_text(Kind kind);  // "base", "sugar", "link", "end", "conjugate"

// One entry of the library. Tables of the file: [base.5mC], [sugar.moe], [link.s], [end.PS],
// [conjugate.L96].
struct Monomer {
  Kind kind = Kind::kBase;
  std::string id;
  std::string name;      // "5-methylcytosine"
  char letter = 0;       // bases: the letter of the parent, for plain sequences
  int acid_protons = 0;  // links and ends: protons that sodium replaces in the full salt
  std::string source;    // where structure and name were taken from
  std::map<std::string, std::vector<std::string>, std::less<>> synonyms;  // by dialect
  Fragment fragment;  // atoms, bonds and stereo centres
};

class Library {
 public:
  // Reads the text of residues.toml; every fault at once.
  static Result<Library> parse(std::string text, std::string file);

  const Monomer* find(Kind kind, std::string_view id) const;  // nullptr where there is none
  // The monomer that `dialect` calls `word`; a dialect's words are case-sensitive.
  const Monomer* find_synonym(Kind kind, std::string_view dialect, std::string_view word) const;
  // The word of a dialect for a monomer: the first of its synonyms. Empty where it has none.
  std::string_view word(Kind kind, std::string_view dialect, std::string_view id) const;
  // Every word of the dialect for this kind, in the order of the file.
  std::vector<std::string> words(Kind kind, std::string_view dialect) const;
  std::span<const Monomer> monomers() const { return monomers_; }

 private:
  std::vector<Monomer> monomers_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, std::size_t, std::less<>> by_word_;
};

// The library of this build. A broken one ends the program: it is a part of the program.
const Library& library();

// The name of a monomer for people; its id where the library has none of it.
std::string name_of(Kind kind, const std::string& id);

// Up to `n` of the known words that are nearest to a mistyped one, the nearest first. Edit
// distance; upper and lower case are alike; only words at most half of whose letters differ.
std::vector<std::string> nearest_words(std::string_view word, std::span<const std::string> known,
                                       std::size_t n);

}  // namespace dosewright::molecule
