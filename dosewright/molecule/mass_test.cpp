#include "dosewright/molecule/mass.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>

#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

Strand nusinersen() {
  return uniform_strand("TCACTTTCATAATGCTGG", "moe", "s", true);
}

Strand fomivirsen() {
  return uniform_strand("GCGTTTGCTCTTCTTCTTGCG", "d", "s");
}

Strand eteplirsen() {
  Strand strand = uniform_strand("CTCCAACATCAAGGAAGATGGCATTTCTAG", "mor", "n");
  strand.five_end.conjugate = "EG3";
  return strand;
}

// Sources. mipomersen: S1 (formula) and EMA assessment report p.9 (mass) of programmes/mipomersen.
// The others as public texts quote them, the labels themselves were not at hand: nusinersen
// (Spinraza), patisiran (Onpattro), eteplirsen (Exondys 51), inclisiran (Leqvio) from section 11 of
// their US labels; fomivirsen the free acid of encyclopaedias, whose InChI begins with the formula.
struct Published {
  const char* name;
  Molecule molecule;
  const char* formula;
  int n_sodium;
  double g_per_mol;
  double last_digit;  // of the published mass
};

std::vector<Published> published() {
  return {
      {"mipomersen", single(mipomersen()), "C230H305N67Na19O122P19S19", 19, 7594.9, 0.1},
      {"nusinersen", single(nusinersen()), "C234H323N61Na17O128P17S17", 17, 7501.0, 0.1},
      {"fomivirsen", single(fomivirsen()), "C204H263N63O114P20S20", 0, 6682.4, 0.1},
      {"patisiran", patisiran(), "C412H480N148Na40O290P40", 40, 14304, 1},
      {"eteplirsen", single(eteplirsen()), "C364H569N177O122P30", 0, 10305.7, 0.1},
      {"inclisiran", inclisiran(), "C529H664F12N176Na43O316P43S6", 43, 17284.72, 0.01},
  };
}

TEST_CASE("published formulae and masses of six drugs") {
  for (const Published& drug : published()) {
    CAPTURE(drug.name);
    const Formula salt = *salt_formula(drug.molecule, Counterion::kSodium, drug.n_sodium);
    CHECK(to_text(salt) == drug.formula);
    double nearest = 1e9;
    for (const WeightTable table : kWeightTables) {
      nearest = std::min(nearest, std::abs(average_mass(salt, table) - drug.g_per_mol));
    }
    CHECK(nearest <= drug.last_digit * 0.51);
    if (drug.n_sodium > 0) CHECK(n_acid_protons(drug.molecule) == drug.n_sodium);
  }
  CHECK(n_acid_protons(fomivirsen()) == 20);
  CHECK(n_acid_protons(eteplirsen()) == 0);
}

// One wrong atom group each. The comparison that accepts the drugs must refuse all of them.
TEST_CASE("wrong structures are told apart from the published formula") {
  const auto differs = [](const Strand& strand) {
    return to_text(*salt_formula(single(strand), Counterion::kSodium, 19)) !=
           "C230H305N67Na19O122P19S19";
  };
  CHECK_FALSE(differs(mipomersen()));
  Strand one_po = mipomersen();
  one_po.units[7].link = "p";
  CHECK(differs(one_po));
  Strand plain_c = mipomersen();
  plain_c.units[1].base = "C";
  CHECK(differs(plain_c));
  Strand uridine = mipomersen();
  uridine.units[3].base = "U";
  CHECK(differs(uridine));
  Strand wide_gap = mipomersen();
  wide_gap.units[4].sugar = "d";
  CHECK(differs(wide_gap));
  Strand methoxy = mipomersen();
  for (Unit& unit : methoxy.units) {
    if (unit.sugar == "moe") unit.sugar = "m";
  }
  CHECK(differs(methoxy));
  Strand phosphate = mipomersen();
  phosphate.five_end.group = "P";
  CHECK(differs(phosphate));
}

