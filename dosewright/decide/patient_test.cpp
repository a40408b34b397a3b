#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

bool notes(const Patient& patient, const std::string& part) {
  return std::any_of(patient.notes.begin(), patient.notes.end(),
                     [&](const Note& note) { return note.says.find(part) != std::string::npos; });
}

TEST_CASE("bad patients are refused, each with a way out") {
  refused("1970-01-31,birth,,,,,,\n1971-01-31,birth,,,,,,\n", "a second birth date");
  refused("2013-05-31,birth,,,,,,\n" + panel("2013-05-01", "30"), "lies before the birth");
  refused("2013-07-31,birth,,,,,,\n", "lies after the day that is asked about");
  refused("2013-05-01,lab,ALT,30,,41,,\n", "ALT has no unit");
  refused("2013-05-01,lab,ALT,30,U/L,,,\n", "--uln \"ALT=LIMIT U/L\"");
  refused("2013-05-01,lab,ALT,30,U/L,0,,\n", "the upper limit of normal of ALT is 0");
  refused("2013-05-01,lab,ALT,30,U/L,-4,,\n", "a limit is above 0");
  refused("2013-05-01,lab,ALT,30,mg/dL,41,,\n", "does not convert to 'U/L'");
  refused("2013-05-01,lab,ALT,30,furlong,41,,\n", "the unit 'furlong' of ALT is not known");
  refused("2013-05-01,lab,ALTT,30,U/L,41,,\n", "did you mean 'ALT'?");
  refused("2013-05-01,dose,mipomersn,200,mg,,,\n", "did you mean 'mipomersen'?");
  refused("2013-05-01,dose,,200,,,,\n", "how much was given is not said");
  refused("2013-05-01,dose,,1,mL,,,\n", "a dose is an amount in mg above 0");
  refused("2013-05-01,fact,jaundise,,,,,\n", "did you mean 'jaundice'?");
  refused("2013-05-01,fact,hofh,3,,,,\n", "is yes or no");
  refused("2013-05-01,reaction,injection_site_reaction,7,,,,\n", "between 0 (over) and 5");
  refused("2013-05-01,medication,amiodarone,400,,,,\n", "needs a unit");
}

TEST_CASE("all faults of a file at once") {
  const auto patient =
      patient_of("2013-05-01,lab,ALT,30,,41,,\n2013-05-01,lab,AST,30,U/L,,,\n", "2013-06-01");
  REQUIRE(!patient.ok());
  CHECK(patient.faults().size() == 2);
}

TEST_CASE("readings are converted, by molar mass where it is an amount") {
  const auto patient = patient_of(
      "2013-05-01,lab,LDL,10,mmol/L,,,\n2013-05-01,lab,ALT,30,IU/L,41,,\n"
      "2013-05-01,lab,LOINC:1975-2,17.1,umol/L,20.52,,\n",
      "2013-06-01");
  REQUIRE_MESSAGE(patient.ok(), to_text(patient.ok() ? Faults() : patient.faults()));
  for (const auto& fact : patient->readings) {
    const auto& analyte = mipomersen().analytes[static_cast<std::size_t>(fact.code)];
    const double shown = analyte.unit.from_canonical(fact.value);
    if (analyte.code == "LDL") CHECK(shown == doctest::Approx(386.65));
    if (analyte.code == "ALT") CHECK(shown == doctest::Approx(30));
    if (analyte.code != "BILI") continue;
    CHECK(shown == doctest::Approx(0.99977).epsilon(1e-4));
    CHECK(fact.value / fact.uln == doctest::Approx(17.1 / 20.52));
  }
}

TEST_CASE("the future is not used, and said") {
  const auto patient =
      patient_of(panel("2013-05-01", "30") + panel("2013-07-01", "300"), "2013-06-01");
  REQUIRE(patient.ok());
  CHECK(patient->readings.size() == 4);
  CHECK(notes(*patient, "4 entries lie after 2013-06-01"));
}

TEST_CASE("a whole day counts when no time of day is asked about") {
  const std::string rows = "2013-06-01T14:00,lab,ALT,30,U/L,41,,\n";
  CHECK(patient_of(rows, "2013-06-01")->readings.size() == 1);
  CHECK(patient_of(rows, "2013-06-01T13:59")->readings.empty());
}

