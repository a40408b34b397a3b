#include "dosewright/trial/outcome.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "dosewright/trial/fixture_test.hpp"

namespace dosewright::trial {
namespace {

using fixture::kDay;
using fixture::kWeek;
using fixture::Patient;

struct OutcomeBench {
  programme::Programme drug = fixture::programme();
  Design design = fixture::design(drug, "cs5", "CS5");

  OutcomeSpec lab(Measure measure, const char* code) const {
    OutcomeSpec spec;
    spec.measure = measure;
    spec.index = fixture::lab(drug, code);
    return spec;
  }
  OutcomeSpec pet(Measure measure, const char* code) const {
    OutcomeSpec spec = lab(measure, code);
    spec.at_pet = true;
    return spec;
  }
  double of(const OutcomeSpec& spec, Patient& patient) const {
    return outcome(spec, design, patient.record());
  }
};

TEST_CASE("change, percent change and value are in the lab's own unit") {
  const OutcomeBench bench;
  Patient patient(bench.drug);
  patient.baseline("LDL", 400).weekly_doses(26).reading("LDL", 28 * kWeek, 300);
  CHECK(bench.of(bench.pet(Measure::kValue, "LDL"), patient) == doctest::Approx(300));
  CHECK(bench.of(bench.pet(Measure::kChange, "LDL"), patient) == doctest::Approx(-100));
  CHECK(bench.of(bench.pet(Measure::kPercentChange, "LDL"), patient) == doctest::Approx(-25));
  CHECK(bench.of(bench.lab(Measure::kBaseline, "LDL"), patient) == doctest::Approx(400));
  CHECK(std::isnan(bench.of(bench.pet(Measure::kChange, "APOB"), patient)));
}

TEST_CASE("the primary efficacy time point follows the last dose of each patient") {
  const OutcomeBench bench;
  const OutcomeSpec spec = bench.pet(Measure::kValue, "LDL");
  Patient stopped(bench.drug);
  stopped.weekly_doses(4).reading("LDL", 0, 1).reading("LDL", 3 * kWeek, 2);
  stopped.reading("LDL", 5 * kWeek, 3).reading("LDL", 9 * kWeek, 4).reading("LDL", 28 * kWeek, 5);
  CHECK(bench.of(spec, stopped) == doctest::Approx(3));  // last dose day 21, target day 35

  Patient tie(bench.drug);
  tie.weekly_doses(1).reading("LDL", 12 * kDay, 1).reading("LDL", 16 * kDay, 2);
  CHECK(bench.of(spec, tie) == doctest::Approx(1));

  Patient far(bench.drug);
  far.weekly_doses(2).reading("LDL", 40 * kWeek, 7);
  CHECK(bench.of(spec, far) == doctest::Approx(7));

  Patient none(bench.drug);
  none.weekly_doses(2).reading("LDL", 0, 7).reading("LDL", -7 * kDay, 7);
  CHECK(std::isnan(bench.of(spec, none)));
}

TEST_CASE("a patient who was never dosed is read as if dosed on day 0") {
  const OutcomeBench bench;
  Patient patient(bench.drug);
  patient.dose(0, DoseAction::kHeld).baseline("LDL", 100);
  patient.reading("LDL", 10 * kDay, 90).reading("LDL", 19 * kDay, 80);
  CHECK(bench.of(bench.pet(Measure::kValue, "LDL"), patient) == doctest::Approx(90));
  OutcomeSpec spec;
  spec.measure = Measure::kDaysOnTreatment;
  CHECK(std::isnan(bench.of(spec, patient)));
  spec.measure = Measure::kCompleted;
  CHECK(bench.of(spec, patient) == 0);
}

TEST_CASE("at a week: the nearest reading within the window, ends counted, and not beyond") {
  const OutcomeBench bench;
  OutcomeSpec spec = bench.lab(Measure::kValue, "ALT");
  spec.at = 28 * kWeek;
  Patient patient(bench.drug);
  patient.weekly_doses(26).reading("ALT", 28 * kWeek - 11 * kDay, 99);
  CHECK(std::isnan(bench.of(spec, patient)));
  patient.reading("ALT", 28 * kWeek + 10 * kDay, 50);
  CHECK(bench.of(spec, patient) == doctest::Approx(50));
  patient.reading("ALT", 28 * kWeek + 10 * kDay + 1, 60);
  CHECK(bench.of(spec, patient) == doctest::Approx(50));
  spec.at = 0;
  patient.baseline("ALT", 20);
  CHECK(bench.of(spec, patient) == doctest::Approx(20));
}

TEST_CASE("the highest ALT is taken after the first dose and up to 28 d after the last") {
  const OutcomeBench bench;
  const OutcomeSpec spec = bench.lab(Measure::kPeakUln, "ALT");
  Patient patient(bench.drug);
  patient.weekly_doses(2).reading("ALT", 0, 410);  // drawn before the first injection
  CHECK(std::isnan(bench.of(spec, patient)));
  patient.reading("ALT", kDay, 41).reading("ALT", 35 * kDay, 123);
  CHECK(bench.of(spec, patient) == doctest::Approx(3));
  patient.reading("ALT", 35 * kDay + 1, 820);
  CHECK(bench.of(spec, patient) == doctest::Approx(3));
}

TEST_CASE("a confirmed elevation needs 7 days, and nothing lower between") {
  const OutcomeBench bench;
  const OutcomeSpec spec = bench.lab(Measure::kConfirmedUln, "ALT");
  Patient six(bench.drug);
  six.weekly_doses(26).reading("ALT", 10 * kDay, 164).reading("ALT", 16 * kDay, 164);
  CHECK(bench.of(spec, six) == 0);
  Patient seven(bench.drug);
  seven.weekly_doses(26).reading("ALT", 10 * kDay + 600, 164).reading("ALT", 17 * kDay, 123);
  CHECK(bench.of(spec, seven) == doctest::Approx(3));  // the lower of 4 and 3 x ULN
  Patient between(bench.drug);
  between.weekly_doses(26).reading("ALT", 10 * kDay, 205);
  between.reading("ALT", 13 * kDay, 82).reading("ALT", 17 * kDay, 205);
  CHECK(bench.of(spec, between) == doctest::Approx(2));
  Patient later(bench.drug);
  later.weekly_doses(26).reading("ALT", 10 * kDay, 82).reading("ALT", 20 * kDay, 82);
  later.reading("ALT", 30 * kDay, 410).reading("ALT", 40 * kDay, 205);
  CHECK(bench.of(spec, later) == doctest::Approx(5));
  Patient unread(bench.drug);
  unread.weekly_doses(3);
  CHECK(std::isnan(bench.of(spec, unread)));
}

TEST_CASE("days above the threshold run from the first of the confirmed readings") {
  const OutcomeBench bench;
  const OutcomeSpec spec = bench.lab(Measure::kDaysAboveUln, "ALT");
  Patient patient(bench.drug);
  patient.weekly_doses(26).reading("ALT", 10 * kDay, 150).reading("ALT", 20 * kDay, 150);
  CHECK(std::isnan(bench.of(spec, patient)));  // never seen below again
  patient.reading("ALT", 60 * kDay, 123).reading("ALT", 87 * kDay, 122);
  CHECK(bench.of(spec, patient) == 77);
}

TEST_CASE("events: any, how many, and the day of the first") {
  const OutcomeBench bench;
  Patient patient(bench.drug);
  patient.weekly_doses(4);
  OutcomeSpec spec;
  spec.index = 0;
  spec.measure = Measure::kAnyEvent;
  CHECK(bench.of(spec, patient) == 0);
  spec.measure = Measure::kFirstEventDay;
  CHECK(bench.of(spec, patient) == std::numeric_limits<double>::infinity());
  patient.event(1, kDay).event(0, 36 * 60, 2).event(0, 15 * kDay, 3);
  CHECK(bench.of(spec, patient) == 1.5);
  spec.measure = Measure::kEventCount;
  CHECK(bench.of(spec, patient) == 5);
  spec.until = 14 * kDay;
  CHECK(bench.of(spec, patient) == 2);
}

TEST_CASE("time at goal: straight lines between readings, and the last one holds") {
  const OutcomeBench bench;  // 26 weeks of treatment
  OutcomeSpec spec = bench.lab(Measure::kTimeAtGoal, "LDL");
  spec.goal = 0.25;
  spec.goal_is_fall = true;  // 300 of 400
  Patient patient(bench.drug);
  patient.baseline("LDL", 400).weekly_doses(1);
  CHECK(bench.of(spec, patient) == 0);
  patient.reading("LDL", 10 * kWeek, 200);  // at goal from week 5 on, and it stays
  CHECK(bench.of(spec, patient) == doctest::Approx(100.0 * 21 / 26));
  patient.reading("LDL", 20 * kWeek, 400);  // off it again at week 15
  CHECK(bench.of(spec, patient) == doctest::Approx(100.0 * 10 / 26));
  patient.reading("LDL", 32 * kWeek, 200);  // the line crosses the goal where treatment was to end
  CHECK(bench.of(spec, patient) == doctest::Approx(100.0 * 10 / 26));
  patient.reading("LDL", 33 * kWeek, 1);
  CHECK(bench.of(spec, patient) == doctest::Approx(100.0 * 10 / 26));
  spec.goal_is_fall = false;
  spec.goal = fixture::unit("mg/dL").to_canonical(500);
  CHECK(bench.of(spec, patient) == doctest::Approx(100));
  Patient undosed(bench.drug);
  undosed.baseline("LDL", 400);
  CHECK(std::isnan(bench.of(spec, undosed)));
  CHECK(std::isnan(bench.of(bench.lab(Measure::kTimeAtGoal, "APOB"), patient)));
}

TEST_CASE("readings after the first dose are counted") {
  const OutcomeBench bench;
  Patient patient(bench.drug);
  patient.reading("ALT", 0, 20).weekly_doses(2).reading("ALT", kWeek, 20).reading("AST", kDay, 9);
  CHECK(bench.of(bench.lab(Measure::kReadings, "ALT"), patient) == 1);
}

TEST_CASE("hazards: whenever, until a time, or on treatment") {
  const OutcomeBench bench;
  Patient patient(bench.drug);
  patient.weekly_doses(4).hazard(0, 10 * kDay).hazard(0, 23 * kDay).hazard(0, 40 * kDay);
  OutcomeSpec spec;
  spec.measure = Measure::kStruckCount;
  spec.index = 0;
  CHECK(bench.of(spec, patient) == 3);
  spec.until = 23 * kDay;
  CHECK(bench.of(spec, patient) == 2);
  spec.until = 0;
  spec.on_treatment = true;  // the last dose was on day 21
  CHECK(bench.of(spec, patient) == 1);
  CHECK(exposure_days(spec, bench.design, patient.record()) == 22);
  spec.on_treatment = false;
  CHECK(exposure_days(spec, bench.design, patient.record()) == 350);
  spec.measure = Measure::kStruck;
  CHECK(bench.of(spec, patient) == 1);
}

TEST_CASE("treatment: causes, length, injections, held doses, regions left") {
  const OutcomeBench bench;
  Patient patient(bench.drug);
  patient.weekly_doses(26).dose(20 * kWeek + kDay, DoseAction::kHeld);
  OutcomeSpec spec;
  const auto is = [&](Measure measure) {
    spec.measure = measure;
    return bench.of(spec, patient);
  };
  CHECK(is(Measure::kDaysOnTreatment) == 176);  // 25 weeks and the last day
  CHECK(is(Measure::kInjections) == 26);
  CHECK(is(Measure::kHeldDoses) == 1);
  CHECK(is(Measure::kCompleted) == 1);
  CHECK(is(Measure::kDiscontinued) == 0);
  spec.region = "hepatic";
  CHECK(is(Measure::kRegionLeft) == 0);
  patient.firing(3 * kWeek, 0, 1).stop(4 * kWeek, "liver rule");
  CHECK(is(Measure::kRegionLeft) == 1);
  spec.region = "renal";
  CHECK(is(Measure::kRegionLeft) == 0);
  CHECK(is(Measure::kCompleted) == 0);
  CHECK(is(Measure::kDiscontinued) == 1);
  spec.causes = {"withdrawal by subject"};
  CHECK(is(Measure::kDiscontinued) == 0);
  spec.causes = {"withdrawal by subject", "liver rule"};
  CHECK(is(Measure::kDiscontinued) == 1);
}

}  // namespace
}  // namespace dosewright::trial