// Textbook formulae of free nucleosides, nucleotides and of one dinucleotide.
TEST_CASE("the library's parts add to textbook molecules") {
  const auto text = [](std::string_view bases, const char* sugar, const char* link,
                       const char* end) {
    Strand strand = uniform_strand(bases, sugar, link);
    strand.five_end.group = end;
    return to_text(acid_formula(strand));
  };
  CHECK(text("A", "r", "", "OH") == "C10H13N5O4");       // adenosine
  CHECK(text("A", "d", "", "OH") == "C10H13N5O3");       // 2'-deoxyadenosine
  CHECK(text("G", "r", "", "OH") == "C10H13N5O5");       // guanosine
  CHECK(text("C", "d", "", "OH") == "C9H13N3O4");        // 2'-deoxycytidine
  CHECK(text("T", "d", "", "OH") == "C10H14N2O5");       // thymidine
  CHECK(text("U", "r", "", "OH") == "C9H12N2O6");        // uridine
  CHECK(text("I", "r", "", "OH") == "C10H12N4O5");       // inosine
  CHECK(text("A", "r", "", "P") == "C10H14N5O7P");       // AMP
  CHECK(text("A", "m", "", "OH") == "C11H15N5O4");       // 2'-O-methyladenosine
  CHECK(text("U", "f", "", "OH") == "C9H11FN2O5");       // 2'-fluoro-2'-deoxyuridine
  CHECK(text("T", "moe", "", "OH") == "C13H20N2O7");     // 2'-O-MOE-5-methyluridine
  CHECK(text("T", "lna", "", "OH") == "C11H14N2O6");     // locked thymidine
  CHECK(text("TT", "d", "p", "OH") == "C20H27N4O12P");   // TpT
  CHECK(text("TT", "d", "s", "OH") == "C20H27N4O11PS");  // TpsT
  CHECK(text("TT", "d", "sR", "PS") == "C20H28N4O13P2S2");
}

TEST_CASE("200 mg of mipomersen sodium are 26.33 umol and 189.0 mg of acid") {
  const Molecule molecule = single(mipomersen());
  const Formula acid = acid_formula(molecule);
  const Formula salt = *salt_formula(molecule, Counterion::kSodium, 19);
  for (const WeightTable table : kWeightTables) {
    const double g_per_mol = average_mass(salt, table);
    CHECK(nmol_of_mg(200, g_per_mol) == doctest::Approx(26333).epsilon(1e-4));
    CHECK(acid_mg_of_salt_mg(200, acid, salt, table) == doctest::Approx(189.0).epsilon(1e-4));
    CHECK(mg_of_nmol(nmol_of_mg(200, g_per_mol), g_per_mol) == doctest::Approx(200));
  }
}

TEST_CASE("salts: the number of counter ions is bounded by the acid's protons") {
  const Molecule molecule = single(mipomersen());
  CHECK(salt_formula(molecule, Counterion::kSodium, 0).ok());
  CHECK_FALSE(salt_formula(molecule, Counterion::kSodium, 20).ok());
  CHECK_FALSE(salt_formula(molecule, Counterion::kPotassium, -1).ok());
  const auto too_many = salt_formula(molecule, Counterion::kSodium, 20);
  CHECK(too_many.faults()[0].message == "a salt with 20 Na, but the acid has 19 protons to give");
  const Formula acid = acid_formula(molecule);
  CHECK(to_text(*salt_formula(molecule, Counterion::kAmmonium, 1) - acid) == "H3N");
  CHECK(to_text(*salt_formula(molecule, Counterion::kTriethylammonium, 2) - acid) == "C12H30N2");
  for (const Counterion ion : kCounterions) CHECK(*counterion_named(to_text(ion)) == ion);
  CHECK_FALSE(counterion_named("na").ok());
}

// The ion [M-8H]8- of mipomersen, by hand: (monoisotopic mass - 8 x 1.007276) / 8.
TEST_CASE("m/z with charges and adducts") {
  const double neutral = monoisotopic_mass(acid_formula(mipomersen()));
  CHECK(neutral == doctest::Approx(7172.09167).epsilon(1e-8));  // summed by hand
  const MassScale mono;
  CHECK(mz(neutral, {-8, {}}, mono) == doctest::Approx((neutral - 8 * 1.00727647) / 8));
  CHECK(mz(neutral, {2, {}}, mono) == doctest::Approx((neutral + 2 * 1.00727647) / 2));
  CHECK(mz(neutral, {-4, {1, 0, 0, 0}}, mono) - mz(neutral, {-4, {}}, mono) ==
        doctest::Approx(21.981944 / 4).epsilon(1e-6));
  CHECK(mz(neutral, {-4, {0, 1, 0, 0}}, mono) - mz(neutral, {-4, {}}, mono) ==
        doctest::Approx(37.955881 / 4).epsilon(1e-6));
  CHECK(mz(neutral, {-4, {0, 0, 0, 1}}, mono) - mz(neutral, {-4, {}}, mono) ==
        doctest::Approx(101.120449 / 4).epsilon(1e-6));
  CHECK(to_text(Ion{-4, {}}) == "[M-4H]4-");
  CHECK(to_text(Ion{-4, {1, 0, 0, 0}}) == "[M+Na-5H]4-");
  CHECK(to_text(Ion{-4, {2, 1, 0, 1}}) == "[M+2Na+K+TEA-7H]4-");
  CHECK(to_text(Ion{2, {}}) == "[M+2H]2+");
  CHECK(to_text(Ion{1, {1, 0, 0, 0}}) == "[M+Na]1+");
}

