#include "dosewright/molecule/hybrid.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

Strand strand_of(const std::string& bases, const std::string& sugars, const std::string& link) {
  Strand strand;
  for (std::size_t i = 0; i < bases.size(); ++i) {
    Unit unit;
    unit.base = bases[i] == 'c' ? "5mC" : std::string(1, bases[i]);
    unit.sugar = sugars[i] == 'e' ? "moe" : sugars[i] == 'l' ? "lna" : "d";
    unit.link = i + 1 < bases.size() ? link : "";
    strand.units.push_back(unit);
  }
  return strand;
}

Strand dna(const std::string& bases) {
  return strand_of(bases, std::string(bases.size(), 'd'), "p");
}

}  // namespace

TEST_CASE("the table is whole, and its free energies are those of its enthalpies and entropies") {
  std::set<std::string_view> pairs;
  for (const NearestNeighbour& pair : hybrid_neighbours()) {
    pairs.insert(pair.rna);
    CHECK(std::abs(pair.dH - 0.31015 * pair.dS - pair.dG37) < 0.051);
  }
  CHECK(pairs.size() == 16);
  CHECK(std::abs(kHybridInitiation.dH - 0.31015 * kHybridInitiation.dS - 3.1) < 0.051);
}

// [Biopython-4610]: 50 nM of both strands together, 660 mM Na+.
TEST_CASE("a published worked value: 76.75187612485894 degrees") {
  const Strand strand = dna("GCCTTGCTCCTGCCGCTG");  // pairs with CAGCGGCAGGAGCAAGGC
  const auto result = hybrid(strand, {0.66, 50e-9});
  REQUIRE(result.ok());
  CHECK(result->rna == "CAGCGGCAGGAGCAAGGC");
  CHECK(std::abs(result->tm_unmodified.high - 76.75187612485894) < 1e-9);
}

// Melting temperatures of [Sugimoto1995] as [Biopython-3280] quotes them; 1 M NaCl, 0.1 mM. The
// authors state their prediction to be good to a few degrees.
TEST_CASE("eight measured hybrids are met within four degrees, two on average") {
  const std::vector<std::pair<std::string, double>> measured = {
      {"GGACUUA", 25.9}, {"UAAGUCC", 29.4}, {"AGCCG", 30.8},  {"CGGCU", 26.1},
      {"GGUUGG", 28.0},  {"ACCGCA", 36.1},  {"CAAUCG", 16.9}, {"GGCACG", 41.5}};
  double sum = 0;
  for (const auto& [rna, tm] : measured) {
    const double off = std::abs(melting_temperature(hybrid_stability(rna), 1e-4) - tm);
    CAPTURE(rna);
    CHECK(off < 4);
    sum += off;
  }
  CHECK(sum / 8 < 2);
}

// [Wahlestedt2000, table 1]: 1.5 uM of each strand, 100 mM NaCl and 10 mM sodium phosphate.
TEST_CASE("a measured 15-mer and its LNA gapmer") {
  const HybridConditions conditions = {0.115, 3e-6};
  const auto plain = hybrid(dna("GTGTCCGAGACGTTG"), conditions);
  REQUIRE(plain.ok());
  CHECK(std::abs(plain->tm.high - 56) < 3);
  const auto gapmer = hybrid(strand_of("GTGTCCGAGACGTTG",
                                       "lllldddddd"
                                       "lllll",
                                       "p"),
                             conditions);
  REQUIRE(gapmer.ok());
  CHECK(gapmer->tm.low < 83);
  CHECK(gapmer->tm.high > 83);
  CHECK(gapmer->gap_first == 5);
  CHECK(gapmer->gap_last == 10);
}

TEST_CASE("mipomersen: an interval that moves with each modification") {
  const auto result = hybrid(mipomersen());
  REQUIRE(result.ok());
  CHECK(result->rna == "GGUGCGAAGCAGACUGAGGC");
  CHECK(result->unmodified.dH == doctest::Approx(-166.1));
  CHECK(result->unmodified.dS == doctest::Approx(-435.5));
  CHECK(result->unmodified.dG37 == doctest::Approx(-31.03).epsilon(1e-3));
  REQUIRE(result->increments.size() == 3);  // MOE, 5-methylcytosine, phosphorothioate
  CHECK(result->increments[0].count == 10);
  CHECK(result->increments[1].count == 9);
  CHECK(result->increments[2].count == 19);
  CHECK(result->tm.low == doctest::Approx(result->tm_unmodified.low + 10 * 0.9 - 19 * 0.7));
  CHECK(result->tm.high ==
        doctest::Approx(result->tm_unmodified.high + 10 * 1.6 + 9 * 1.3 - 19 * 0.35));
  CHECK(result->dG37.low < result->dG37.high);
  CHECK(result->gap_first == 6);
  CHECK(result->gap_last == 15);
  for (const Increment& increment : result->increments) CHECK(!increment.source.empty());
}

TEST_CASE("without salt correction and modification the interval is a point, and dG is the sum") {
  const auto result = hybrid(dna("GATTACAGATTACA"), {1.0, 1e-4});
  REQUIRE(result.ok());
  CHECK(result->tm.low == doctest::Approx(result->tm.high));
  CHECK(result->dG37.low == doctest::Approx(result->unmodified.dG37));
  CHECK(result->increments.empty());
}

TEST_CASE("what is not covered is named, all of it at once") {
  Strand strand = dna("GATTACA");
  strand.units[0].sugar = "r";
  strand.units[2].base = "I";
  strand.units[3].link = "n";
  const auto result = hybrid(strand, {0, 1});
  REQUIRE(!result.ok());
  CHECK(result.faults().size() == 5);
  const std::string text = to_text(result.faults());
  CHECK(text.find("no hybrid data for the sugar 'r' (residue 1)") != std::string::npos);
  CHECK(text.find("no hybrid data for the base 'I' (residue 3)") != std::string::npos);
  CHECK(text.find("the salt must lie between 0.01 and 2 mol/l, found 0") != std::string::npos);
  CHECK(!hybrid(dna("A")).ok());
  const auto strands = hybrid(dna("ACGT"), {0.1, 1});
  REQUIRE(strands.faults().size() == 1);
  CHECK(strands.faults()[0].hint.find("--conc is in umol/l") == 0);
}

}  // namespace dosewright::molecule
