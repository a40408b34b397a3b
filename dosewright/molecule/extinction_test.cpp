#include "dosewright/molecule/extinction.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

Extinction of(const Strand& strand) {
  return *extinction_260(strand);
}

// Worked by hand from the DNA table: neighbours 338.6, inner residues 168.0.
TEST_CASE("mipomersen's sequence as unmodified DNA: 170.6 /mM/cm") {
  const Extinction dna = of(uniform_strand("GCCTCAGTCTGCTTCGCACC", "d", "p"));
  CHECK(dna.as_dna == doctest::Approx(170.6));
  CHECK(dna.by_sugar == doctest::Approx(170.6));
  CHECK(dna.assumptions.empty());
  const Extinction drug = of(mipomersen());
  CHECK(drug.as_dna == doctest::Approx(170.6));
  CHECK(drug.by_sugar > std::min(drug.as_dna, drug.as_rna));
  CHECK(drug.by_sugar < std::max(drug.as_dna, drug.as_rna));
  CHECK(drug.assumptions.size() == 4);
}

TEST_CASE("one, two and three residues") {
  CHECK(of(uniform_strand("A", "d", "")).as_dna == doctest::Approx(15.4));
  CHECK(of(uniform_strand("AC", "d", "p")).as_dna == doctest::Approx(21.2));
  CHECK(of(uniform_strand("ACG", "d", "p")).as_dna == doctest::Approx(21.2 + 18.0 - 7.4));
  CHECK(of(uniform_strand("U", "r", "")).as_rna == doctest::Approx(9.9));
  CHECK(of(uniform_strand("GUA", "r", "p")).by_sugar == doctest::Approx(21.2 + 24.6 - 9.9));
}

TEST_CASE("a residue without a base ends the stack") {
  const Strand whole = uniform_strand("AGT", "d", "p");
  Strand gap = whole;
  gap.units[1].base = "ab";
  CHECK(of(gap).as_dna == doctest::Approx(15.4 + 8.7));
  Strand end = whole;
  end.units[2].base = "ab";
  CHECK(of(end).as_dna == doctest::Approx(25.0));
}

TEST_CASE("a base without data is a fault for each residue that has it") {
  const auto result = extinction_260(uniform_strand("AICI", "d", "p"));
  REQUIRE_FALSE(result.ok());
  REQUIRE(result.faults().size() == 2);
  CHECK(result.faults()[0].message == "residue 2: no extinction data for the base 'I'");
  CHECK(result.faults()[1].message == "residue 4: no extinction data for the base 'I'");
}

}  // namespace
}  // namespace dosewright::molecule
