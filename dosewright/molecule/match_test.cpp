#include "dosewright/molecule/match.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/separate.hpp"
#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

// Every structure of the search space, written out as a strand and changed place by place. Shares
// no code with the search but the formula of a strand.
class Everything {
 public:
  Everything(const Strand& strand, int most_changes, bool sodium)
      : most_changes_(most_changes), sodium_(sodium) {
    const int n = static_cast<int>(strand.units.size());
    for (int first = 0; first < n; ++first) {
      for (int last = first; last < n; ++last) add_part(strand, first, last);
    }
    for (int i = 1; i + 1 < n; ++i) {
      Strand shorter = strand;
      shorter.units.erase(shorter.units.begin() + i);
      change(shorter, 0, Formula(), most_changes_);
    }
    for (int i = 0; i + 1 < n; ++i) {
      Strand longer = strand;
      longer.units.insert(longer.units.begin() + i, Unit(strand.units[i]));
      change(longer, 0, Formula(), most_changes_);
    }
  }

  std::map<Formula, double> n_structures;

 private:
  static std::vector<std::string> ends(const std::string& link) {
    return link == "p" ? std::vector<std::string>{"OH", "P"}
                       : std::vector<std::string>{"OH", "P", "PS"};
  }

  void add_part(const Strand& strand, int first, int last) {
    const int n = static_cast<int>(strand.units.size());
    Strand part = strand;
    part.units.assign(strand.units.begin() + first, strand.units.begin() + last + 1);
    const std::vector<std::string> own = {"OH"};
    for (const auto& five : first > 0 ? ends(strand.units[first - 1].link) : own) {
      for (const auto& three : last + 1 < n ? ends(part.units.back().link) : own) {
        Strand cut = part;
        cut.five_end.group = five;
        cut.three_end.group = three;
        cut.units.back().link.clear();
        change(cut, 0, Formula(), most_changes_);
      }
    }
  }

  // From residue `at` on: leave it, or make one change of its base; leave its link, or oxidise it.
  void change(const Strand& strand, std::size_t at, const Formula& extra, int left) {
    if (at == strand.units.size()) {
      const Formula formula = acid_formula(strand) + extra;
      n_structures[formula] += 1;
      if (sodium_) n_structures[formula + *parse_formula("Na") - *parse_formula("H")] += 1;
      return;
    }
    Strand other = strand;
    Unit& unit = other.units[at];
    const Unit before = unit;
    const std::map<std::string, std::string> hydrolysed = {{"C", "U"}, {"5mC", "T"}, {"A", "I"}};
    for (const bool oxidise : {false, true}) {
      if (oxidise && (before.link != "s" || left == 0)) continue;
      const int rest = left - (oxidise ? 1 : 0);
      unit = before;
      if (oxidise) unit.link = "p";
      change(other, at + 1, extra, rest);
      if (rest == 0) continue;
      unit.base = "ab";
      change(other, at + 1, extra, rest - 1);
      unit.base = before.base;
      if (const auto it = hydrolysed.find(before.base); it != hydrolysed.end()) {
        unit.base = it->second;
        change(other, at + 1, extra, rest - 1);
      } else if (before.base == "G") {  // xanthine, which the library does not have
        change(other, at + 1, extra + *parse_formula("O") - *parse_formula("NH"), rest - 1);
      } else {
        change(other, at + 1, extra + *parse_formula("C3H3N"), rest - 1);
      }
    }
  }

  int most_changes_;
  bool sodium_;
};

void check_class(const IsobaricClass& found, const Everything& all, MassScale scale) {
  std::map<Formula, double> expected;
  for (const auto& [formula, n] : all.n_structures) {
    if (std::abs(mass(formula, scale) - found.mass) <= found.tolerance) expected[formula] = n;
  }
  std::map<Formula, double> places;
  for (const FormulaGroup& group : found.groups) {
    for (const Candidate& member : group.members) places[group.formula] += member.n_places;
  }
  RC_ASSERT(places == expected);
}

Strand random_strand() {
  const auto pick = [](const std::vector<std::string>& words) {
    return *rc::gen::elementOf(words);
  };
  Strand strand;
  const int n = *rc::gen::inRange(1, 6);
  for (int i = 0; i < n; ++i) {
    strand.units.push_back(
        {pick({"A", "C", "G", "T", "5mC"}), pick({"d", "moe"}), i + 1 < n ? pick({"p", "s"}) : ""});
  }
  return strand;
}

