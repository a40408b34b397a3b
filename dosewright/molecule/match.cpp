#include "dosewright/molecule/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::molecule {

namespace {

constexpr double kMostPpm = 10'000;

Faults faults_of_space(const SearchSpace& space) {
  Faults faults;
  if (space.most_changes < 0 || space.most_changes > kMostChanges) {
    faults.add({},
               fmt::format("the number of changes must lie between 0 and {}, found {}",
                           kMostChanges, space.most_changes),
               "2 finds two oxidised links, or one with a lost base");
  }
  if (space.most_adducts < 0 || space.most_adducts > kMostAdducts) {
    faults.add({},
               fmt::format("the number of adducts must lie between 0 and {}, found {}",
                           kMostAdducts, space.most_adducts),
               "0 for masses that a deconvolution has freed of adducts");
  }
  return faults;
}

// What the changes of a product are put on. A dimer has two strands to change: laid end to end.
Strand places_of(const Product& product, const Molecule& molecule) {
  Strand strand = strand_of(product, molecule);
  const bool joined = product.kind == ProductKind::kCovalentDimer;
  if (!joined && product.kind != ProductKind::kDimer) return strand;
  if (joined) {
    const auto donor = static_cast<std::size_t>(product.residues[0]);
    strand.units.back().link = strand.units[donor].link;
  }
  const Strand& other = molecule.strands.back();
  strand.units.insert(strand.units.end(), other.units.begin(), other.units.end());
  return strand;
}

bool ranks_before(const Candidate* a, const Candidate* b, double mass) {
  if (a->weight != b->weight) return a->weight > b->weight;
  const double off_a = std::abs(a->mass - mass), off_b = std::abs(b->mass - mass);
  if (off_a != off_b) return off_a < off_b;
  return a->product < b->product;
}

}  // namespace

std::size_t IsobaricClass::n_members() const {
  std::size_t n = 0;
  for (const FormulaGroup& group : groups) n += group.members.size();
  return n;
}

double IsobaricClass::total_weight() const {
  double sum = 0;
  for (const FormulaGroup& group : groups) {
    for (const Candidate& member : group.members) sum += member.weight;
  }
  return sum;
}

std::vector<const Candidate*> IsobaricClass::ranked() const {
  std::vector<const Candidate*> list;
  for (const FormulaGroup& group : groups) {
    for (const Candidate& member : group.members) list.push_back(&member);
  }
  std::ranges::stable_sort(
      list, [this](const Candidate* a, const Candidate* b) { return ranks_before(a, b, mass); });
  return list;
}

Result<Matcher> Matcher::make(Molecule molecule, SearchSpace space) {
  Faults faults = faults_of_space(space);
  Result<std::vector<Product>> products = products_of(molecule, space.products);
  if (!products.ok()) faults.merge(products.faults());
  if (!faults.empty()) return faults;
  Matcher matcher;
  matcher.molecule_ = std::move(molecule);
  matcher.space_ = std::move(space);
  matcher.products_ = *std::move(products);
  matcher.changes_ = changes_of(matcher.molecule_);
  for (const Product& product : matcher.products_) {
    matcher.masses_.push_back(molecule::mass(product.formula, matcher.space_.scale));
  }
  Combination none;
  none.changes.assign(matcher.changes_.size(), 0);
  matcher.combine(0, matcher.space_.most_changes, none);
  std::ranges::stable_sort(matcher.combinations_, {}, &Combination::mass);
  if (matcher.products_.size() > kLargestSpace / matcher.combinations_.size()) {
    return Fault{{},
                 fmt::format("{} products with {} combinations of changes and adducts: at most {} "
                             "molecules are searched",
                             matcher.products_.size(), matcher.combinations_.size(), kLargestSpace),
                 "allow fewer changes, adducts or deletions, or search a part of the strand",
                 {}};
  }
  return matcher;
}

void Matcher::combine(std::size_t at, int left, Combination so_far) {
  if (at == changes_.size()) {
    const bool any = !space_.adducts.empty();
    return add_adducts(0, any ? space_.most_adducts : 0, std::move(so_far));
  }
  for (int n = 0; n <= left; ++n) {
    combine(at + 1, left - n, so_far);
    ++so_far.changes[at];
    so_far.difference += changes_[at].difference;
  }
}

void Matcher::add_adducts(std::size_t at, int left, Combination so_far) {
  if (at == space_.adducts.size() || left == 0) {
    so_far.mass = molecule::mass(so_far.difference, space_.scale);
    combinations_.push_back(std::move(so_far));
    return;
  }
  const Counterion ion = space_.adducts[at];
  for (int n = 0; n <= left; ++n) {
    add_adducts(at + 1, left - n, so_far);
    ++so_far.adducts.adducts[static_cast<std::size_t>(ion)];
    so_far.difference += exchange(ion);
  }
}

