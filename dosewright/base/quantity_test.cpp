#include "dosewright/base/quantity.hpp"

#include <doctest/doctest.h>

#include <type_traits>

namespace dosewright {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };
template <class A, class B>
concept Comparable = requires(A a, B b) { a < b; };

static_assert(std::is_same_v<decltype(Mass() / Volume()), Concentration>);
static_assert(std::is_same_v<decltype(Amount() * MolarMass()), Mass>);
static_assert(std::is_same_v<decltype(Volume() / Duration()), Clearance>);
static_assert(std::is_same_v<decltype(Mass() / Mass()), double>);
static_assert(std::is_same_v<decltype(1.0 / Duration()), Rate>);
static_assert(std::is_same_v<decltype(Rate() * Duration()), double>);
static_assert(std::is_same_v<decltype(Concentration() * Duration()), Exposure>);
static_assert(!std::is_convertible_v<Mass, Concentration>);
static_assert(!std::is_convertible_v<double, Mass>);
static_assert(!std::is_convertible_v<Mass, double>);
static_assert(Addable<Mass, Mass> && !Addable<Mass, Volume> && !Addable<Mass, double>);
static_assert(Comparable<Mass, Mass> && !Comparable<Mass, Amount>);

TEST_CASE("quantities hold canonical values") {
  CHECK((mg(100) / litre(20)).canonical() == 5);
  CHECK((mmol(2) * g_per_mol(180.16)).canonical() == doctest::Approx(360.32));
  CHECK(day(7) == week(1));
  CHECK(hour(1) == minute(60));
  CHECK(kg(1) == gram(1000));
  CHECK(mg_per_dl(100) == mg_per_l(1000));
  CHECK(ml(1500) + litre(1) == litre(2.5));
  CHECK(dl(5) - ml(500) == litre(0));
  CHECK(-mg(3) < ug(1));
  CHECK(mg(300) / mg(200) == 1.5);
  CHECK((2 * mg(100) / 4 * 3).canonical() == 150);
  Mass sum = mg(1);
  sum += ug(500);
  sum -= ug(250);
  CHECK(sum == mg(1.25));
}

template <class Q>
void agrees(const char* code, Q one) {
  CAPTURE(code);
  const Unit unit = *parse_unit(code);
  CHECK(unit.dimension == Q::dimension());
  CHECK(unit.to_canonical(1) == one.canonical());
}

TEST_CASE("makers agree with the units of the same name") {
  agrees("ug", ug(1));
  agrees("mg", mg(1));
  agrees("g", gram(1));
  agrees("kg", kg(1));
  agrees("cm", cm(1));
  agrees("m", metre(1));
  agrees("mL", ml(1));
  agrees("dL", dl(1));
  agrees("L", litre(1));
  agrees("min", minute(1));
  agrees("h", hour(1));
  agrees("d", day(1));
  agrees("wk", week(1));
  agrees("umol", umol(1));
  agrees("mmol", mmol(1));
  agrees("mol", mole(1));
  agrees("g/mol", g_per_mol(1));
  agrees("mg/L", mg_per_l(1));
  agrees("ug/L", ug_per_l(1));
  agrees("mg/dL", mg_per_dl(1));
  agrees("mmol/L", mmol_per_l(1));
  agrees("L/h", l_per_h(1));
  agrees("U/L", u_per_l(1));
}

TEST_CASE("a measure becomes a quantity of its dimension only") {
  CHECK(*as<Mass>(*parse_measure("0.2 g")) == mg(200));
  const Result<Concentration> wrong = as<Concentration>(*parse_measure("200 mg"));
  REQUIRE(!wrong.ok());
  CHECK(wrong.faults()[0].message == "expected mass/volume (mg/L), found mass (mg) in 'mg'");
}

}  // namespace
}  // namespace dosewright
