// Numbers that carry their dimension in their type, for the seams where people or documents meet
// code: a mass cannot be passed where a concentration is wanted.
//
//   Concentration c = mg(100) / litre(20);   // 5 mg/L
//   Concentration d = mg(100);               // does not compile
//
// Inside is one double in the canonical set of unit.hpp: mg, dm (dm3 = L), h, mmol.
#pragma once

#include <compare>
#include <cstdint>

#include "dosewright/base/result.hpp"
#include "dosewright/base/unit.hpp"

namespace dosewright {

// kMass, kLength, kTime, kAmount: the exponents of mg, dm, h and mmol.
template <int kMass, int kLength, int kTime, int kAmount>
class Quantity {
 public:
  constexpr Quantity() = default;
  static constexpr Quantity from_canonical(double value) { return Quantity(value); }
  constexpr double canonical() const { return canonical_; }

  static constexpr Dimension dimension() {
    return {{std::int8_t{kMass}, std::int8_t{kLength}, std::int8_t{kTime}, std::int8_t{kAmount}}};
  }

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator-() const { return Quantity(-canonical_); }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity(a.canonical_ + b.canonical_);
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity(a.canonical_ - b.canonical_);
  }
  friend constexpr Quantity operator*(Quantity a, double b) { return Quantity(a.canonical_ * b); }
  friend constexpr Quantity operator*(double a, Quantity b) { return Quantity(a * b.canonical_); }
  friend constexpr Quantity operator/(Quantity a, double b) { return Quantity(a.canonical_ / b); }

 private:
  constexpr explicit Quantity(double canonical) : canonical_(canonical) {}

  double canonical_ = 0;
};

// A quantity without dimension is a plain number.
template <int M, int L, int T, int N>
constexpr auto quantity_or_number(double canonical) {
  if constexpr (M == 0 && L == 0 && T == 0 && N == 0) {
    return canonical;
  } else {
    return Quantity<M, L, T, N>::from_canonical(canonical);
  }
}

template <int M1, int L1, int T1, int N1, int M2, int L2, int T2, int N2>
constexpr auto operator*(Quantity<M1, L1, T1, N1> a, Quantity<M2, L2, T2, N2> b) {
  return quantity_or_number<M1 + M2, L1 + L2, T1 + T2, N1 + N2>(a.canonical() * b.canonical());
}

template <int M1, int L1, int T1, int N1, int M2, int L2, int T2, int N2>
constexpr auto operator/(Quantity<M1, L1, T1, N1> a, Quantity<M2, L2, T2, N2> b) {
  return quantity_or_number<M1 - M2, L1 - L2, T1 - T2, N1 - N2>(a.canonical() / b.canonical());
}

template <int M, int L, int T, int N>
constexpr auto operator/(double a, Quantity<M, L, T, N> b) {
  return quantity_or_number<-M, -L, -T, -N>(a / b.canonical());
}

using Mass = Quantity<1, 0, 0, 0>;
using Length = Quantity<0, 1, 0, 0>;
using Area = Quantity<0, 2, 0, 0>;
using Volume = Quantity<0, 3, 0, 0>;
using Duration = Quantity<0, 0, 1, 0>;
using Rate = Quantity<0, 0, -1, 0>;
using Amount = Quantity<0, 0, 0, 1>;
using Concentration = Quantity<1, -3, 0, 0>;
using MolarConcentration = Quantity<0, -3, 0, 1>;
using MolarMass = Quantity<1, 0, 0, -1>;
using Clearance = Quantity<0, 3, -1, 0>;
using Infusion = Quantity<1, 0, -1, 0>;   // mass per time
using Exposure = Quantity<1, -3, 1, 0>;   // area under a concentration curve
using Activity = Quantity<0, -3, -1, 1>;  // of an enzyme in a volume, as U/L

constexpr Mass ug(double value) {
  return Mass::from_canonical(value / 1000);
}
constexpr Mass mg(double value) {
  return Mass::from_canonical(value);
}
constexpr Mass gram(double value) {
  return Mass::from_canonical(value * 1000);
}
constexpr Mass kg(double value) {
  return Mass::from_canonical(value * 1e6);
}
constexpr Length cm(double value) {
  return Length::from_canonical(value / 10);
}
constexpr Length metre(double value) {
  return Length::from_canonical(value * 10);
}
constexpr Volume ml(double value) {
  return Volume::from_canonical(value / 1000);
}
constexpr Volume dl(double value) {
  return Volume::from_canonical(value / 10);
}
constexpr Volume litre(double value) {
  return Volume::from_canonical(value);
}
constexpr Duration minute(double value) {
  return Duration::from_canonical(value / 60);
}
constexpr Duration hour(double value) {
  return Duration::from_canonical(value);
}
constexpr Duration day(double value) {
  return Duration::from_canonical(value * 24);
}
constexpr Duration week(double value) {
  return Duration::from_canonical(value * 168);
}
constexpr Amount umol(double value) {
  return Amount::from_canonical(value / 1000);
}
constexpr Amount mmol(double value) {
  return Amount::from_canonical(value);
}
constexpr Amount mole(double value) {
  return Amount::from_canonical(value * 1000);
}
constexpr MolarMass g_per_mol(double value) {
  return MolarMass::from_canonical(value);
}
constexpr Concentration mg_per_l(double value) {
  return Concentration::from_canonical(value);
}
constexpr Concentration ug_per_l(double value) {
  return Concentration::from_canonical(value / 1000);
}
constexpr Concentration mg_per_dl(double value) {
  return Concentration::from_canonical(value * 10);
}
constexpr MolarConcentration mmol_per_l(double value) {
  return MolarConcentration::from_canonical(value);
}
constexpr Clearance l_per_h(double value) {
  return Clearance::from_canonical(value);
}
constexpr Activity u_per_l(double value) {
  return Activity::from_canonical(value * 60 / 1000);
}

// A measure from a document as the quantity that the code wants; a fault where its dimension is
// another. The fault has no place: the reader of the document knows it.
template <class Wanted>
Result<Wanted> as(const Measure& measure) {
  if (measure.unit.dimension == Wanted::dimension()) {
    return Wanted::from_canonical(measure.canonical);
  }
  return Fault{{},
               "expected " + to_text(Wanted::dimension()) + ", found " +
                   to_text(measure.unit.dimension) + " in '" + measure.unit.code + "'",
               "use a unit of the expected kind",
               {}};
}

}  // namespace dosewright
