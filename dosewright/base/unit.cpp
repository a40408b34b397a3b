// UCUM codes, read by recursive descent: term = component (("." | "/") component)*.
//
// A factor is kept as a power of ten and two small numbers until the end, so that mg/dL is exactly
// 10 and ug exactly 0.001, and a threshold met exactly is met after conversion too.
#include "dosewright/base/unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

constexpr std::size_t kLongestCode = 64;
constexpr std::size_t kLongestMeasure = 128;
constexpr int kLargestExponent = 9;     // of one atom, as in m2
constexpr int kLargestPowerOfTen = 30;  // of 10*9 and the like
constexpr int kLargestDimension = 16;   // of the whole code
constexpr int kDeepestNesting = 4;

// value in the unit * numerator / denominator * 10^ten = canonical value
struct Scale {
  double numerator = 1;
  double denominator = 1;
  int ten = 0;
  std::array<int, kBaseDimensions> exponent{};

  void multiply(const Scale& other, int power) {
    for (int i = 0; i < std::abs(power); ++i) {
      numerator *= power > 0 ? other.numerator : other.denominator;
      denominator *= power > 0 ? other.denominator : other.numerator;
    }
    ten += power * other.ten;
    for (std::size_t i = 0; i < exponent.size(); ++i) exponent[i] += power * other.exponent[i];
  }
};

struct Atom {
  std::string_view code;
  bool takes_prefix;
  double numerator;
  double denominator;
  int ten;
  std::array<int, kBaseDimensions> exponent;
};

// [UCUM, tables 1, 2, 3, 6, 8 and 23]; canonical units are those of unit.hpp. The mean month is
// 30.4375 d and the year 365.25 d, as UCUM has them.
constexpr Atom kAtoms[] = {
    {"g", true, 1, 1, 3, {1}},
    {"m", true, 1, 1, 1, {0, 1}},
    {"L", true, 1, 1, 0, {0, 3}},
    {"l", true, 1, 1, 0, {0, 3}},
    {"s", true, 1, 3600, 0, {0, 0, 1}},
    {"min", false, 1, 60, 0, {0, 0, 1}},
    {"h", false, 1, 1, 0, {0, 0, 1}},
    {"d", false, 24, 1, 0, {0, 0, 1}},
    {"wk", false, 168, 1, 0, {0, 0, 1}},
    {"mo", false, 730.5, 1, 0, {0, 0, 1}},
    {"a", false, 8766, 1, 0, {0, 0, 1}},
    {"mol", true, 1, 1, 3, {0, 0, 0, 1}},
    {"U", true, 60, 1, -3, {0, 0, -1, 1}},
    {"K", true, 1, 1, 0, {0, 0, 0, 0, 1}},
    {"Cel", true, 1, 1, 0, {0, 0, 0, 0, 1}},
    {"[iU]", true, 1, 1, 0, {0, 0, 0, 0, 0, 1}},
    {"[IU]", true, 1, 1, 0, {0, 0, 0, 0, 0, 1}},
    {"%", false, 1, 1, -2, {}},
    {"ULN", false, 1, 1, 0, {0, 0, 0, 0, 0, 0, 1}},
};

struct Prefix {
  std::string_view code;
  int ten;
};
constexpr Prefix kPrefixes[] = {
    {"da", 1}, {"h", 2},  {"k", 3},  {"M", 6},  {"G", 9},  {"T", 12},  {"P", 15},
    {"d", -1}, {"c", -2}, {"m", -3}, {"u", -6}, {"n", -9}, {"p", -12}, {"f", -15},
};

