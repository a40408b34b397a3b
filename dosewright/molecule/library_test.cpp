#include "dosewright/molecule/library.hpp"

#include <doctest/doctest.h>

#include "dosewright/molecule/strand.hpp"
#include "dosewright/molecule/words.hpp"

using namespace dosewright;
using namespace dosewright::molecule;

TEST_CASE("library: every id that strand.hpp names is there") {
  for (const char* id : {"A", "C", "G", "T", "U", "5mC", "I"})
    CHECK(library().find(Kind::kBase, id));
  for (const char* id : {"d", "r", "moe", "m", "f", "lna", "cet", "mor"}) {
    CHECK(library().find(Kind::kSugar, id));
  }
  for (const char* id : {"p", "s", "sR", "sS", "n"}) CHECK(library().find(Kind::kLink, id));
  for (const char* id : {"OH", "P", "PS"}) CHECK(library().find(Kind::kEnd, id));
  for (const char* id : {"L96", "THA", "EG3"}) CHECK(library().find(Kind::kConjugate, id));
}

TEST_CASE("library: both live vocabularies of HELM name the same monomers") {
  const auto id_of = [](Kind kind, const char* word) {
    const Monomer* found = library().find_synonym(kind, "helm", word);
    return found == nullptr ? std::string() : found->id;
  };
  CHECK(id_of(Kind::kSugar, "moe") == "moe");
  CHECK(id_of(Kind::kSugar, "MOE") == "moe");
  CHECK(id_of(Kind::kLink, "sp") == "s");
  CHECK(id_of(Kind::kLink, "sP") == "s");
  CHECK(id_of(Kind::kBase, "m5C") == "5mC");
  CHECK(id_of(Kind::kBase, "5meC") == "5mC");
  CHECK(id_of(Kind::kSugar, "Moe").empty());
  CHECK(library().word(Kind::kLink, "helm", "s") == "sp");
}

TEST_CASE("library: every monomer has a word of HELM, but for ends") {
  for (const Monomer& monomer : library().monomers()) {
    if (monomer.kind == Kind::kEnd) continue;
    CAPTURE(monomer.id);
    CHECK_FALSE(library().word(monomer.kind, "helm", monomer.id).empty());
  }
}

TEST_CASE("library: a word of two monomers is a fault of the file") {
  const std::string two =
      "[base.A]\nname='a'\nletter='A'\nsource='x'\nstructure='[*:1]O'\nsynonyms.helm=['A']\n"
      "[base.B]\nname='b'\nletter='B'\nsource='x'\nstructure='[*:1]O'\nsynonyms.helm=['A']\n"
      "[sugar]\n[link]\n[end]\n[conjugate]\n";
  const auto parsed = Library::parse(two, "two.toml");
  REQUIRE_FALSE(parsed.ok());
  CHECK(to_text(parsed.faults()).find("'A' is already the word of helm") != std::string::npos);
}

TEST_CASE("library: nearest words, the nearest first") {
  const std::vector<std::string> known = {"moe", "m", "mR", "lna", "cet"};
  CHECK(nearest_words("meo", known, 3).front() == "moe");
  CHECK(nearest_words("LNA", known, 1) == std::vector<std::string>{"lna"});
  CHECK(nearest_words("quidditch", known, 3).empty());
  CHECK(nearest_words("Q", known, 3).empty());  // another letter is not near
}

TEST_CASE("words: an unknown base, sugar or shape is a fault of the file") {
  const auto parsed = parse_vocabularies(
      "[x]\nsource='y'\nwords=[['A','Q','d'],['A','A','q'],['A','A']]\n", "w.toml");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.faults().size() == 3);
}

TEST_CASE("words: the longest word wins, an open word is not written") {
  const Vocabulary& axolabs = vocabulary("axolabs");
  CHECK(axolabs.longest_at("AfC")->word == "Af");
  CHECK(axolabs.longest_at("AC")->word == "A");
  CHECK(axolabs.longest_at("xyz") == nullptr);
  CHECK(axolabs.word_for("C", "moe") == nullptr);
  CHECK(axolabs.word_for("A", "moe")->word == "Am");
}

TEST_CASE("strand: acid protons and plain letters") {
  Strand strand;
  strand.units = {{"5mC", "moe", "s"}, {"T", "d", "n"}, {"G", "r", ""}};
  CHECK(plain_sequence(strand) == "CTG");
  CHECK(n_acid_protons(strand) == 1);
  strand.five_end.group = "P";
  strand.three_end.conjugate = "L96";
  strand.three_end.link = "p";
  CHECK(n_acid_protons(strand) == 4);
  CHECK(n_units(Molecule{{strand, strand}, "", {}, 0}) == 6);
}
