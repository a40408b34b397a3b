#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/programme/show.hpp"

namespace dosewright::programme {
namespace {

namespace fs = std::filesystem;

const std::string kMipomersen = std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen";

// A copy of mipomersen's folder with one change in molecule.toml, and its faults.
Faults faults_after(const std::string& from, const std::string& to) {
  static int number = 0;
  const fs::path folder =
      fs::temp_directory_path() /
      ("dosewright_quotes_test_" + std::to_string(::getpid()) + "_" + std::to_string(++number));
  fs::copy(kMipomersen, folder, fs::copy_options::recursive);
  std::string text = *read_text(kMipomersen + "/molecule.toml");
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  text.replace(at, from.size(), to);
  std::ofstream(folder / "molecule.toml") << text;
  Faults faults = check_programme(folder.string());
  fs::remove_all(folder);
  return faults;
}

// The change makes exactly this fault, with its line.
void one_fault(const std::string& from, const std::string& to, const std::string& says) {
  CAPTURE(from);
  const Faults faults = faults_after(from, to);
  REQUIRE_MESSAGE(faults.size() == 1, to_text(faults));
  CHECK(faults[0].place.line > 0);
  CHECK_MESSAGE(to_text(faults).find(says) != std::string::npos, to_text(faults));
}

}  // namespace

TEST_CASE("everything that mipomersen's file quotes agrees with its strand") {
  const auto programme = load_programme(kMipomersen);
  REQUIRE_MESSAGE(programme.ok(), to_text(programme.faults()));
  const Molecule& molecule = *programme->molecule;
  CHECK(molecule.computed.formula_acid == "C230H324N67O122P19S19");
  CHECK(molecule.computed.formula_salt == "C230H305N67Na19O122P19S19");
  CHECK(molecule.quotes.size() == 10);
  for (const Quote& quote : molecule.quotes) {
    CAPTURE(quote.what);
    CHECK((quote.what == "UNII" || quote.what == "SMILES" || quote.verdict.starts_with("agrees")));
  }
  REQUIRE(molecule.findings.size() == 2);
  CHECK(molecule.findings[0] ==
        "S1 mixes two substances: of the salt it has formula, systematic name, CAS 629167-92-6 and "
        "UNII 18EAY4870E; of the acid InChI, InChIKey, CAS 1000120-98-8 and UNII 9GJ8S4GU0M.");
  CHECK(molecule.findings[1].find("S1's SMILES: known conflict: damaged beyond use") == 0);
  CHECK(molecule.findings[1].find("stands outside brackets") != std::string::npos);
}

TEST_CASE("show prints the comparison and what a syringe holds") {
  const std::string text = show(*load_programme(kMipomersen));
  CHECK(text.find("200 mg of the salt are 26.33 umol, 189.0 mg of the acid") != std::string::npos);
  CHECK(text.find("S1 mixes two substances") != std::string::npos);
  CHECK(text.find("known conflict") != std::string::npos);
}

TEST_CASE("a wrong value is a fault with its place, what was expected and what was found") {
  one_fault("formula_acid = \"C230H324N67O122P19S19\"", "formula_acid = \"C230H324N67O123P19S18\"",
            "the difference is +O -S");
  one_fault("formula_acid = \"C230H324", "formula_acid = \"C230H305Na19",
            "the strand's acid has the formula C230H324N67O122P19S19");
  one_fault("mass_salt = \"7594.9 g/mol\"", "mass_salt = \"7177.1 g/mol\"",
            "the strand's salt has the mass");
  one_fault("value = \"XLTMQWVJFPYGMC-QVKFEXRMSA-N\"", "value = \"XLTMQWVJFPYGMC-UHFFFAOYSA-N\"",
            "the skeleton is the same, the stereo centres differ");
  one_fault("/h55-68,", "/h55-69,", "they differ from character");
  one_fault("value = \"1000120-98-8\"", "value = \"1000120-98-7\"", "the check digit is wrong");
  one_fault("all-P-ambo-2’-O-(2-methoxyethyl)-P-thioguanylyl", "all-P-ambo-2’-deoxy-P-thioguanylyl",
            "the systematic name");
  one_fault("[moe](G)[sp].[moe]([m5C])[sp]", "[moe](G)[sp].[moe](C)[sp]", "the HELM");
  one_fault("what = \"InChIKey\"\nof = \"acid\"", "what = \"InChIKey\"\nof = \"salt\"",
            "this is the acid");
  one_fault("what = \"InChIKey\"", "what = \"InChiKeys\"", "did you mean 'InChIKey'?");
}

TEST_CASE("a known conflict that is none is a fault") {
  one_fault("value = \"XLTMQWVJFPYGMC-QVKFEXRMSA-N\"",
            "value = \"XLTMQWVJFPYGMC-QVKFEXRMSA-N\"\nknown_conflict = \"no reason\"",
            "but it agrees with the strand");
}

TEST_CASE("a damaged SMILES that nobody declared is a fault that says where it breaks") {
  one_fault("known_conflict = ", "# known_conflict = ", "stands outside brackets at position");
}

TEST_CASE("a wrong strand is found by everything that the file quotes") {
  const Faults faults = faults_after("methylated = [2, 3, 4, 5,", "methylated = [2, 3, 4,");
  // Two formulae, two masses and HELM of the file itself; formula, mass, name, InChI and key.
  CHECK(faults.size() == 10);
}

}  // namespace dosewright::programme
