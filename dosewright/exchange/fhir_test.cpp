#include <doctest/doctest.h>

#include "dosewright/exchange/timeline.hpp"

namespace dosewright::exchange {
namespace {

struct Got {
  std::vector<Entry> entries;
  Reading reading;
};

Got bundle(const std::string& resources) {
  Got got;
  std::string text = R"({"resourceType": "Bundle", "type": "collection", "entry": [)";
  text += resources + "]}";
  got.reading =
      read_fhir_bundle(text, "b.json", [&](Entry&& e) { got.entries.push_back(std::move(e)); });
  return got;
}

std::string resource(const std::string& body) {
  return R"({"resource": )" + body + "}";
}

void says(const Got& got, const std::string& part) {
  const std::string text = to_text(got.reading.faults);
  CHECK_MESSAGE(text.find(part) != std::string::npos, "expected '", part, "' in:\n", text);
}

const std::string kPatient = resource(
    R"({"resourceType": "Patient", "id": "p1", "birthDate": "1970-01-31", "gender": "female"})");

std::string observation(const std::string& more) {
  return resource(R"({"resourceType": "Observation", "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "1742-6", "display": "ALT"}]},
    "effectiveDateTime": "2013-05-01T08:00:00+02:00")" +
                  more + "}");
}

TEST_CASE("a patient, a lab with its range, a dose, a medicine, a condition, an allergy") {
  const Got got =
      bundle(kPatient + "," +
             observation(R"(, "valueQuantity": {"value": 32, "unit": "U/L", "code": "U/L"},
        "referenceRange": [{"low": {"value": 7, "unit": "U/L"},
          "high": {"value": 41, "unit": "U/L"}}])") +
             "," + resource(R"({"resourceType": "MedicationAdministration", "status": "completed",
        "medicationCodeableConcept": {"text": "mipomersen"},
        "effectiveDateTime": "2013-05-01T09:00",
        "dosage": {"dose": {"value": 200, "unit": "mg"}}})") +
             "," + resource(R"({"resourceType": "MedicationStatement", "status": "active",
        "medicationCodeableConcept": {"coding": [{
        "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "161",
        "display": "acetaminophen"}]}, "effectivePeriod": {"start": "2013-04-01"},
        "dosage": [{"timing": {"repeat": {"frequency": 5, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "g"}}]}]})") +
             "," + resource(R"({"resourceType": "Condition", "onsetDateTime": "2013-04-02",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "K71.6"}]},
        "abatementDateTime": "2013-04-20"})") +
             "," + resource(R"({"resourceType": "AllergyIntolerance", "recordedDate": "2013-04-02",
        "code": {"text": "mipomersen"}})"));
  CHECK_MESSAGE(got.reading.faults.empty(), to_text(got.reading.faults));
  CHECK(got.reading.patient == "p1");
  REQUIRE(got.entries.size() == 7);
  const Entry& lab = got.entries[2];
  CHECK(lab.kind == EntryKind::kLab);
  CHECK(*lab.value == 32);
  CHECK(*lab.uln == 41);
  CHECK(*lab.lln == 7);
  CHECK(clock_text(lab.at) == "2013-05-01 08:00");
  CHECK(got.entries[3].kind == EntryKind::kDose);
  CHECK(*got.entries[4].value == 5);
  CHECK(got.entries[4].unit == "g/d");
  CHECK(got.entries[5].until.has_value());
  CHECK(got.entries[6].codes[0].value == "allergy to mipomersen");
}

TEST_CASE("a wrong type is a fault with its JSON pointer") {
  says(bundle(observation(R"(, "valueQuantity": {"value": "32"})")),
       "/entry/0/resource/valueQuantity/value: expected a number, found string");
  says(bundle(resource(R"({"resourceType": "Patient", "birthDate": 1970})")),
       "/entry/0/resource/birthDate: expected a text, found number");
  says(bundle(observation(R"(, "valueQuantity": [1])")), "expected an object, found array");
  says(bundle(observation(R"(, "valueQuantity": {"value": 1}, "referenceRange": {"high": 3})")),
       "/entry/0/resource/referenceRange: expected an array, found object");
}

