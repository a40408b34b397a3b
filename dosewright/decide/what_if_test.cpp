#include "dosewright/decide/what_if.hpp"

#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

using exchange::Entry;
using exchange::EntryKind;

Result<Entry> read(const std::string& text) {
  static const Meaning meaning(mipomersen());
  return read_what_if(mipomersen(), meaning, text);
}

Entry good(const std::string& text) {
  const auto entry = read(text);
  REQUIRE_MESSAGE(entry.ok(), to_text(entry.ok() ? Faults() : entry.faults()));
  return *entry;
}

TEST_CASE("what if: a test, a sign, a quantity and a grade") {
  const Entry alt = good("ALT = 150 U/L @ 2013-06-02T08:30");
  CHECK(alt.kind == EntryKind::kLab);
  CHECK(alt.codes[0].value == "ALT");
  CHECK(*alt.value == 150);
  CHECK(alt.unit == "U/L");
  CHECK(exchange::clock_text(alt.at) == "2013-06-02 08:30");
  CHECK(good("LOINC:1742-6=150 IU/L@2013-06-02").codes[0].system == "LOINC");
  CHECK(good("INR=1.6@2013-06-02").unit.empty());
  CHECK(good("jaundice@2013-06-02").present);
  CHECK(good("jaundice=yes@2013-06-02").present);
  CHECK_FALSE(good("jaundice=no@2013-06-02").present);
  const Entry weight = good("weight=48 kg@2013-06-02");
  CHECK(weight.kind == EntryKind::kFact);
  CHECK(*weight.value == 48);
  const Entry reaction = good("injection_site_reaction=grade 2@2013-06-02");
  CHECK(reaction.kind == EntryKind::kReaction);
  CHECK(*reaction.value == 2);
}

TEST_CASE("what if: a medicine from that day on, on one day, and the programme's drug") {
  const Entry regular = good("paracetamol=4.5 g/d, 3 d/wk@2013-06-02");
  CHECK(regular.kind == EntryKind::kMedication);
  CHECK(*regular.value == 4.5);
  CHECK(regular.unit == "g/d");
  CHECK(regular.days_per_week == 3);
  CHECK(good("paracetamol=4.5 g/d on 3 d/wk@2013-06-02").days_per_week == 3);
  CHECK(good("RxNorm:161=4.5 g/d@2013-06-02").days_per_week == 7);
  const Entry once = good("Tylenol=1 g@2013-06-02");
  CHECK(once.kind == EntryKind::kIntake);
  CHECK(once.unit == "g");
  // The name of a medicine alone is regular use of it, also where a fact has that term.
  CHECK(good("methotrexate@2013-06-02").kind == EntryKind::kMedication);
  CHECK_FALSE(good("methotrexate@2013-06-02").value.has_value());
  CHECK(good("aspirin=100 mg/d@2013-06-02").kind == EntryKind::kMedication);
  CHECK(good("Kynamro=200 mg@2013-06-02").kind == EntryKind::kDose);
  CHECK(good("mipomersen=missed@2013-06-02").kind == EntryKind::kMissedDose);
  CHECK(good("dose=200 mg@2013-06-02").kind == EntryKind::kDose);
  CHECK(good("missed@2013-06-02").kind == EntryKind::kMissedDose);
  CHECK(*good("acetaminophen 500 mg tablet=2 g/d@2013-06-02").value == 2);
}

