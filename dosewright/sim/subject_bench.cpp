// Subject-weeks per second, and the explicit against the implicit method on the same subject.
//
// The candidates run interleaved in one process, after their answers have been held against each
// other; the ratio comes with the quartiles over rounds, the answer with a hash of its bits.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include "dosewright/num/rosenbrock.hpp"
#include "dosewright/num/stiff_aware.hpp"
#include "dosewright/sim/subject.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {
namespace {

constexpr int kWeeks = 26;

num::Tolerance tolerance(double relative) {
  num::Tolerance result;
  result.relative = relative;
  result.floor_of_peak = 1e-2;
  return result;
}

std::uint64_t hash(const std::vector<double>& values) {  // FNV-1a over the bit patterns
  std::uint64_t result = 14695981039346656037ULL;
  for (const double value : values) {
    result = (result ^ std::bit_cast<std::uint64_t>(value)) * 1099511628211ULL;
  }
  return result;
}

// Half a year of weekly doses with a bare stepper; the states at the end.
template <class Stepper>
std::vector<double> half_year(const model::Model& model, Stepper& stepper, ModelRhs& rhs) {
  std::vector<double> state(model.states.size(), 0.0);
  const std::vector<double> covariates = liver_covariates();
  std::copy(covariates.begin(), covariates.end(), state.begin() + 4);
  rhs.program.set_subject(liver_parameters(), covariates);
  rhs.program.set_first_dose(0);
  stepper.reset();
  double t = 0;
  for (int week = 0; week < kWeeks; ++week) {
    state[0] += 200;
    stepper.restart();
    const num::Status status = stepper.advance(rhs, t, 168.0 * (week + 1), state);
    DW_CHECK(status == num::Status::kOk, num::to_text(status));
  }
  return state;
}

// Of the processor, so that a busy machine does not widen the interval.
template <class Stepper>
double seconds(const model::Model& model, Stepper& stepper, ModelRhs& rhs) {
  const std::clock_t begin = std::clock();
  for (int i = 0; i < 3; ++i) benchmark::DoNotOptimize(half_year(model, stepper, rhs));
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void explicit_against_implicit(benchmark::State& state) {
  const model::Model model = liver_model();
  const int n = static_cast<int>(model.states.size());
  ModelRhs rhs(model);
  num::DormandPrince<ModelRhs> explicit_stepper(n, tolerance(1e-5));
  num::Rosenbrock<ModelRhs> implicit_stepper(n, tolerance(1e-5), jacobian_pattern(model));
  const std::vector<double> a = half_year(model, explicit_stepper, rhs);
  const std::vector<double> b = half_year(model, implicit_stepper, rhs);
  for (int i = 1; i < n; ++i) {  // the depot is empty: there is nothing to compare
    DW_CHECK(std::abs(a[i] - b[i]) <= 1e-3 * std::abs(a[i]), "the methods disagree");
  }
  std::vector<double> ratios;
  for (auto round : state) {
    static_cast<void>(round);
    const double explicit_s = seconds(model, explicit_stepper, rhs);
    const double implicit_s = seconds(model, implicit_stepper, rhs);
    ratios.push_back(implicit_s / explicit_s);
  }
  std::ranges::sort(ratios);
  state.counters["implicit_over_explicit"] = ratios[ratios.size() / 2];
  state.counters["lower_quartile"] = ratios[ratios.size() / 4];
  state.counters["upper_quartile"] = ratios[3 * ratios.size() / 4];
  state.counters["evaluations_a_week_explicit"] =
      static_cast<double>(explicit_stepper.counts().evaluations) / kWeeks;
  state.counters["evaluations_a_week_implicit"] =
      static_cast<double>(implicit_stepper.counts().evaluations) / kWeeks;
  state.SetLabel("hash " + std::to_string(hash(a)));
}
BENCHMARK(explicit_against_implicit);

void subject_weeks(benchmark::State& state) {
  const model::Model model = liver_model();
  const double relative = std::pow(10.0, -static_cast<double>(state.range(0)));
  const int doses_a_week = static_cast<int>(state.range(1));
  Subject subject(model, tolerance(relative));
  const std::vector<double> parameters = liver_parameters(), covariates = liver_covariates();
  for (auto round : state) {
    static_cast<void>(round);
    subject.reset(parameters, covariates);
    for (int dose = 0; dose < kWeeks * doses_a_week; ++dose) {
      subject.dose(200.0 / doses_a_week);
      const num::Status status = subject.advance(subject.now() + kMinutesPerWeek / doses_a_week);
      DW_CHECK(status == num::Status::kOk, num::to_text(status));
    }
    benchmark::DoNotOptimize(subject.output(2));
  }
  state.counters["evaluations_a_week"] = static_cast<double>(subject.counts().evaluations) / kWeeks;
  state.counters["subject_weeks"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kWeeks, benchmark::Counter::kIsRate);
}
BENCHMARK(subject_weeks)->ArgNames({"digits", "doses"})->ArgsProduct({{4, 5, 6}, {1, 7}});

}  // namespace
}  // namespace dosewright::sim
