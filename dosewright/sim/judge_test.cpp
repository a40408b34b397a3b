// Models that are not linear, judged by SUNDIALS CVODE (BDF) restarted at every event: saturable
// elimination, target-mediated disposition (stiff), indirect response; and their steady states by
// giving very many doses.
#include <cvode/cvode.h>
#include <doctest/doctest.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <cmath>

#include "dosewright/sim/event_fixture_test.hpp"

namespace dosewright::sim {
namespace {

// Hands the model's own derivatives, with one infusion, to another solver.
struct Judged {
  ModelRhs* rhs;
  double rate;
};

int slopes(double t, N_Vector y, N_Vector dydt, void* data) {
  auto* const judged = static_cast<Judged*>(data);
  (*judged->rhs)(t, NV_DATA_S(y), NV_DATA_S(dydt));
  NV_DATA_S(dydt)[0] += judged->rate;
  return 0;
}

void cvode(Judged judged, std::vector<double>& y, double from, double to) {
  SUNContext context = nullptr;
  REQUIRE(SUNContext_Create(nullptr, &context) == 0);
  const auto n = static_cast<sunindextype>(y.size());
  N_Vector state = N_VMake_Serial(n, y.data(), context);
  SUNMatrix matrix = SUNDenseMatrix(n, n, context);
  SUNLinearSolver solver = SUNLinSol_Dense(state, matrix, context);
  void* memory = CVodeCreate(CV_BDF, context);
  REQUIRE(CVodeInit(memory, slopes, from, state) == CV_SUCCESS);
  REQUIRE(CVodeSStolerances(memory, 1e-12, 1e-15) == CV_SUCCESS);
  REQUIRE(CVodeSetUserData(memory, &judged) == CV_SUCCESS);
  REQUIRE(CVodeSetMaxNumSteps(memory, 1000000) == CV_SUCCESS);
  REQUIRE(CVodeSetStopTime(memory, to) == CV_SUCCESS);
  REQUIRE(CVodeSetLinearSolver(memory, solver, matrix) == CV_SUCCESS);
  double t = from;
  REQUIRE(CVode(memory, to, state, &t, CV_NORMAL) >= 0);
  CVodeFree(&memory);
  SUNLinSolFree(solver);
  SUNMatDestroy(matrix);
  N_VDestroy(state);
  SUNContext_Free(&context);
}

struct Problem {
  TestModel source;
  std::vector<double> parameters;
};

// [Dayneka1993, model I] on a saturable elimination.
Problem turnover() {
  return {{R"(
CP [mg/L] = CENTRAL / V
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - Vmax * CP / (Km + CP)
d/dt(RESP) [1] = kin * (1 - CP / (IC50 + CP)) - kout * RESP
RESP(0) = kin / kout
)",
           {{"ka", "1/h"},
            {"V", "L"},
            {"Vmax", "mg/h"},
            {"Km", "mg/L"},
            {"kin", "1/h"},
            {"kout", "1/h"},
            {"IC50", "mg/L"}},
           {},
           {"CP", "RESP"}},
          {0.8, 20, 15, 2, 5, 0.05, 1}};
}

// A drug bound by its target a thousand times faster than it is eliminated.
Problem target_mediated() {
  return {{R"(
d/dt(FREE) [mg] = -ke * FREE - kon * FREE * TARGET / VREF + koff * BOUND
d/dt(TARGET) [mg] = ksyn - kdeg * TARGET - kon * FREE * TARGET / VREF + koff * BOUND
d/dt(BOUND) [mg] = kon * FREE * TARGET / VREF - koff * BOUND - kint * BOUND
TARGET(0) = ksyn / kdeg
seen [mg] = FREE
held [mg] = BOUND
)",
           {{"ke", "1/h"},
            {"kon", "1/h"},
            {"VREF", "mg"},
            {"koff", "1/h"},
            {"ksyn", "mg/h"},
            {"kdeg", "1/h"},
            {"kint", "1/h"}},
           {},
           {"seen", "held"}},
          {0.05, 200, 1, 5, 0.5, 0.1, 0.2}};
}

bool near(double a, double b, double scale) {
  return std::abs(a - b) <= 1e-7 * (std::abs(b) + 1e-3 * scale);
}