TEST_CASE(
    "duplicates count once; of two results of one instant the worse is used, and doses wait") {
  const auto same = patient_of(panel("2013-05-01", "30") + panel("2013-05-01", "30"), "2013-06-01");
  CHECK(same->readings.size() == 4);
  CHECK(notes(*same, "4 results stand twice"));
  CHECK(same->unclear.empty());
  const auto differ =
      patient_of(panel("2013-05-01", "30") + panel("2013-05-01", "300"), "2013-06-01");
  REQUIRE(differ->unclear.size() == 1);
  CHECK(differ->unclear[0].find("ALT on 2013-05-01 is 30 U/L and 300 U/L") != std::string::npos);
  const int alt = mipomersen().analyte("ALT");
  for (const auto& fact : differ->readings) {
    if (fact.code == alt)
      CHECK(fact.value == doctest::Approx(mipomersen().analytes[0].unit.to_canonical(300)));
  }
  const auto later =
      patient_of(panel("2013-05-01", "30") + panel("2013-05-01", "300") + panel("2013-05-08", "30"),
                 "2013-06-01");
  CHECK(later->unclear.empty());
  CHECK(notes(*later, "the worse one is used"));
}

TEST_CASE("a fact said both ways is a contradiction") {
  const auto patient =
      patient_of("2013-05-01,fact,hofh,yes,,,,\n2013-05-01,fact,hofh,no,,,,\n", "2013-06-01");
  CHECK(patient->unclear.size() == 1);
}

TEST_CASE("a limit said once for all, and what it may not be") {
  const File file(kHeader + "2013-05-01,lab,ALT,30,U/L,,,\n");
  PatientRequest request = request_at(file.path(), "2013-06-01");
  request.limits = {"ALT=41 U/L"};
  CHECK(read_patient(mipomersen(), request).ok());
  request.limits = {"ALT"};
  CHECK(!read_patient(mipomersen(), request).ok());
  request.limits = {"ALT=41 mg"};
  CHECK(!read_patient(mipomersen(), request).ok());
}

TEST_CASE(
    "medicines: brand, ingredient, ATC and RxNorm find one interaction; near names are told") {
  const auto found = [](const std::string& system, const std::string& value) {
    Medicine medicine;
    medicine.name = value;
    medicine.codes = {{system, value}};
    const auto* interaction = interaction_of(mipomersen(), medicine);
    return interaction == nullptr ? std::string() : interaction->id;
  };
  CHECK(found("", "tylenol") == "acetaminophen");
  CHECK(found("", "Paracetamol") == "acetaminophen");
  CHECK(found("ATC", "N02BE01") == "acetaminophen");
  CHECK(found("RxNorm", "161") == "acetaminophen");
  CHECK(found("ATC", "J01AA02") == "tetracyclines");
  CHECK(found("", "tetracyclines") == "tetracyclines");
  CHECK(found("", "aspirin").empty());
  Medicine misspelt;
  misspelt.name = "amiodaron";
  CHECK(near_medicine(mipomersen(), misspelt) == "amiodarone");
  CHECK(mipomersen().interactions.size() == 9);
}

TEST_CASE("signs follow the facts that imply them") {
  const auto patient = patient_of(
      "2013-05-01,symptom,jaundice,,,,2013-05-10,\n2013-05-05,fact,liver_symptoms,yes,,,2013-05-07,"
      "\n"
      "2013-05-02,reaction,injection_site_reaction,3,,,,\n2013-05-03,reaction,injection_site_"
      "reaction,1,,,,\n",
      "2013-06-01");
  const auto& study = *mipomersen().protocol("study");
  const int symptoms = study.vocabulary.sign("liver_symptoms");
  const int severe = study.vocabulary.sign("isr_severe");
  std::vector<std::pair<Minutes, bool>> seen;
  std::vector<std::pair<Minutes, bool>> grades;
  for (const auto& fact : timeline_of(mipomersen(), study, *patient)) {
    const bool on = fact.kind == protocol::FactKind::kSymptom;
    if (fact.code == symptoms) seen.emplace_back(fact.at, on);
    if (fact.code == severe) grades.emplace_back(fact.at, on);
  }
  CHECK(seen == std::vector<std::pair<Minutes, bool>>{{day("2013-05-01"), true},
                                                      {day("2013-05-10"), false}});
  CHECK(grades == std::vector<std::pair<Minutes, bool>>{{day("2013-05-02"), true},
                                                        {day("2013-05-03"), false}});
}

}  // namespace
}  // namespace dosewright::decide
