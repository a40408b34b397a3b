// Words that stand for a whole residue in the notations that have such (molecule/words.toml).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"

namespace dosewright::molecule {

std::string_view words_text();  // the file as it was when the program was built

struct ResidueWord {
  std::string word;
  std::string base;  // ids of the residue library
  std::string sugar;
  bool methyl_open = false;  // whether the base carries 5-methyl is not agreed on
};

// The words of one notation.
class Vocabulary {
 public:
  explicit Vocabulary(std::vector<ResidueWord> words);

  const ResidueWord* find(std::string_view word) const;
  // The longest word that the text starts with, nullptr where none does.
  const ResidueWord* longest_at(std::string_view text) const;
  // The word to write; nullptr where the notation has none. An open word is written for neither.
  const ResidueWord* word_for(std::string_view base, std::string_view sugar) const;
  std::vector<std::string> words() const;

 private:
  std::vector<ResidueWord> words_;
  std::map<std::string, std::size_t, std::less<>> by_word_;
  std::size_t longest_ = 0;
};

using Vocabularies = std::map<std::string, Vocabulary, std::less<>>;

// Reads the text of words.toml; every fault at once. Bases and sugars must be in the library.
Result<Vocabularies> parse_vocabularies(std::string text, std::string file);

// "idt", "axolabs" or "case", of this build. A broken file ends the program: it is a part of it.
const Vocabulary& vocabulary(std::string_view notation);

}  // namespace dosewright::molecule
