#include <nlohmann/json.hpp>

#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

const RegionAnswer& region(const Answer& answer, const std::string& name) {
  for (const RegionAnswer& one : answer.regions) {
    if (one.name == name) return one;
  }
  FAIL("no region " << name);
  return answer.regions.front();
}

const Warning* warning(const Answer& answer, const std::string& id) {
  for (const Warning& one : answer.warnings) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

const DueAnswer* owed(const Answer& answer, const std::string& rule) {
  for (const DueAnswer& one : answer.obligations) {
    if (one.rule == rule) return &one;
  }
  return nullptr;
}

// Started on Wednesday 2013-05-01, four weekly doses.
std::string treated() {
  return eligible() + panel("2013-04-24", "30") + dose("2013-05-01") + dose("2013-05-08") +
         dose("2013-05-15") + dose("2013-05-22");
}

TEST_CASE("before the first dose everything must be known") {
  const Answer ready = answer_of(eligible() + panel("2013-04-24", "30"), "2013-05-01");
  CHECK(ready.order.action == Action::kGive);
  CHECK(ready.order.amount_mg == 200);
  CHECK(ready.order.planned == day("2013-05-01"));
  CHECK(ready.administration.size() == mipomersen().dosing.administration.size());
  CHECK(answer_text(ready).find("at least 30 minutes before") != std::string::npos);
  const Answer blank = answer_of(panel("2013-04-24", "30"), "2013-05-01");
  CHECK(blank.order.action == Action::kDoNotStart);
  CHECK(blank.order.because.size() >= 10);
  const Answer no_labs = answer_of(eligible(), "2013-05-01");
  CHECK(no_labs.order.action == Action::kDoNotStart);
  REQUIRE(owed(no_labs, "hepatic: screening") != nullptr);
  CHECK(owed(no_labs, "hepatic: screening")->state == DueState::kMissing);
}

TEST_CASE("an exclusion that applies, an inclusion that is not met, a caution") {
  std::string rows = eligible() + panel("2013-04-24", "30");
  CHECK(answer_of(rows + "2013-04-20,fact,hypersensitivity,yes,,,,\n", "2013-05-01").order.action ==
        Action::kDoNotStart);
  CHECK(answer_of(rows + "2013-04-20,fact,hofh,no,,,,\n", "2013-05-01").order.action ==
        Action::kDoNotStart);
  const Answer drinks = answer_of(rows + "2013-04-20,fact,alcohol_drinks,2,,,,\n", "2013-05-01");
  CHECK(drinks.order.action == Action::kGive);
  REQUIRE(warning(drinks, "eligibility.alcohol") != nullptr);
  CHECK(warning(drinks, "eligibility.alcohol")->level == "monitor");
  CHECK(answer_of(rows + "2013-04-20,fact,alcohol_drinks,1,,,,\n", "2013-05-01").warnings.size() <
        drinks.warnings.size());
}

TEST_CASE("the next dose: planned, late, missed for good") {
  const Answer planned = answer_of(treated(), "2013-05-24");
  CHECK(planned.order.action == Action::kGive);
  CHECK(planned.order.planned == day("2013-05-29"));
  CHECK(planned.order.latest == day("2013-06-02"));  // 3 d remain to 2013-06-05
  CHECK(!planned.order.late);
  const std::string rows = treated() + panel("2013-05-29", "30");
  const Answer late = answer_of(rows, "2013-06-02");
  CHECK(late.order.planned == day("2013-05-29"));
  CHECK(late.order.late);
  const Answer missed = answer_of(rows, "2013-06-03");
  CHECK(missed.order.planned == day("2013-06-05"));
  CHECK(!missed.order.late);
}

TEST_CASE("a dose that was made up keeps the day of the week; a new habit moves it") {
  const std::string rows = treated() + panel("2013-05-29", "30") + dose("2013-06-02");
  CHECK(answer_of(rows, "2013-06-03").order.planned == day("2013-06-05"));
  const std::string moved = rows + dose("2013-06-07") + dose("2013-06-14");
  CHECK(answer_of(moved, "2013-06-15").order.planned == day("2013-06-21"));
}

TEST_CASE("3 ULN: confirm within a week; confirmed: withhold; 5 ULN: withhold at once") {
  const Answer confirm = answer_of(treated() + panel("2013-05-29", "123"), "2013-05-29");
  CHECK(region(confirm, "hepatic").state == "confirming");
  CHECK(confirm.order.action == Action::kGive);
  REQUIRE(owed(confirm, "hepatic.confirm") != nullptr);
  CHECK(owed(confirm, "hepatic.confirm")->due == day("2013-06-05"));
  const std::string twice = treated() + panel("2013-05-29", "123") + panel("2013-06-03", "140");
  const Answer confirmed = answer_of(twice, "2013-06-03");
  CHECK(confirmed.order.action == Action::kWithhold);
  CHECK(region(confirmed, "hepatic").rule == "hepatic.confirmed");
  CHECK(answer_of(treated() + panel("2013-05-29", "205"), "2013-05-29").order.action ==
        Action::kWithhold);
  const std::string stopped = treated() + "2013-05-29,symptom,jaundice,,,,,\n";
  CHECK(answer_of(stopped, "2013-05-29").order.action == Action::kStop);
}

TEST_CASE("obligations: soon, due, overdue, drawn too early") {
  const auto state = [](const std::string& extra, const std::string& at) {
    const Answer answer = answer_of(treated() + extra, at);
    const DueAnswer* found = owed(answer, "hepatic-first-year");
    REQUIRE(found != nullptr);
    return std::make_pair(found->state, found->too_early);
  };
  CHECK(state("", "2013-05-10").first == DueState::kLater);
  CHECK(state("", "2013-05-23").first == DueState::kSoon);
  CHECK(state("", "2013-05-29").first == DueState::kDue);
  CHECK(state("", "2013-06-05").first == DueState::kDue);
  CHECK(state("", "2013-06-06").first == DueState::kOverdue);
  CHECK(state(panel("2013-05-20", "30"), "2013-06-06") == std::make_pair(DueState::kOverdue, true));
  CHECK(state(panel("2013-05-22", "30"), "2013-06-06") == std::make_pair(DueState::kLater, false));
}

TEST_CASE("stale readings are said, and hold the dose") {
  const Answer answer = answer_of(treated(), "2013-09-01");
  CHECK(answer.order.action == Action::kWithhold);
  CHECK(warning(answer, "stale.ALT") != nullptr);
  CHECK(region(answer, "adherence").state == "lapsed");
}

TEST_CASE("a contradiction at the latest word holds the dose") {
  const Answer answer =
      answer_of(treated() + panel("2013-05-29", "30") + panel("2013-05-29", "40"), "2013-05-29");
  CHECK(answer.order.action == Action::kWithhold);
  CHECK(answer.order.because[0].find("contradiction: ALT") != std::string::npos);
}

TEST_CASE("unspecific symptoms wait for a judgement") {
  const std::string nausea =
      treated() + panel("2013-05-29", "30") + "2013-05-29,symptom,nausea,,,,,\n";
  CHECK(answer_of(nausea, "2013-05-29").order.action == Action::kWithhold);
  CHECK(answer_of(nausea + "2013-05-30,fact,symptoms_not_hepatic,yes,,,,\n", "2013-05-30")
            .order.action == Action::kGive);
}

TEST_CASE("kidney, pregnancy, injection site") {
  const std::string rows = treated() + panel("2013-05-29", "30");
  CHECK(answer_of(rows + "2013-05-29,lab,EGFR,25,mL/min,,,\n", "2013-05-29").order.action ==
        Action::kWithhold);
  CHECK(answer_of(rows + "2013-05-29,lab,EGFR,45,mL/min,,,\n", "2013-05-29").order.action ==
        Action::kGive);
  CHECK(answer_of(rows + "2013-05-29,fact,pregnant,yes,,,,\n", "2013-05-29").order.action ==
        Action::kWithhold);
  const std::string reaction = rows + "2013-05-23,reaction,injection_site_reaction,3,,,,\n";
  CHECK(region(answer_of(reaction, "2013-05-29"), "injection_site").state == "reacting");
  const Answer study = answer_of(reaction, "2013-05-29", "study");
  CHECK(region(study, "injection_site").state == "fractionated");
  CHECK(study.order.regimen == "70mg-tiw");
  CHECK(study.order.amount_mg == 70);
}

TEST_CASE("study: reduced while LDL-C stays lower, interrupted where it does not; light patients") {
  const std::string ldl = "2013-04-24,lab,LDL,400,mg/dL,,,\n2013-05-29,lab,LDL,";
  const std::string rows = treated() + panel("2013-05-29", "130") + panel("2013-06-03", "130");
  const Answer reduced = answer_of(rows + ldl + "300,mg/dL,,,\n", "2013-06-03", "study");
  CHECK(reduced.order.regimen == "150mg-qw");
  CHECK(answer_of(rows + ldl + "380,mg/dL,,,\n", "2013-06-03", "study").order.action ==
        Action::kWithhold);
  const std::string light = treated() + panel("2013-05-29", "30") + "2013-04-20,weight,,48,kg,,,\n";
  CHECK(answer_of(light, "2013-05-29", "study").order.amount_mg == 160);
  const Answer label = answer_of(light, "2013-05-29");
  CHECK(label.order.amount_mg == 200);
  REQUIRE(warning(label, "dose.weight") != nullptr);
  CHECK(warning(label, "dose.weight")->saw == "48 kg");
}

TEST_CASE("acetaminophen: any use, more than 4 g on 3 days a week, an amount that is not said") {
  const std::string rows = treated() + panel("2013-05-29", "30");
  const auto with = [&](const std::string& more) { return answer_of(rows + more, "2013-05-29"); };
  const Answer single = with("2013-05-28,intake,Tylenol,1,g,,,\n");
  REQUIRE(warning(single, "interaction.acetaminophen") != nullptr);
  CHECK(warning(single, "interaction.acetaminophen")->level == "monitor");
  CHECK(warning(single, "interaction.acetaminophen.above") == nullptr);
  CHECK(warning(with("2013-05-01,medication,paracetamol,4.5,g/d,,,3 d/wk\n"),
                "interaction.acetaminophen.above") != nullptr);
  CHECK(warning(with("2013-05-01,medication,paracetamol,4,g/d,,,3 d/wk\n"),
                "interaction.acetaminophen.above") == nullptr);
  CHECK(warning(with("2013-05-01,medication,paracetamol,4.5,g/d,,,2 d/wk\n"),
                "interaction.acetaminophen.above") == nullptr);
  CHECK(warning(with("2013-05-01,medication,paracetamol,,,,,\n"),
                "interaction.acetaminophen.amount") != nullptr);
  std::string days;
  for (const char* date : {"2013-05-25", "2013-05-26", "2013-05-28"}) {
    days += std::string(date) + ",intake,ATC:N02BE01,5,g,,,\n";
  }
  CHECK(warning(with(days), "interaction.acetaminophen.above") != nullptr);
  CHECK(warning(with("2013-05-01,medication,amiodaron,200,mg/d,,,\n"), "medicine")->level ==
        "check");
  const Answer lomitapide = with("2013-05-01,medication,Juxtapid,10,mg/d,,,\n");
  CHECK(warning(lomitapide, "interaction.lomitapide")->level == "avoid");
  CHECK(warning(lomitapide, "eligibility.lomitapide")->level == "stop");
  CHECK(warning(with("2013-05-01,medication,Juxtapid,10,mg/d,,2013-05-20,\n"),
                "interaction.lomitapide") == nullptr);
}

TEST_CASE("supply by jurisdiction and date") {
  const std::string rows = eligible() + panel("2013-04-24", "30");
  const auto verdict = [&](const std::string& where, const std::string& at,
                           const std::string& more) {
    return answer_of(rows + more, at, "label", where).supply.verdict;
  };
  CHECK(verdict("US", "2013-05-01", "") == "open");
  CHECK(verdict("US", "2013-01-28", "") == "unknown");
  CHECK(verdict("US", "2019-07-02", "") == "open");
  CHECK(verdict("US", "2019-07-03", "") == "closed");
  CHECK(verdict("EU", "2013-06-01", "") == "unknown");
  CHECK(verdict("EU", "2013-06-01", "2013-04-20,fact,compassionate_use,yes,,,,\n") == "open");
  CHECK(verdict("EU", "2013-06-01",
                "2013-04-20,fact,compassionate_use,no,,,,\n"
                "2013-04-20,fact,trial_participant,no,,,,\n") == "closed");
  const Answer refused = answer_of(rows, "2013-06-01", "label", "EU");
  CHECK(refused.supply.status == "refused");
  CHECK(refused.supply.since == "2013-05-29");
  CHECK(refused.order.action == Action::kDoNotStart);
}

TEST_CASE("names that the programme does not know") {
  const auto patient = patient_of(treated(), "2013-05-29");
  const auto fault = [&](Question question) {
    question.programme = &mipomersen();
    const auto answered = answer(question, *patient);
    return answered.ok() ? std::string() : to_text(answered.faults());
  };
  CHECK(fault({nullptr, "lable", "", "", 0}).find("did you mean 'label'?") != std::string::npos);
  CHECK(fault({nullptr, "", "200mg", "", 0}).find("--regimen") != std::string::npos);
  CHECK(fault({nullptr, "", "", "JP", 0}).find("--jurisdiction") != std::string::npos);
}

TEST_CASE("what if, explained, as text and as JSON") {
  const File file(kHeader + treated());
  PatientRequest request = request_at(file.path(), "2013-05-24");
  request.what_ifs = {"ALT=250 U/L@2013-05-24"};
  const auto patient = read_patient(mipomersen(), request);
  REQUIRE_MESSAGE(patient.ok(), to_text(patient.ok() ? Faults() : patient.faults()));
  const Question question{&mipomersen(), "", "", "", request.at};
  const auto answered = answer(question, *patient);
  CHECK(answered->order.action == Action::kWithhold);
  const auto told = explain_text(question, *answered, "hepatic.withhold");
  REQUIRE(told.ok());
  CHECK(told->find("it fired on 2013-05-24") != std::string::npos);
  CHECK(told->find("S2, adjustment for toxicity") != std::string::npos);
  CHECK(!explain_text(question, *answered, "hepatic.withold").ok());
  const std::string text = answer_text(*answered);
  for (const char* part :
       {"ORDER: withhold", "hepatic: withheld", "OWED", "WARNINGS", "ELIGIBILITY"}) {
    CHECK(text.find(part) != std::string::npos);
  }
  const auto json = nlohmann::json::parse(answer_json(*answered));
  CHECK(json["order"]["action"] == "withhold");
  CHECK(json["regions"].size() == mipomersen().protocol("label")->regions.size());
  request.what_ifs = {"ALT=250@2013-05-24", "ALT=250 U/L", "ALT=5 mg@2013-05-24",
                      "jaundise@2013-05-24"};
  CHECK(read_patient(mipomersen(), request).faults().size() == 4);
}

}  // namespace
}  // namespace dosewright::decide