TEST_CASE("charge 0 has no m/z") {
  CHECK_FALSE(check_ion({0, {}}).ok());
  CHECK_FALSE(check_ion({101, {}}).ok());
  CHECK(check_ion({-100, {}}).ok());
  const auto both = check_ion({0, {-1, 0, 0, 0}});
  REQUIRE_FALSE(both.ok());
  CHECK(both.faults().size() == 2);
}

TEST_CASE("neutral mass undoes m/z, and the table of many equals one by one") {
  const bool held = rc::check([] {
    const auto charge = *rc::gen::map(rc::gen::inRange(1, 30), [](int z) { return -z; });
    const Ion ion{charge,
                  {*rc::gen::inRange(0, 3), *rc::gen::inRange(0, 3), *rc::gen::inRange(0, 2),
                   *rc::gen::inRange(0, 2)}};
    const double neutral = *rc::gen::inRange(300, 20000) + 0.25;
    const MassScale scale{*rc::gen::arbitrary<bool>(), WeightTable::kIupac2007};
    RC_ASSERT(std::abs(neutral_mass(mz(neutral, ion, scale), ion, scale) - neutral) < 1e-8);
    const std::vector<Ion> ions = {ion, {-1, {}}, {3, {}}};
    const std::vector<double> masses = {neutral, 2 * neutral};
    std::vector<double> table(6);
    mz_table(masses, ions, scale, table);
    for (std::size_t i = 0; i < 6; ++i) {
      RC_ASSERT(std::abs(table[i] - mz(masses[i / 3], ions[i % 3], scale)) < 1e-9);
    }
  });
  CHECK(held);
}

Strand random_strand(int n) {
  const auto pick = [](const std::vector<std::string>& words) {
    return *rc::gen::elementOf(words);
  };
  Strand strand;
  for (int i = 0; i < n; ++i) {
    strand.units.push_back({pick({"A", "C", "G", "T", "U", "5mC", "I"}),
                            pick({"d", "r", "moe", "m", "f", "lna", "cet"}),
                            i + 1 < n ? pick({"p", "s", "sR", "sS"}) : ""});
  }
  strand.five_end.group = pick({"OH", "P", "PS"});
  strand.three_end.group = pick({"OH", "P", "PS"});
  return strand;
}

// Two ways to a formula that share the fragments and nothing else: adding them, and building every
// atom and bond and counting.
TEST_CASE("the sum of the parts is what the graph of atoms counts") {
  const bool held = rc::check([] {
    Molecule molecule = single(random_strand(*rc::gen::inRange(1, 12)));
    if (*rc::gen::arbitrary<bool>()) {
      molecule.strands[0].three_end = {"OH", *rc::gen::element<std::string>("L96", "THA"),
                                       *rc::gen::element<std::string>("p", "s")};
    }
    if (*rc::gen::arbitrary<bool>()) molecule.strands.push_back(random_strand(5));
    const int n = *rc::gen::inRange(0, n_acid_protons(molecule) + 1);
    RC_ASSERT(*formula_of(molecule, n) == *salt_formula(molecule, Counterion::kSodium, n));
  });
  CHECK(held);
  for (const Published& drug : published()) {
    CHECK(*formula_of(drug.molecule) == acid_formula(drug.molecule));
  }
}

// A strand is hydrolysed at one link. The link stays with one part, as its phosphate or
// thiophosphate; parts minus water are the whole.
TEST_CASE("the mass of the parts minus water is the mass of the whole") {
  const bool held = rc::check([] {
    const int n = *rc::gen::inRange(2, 25);
    const Strand whole = random_strand(n);
    const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange(1, n));
    Strand left = whole, right = whole;
    left.units.erase(left.units.begin() + at, left.units.end());
    right.units.erase(right.units.begin(), right.units.begin() + at);
    const std::string link = std::exchange(left.units.back().link, "");
    const std::string kept = link == "p" ? "P" : "PS";
    left.three_end.group = right.five_end.group = "OH";
    (*rc::gen::arbitrary<bool>() ? left.three_end : right.five_end).group = kept;
    const Formula parts = acid_formula(left) + acid_formula(right);
    RC_ASSERT(parts - kWater == acid_formula(whole));
    const MassScale mono;
    RC_ASSERT(std::abs(mass(parts, mono) - mass(kWater, mono) - mass(acid_formula(whole), mono)) <
              1e-8);
  });
  CHECK(held);
}

}  // namespace
}  // namespace dosewright::molecule
