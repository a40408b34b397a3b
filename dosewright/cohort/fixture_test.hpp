// Models and patients that the tests and benches of a cohort share.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "dosewright/base/random.hpp"
#include "dosewright/cohort/run.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::cohort {

// Two compartments after an injection under the skin. Absorption 0.3 /h, CL 3.6 L/h, Vc 17 L,
// Q 0.25 L/h, Vp 255 L: the size of an antisense oligonucleotide.
inline model::Model injected() {
  return sim::build({R"(
CP [mg/L] = CENTRAL / Vc
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP - Q * (CP - PERIPH / Vp)
d/dt(PERIPH) [mg] = Q * (CP - PERIPH / Vp)
)",
                     {{"ka", "1/h"}, {"CL", "L/h"}, {"Vc", "L"}, {"Q", "L/h"}, {"Vp", "L"}},
                     {},
                     {"CP"}});
}

// The same, a liver that keeps a part for a month, and LDL whose production it inhibits.
inline model::Model turnover() {
  return sim::build({R"(
CP [mg/L] = CENTRAL / Vc
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP - Q * (CP - PERIPH / Vp)
d/dt(PERIPH) [mg] = Q * (CP - PERIPH / Vp)
d/dt(LIVER) [mg] = f * CL * CP - k_liver * LIVER
E = Emax * LIVER / (L50 + LIVER)
d/dt(LDL) [mg/dL] = kout * (LDL0 * (1 - E) - LDL)
LDL(0) = LDL0
)",
                     {{"ka", "1/h"},
                      {"CL", "L/h"},
                      {"Vc", "L"},
                      {"Q", "L/h"},
                      {"Vp", "L"},
                      {"f", "1"},
                      {"k_liver", "1/h"},
                      {"Emax", "1"},
                      {"L50", "mg"},
                      {"kout", "1/h"}},
                     {{"LDL0", "mg/dL"}},
                     {"CP", "LIVER", "LDL"}});
}

// Every kind of driven state: a loss that is fixed, one that moves, one that is 0, one that reads
// the clock and the dose; a power and a logarithm; a constant production in the linear part.
inline model::Model many_kinds() {
  return sim::build({R"(
CP [mg/L] = CENTRAL / Vc
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP - Q * (CP - PERIPH / Vp)
d/dt(PERIPH) [mg] = Q * (CP - PERIPH / Vp)
d/dt(LIVER) [mg] = f * CL * CP - k_liver * LIVER
d/dt(STORE) [mg] = make - k_liver * STORE
STORE(0) = make / k_liver
saturation = (LIVER / L50) ^ 1.3 / (1 + (LIVER / L50) ^ 1.3)
E = Emax * saturation
remaining = log(1 - E)
drift = exp(0.1 * (1 - exp(-TAFD * slow)))
d/dt(LDL) [mg/dL] = kout * (LDL0 * drift * exp(0.6 * remaining) - LDL * exp(-0.4 * remaining))
LDL(0) = LDL0
d/dt(ALT) [U/L] = kout / 4 * (ALT0 * (1 + 2 * E) - ALT)
ALT(0) = ALT0
d/dt(SUM) [mg] = kout * LIVER + 0.001 * kout * DOSE
)",
                     {{"ka", "1/h"},
                      {"CL", "L/h"},
                      {"Vc", "L"},
                      {"Q", "L/h"},
                      {"Vp", "L"},
                      {"f", "1"},
                      {"k_liver", "1/h"},
                      {"Emax", "1"},
                      {"L50", "mg"},
                      {"kout", "1/h"},
                      {"slow", "1/h"},
                      {"make", "mg/h"}},
                     {{"LDL0", "mg/dL"}, {"ALT0", "U/L"}},
                     {"CP", "LIVER", "STORE", "LDL", "ALT", "SUM"}});
}

// A patient's parameters: the typical values above, lognormal with a standard deviation of 0.3.
inline void draw_patient(std::uint64_t patient, std::span<double> parameters,
                         std::span<double> covariates) {
  const double typical[] = {0.3,       3.6, 17,  0.25,      255,  0.18,
                            9.6270e-4, 0.6, 150, 0.25 / 24, 2e-4, 0.01};
  const Draws draws(20, patient, 1);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = draws.lognormal(static_cast<std::uint32_t>(i), typical[i], i == 7 ? 0.1 : 0.3);
  }
  const double levels[] = {1600, 25};
  for (std::size_t i = 0; i < covariates.size(); ++i) {
    covariates[i] = draws.lognormal(static_cast<std::uint32_t>(100 + i), levels[i], 0.2);
  }
}

// 200 mg a week; observed at the end of each week.
inline Schedule weekly(int weeks) {
  Schedule schedule;
  for (int week = 0; week < weeks; ++week) {
    schedule.doses.push_back({week * kMinutesPerWeek, 200});
    schedule.observe_at.push_back((week + 1) * kMinutesPerWeek);
  }
  return schedule;
}

// Values by patient: [patient][observation][output].
struct Collected {
  std::vector<double> values;
  std::vector<num::Status> statuses;
  CohortReport report;
};

inline Collected collect(const model::Model& model, const Schedule& schedule,
                         const CohortOptions& options, const DrawPatient& draw = draw_patient) {
  Collected result;
  const std::size_t n_outputs =
      options.outputs.empty() ? model.output_names.size() : options.outputs.size();
  const std::size_t size = schedule.observe_at.size() * n_outputs;
  result.values.resize(options.n * size);
  result.statuses.resize(options.n);
  const auto report = run_cohort(model, schedule, options, draw, [&](const ChunkResult& chunk) {
    for (int lane = 0; lane < chunk.n; ++lane) {
      const std::size_t patient = chunk.first - options.first + static_cast<std::size_t>(lane);
      result.statuses[patient] = chunk.statuses[static_cast<std::size_t>(lane)];
      for (std::size_t i = 0; i < size; ++i) {
        result.values[patient * size + i] =
            chunk.values[i * static_cast<std::size_t>(chunk.n) + static_cast<std::size_t>(lane)];
      }
    }
  });
  result.report = sim::good(report);
  return result;
}

inline std::uint64_t hash(const std::vector<double>& values) {  // FNV-1a over the bit patterns
  std::uint64_t result = 14695981039346656037ULL;
  for (const double value : values) {
    result = (result ^ std::bit_cast<std::uint64_t>(value)) * 1099511628211ULL;
  }
  return result;
}

// The largest difference relative to the largest size that the output has in that patient.
inline double difference(const std::vector<double>& a, const std::vector<double>& b,
                         std::size_t n_outputs, std::size_t per_patient) {
  double worst = 0;
  for (std::size_t first = 0; first < a.size(); first += per_patient) {
    for (std::size_t o = 0; o < n_outputs; ++o) {
      double size = 0, apart = 0;
      for (std::size_t i = first + o; i < first + per_patient; i += n_outputs) {
        size = std::max(size, std::abs(b[i]));
        apart = std::max(apart, std::abs(a[i] - b[i]));
      }
      if (!(apart <= worst * size)) worst = apart / size;
    }
  }
  return worst;
}

}  // namespace dosewright::cohort
