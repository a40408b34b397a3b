// Units by UCUM code, and the dimension that the checker of equations and guards works with.
// [UCUM, sec. 2]: a code is a product of prefixed atoms with integer exponents.
//
// Everything inside the engine is a plain double in the canonical set: mg, dm (so that dm3 = L),
// h, mmol, K. A Unit says by what factor a value in that unit becomes canonical.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "dosewright/base/result.hpp"

namespace dosewright {

enum class BaseDimension : std::uint8_t {
  kMass,         // canonical mg
  kLength,       // canonical dm; a volume in litres is dm3
  kTime,         // canonical h
  kAmount,       // canonical mmol; U (enzyme) is umol/min
  kTemperature,  // canonical K
  kArbitrary,    // [iU]: international units, comparable only among themselves
  kUln,          // multiples of an upper limit of normal; exists only beside an analyte
};
inline constexpr int kBaseDimensions = 7;

struct Dimension {
  std::array<std::int8_t, kBaseDimensions> exponent{};

  bool operator==(const Dimension&) const = default;
  bool dimensionless() const { return *this == Dimension{}; }
  Dimension operator*(const Dimension& other) const;
  Dimension operator/(const Dimension& other) const;
  Dimension power(int n) const;
};

struct Unit {
  std::string code = "1";  // as written
  double factor = 1;       // value in this unit * factor = canonical value
  Dimension dimension;

  // For units such as ug and %, a division by 1000 or 100, so that 35 % is exactly 0.35.
  double to_canonical(double value) const;
  double from_canonical(double value) const;
};

// "mg/dL", "10*9/L", "U/L", "ug/g", "%", "wk", "mo" (30.4375 d), "a", "1/h", "/h", "kg/m2", "Cel"
// (as a difference), "ULN", "{reactions}" (annotation). A fault names the atom that is not known
// and the nearest known one; its place holds only the column in the code. Never throws; linear in
// the length of the code, which is bounded (64 bytes).
Result<Unit> parse_unit(std::string_view code);

// "mass/volume (mg/L)", "time (h)", "a number": for messages.
std::string to_text(const Dimension& dimension);

// "120.5 U/L": a canonical value in the given unit, shortest digits that a person wants (6).
std::string to_text(double canonical, const Unit& unit);

// A number with its unit, as written in documents: "200 mg", "3 ULN", "7 d", "-3.3 %". Blanks
// around number and unit are optional. A plain number is "3 1"; a number alone is a fault.
struct Measure {
  double canonical = 0;
  Unit unit;
};
Result<Measure> parse_measure(std::string_view text);

}  // namespace dosewright