TEST_CASE("what cannot be read as a number is refused") {
  says(bundle(observation(R"(, "valueQuantity": {"value": 5, "comparator": "<", "unit": "U/L"})")),
       "beyond the range of the assay");
  says(bundle(observation(R"(, "valueQuantity": {"value": 5, "unit": "U/L"},
    "referenceRange": [{"high": {"value": 0.7, "unit": "ukat/L"}}])")),
       "the limit is in 'ukat/L' and the reading in 'U/L'");
  says(bundle(resource(R"({"resourceType": "Condition", "code": {"text": "jaundice"}})")),
       "it has no date");
}

TEST_CASE("what does not count is passed over and counted") {
  const Got got = bundle(
      kPatient + "," +
      resource(R"({"resourceType": "Observation", "status": "entered-in-error"})") + "," +
      resource(R"({"resourceType": "Encounter"})") + "," +
      resource(R"({"resourceType": "MedicationStatement", "status": "not-taken"})") + ", {}");
  CHECK(got.reading.faults.empty());
  CHECK(got.entries.size() == 2);
  CHECK(got.reading.passed_over.at("Observation with status entered-in-error") == 1);
  CHECK(got.reading.passed_over.at("resource Encounter") == 1);
  CHECK(got.reading.passed_over.at("entry without a resource") == 1);
}

TEST_CASE("two patients, no Bundle, a depth bomb, a text that was cut off") {
  const std::string other = resource(R"({"resourceType": "Patient", "id": "p2"})");
  says(bundle(kPatient + "," + other), "the Bundle holds 2 patients");
  Reading reading = read_fhir_bundle(R"({"resourceType": "Patient"})", "b.json", [](Entry&&) {});
  CHECK(to_text(reading.faults).find("expected a Bundle") != std::string::npos);
  reading = read_fhir_bundle(R"({"resourceType": "Bundle", "entry": [)" + std::string(500'000, '['),
                             "b.json", [](Entry&&) {});
  CHECK(to_text(reading.faults).find("nested more than 64 deep") != std::string::npos);
  reading = read_fhir_bundle(R"({"resourceType": "Bundle", "entry": [{"resource": {)", "b.json",
                             [](Entry&&) {});
  CHECK(to_text(reading.faults).find("was it cut off?") != std::string::npos);
}

TEST_CASE("a patient who has died: on a day, or nobody says when") {
  const Got got = bundle(resource(
      R"({"resourceType": "Patient", "id": "p", "deceasedDateTime": "2013-05-20T10:00:00Z"})"));
  CHECK(got.reading.faults.empty());
  REQUIRE(got.entries.size() == 1);
  CHECK(got.entries[0].kind == EntryKind::kDisposition);
  CHECK(clock_text(got.entries[0].at) == "2013-05-20 10:00");
  says(bundle(resource(R"({"resourceType": "Patient", "id": "p", "deceasedBoolean": true})")),
       "deceasedBoolean: the patient has died, and nobody says when");
  CHECK(bundle(resource(R"({"resourceType": "Patient", "id": "p", "deceasedBoolean": false})"))
            .reading.faults.empty());
}

TEST_CASE("where on the body: codes and words of a dose, one entry for each place of a condition") {
  const Got got =
      bundle(kPatient + "," +
             resource(R"({"resourceType": "MedicationAdministration", "status": "completed",
        "medicationCodeableConcept": {"text": "x"}, "effectiveDateTime": "2013-05-01",
        "dosage": {"dose": {"value": 200, "unit": "mg"}, "site": {"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActSite", "code": "LT",
        "display": "left thigh"}]}}})") +
             "," + resource(R"({"resourceType": "Condition", "code": {"text": "psoriasis"},
        "onsetDateTime": "2013-04-01",
        "bodySite": [{"text": "abdomen"}, {"text": "left thigh"}]})"));
  CHECK_MESSAGE(got.reading.faults.empty(), to_text(got.reading.faults));
  const std::size_t n = got.entries.size();
  REQUIRE(n >= 3);
  REQUIRE(got.entries[n - 3].site.size() == 2);
  CHECK(got.entries[n - 3].site[0].value == "LT");
  CHECK(got.entries[n - 3].site[1].value == "left thigh");
  CHECK(got.entries[n - 2].site.at(0).value == "abdomen");
  CHECK(got.entries[n - 1].site.at(0).value == "left thigh");
  CHECK(got.entries[n - 1].codes.at(0).value == "psoriasis");
  says(bundle(kPatient + "," +
              resource(R"({"resourceType": "MedicationAdministration", "status": "completed",
        "medicationCodeableConcept": {"text": "x"}, "effectiveDateTime": "2013-05-01",
        "dosage": {"site": "left thigh"}})")),
       "dosage/site: expected an object, found string");
}

TEST_CASE("a dose that was not given, a year of birth, a regular day of the week") {
  const Got got =
      bundle(resource(R"({"resourceType": "Patient", "id": "p", "birthDate": "1970"})") + "," +
             resource(R"({"resourceType": "MedicationAdministration", "status": "not-done",
        "medicationCodeableConcept": {"text": "mipomersen"}, "effectiveDateTime": "2013-05-01"})") +
             "," + resource(R"({"resourceType": "MedicationStatement", "status": "active",
        "medicationCodeableConcept": {"text": "methotrexate"}, "effectiveDateTime": "2013-04-01",
        "dosage": [{"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}},
        "doseAndRate": [{"doseQuantity": {"value": 15, "unit": "mg"}}]}]})"));
  CHECK(got.reading.faults.empty());
  REQUIRE(got.entries.size() == 2);
  CHECK(got.entries[0].kind == EntryKind::kMissedDose);
  CHECK(*got.entries[1].value == 15);
  CHECK(got.entries[1].days_per_week == 1);
  CHECK(got.reading.passed_over.size() == 1);
}

}  // namespace
}  // namespace dosewright::exchange
