// A chunk against the adaptive reference, patient by patient, and against itself in other widths.
#include "dosewright/cohort/chunk.hpp"

#include <doctest/doctest.h>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/cohort/fixture_test.hpp"
#include "dosewright/cohort/quadrature.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::cohort {
namespace {

num::Tolerance tight() {
  num::Tolerance tolerance;
  tolerance.relative = 1e-10;
  tolerance.floor_of_peak = 1e-3;
  return tolerance;
}

void write_patients(Chunk& chunk, const model::Model& model) {
  std::vector<double> parameters(model.parameters.size()), covariates(model.covariates.size());
  for (int lane = 0; lane < chunk.n_lanes(); ++lane) {
    draw_patient(static_cast<std::uint64_t>(lane), parameters, covariates);
    int i = 0;
    for (const double value : parameters) chunk.given(i++)[static_cast<std::size_t>(lane)] = value;
    for (const double value : covariates) chunk.given(i++)[static_cast<std::size_t>(lane)] = value;
  }
}

// Exact path and reference over the same events; the largest relative difference.
double worst_difference(const model::Model& model, const Schedule& schedule, std::uint64_t n) {
  CohortOptions options;
  options.n = n;
  options.chunk = 5;
  options.threads = 1;
  options.tolerance = tight();
  const Collected exact = collect(model, schedule, options);
  CHECK(exact.report.by_reference == 0);
  options.reference_only = true;
  const Collected reference = collect(model, schedule, options);
  CHECK(reference.report.by_reference == n);
  const std::size_t n_outputs = model.output_names.size();
  return difference(exact.values, reference.values, n_outputs,
                    n_outputs * schedule.observe_at.size());
}

Schedule uneven() {
  Schedule schedule;
  schedule.start = -14 * kMinutesPerDay;
  schedule.doses = {{0, 200},
                    {3 * kMinutesPerDay, 70},
                    {3 * kMinutesPerDay, 30},
                    {17 * kMinutesPerDay + 61, 0},
                    {40 * kMinutesPerDay, 400}};
  schedule.observe_at = {-kMinutesPerDay,
                         0,
                         60,
                         200,
                         3 * kMinutesPerDay,
                         5 * kMinutesPerDay,
                         40 * kMinutesPerDay + 30,
                         90 * kMinutesPerDay};
  return schedule;
}

}  // namespace

TEST_CASE("Gauss rules integrate polynomials, their interpolation is exact") {
  for (const int n : {1, 2, 5, 12}) {
    const Rule rule = gauss_rule(n);
    for (int power = 0; power < 2 * n; ++power) {
      double sum = 0;
      for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
        sum += rule.weights[i] * std::pow(rule.nodes[i], power);
      }
      CHECK(sum == doctest::Approx(1.0 / (power + 1)).epsilon(1e-13));
    }
  }
  const Interpolation& table = interpolation();
  for (std::size_t i = 0; i < kNodes; ++i) {  // of u^3
    double integral = 0, second = 0;
    for (std::size_t j = 0; j < kNodes; ++j) {
      integral += table.integral[i][j] * std::pow(table.nodes[j], 3);
      second += table.at_one[j][2] * std::pow(table.nodes[j], 3);
    }
    CHECK(integral == doctest::Approx(std::pow(table.nodes[i], 4) / 4).epsilon(1e-12));
    CHECK(second == doctest::Approx(6));
  }
}

TEST_CASE("linear: agrees with the adaptive reference to 1e-8") {
  CHECK(worst_difference(injected(), weekly(20), 6) < 1e-8);
  CHECK(worst_difference(injected(), uneven(), 6) < 1e-8);
}

TEST_CASE("driven states: agree with the adaptive reference to 1e-6") {
  CHECK(worst_difference(turnover(), weekly(30), 7) < 1e-6);
  CHECK(worst_difference(turnover(), uneven(), 7) < 1e-6);
  CHECK(worst_difference(many_kinds(), weekly(20), 7) < 1e-6);
  CHECK(worst_difference(many_kinds(), uneven(), 7) < 1e-6);
}

