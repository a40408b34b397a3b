#include "dosewright/molecule/identity.hpp"

#include <doctest/doctest.h>

#include "dosewright/molecule/mipomersen_test.hpp"
#include "dosewright/molecule/strands_test.hpp"

using namespace dosewright;
using namespace dosewright::molecule;

namespace {

Identity card(const Molecule& molecule) {
  auto identity = identify(molecule);
  REQUIRE(identity.ok());
  return std::move(*identity);
}

Molecule the_drug() {
  Molecule molecule;
  molecule.strands.push_back(mipomersen());
  return molecule;
}

}  // namespace

TEST_CASE("identity of mipomersen: formulae of S1, key of S1, masses of the label") {
  const Identity identity = card(the_drug());
  CHECK(to_text(identity.acid.formula) == "C230H324N67O122P19S19");
  CHECK(to_text(identity.salt.formula) == "C230H305N67Na19O122P19S19");
  CHECK(identity.salt.n_sodium == 19);
  REQUIRE(identity.inchi.has_value());
  CHECK(identity.inchi->key == kMipomersenKey);
  CHECK(identity.acid.average[0] == doctest::Approx(7177.1).epsilon(2e-5));
  CHECK(identity.salt.average[2] == doctest::Approx(7594.9).epsilon(2e-5));  // [EMA-AR p.9]
  CHECK(identity.notations.size() == 6);
}

TEST_CASE("200 mg of the salt are 26.33 umol and 189.0 mg of acid") {
  const Amount amount = amount_of_salt(card(the_drug()), 200, WeightTable::kIupac2021);
  CHECK(amount.micromol == doctest::Approx(26.33).epsilon(2e-4));
  CHECK(amount.acid_mg == doctest::Approx(189.0).epsilon(3e-4));
}

TEST_CASE("a duplex beyond InChI's limit has a card that says so") {
  const Identity identity = card(inclisiran());
  CHECK_FALSE(identity.inchi.has_value());
  CHECK(identity.no_inchi.find("1024") != std::string::npos);
  CHECK(to_text(identity.salt.formula) == "C529H664F12N176Na43O316P43S6");  // Leqvio label
  CHECK(identity.extinctions.size() == 2);
}
