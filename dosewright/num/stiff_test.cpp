// Stiff problems, judged by SUNDIALS CVODE (BDF) with far tighter tolerances.
#include <cvode/cvode.h>
#include <doctest/doctest.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <cmath>
#include <vector>

#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/num/rosenbrock.hpp"
#include "dosewright/num/stiff_aware.hpp"

namespace dosewright::num {
namespace {

struct VanDerPol {  // [Hairer1996, IV.1], in the scaling where the stiffness is mu
  double mu = 1000;
  void operator()(double, const double* y, double* dydt) const {
    dydt[0] = y[1];
    dydt[1] = mu * (1 - y[0] * y[0]) * y[1] - y[0];
  }
};

struct Robertson {  // [Robertson1966]
  void operator()(double, const double* y, double* dydt) const {
    const double slow = 0.04 * y[0], back = 1e4 * y[1] * y[2], fast = 3e7 * y[1] * y[1];
    dydt[0] = -slow + back;
    dydt[1] = slow - back - fast;
    dydt[2] = fast;
  }
};

// A drug bound to a target much faster than it is absorbed; reads the time.
struct FastBinding {
  void operator()(double t, const double* y, double* dydt) const {
    const double exchange = 2000 * (y[1] - 3 * y[2]);
    dydt[0] = -0.3 * y[0];
    dydt[1] = 0.3 * y[0] - 0.2 / (1 + 0.01 * t) * y[1] - exchange;
    dydt[2] = exchange;
  }
};

template <class Rhs>
int cvode_rhs(double t, N_Vector y, N_Vector dydt, void* data) {
  (*static_cast<Rhs*>(data))(t, NV_DATA_S(y), NV_DATA_S(dydt));
  return 0;
}

template <class Rhs>
std::vector<double> cvode(Rhs rhs, std::vector<double> y, double t_end) {
  SUNContext context = nullptr;
  REQUIRE(SUNContext_Create(nullptr, &context) == 0);
  const auto n = static_cast<sunindextype>(y.size());
  N_Vector state = N_VMake_Serial(n, y.data(), context);
  SUNMatrix matrix = SUNDenseMatrix(n, n, context);
  SUNLinearSolver solver = SUNLinSol_Dense(state, matrix, context);
  void* memory = CVodeCreate(CV_BDF, context);
  REQUIRE(CVodeInit(memory, cvode_rhs<Rhs>, 0.0, state) == CV_SUCCESS);
  REQUIRE(CVodeSStolerances(memory, 1e-12, 1e-14) == CV_SUCCESS);
  REQUIRE(CVodeSetUserData(memory, &rhs) == CV_SUCCESS);
  REQUIRE(CVodeSetMaxNumSteps(memory, 1000000) == CV_SUCCESS);
  REQUIRE(CVodeSetStopTime(memory, t_end) == CV_SUCCESS);
  REQUIRE(CVodeSetLinearSolver(memory, solver, matrix) == CV_SUCCESS);
  double t = 0;
  REQUIRE(CVode(memory, t_end, state, &t, CV_NORMAL) >= 0);
  CVodeFree(&memory);
  SUNLinSolFree(solver);
  SUNMatDestroy(matrix);
  N_VDestroy(state);
  SUNContext_Free(&context);
  return y;
}

template <class Stepper, class Rhs>
StepCounts compare(Rhs rhs, std::vector<double> y, double t_end, double floor) {
  const std::vector<double> judge = cvode(rhs, y, t_end);
  Tolerance tolerance;
  tolerance.relative = 1e-8;
  tolerance.absolute = 1e-12;
  tolerance.max_steps = 2000000;
  Stepper stepper(static_cast<int>(y.size()), tolerance);
  double t = 0;
  REQUIRE(stepper.advance(rhs, t, t_end, y) == Status::kOk);
  for (std::size_t i = 0; i < y.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(y[i] - judge[i]) < 1e-5 * std::abs(judge[i]) + floor);
  }
  return stepper.counts();
}

}  // namespace

