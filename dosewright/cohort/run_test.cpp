// A cohort's answers by patient: whatever the threads, chunks, widths and shards.
#include "dosewright/cohort/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dosewright/cohort/fixture_test.hpp"

namespace dosewright::cohort {
namespace {

CohortOptions options_for(std::uint64_t n) {
  CohortOptions options;
  options.n = n;
  options.threads = 2;
  options.chunk = 16;
  return options;
}

}  // namespace

TEST_CASE("the same bits for any number of threads, size of chunk and width of vector") {
  const model::Model model = many_kinds();
  const Schedule schedule = weekly(4);
  CohortOptions options = options_for(45);
  options.threads = 1;
  options.width = Width::kOne;
  const std::uint64_t expected = hash(collect(model, schedule, options).values);
  for (const Width width : kWidths) {
    if (!supported(width)) continue;
    options.width = width;
    for (const int threads : {1, 2, 3}) {
      for (const int chunk : {1, 7, 16, 64}) {
        options.threads = threads;
        options.chunk = chunk;
        CAPTURE(to_text(width));
        CAPTURE(threads);
        CAPTURE(chunk);
        CHECK(hash(collect(model, schedule, options).values) == expected);
      }
    }
  }
}

TEST_CASE("shards: a part of the cohort is that part of the whole") {
  const model::Model model = turnover();
  const Schedule schedule = weekly(3);
  const Collected whole = collect(model, schedule, options_for(40));
  std::vector<double> joined;
  for (const auto& [first, n] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 13}, {13, 20}, {33, 7}}) {
    CohortOptions options = options_for(n);
    options.first = first;
    const auto part = collect(model, schedule, options).values;
    joined.insert(joined.end(), part.begin(), part.end());
  }
  CHECK(hash(joined) == hash(whole.values));
}

TEST_CASE("who is left out gets the reference; who fails is counted; the others are untouched") {
  const model::Model model = many_kinds();
  const Schedule schedule = weekly(2);
  CohortOptions options = options_for(20);
  const Collected plain = collect(model, schedule, options);
  const auto odd = [](std::uint64_t patient, std::span<double> parameters,
                      std::span<double> covariates) {
    draw_patient(patient, parameters, covariates);
    if (patient == 4) parameters[0] = 40;  // absorbed within minutes
    if (patient == 9) parameters[2] = lang::kUnknown;
  };
  const Collected found = collect(model, schedule, options, odd);
  CHECK(found.report.patients == 20);
  CHECK(found.report.by_reference == 2);
  CHECK(found.report.failed == 1);
  CHECK(found.report.bytes_per_patient > 1000);
  CHECK(found.statuses[9] != num::Status::kOk);
  const std::size_t size = plain.values.size() / 20;
  for (std::size_t patient = 0; patient < 20; ++patient) {
    const bool same =
        std::equal(plain.values.begin() + static_cast<std::ptrdiff_t>(patient * size),
                   plain.values.begin() + static_cast<std::ptrdiff_t>((patient + 1) * size),
                   found.values.begin() + static_cast<std::ptrdiff_t>(patient * size));
    CHECK(same == (patient != 4 && patient != 9));
  }
  CHECK(std::isfinite(found.values[4 * size]));
}

TEST_CASE("a clearance that moves with the clock: no exact path, lanes all the same") {
  const auto draw = [](std::uint64_t patient, std::span<double> parameters,
                       std::span<double> covariates) {
    std::ranges::copy(sim::liver_parameters(), parameters.begin());
    std::ranges::copy(sim::liver_covariates(), covariates.begin());
    parameters[0] *= 1 + 0.01 * static_cast<double>(patient);
  };
  const model::Model model = sim::liver_model();
  REQUIRE_FALSE(split(model));
  CohortOptions options = options_for(6);
  options.chunk = 2;
  options.outputs = {2, 0};
  const Collected two = collect(model, weekly(3), options, draw);
  options.threads = 1;
  options.chunk = 4;
  const Collected one = collect(model, weekly(3), options, draw);
  CHECK(two.report.by_reference == 0);
  CHECK(two.report.bytes_per_patient > 1000);
  CHECK(hash(one.values) == hash(two.values));
  options.reference_only = true;
  options.tolerance.relative = 1e-10;
  const Collected reference = collect(model, weekly(3), options, draw);
  CHECK(reference.report.by_reference == 6);
  CHECK(difference(two.values, reference.values, 2, 6) < 1e-6);
}

TEST_CASE("saturable elimination is integrated by the reference, in parallel") {
  const model::Model model = sim::build(
      {"d/dt(A) [mg] = -Vmax * A / (Km + A)\n", {{"Vmax", "mg/h"}, {"Km", "mg"}}, {}, {"A"}});
  const auto draw = [](std::uint64_t patient, std::span<double> parameters, std::span<double>) {
    parameters[0] = 1 + static_cast<double>(patient);
    parameters[1] = 20;
  };
  CohortOptions options = options_for(6);
  options.chunk = 2;
  const Collected two = collect(model, weekly(1), options, draw);
  options.threads = 1;
  options.chunk = 4;
  CHECK(two.report.by_reference == 6);
  CHECK(hash(collect(model, weekly(1), options, draw).values) == hash(two.values));
}

TEST_CASE("what cannot be run is told, all of it") {
  Schedule schedule = weekly(2);
  schedule.start = kMinutesPerDay;
  schedule.doses[1].mg = -1;
  CohortOptions options = options_for(1);
  options.chunk = 0;
  options.outputs = {0, 7};
  const auto result =
      run_cohort(turnover(), schedule, options, draw_patient, [](const ChunkResult&) {});
  REQUIRE_FALSE(result.ok());
  const std::string text = to_text(result.faults());
  CHECK(result.faults().size() == 4);
  CHECK(text.find("a chunk has 1 patient or more, found 0") != std::string::npos);
  CHECK(text.find("outputs 0 to 2, found 7") != std::string::npos);
  CHECK(text.find("the amount must be 0 mg or more") != std::string::npos);
}

}  // namespace dosewright::cohort
