// The subject: exact closed forms, what DOSE, TAFD and TIME mean, failures, re-use, cost.
#include "dosewright/sim/subject.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {
namespace {

constexpr Minutes kHour = kMinutesPerHour;
enum Output { kCp, kOut, kLast, kSinceFirst, kClock };

num::Tolerance tight() {
  num::Tolerance tolerance;
  tolerance.relative = 1e-11;
  tolerance.floor_of_peak = 1e-6;
  return tolerance;
}

// Amount in the central compartment after one dose into the depot: two disposition exponentials and
// the absorption. [Gibaldi1982, eq. 2.66]
double central_amount(const std::vector<double>& p, double dose, double t) {
  const double ka = p[0], k10 = p[1] / p[2], k12 = p[3] / p[2], k21 = p[3] / p[4];
  const double sum = k10 + k12 + k21;
  const double root = std::sqrt(sum * sum - 4 * k10 * k21);
  const double alpha = (sum + root) / 2, beta = (sum - root) / 2;
  const auto term = [&](double rate, double other1, double other2) {
    return (k21 - rate) * std::exp(-rate * t) / ((other1 - rate) * (other2 - rate));
  };
  return ka * dose * (term(alpha, ka, beta) + term(beta, ka, alpha) + term(ka, alpha, beta));
}

}  // namespace

TEST_CASE("weekly doses into two compartments match the closed form to 1e-8") {
  const model::Model model = two_compartments();
  const std::vector<double> parameters = two_compartment_parameters();
  Subject subject(model, tight());
  subject.reset(parameters, {});
  for (int week = 0; week < 4; ++week) {
    subject.dose(200);
    REQUIRE(subject.advance(subject.now() + 7 * kDay) == num::Status::kOk);
  }
  REQUIRE(subject.advance(subject.now() + 5 * kHour) == num::Status::kOk);
  double expected = 0;
  for (int week = 0; week < 4; ++week) {
    expected += central_amount(parameters, 200, hours_from_minutes(subject.now()) - 168.0 * week);
  }
  CHECK(std::abs(subject.output(kCp) * 17 / expected - 1) < 1e-8);
}

TEST_CASE("before the first dose TAFD is 0; TIME is protocol time; DOSE is the last dose") {
  const model::Model model = two_compartments();
  Subject subject(model);
  subject.reset(two_compartment_parameters(), {}, -28 * kDay);
  CHECK(subject.output(kClock) == doctest::Approx(-28 * 24));
  REQUIRE(subject.advance(0) == num::Status::kOk);
  CHECK(subject.output(kSinceFirst) == 0);
  CHECK(subject.output(kLast) == 0);
  REQUIRE(subject.advance(90) == num::Status::kOk);
  subject.dose(200);
  CHECK(subject.output(kLast) == 200);
  CHECK(subject.output(kSinceFirst) == 0);
  REQUIRE(subject.advance(90 + 2 * kHour) == num::Status::kOk);
  CHECK(subject.output(kSinceFirst) == doctest::Approx(2));
  CHECK(subject.output(kClock) == doctest::Approx(3.5));
  subject.dose(150);
  CHECK(subject.output(kLast) == 150);
  CHECK(subject.output(kSinceFirst) == doctest::Approx(2));
}

TEST_CASE("placebo: the first dose of 0 mg is the origin of TAFD and moves no state") {
  const model::Model model = two_compartments();
  Subject subject(model);
  subject.reset(two_compartment_parameters(), {});
  REQUIRE(subject.advance(kDay) == num::Status::kOk);
  subject.dose(0);
  REQUIRE(subject.advance(3 * kDay) == num::Status::kOk);
  CHECK(subject.output(kSinceFirst) == doctest::Approx(48));
  CHECK(subject.output(kCp) == 0);
  subject.dose(0);
  REQUIRE(subject.advance(4 * kDay) == num::Status::kOk);
  CHECK(subject.output(kSinceFirst) == doctest::Approx(72));
}

TEST_CASE("a 0 mg dose after a real one changes DOSE") {
  const model::Model model = two_compartments();
  Subject subject(model);
  subject.reset(two_compartment_parameters(), {});
  subject.dose(200);
  REQUIRE(subject.advance(kDay) == num::Status::kOk);
  const double before = subject.output(kCp);
  subject.dose(0);
  CHECK(subject.output(kLast) == 0);
  CHECK(subject.output(kCp) == before);
}

TEST_CASE("outputs follow the state: after a dose, after time, after a reset") {
  const model::Model model = two_compartments();
  Subject subject(model);
  subject.reset(two_compartment_parameters(), {});
  CHECK(subject.output(kCp) == 0);
  subject.dose(100);
  CHECK(subject.state()[0] == 100);
  REQUIRE(subject.advance(6 * kHour) == num::Status::kOk);
  const double level = subject.output(kCp);
  CHECK(level > 0);
  CHECK(subject.output(kCp) == level);
  subject.reset(two_compartment_parameters(), {});
  CHECK(subject.output(kCp) == 0);
  CHECK(subject.now() == 0);
  CHECK(subject.counts().evaluations == 0);
}

