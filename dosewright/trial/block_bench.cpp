// B3 and B4 of docs/performance.md: the closed loop of mipomersen under its label, for two years.
//
//   B3: patients in lanes against patients by adaptive steps, after their records have been held
//       against each other; per patient-week, on one core.
//   B4: more and more patients through a whole run, on one thread and on two; peak memory.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>

#include "dosewright/base/check.hpp"
#include "dosewright/trial/block.hpp"
#include "dosewright/trial/results.hpp"
#include "dosewright/trial/run.hpp"

namespace dosewright::trial {
namespace {

constexpr int kWeeks = 104;
#ifdef NDEBUG
constexpr int kPatients = 16 * PatientBlock::kMost;
#else
constexpr int kPatients = PatientBlock::kMost;
#endif
constexpr int kSlowPatients = 8;

const programme::Programme& benched() {
  static const auto loaded =
      programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  DW_CHECK(loaded.ok(), "the programme of mipomersen loads");
  return *loaded;
}

DesignSet two_years() {
  auto loaded = load_designs(benched(), "two-years");
  DW_CHECK(loaded.ok(), "the design of two years loads");
  return std::move(*loaded);
}

std::vector<PatientBlock::Member> members(const Design& design, int first, int n) {
  std::vector<PatientBlock::Member> result;
  for (int i = first; i < first + n; ++i) {
    result.push_back({patient_id({design.trial_number, 0, i}), i % 2});
  }
  return result;
}

double seconds(const std::function<void()>& work) {  // of the processor, not of the wall
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void report_quartiles(benchmark::State& state, const std::string& name,
                      std::vector<double> values) {
  std::ranges::sort(values);
  state.counters[name] = values[values.size() / 2];
  state.counters[name + "_q1"] = values[values.size() / 4];
  state.counters[name + "_q3"] = values[3 * values.size() / 4];
}

// The largest relative difference between readings of two records that tell the same story;
// infinite where they do not.
double apart(const PatientRecord& a, const PatientRecord& b) {
  const bool alike = a.readings.size() == b.readings.size() && a.log.size() == b.log.size() &&
                     a.doses.size() == b.doses.size() && a.discontinued == b.discontinued;
  if (!alike) return HUGE_VAL;
  double worst = 0;
  for (std::size_t i = 0; i < a.readings.size(); ++i) {
    const double size = std::max(std::abs(b.readings[i].value), 1e-300);
    worst = std::max(worst, std::abs(a.readings[i].value - b.readings[i].value) / size);
  }
  return worst;
}

void b3_label(benchmark::State& state) {
  const DesignSet set = two_years();
  Design exact_design = set.trials.front();
  exact_design.tolerance.relative = 1e-9;
  const Design& design = set.trials.front();
  const auto population = model::typical_population(benched().model);
  PatientBlock lanes(benched(), design, {});
  const BlockOptions by_steps{.room = kSlowPatients, .mover = Mover::kSteps};
  PatientBlock steps(benched(), design, by_steps);
  PatientBlock truth(benched(), exact_design, by_steps);
  const auto few = members(design, 0, kSlowPatients);
  lanes.run(population, few);
  truth.run(population, few);
  double worst = 0;
  for (int i = 0; i < kSlowPatients; ++i) {
    worst = std::max(worst, apart(lanes.record(i), truth.record(i)));
  }
  DW_CHECK(worst < 1e-5, "lanes and steps tell different stories of the same patients");
  const std::int64_t stepped_before = lanes.stepped();
  std::vector<double> ns, ratio;
  int rounds = 0;
  for (auto round : state) {
    static_cast<void>(round);
    const auto many = members(design, rounds * kPatients, kPatients);
    const double fast = seconds(
        [&] { lanes.run(population, many, [&](const PatientBlock::Ended&) { return true; }); });
    const double slow = seconds(
        [&] { steps.run(population, members(design, rounds * kSlowPatients, kSlowPatients)); });
    ++rounds;
    ns.push_back(1e9 * fast / (kPatients * kWeeks));
    ratio.push_back(1e9 * slow / (kSlowPatients * kWeeks) / ns.back());
  }
  report_quartiles(state, "ns_patient_week", ns);
  report_quartiles(state, "steps_over_lanes", ratio);
  state.counters["worst_difference"] = worst;
  state.counters["left_out"] = static_cast<double>(lanes.stepped() - stepped_before) /
                               (static_cast<double>(rounds) * kPatients);
  state.counters["bytes_in_flight"] = static_cast<double>(lanes.bytes());
}
BENCHMARK(b3_label);

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// 10^5 and more take minutes: docs/performance.md has the command.
void b4_scaling(benchmark::State& state) {
  DesignSet set = two_years();
  resize(set, state.range(0));
  const auto mapping = map_evidence(benched(), set, benched().evidence);
  DW_CHECK(mapping.ok(), "the evidence maps");
  const Plan plan = make_plan(benched(), set, *mapping);
  RunOptions options;
  options.replicates = 1;
  options.threads = static_cast<int>(state.range(1));
  std::int64_t patients = 0;
  for (auto round : state) {
    static_cast<void>(round);
    Results results(plan, 1);
    patients += run(benched(), set, options, results).patients;
  }
  state.counters["patient_weeks_per_s"] =
      benchmark::Counter(static_cast<double>(patients) * kWeeks, benchmark::Counter::kIsRate);
  state.counters["peak_MB"] = peak_megabytes();
}
#ifdef NDEBUG
BENCHMARK(b4_scaling)
    ->ArgNames({"patients", "threads"})
    ->ArgsProduct({{1'000, 10'000}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
#else
BENCHMARK(b4_scaling)->ArgNames({"patients", "threads"})->Args({64, 2})->UseRealTime();
#endif

}  // namespace
}  // namespace dosewright::trial
