#include "dosewright/protocol/scope.hpp"

#include <cmath>

#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

// The value of a name as region 0 sees it.
double value_of(const Patient& patient, const std::string& name) {
  const Protocol& protocol = patient.protocol;
  for (std::size_t i = 0; i < protocol.scope.size(); ++i) {
    if (protocol.scope[i].name == name) {
      return read_slot(protocol.scope_slots[i], protocol, patient.state, patient.state.regions[0]);
    }
  }
  FAIL("not in scope: " << name);
  return 0;
}

bool unknown(const Patient& patient, const std::string& name) {
  return lang::is_unknown(value_of(patient, name));
}

}  // namespace

TEST_CASE("before anything was measured or given, numbers are unknown") {
  const Protocol protocol = toy_protocol();
  const Patient patient(protocol);
  for (const char* name :
       {"ALT", "ALT.previous", "ALT.baseline", "ALT.ULN", "ALT.age", "ALT.previous.age", "ALT.gap",
        "ALT.state_age", "treatment.age", "dose.age", "dose.amount"}) {
    CAPTURE(name);
    CHECK(unknown(patient, name));
  }
  CHECK(value_of(patient, "ALT.new") == 0);
  CHECK(value_of(patient, "sign.rash") == 0);
  CHECK(value_of(patient, "dose.count") == 0);
  CHECK(value_of(patient, "state.age") == 0);
}

TEST_CASE("readings, their ages and their limits") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 1)});
  CHECK(value_of(patient, "ALT.new") == 0);  // at the instant of entry is not after it
  patient.see(2 * kDay, {lab_value(kAlt, 99, 33)});
  CHECK(value_of(patient, "ALT") == 99);
  CHECK(value_of(patient, "ALT.ULN") == 33);
  CHECK(value_of(patient, "ALT.previous") == doctest::Approx(lab(kAlt, 1).value));
  CHECK(value_of(patient, "ALT.previous.ULN") == doctest::Approx(lab(kAlt, 1).value));
  patient.see(5 * kDay);
  CHECK(value_of(patient, "ALT.age") == 72);
  CHECK(value_of(patient, "ALT.previous.age") == 120);
  CHECK(value_of(patient, "ALT.gap") == 48);
}

TEST_CASE("a reading is stale after its time, and not at it") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 1), lab(kBili, 1)});
  patient.see(45 * kDay);
  CHECK_FALSE(unknown(patient, "ALT"));
  patient.see(45 * kDay + 1);
  CHECK(unknown(patient, "ALT"));
  CHECK_FALSE(unknown(patient, "ALT.age"));
  CHECK_FALSE(unknown(patient, "BILI"));  // "never"
}

TEST_CASE("doses count, and age") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(kDay, {dose(200)});
  patient.see(8 * kDay, {dose(160)});
  patient.see(9 * kDay);
  CHECK(value_of(patient, "treatment.age") == 8 * 24);
  CHECK(value_of(patient, "dose.age") == 24);
  CHECK(value_of(patient, "dose.count") == 2);
  CHECK(value_of(patient, "dose.amount") == 160);
}

TEST_CASE(
    "baseline: the mean of two readings that agree, else the later; fixed by the first dose") {
  const Protocol protocol = toy_protocol();
  const double uln = lab(kAlt, 1).value;
  const struct {
    double screening, day1, baseline;
  } rows[] = {{1.0, 1.1, 1.05}, {1.0, 1.2, 1.2}, {94, 106, 100}, {1.2, 1.0, 1.0}};
  for (const auto& row : rows) {
    Patient patient(protocol, -14 * kDay);
    patient.see(-14 * kDay, {lab(kAlt, row.screening)});
    CHECK(value_of(patient, "ALT.baseline") == doctest::Approx(row.screening * uln));
    patient.see(0, {lab(kAlt, row.day1), dose()});
    CHECK(value_of(patient, "ALT.baseline") == doctest::Approx(row.baseline * uln));
    patient.see(kWeek, {lab(kAlt, 2)});
    CHECK(value_of(patient, "ALT.baseline") == doctest::Approx(row.baseline * uln));
  }
}

TEST_CASE("a tie at a multiple of the limit is reached, whatever binary fractions say") {
  const Protocol protocol = toy_protocol();
  const Unit unit = *parse_unit("U/L");
  int moved = 0;
  for (double uln : {30.0, 35.0, 41.0, 45.0, 1.2, 1.45, 2.3, 0.3, 17.1}) {
    for (double multiple : {1.5, 2.0, 3.0, 5.0, 8.0, 10.0}) {
      const double limit = unit.to_canonical(uln);
      const double reading = unit.to_canonical(uln * multiple);
      moved += reading / limit < multiple ? 1 : 0;
      Patient patient(protocol);
      patient.see(0, {lab_value(kAlt, reading, limit)});
      const double seen = value_of(patient, "ALT");
      CHECK(seen / limit >= multiple);
      CHECK(std::abs(seen - reading) <= 1e-12 * reading);
    }
  }
  CHECK(moved > 0);  // otherwise this tests nothing
}

TEST_CASE("a reading just below a multiple stays below it") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 3 - 1e-9)});
  CHECK(value_of(patient, "ALT") / value_of(patient, "ALT.ULN") < 3);
}
