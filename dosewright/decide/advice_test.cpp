// What an answer tells, asks and asks to do; flags that restrict nothing; symptoms of two meanings.
#include <algorithm>

#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

std::string four_doses() {
  return eligible() + panel("2013-04-24", "30") + dose("2013-05-01") + dose("2013-05-08") +
         dose("2013-05-15") + dose("2013-05-22");
}

const AdviceAnswer* advice(const Answer& answer, const std::string& id) {
  const auto found = std::ranges::find(answer.advice, id, &AdviceAnswer::id);
  return found == answer.advice.end() ? nullptr : &*found;
}

std::string state_of(const Answer& answer, const std::string& region) {
  for (const RegionAnswer& one : answer.regions) {
    if (one.name == region) return one.state;
  }
  return "";
}

bool owes_panel(const Answer& answer, const std::string& panel) {
  return std::ranges::any_of(answer.obligations,
                             [&](const DueAnswer& one) { return one.panel == panel; });
}

TEST_CASE("a question is open until it is answered after the last dose") {
  const Answer before = answer_of(four_doses(), "2013-05-29", "study");
  REQUIRE(advice(before, "recall-question") != nullptr);
  CHECK(advice(before, "recall-question")->open);
  const std::string old = "2013-05-20,reaction,recall_reaction,0,,,,\n";
  const AdviceAnswer again =
      *advice(answer_of(four_doses() + old, "2013-05-29", "study"), "recall-question");
  CHECK(again.open);
  CHECK(again.answer == "no");
  const std::string now = "2013-05-28,reaction,recall_reaction,1,,,,\n";
  const Answer answered = answer_of(four_doses() + now, "2013-05-29", "study");
  CHECK(!advice(answered, "recall-question")->open);
  CHECK(advice(answered, "recall-question")->answer == "yes");
  CHECK(answer_text(answered).find("answered yes on 2013-05-28") != std::string::npos);
  CHECK(answer_json(answered).find("\"recall-question\"") != std::string::npos);
  CHECK(advice(answer_of(four_doses(), "2013-05-29"), "recall-question") == nullptr);
}

TEST_CASE("advice by moment and condition") {
  const Answer start = answer_of(eligible() + panel("2013-04-24", "30"), "2013-05-01");
  CHECK(advice(start, "rems-patient-guide") != nullptr);
  CHECK(advice(start, "relieve-site-reaction") == nullptr);
  CHECK(advice(start, "mechanism") == nullptr);
  const std::string reaction = "2013-05-23,reaction,injection_site_reaction,1,,,,\n";
  const Answer later = answer_of(four_doses() + reaction, "2013-05-24");
  CHECK(advice(later, "rems-patient-guide") == nullptr);
  CHECK(advice(later, "relieve-site-reaction") != nullptr);
  const std::string ended = "2013-05-25,disposition,died,,,,,\n";
  CHECK(answer_of(four_doses() + ended, "2013-05-29").advice.empty());
}

TEST_CASE("fatigue within 2 days of an injection is a reaction, later it has to be judged") {
  for (const char* profile : {"label", "study"}) {
    CAPTURE(profile);
    const auto action = [&](const std::string& at) {
      return answer_of(four_doses() + at + ",symptom,fatigue,,,,,\n", at, profile).order.action;
    };
    CHECK(action("2013-05-23") == Action::kGive);
    CHECK(action("2013-05-26") == Action::kWithhold);
  }
}

TEST_CASE("a rash, and a severe reaction at the site, wait for a judgement under the label") {
  const auto action = [&](const std::string& row, const std::string& profile) {
    return answer_of(four_doses() + "2013-05-23," + row + ",,,,\n", "2013-05-24", profile)
        .order.action;
  };
  CHECK(action("symptom,rash,", "label") == Action::kWithhold);
  CHECK(action("reaction,injection_site_reaction,3", "label") == Action::kWithhold);
  CHECK(action("reaction,injection_site_reaction,2", "label") == Action::kGive);
  CHECK(action("reaction,injection_site_reaction,3", "study") == Action::kGive);
}

TEST_CASE("the trial M108 stops for nausea beside an elevation, unjudged") {
  const std::string raised = four_doses() + panel("2013-05-29", "130");
  CHECK(state_of(answer_of(raised, "2013-05-29", "m108"), "symptoms") == "watched");
  const std::string sick = raised + "2013-05-29,symptom,nausea,,,,,\n";
  CHECK(answer_of(sick, "2013-05-29", "m108").order.action == Action::kStop);
}

TEST_CASE("what withholds for the kidney owes the test that lets doses resume") {
  const std::string failing = four_doses() + "2013-05-23,fact,haemodialysis,yes,,,,\n";
  CHECK(owes_panel(answer_of(failing, "2013-05-24"), "renal"));
  CHECK(owes_panel(answer_of(failing, "2013-05-24", "study"), "renal"));
  CHECK(!owes_panel(answer_of(four_doses(), "2013-05-24"), "renal"));
}

TEST_CASE("the flag of creatinine is lower for who is not known to be a man") {
  const std::string risen = four_doses() +
                            "2013-04-24,lab,CREAT,0.9,mg/dL,,,\n"
                            "2013-05-23,lab,CREAT,1.15,mg/dL,,,\n";
  const auto flag = [&](const std::string& more) {
    const Answer answer = answer_of(risen + more, "2013-05-24", "study");
    CHECK(answer.order.action == Action::kGive);
    return state_of(answer, "creatinine_flag");
  };
  CHECK(flag("") == "flagged");
  CHECK(flag("1970-01-31,sex,F,,,,,\n") == "flagged");
  CHECK(flag("1970-01-31,sex,M,,,,,\n") == "not-flagged");
}

}  // namespace
}  // namespace dosewright::decide
