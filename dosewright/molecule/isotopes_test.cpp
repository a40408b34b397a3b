#include "dosewright/molecule/isotopes.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>

namespace dosewright::molecule {
namespace {

Formula formula(std::string_view text) {
  return *parse_formula(text);
}

struct Summed {
  double abundance = 0;
  double weighted_mass = 0;
};

// Every isotopologue of a small formula, one by one, with atoms told apart.
struct BruteForce {
  std::map<int, Summed> by_mass_number;
  std::map<std::vector<int>, Summed> by_nuclides;  // counts of every isotope of every element

  explicit BruteForce(const Formula& molecule) {
    for (std::size_t i = 0; i < kElements; ++i) {
      const auto element = static_cast<Element>(i);
      for (int n = 0; n < molecule[element]; ++n) atoms.push_back(element);
    }
    std::vector<int> counts(kElements * 4, 0);
    visit(0, 0, 0, 1, counts);
  }

  void visit(std::size_t at, int mass_number, double mass, double abundance,
             std::vector<int>& counts) {
    if (at == atoms.size()) {
      for (Summed* sum : {&by_mass_number[mass_number], &by_nuclides[counts]}) {
        sum->abundance += abundance;
        sum->weighted_mass += abundance * mass;
      }
      return;
    }
    const auto list = isotopes(atoms[at]);
    for (std::size_t k = 0; k < list.size(); ++k) {
      int& count = counts[static_cast<std::size_t>(atoms[at]) * 4 + k];
      ++count;
      visit(at + 1, mass_number + list[k].mass_number, mass + list[k].mass,
            abundance * list[k].abundance, counts);
      --count;
    }
  }

  std::vector<Element> atoms;
};

void check_envelope(const Formula& molecule) {
  const BruteForce brute(molecule);
  const Envelope envelope = isotope_envelope(molecule, 1e-30);
  std::map<int, IsotopePeak> found;
  for (const IsotopePeak& peak : envelope.peaks) found[peak.mass_number] = peak;
  for (const auto& [mass_number, sum] : brute.by_mass_number) {
    if (sum.abundance < 1e-30) continue;
    RC_ASSERT(std::abs(found[mass_number].abundance - sum.abundance) < 1e-13);
    const double mass = sum.weighted_mass / sum.abundance;
    RC_ASSERT(std::abs(found[mass_number].mass - mass) < 1e-8);
  }
  double most = 0;
  for (const auto& [nuclides, sum] : brute.by_nuclides) most = std::max(most, sum.abundance);
  const Isotopologue best = most_abundant_isotopologue(molecule);
  RC_ASSERT(std::abs(best.abundance / most - 1) < 1e-9);
}

TEST_CASE("envelope and most abundant isotopologue equal brute force on small formulae") {
  const bool held = rc::check([] {
    Formula molecule;
    const int n = *rc::gen::inRange(1, 9);
    for (int i = 0; i < n; ++i) {
      molecule.add(static_cast<Element>(*rc::gen::inRange(0, static_cast<int>(kElements))), 1);
    }
    check_envelope(molecule);
  });
  CHECK(held);
  check_envelope(formula("C4H2S2B2Cl2"));
  check_envelope(formula("Cl9"));
  check_envelope(formula("Br2K2Mg2Si2"));
}

TEST_CASE("an envelope is normal, and its mean is the mean of its atoms") {
  const bool held = rc::check([] {
    Formula molecule;
    double mean = 0;
    for (const Element element : {Element::C, Element::H, Element::N, Element::O, Element::S,
                                  Element::P, Element::Na, Element::K, Element::Cl}) {
      const int n = *rc::gen::inRange(0, 400);
      molecule.add(element, n);
      for (const Isotope& isotope : isotopes(element)) mean += n * isotope.mass * isotope.abundance;
    }
    const Envelope envelope = isotope_envelope(molecule);
    double sum = 0, weighted = 0;
    for (const IsotopePeak& peak : envelope.peaks) {
      sum += peak.abundance;
      weighted += peak.abundance * peak.mass;
    }
    RC_ASSERT(std::abs(sum + envelope.lost - 1) < 1e-9);
    RC_ASSERT(envelope.lost < 1e-9);
    RC_ASSERT(std::abs(weighted - mean) < 1e-5 + 1e-8 * mean);
  });
  CHECK(held);
}

TEST_CASE("mipomersen: the most abundant mass lies four neutrons above the monoisotopic") {
  const Formula acid = formula("C230H324N67O122P19S19");
  const Envelope envelope = isotope_envelope(acid);
  const IsotopePeak& top = most_abundant(envelope);
  const double mono = monoisotopic_mass(acid);
  CHECK(envelope.peaks.front().mass == doctest::Approx(mono).epsilon(1e-12));
  // Carbon holds 2.46 13C on average, sulfur 0.81 34S: the mode of the sum lies near their mean.
  CHECK(top.mass_number - envelope.peaks.front().mass_number == 4);
  CHECK(top.mass - mono == doctest::Approx(4 * 1.002).epsilon(2e-3));
  const Isotopologue best = most_abundant_isotopologue(acid);
  CHECK(best.abundance < top.abundance);
  int n_atoms = 0;
  for (const IsotopeCount& nuclide : best.nuclides) n_atoms += nuclide.n;
  CHECK(n_atoms == acid.n_atoms());
}

TEST_CASE("nothing has a mass of nothing") {
  const Envelope empty = isotope_envelope(Formula());
  REQUIRE(empty.peaks.size() == 1);
  CHECK(empty.peaks[0].abundance == 1);
  CHECK(empty.peaks[0].mass == 0);
  CHECK(most_abundant_isotopologue(Formula()).abundance == 1);
}

}  // namespace
}  // namespace dosewright::molecule
