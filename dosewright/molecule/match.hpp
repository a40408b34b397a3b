// From a mass to every molecule that has it.
//
// A mass is never one molecule. A search runs through a declared space: every product of the strand
// (metabolite.hpp), with up to `most_changes` changed links and bases, with up to `most_adducts`
// adducts. What lies within the tolerance is the isobaric class; it is returned whole, ranked by
// the products of declared weights (products.hpp). Nothing outside the space is looked for, so the
// space is part of the answer.
//
// Cost: products are few thousand, combinations of changes and adducts a few hundred; those are
// sorted by mass once, and a search is one bisection per product: a fraction of a millisecond.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/metabolite.hpp"

namespace dosewright::molecule {

inline constexpr int kMostChanges = 3;
inline constexpr int kMostAdducts = 6;
// Products times combinations of changes and adducts: what one search looks through.
inline constexpr std::size_t kLargestSpace = 100'000'000;

struct SearchSpace {
  ProductOptions products;
  int most_changes = 2;             // changed links and bases together, 0 to kMostChanges
  int most_adducts = 0;             // together, 0 to kMostAdducts
  std::vector<Counterion> adducts;  // which; ignored where most_adducts is 0
  MassScale scale;
};

// One member of a class: a product with changes and adducts.
struct Candidate {
  std::size_t product = 0;   // index in Matcher::products()
  std::vector<int> changes;  // how many of each of Matcher::changes()
  Ion adducts;               // its charge means nothing here
  Formula formula;           // neutral, with adducts
  double mass = 0;           // Da, on the scale of the search
  double n_places = 1;       // structures that differ only in places
  double weight = 0;         // product of declared weights
};

// All candidates of one formula: no mass spectrometer tells them apart by their mass.
struct FormulaGroup {
  Formula formula;
  double mass = 0;
  std::vector<Candidate> members;  // heaviest weight first
};

struct IsobaricClass {
  double mass = 0;                   // the neutral mass that was asked for, Da
  double tolerance = 0;              // Da
  std::vector<FormulaGroup> groups;  // by mass

  std::size_t n_members() const;
  double total_weight() const;
  // Every member, heaviest weight first (ties: the nearer in mass, then the order of products).
  std::vector<const Candidate*> ranked() const;
};

class Matcher {
 public:
  // Faults: those of products_of(), numbers out of range, a space above kLargestSpace.
  static Result<Matcher> make(Molecule molecule, SearchSpace space);

  // Members with |their mass - mass| <= tolerance. Both in Da, finite, the mass above 0, the
  // tolerance 0 or more (checked: see tolerance_of).
  IsobaricClass match(double neutral_mass, double tolerance) const;

  const Molecule& molecule() const { return molecule_; }
  const SearchSpace& space() const { return space_; }
  std::span<const Product> products() const { return products_; }
  std::span<const Change> changes() const { return changes_; }
  std::string name(const Candidate& candidate) const;  // "1-20, 1 PS to PO, +Na"

  struct Combination {  // of changes and adducts
    std::vector<int> changes;
    Ion adducts;
    Formula difference;
    double mass = 0;
  };
  std::span<const Combination> combinations() const { return combinations_; }

 private:
  Matcher() = default;
  void combine(std::size_t at, int left, Combination so_far);
  void add_adducts(std::size_t at, int left, Combination so_far);
  double weight_of(const Candidate& candidate) const;

  Molecule molecule_;
  SearchSpace space_;
  std::vector<Product> products_;
  std::vector<double> masses_;  // of the products
  std::vector<Change> changes_;
  std::vector<Combination> combinations_;  // by mass
};

// ---- peaks

struct Peak {
  double value = 0;  // a neutral mass in Da where charge is 0, else m/z
  int charge = 0;    // with its sign
  double intensity = 0;
  bool has_intensity = false;
};

inline constexpr double kMostDaltons = 1e9;

// A fault where a mass or an m/z does not lie above 0 and up to kMostDaltons, ppm not a number
// above 0 up to 10 000, the charge beyond kMostCharges.
Faults faults_of(const Peak& peak);
Faults faults_of_ppm(double ppm);

double neutral_mass(const Peak& peak);  // without adducts; Da
// What ppm of the measured value means for the neutral mass, in Da.
double tolerance_of(const Peak& peak, double ppm);

}  // namespace dosewright::molecule
