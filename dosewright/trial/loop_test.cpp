// The closed loop on the programme of mipomersen: what a decision changes, and that records are
// true.

#include "dosewright/trial/loop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dosewright/base/file.hpp"
#include "dosewright/trial/mipomersen_test.hpp"
#include "dosewright/trial/outcome.hpp"
#include "dosewright/trial/replay.hpp"
#include "dosewright/trial/results.hpp"
#include "dosewright/trial/run.hpp"

namespace dosewright::trial {
namespace {

DesignSet designs(const char* name) {
  auto loaded = load_designs(mipomersen(), name);
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_text(loaded.faults())));
  return std::move(*loaded);
}

int hepatic_region(const Design& design) {
  const auto& regions = design.protocol->regions;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    if (regions[r].name == "hepatic") return static_cast<int>(r);
  }
  return -1;
}

bool held_by_liver(const PatientRecord& record, int region) {
  return std::any_of(record.doses.begin(), record.doses.end(), [&](const DoseEntry& dose) {
    return dose.action == DoseAction::kHeld && dose.region == region && !dose.rule.empty();
  });
}

// The first patient of a two-year trial under the label whose doses the liver rules hold for a
// while.
PatientRecord withheld_patient(const Design& design) {
  PatientRecord record;
  for (int index = 0; index < design.arms.front().n; ++index) {
    const auto id = patient_id({design.trial_number, 0, index});
    REQUIRE(run_patient(mipomersen(), design, 1, id, record));
    const bool resumed = !record.doses.empty() && !record.discontinued;
    if (resumed && held_by_liver(record, hepatic_region(design))) return record;
  }
  FAIL("no patient was withheld: the label's liver rules never acted");
  return record;
}

std::string bytes_of(const DesignSet& set, int threads, std::uint64_t seed) {
  const auto mapping = map_evidence(mipomersen(), set, mipomersen().evidence);
  REQUIRE(mapping.ok());
  const Plan plan = make_plan(mipomersen(), set, *mapping);
  Results results(plan, 3);
  RunOptions options;
  options.seed = seed;
  options.replicates = 3;
  options.threads = threads;
  const RunReport report = run(mipomersen(), set, options, results);
  CHECK(report.failed == 0);
  CHECK(report.ledgers_checked > 0);
  CHECK(report.ledgers_failed == 0);
  const RunFacts facts{&mipomersen(), "test", seed, report.ledgers_checked, report.ledgers_failed};
  return report_json(results, facts).dump() + summary_json(results, facts).dump() +
         evidence_csv(results) + series_csv(results) + arms_csv(results);
}

}  // namespace

TEST_CASE("a later regimen begins on its day with an injection, and keeps all other luck") {
  DesignSet set = designs("cs5");
  Design& design = set.trials.front();
  design.adherence = {};
  design.regions_off = ~std::uint64_t{0};
  Design changed = design;
  changed.arms.front().later = {{4 * kMinutesPerWeek, "70mg-tiw"},
                                {6 * kMinutesPerWeek + kMinutesPerDay, "100mg-qw"}};
  PatientRecord before;
  PatientRecord after;
  const auto id = patient_id({design.trial_number, 0, 3});
  REQUIRE(run_patient(mipomersen(), design, 1, id, before));
  REQUIRE(run_patient(mipomersen(), changed, 1, id, after));
  CHECK(before.parameters == after.parameters);
  std::vector<std::pair<Minutes, double>> doses;
  for (const DoseEntry& dose : after.doses) {
    if (dose.at < 8 * kMinutesPerWeek + kMinutesPerDay) {
      doses.emplace_back(dose.at / kMinutesPerDay, dose.mg);
    }
  }
  const double full = after.doses.front().mg;  // 160 mg where the patient is light
  CHECK(doses == std::vector<std::pair<Minutes, double>>{{0, full},
                                                         {7, full},
                                                         {14, full},
                                                         {21, full},
                                                         {28, 70},
                                                         {30, 70},
                                                         {32, 70},
                                                         {35, 70},
                                                         {37, 70},
                                                         {39, 70},
                                                         {42, 70},
                                                         {43, 100},
                                                         {50, 100}});
  for (std::size_t i = 0; i < before.readings.size(); ++i) {
    if (before.readings[i].at > 4 * kMinutesPerWeek) break;
    CHECK(before.readings[i].value == after.readings[i].value);
  }
}

TEST_CASE(
    "withholding a dose changes what happens next: the same patient without the liver rules") {
  DesignSet with = designs("schedules");
  const Design& design = with.trials.front();
  const PatientRecord held = withheld_patient(design);

  Design without = design;
  without.regions_off = std::uint64_t{1} << hepatic_region(design);
  PatientRecord free;
  REQUIRE(run_patient(mipomersen(), without, 1, held.id, free));

  CHECK(free.parameters == held.parameters);
  CHECK(free.covariates == held.covariates);
  CHECK_FALSE(held_by_liver(free, hepatic_region(design)));
  const auto total = [](const PatientRecord& record) {
    double mg = 0;
    for (const DoseEntry& dose : record.doses) mg += dose.mg;
    return mg;
  };
  CHECK(total(held) < total(free));

  // Until the first held dose the two are one patient; some weeks after it, ALT is lower.
  const auto first_held = std::find_if(held.doses.begin(), held.doses.end(), [](const auto& dose) {
    return dose.action == DoseAction::kHeld;
  });
  const int alt = design.protocol->vocabulary.analyte("ALT");
  const auto alt_near = [&](const PatientRecord& record, Minutes at) {
    double value = 0;
    Minutes best = INT64_MAX;
    for (const Reading& reading : record.readings) {
      const Minutes distance = std::abs(reading.at - at);
      if (reading.analyte == alt && distance < best) {
        best = distance;
        value = reading.value;
      }
    }
    return value;
  };
  CHECK(alt_near(held, 0) == alt_near(free, 0));
  CHECK(held.readings.front().value == free.readings.front().value);
  const Minutes later = first_held->at + 8 * kMinutesPerWeek;
  CHECK(alt_near(held, later) < alt_near(free, later));
}

