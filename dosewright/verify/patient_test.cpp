#include "dosewright/verify/patient.hpp"

#include <doctest/doctest.h>

#include "dosewright/protocol/fixture_test.hpp"

namespace dosewright::verify {
namespace {

TEST_CASE("a patient's file says what the patient is, and reads back") {
  const protocol::Protocol protocol = protocol::toy_protocol();
  const protocol::Analyte& alt = protocol.vocabulary.analytes[0];
  Patient patient;
  patient.facts = {{0, PatientFact::Kind::kLab, "ALT", 3 * alt.uln, alt.uln, alt.unit},
                   {0, PatientFact::Kind::kDose, "", 200, 0, {}},
                   {8, PatientFact::Kind::kSign, "rash", 1, 0, {}},
                   {9, PatientFact::Kind::kSign, "rash", 0, 0, {}},
                   {9, PatientFact::Kind::kLab, "OTHER", 1, 0, alt.unit}};
  patient.look_on = 9;
  const std::string csv = to_csv(patient);
  CHECK(csv ==
        "date,kind,code,value,unit,uln\n"
        "2024-01-01,lab,ALT,120,U/L,40\n"
        "2024-01-01,dose,,200,mg,\n"
        "2024-01-09,event,rash,1,,\n"
        "2024-01-10,event,rash,0,,\n"
        "2024-01-10,lab,OTHER,16.6666666667,U/L,\n");
  const auto timeline = read_csv_patient(csv, protocol);
  REQUIRE(timeline.ok());
  REQUIRE(timeline->size() == 4);  // the protocol has no word for OTHER
  CHECK((*timeline)[0].value == doctest::Approx(3 * alt.uln).epsilon(1e-12));
  CHECK((*timeline)[3].at == 9 * kMinutesPerDay);
  const auto replayed = replay(protocol, csv, patient.look_on);
  REQUIRE(replayed.ok());
  // A tie counts as reached, also after the way through decimal text.
  REQUIRE(!replayed->log.empty());
  CHECK(replayed->log.front().firing.rule->id == "liver.confirm");
  CHECK(replayed->state.n_doses == 1);
}

TEST_CASE("faults of a patient's file have their place") {
  const protocol::Protocol protocol = protocol::toy_protocol();
  const std::string header = "date,kind,code,value,unit,uln\n";
  CHECK_FALSE(read_csv_patient("date,kind\n", protocol).ok());
  for (const char* row : {"yesterday,lab,ALT,1,U/L,\n", "2024-01-01,laboratory,ALT,1,U/L,\n",
                          "2024-01-01,lab,ALT,1,furlong,\n"}) {
    const auto read = read_csv_patient(header + row, protocol);
    REQUIRE_FALSE(read.ok());
    CHECK(read.faults()[0].place.line == 2);
  }
}

}  // namespace
}  // namespace dosewright::verify
