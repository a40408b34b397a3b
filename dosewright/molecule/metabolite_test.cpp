#include "dosewright/molecule/metabolite.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

#include "dosewright/base/document.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

const Product& find(const std::vector<Product>& products, const Molecule& molecule,
                    std::string_view name) {
  const auto found = std::ranges::find_if(
      products, [&](const Product& product) { return name_of(product, molecule) == name; });
  REQUIRE_MESSAGE(found != products.end(), name);
  return *found;
}

TEST_CASE("declared weights say where they come from, and cite known keys") {
  Document sources = Document::load(std::string(DOSEWRIGHT_ROOT) + "/docs/sources.toml");
  std::vector<Declared> all;
  for (int i = 0; i < kProductKinds; ++i) all.push_back(declared(static_cast<ProductKind>(i)));
  for (int i = 0; i < kChangeKinds; ++i) all.push_back(declared(static_cast<ChangeKind>(i)));
  for (const Counterion ion : kCounterions) all.push_back(declared(ion));
  for (const Declared& entry : all) {
    CAPTURE(entry.id);
    const bool stated =
        entry.origin == "by definition" || entry.origin.starts_with("assumed, because ");
    CHECK(stated);
    CHECK(entry.weight <= declared(ProductKind::kParent).weight);
    const std::regex key(R"(\[([A-Za-z0-9]+)\])");
    for (std::sregex_iterator it(entry.origin.begin(), entry.origin.end(), key), end; it != end;
         ++it) {
      CHECK_MESSAGE(sources.root().find((*it)[1].str()).exists(), (*it)[1].str());
    }
  }
}

TEST_CASE("mipomersen: each part, each inner deletion, each n+1") {
  const Molecule molecule = single(mipomersen());
  const std::vector<Product> products = *products_of(molecule);
  std::map<ProductKind, int> n;
  for (const Product& product : products) ++n[product.kind];
  CHECK(n[ProductKind::kParent] == 1);
  // 19 links, two parts, three ends each; those of the gap are 6-7 to 14-15.
  CHECK(n[ProductKind::kEndonuclease] == 9 * 2 * 3);
  CHECK(n[ProductKind::kThreeLadder] == 10 * 3);
  CHECK(n[ProductKind::kFiveLadder] == 10 * 3);
  CHECK(n[ProductKind::kInnerPart] == 171 * 9);
  CHECK(n[ProductKind::kDimer] == 1);
  CHECK(n[ProductKind::kCovalentDimer] == 1);
  const Formula whole = acid_formula(molecule);
  const Product& inner = find(products, molecule, "1-20 without 1 moe-5mC-s");
  CHECK(inner.n_places == 5);  // 2, 3, 5, 17, 19
  CHECK(to_text(whole - inner.formula) == "C13H20N3O7PS");
  CHECK(find(products, molecule, "1-20 without 1 d-T-s").n_places == 4);
  CHECK(find(products, molecule, "1-20 with 1 moe-G-s more").n_places == 2);
  const Product& part = find(products, molecule, "6-20, 5'-PS");
  CHECK(part.kind == ProductKind::kFiveLadder);
  CHECK(find(products, molecule, "1-10, 3'-OH").kind == ProductKind::kEndonuclease);
}

// What an enzyme leaves, or a failed coupling: the description and the written-out strand must be
// one.
TEST_CASE("the formula of a product is that of its strand") {
  const bool held = rc::check([] {
    const auto pick = [](const std::vector<std::string>& words) {
      return *rc::gen::elementOf(words);
    };
    Strand strand;
    const int n = *rc::gen::inRange(1, 9);
    for (int i = 0; i < n; ++i) {
      strand.units.push_back({pick({"A", "C", "G", "T", "5mC"}), pick({"d", "moe", "r"}),
                              i + 1 < n ? pick({"p", "s", "sR", "n"}) : ""});
    }
    strand.five_end.group = pick({"OH", "P"});
    if (*rc::gen::arbitrary<bool>()) strand.three_end.conjugate = "THA";
    const Molecule molecule = single(strand);
    const std::vector<Product> products = *products_of(molecule);
    for (const Product& product : products) {
      if (product.kind >= ProductKind::kDimer) continue;
      RC_ASSERT(acid_formula(strand_of(product, molecule)) == product.formula);
    }
  });
  CHECK(held);
}

