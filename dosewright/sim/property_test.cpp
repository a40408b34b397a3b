// What must hold for every subject and schedule. RapidCheck prints the seed of a failure.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "dosewright/sim/open_loop.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {
namespace {

const model::Model& linear() {
  static const model::Model model = two_compartments();
  return model;
}

std::vector<double> random_parameters() {
  std::vector<double> parameters = two_compartment_parameters();
  for (double& value : parameters) value *= 0.5 + 0.01 * *rc::gen::inRange(0, 150);
  return parameters;
}

std::vector<DoseRecord> random_doses() {
  const int n = *rc::gen::inRange(1, 6);
  std::vector<DoseRecord> doses(n);
  for (DoseRecord& dose : doses) {
    dose = {*rc::gen::inRange<Minutes>(0, 21 * kDay), 0.5 * *rc::gen::inRange(0, 800)};
  }
  std::ranges::stable_sort(doses, {}, &DoseRecord::at);
  return doses;
}

std::vector<Minutes> random_times(int n) {
  std::vector<Minutes> times(n);
  for (Minutes& at : times) at = *rc::gen::inRange<Minutes>(0, 40 * kDay);
  std::ranges::sort(times);
  return times;
}

Trajectory run(const std::vector<double>& parameters, const std::vector<DoseRecord>& doses,
               const std::vector<Minutes>& at) {
  num::Tolerance tolerance;
  tolerance.relative = 1e-9;
  tolerance.floor_of_peak = 1e-4;
  return good(simulate(linear(), {parameters, {}, doses, at, 0, tolerance}));
}

bool near_on_scale(double a, double b, double scale) {
  return std::abs(a - b) <= 1e-6 * scale;
}

}  // namespace

TEST_CASE("superposition: doses together give the sum of what each gives alone") {
  CHECK(rc::check("superposition", [] {
    const auto parameters = random_parameters();
    const auto doses = random_doses();
    const auto times = random_times(5);
    const Trajectory together = run(parameters, doses, times);
    for (int i = 0; i < 5; ++i) {
      double sum = 0;
      for (const DoseRecord& dose : doses) sum += run(parameters, {dose}, times).at(i, 0);
      RC_ASSERT(near_on_scale(together.at(i, 0), sum, 50));
    }
  }));
}

TEST_CASE("split dose: halves at one instant are the whole dose") {
  CHECK(rc::check("split dose", [] {
    const auto parameters = random_parameters();
    const auto doses = random_doses();
    const auto times = random_times(4);
    std::vector<DoseRecord> halves;
    for (const DoseRecord& dose : doses) {
      halves.insert(halves.end(), 2, DoseRecord{dose.at, dose.mg / 2});
    }
    const Trajectory whole = run(parameters, doses, times), split = run(parameters, halves, times);
    for (int i = 0; i < 4; ++i) RC_ASSERT(near_on_scale(whole.at(i, 0), split.at(i, 0), 50));
  }));
}

TEST_CASE("mass balance: what was injected is in the body or has left it") {
  CHECK(rc::check("mass balance", [] {
    const auto parameters = random_parameters();
    Subject subject(linear());
    subject.reset(parameters, {});
    double given = 0;
    for (const DoseRecord& dose : random_doses()) {
      RC_ASSERT(subject.advance(dose.at) == num::Status::kOk);
      subject.dose(dose.mg);
      given += dose.mg;
      double total = 0;
      for (const double amount : subject.state()) total += amount;
      RC_ASSERT(near_on_scale(total, given, std::max(given, 1.0)));
    }
    RC_ASSERT(subject.advance(60 * kDay) == num::Status::kOk);
    double total = 0;
    for (const double amount : subject.state()) total += amount;
    RC_ASSERT(near_on_scale(total, given, std::max(given, 1.0)));
  }));
}

TEST_CASE("further stops do not move the answer beyond the tolerance") {
  CHECK(rc::check("stops", [] {
    const auto parameters = random_parameters();
    const auto doses = random_doses();
    const std::vector<Minutes> end{40 * kDay};
    auto stops = random_times(10);
    stops.push_back(40 * kDay);
    RC_ASSERT(near_on_scale(run(parameters, doses, end).at(0, 0),
                            run(parameters, doses, stops).at(10, 0), 10));
  }));
}

TEST_CASE("steady state: many doses reach the state that a dose reproduces") {
  CHECK(rc::check("steady state", [] {
    auto parameters = random_parameters();
    parameters[4] = 30;  // a peripheral volume that is in balance within weeks
    parameters[3] = 1 + 0.1 * *rc::gen::inRange(0, 30);
    const Minutes interval = kDay * *rc::gen::inRange(1, 8);
    const int n = static_cast<int>(150 * kDay / interval);
    const auto doses = good(written_out(std::vector<DoseSeries>{{0, 100, interval, n}}));
    const std::vector<Minutes> troughs{(n - 1) * interval, n * interval};
    const Trajectory result = run(parameters, doses, troughs);
    RC_ASSERT(near_on_scale(result.at(0, 0), result.at(1, 0), 1));
    // In balance, what leaves in an interval is what one dose brings.
    RC_ASSERT(near_on_scale(result.at(1, 1) - result.at(0, 1), 100, 100));
  }));
}

TEST_CASE("ADDL and II are the doses written out") {
  CHECK(rc::check("ADDL", [] {
    const auto parameters = random_parameters();
    const Minutes interval = *rc::gen::inRange<Minutes>(60, 5 * kDay);
    const int addl = *rc::gen::inRange(0, 8);
    const auto expanded = good(written_out(std::vector<DoseSeries>{{300, 120, interval, addl}}));
    Subject subject(linear());
    subject.reset(parameters, {});
    for (int k = 0; k <= addl; ++k) {
      RC_ASSERT(subject.advance(300 + k * interval) == num::Status::kOk);
      subject.dose(120);
    }
    RC_ASSERT(subject.advance(60 * kDay) == num::Status::kOk);
    const Trajectory result = good(
        simulate(linear(), {parameters, {}, expanded, std::vector<Minutes>{60 * kDay}, 0, {}}));
    RC_ASSERT(result.at(0, 0) == subject.output(0));
  }));
}

TEST_CASE("more drug never means less of it in plasma") {
  CHECK(rc::check("monotone", [] {
    const auto parameters = random_parameters();
    auto doses = random_doses();
    const auto times = random_times(4);
    const Trajectory less = run(parameters, doses, times);
    for (DoseRecord& dose : doses) dose.mg *= 1.5;
    const Trajectory more = run(parameters, doses, times);
    for (int i = 0; i < 4; ++i) RC_ASSERT(more.at(i, 0) >= less.at(i, 0) - 1e-8);
  }));
}

}  // namespace dosewright::sim
