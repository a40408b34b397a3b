// B1, B2 and B5 of docs/performance.md. The candidates run interleaved in one process, after their
// answers have been held against a reference at 1e-10; ratios come with quartiles over the rounds,
// answers with a hash of their bits.
//
//   B1: two compartments, 200 mg under the skin each week, 104 weeks, one observation a week.
//   B2: B1, a liver that keeps a part for a month, and LDL whose production it inhibits.
//   B5: one register program: batch against scalar, and against the peak of the processor.
#include <benchmark/benchmark.h>
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include "dosewright/cohort/chunk.hpp"
#include "dosewright/cohort/fixture_test.hpp"
#include "dosewright/sim/subject.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dosewright::cohort {
namespace {

constexpr int kWeeks = 104;
#ifdef NDEBUG
constexpr std::uint64_t kPatients = 10'000;
constexpr int kRepeats = 2000;
#else
constexpr std::uint64_t kPatients = 64;  // small where nothing is optimised: only answers count
constexpr int kRepeats = 5;
#endif
constexpr std::uint64_t kSlowPatients = 4;  // of the candidates that take them one at a time

double seconds(const std::function<void()>& work) {  // of the processor, not of the wall
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// ---- CVODE, one patient at a time ---------------------------------------------------------------

int slopes(double t, N_Vector y, N_Vector dydt, void* data) {
  (*static_cast<sim::ModelRhs*>(data))(t, NV_DATA_S(y), NV_DATA_S(dydt));
  return 0;
}

// One solver, made once; started anew at each patient and each dose.
class Cvode {
 public:
  Cvode(const model::Model& model, double relative)
      : model_(model),
        rhs_(model),
        initial_(model, model.initial),
        outputs_(model, model.outputs),
        n_(static_cast<sunindextype>(model.states.size())),
        relative_(relative) {
    DW_CHECK(SUNContext_Create(nullptr, &context_) == 0, "CVODE");
    state_ = N_VNew_Serial(n_, context_);
    matrix_ = SUNDenseMatrix(n_, n_, context_);
    solver_ = SUNLinSol_Dense(state_, matrix_, context_);
    memory_ = CVodeCreate(CV_BDF, context_);
    N_VConst(0, state_);
    good(CVodeInit(memory_, slopes, 0, state_));
    good(CVodeSStolerances(memory_, relative, relative * 1e-4));
    good(CVodeSetUserData(memory_, &rhs_));
    good(CVodeSetMaxNumSteps(memory_, 100'000));
    good(CVodeSetLinearSolver(memory_, solver_, matrix_));
  }
  ~Cvode() {
    CVodeFree(&memory_);
    SUNLinSolFree(solver_);
    SUNMatDestroy(matrix_);
    N_VDestroy(state_);
    SUNContext_Free(&context_);
  }
  Cvode(const Cvode&) = delete;
  Cvode& operator=(const Cvode&) = delete;

  // [patient][week][output]
  std::vector<double> run(std::uint64_t n) {
    std::vector<double> result;
    for (std::uint64_t patient = 0; patient < n; ++patient) one(patient, result);
    return result;
  }
  double relative() const { return relative_; }

 private:
  static void good(int flag) { DW_CHECK(flag >= 0, "CVODE: " + std::to_string(flag)); }

  void one(std::uint64_t patient, std::vector<double>& result) {
    std::vector<double> parameters(model_.parameters.size()), covariates(model_.covariates.size());
    draw_patient(patient, parameters, covariates);
    for (sim::ModelProgram* program : {&rhs_.program, &initial_, &outputs_}) {
      program->set_subject(parameters, covariates);
      program->set_dose(200);
      program->set_first_dose(0);
    }
    initial_.evaluate(0, nullptr, 0);
    double* const y = NV_DATA_S(state_);
    for (int i = 0; i < static_cast<int>(n_); ++i) y[i] = initial_.result(i);
    for (int week = 0; week < kWeeks; ++week) {
      y[model_.dose_state] += 200;
      double t = 168.0 * week;
      const double end = 168.0 * (week + 1);
      good(CVodeReInit(memory_, t, state_));
      good(CVodeSetStopTime(memory_, end));
      good(CVode(memory_, end, state_, &t, CV_NORMAL));
      outputs_.evaluate(end, y, static_cast<int>(n_));
      for (int i = 0; i < outputs_.n_results(); ++i) result.push_back(outputs_.result(i));
    }
  }

  const model::Model& model_;
  sim::ModelRhs rhs_;
  sim::ModelProgram initial_, outputs_;
  sunindextype n_;
  double relative_;
  SUNContext context_ = nullptr;
  N_Vector state_ = nullptr;
  SUNMatrix matrix_ = nullptr;
  SUNLinearSolver solver_ = nullptr;
  void* memory_ = nullptr;
};

// ---- B1 and B2
// ------------------------------------------------------------------------------------

CohortOptions on_one_core(std::uint64_t n) {
  CohortOptions options;
  options.n = n;
  options.threads = 1;
  return options;
}

CohortOptions by_steps(std::uint64_t n, double relative) {
  CohortOptions options = on_one_core(n);
  options.reference_only = true;
  options.tolerance.relative = relative;
  return options;
}

double apart(const model::Model& model, const std::vector<double>& a,
             const std::vector<double>& b) {
  return difference(a, b, model.output_names.size(), model.output_names.size() * kWeeks);
}

struct Quartiles {
  std::vector<double> values;
  void report(benchmark::State& state, const std::string& name) {
    std::ranges::sort(values);
    state.counters[name] = values[values.size() / 2];
    state.counters[name + "_q1"] = values[values.size() / 4];
    state.counters[name + "_q3"] = values[3 * values.size() / 4];
  }
};

// The largest power of ten as tolerance that keeps the error below 1e-6: equal accuracy, with the
// exact path still at least as accurate.
template <class Solve>
double tolerance_for(const model::Model& model, const std::vector<double>& truth, double& error,
                     const Solve& solve) {
  for (double relative = 1e-5; relative > 1e-12; relative /= 10) {
    error = apart(model, solve(relative), truth);
    if (error <= 1e-6) return relative;
  }
  DW_CHECK(false, "no tolerance keeps the error below 1e-6");
  return 0;
}

void open_loop(benchmark::State& state, const model::Model& model) {
  const Schedule schedule = weekly(kWeeks);
  const auto truth = collect(model, schedule, by_steps(kSlowPatients, 1e-10)).values;
  const auto exact = collect(model, schedule, on_one_core(kSlowPatients)).values;
  const double error = apart(model, exact, truth);
  DW_CHECK(error <= 1e-6, "the exact path disagrees with the reference");
  double stepped_error = 0, cvode_error = 0;
  const double stepped = tolerance_for(model, truth, stepped_error, [&](double relative) {
    return collect(model, schedule, by_steps(kSlowPatients, relative)).values;
  });
  const double relative = tolerance_for(model, truth, cvode_error, [&](double tolerance) {
    return Cvode(model, tolerance).run(kSlowPatients);
  });
  Cvode cvode(model, relative);
  std::uint64_t bits = 0;
  Quartiles ns, ns_stepped, ns_cvode, over_stepped, over_cvode;
  const double patient_weeks = static_cast<double>(kPatients) * kWeeks;
  const double slow_weeks = static_cast<double>(kSlowPatients) * kWeeks;
  for (auto round : state) {
    static_cast<void>(round);
    const double fast = 1e9 / patient_weeks * seconds([&] {
                          bits = hash(collect(model, schedule, on_one_core(kPatients)).values);
                        });
    const double steps =
        1e9 / slow_weeks * seconds([&] {
          benchmark::DoNotOptimize(collect(model, schedule, by_steps(kSlowPatients, stepped)));
        });
    const double judge =
        1e9 / slow_weeks * seconds([&] { benchmark::DoNotOptimize(cvode.run(kSlowPatients)); });
    ns.values.push_back(fast);
    ns_stepped.values.push_back(steps);
    ns_cvode.values.push_back(judge);
    over_stepped.values.push_back(steps / fast);
    over_cvode.values.push_back(judge / fast);
  }
  ns.report(state, "ns_patient_week");
  ns_stepped.report(state, "ns_by_steps");
  ns_cvode.report(state, "ns_cvode");
  over_stepped.report(state, "steps_over_exact");
  over_cvode.report(state, "cvode_over_exact");
  state.counters["error"] = error;
  state.counters["error_by_steps"] = stepped_error;
  state.counters["error_cvode"] = cvode_error;
  state.counters["tolerance_cvode"] = relative;
  state.SetLabel("hash " + std::to_string(bits));
}

void b1_two_compartments(benchmark::State& state) {
  open_loop(state, injected());
}
BENCHMARK(b1_two_compartments)->Unit(benchmark::kMillisecond);

void b2_turnover(benchmark::State& state) {
  open_loop(state, turnover());
}
BENCHMARK(b2_turnover)->Unit(benchmark::kMillisecond);

// Without what surrounds it: drawing patients, keeping every answer.
void chunk_alone(benchmark::State& state, const model::Model& model) {
  const Split parts = *split(model);
  Chunk chunk(model, parts, 64);
  std::vector<double> parameters(model.parameters.size()), covariates(model.covariates.size());
  for (int lane = 0; lane < 64; ++lane) {
    draw_patient(static_cast<std::uint64_t>(lane), parameters, covariates);
    int i = 0;
    for (const double value : parameters) chunk.given(i++)[static_cast<std::size_t>(lane)] = value;
    for (const double value : covariates) chunk.given(i++)[static_cast<std::size_t>(lane)] = value;
  }
  const std::vector<double> amounts(64, 200.0);
  const auto weeks = static_cast<int>(state.range(0));
  for (auto round : state) {
    static_cast<void>(round);
    chunk.start(0);
    for (int week = 1; week <= weeks; ++week) {
      chunk.dose(amounts);
      chunk.advance(week * kMinutesPerWeek);
      benchmark::DoNotOptimize(chunk.output(0).data());
    }
  }
  state.counters["ns_patient_week"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * weeks * 64 * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_patient"] = static_cast<double>(chunk.bytes()) / 64;
}

void b1_chunk(benchmark::State& state) {
  chunk_alone(state, injected());
}
BENCHMARK(b1_chunk)->ArgName("weeks")->Arg(1)->Arg(kWeeks);
void b2_chunk(benchmark::State& state) {
  chunk_alone(state, turnover());
}
BENCHMARK(b2_chunk)->ArgName("weeks")->Arg(1)->Arg(kWeeks);

void b2_threads(benchmark::State& state) {
  const model::Model model = turnover();
  const Schedule schedule = weekly(kWeeks);
  CohortOptions options = on_one_core(kPatients);
  options.threads = static_cast<int>(state.range(0));
  for (auto round : state) {
    static_cast<void>(round);
    benchmark::DoNotOptimize(
        run_cohort(model, schedule, options, draw_patient, [](const ChunkResult&) {}));
  }
  state.counters["patients"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(kPatients),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(b2_threads)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// ---- B5
// -------------------------------------------------------------------------------------------

#if defined(__x86_64__)
// Multiplications and additions of 12 independent vectors in registers: 2 operations a lane.
__attribute__((target("avx512f"))) double peak_eight(int rounds) {
  __m512d sums[12];
  for (int k = 0; k < 12; ++k) sums[k] = _mm512_set1_pd(1 + 0.1 * k);
  const __m512d a = _mm512_set1_pd(0.999), b = _mm512_set1_pd(1e-3);
  for (int i = 0; i < rounds; ++i) {
    for (auto& sum : sums) sum = sum * a + b;
  }
  double total = 0;
  for (const auto& sum : sums) total += sum[0];
  return total;
}
__attribute__((target("avx2"))) double peak_four(int rounds) {
  __m256d sums[12];
  for (int k = 0; k < 12; ++k) sums[k] = _mm256_set1_pd(1 + 0.1 * k);
  const __m256d a = _mm256_set1_pd(0.999), b = _mm256_set1_pd(1e-3);
  for (int i = 0; i < rounds; ++i) {
    for (auto& sum : sums) sum = sum * a + b;
  }
  double total = 0;
  for (const auto& sum : sums) total += sum[0];
  return total;
}
#endif

// Operations of doubles a nanosecond, at best.
double peak(Width width, int rounds) {
#if defined(__x86_64__)
  if (width == Width::kAvx512 || width == Width::kAvx2) {
    const bool eight = width == Width::kAvx512;
    const double s =
        seconds([&] { benchmark::DoNotOptimize(eight ? peak_eight(rounds) : peak_four(rounds)); });
    return 2.0 * 12 * (eight ? 8 : 4) * rounds / s * 1e-9;
  }
#endif
  static_cast<void>(width);
  static_cast<void>(rounds);
  return 0;
}

struct Loop {
  const lang::Program* program;
  std::vector<std::vector<double>> lanes;  // registers of each
  std::unique_ptr<lang::Batch> batch;
};

Loop make_loop(const lang::Program& program, Width width) {
  constexpr int kLanes = 64;
  Loop loop{&program, {}, std::make_unique<lang::Batch>(program, kLanes, width)};
  for (int lane = 0; lane < kLanes; ++lane) {
    auto& registers = loop.lanes.emplace_back(static_cast<std::size_t>(program.n_registers), 0.0);
    lang::load(program, registers);
    const Draws draws(5, static_cast<std::uint64_t>(lane), 1);
    for (int i = 0; i < program.n_inputs; ++i) {
      const double value = 0.5 + draws.uniform(static_cast<std::uint32_t>(i));
      registers[static_cast<std::size_t>(i)] = value;
      loop.batch->input(i)[static_cast<std::size_t>(lane)] = value;
    }
    lang::run_prologue(program, registers);
    lang::run(program, registers);
  }
  loop.batch->run_prologue();
  loop.batch->run();
  for (std::size_t o = 0; o < program.outputs.size(); ++o) {
    for (std::size_t lane = 0; lane < loop.lanes.size(); ++lane) {
      DW_CHECK(
          loop.batch->output(static_cast<int>(o))[lane] == loop.lanes[lane][program.outputs[o]],
          "batch and scalar disagree");
    }
  }
  return loop;
}

void lanes(benchmark::State& state, const lang::Program& program) {
  const Width width = kWidths[static_cast<std::size_t>(state.range(0))];
  if (!supported(width)) {
    state.SkipWithError("this processor has no such width");
    return;
  }
  Loop loop = make_loop(program, width);
  const auto n = static_cast<double>(loop.lanes.size()) * kRepeats;
  Quartiles ns, ns_scalar, ratio, of_peak;
  const auto steps = static_cast<double>(program.instructions.size()) - program.n_prologue;
  for (auto round : state) {
    static_cast<void>(round);
    const double batch = 1e9 / n * seconds([&] {
                           for (int i = 0; i < kRepeats; ++i) loop.batch->run();
                         });
    const double scalar = 1e9 / n * seconds([&] {
                            for (int i = 0; i < kRepeats; ++i) {
                              for (auto& registers : loop.lanes) lang::run(program, registers);
                            }
                          });
    ns.values.push_back(batch);
    ns_scalar.values.push_back(scalar);
    ratio.values.push_back(scalar / batch);
    const double best = peak(width, kRepeats * 500);
    if (best > 0) of_peak.values.push_back(steps / batch / best);
    state.counters["peak_ops_ns"] = best;
  }
  ns.report(state, "ns_lane");
  ns_scalar.report(state, "ns_scalar");
  ratio.report(state, "scalar_over_batch");
  if (!of_peak.values.empty()) of_peak.report(state, "instructions_of_peak");
  state.counters["instructions"] = steps;
  state.SetLabel(to_text(width));
}

void b5_arithmetic(benchmark::State& state) {
  const model::Model model = sim::two_compartments();
  lanes(state, model.rhs);
}
BENCHMARK(b5_arithmetic)->ArgName("width")->DenseRange(1, 3);

void b5_exponentials(benchmark::State& state) {
  const model::Model model = sim::liver_model();
  lanes(state, model.rhs);
}
BENCHMARK(b5_exponentials)->ArgName("width")->DenseRange(1, 3);

}  // namespace
}  // namespace dosewright::cohort
