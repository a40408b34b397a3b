#include "dosewright/molecule/ladder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

TEST_CASE("the ladder of mipomersen lists each class that an analyst looks for") {
  const Molecule molecule{{mipomersen()}, "", {}, 0};
  const std::vector<LadderRow> rows = *ladder_of(molecule, {.inner_parts = false});
  std::set<std::string> kinds;
  std::set<std::string> names;
  for (const LadderRow& row : rows) {
    kinds.insert(row.kind);
    CHECK_MESSAGE(names.insert(row.name).second, row.name);  // no name twice
    CHECK_FALSE(row.formula.has_negative());
    CHECK_FALSE(row.origin.empty());
  }
  for (const char* kind :
       {"parent", "endonuclease", "three_ladder", "five_ladder", "deletion", "longmer", "dimer",
        "covalent_dimer", "ps_to_po", "deamination", "depurination", "depyrimidination", "cnet"}) {
    CHECK_MESSAGE(kinds.contains(kind), kind);
  }
  const auto cnet = std::ranges::find(rows, "cnet", &LadderRow::kind);
  CHECK(cnet->n_places == 5);
  CHECK(to_text(cnet->formula - acid_formula(molecule)) == "C3H3N");
}

TEST_CASE("ions: every charge with each number of each adduct") {
  const std::vector<int> charges = {-4, -5};
  const std::vector<Counterion> adducts = {Counterion::kSodium, Counterion::kPotassium};
  const std::vector<Ion> ions = *ions_of(charges, adducts, 2);
  REQUIRE(ions.size() == 10);
  CHECK(to_text(ions[0]) == "[M-4H]4-");
  CHECK(to_text(ions[4]) == "[M+2K-6H]4-");
  CHECK(to_text(ions[9]) == "[M+2K-7H]5-");
  const std::vector<int> broken = {0, -4, 0, 500};
  const auto result = ions_of(broken, adducts, 1);
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults().size() == 3);
}

}  // namespace
}  // namespace dosewright::molecule
