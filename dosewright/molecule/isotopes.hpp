// The isotope envelope of a formula: what a mass spectrometer sees instead of one mass.
//
// A molecule of 7 kDa has some hundred nominal masses and more isotopologues than atoms in the
// universe. What is computed exactly is therefore the sum of all isotopologues of one nominal mass:
// its abundance and its mean mass, by multiplying one polynomial per element. Coefficients are
// pairs (p, p m): products add the masses of the factors, so the mean mass of every nominal mass is
// carried along without approximation. Powers are taken by squaring; tails below `smallest` are
// cut off and what they held is reported. Cost: a formula of 10 kDa takes a fraction of a
// millisecond. The single most abundant isotopologue is found apart, element by element.
#pragma once

#include <vector>

#include "dosewright/molecule/formula.hpp"

namespace dosewright::molecule {

// All isotopologues whose mass numbers add to the same sum.
struct IsotopePeak {
  int mass_number = 0;
  double mass = 0;       // Da, their mean weighted by abundance
  double abundance = 0;  // fraction of the molecules
};

struct Envelope {
  std::vector<IsotopePeak> peaks;  // by mass number, without gaps at the ends
  double lost = 0;                 // abundance in the tails that were cut off
};

// The formula must be free of negative counts (checked). smallest: a tail is cut off where every
// nominal mass holds less than this fraction.
Envelope isotope_envelope(const Formula& formula, double smallest = 1e-12);

// The peak that holds most molecules; of equal ones the lightest.
const IsotopePeak& most_abundant(const Envelope& envelope);

struct IsotopeCount {
  Element element = Element::H;
  int mass_number = 0;
  int n = 0;

  bool operator==(const IsotopeCount&) const = default;
};

// One isotopologue: which nuclides, how heavy, how frequent.
struct Isotopologue {
  std::vector<IsotopeCount> nuclides;  // those that occur
  double mass = 0;                     // Da
  double abundance = 0;                // fraction of the molecules
};

// The most frequent one. Elements are independent, so it is the mode of each element's multinomial.
Isotopologue most_abundant_isotopologue(const Formula& formula);

}  // namespace dosewright::molecule