void judge(const Problem& problem, const Event& dose, double interval) {
  Trial trial(problem.source, problem.parameters);
  trial.tolerance(1e-10);
  const std::vector<Event> events = {repeated(dose, interval, 2), observe(interval / 2),
                                     observe(1.3 * interval), observe(4 * interval)};
  const auto first = trial.run(events, 0), second = trial.run(events, 1);
  REQUIRE(trial.reason() == "");
  CHECK_FALSE(trial.exact());

  const model::Model model = build(problem.source);
  ModelRhs rhs(model);
  rhs.program.set_subject(problem.parameters, {});
  ModelProgram initial(model, model.initial), outputs(model, model.outputs);
  initial.set_subject(problem.parameters, {});
  outputs.set_subject(problem.parameters, {});
  initial.evaluate(0, nullptr, 0);
  std::vector<double> y;
  for (int i = 0; i < initial.n_results(); ++i) y.push_back(initial.result(i));
  const bool infused = dose.rate_kind == RateKind::kGiven;
  const double length = infused ? dose.amount / dose.rate : 0;
  double now = 0;
  const auto go = [&](double to) {  // at most over one start and one end of an infusion
    const double begun = std::floor(now / interval) * interval;
    const double end = now < 3 * interval ? begun + length : now;
    if (infused && now < end) cvode({&rhs, dose.rate}, y, now, std::min(end, to));
    if (std::max(end, now) < to) cvode({&rhs, 0}, y, std::max(end, now), to);
    now = to;
    outputs.evaluate(now, y.data(), static_cast<int>(y.size()));
  };
  const auto give = [&] { y[0] += infused ? 0 : dose.amount; };
  give();
  std::size_t seen = 0;
  for (const double stop :
       {interval / 2, interval, 1.3 * interval, 2 * interval, 3 * interval, 4 * interval}) {
    go(stop);
    if (stop == interval || stop == 2 * interval) give();
    if (stop == 3 * interval || stop == interval || stop == 2 * interval) continue;
    CAPTURE(stop);
    CHECK(near(first[seen], outputs.result(0), first[0]));
    CHECK(near(second[seen], outputs.result(1), second[0]));
    ++seen;
  }
}

void steady_is_many(const Problem& problem, const Event& dose, double interval, int doses) {
  Trial trial(problem.source, problem.parameters);
  trial.tolerance(1e-9);
  const std::vector<Event> seen = {observe(0.5), observe(interval - 0.5)};
  Event many = repeated(dose, interval, doses);
  many.time_h = -doses * interval;
  for (int output = 0; output < 2; ++output) {
    CAPTURE(output);
    const auto steady = trial.run({repeated(dose, interval, 0, 1), seen[0], seen[1]}, output);
    REQUIRE(trial.reason() == "");
    const auto written = trial.run({many, seen[0], seen[1]}, output);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(std::abs(steady[i] - written[i]) <= 1e-6 * std::abs(written[i]));
    }
  }
}

}  // namespace

TEST_CASE("an indirect response to a drug with saturable elimination agrees with CVODE") {
  judge(turnover(), bolus(0, 100), 24);
  judge(turnover(), infusion(0, 100, 20), 24);
}

TEST_CASE("stiff: a drug that binds its target fast agrees with CVODE") {
  judge(target_mediated(), bolus(0, 20), 12);
  judge(target_mediated(), infusion(0, 20, 4), 12);
}

TEST_CASE("the steady state of a model that is not linear is that of very many doses") {
  steady_is_many(turnover(), bolus(0, 100), 12, 60);
  steady_is_many(turnover(), infusion(0, 100, 25), 12, 60);
  steady_is_many(target_mediated(), bolus(0, 20), 24, 60);
}

TEST_CASE("a constant infusion, and none at all, at the steady state of such a model") {
  Trial trial(turnover().source, turnover().parameters);
  const auto seen = trial.run({repeated(infusion(0, 0, 5, 1), 0, 0, 1), observe(0)}, 0);
  // Vmax C / (Km + C) = rate.
  CHECK(std::abs(seen.at(0) - 5 * 2 / (15.0 - 5)) < 1e-8);
  Trial alone(target_mediated().source, target_mediated().parameters);
  const auto target = alone.run({repeated(bolus(0, 0), 0, 0, 1), observe(0)}, 0);
  CHECK(alone.reason() == "");
  CHECK(target.at(0) == doctest::Approx(0));
}

TEST_CASE("more than can be eliminated has no steady state, and says so") {
  Trial trial(turnover().source, turnover().parameters);
  trial.run({repeated(bolus(0, 500), 12, 0, 1), observe(0)});
  CHECK(trial.reason().starts_with("no steady state"));
  trial.run({repeated(infusion(0, 0, 20, 1), 0, 0, 1), observe(0)});
  CHECK(trial.reason().starts_with("no steady state"));
}

}  // namespace dosewright::sim
