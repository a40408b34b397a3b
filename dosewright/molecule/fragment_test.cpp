#include "dosewright/molecule/fragment.hpp"

#include <doctest/doctest.h>

#include "dosewright/base/file.hpp"
#include "dosewright/molecule/library.hpp"

namespace dosewright::molecule {
namespace {

void refuses(const char* text, const char* expected) {
  CAPTURE(text);
  const Result<Fragment> fragment = parse_fragment(text);
  REQUIRE(!fragment.ok());
  CHECK_MESSAGE(to_text(fragment.faults()).find(expected) != std::string::npos,
                to_text(fragment.faults()));
}

std::string residues() {
  return *read_text(std::string(DOSEWRIGHT_ROOT) + "/molecule/residues.toml");
}

std::string faults_after(const std::string& from, const std::string& to) {
  std::string text = residues();
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  const auto library = Library::parse(text, "residues.toml");
  return library.ok() ? std::string() : to_text(library.faults());
}

TEST_CASE("free places are filled with hydrogens to the lowest usual valence") {
  const auto fragment = parse_fragment("CC(=O)N[*:1]");
  REQUIRE(fragment.ok());
  REQUIRE(fragment->atoms.size() == 4);
  CHECK(fragment->atoms[0].n_hydrogens == 3);
  CHECK(fragment->atoms[1].n_hydrogens == 0);
  CHECK(fragment->atoms[3].n_hydrogens == 1);
  CHECK(fragment->attached(1) == 3);
  CHECK(fragment->attached(2) == -1);
}

TEST_CASE("a stereo centre knows its neighbours in the order of the text, ring closures in place") {
  const auto fragment = parse_fragment("[*:1][C@H]1[C@@](O1)(C)N");
  REQUIRE(fragment.ok());
  REQUIRE(fragment->centres.size() == 2);
  const Centre& first = fragment->centres[0];
  CHECK(first.atom == 0);
  CHECK(first.neighbours == std::array<int, 4>{open_place(1), kHydrogen, 2, 1});
  CHECK(!first.clockwise);
  CHECK(fragment->centres[1].neighbours == std::array<int, 4>{0, 2, 3, 4});
  CHECK(fragment->centres[1].clockwise);
}

TEST_CASE("what is no structure is refused with its position") {
  refuses("", "expected an atom");
  refuses("C(", "branch is not closed");
  refuses("C)C", "')' without its '(' at position 2");
  refuses("C1CC", "ring closure 1 is not closed");
  refuses("Cc", "found 'c' at position 2");
  refuses("C=", "expected an atom after the bond");
  refuses("C(=O)(=O)C", "C with 5 bonds");
  refuses("[CH2]", "C with 2 bonds");
  refuses("[C@](C)N", "a stereo centre has four neighbours, found 2");
  refuses("[*:0]C", "attachment point");
  refuses("C[", "without its ']'");
  refuses("[Xy]", "unknown element");
  refuses("C.C", "found '.' at position 2");
  refuses("C%1", "two digits");
  refuses("C=1CC-1", "different bonds");
  refuses("[Na]", "is no valence");
}

TEST_CASE("faults of the library name the monomer's line, all of them at once") {
  CHECK(faults_after("\"[*:1]N1C=NC2=C1N=CN=C2N\"", "\"[*:1]N1C=NC2=C1N=CN=C2\"").empty());
  std::string text = residues();
  text.replace(text.find("\"[*:1]N1C=NC2=C1N=CN=C2N\""), 25, "\"[*:1]N1C=NC2=C1N=CN=C2(N)N\"");
  text.replace(text.find("\"[*:3]P(=O)(O)[*:5]\""), 20, "\"[*:3]P(=O)(O)O\"");
  const auto library = Library::parse(text, "residues.toml");
  REQUIRE(!library.ok());
  CHECK(library.faults().size() == 2);
  const std::string said = to_text(library.faults());
  CHECK_MESSAGE(said.find("residues.toml:") != std::string::npos, said);
  CHECK_MESSAGE(said.find("C with 5 bonds") != std::string::npos, said);
  CHECK_MESSAGE(said.find("attachment point [*:5] once, found it 0 times") != std::string::npos,
                said);
}

TEST_CASE("a sugar without its base, a layout with too many places") {
  CHECK(faults_after("\"[*:1][C@H]1C[C@@H]", "\"[C@H]1(N)C[C@@H]").find("[*:1] once") !=
        std::string::npos);
  CHECK(faults_after("layout = [[0, -1.4], [-1, -1.4], [1, -1.4]]",
                     "layout = [[0, -1.4], [-1, -1.4], [1, -1.4], [3, 3]]")
            .find("4 places for 3 atoms") != std::string::npos);
}

}  // namespace
}  // namespace dosewright::molecule