// What people write for a unit, and its code.
struct Spelling {
  std::string_view written;
  std::string_view code;
};
constexpr Spelling kSpellings[] = {
    {"mcg", "ug"},
    {"\xC2\xB5g", "ug"},
    {"\xCE\xBCg", "ug"},
    {"\xC2\xB5mol", "umol"},
    {"\xCE\xBCmol", "umol"},
    {"\xC2\xB5L", "uL"},
    {"\xCE\xBCL", "uL"},
    {"IU", "[iU]"},
    {"iu", "[iU]"},
    {"gm", "g"},
    {"cc", "mL"},
    {"day", "d"},
    {"days", "d"},
    {"D", "d"},
    {"hr", "h"},
    {"hrs", "h"},
    {"hour", "h"},
    {"hours", "h"},
    {"H", "h"},
    {"minute", "min"},
    {"minutes", "min"},
    {"sec", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"week", "wk"},
    {"weeks", "wk"},
    {"w", "wk"},
    {"month", "mo"},
    {"months", "mo"},
    {"year", "a"},
    {"years", "a"},
    {"yr", "a"},
    {"y", "a"},
    {"percent", "%"},
    {"xULN", "ULN"},
    {"uln", "ULN"},
    {"\xC2\xB0"
     "C",
     "Cel"},
    {"C", "Cel"},
    {"degC", "Cel"},
    {"M", "mol/L"},
    {"mM", "mmol/L"},
    {"uM", "umol/L"},
    {"nM", "nmol/L"},
    {"kat", "U"},
    {"liter", "L"},
    {"litre", "L"},
    {"gram", "g"},
    {"mole", "mol"},
};

const Atom* find_atom(std::string_view code) {
  const auto* found = std::find_if(std::begin(kAtoms), std::end(kAtoms),
                                   [&](const Atom& atom) { return atom.code == code; });
  return found == std::end(kAtoms) ? nullptr : found;
}

Scale scale_of(const Atom& atom, int prefix_ten) {
  return {atom.numerator, atom.denominator, atom.ten + prefix_ten, atom.exponent};
}

// A whole atom wins over a prefix and a shorter one: "min" is the minute, "mo" the month.
std::optional<Scale> scale_of(std::string_view symbol) {
  if (const Atom* atom = find_atom(symbol)) return scale_of(*atom, 0);
  for (const Prefix& prefix : kPrefixes) {
    if (!symbol.starts_with(prefix.code)) continue;
    const Atom* atom = find_atom(symbol.substr(prefix.code.size()));
    if (atom != nullptr && atom->takes_prefix) return scale_of(*atom, prefix.ten);
  }
  return std::nullopt;
}

const std::vector<std::string>& common_units() {
  static const std::vector<std::string> kCommon = {
      "g",    "kg",   "mg",   "ug", "ng", "L",  "dL",   "mL",  "uL",  "mol", "mmol",
      "umol", "nmol", "pmol", "U",  "mU", "kU", "[iU]", "h",   "min", "s",   "d",
      "wk",   "mo",   "a",    "m",  "cm", "mm", "K",    "Cel", "%",   "ULN", "10*9"};
  return kCommon;
}

std::string hint_for(std::string_view symbol) {
  for (const Spelling& spelling : kSpellings) {
    if (spelling.written == symbol) return fmt::format("write '{}'", spelling.code);
  }
  if (symbol.ends_with("[Hg]")) {
    return "pressure is not among the units of this program; record it outside the rules";
  }
  const std::string nearest = nearest_name(symbol, common_units());
  if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
  return "known units are g, L, mol, U, [iU], m, s, min, h, d, wk, mo, a, K, Cel, %, ULN and "
         "10*N, with prefixes as in 'mg' or 'umol'";
}

double power_of_ten(int n) {
  double value = 1;
  for (int i = 0; i < std::abs(n); ++i) value *= 10;  // exact up to 10^22
  return value;
}

