// Molecular formulae, and their masses by named tables of atomic weights.
//
// "The" average mass of a formula does not exist: the standard atomic weights of C, N, Na and S
// have changed between 1993 and 2021, and labels of one substance differ in the first decimal for
// that reason alone. So a table is a parameter wherever a mass is asked for, and is printed with
// it. Numbers: molecule/elements.toml, which the build embeds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "dosewright/base/result.hpp"

namespace dosewright::molecule {

// NOLINTNEXTLINE(readability-identifier-naming): symbols; of molecule/elements.toml, by number
enum class Element : std::uint8_t { H, Li, B, C, N, O, F, Na, Mg, Si, P, S, Cl, K, Br, I };

inline constexpr std::size_t kElements = 16;

std::string_view symbol(Element element);
std::optional<Element> element_named(std::string_view symbol);  // "Na"; upper and lower case matter

// How many atoms of each element. A difference of two formulae may have negative counts.
class Formula {
 public:
  constexpr Formula() = default;
  constexpr Formula(std::initializer_list<std::pair<Element, int>> counts) {
    for (const auto& [element, n] : counts) counts_[static_cast<std::size_t>(element)] += n;
  }

  constexpr int operator[](Element element) const {
    return counts_[static_cast<std::size_t>(element)];
  }
  constexpr void add(Element element, int n) { counts_[static_cast<std::size_t>(element)] += n; }

  constexpr Formula& operator+=(const Formula& other) {
    for (std::size_t i = 0; i < kElements; ++i) counts_[i] += other.counts_[i];
    return *this;
  }
  constexpr Formula& operator-=(const Formula& other) {
    for (std::size_t i = 0; i < kElements; ++i) counts_[i] -= other.counts_[i];
    return *this;
  }
  constexpr Formula& operator*=(int n) {
    for (int& count : counts_) count *= n;
    return *this;
  }
  friend constexpr Formula operator+(Formula a, const Formula& b) { return a += b; }
  friend constexpr Formula operator-(Formula a, const Formula& b) { return a -= b; }
  friend constexpr Formula operator*(Formula a, int n) { return a *= n; }
  friend constexpr Formula operator*(int n, Formula a) { return a *= n; }
  constexpr auto operator<=>(const Formula&) const = default;

  constexpr bool empty() const { return *this == Formula(); }
  bool has_negative() const;
  int n_atoms() const;  // the sum of the counts

 private:
  std::array<int, kElements> counts_{};
};

inline constexpr Formula kWater = {{Element::H, 2}, {Element::O, 1}};

// Hill order: C, H, then the others by symbol; without C all by symbol. "" for the empty formula.
// A negative count follows its symbol with its sign: "C2H-1".
std::string to_text(const Formula& formula);

// A difference as what is gained and what is lost: "+O -S". "" for none.
std::string difference_text(const Formula& difference);

// "C230H324N67O122P19S19": elements in any order, a repeated one is added, blanks and the subscript
// digits of Unicode are understood. Faults (all at once, columns counted in characters from 1): an
// unknown element, a count of 0 or above a million, anything else.
Result<Formula> parse_formula(std::string_view text);

enum class WeightTable : std::uint8_t { kIupac2021, kIupac2007, kIupac1993 };

inline constexpr std::array kWeightTables = {WeightTable::kIupac2021, WeightTable::kIupac2007,
                                             WeightTable::kIupac1993};

std::string_view id(WeightTable table);      // "IUPAC2021"
std::string_view name(WeightTable table);    // "IUPAC 2021, conventional values ..."
std::string_view source(WeightTable table);  // a key of docs/sources.toml
Result<WeightTable> weight_table_named(std::string_view id);

struct Isotope {
  int mass_number = 0;
  double mass = 0;       // Da, of the neutral atom
  double abundance = 0;  // fraction of the atoms of the element
};

// By mass number; abundances add to 1. [NIST-Isotopes]
std::span<const Isotope> isotopes(Element element);

double atomic_weight(Element element, WeightTable table);
double monoisotopic_mass(Element element);  // Da, of the most abundant isotope

// Da per molecule, and as well g/mol. Differences with negative counts have masses too.
double average_mass(const Formula& formula, WeightTable table);
double monoisotopic_mass(const Formula& formula);  // every atom its element's most abundant isotope

}  // namespace dosewright::molecule
