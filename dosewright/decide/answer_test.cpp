#include <algorithm>
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

TEST_CASE("two doses of one day are asked about, and count once") {
  const Answer once = answer_of(treated(), "2013-05-24");
  CHECK(warning(once, "dose.twice") == nullptr);
  const Answer twice = answer_of(treated() + dose("2013-05-22T18:00"), "2013-05-24");
  REQUIRE(warning(twice, "dose.twice") != nullptr);
  CHECK(warning(twice, "dose.twice")->saw == "2 doses on 2013-05-22");
  CHECK(twice.order.planned == once.order.planned);
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

TEST_CASE("a warning sign holds the dose until somebody has judged it") {
  for (const char* sign :
       {"2013-05-23,fact,angioedema,yes,,,,\n", "2013-05-23,reaction,headache,3,,,,\n",
        "2013-05-23,fact,blurred vision,yes,,,,\n"}) {
    CAPTURE(sign);
    const Answer held = answer_of(treated() + sign, "2013-05-24");
    CHECK(region(held, "warning_signs").state == "to-judge");
    CHECK(held.order.action == Action::kWithhold);
    const std::string judged = std::string(sign) + "2013-05-24,fact,warning_sign_judged,yes,,,,\n";
    CHECK(answer_of(treated() + judged, "2013-05-24").order.action == Action::kGive);
  }
  const Answer mild = answer_of(treated() + "2013-05-23,reaction,headache,1,,,,\n", "2013-05-24");
  CHECK(mild.order.action == Action::kGive);
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
  CHECK(warning(lomitapide, "eligibility.lomitapide")->level == "avoid");
  CHECK(lomitapide.order.action == Action::kGive);
  CHECK(warning(with("2013-05-01,medication,Juxtapid,10,mg/d,,2013-05-20,\n"),
                "interaction.lomitapide") == nullptr);
}

TEST_CASE("a product that names the medicine among other words; parts of a day add up") {
  const std::string rows = treated() + panel("2013-05-29", "30");
  const auto with = [&](const std::string& more) { return answer_of(rows + more, "2013-05-29"); };
  CHECK(warning(with("2013-05-01,medication,Acetaminophen 500 mg tablet,,,,,\n"),
                "interaction.acetaminophen") != nullptr);
  CHECK(warning(with("2013-05-01,medication,acetaminophenol,,,,,\n"),
                "interaction.acetaminophen") == nullptr);
  std::string parts;
  for (const char* date : {"2013-05-25", "2013-05-26", "2013-05-28"}) {
    for (const char* hour : {"T08:00", "T14:00", "T20:00"}) {
      parts += std::string(date) + hour + ",intake,acetaminophen,1.5,g,,,\n";
    }
  }
  CHECK(warning(with(parts), "interaction.acetaminophen.above") != nullptr);
  CHECK(warning(with("2013-05-28T08:00,intake,acetaminophen,2.5,g,,,\n"
                     "2013-05-28T20:00,intake,acetaminophen,2.5,g,,,\n"),
                "interaction.acetaminophen.above") == nullptr);
}

TEST_CASE("a medicine that ends beside one that goes on ends nothing") {
  const std::string rows =
      treated() + panel("2013-05-29", "30") + "2013-05-01,medication,doxycycline,,,,2013-05-20,\n";
  CHECK(warning(answer_of(rows, "2013-05-29"), "eligibility.hepatotoxic") == nullptr);
  CHECK(warning(answer_of(rows + "2013-04-10,medication,amiodarone,,,,,\n", "2013-05-29"),
                "eligibility.hepatotoxic") != nullptr);
}

TEST_CASE("a contraindication during treatment holds the next dose; a question of entry is over") {
  const std::string rows = treated() + panel("2013-05-29", "80");
  const auto with = [&](const std::string& fact) {
    return answer_of(rows + "2013-05-28," + fact + "\n", "2013-05-29");
  };
  for (const char* fact : {"allergy,allergy to Kynamro,,,,,", "diagnosis,Child-Pugh B,,,,,",
                           "fact,unexplained_transaminase_elevation,yes,,,,", "fact,hofh,no,,,,"}) {
    const Answer answer = with(fact);
    CHECK_MESSAGE(answer.order.action == Action::kWithhold, fact);
    CHECK_MESSAGE(answer.administration.empty(), fact);
  }
  CHECK(warning(with("allergy,allergy to Kynamro,,,,,"), "eligibility.hypersensitivity")->level ==
        "stop");
  const Answer mild = with("diagnosis,Child-Pugh A,,,,,");
  CHECK(mild.order.action == Action::kGive);
  CHECK(warning(mild, "eligibility.hepatic-impairment")->level == "monitor");
  CHECK(warning(with("fact,apheresis,yes,,,,"), "eligibility.apheresis")->level == "avoid");
  // 80 U/L is 1.95 ULN: too much to enter the study, and no reason to leave it.
  const std::string entry = eligible() + panel("2013-04-24", "80");
  CHECK(
      warning(answer_of(entry, "2013-05-01", "study"), "eligibility.study-transaminases")->level ==
      "stop");
  const Answer later = answer_of(rows, "2013-05-29", "study");
  CHECK(warning(later, "eligibility.study-transaminases") == nullptr);
  CHECK(later.order.action == Action::kGive);
}

TEST_CASE("the order says which dose, why, and by which document") {
  const std::string rows = treated() + panel("2013-05-29", "30");
  CHECK(answer_of(rows, "2013-05-29").order.because[1] ==
        "the dose is 200 mg once weekly [S2, dosing: adult; S4, Q2; EMA-AR p.67]");
  const Answer light = answer_of(rows + "2013-04-20,weight,,49.9,kg,,,\n", "2013-05-29", "study");
  CHECK(light.order.amount_mg == 160);
  CHECK(light.order.because[1].find("because the body weight is below 50 kg [EMA-AR") !=
        std::string::npos);
  CHECK(answer_of(rows + "2013-04-20,weight,,50,kg,,,\n", "2013-05-29", "study").order.amount_mg ==
        200);
  const Answer unweighed = answer_of(eligible() + panel("2013-04-24", "30"), "2013-05-01", "study");
  const auto& because = unweighed.order.because;
  CHECK(std::ranges::any_of(because, [](const std::string& one) {
    return one.starts_with("the body weight is not known: below 50 kg the dose is '160mg-qw'");
  }));
}

TEST_CASE("a planned dose counts as missed once it can no longer be made up") {
  const std::string rows = treated() + panel("2013-05-29", "30");
  CHECK(warning(answer_of(rows, "2013-05-29"), "adherence") == nullptr);
  CHECK(warning(answer_of(rows, "2013-06-02"), "adherence") == nullptr);
  REQUIRE(warning(answer_of(rows, "2013-06-03"), "adherence") != nullptr);
  CHECK(warning(answer_of(rows, "2013-06-03"), "adherence")->says.starts_with("3 of 4 planned"));
}

TEST_CASE("the first reduced dose waits until the full one before it has had its week") {
  const std::string rows = treated() + panel("2013-05-29", "30") + dose("2013-05-29");
  const Answer answer = answer_of(rows + "2013-05-30,reaction,injection_site_reaction,3,,,,\n",
                                  "2013-05-31", "study");
  CHECK(answer.order.regimen == "70mg-tiw");
  CHECK(answer.order.planned == day("2013-06-05"));
  CHECK(std::ranges::none_of(answer.order.because, [](const std::string& one) {
    return one.find("can no longer be made up") != std::string::npos;
  }));
  const Answer next = answer_of(
      rows + "2013-05-30,reaction,injection_site_reaction,3,,,,\n" + "2013-06-05,dose,,70,mg,,,\n",
      "2013-06-06", "study");
  CHECK(next.order.planned == day("2013-06-07"));
}

TEST_CASE("an elevation asks for INR until it is drawn; each duty names its own source") {
  const std::string rows = treated() + panel("2013-05-29", "205");
  const Answer asked = answer_of(rows, "2013-06-06");
  REQUIRE(owed(asked, "workup: called-for") != nullptr);
  CHECK(owed(asked, "workup: called-for")->state == DueState::kMissing);
  CHECK(owed(asked, "workup: called-for")->tests == std::vector<std::string>{"INR"});
  CHECK(owed(asked, "hepatic: withheld")->source ==
        "S4, action thresholds; assumed, because S2 gives no interval");
  const Answer drawn = answer_of(rows + "2013-06-01,lab,INR,1,1,,,\n", "2013-06-06");
  CHECK(owed(drawn, "workup: called-for") == nullptr);
  CHECK(region(drawn, "workup").state == "drawn");
  const Answer stale = answer_of(treated(), "2013-09-01");
  CHECK(warning(stale, "stale.ALT")->source.starts_with("assumed, because the longest planned"));
}

TEST_CASE("flu-like symptoms: a reaction within 2 days of the injection, later a question") {
  const std::string rows = treated() + panel("2013-05-22", "30");
  const std::string flu = rows + "2013-05-23,reaction,influenza like illness,1,,,,\n";
  CHECK(answer_of(flu, "2013-05-24").order.action == Action::kGive);
  CHECK(region(answer_of(flu, "2013-05-24"), "flu_like").state == "reacting");
  CHECK(answer_of(flu, "2013-05-25").order.action == Action::kWithhold);
  CHECK(answer_of(rows + "2013-05-23,reaction,flu_like,1,,,,\n", "2013-05-25").order.action ==
        Action::kGive);  // said to be of the injection
  CHECK(answer_of(flu + "2013-05-24,reaction,influenza like illness,0,,,,\n", "2013-05-25")
            .order.action == Action::kGive);
}

TEST_CASE("study: kidney, pregnancy and unjudged symptoms hold the dose as under the label") {
  const std::string rows = treated() + panel("2013-05-29", "30");
  CHECK(answer_of(rows, "2013-05-29", "study").order.action == Action::kGive);
  for (const char* fact : {"fact,haemodialysis,yes,,,,", "fact,pregnant,yes,,,,",
                           "symptom,nausea,,,,,", "lab,EGFR,25,mL/min,,,"}) {
    CHECK_MESSAGE(
        answer_of(rows + "2013-05-29," + fact + "\n", "2013-05-29", "study").order.action ==
            Action::kWithhold,
        fact);
  }
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
  // Whom the supply does not reach, or is not known to reach, has no next dose either.
  const Answer treated_there = answer_of(treated(), "2013-05-29", "label", "EU");
  CHECK(treated_there.order.action == Action::kWithhold);
  CHECK(std::ranges::any_of(treated_there.order.because, [](const std::string& one) {
    return one.starts_with("supply in EU: Refused") && one.find("Withhold, and ask") != one.npos;
  }));
  const std::string reached = treated() + "2013-04-20,fact,compassionate_use,yes,,,,\n";
  CHECK(answer_of(reached, "2013-05-29", "label", "EU").order.action == Action::kGive);
  CHECK(answer_of(treated(), "2013-05-29").order.action == Action::kGive);
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