TEST_CASE("the isobaric class equals brute force on small strands") {
  const bool held = rc::check([] {
    const Strand strand = random_strand();
    const int most_changes = *rc::gen::inRange(0, 3);
    const bool sodium = *rc::gen::arbitrary<bool>();
    const Everything all(strand, most_changes, sodium);
    SearchSpace space;
    space.most_changes = most_changes;
    space.most_adducts = sodium ? 1 : 0;
    space.adducts = {Counterion::kSodium};
    space.products = {.inner_parts = true, .most_deletions = 1, .longmers = true, .dimers = false};
    space.scale.monoisotopic = *rc::gen::arbitrary<bool>();
    const Matcher matcher = *Matcher::make(single(strand), space);
    for (int i = 0; i < 10; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, all.n_structures.size());
      const auto it = std::next(all.n_structures.begin(), static_cast<std::ptrdiff_t>(at));
      const double off = *rc::gen::inRange(-1000, 1000) * 1e-4 + 3e-7;
      const double tolerance = *rc::gen::elementOf(std::vector<double>{0.001, 0.02, 0.1, 2.0});
      check_class(matcher.match(mass(it->first, space.scale) + off, tolerance), all, space.scale);
    }
  });
  CHECK(held);
}

Matcher mipomersen_matcher(SearchSpace space = {}) {
  return *Matcher::make(single(mipomersen()), std::move(space));
}

TEST_CASE("the mass of mipomersen is mipomersen first") {
  const Matcher matcher = mipomersen_matcher();
  const double mass = monoisotopic_mass(acid_formula(mipomersen()));
  CHECK(matcher.match(mass, mass * 5e-6).n_members() == 1);  // at 5 ppm nothing else in the space
  const IsobaricClass isobars = matcher.match(mass, mass * 3e-4);
  const auto ranked = isobars.ranked();
  REQUIRE(ranked.size() > 1);
  CHECK(matcher.name(*ranked[0]) == "1-20");
  CHECK(ranked[0]->weight == 1);
  for (const FormulaGroup& group : isobars.groups) {
    CHECK(std::abs(group.mass - mass) <= mass * 3e-4);
    for (const Candidate& member : group.members) CHECK(member.weight > 0);
  }
  for (std::size_t i = 1; i < ranked.size(); ++i) CHECK(ranked[i]->weight <= ranked[i - 1]->weight);
}

// n-1 without the 3'-terminal residue, and n-1 without one like it inside: one formula, two
// molecules.
TEST_CASE("n-1 from the end and from within share a formula, and fragments part them") {
  const Matcher matcher = mipomersen_matcher();
  Strand shorter = mipomersen();
  shorter.units.pop_back();
  shorter.units.back().link.clear();
  const double mass = monoisotopic_mass(acid_formula(shorter));
  const IsobaricClass isobars = matcher.match(mass, mass * 1e-7);
  REQUIRE(isobars.groups.size() >= 1);
  std::vector<std::string> names;
  for (const Candidate* member : isobars.ranked()) names.push_back(matcher.name(*member));
  CHECK(std::ranges::find(names, "1-19, 3'-OH") != names.end());
  CHECK(std::ranges::find(names, "1-20 without 1 moe-5mC-s") != names.end());
  const auto list = separations(matcher, isobars);
  REQUIRE(list.size() + 1 == isobars.n_members());
  for (const Separation& separation : list) {
    CHECK(separation.first == 0);
    CHECK_FALSE(separation.means.empty());
  }
  const std::string& means = list[0].means[0];
  CHECK(means.starts_with("MS/MS: "));
}

TEST_CASE("different formulae: the resolving power that parts them") {
  SearchSpace space;
  space.most_adducts = 1;
  space.adducts = {Counterion::kSodium, Counterion::kPotassium};
  const Matcher matcher = mipomersen_matcher(space);
  const double mass = monoisotopic_mass(acid_formula(mipomersen())) + 37.955881;
  const IsobaricClass isobars = matcher.match(mass, mass * 3e-4);
  bool found = false;
  for (const Separation& separation : separations(matcher, isobars)) {
    for (const std::string& text : separation.means) {
      found |= text.find("resolving power") != std::string::npos;
    }
  }
  CHECK(found);
  CHECK(matcher.name(*isobars.ranked()[0]) == "1-20, +K");
}

