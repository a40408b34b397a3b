// What would tell the members of an isobaric class apart.
//
// Different formulae: the resolving power m/dm at which two peaks of equal height part. The same
// formula: nothing that weighs whole molecules. Then fragments do (the series d and w of McLuckey,
// which keep one end of the strand each [McLuckey1992]), or an enzyme that takes terminal
// phosphates, or the absorbance.
#pragma once

#include <string>
#include <vector>

#include "dosewright/molecule/match.hpp"

namespace dosewright::molecule {

struct Separation {
  std::size_t first = 0, second = 0;  // ranks in IsobaricClass::ranked(), from 0
  std::vector<std::string> means;     // each a sentence with numbers, the strongest first
};

// The best-ranked member against each of the `most` members behind it.
std::vector<Separation> separations(const Matcher& matcher, const IsobaricClass& isobars,
                                    std::size_t most = 10);

// The neutral monoisotopic masses of the fragments d1 .. d(n-1) and w1 .. w(n-1) of one structure
// of a candidate, with its changes at their first possible places. Da.
struct FragmentSeries {
  std::vector<double> d, w;
};
FragmentSeries fragment_series(const Matcher& matcher, const Candidate& candidate);

}  // namespace dosewright::molecule