TEST_CASE("both parts of a cut make the whole with water") {
  for (const Strand& strand : {mipomersen(), inclisiran().strands[0]}) {
    const Molecule molecule = single(strand);
    const std::vector<Product> products = *products_of(molecule, {.inner_parts = false});
    const int n = static_cast<int>(strand.units.size());
    int pairs = 0;
    for (const Product& left : products) {
      if (left.three_end == ProductEnd::kOriginal) continue;
      for (const Product& right : products) {
        if (right.five_end == ProductEnd::kOriginal || right.first != left.last + 1) continue;
        const bool sums =
            (left.three_end == ProductEnd::kHydroxyl && right.five_end == ProductEnd::kKept) ||
            (left.three_end == ProductEnd::kKept && right.five_end == ProductEnd::kHydroxyl);
        const bool equal = left.formula + right.formula - kWater == acid_formula(strand);
        CHECK(equal == sums);
        pairs += sums ? 1 : 0;
      }
    }
    CHECK(pairs == 2 * (n - 1));
  }
}

// The differences as the literature of impurities prints them.
TEST_CASE("changes weigh what the literature says") {
  std::map<std::string, double> mass;
  for (const Change& change : changes_of(single(mipomersen()))) {
    mass[change.name()] = monoisotopic_mass(change.difference);
  }
  CHECK(mass.size() == 7);
  CHECK(mass["PS to PO"] == doctest::Approx(-15.97716).epsilon(1e-6));
  CHECK(mass["deamination"] == doctest::Approx(0.98402).epsilon(1e-5));
  CHECK(mass["CNET (N3-cyanoethyl)"] == doctest::Approx(53.02655).epsilon(1e-6));
  CHECK(mass["depurination of A"] == doctest::Approx(18.010565 - 135.054495).epsilon(1e-7));
  CHECK(mass["depurination of G"] == doctest::Approx(18.010565 - 151.049410).epsilon(1e-7));
  CHECK(mass["loss of 5mC"] == doctest::Approx(18.010565 - 125.058912).epsilon(1e-7));
  CHECK(mass["loss of T"] == doctest::Approx(18.010565 - 126.042927).epsilon(1e-7));
}

TEST_CASE("a change that nothing in the strand can suffer is not offered") {
  const auto changes = changes_of(single(uniform_strand("TTT", "d", "p")));
  std::vector<std::string> names;
  for (const Change& change : changes) names.push_back(change.name());
  CHECK(names == std::vector<std::string>{"CNET (N3-cyanoethyl)", "loss of T"});
}

TEST_CASE("placements: at most one change on a base or a link") {
  const Molecule molecule = single(mipomersen());
  const std::vector<Change> changes = changes_of(molecule);
  const auto ways = [&](std::map<std::string, int> wanted) {
    std::vector<int> counts;
    for (const Change& change : changes) counts.push_back(wanted[change.name()]);
    return n_placements(changes, counts, molecule.strands[0]);
  };
  CHECK(ways({}) == 1);
  CHECK(ways({{"PS to PO", 2}}) == 171);
  CHECK(ways({{"PS to PO", 20}}) == 0);
  CHECK(ways({{"depurination of A", 3}}) == 0);                       // there are two
  CHECK(ways({{"depurination of A", 2}, {"deamination", 1}}) == 13);  // 9 of 5mC, 4 of G
  CHECK(ways({{"depurination of A", 1}, {"deamination", 1}}) == 2 * 14);
  CHECK(ways({{"loss of T", 1}, {"CNET (N3-cyanoethyl)", 1}, {"PS to PO", 1}}) == 5 * 4 * 19);
}

TEST_CASE("a duplex: the parts of both strands, by name, and the duplex itself") {
  const Molecule molecule = inclisiran();
  const std::vector<Product> products = *products_of(molecule, {.inner_parts = false});
  find(products, molecule, "sense 1-21");
  find(products, molecule, "antisense 1-23");
  const Product& duplex = find(products, molecule, "duplex of both strands");
  CHECK(duplex.formula == acid_formula(molecule));
  CHECK(find(products, molecule, "sense 2-21, 5'-PS").formula ==
        acid_formula(strand_of(find(products, molecule, "sense 2-21, 5'-PS"), molecule)));
}

TEST_CASE("limits") {
  const Molecule longest = single(uniform_strand(std::string(201, 'A'), "d", "p"));
  const auto result = products_of(longest, {.most_deletions = 9});
  REQUIRE_FALSE(result.ok());
  CHECK(result.faults().size() == 2);
  CHECK(products_of(single(uniform_strand("A", "d", "")))->size() == 2);  // itself, twice itself
}

}  // namespace
}  // namespace dosewright::molecule