// d(i) and w(n-i) hold all residues, and the link between them twice, each time as an acid.
TEST_CASE("fragments from both ends add to the whole and the link's acid") {
  const Matcher matcher = mipomersen_matcher();
  for (const std::size_t product : {std::size_t{0}, std::size_t{100}}) {
    Candidate candidate;
    candidate.product = product;
    candidate.changes.assign(matcher.changes().size(), 0);
    const FragmentSeries series = fragment_series(matcher, candidate);
    const double whole = monoisotopic_mass(matcher.products()[product].formula);
    const double acid = monoisotopic_mass(*parse_formula("H3PO3S"));
    for (std::size_t i = 0; i < series.d.size(); ++i) {
      const double sum = series.d[i] + series.w[series.w.size() - 1 - i];
      CHECK(sum == doctest::Approx(whole + acid).epsilon(1e-10));
    }
  }
}

TEST_CASE("wrong structures: another drug's mass is none of this strand's") {
  const Matcher matcher = mipomersen_matcher();
  const double nusinersen =
      monoisotopic_mass(acid_formula(uniform_strand("TCACTTTCATAATGCTGG", "moe", "s", true)));
  for (const Candidate* member : matcher.match(nusinersen, nusinersen * 1e-6).ranked()) {
    CHECK(member->formula == acid_formula(uniform_strand("TCACTTTCATAATGCTGG", "moe", "s", true)));
  }
  CHECK(matcher.match(100.0, 0.001).n_members() == 0);
}

TEST_CASE("a duplex: changes of either strand, weights finite") {
  SearchSpace space;
  space.products.inner_parts = false;
  const Matcher matcher = *Matcher::make(inclisiran(), space);
  const double whole = monoisotopic_mass(acid_formula(inclisiran()));
  const double oxidised = whole - 15.977156;
  const IsobaricClass isobars = matcher.match(oxidised, oxidised * 1e-6);
  REQUIRE(isobars.n_members() >= 1);
  CHECK(matcher.name(*isobars.ranked()[0]) == "duplex of both strands, 1x PS to PO");
  CHECK(isobars.ranked()[0]->n_places == 6);  // two on the sense strand, four on the antisense
  // 2'-fluoro and cytosine stand on one strand or the other.
  const IsobaricClass wide = matcher.match(whole, 20);
  for (const Candidate* member : wide.ranked()) {
    CHECK(std::isfinite(member->weight));
    CHECK(member->weight > 0);
  }
}

TEST_CASE("a space that no answer would come from is refused") {
  SearchSpace space;
  space.most_changes = 3;
  space.most_adducts = 6;
  space.adducts.assign(kCounterions.begin(), kCounterions.end());
  Strand strand;
  for (int i = 0; i < 5; ++i) {
    const Strand part = mipomersen();
    strand.units.insert(strand.units.end(), part.units.begin(), part.units.end());
    strand.units.back().link = i < 4 ? "s" : "";
  }
  const auto result = Matcher::make(single(strand), space);
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults()[0].message.find("at most 100000000 molecules are searched") !=
        std::string::npos);
  CHECK(Matcher::make(single(mipomersen()), space).ok());
}

TEST_CASE("numbers out of range") {
  SearchSpace space;
  space.most_changes = 4;
  space.most_adducts = -1;
  space.products.most_deletions = -1;
  const auto result = Matcher::make(single(mipomersen()), space);
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults().size() == 3);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double ppm : {0.0, -5.0, nan, infinity, 1e5}) CHECK(faults_of_ppm(ppm).size() == 1);
  CHECK(faults_of_ppm(5).empty());
  for (const double mass : {0.0, -1.0, nan, infinity}) {
    CHECK(faults_of(Peak{mass, 0, 0, false}).size() == 1);
  }
  CHECK(faults_of(Peak{nan, 200, 0, false}).size() == 2);
  CHECK(faults_of(Peak{895.5, -8, 0, false}).empty());
}

TEST_CASE(
    "a peak at m/z is searched as its neutral mass, with the tolerance of what was measured") {
  const double mass = monoisotopic_mass(acid_formula(mipomersen()));
  const Peak peak{mz(mass, {-8, {}}, {}), -8, 0, false};
  CHECK(neutral_mass(peak) == doctest::Approx(mass).epsilon(1e-12));
  CHECK(tolerance_of(peak, 5) == doctest::Approx(peak.value * 8 * 5e-6));
  CHECK(neutral_mass(Peak{mass, 0, 0, false}) == mass);
}

}  // namespace
}  // namespace dosewright::molecule