TEST_CASE("what if: whatever is not understood is answered with the form that would be") {
  struct Bad {
    const char* text;
    const char* says;
    const char* form;
  };
  const Bad rows[] = {
      {"ALT=150 U/L", "expected WHAT@DATE", "\"ALT=VALUE U/L@2013-06-02\""},
      {"ALT@2013-06-03", "a test with a value", "\"ALT=VALUE U/L@2013-06-03\""},
      {"ALT=high@2013-06-02", "a test with a value", "\"ALT=VALUE U/L@"},
      {"jaundice=2@2013-06-02", "expected yes or no", "\"jaundice@2013-06-02\""},
      {"jaundice=mild@2013-06-02", "expected yes or no", "\"jaundice=no@2013-06-02\""},
      {"jaundice@soon", "expected WHAT@DATE", "\"jaundice@2013-06-02\""},
      {"weight=heavy@2013-06-02", "expected a quantity", "\"weight=VALUE kg@2013-06-02\""},
      {"weight=48@2013-06-02", "expected a quantity", "\"weight=VALUE kg@2013-06-02\""},
      {"ALT=150@2013-06-02", "has no unit", "\"ALT=VALUE U/L@2013-06-02\""},
      {"paracetamol 4 g/d@2013-06-02", "no test, fact or medicine", "\"MEDICINE=4.5 g/d@"},
      {"missed=1@2013-06-02", "how much is given", "\"missed@2013-06-02\""},
      {"dose@2013-06-02", "how much is given", "\"dose=AMOUNT mg@2013-06-02\""},
      {"paracetamol=daily@2013-06-02", "how much of this medicine", "\"paracetamol=4.5 g/d@"},
      {"jaundice=2 mg/d@2013-06-02", "expected yes or no", "\"jaundice@2013-06-02\""},
      {"methotrexate=15 mg/wk@2013-06-02", "how much of this", "3 d/wk@2013-06-02\""},
      {"paracetamol=4 g/d often@2013-06-02", "how much of this", "on some days of a week"},
      {"paracetamol=4 g/d 9 d/wk@2013-06-02", "from 0 to 7", "\"paracetamol=4.5 g/d 3 d/wk@"},
      {"mipomersen@2013-06-02", "how much is given", "\"missed@2013-06-02\""},
      {"jaundise@2013-06-02", "no test, fact or medicine", "did you mean 'jaundice'?"},
      {"tamoxifn@2013-06-02", "no test, fact or medicine", "did you mean 'tamoxifen'?"},
      {"aspirin@2013-06-02", "no test, fact or medicine", "\"MEDICINE=4.5 g/d@2013-06-02\""},
      {"=@2013-06-02", "not said what", "write a test as \"ALT="},
      {"ALT=@2013-06-02", "behind '='", "\"ALT=VALUE"},
      {"", "expected WHAT@DATE", "a sign as"},
      {"@", "expected WHAT@DATE", "a sign as"},
  };
  for (const Bad& row : rows) {
    const auto entry = read(row.text);
    REQUIRE_MESSAGE(!entry.ok(), row.text);
    REQUIRE(entry.faults().size() == 1);
    const Fault& fault = entry.faults()[0];
    CHECK_MESSAGE(fault.message.find(row.says) != std::string::npos, fault.message);
    CHECK_MESSAGE(fault.hint.find(row.form) != std::string::npos, row.text << ": " << fault.hint);
  }
}

TEST_CASE("what if: a result stands in place of one of the same instant") {
  const File file(kHeader + eligible() + panel("2013-04-20", "250"));
  PatientRequest request;
  request.path = file.path();
  request.at = *exchange::parse_wall_clock("2013-05-06");
  request.what_ifs = {"ALT=25 U/L@2013-04-20"};
  const auto patient = read_patient(mipomersen(), request);
  REQUIRE(patient.ok());
  CHECK(patient->readings.size() == 4);
  CHECK(patient->unclear.empty());
}

TEST_CASE("what if: multiples of the limit, where one is known") {
  const File file(kHeader + eligible() + panel("2013-04-20", "25"));
  PatientRequest request;
  request.path = file.path();
  request.at = *exchange::parse_wall_clock("2013-05-06");
  request.what_ifs = {"ALT=5 ULN@2013-05-05"};
  const auto patient = read_patient(mipomersen(), request);
  REQUIRE(patient.ok());
  const auto& last = patient->readings.back();
  CHECK(last.value / last.uln == doctest::Approx(5));
  CHECK(last.uln == doctest::Approx(mipomersen().analytes[0].unit.to_canonical(41)));
  request.what_ifs = {"LDL=5 ULN@2013-05-05"};
  CHECK(!read_patient(mipomersen(), request).ok());
}

TEST_CASE("what if: a medicine in thought is judged as one of the file") {
  const File file(kHeader + eligible() + panel("2013-04-20", "25") + dose("2013-05-01"));
  const auto asked = [&](const std::vector<std::string>& what_ifs) {
    PatientRequest request;
    request.path = file.path();
    request.at = *exchange::parse_wall_clock("2013-05-06");
    request.whole_day = true;
    request.what_ifs = what_ifs;
    const auto patient = read_patient(mipomersen(), request);
    REQUIRE_MESSAGE(patient.ok(), to_text(patient.ok() ? Faults() : patient.faults()));
    const auto answered = answer({&mipomersen(), "", "", "", request.at}, *patient);
    std::string ids;
    for (const Warning& one : answered->warnings) ids += one.id + "=" + one.level + " ";
    return ids;
  };
  CHECK(asked({}).find("interaction.") == std::string::npos);
  const std::string above = asked({"paracetamol=4.5 g/d 3 d/wk@2013-05-05"});
  CHECK_MESSAGE(above.find("interaction.acetaminophen.above=modify") != std::string::npos, above);
  const std::string below = asked({"paracetamol=4.5 g/d 2 d/wk@2013-05-05"});
  CHECK_MESSAGE(below.find("interaction.acetaminophen=monitor") != std::string::npos, below);
  CHECK(below.find(".above") == std::string::npos);
  CHECK(asked({"lomitapide=5 mg/d@2013-05-05"}).find("=avoid") != std::string::npos);
  const std::string days = asked(
      {"paracetamol=5 g@2013-05-04", "paracetamol=5 g@2013-05-05", "paracetamol=5 g@2013-05-06"});
  CHECK_MESSAGE(days.find(".above=modify") != std::string::npos, days);
  CHECK(asked({"aspirin=100 mg/d@2013-05-05"}).find("medicine=note") != std::string::npos);
}

}  // namespace
}  // namespace dosewright::decide
