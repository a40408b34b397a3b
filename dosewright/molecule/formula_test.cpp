#include "dosewright/molecule/formula.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "dosewright/base/document.hpp"

namespace dosewright::molecule {
namespace {

Formula formula(std::string_view text) {
  return *parse_formula(text);
}

TEST_CASE("Hill order: C, H, then by symbol; without carbon all by symbol") {
  CHECK(to_text(formula("NaO122P19C230S19N67H305Na18")) == "C230H305N67Na19O122P19S19");
  CHECK(to_text(formula("H2O")) == "H2O");
  CHECK(to_text(formula("OH2Cl")) == "ClH2O");
  CHECK(to_text(formula("CH4")) == "CH4");
  CHECK(to_text(formula("C10 H14 N5 O7 P")) == "C10H14N5O7P");
  CHECK(to_text(formula("C₂₃₄H₃₄₀N₆₁O₁₂₈P₁₇S₁₇")) == "C234H340N61O128P17S17");
  CHECK(to_text(Formula()) == "");
}

TEST_CASE("sums, multiples, differences") {
  const Formula acid = formula("C230H324N67O122P19S19");
  const Formula exchange = {{Element::Na, 1}, {Element::H, -1}};
  CHECK(to_text(acid + 19 * exchange) == "C230H305N67Na19O122P19S19");
  CHECK(difference_text(formula("H3PO4") - formula("H3PO3S")) == "+O -S");
  CHECK(difference_text(acid - acid) == "");
  CHECK(difference_text(kWater) == "+H2O");
  CHECK(to_text(exchange) == "H-1Na");
  CHECK(exchange.has_negative());
  CHECK_FALSE(acid.has_negative());
  CHECK(acid.n_atoms() == 230 + 324 + 67 + 122 + 19 + 19);
}

TEST_CASE("a formula that is none: every fault with its column and a way out") {
  CHECK_FALSE(parse_formula("").ok());
  CHECK_FALSE(parse_formula("  ").ok());
  CHECK_FALSE(parse_formula("C0").ok());
  CHECK_FALSE(parse_formula("C1000001").ok());
  CHECK_FALSE(parse_formula("C999999C2").ok());
  CHECK_FALSE(parse_formula("C99999999999999999999999999").ok());
  CHECK_FALSE(parse_formula("c6h6").ok());
  CHECK_FALSE(parse_formula("12").ok());
  CHECK_FALSE(parse_formula("C6H6\xE2\x82").ok());  // a cut character
  const auto result = parse_formula("C₂Xx3O·2Qq");
  REQUIRE_FALSE(result.ok());
  const Faults& faults = result.faults();
  REQUIRE(faults.size() == 4);
  CHECK(faults[0].place.column == 3);
  CHECK(faults[0].message == "'Xx' is not an element that is known here");
  CHECK(faults[1].place.column == 7);
  CHECK(faults[1].message == "'·' has no meaning in a formula");
  CHECK(faults[2].place.column == 8);
  CHECK(faults[3].place.column == 9);
}

TEST_CASE("text of a formula reads back") {
  const bool held = rc::check([] {
    Formula made;
    for (std::size_t i = 0; i < kElements; ++i) {
      made.add(static_cast<Element>(i), *rc::gen::inRange(0, 300));
    }
    made.add(Element::C, 1);
    RC_ASSERT(*parse_formula(to_text(made)) == made);
  });
  CHECK(held);
}

// The label of Kynamro prints 7594.9 g/mol for the salt. Only the table of 1993 gives it; those of
// 2007 and 2021 round to 7594.8.
TEST_CASE("the table of weights decides the first decimal of mipomersen sodium") {
  const Formula salt = formula("C230H305N67Na19O122P19S19");
  CHECK(average_mass(salt, WeightTable::kIupac1993) == doctest::Approx(7594.891).epsilon(1e-7));
  CHECK(average_mass(salt, WeightTable::kIupac2007) == doctest::Approx(7594.801).epsilon(1e-7));
  CHECK(average_mass(salt, WeightTable::kIupac2021) == doctest::Approx(7594.764).epsilon(1e-7));
  CHECK(average_mass(formula("C230H324N67O122P19S19"), WeightTable::kIupac2021) ==
        doctest::Approx(7177.11).epsilon(1e-6));
}

TEST_CASE("tables have names, and a wrong name says which there are") {
  for (const WeightTable table : kWeightTables) {
    CHECK(*weight_table_named(id(table)) == table);
    CHECK_FALSE(name(table).empty());
  }
  const auto unknown = weight_table_named("IUPAC1870");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.faults()[0].hint == "known are IUPAC2021, IUPAC2007, IUPAC1993");
}

// The sources of elements.toml are keys of docs/sources.toml.
TEST_CASE("every source of the tables is a known key") {
  Document sources = Document::load(std::string(DOSEWRIGHT_ROOT) + "/docs/sources.toml");
  for (const WeightTable table : kWeightTables) {
    CHECK_MESSAGE(sources.root().find(source(table)).exists(), source(table));
  }
  CHECK(sources.root().find("NIST-Isotopes").exists());
}

// Abundances and atomic weights come from different reports: they must agree all the same, within
// what natural variation and rounding allow. A slipped digit would not pass.
TEST_CASE("isotopes weigh what the tables say") {
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto element = static_cast<Element>(i);
    double mean = 0, sum = 0;
    for (const Isotope& isotope : isotopes(element)) {
      CHECK(std::abs(isotope.mass - isotope.mass_number) < 0.11);
      mean += isotope.mass * isotope.abundance;
      sum += isotope.abundance;
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-12));
    for (const WeightTable table : kWeightTables) {
      CHECK_MESSAGE(std::abs(mean / atomic_weight(element, table) - 1) < 3e-4, symbol(element));
    }
    CHECK(element_named(symbol(element)) == element);
  }
  CHECK_FALSE(element_named("na").has_value());
}

// C6H12O6: 180.06339 Da is the textbook's monoisotopic mass of glucose.
TEST_CASE("monoisotopic masses") {
  CHECK(monoisotopic_mass(formula("C6H12O6")) == doctest::Approx(180.063388).epsilon(1e-8));
  CHECK(monoisotopic_mass(kWater) == doctest::Approx(18.010565).epsilon(1e-7));
  CHECK(monoisotopic_mass(Element::B) == doctest::Approx(11.009305));
  CHECK(monoisotopic_mass(formula("C3H3N")) == doctest::Approx(53.026549).epsilon(1e-8));
}

}  // namespace
}  // namespace dosewright::molecule