double factor_of(const Scale& scale) {
  const double ten = power_of_ten(scale.ten);
  return scale.ten >= 0 ? scale.numerator * ten / scale.denominator
                        : scale.numerator / (scale.denominator * ten);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class UnitParser {
 public:
  explicit UnitParser(std::string_view code) : code_(code) {}

  Result<Unit> parse() {
    const Scale scale = term(0);
    if (!fault_ && at_ < code_.size()) fail(at_, "expected '.', '/' or the end of the unit");
    if (!fault_) check(scale);
    if (fault_) return *fault_;
    Unit unit{std::string(code_), factor_of(scale), {}};
    for (std::size_t i = 0; i < scale.exponent.size(); ++i) {
      unit.dimension.exponent[i] = static_cast<std::int8_t>(scale.exponent[i]);
    }
    return unit;
  }

 private:
  char peek() const { return at_ < code_.size() ? code_[at_] : '\0'; }

  Scale term(int depth) {
    Scale scale;
    int sign = 1;
    if (peek() == '/') {
      sign = -1;
      ++at_;
    }
    while (!fault_) {
      scale.multiply(component(depth), sign);
      if (fault_ || (peek() != '.' && peek() != '/')) break;
      sign = peek() == '/' ? -1 : 1;
      ++at_;
    }
    return scale;
  }

  Scale component(int depth) {
    const std::size_t start = at_;
    if (peek() == '(') return parenthesis(depth);
    if (code_.substr(at_).starts_with("10*") || code_.substr(at_).starts_with("10^")) {
      return ten_to_the();
    }
    if (is_digit(peek())) return whole_number();
    if (peek() == '{') {
      annotation();
      return {};
    }
    const std::string_view symbol = read_symbol();
    if (symbol.empty()) {
      fail(start, "expected a unit here");
      return {};
    }
    const std::optional<Scale> atom = scale_of(symbol);
    if (!atom) {
      fail(start, fmt::format("'{}' is not a known unit", shown_text(symbol)), hint_for(symbol));
      return {};
    }
    Scale scale;
    scale.multiply(*atom, exponent(kLargestExponent, 1));
    if (peek() == '{') annotation();
    return scale;
  }

  Scale parenthesis(int depth) {
    const std::size_t start = at_++;
    if (depth >= kDeepestNesting) {
      fail(start, fmt::format("parentheses nested more than {} deep", kDeepestNesting));
      return {};
    }
    const Scale inner = term(depth + 1);
    if (!fault_ && peek() != ')') fail(start, "'(' without its ')'");
    if (fault_) return {};
    ++at_;
    Scale scale;
    scale.multiply(inner, exponent(kLargestExponent, 1));
    return scale;
  }

  Scale ten_to_the() {
    at_ += 3;
    Scale scale;
    scale.ten = exponent(kLargestPowerOfTen, 1);
    if (peek() == '{') annotation();
    return scale;
  }

  Scale whole_number() {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    Scale scale;
    const std::from_chars_result read =
        std::from_chars(code_.data() + start, code_.data() + at_, scale.numerator);
    if (read.ec != std::errc() || scale.numerator < 1 || scale.numerator > 1e9) {
      fail(start, "a factor in a unit is a whole number from 1 to 1000000000");
    }
    if (peek() == '{') annotation();
    return scale;
  }

  void annotation() {
    const std::size_t end = code_.find('}', at_);
    if (end == std::string_view::npos) {
      fail(at_, "'{' without its '}'");
    } else {
      at_ = end + 1;
    }
  }

  // Letters, "%" or a bracketed name. Bytes above ASCII belong to it, so that they are shown whole.
  std::string_view read_symbol() {
    const std::size_t start = at_;
    while (at_ < code_.size()) {
      const char c = code_[at_];
      if (c == '[') {
        const std::size_t end = code_.find(']', at_);
        if (end == std::string_view::npos) break;
        at_ = end + 1;
        continue;
      }
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%' ||
                          c == '_' || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
      if (!letter) break;
      ++at_;
    }
    return code_.substr(start, at_ - start);
  }

  int exponent(int largest, int otherwise) {
    const std::size_t start = at_;
    const bool caret = peek() == '^';
    const bool sign = peek() == '-' || peek() == '+';
    if (sign) ++at_;
    const std::size_t first = at_;
    while (is_digit(peek())) ++at_;
    if (caret || (sign && first == at_)) {
      fail(start, "expected a whole exponent directly after the unit", "write 'm2' or 's-1'");
      return otherwise;
    }
    if (first == at_) return otherwise;
    int value = largest + 1;
    std::from_chars(code_.data() + first, code_.data() + at_, value);
    if (value > largest) {
      fail(start, fmt::format("an exponent here is at most {}", largest));
      return otherwise;
    }
    return code_[start] == '-' ? -value : value;
  }

  void check(const Scale& scale) {
    const double factor = factor_of(scale);
    const bool large = std::any_of(scale.exponent.begin(), scale.exponent.end(),
                                   [](int e) { return std::abs(e) > kLargestDimension; });
    if (large || !std::isnormal(factor)) fail(0, "the unit is out of range");
  }

  void fail(std::size_t at, const std::string& why, std::string hint = {}) {
    if (fault_) return;
    fault_ = Fault{{"", 0, static_cast<int>(at) + 1},
                   fmt::format("unit '{}': {}", shown_text(code_), why),
                   std::move(hint),
                   {}};
  }

  std::string_view code_;
  std::size_t at_ = 0;
  std::optional<Fault> fault_;
};

struct DimensionName {
  std::string_view name;
  std::string_view unit;
};

// A length to the third power is a volume in litres; people think of neither as a length.
DimensionName name_of(BaseDimension base, int exponent) {
  switch (base) {
    case BaseDimension::kMass:
      return {"mass", "mg"};
    case BaseDimension::kLength:
      break;
    case BaseDimension::kTime:
      return {"time", "h"};
    case BaseDimension::kAmount:
      return {"amount", "mmol"};
    case BaseDimension::kTemperature:
      return {"temperature", "K"};
    case BaseDimension::kArbitrary:
      return {"international units", "[iU]"};
    case BaseDimension::kUln:
      return {"multiples of ULN", "ULN"};
  }
  if (exponent % 3 == 0) return {"volume", "L"};
  return std::abs(exponent) == 2 ? DimensionName{"area", "dm2"} : DimensionName{"length", "dm"};
}

// The exponent that is left beside the name: a volume to the first power is a length to the third.
int exponent_of(BaseDimension base, int exponent) {
  if (base != BaseDimension::kLength) return exponent;
  if (exponent % 3 == 0) return exponent / 3;
  return std::abs(exponent) == 2 ? exponent / 2 : exponent;
}

struct Spelt {
  std::string names;
  std::string units;
};

// One side of the fraction, upper (sign 1) or lower (sign -1).
Spelt spell(const Dimension& dimension, int sign) {
  Spelt spelt;
  const char* separator = sign > 0 ? "." : "/";
  for (int i = 0; i < kBaseDimensions; ++i) {
    const auto base = static_cast<BaseDimension>(i);
    const int exponent = sign * dimension.exponent[static_cast<std::size_t>(i)];
    if (exponent <= 0) continue;
    const DimensionName name = name_of(base, exponent);
    const int left = exponent_of(base, exponent);
    if (sign < 0 || !spelt.names.empty()) {
      spelt.names += separator;
      spelt.units += separator;
    }
    spelt.names += name.name;
    spelt.units += name.unit;
    if (left == 1) continue;
    spelt.names += fmt::format("^{}", left);
    spelt.units += fmt::format("{}", left);
  }
  return spelt;
}

Fault no_unit(std::string_view text, std::string_view number) {
  return {{},
          fmt::format("'{}' needs a unit", shown_text(text)),
          fmt::format("write the unit after the number, as in '{} mg', '{} %' or '{} d'; a plain "
                      "number has the unit 1, as in '{} 1'",
                      number, number, number, number),
          {}};
}

struct Number {
  double value;
  std::string_view digits;  // as written
};

bool starts_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && (is_digit(text[0]) || text[0] == '.');
}