TEST_CASE("one object, many subjects: each is what a new object gives, to the bit") {
  const model::Model model = liver_model();
  std::vector<double> fast = liver_parameters();
  fast[0] = 0.9;
  const auto run = [](Subject& subject, const std::vector<double>& parameters) {
    subject.reset(parameters, liver_covariates());
    for (int week = 0; week < 3; ++week) {
      subject.dose(200);
      CHECK(subject.advance(subject.now() + 7 * kDay) == num::Status::kOk);
    }
    return std::vector<double>(subject.state().begin(), subject.state().end());
  };
  Subject used(model);
  run(used, fast);
  Subject fresh(model);
  CHECK(run(used, liver_parameters()) == run(fresh, liver_parameters()));
  CHECK(run(used, fast) != run(fresh, liver_parameters()));
}

TEST_CASE("without drug the liver model stays at its initial state") {
  const model::Model model = liver_model();
  Subject subject(model);
  subject.reset(liver_parameters(), liver_covariates());
  const std::vector<double> initial(subject.state().begin(), subject.state().end());
  REQUIRE(subject.advance(365 * kDay) == num::Status::kOk);
  for (std::size_t i = 0; i < initial.size(); ++i) {
    CHECK(subject.state()[i] == doctest::Approx(initial[i]).epsilon(1e-12));
  }
}

TEST_CASE("a subject whose numbers fail says so, and the next one is sound") {
  const model::Model model = liver_model();
  Subject subject(model);
  std::vector<double> broken = liver_parameters();
  broken[4] = 0;  // Vc
  subject.reset(broken, liver_covariates());
  subject.dose(200);
  CHECK(subject.advance(7 * kDay) == num::Status::kNotFinite);
  CHECK(subject.advance(8 * kDay) == num::Status::kNotFinite);
  CHECK(subject.status() == num::Status::kNotFinite);
  CHECK(subject.now() == 0);
  subject.reset(liver_parameters(), liver_covariates());
  CHECK(subject.advance(7 * kDay) == num::Status::kOk);
}

TEST_CASE("the pattern of the Jacobian is that of the equations") {
  const model::Model model = liver_model();
  const num::JacobianPattern pattern = jacobian_pattern(model);
  const int n = 8;  // DEPOT CENTRAL PERIPH LIVER LDL LPA ALT FAT
  const auto reads = [&](int row, int column) { return pattern.nonzero[row * n + column] != 0; };
  CHECK(reads(0, 0));
  CHECK(reads(1, 0));
  CHECK(reads(1, 2));
  CHECK(reads(3, 1));
  CHECK(reads(4, 3));
  CHECK(!reads(0, 1));
  CHECK(!reads(4, 1));
  CHECK(!reads(5, 4));
  CHECK(pattern.n_groups <= 3);
}

TEST_CASE("whether the equations read the time") {
  CHECK(ModelRhs(liver_model()).reads_time());
  const model::Model timeless = two_compartments();  // its outputs do, its derivatives do not
  CHECK(!ModelRhs(timeless).reads_time());
}

TEST_CASE("weekly doses cost few evaluations, placebo next to none, and nothing is allocated") {
  const model::Model model = liver_model();
  const auto evaluations_a_week = [&model](double relative, double mg) {
    num::Tolerance tolerance;
    tolerance.relative = relative;
    tolerance.floor_of_peak = 1e-2;
    Subject subject(model, tolerance);
    const std::vector<double> parameters = liver_parameters(), covariates = liver_covariates();
    const long before = allocations();
    subject.reset(parameters, covariates);
    for (int week = 0; week < 26; ++week) {
      subject.dose(mg);
      subject.advance(subject.now() + 7 * kDay);
    }
    const long after = allocations();
    CHECK(after == before);
    CHECK(subject.status() == num::Status::kOk);
    return static_cast<double>(subject.counts().evaluations) / 26;
  };
  CHECK(evaluations_a_week(1e-3, 200) < 170);
  CHECK(evaluations_a_week(1e-4, 200) < 200);
  CHECK(evaluations_a_week(1e-5, 200) < 270);
  CHECK(evaluations_a_week(1e-4, 0) < 10);
}

TEST_CASE("at the tolerance of a trial, what laboratories see is exact to five digits") {
  const model::Model model = liver_model();
  num::Tolerance of_a_trial;
  of_a_trial.relative = 1e-3;
  of_a_trial.floor_of_peak = 1e-2;
  Subject quick(model, of_a_trial), exact(model, tight());
  for (Subject* subject : {&quick, &exact}) subject->reset(liver_parameters(), liver_covariates());
  for (int day = 0; day < 182; ++day) {
    for (Subject* subject : {&quick, &exact}) {
      if (day % 7 == 0) subject->dose(200);
      REQUIRE(subject->advance((day + 1) * kDay) == num::Status::kOk);
    }
    for (int i = 2; i < 6; ++i) {  // LDL, LPA, ALT, FAT
      CHECK(std::abs(quick.output(i) / exact.output(i) - 1) < 1e-5);
    }
  }
}

}  // namespace dosewright::sim