// The declared weight of a change counts for all places of the intact strand together; a part has
// fewer places, so it is taken by the place.
double Matcher::weight_of(const Candidate& candidate) const {
  const Product& product = products_[candidate.product];
  const Strand& parent = molecule_.strands[static_cast<std::size_t>(product.strand)];
  double weight = product.weight * (candidate.n_places / product.n_places);
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (candidate.changes[i] == 0) continue;
    // In a duplex the place may be on the other strand only.
    const int own = n_sites(changes_[i], parent);
    const int sites = own > 0 ? own : n_sites(changes_[i], molecule_.strands.back());
    const double per_place = declared(changes_[i].kind).weight / std::max(1, sites);
    weight *= std::pow(per_place, candidate.changes[i]);
  }
  for (std::size_t i = 0; i < kCounterions.size(); ++i) {
    weight *= std::pow(declared(kCounterions[i]).weight, candidate.adducts.adducts[i]);
  }
  return weight;
}

IsobaricClass Matcher::match(double neutral_mass, double tolerance) const {
  DW_CHECK(std::isfinite(neutral_mass) && tolerance >= 0, "a mass and a tolerance in Da");
  IsobaricClass result{neutral_mass, tolerance, {}};
  for (std::size_t p = 0; p < products_.size(); ++p) {
    const double lowest = neutral_mass - tolerance - masses_[p];
    const auto from = std::ranges::lower_bound(combinations_, lowest, {}, &Combination::mass);
    for (auto it = from; it != combinations_.end(); ++it) {
      if (it->mass > neutral_mass + tolerance - masses_[p]) break;
      const Strand strand = places_of(products_[p], molecule_);
      const double ways = n_placements(changes_, it->changes, strand);
      if (ways == 0) continue;
      Candidate found{p,
                      it->changes,
                      it->adducts,
                      products_[p].formula + it->difference,
                      masses_[p] + it->mass,
                      ways * products_[p].n_places,
                      0};
      found.weight = weight_of(found);
      const auto group = std::ranges::find(result.groups, found.formula, &FormulaGroup::formula);
      if (group != result.groups.end()) {
        group->members.push_back(std::move(found));
      } else {
        result.groups.push_back({found.formula, found.mass, {found}});
      }
    }
  }
  std::ranges::stable_sort(result.groups, {}, &FormulaGroup::mass);
  for (FormulaGroup& group : result.groups) {
    std::ranges::stable_sort(group.members, std::ranges::greater(), &Candidate::weight);
  }
  return result;
}

std::string Matcher::name(const Candidate& candidate) const {
  std::string text = name_of(products_[candidate.product], molecule_);
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (candidate.changes[i] == 0) continue;
    text += fmt::format(", {}x {}", candidate.changes[i], changes_[i].name());
  }
  for (std::size_t i = 0; i < kCounterions.size(); ++i) {
    const int n = candidate.adducts.adducts[i];
    if (n > 0)
      text += fmt::format(", +{}{}", n == 1 ? "" : std::to_string(n), to_text(kCounterions[i]));
  }
  return text;
}

Faults faults_of(const Peak& peak) {
  Faults faults;
  if (!(peak.value > 0 && peak.value <= kMostDaltons)) {
    faults.add({},
               fmt::format("a mass must be a number above 0 and up to {}, found {}",
                           number_text(kMostDaltons, 3), number_text(peak.value)),
               "in Da, or m/z with a charge");
  }
  if (peak.charge < -kMostCharges || peak.charge > kMostCharges) {  // no absolute value of INT_MIN
    faults.add({}, fmt::format("a charge of {}: at most {} are read", peak.charge, kMostCharges),
               "write the charge of the ion with its sign, -8");
  }
  return faults;
}

Faults faults_of_ppm(double ppm) {
  if (std::isfinite(ppm) && ppm > 0 && ppm <= kMostPpm) return {};
  return Faults(Fault{{},
                      fmt::format("the tolerance must lie above 0 and up to {} ppm, found {}",
                                  kMostPpm, number_text(ppm)),
                      "5 for a high-resolution instrument, 100 for an ion trap",
                      {}});
}

double neutral_mass(const Peak& peak) {
  if (peak.charge == 0) return peak.value;
  return neutral_mass(peak.value, {peak.charge, {}}, MassScale{});
}

double tolerance_of(const Peak& peak, double ppm) {
  return peak.value * std::max(1, std::abs(peak.charge)) * ppm * 1e-6;
}

}  // namespace dosewright::molecule