TEST_CASE("every width gives the same bits, and a lane does not know its neighbours") {
  const model::Model model = many_kinds();
  const Split parts = *split(model);
  std::vector<double> first;
  for (const Width width : kWidths) {
    if (!supported(width)) continue;
    for (const int n_lanes : {1, 7, 16}) {
      Chunk chunk(model, parts, n_lanes, width);
      write_patients(chunk, model);
      chunk.start(0);
      std::vector<double> seen;
      for (int week = 1; week <= 3; ++week) {
        chunk.dose(std::vector<double>(static_cast<std::size_t>(n_lanes), 150));
        chunk.advance(week * kMinutesPerWeek - 1000);
        for (int i = 0; i < 6; ++i) seen.push_back(chunk.output(i)[0]);
        chunk.advance(week * kMinutesPerWeek);
      }
      if (first.empty()) first = seen;
      CAPTURE(to_text(width));
      CHECK(hash(seen) == hash(first));
    }
  }
}

TEST_CASE("a lane that gets no dose is a patient on none; each has its own first dose") {
  const model::Model model = many_kinds();
  const Split parts = *split(model);
  Chunk chunk(model, parts, 3);
  write_patients(chunk, model);
  chunk.start(0);
  chunk.dose(std::vector<double>{200, lang::kUnknown, lang::kUnknown});
  chunk.advance(kMinutesPerWeek);
  chunk.dose(std::vector<double>{lang::kUnknown, 100, lang::kUnknown});
  chunk.advance(4 * kMinutesPerWeek);
  sim::Subject subject(model, tight());
  std::vector<double> parameters(model.parameters.size()), covariates(model.covariates.size());
  for (int lane = 0; lane < 3; ++lane) {
    draw_patient(static_cast<std::uint64_t>(lane), parameters, covariates);
    subject.reset(parameters, covariates);
    if (lane == 0) subject.dose(200);
    subject.advance(kMinutesPerWeek);
    if (lane == 1) subject.dose(100);
    subject.advance(4 * kMinutesPerWeek);
    for (int i = 0; i < 6; ++i) {
      CAPTURE(lane);
      CAPTURE(i);
      CHECK(chunk.output(i)[static_cast<std::size_t>(lane)] ==
            doctest::Approx(subject.output(i)).epsilon(1e-6));
    }
    CHECK_FALSE(chunk.left_out(lane));
  }
}

TEST_CASE("nothing is allocated after the constructor; memory is told") {
  const model::Model model = many_kinds();
  const Split parts = *split(model);
  Chunk chunk(model, parts, 64);
  write_patients(chunk, model);
  const std::vector<double> amounts(64, 200.0);
  const long before = allocations();
  chunk.start(0);
  double sum = 0;
  for (int week = 1; week <= 3; ++week) {
    chunk.dose(amounts);
    chunk.advance(week * kMinutesPerWeek);
    sum += chunk.output(3)[5];
  }
  CHECK(allocations() == before);
  CHECK(std::isfinite(sum));
  CHECK(chunk.bytes() > 64 * 1000);
  CHECK(chunk.bytes() < 64 * 100'000);
}

TEST_CASE("rates that the nodes do not resolve are left out") {
  const model::Model model = many_kinds();
  const Split parts = *split(model);
  Chunk chunk(model, parts, 4);
  write_patients(chunk, model);
  chunk.given(0)[1] = 40;   // an absorption of a minute
  chunk.given(9)[2] = 0.2;  // a loss that moves, of hours
  chunk.given(2)[3] = 0;    // no volume
  chunk.start(0);
  chunk.dose(std::vector<double>(4, 200.0));
  chunk.advance(kMinutesPerWeek);
  CHECK_FALSE(chunk.left_out(0));
  CHECK(chunk.left_out(1));
  CHECK(chunk.left_out(2));
  CHECK(chunk.left_out(3));
}

}  // namespace dosewright::cohort
