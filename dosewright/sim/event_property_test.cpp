// What must hold for every model, regimen and path. RapidCheck prints the seed of a failure.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "dosewright/sim/event_fixture_test.hpp"

namespace dosewright::sim {
namespace {

using model::DosingItem;

double between(double low, double high) {
  return low + (high - low) * 0.001 * *rc::gen::inRange(0, 1001);
}

struct Drawn {
  int n;
  bool depot;
  std::vector<double> parameters;
  Trial trial() const { return {compartments(n, depot), parameters}; }
};

Drawn draw_model() {
  Drawn drawn{*rc::gen::inRange(1, 4), *rc::gen::arbitrary<bool>(), {}};
  drawn.parameters = {between(1, 10), between(5, 50)};
  for (int i = 1; i < drawn.n; ++i) {
    drawn.parameters.push_back(between(0.5, 10));
    drawn.parameters.push_back(between(10, 100));
  }
  if (drawn.depot) drawn.parameters.push_back(between(0.1, 3));
  return drawn;
}

Event draw_dose(double latest) {
  const double amount = between(1, 400);
  const Event dose =
      *rc::gen::arbitrary<bool>() ? bolus(0, amount) : infusion(0, amount, between(5, 100));
  Event event = dose;
  event.time_h = between(0, latest);
  return event;
}

std::vector<Event> sorted(std::vector<Event> events) {
  std::ranges::stable_sort(events, {}, &Event::time_h);
  return events;
}

std::vector<Event> draw_observations(double latest) {
  std::vector<Event> events(4);
  for (Event& event : events) event = observe(between(0, latest));
  return sorted(std::move(events));
}

std::vector<Event> joined(std::vector<Event> a, const std::vector<Event>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return sorted(std::move(a));
}

bool near(const std::vector<double>& a, const std::vector<double>& b, double relative,
          double scale = 0) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double size = std::max({std::abs(a[i]), std::abs(b[i]), scale});
    if (!(std::abs(a[i] - b[i]) <= relative * size)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("superposition: doses together give the sum of what each gives alone") {
  CHECK(rc::check("superposition", [] {
    Trial trial = draw_model().trial();
    const std::vector<Event> doses = {draw_dose(30), draw_dose(30), draw_dose(30)};
    const auto seen = draw_observations(60);
    const auto start = observe(0);
    std::vector<double> sum(5, 0.0);
    for (const Event& dose : doses) {
      const auto alone = trial.run(joined(joined({start}, {dose}), seen));
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += alone[i];
    }
    RC_ASSERT(near(trial.run(joined(joined({start}, doses), seen)), sum, 1e-10, 1e-6));
  }));
}

TEST_CASE("split dose: halves at one instant are the whole dose") {
  CHECK(rc::check("split dose", [] {
    Trial trial = draw_model().trial();
    const Event whole = draw_dose(20);
    Event half = whole;
    half.amount /= 2;
    half.rate /= 2;
    const auto seen = draw_observations(60);
    const auto once = trial.run(joined({observe(0), whole}, seen));
    RC_ASSERT(near(trial.run(joined({observe(0), half, half}, seen)), once, 1e-11, 1e-9));
  }));
}

TEST_CASE("mass balance: what was given is in the body, has left it, or is still to come") {
  CHECK(rc::check("mass balance", [] {
    const Drawn drawn = draw_model();
    const model::Model model = build(compartments(drawn.n, drawn.depot));
    const EventModel prepared = good(prepare(model, {}));
    EventSubject subject(prepared, {});
    subject.begin({drawn.parameters, {}, {}}, 0);
    double given = 0;
    for (int i = 0; i < 4; ++i) {
      Event dose = draw_dose(5);
      dose.time_h = 20.0 * i;
      subject.advance(dose.time_h);
      subject.apply(dose);
      given += dose.amount;
    }
    subject.advance(1000);  // every infusion is over: at most 400 mg at 5 mg/h
    double total = 0;
    for (const double amount : subject.state()) total += amount;
    RC_ASSERT(std::abs(total - given) <= 1e-10 * given);
  }));
}

TEST_CASE("ADDL and II are the doses written out") {
  CHECK(rc::check("ADDL", [] {
    Trial trial = draw_model().trial();
    trial.with(DosingItem::kLag, 0, between(0, 20)).with(DosingItem::kBioavailability, 0, 0.7);
    const Event dose = draw_dose(10);
    const double interval = between(1, 30);
    const int additional = *rc::gen::inRange(0, 6);
    std::vector<Event> written = {observe(0)};
    for (int k = 0; k <= additional; ++k) {
      written.push_back(dose);
      written.back().time_h += k * interval;
    }
    const auto seen = draw_observations(200);
    const auto short_form =
        trial.run(joined({observe(0), repeated(dose, interval, additional)}, seen));
    RC_ASSERT(near(trial.run(joined(written, seen)), short_form, 1e-10, 1e-9));
  }));
}

TEST_CASE(
    "steady state is what many doses come to, at any length of infusion and any lag below II") {
  CHECK(rc::check("steady state", [] {
    Trial trial = draw_model().trial();
    const double interval = between(2, 24);
    trial.with(DosingItem::kLag, 0, between(0, 0.99) * interval);
    const Event dose = draw_dose(0);
    const int doses = static_cast<int>(10000 / interval);  // half-lives are below 260 h
    Event many = repeated(dose, interval, doses);
    many.time_h = -doses * interval;
    std::vector<Event> seen;
    for (int i = 0; i < 6; ++i) seen.push_back(observe(0.001 + between(0, 3) * interval));
    seen = sorted(std::move(seen));
    const auto last = observe(many.time_h);
    const auto expected = trial.run(joined({last, many}, seen));
    const auto steady = trial.run(joined({repeated(dose, interval, 0, 1)}, seen));
    RC_ASSERT(near(steady, std::vector<double>(expected.begin() + 1, expected.end()), 1e-9));
  }));
}

TEST_CASE("steady state 2 adds to what is there") {
  CHECK(rc::check("SS 2", [] {
    Trial trial = draw_model().trial();
    const Event first = repeated(draw_dose(0), 24, 0, 1);
    Event second = repeated(draw_dose(0), 12, 0, 2);
    second.time_h = 6;
    Event alone = second;
    alone.steady_state = 1;
    const std::vector<Event> seen = {observe(6), observe(9), observe(17)};
    const auto both = trial.run(joined({first, second}, seen));
    const auto a = trial.run(joined({first}, seen)), b = trial.run(joined({alone}, seen));
    std::vector<double> sum;
    for (std::size_t i = 0; i < a.size(); ++i) sum.push_back(a[i] + b[i]);
    RC_ASSERT(near(both, sum, 1e-10));
  }));
}

// Of the value, or of 1e-4 of what the doses could reach at once: below that, steps are controlled
// by an absolute bound.
TEST_CASE("exact solution and adaptive steps agree to 1e-9, steady states included") {
  CHECK(rc::check("two ways", [] {
    const Drawn drawn = draw_model();
    Trial trial = drawn.trial();
    trial.tolerance(1e-11);
    const auto seen = draw_observations(100);
    const std::vector<Event> doses = {repeated(draw_dose(0), 24, 2, 1), draw_dose(60)};
    const double reach = (doses[0].amount + doses[1].amount) / drawn.parameters[1];
    const auto exact = trial.run(joined(doses, seen));
    RC_ASSERT(trial.exact());
    const auto steps = trial.path(Path::kAdaptive).run(joined(doses, seen));
    RC_ASSERT(near(exact, steps, 1e-9, 1e-4 * reach));
  }));
}

TEST_CASE("further records change nothing, and time has no origin") {
  CHECK(rc::check("records", [] {
    Trial trial = draw_model().trial();
    const Event dose = repeated(draw_dose(5), 12, 3);
    const auto few = trial.run({observe(0), dose, observe(50)});
    const auto more = trial.run(joined({observe(0), dose, observe(50)}, draw_observations(49)));
    RC_ASSERT(near({few.back()}, {more.back()}, 1e-11));
    Event shifted = dose;
    shifted.time_h -= 1000;
    const auto before = trial.run({observe(-1000), shifted, observe(-950)});
    RC_ASSERT(near({few.back()}, {before.back()}, 1e-9));
  }));
}

}  // namespace dosewright::sim