// The number at the start of text. What follows is left to the caller, but for a decimal comma.
Result<Number> read_number(std::string_view text) {
  if (text.size() > kLongestMeasure) {
    return Fault{{},
                 fmt::format("'{}' is too long for a number with its unit", shown_text(text)),
                 "write a number and a unit, as in '200 mg'",
                 {}};
  }
  Number number{0, text};
  const char* const end = text.data() + text.size();
  const char* const start = text.data() + (text.starts_with('+') ? 1 : 0);
  const std::from_chars_result read = std::from_chars(start, end, number.value);
  if (!starts_number(text) || read.ec == std::errc::invalid_argument) {
    return Fault{{},
                 fmt::format("expected a number with its unit, found '{}'", shown_text(text)),
                 "write a number and a unit, as in '200 mg'",
                 {}};
  }
  number.digits = text.substr(0, static_cast<std::size_t>(read.ptr - text.data()));
  if (read.ec != std::errc()) {
    return Fault{{},
                 fmt::format("the number '{}' is out of range", shown_text(number.digits)),
                 "use a number nearer to 1 and a prefix of the unit",
                 {}};
  }
  const std::string_view rest = text.substr(number.digits.size());
  if (rest.size() > 1 && rest[0] == ',' && is_digit(rest[1])) {
    return Fault{{},
                 fmt::format("'{}' has a comma in its number", shown_text(text)),
                 "write the decimal point as '.', and no separator of thousands",
                 {}};
  }
  return number;
}