TEST_CASE("Van der Pol, mu = 1000, agrees with CVODE") {
  compare<Rosenbrock<VanDerPol>>(VanDerPol{}, {2, 0}, 1500, 1e-9);
  compare<StiffAware<VanDerPol>>(VanDerPol{}, {2, 0}, 1500, 1e-9);
}

TEST_CASE("Van der Pol, mu = 5, agrees with CVODE by the explicit method as well") {
  compare<DormandPrince<VanDerPol>>(VanDerPol{5}, {2, 0}, 20, 1e-6);
  compare<Rosenbrock<VanDerPol>>(VanDerPol{5}, {2, 0}, 20, 1e-6);
}

TEST_CASE("Robertson's kinetics agree with CVODE over eight decades") {
  for (const double t_end : {0.4, 40.0, 4e4}) {
    CAPTURE(t_end);
    compare<Rosenbrock<Robertson>>(Robertson{}, {1, 0, 0}, t_end, 1e-11);
    compare<StiffAware<Robertson>>(Robertson{}, {1, 0, 0}, t_end, 1e-11);
  }
}

TEST_CASE("fast binding: stiffness is noticed, and the implicit method does far less work") {
  const std::vector<double> dose{200, 0, 0};
  const StepCounts explicit_counts =
      compare<DormandPrince<FastBinding>>(FastBinding{}, dose, 72, 1e-9);
  const StepCounts implicit_counts =
      compare<Rosenbrock<FastBinding>>(FastBinding{}, dose, 72, 1e-9);
  const StepCounts aware = compare<StiffAware<FastBinding>>(FastBinding{}, dose, 72, 1e-9);
  CHECK(implicit_counts.evaluations * 20 < explicit_counts.evaluations);
  CHECK(aware.evaluations < 2 * implicit_counts.evaluations);
}

TEST_CASE("the choice is made anew after a dose") {
  StiffAware<FastBinding> stepper(3, Tolerance{});
  FastBinding rhs;
  double t = 0;
  std::vector<double> y{200, 0, 0};
  CHECK(!stepper.stiff());
  REQUIRE(stepper.advance(rhs, t, 24, y) == Status::kOk);
  CHECK(stepper.stiff());
  y[0] += 200;
  stepper.restart();
  CHECK(!stepper.stiff());
  REQUIRE(stepper.advance(rhs, t, 48, y) == Status::kOk);
  CHECK(stepper.stiff());
}

TEST_CASE("columns that share no row are differenced together") {
  // A chain: state i feeds i + 1. Two groups, whatever the length.
  const int n = 9;
  std::vector<std::uint8_t> nonzero(n * n, 0);
  for (int i = 0; i < n; ++i) {
    nonzero[i * n + i] = 1;
    if (i > 0) nonzero[i * n + i - 1] = 1;
  }
  CHECK(sparse_pattern(n, nonzero).n_groups == 2);
  CHECK(dense_pattern(n).n_groups == n);

  auto chain = [](double, const double* y, double* dydt) {
    for (int i = 0; i < n; ++i) dydt[i] = (i > 0 ? y[i - 1] : 0) - (i + 1) * y[i] * y[i];
  };
  using Chain = decltype(chain);
  std::vector<double> grouped(n, 1.0), plain(n, 1.0);
  Rosenbrock<Chain> with_groups(n, Tolerance{}, sparse_pattern(n, nonzero));
  Rosenbrock<Chain> without(n, Tolerance{});
  double t = 0;
  REQUIRE(with_groups.advance(chain, t, 5, grouped) == Status::kOk);
  t = 0;
  REQUIRE(without.advance(chain, t, 5, plain) == Status::kOk);
  for (int i = 0; i < n; ++i) CHECK(grouped[i] == doctest::Approx(plain[i]).epsilon(1e-6));
  CHECK(with_groups.counts().evaluations < without.counts().evaluations);
}

}  // namespace dosewright::num