TEST_CASE(
    "the dose ledger has an entry for every planned dose, and the log explains each held one") {
  const DesignSet set = designs("schedules");
  const Design& design = set.trials.front();
  const PatientRecord record = withheld_patient(design);
  REQUIRE_FALSE(record.doses.empty());
  CHECK(std::is_sorted(record.doses.begin(), record.doses.end(),
                       [](const auto& a, const auto& b) { return a.at < b.at; }));
  for (const DoseEntry& dose : record.doses) {
    CHECK(dose.at % kMinutesPerDay == 0);  // whole days: protocol time is integer
    CHECK(injected(dose) == (dose.mg > 0));
    if (dose.action != DoseAction::kHeld || dose.rule.empty()) continue;
    const bool logged =
        std::any_of(record.log.begin(), record.log.end(), [&](const protocol::Firing& firing) {
          return firing.rule->id == dose.rule && firing.at <= dose.at;
        });
    CHECK_MESSAGE(logged, "held by a rule that never fired: " << dose.rule);
  }
}

TEST_CASE("a planned weekly dose is never followed sooner than the missed-dose rule allows") {
  DesignSet set = designs("schedules");
  Design& design = set.trials.front();
  design.adherence.take = 0.5;
  design.adherence.make_up = 1;
  int made_up = 0;
  for (int index = 0; index < 20; ++index) {
    PatientRecord record;
    REQUIRE(
        run_patient(mipomersen(), design, 1, patient_id({design.trial_number, 0, index}), record));
    for (const DoseEntry& dose : record.doses) {
      if (dose.action != DoseAction::kMadeUp) continue;
      ++made_up;
      const Minutes next = (dose.at / kMinutesPerWeek + 1) * kMinutesPerWeek;
      CHECK(next - dose.at >= design.protocol->missed_dose->least_gap_to_next);
    }
  }
  CHECK(made_up > 50);
}

TEST_CASE("a ledger that does not tell what was given is found by its replay") {
  const DesignSet set = designs("cs12");
  const Design& design = set.trials.front();
  PatientBlock block(mipomersen(), design, {.room = 1});
  const PatientBlock::Member member{patient_id({design.trial_number, 0, 0}), 0};
  block.run(model::typical_population(mipomersen().model), {&member, 1});
  PatientRecord record = block.record(0);
  REQUIRE(record.n_injections > 3);
  CHECK(ledger_difference(mipomersen(), record, block.trace(0)) < kLedgerTolerance);
  auto second = std::find_if(record.doses.begin() + 1, record.doses.end(), injected);
  second->mg *= 0.5;
  CHECK(ledger_difference(mipomersen(), record, block.trace(0)) > kLedgerTolerance);
}

TEST_CASE("same seed, same bytes, whatever the number of threads") {
  DesignSet set = designs("phase3");
  resize(set, 12);
  const std::string one = bytes_of(set, 1, 7);
  CHECK(sha256_hex(one) == sha256_hex(bytes_of(set, 2, 7)));
  CHECK(sha256_hex(one) == sha256_hex(bytes_of(set, 5, 7)));
  CHECK(sha256_hex(one) != sha256_hex(bytes_of(set, 1, 8)));
}

TEST_CASE("a run tells how many patients were moved by steps") {
  DesignSet set = designs("cs12");
  resize(set, 6);
  const auto mapping = map_evidence(mipomersen(), set, mipomersen().evidence);
  REQUIRE(mapping.ok());
  const Plan plan = make_plan(mipomersen(), set, *mapping);
  RunOptions options;
  options.replicates = 1;
  for (const Mover mover : {Mover::kLanes, Mover::kSteps}) {
    options.mover = mover;
    Results results(plan, 1);
    const RunReport report = run(mipomersen(), set, options, results);
    CHECK(report.patients == 6);
    CHECK(report.stepped == (mover == Mover::kSteps ? 6 : 0));
  }
}

TEST_CASE("patients of more than one chunk are put together by index") {
  DesignSet set = designs("cs5");
  resize(set, 300);
  CHECK(bytes_of(set, 1, 3) == bytes_of(set, 2, 3));
}

TEST_CASE("a replay tells every decision with what it saw and its source") {
  const DesignSet set = designs("schedules");
  const Design& design = set.trials.front();
  const PatientRecord record = withheld_patient(design);
  const std::string text = replay_text(mipomersen(), design, record);
  const auto document = nlohmann::json::parse(replay_json(mipomersen(), design, record));
  std::size_t decisions = 0;
  for (const auto& entry : document["timeline"]) {
    if (entry["what"] != "decision") continue;
    ++decisions;
    const auto details = entry["details"].get<std::vector<std::string>>();
    CHECK(details.size() >= 3);
    CHECK(details.front().starts_with("saw "));
    CHECK(details.back().starts_with("source "));
  }
  CHECK(decisions == record.log.size());
  CHECK(text.find("held (planned ") != std::string::npos);
}

TEST_CASE("the number of a patient keeps trial, replicate and index apart") {
  const PatientNumber number{104, 99'999, 999'999};
  const PatientNumber back = patient_number(patient_id(number));
  CHECK(back.trial_number == 104);
  CHECK(back.replicate == 99'999);
  CHECK(back.index == 999'999);
}

}  // namespace dosewright::trial