bool same_inverse(double factor, double inverse) {
  return factor < 1 && inverse == std::floor(inverse);
}

}  // namespace

Dimension Dimension::operator*(const Dimension& other) const {
  Dimension product;
  for (std::size_t i = 0; i < exponent.size(); ++i) {
    const int sum = exponent[i] + other.exponent[i];
    product.exponent[i] = static_cast<std::int8_t>(std::clamp(sum, -127, 127));
  }
  return product;
}

Dimension Dimension::operator/(const Dimension& other) const {
  return *this * other.power(-1);
}

Dimension Dimension::power(int n) const {
  Dimension result;
  for (std::size_t i = 0; i < exponent.size(); ++i) {
    const std::int64_t product = std::int64_t{exponent[i]} * n;
    result.exponent[i] = static_cast<std::int8_t>(std::clamp<std::int64_t>(product, -127, 127));
  }
  return result;
}

double Unit::to_canonical(double value) const {
  const double inverse = 1 / factor;
  return same_inverse(factor, inverse) ? value / inverse : value * factor;
}

double Unit::from_canonical(double value) const {
  const double inverse = 1 / factor;
  return same_inverse(factor, inverse) ? value * inverse : value / factor;
}

Result<Unit> parse_unit(std::string_view code) {
  if (code.empty()) {
    return Fault{{}, "expected a unit, found nothing", "a plain number has the unit '1'", {}};
  }
  if (code.size() > kLongestCode) {
    return Fault{{},
                 fmt::format("unit '{}' has {} characters; at most {} are read", shown_text(code),
                             code.size(), kLongestCode),
                 "use a shorter unit",
                 {}};
  }
  return UnitParser(code).parse();
}

std::string to_text(const Dimension& dimension) {
  if (dimension.dimensionless()) return "a number";
  Spelt upper = spell(dimension, 1);
  const Spelt lower = spell(dimension, -1);
  if (upper.names.empty()) upper = {"1", "1"};
  return upper.names + lower.names + " (" + upper.units + lower.units + ")";
}

std::string to_text(double canonical, const Unit& unit) {
  const std::string number = number_text(unit.from_canonical(canonical), 6);
  return unit.code == "1" ? number : number + " " + unit.code;
}

Result<Measure> parse_measure(std::string_view text) {
  const std::string_view whole = trim(text);
  DW_TRY(number, read_number(whole));
  const std::string_view code = trim(whole.substr(number.digits.size()));
  if (code.empty()) return no_unit(whole, number.digits);
  Result<Unit> unit = parse_unit(code);
  if (unit.ok()) {
    const double canonical = unit->to_canonical(number.value);
    if (std::isfinite(canonical)) return Measure{canonical, std::move(*unit)};
    return Fault{{},
                 fmt::format("'{}' is out of range", shown_text(whole)),
                 "use a number nearer to 1 and a prefix of the unit",
                 {}};
  }
  Fault fault = unit.faults()[0];
  if (fault.place.column > 0) fault.place.column += static_cast<int>(code.data() - text.data());
  return fault;
}

}  // namespace dosewright
