// Patients in lanes: the same in any company, and the story that steps tell.
#include "dosewright/trial/block.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/trial/mipomersen_test.hpp"
#include "dosewright/trial/run.hpp"

namespace dosewright::trial {
namespace {

const DesignSet& two_years_at_home() {
  static const auto loaded = load_designs(mipomersen(), "two-years");
  REQUIRE(loaded.ok());
  return *loaded;
}

std::vector<PatientBlock::Member> some(const Design& design, std::initializer_list<int> numbers) {
  std::vector<PatientBlock::Member> members;
  for (const int i : numbers) {
    members.push_back({patient_id({design.trial_number, 0, i}), i % 2});
  }
  return members;
}

// Every number of a record, to the last bit.
std::vector<double> numbers_of(const PatientRecord& record) {
  std::vector<double> all;
  for (const Reading& reading : record.readings) {
    all.insert(all.end(), {static_cast<double>(reading.at), reading.value});
  }
  for (const DoseEntry& dose : record.doses) {
    all.insert(all.end(),
               {static_cast<double>(dose.at), dose.mg, static_cast<double>(dose.action)});
  }
  for (const EventEntry& event : record.events) all.push_back(static_cast<double>(event.at));
  for (const HazardEntry& hazard : record.hazards) all.push_back(static_cast<double>(hazard.at));
  for (const auto& firing : record.log) all.push_back(static_cast<double>(firing.at));
  all.push_back(static_cast<double>(record.discontinued_at));
  return all;
}

}  // namespace

TEST_CASE("a patient is the same in any company, any width and any shard") {
  const Design& design = two_years_at_home().trials.front();
  const auto population = model::typical_population(mipomersen().model);
  PatientBlock alone(mipomersen(), design, {.room = 1, .width = Width::kOne});
  alone.run(population, some(design, {5}));
  const std::vector<double> numbers = numbers_of(alone.record(0));
  CHECK(numbers.size() > 200);
  for (const Width width : kWidths) {
    if (!supported(width)) continue;
    CAPTURE(to_text(width));
    PatientBlock block(mipomersen(), design, {.room = 11, .width = width});
    block.run(population, some(design, {1, 2, 3, 5, 9}));
    CHECK(numbers_of(block.record(3)) == numbers);
    block.run(population, some(design, {5, 4, 7, 12, 31, 6, 8, 90, 91, 92, 93}));
    CHECK(numbers_of(block.record(0)) == numbers);
    CHECK(block.stepped() == 0);
  }
}

TEST_CASE("lanes take the next patient as theirs ends, and every patient comes once, as himself") {
  const Design& design = two_years_at_home().trials.front();
  const auto population = model::typical_population(mipomersen().model);
  std::vector<PatientBlock::Member> members;
  for (int i = 0; i < 40; ++i) members.push_back({patient_id({design.trial_number, 0, i}), i % 2});
  PatientBlock one_by_one(mipomersen(), design, {.room = 1});
  PatientBlock together(mipomersen(), design, {.room = 9});
  std::vector<int> seen(members.size());
  together.run(population, members, [&](const PatientBlock::Ended& ended) {
    const auto i = static_cast<std::size_t>(ended.member);
    ++seen[i];
    CHECK(ended.record.id == members[i].id);
    CHECK_FALSE(ended.trace.empty());
    one_by_one.run(population, {&members[i], 1});
    CHECK(numbers_of(one_by_one.record(0)) == numbers_of(ended.record));
    return true;
  });
  CHECK(std::ranges::count(seen, 1) == 40);
  int n = 0;
  together.run(population, members, [&](const PatientBlock::Ended&) { return ++n < 3; });
  CHECK(n == 3);  // and the run ends where the sink wants no more
}

TEST_CASE("who fails in lanes is tried again by steps, and fails alone") {
  const Design& design = two_years_at_home().trials.front();
  auto loaded = programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE(loaded.ok());
  programme::Programme& broken = *loaded;
  auto& halving = broken.model.parameters[at(broken.model.parameter("CL_halving"))];
  REQUIRE(halving.class_typical.size() == 2);
  halving.class_typical[1] =
      0;  // a clearance that falls within no time at all: 0/0 at the first dose
  const auto population = model::typical_population(broken.model);
  const auto sound = model::typical_population(mipomersen().model);
  std::vector<PatientBlock::Member> members;
  for (int i = 0; i < 24; ++i) members.push_back({patient_id({design.trial_number, 0, i}), i % 2});
  PatientBlock block(broken, design, {.room = 5}), intact(mipomersen(), design, {.room = 1});
  int failed = 0;
  block.run(population, members, [&](const PatientBlock::Ended& ended) {
    const auto i = static_cast<std::size_t>(ended.member);
    if (ended.record.status != num::Status::kOk) {
      ++failed;
      CHECK(ended.record.parameters[at(broken.model.parameter("CL_halving"))] == 0);
      return true;
    }
    intact.run(sound, {&members[i], 1});
    CHECK(numbers_of(intact.record(0)) == numbers_of(ended.record));
    return true;
  });
  CHECK(failed > 0);
  CHECK(failed < 12);
  CHECK(block.stepped() == failed);
}

TEST_CASE("once records have grown, neither a step nor a patient allocates") {
  const Design& design = two_years_at_home().trials.front();
  const auto population = model::typical_population(mipomersen().model);
  std::vector<PatientBlock::Member> members;
  for (int i = 0; i < 24; ++i) members.push_back({patient_id({design.trial_number, 0, i}), i % 2});
  PatientBlock block(mipomersen(), design, {.room = 8});
  std::size_t readings = 0;
  const PatientBlock::Sink sink = [&](const PatientBlock::Ended& ended) {
    readings += ended.record.readings.size();
    return true;
  };
  block.run(population, members, sink);
  const long before = allocations();
  block.run(population, members, sink);
  CHECK(allocations() == before);
  CHECK(readings > 2 * 24 * 50);
}

TEST_CASE("lanes tell the story that steps tell") {
  const Design& design = two_years_at_home().trials.front();
  Design tight = design;
  tight.tolerance.relative = 1e-8;
  const auto population = model::typical_population(mipomersen().model);
  const auto members = some(design, {0, 1, 2, 3, 4, 5});
  PatientBlock lanes(mipomersen(), design, {.room = 6});
  PatientBlock steps(mipomersen(), tight, {.room = 6, .mover = Mover::kSteps});
  lanes.run(population, members);
  steps.run(population, members);
  CHECK(lanes.stepped() == 0);
  CHECK(steps.stepped() == 6);
  for (int i = 0; i < 6; ++i) {
    const PatientRecord &a = lanes.record(i), &b = steps.record(i);
    CAPTURE(i);
    REQUIRE(a.readings.size() == b.readings.size());
    CHECK(a.log.size() == b.log.size());
    CHECK(a.n_injections == b.n_injections);
    for (std::size_t k = 0; k < a.readings.size(); ++k) {
      CHECK(a.readings[k].value == doctest::Approx(b.readings[k].value).epsilon(1e-6));
    }
  }
}

TEST_CASE("whom the lanes do not resolve is moved by steps, and counted") {
  auto loaded = programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE(loaded.ok());
  programme::Programme& fast = *loaded;
  auto& ka = fast.model.parameters[static_cast<std::size_t>(fast.model.parameter("ka"))];
  ka.typical *= 100;  // absorbed within two minutes
  const Design& design = two_years_at_home().trials.front();
  const auto population = model::typical_population(fast.model);
  PatientBlock block(fast, design, {.room = 2});
  block.run(population, some(design, {0, 1}));
  CHECK(block.stepped() == 2);
  for (int i = 0; i < 2; ++i) {
    CHECK(block.record(i).status == num::Status::kOk);
    CHECK(block.record(i).n_injections > 0);
    CHECK(ledger_difference(fast, block.record(i), block.trace(i)) < kLedgerTolerance);
  }
}

}  // namespace dosewright::trial
