#include "dosewright/molecule/separate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/extinction.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::molecule {

namespace {

constexpr double kSeen = 0.01;  // Da: fragments nearer than this count as equal
constexpr double kAbsorbanceSeen = 0.03;

bool is_dimer(const Product& product) {
  return product.kind == ProductKind::kDimer || product.kind == ProductKind::kCovalentDimer;
}

Strand structure_of(const Matcher& matcher, const Candidate& candidate) {
  return strand_of(matcher.products()[candidate.product], matcher.molecule());
}

// The chain of a candidate, changes at their first possible places.
Chain chain_of(const Matcher& matcher, const Candidate& candidate) {
  const Strand strand = structure_of(matcher, candidate);
  Chain chain = molecule::chain_of(strand);
  std::vector<bool> taken(strand.units.size(), false);
  for (std::size_t k = 0; k < matcher.changes().size(); ++k) {
    const Change& change = matcher.changes()[k];
    int left = candidate.changes[k];
    for (std::size_t i = 0; i < strand.units.size() && left > 0; ++i) {
      const std::string& link = strand.units[i].link;
      if (change.kind == ChangeKind::kPsToPo) {
        if (i >= chain.links.size() || link.empty() || link[0] != 's') continue;
        chain.links[i] += change.difference;
      } else {
        if (taken[i] || !applies(change, strand.units[i])) continue;
        chain.residues[i] += change.difference;
        taken[i] = true;
      }
      --left;
    }
  }
  return chain;
}

std::string resolution_text(const Candidate& a, const Candidate& b) {
  const double apart = std::abs(a.mass - b.mass);
  const double middle = (a.mass + b.mass) / 2;
  return fmt::format("mass: {:.1f} mDa apart ({:.2f} ppm), resolving power {:.0f} 000 (m/dm)",
                     apart * 1e3, apart / middle * 1e6, std::ceil(middle / apart / 1e3));
}

// "d5 is 1650.213 and 1634.236" for the shortest fragment that differs, or "".
std::string fragment_text(const FragmentSeries& a, const FragmentSeries& b) {
  const std::size_t n = std::max({a.d.size(), b.d.size()});
  for (std::size_t i = 0; i < n; ++i) {
    for (const bool from_five : {true, false}) {
      const std::vector<double>& x = from_five ? a.d : a.w;
      const std::vector<double>& y = from_five ? b.d : b.w;
      if (i < x.size() && i < y.size() && std::abs(x[i] - y[i]) > kSeen) {
        return fmt::format("MS/MS: {}{} has {:.3f} Da in the first, {:.3f} in the second",
                           from_five ? 'd' : 'w', i + 1, x[i], y[i]);
      }
    }
  }
  if (a.d.size() != b.d.size()) {
    return fmt::format("MS/MS: {} and {} residues, so series of different length", a.d.size() + 1,
                       b.d.size() + 1);
  }
  return {};
}

int n_phosphates(const Strand& strand) {
  return (strand.five_end.group != "OH" ? 1 : 0) + (strand.three_end.group != "OH" ? 1 : 0);
}

std::string phosphatase_text(const Strand& a, const Strand& b) {
  const int first = n_phosphates(a), second = n_phosphates(b);
  if (first == second) return {};
  return fmt::format(
      "alkaline phosphatase: {} and {} terminal phosphates to take off, 79.966 Da each "
      "(thiophosphate 95.944)",
      first, second);
}

std::string exonuclease_text(const Strand& a, const Strand& b) {
  if (a.units.empty() || b.units.empty() || a.units.back().base == b.units.back().base) return {};
  return fmt::format(
      "3'-exonuclease (slow at PS and MOE): takes {} first from one, {} from the other",
      a.units.back().base, b.units.back().base);
}

std::string absorbance_text(const Strand& a, const Strand& b) {
  const auto first = extinction_260(a), second = extinction_260(b);
  if (!first.ok() || !second.ok()) return {};
  const double ratio = second->as_dna / first->as_dna;
  if (!(std::abs(ratio - 1) > kAbsorbanceSeen)) return {};
  return fmt::format("UV: {:.1f} and {:.1f} /(mM cm) at 260 nm as DNA, per mole", first->as_dna,
                     second->as_dna);
}

std::string adduct_text(const Candidate& a, const Candidate& b) {
  if (a.adducts.adducts == b.adducts.adducts) return {};
  return "desalting, another charge state or other ion-pairing salts: adducts change, molecules "
         "stay";
}

bool any_changed(const Candidate& candidate) {
  return std::ranges::any_of(candidate.changes, [](int n) { return n > 0; });
}

std::vector<std::string> means(const Matcher& matcher, const Candidate& a, const Candidate& b) {
  std::vector<std::string> list;
  const auto add = [&](std::string text) {
    if (!text.empty()) list.push_back(std::move(text));
  };
  if (a.formula != b.formula) add(resolution_text(a, b));
  add(adduct_text(a, b));
  const Product& first = matcher.products()[a.product];
  const Product& second = matcher.products()[b.product];
  if (is_dimer(first) || is_dimer(second)) {
    add("charge states: a dimer also shows odd charges between those of one strand; heat or dilute "
        "to part a loose one");
    return list;
  }
  add(fragment_text(fragment_series(matcher, a), fragment_series(matcher, b)));
  const Strand x = structure_of(matcher, a), y = structure_of(matcher, b);
  add(phosphatase_text(x, y));
  add(exonuclease_text(x, y));
  // Lost and changed bases absorb otherwise than the strand that was written out.
  if (!any_changed(a) && !any_changed(b)) add(absorbance_text(x, y));
  if (list.empty()) add("chromatography only: every fragment of the structures compared is alike");
  return list;
}

}  // namespace

// d(i): the first i residues with their 5' end and the link behind them, as a terminal
// (thio)phosphate. w(j): the same from the other end.
FragmentSeries fragment_series(const Matcher& matcher, const Candidate& candidate) {
  const Chain chain = chain_of(matcher, candidate);
  const double hydroxyl = monoisotopic_mass(Formula{{Element::O, 1}, {Element::H, 1}});
  FragmentSeries series;
  double sum = monoisotopic_mass(chain.five_end);
  for (std::size_t i = 0; i < chain.links.size(); ++i) {
    sum += monoisotopic_mass(chain.residues[i]) + monoisotopic_mass(chain.links[i]);
    series.d.push_back(sum + hydroxyl);
  }
  sum = monoisotopic_mass(chain.three_end);
  for (std::size_t i = chain.links.size(); i > 0; --i) {
    sum += monoisotopic_mass(chain.residues[i]) + monoisotopic_mass(chain.links[i - 1]);
    series.w.push_back(sum + hydroxyl);
  }
  return series;
}

std::vector<Separation> separations(const Matcher& matcher, const IsobaricClass& isobars,
                                    std::size_t most) {
  const std::vector<const Candidate*> ranked = isobars.ranked();
  std::vector<Separation> list;
  for (std::size_t i = 1; i < std::min(ranked.size(), most + 1); ++i) {
    list.push_back({0, i, means(matcher, *ranked[0], *ranked[i])});
  }
  return list;
}

}  // namespace dosewright::molecule
