#include "dosewright/base/unit.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>

namespace dosewright {
namespace {

struct Row {
  const char* code;
  double factor;
  Dimension dimension;
};

// Exponents of mass, length, time, amount, temperature, international units, ULN.
const Row kRows[] = {
    {"1", 1, {}},
    {"g", 1000, {{1}}},
    {"kg", 1e6, {{1}}},
    {"mg", 1, {{1}}},
    {"ug", 1e-3, {{1}}},
    {"ng", 1e-6, {{1}}},
    {"L", 1, {{0, 3}}},
    {"l", 1, {{0, 3}}},
    {"dL", 0.1, {{0, 3}}},
    {"mL", 1e-3, {{0, 3}}},
    {"uL", 1e-6, {{0, 3}}},
    {"m3", 1000, {{0, 3}}},
    {"dm3", 1, {{0, 3}}},
    {"cm", 0.1, {{0, 1}}},
    {"m2", 100, {{0, 2}}},
    {"s", 1.0 / 3600, {{0, 0, 1}}},
    {"min", 1.0 / 60, {{0, 0, 1}}},
    {"h", 1, {{0, 0, 1}}},
    {"d", 24, {{0, 0, 1}}},
    {"wk", 168, {{0, 0, 1}}},
    {"mo", 730.5, {{0, 0, 1}}},
    {"a", 8766, {{0, 0, 1}}},
    {"mol", 1000, {{0, 0, 0, 1}}},
    {"mmol", 1, {{0, 0, 0, 1}}},
    {"umol", 1e-3, {{0, 0, 0, 1}}},
    {"U", 0.06, {{0, 0, -1, 1}}},
    {"umol/min", 0.06, {{0, 0, -1, 1}}},
    {"U/L", 0.06, {{0, -3, -1, 1}}},
    {"K", 1, {{0, 0, 0, 0, 1}}},
    {"Cel", 1, {{0, 0, 0, 0, 1}}},
    {"[iU]", 1, {{0, 0, 0, 0, 0, 1}}},
    {"k[iU]/mL", 1e6, {{0, -3, 0, 0, 0, 1}}},
    {"ULN", 1, {{0, 0, 0, 0, 0, 0, 1}}},
    {"%", 0.01, {}},
    {"{reactions}", 1, {}},
    {"{reactions}/wk", 1.0 / 168, {{0, 0, -1}}},
    {"mg{creatinine}/dL", 10, {{1, -3}}},
    {"mg/dL", 10, {{1, -3}}},
    {"ug/g", 1e-6, {}},
    {"mg/g", 1e-3, {}},
    {"mg/kg/d", 1e-6 / 24, {{0, 0, -1}}},
    {"mg/kg.d", 24e-6, {{0, 0, 1}}},  // from left to right
    {"mg/(kg.d)", 1e-6 / 24, {{0, 0, -1}}},
    {"kg/m2", 1e4, {{1, -2}}},
    {"1/h", 1, {{0, 0, -1}}},
    {"/h", 1, {{0, 0, -1}}},
    {"h-1", 1, {{0, 0, -1}}},
    {"/uL", 1e6, {{0, -3}}},
    {"10*9/L", 1e9, {{0, -3}}},
    {"10^9/L", 1e9, {{0, -3}}},
    {"10*3/uL", 1e9, {{0, -3}}},
    {"10*-6", 1e-6, {}},
    {"L/h", 1, {{0, 3, -1}}},
    {"mL/min", 0.06, {{0, 3, -1}}},
    {"mL/min/{1.73_m2}", 0.06, {{0, 3, -1}}},
    {"mg.h/L", 1, {{1, -3, 1}}},
    {"mmol/L", 1, {{0, -3, 0, 1}}},
    {"umol/L", 1e-3, {{0, -3, 0, 1}}},
    {"/100{injections}", 0.01, {}},
};

TEST_CASE("UCUM codes: factor and dimension") {
  for (const Row& row : kRows) {
    CAPTURE(std::string(row.code));
    const Result<Unit> unit = parse_unit(row.code);
    REQUIRE(unit.ok());
    CHECK(unit->code == row.code);
    CHECK(unit->factor == doctest::Approx(row.factor).epsilon(1e-15));
    CHECK(unit->dimension == row.dimension);
  }
}

TEST_CASE("decimal factors are the nearest double, not a product of roundings") {
  CHECK(parse_unit("ug")->factor == 1e-3);
  CHECK(parse_unit("mg/dL")->factor == 10);
  CHECK(parse_unit("ug/g")->factor == 1e-6);
  CHECK(parse_unit("10*9/L")->factor == 1e9);
  CHECK(parse_unit("10*3/uL")->factor == 1e9);
  CHECK(parse_unit("U/L")->factor == 0.06);
}

TEST_CASE("a threshold written in per cent is met exactly") {
  const Unit percent = *parse_unit("%");
  for (int i = 0; i <= 1000; ++i) CHECK(percent.to_canonical(i) == i / 100.0);
  const Unit microgram = *parse_unit("ug");
  for (int i = 0; i <= 1000; ++i) CHECK(microgram.to_canonical(i) == i / 1000.0);
}

struct Wrong {
  const char* code;
  int column;
  const char* message;
  const char* hint;
};

const Wrong kWrong[] = {
    {"", 0, "expected a unit, found nothing", "'1'"},
    {"mcg", 1, "unit 'mcg': 'mcg' is not a known unit", "write 'ug'"},
    {"mg/days", 4, "unit 'mg/days': 'days' is not a known unit", "write 'd'"},
    {"\xC2\xB5g/L", 1, "unit '\xC2\xB5g/L': '\xC2\xB5g' is not a known unit", "write 'ug'"},
    {"IU/L", 1, "unit 'IU/L': 'IU' is not a known unit", "write '[iU]'"},
    {"mm[Hg]", 1, "unit 'mm[Hg]': 'mm[Hg]' is not a known unit", "pressure"},
    {"mmoll/L", 1, "unit 'mmoll/L': 'mmoll' is not a known unit", "did you mean 'mmol'?"},
    {"uln", 1, "unit 'uln': 'uln' is not a known unit", "write 'ULN'"},
    {"qqqq", 1, "unit 'qqqq': 'qqqq' is not a known unit", "known units are"},
    {"mg/", 4, "unit 'mg/': expected a unit here", ""},
    {"mg//L", 4, "unit 'mg//L': expected a unit here", ""},
    {"mg L", 3, "unit 'mg L': expected '.', '/' or the end of the unit", ""},
    {"m^2", 2, "unit 'm^2': expected a whole exponent directly after the unit", "m2"},
    {"m-", 2, "unit 'm-': expected a whole exponent directly after the unit", "m2"},
    {"m99", 2, "unit 'm99': an exponent here is at most 9", ""},
    {"10*31", 4, "unit '10*31': an exponent here is at most 30", ""},
    {"m99999999999999999999", 2, "unit 'm99999999999999999999': an exponent here is at most 9", ""},
    {"m9.m9", 1, "unit 'm9.m9': the unit is out of range", ""},
    {"mg{dose", 3, "unit 'mg{dose': '{' without its '}'", ""},
    {"(mg", 1, "unit '(mg': '(' without its ')'", ""},
    {"0/h", 1, "unit '0/h': a factor in a unit is a whole number from 1 to 1000000000", ""},
    {"(((((g)))))", 5, "unit '(((((g)))))': parentheses nested more than 4 deep", ""},
    {"kmin", 1, "unit 'kmin': 'kmin' is not a known unit", ""},
    {"k%", 1, "unit 'k%': 'k%' is not a known unit", ""},
};

TEST_CASE("what is no unit gets a fault with place and way out") {
  for (const Wrong& wrong : kWrong) {
    CAPTURE(std::string(wrong.code));
    const Result<Unit> unit = parse_unit(wrong.code);
    REQUIRE(!unit.ok());
    REQUIRE(unit.faults().size() == 1);
    CHECK(unit.faults()[0].message == wrong.message);
    CHECK(unit.faults()[0].place.column == wrong.column);
    CHECK(unit.faults()[0].hint.find(wrong.hint) != std::string::npos);
  }
  CHECK(!parse_unit(std::string(1 << 20, '(')).ok());
}

TEST_CASE("units of any bytes neither crash nor leave the finite") {
  const bool held = rc::check([] {
    const auto piece = rc::gen::element<std::string>("mg", "/", ".", "(", ")", "9", "-", "10*", "{",
                                                     "}", "[", "U", "Pm", "%", "L", " ", "\xFF");
    const auto parts = *rc::gen::container<std::vector<std::string>>(piece);
    std::string code;
    for (const std::string& part : parts) code += part;
    const Result<Unit> unit = parse_unit(code);
    if (unit.ok()) RC_ASSERT(std::isnormal(unit->factor));
  });
  CHECK(held);
}

TEST_CASE("dimensions multiply, divide and rise to powers") {
  const Dimension mass{{1}}, volume{{0, 3}}, time{{0, 0, 1}};
  CHECK(mass / volume == parse_unit("mg/L")->dimension);
  CHECK((mass / volume) * volume == mass);
  CHECK(volume / time == parse_unit("L/h")->dimension);
  CHECK(time.power(-2) == Dimension{{0, 0, -2}});
  CHECK((mass / mass).dimensionless());
  CHECK(mass.power(1000).exponent[0] == 127);  // held, not wrapped
  CHECK(mass.power(-1000).exponent[0] == -127);
}

TEST_CASE("dimensions are named as people name them") {
  const auto named = [](const char* code) { return to_text(parse_unit(code)->dimension); };
  CHECK(named("1") == "a number");
  CHECK(named("d") == "time (h)");
  CHECK(named("mL") == "volume (L)");
  CHECK(named("ug/L") == "mass/volume (mg/L)");
  CHECK(named("L/h") == "volume/time (L/h)");
  CHECK(named("1/h") == "1/time (1/h)");
  CHECK(named("U/L") == "amount/volume/time (mmol/L/h)");
  CHECK(named("kg/m2") == "mass/area (mg/dm2)");
  CHECK(named("cm") == "length (dm)");
  CHECK(named("mg.h/L") == "mass.time/volume (mg.h/L)");
  CHECK(named("mg2") == "mass^2 (mg2)");
  CHECK(named("/s2") == "1/time^2 (1/h2)");
  CHECK(named("m6") == "volume^2 (L2)");
  CHECK(named("ULN") == "multiples of ULN (ULN)");
  CHECK(named("[iU]/L") == "international units/volume ([iU]/L)");
}

TEST_CASE("the unit in the name of a dimension has that dimension") {
  for (const Row& row : kRows) {
    const std::string text = to_text(row.dimension);
    if (row.dimension.dimensionless()) continue;
    const std::size_t open = text.find('(');
    const std::string code = text.substr(open + 1, text.size() - open - 2);
    CAPTURE(code);
    const Result<Unit> unit = parse_unit(code);
    REQUIRE(unit.ok());
    CHECK(unit->dimension == row.dimension);
    CHECK(unit->factor == 1);
  }
}

TEST_CASE("a canonical value is shown in a unit") {
  CHECK(to_text(0.06 * 120.5, *parse_unit("U/L")) == "120.5 U/L");
  CHECK(to_text(0.35, *parse_unit("%")) == "35 %");
  CHECK(to_text(0.07, *parse_unit("%")) == "7 %");
  CHECK(to_text(2.5, Unit{}) == "2.5");
}

TEST_CASE("measures") {
  const auto canonical = [](const char* text) { return parse_measure(text)->canonical; };
  CHECK(canonical("200 mg") == 200);
  CHECK(canonical("-3.3 %") == -3.3 / 100);
  CHECK(canonical("3 ULN") == 3);
  CHECK(canonical("7 d") == 168);
  CHECK(canonical("35 %") == 0.35);
  CHECK(canonical("35%") == 0.35);
  CHECK(canonical("  1.5e3   ug/g ") == 1.5e3 / 1e6);
  CHECK(canonical("+.5 h") == 0.5);
  CHECK(canonical("3 1") == 3);
  CHECK(canonical("150 10*9/L") == 150e9);
  CHECK(canonical("-0.5 mg") == -0.5);
  CHECK(parse_measure("200 mg")->unit.code == "mg");
}

TEST_CASE("what is no measure gets a fault with a way out") {
  struct Bad {
    const char* text;
    const char* message;
    const char* hint;
    int column;
  };
  const Bad rows[] = {
      {"3", "'3' needs a unit", "'3 mg'", 0},
      {"", "expected a number with its unit, found ''", "'200 mg'", 0},
      {"mg", "expected a number with its unit, found 'mg'", "'200 mg'", 0},
      {"nan mg", "expected a number with its unit, found 'nan mg'", "'200 mg'", 0},
      {"inf mg", "expected a number with its unit, found 'inf mg'", "'200 mg'", 0},
      {"-inf mg", "expected a number with its unit, found '-inf mg'", "'200 mg'", 0},
      {"--3 mg", "expected a number with its unit, found '--3 mg'", "'200 mg'", 0},
      {"+-3 mg", "expected a number with its unit, found '+-3 mg'", "'200 mg'", 0},
      {". mg", "expected a number with its unit, found '. mg'", "'200 mg'", 0},
      {"1,5 mg", "'1,5 mg' has a comma in its number", "decimal point", 0},
      {"1e999 mg", "the number '1e999' is out of range", "", 0},
      {"1e300 10*30", "'1e300 10*30' is out of range", "", 0},
      {"200 mcg", "unit 'mcg': 'mcg' is not a known unit", "write 'ug'", 5},
      {"  2 mg/days", "unit 'mg/days': 'days' is not a known unit", "write 'd'", 8},
      {"7 d d", "unit 'd d': expected '.', '/' or the end of the unit", "", 4},
  };
  for (const Bad& bad : rows) {
    CAPTURE(std::string(bad.text));
    const Result<Measure> measure = parse_measure(bad.text);
    REQUIRE(!measure.ok());
    CHECK(measure.faults()[0].message == bad.message);
    CHECK(measure.faults()[0].hint.find(bad.hint) != std::string::npos);
    CHECK(measure.faults()[0].place.column == bad.column);
  }
  CHECK(!parse_measure(std::string(1 << 20, '1')).ok());
}

TEST_CASE("a measure that is shown reads back") {
  const bool held = rc::check([] {
    const auto code = *rc::gen::element<std::string>("mg", "U/L", "%", "d", "ug/g", "10*9/L");
    const Unit unit = *parse_unit(code);
    const double value = *rc::gen::inRange(-99999, 100000) / 100.0;
    const std::string text = to_text(unit.to_canonical(value), unit);
    const Result<Measure> measure = parse_measure(text);
    RC_ASSERT(measure.ok());
    RC_ASSERT(measure->unit.code == code);
    RC_ASSERT(std::abs(unit.from_canonical(measure->canonical) - value) <= 1e-5 * std::abs(value));
  });
  CHECK(held);
}

}  // namespace
}  // namespace dosewright
