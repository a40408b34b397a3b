// Records one by one: order at one time, resets, compartments switched off, lags beyond the
// interval, what fails.
#include "dosewright/sim/event_subject.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/sim/event_fixture_test.hpp"

namespace dosewright::sim {
namespace {

using model::DosingItem;

// k = 0.2 per h, V = 1 L: CP is the amount.
Trial simple() {
  return {compartments(1, false), {0.2, 1}};
}

Event other(double time, int compartment, bool off) {
  Event event = observe(time);
  event.kind = EventKind::kOther;
  event.compartment = compartment;
  event.switch_off = off;
  return event;
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-11 * std::abs(b);
}

}  // namespace

TEST_CASE("records of one time are taken in their order; what no record stands for comes first") {
  Trial trial = simple();
  const auto seen = trial.run({observe(0), bolus(0, 10), observe(0), bolus(0, 5), observe(0)});
  CHECK(seen == std::vector<double>{0, 10, 15});
  const auto additional = trial.run({repeated(bolus(0, 10), 6, 1), observe(6)});
  CHECK(near(additional[0], 10 + 10 * std::exp(-1.2)));
  // 3 times 0.1 is a little more than 0.3: it is the same time.
  const auto rounded = trial.run({repeated(bolus(0, 10), 0.1, 3), observe(0.3)});
  CHECK(rounded[0] > 38);
}

TEST_CASE("a reset empties, cancels and may set the clock back; a reset dose then gives") {
  Trial trial = simple();
  Event back = reset(bolus(2, 8));
  const auto seen =
      trial.run({repeated(infusion(0, 100, 5), 6, 4), observe(1), back, observe(2), observe(30)});
  CHECK(seen[1] == 8);
  CHECK(near(seen[2], 8 * std::exp(-0.2 * 28)));
  Event again = repeated(reset(bolus(10, 8)), 5, 1);
  const auto once = trial.run({bolus(0, 50), again, observe(15)});
  CHECK(near(once[0], 8 + 8 * std::exp(-1.0)));
}

TEST_CASE("a compartment that is switched off is empty until it is on again, or dosed") {
  Trial trial(compartments(2, false), {0.2, 1, 0.3, 2});
  const auto seen = trial.run({bolus(0, 10), observe(2), other(2, 1, true), observe(10)});
  CHECK(near(seen[1], seen[0] * std::exp(-0.5 * 8)));  // what flows there is lost
  const auto on = trial.run({bolus(0, 10), other(2, 1, true), other(2, 1, false), observe(10)});
  CHECK(on[0] > seen[1]);
  const auto dosed = trial.run({other(0, 0, true), observe(0), bolus(1, 10), observe(1)});
  CHECK(dosed[1] == 10);
  for (const Path path : {Path::kBest, Path::kAdaptive}) {
    const auto both = trial.path(path).tolerance(1e-11).run(
        {bolus(0, 10), observe(2), other(2, 1, true), observe(10)});
    CHECK(std::abs(both[1] - seen[1]) < 1e-9 * seen[1]);
  }
}

TEST_CASE("a reset switches everything on, whatever compartment it names") {
  Event named = other(1, 0, true);
  named.kind = EventKind::kReset;
  const TestModel made{"d/dt(R) [mg] = kin - kout * R\nseen [mg] = R\n",
                       {{"kin", "mg/h"}, {"kout", "1/h"}},
                       {},
                       {"seen"}};
  Trial produced(made, {6, 0.25});
  const auto seen = produced.run({other(0, 0, true), observe(1), named, observe(5)});
  CHECK(seen[0] == 0);
  CHECK(near(seen[1], 24 * -std::expm1(-1.0)));
}

TEST_CASE("steady state 1 ends what was before it and keeps what is switched off") {
  Trial trial = simple();
  const Event steady = repeated(bolus(3, 10), 6, 0, 1);
  const auto seen =
      trial.run({repeated(infusion(0, 100, 5), 2, 9), steady, observe(3), observe(9)});
  CHECK(near(seen[0], 10 / -std::expm1(-1.2)));
  CHECK(near(seen[1], 10 / -std::expm1(-1.2) * std::exp(-1.2)));
}

TEST_CASE("a lag beyond the interval at steady state, as NONMEM 7.6.0 was seen to take it") {
  // The record carries the peak, and nothing enters before the lag is over. [ferx1125]
  Trial trial = simple();
  trial.with(DosingItem::kLag, 0, 8);
  const double peak = 10 / -std::expm1(-1.2);
  const auto seen =
      trial.run({repeated(bolus(0, 10), 6, 0, 1), observe(0), observe(7), observe(8)});
  CHECK(near(seen[0], peak));
  CHECK(near(seen[1], peak * std::exp(-1.4)));
  CHECK(near(seen[2], peak * std::exp(-1.6) + 10));
  // An infusion of 2 h goes on for 2 + (8 - 6) h.
  const auto infused =
      trial.run({repeated(infusion(0, 10, 5), 6, 0, 1), observe(0), observe(4), observe(5)});
  const double trough = 25 * -std::expm1(-0.4) * std::exp(-0.8) / -std::expm1(-1.2);
  CHECK(near(infused[0], trough));
  CHECK(near(infused[1], trough * std::exp(-0.8) + 25 * -std::expm1(-0.8)));
  CHECK(near(infused[2], infused[1] * std::exp(-0.2)));
}

TEST_CASE("areas and excreted amounts have no steady state: they begin anew, or go on") {
  Trial trial = simple();
  const auto anew = trial.run({bolus(0, 10), repeated(bolus(5, 10), 6, 0, 1), observe(5)}, 1);
  CHECK(anew[0] == 0);
  const auto on = trial.run({bolus(0, 10), repeated(bolus(5, 10), 6, 0, 2), observe(5)}, 1);
  CHECK(near(on[0], 10 * -std::expm1(-1.0)));
}

TEST_CASE("DOSE and TAFD follow the doses that are given, before their lag") {
  Trial trial({"d/dt(A) [mg] = -k * A\nlast [mg] = DOSE\nsince [h] = TAFD\n",
               {{"k", "1/h"}},
               {},
               {"last", "since"}},
              {0.2});
  trial.with(DosingItem::kLag, 0, 100);
  const std::vector<Event> events = {observe(1), repeated(bolus(2, 7), 5, 1), observe(3),
                                     bolus(8, 9), observe(9)};
  CHECK(trial.run(events, 0) == std::vector<double>{0, 7, 9});
  CHECK(trial.run(events, 1) == std::vector<double>{0, 1, 7});
}

TEST_CASE("endogenous production: initial values, and the steady state without a dose") {
  Trial trial({"d/dt(R) [mg] = kin - kout * R\nseen [mg] = R\n",
               {{"kin", "mg/h"}, {"kout", "1/h"}},
               {},
               {"seen"}},
              {6, 0.25});
  const auto seen =
      trial.run({observe(0), repeated(bolus(1, 0), 0, 0, 1), observe(1), observe(50)});
  CHECK(seen[0] == 0);
  CHECK(near(seen[1], 24));
  CHECK(near(seen[2], 24));
  const auto dosed = trial.run({repeated(bolus(0, 10), 8, 0, 1), observe(0)});
  CHECK(near(dosed[0], 24 + 10 / -std::expm1(-2.0)));
}

TEST_CASE("what cannot be: no elimination, a negative lag, a rate of nothing") {
  Trial closed(compartments(1, false), {0, 1});
  CHECK(std::isnan(closed.run({repeated(bolus(0, 10), 6, 0, 1), observe(0)})[0]));
  CHECK(closed.reason() == "no steady state: nothing eliminates what is given");
  closed.run({repeated(infusion(0, 0, 5), 0, 0, 1), observe(0)});
  CHECK(closed.reason() == "no steady state: nothing eliminates what is given");
  Trial trial = simple();
  trial.with(DosingItem::kLag, 0, -1).run({bolus(0, 10), observe(1)});
  CHECK(trial.reason() == "a lag time must be 0 or more, found -1");
  Trial rate = simple();
  rate.run({modelled(bolus(0, 10), RateKind::kModelledRate), observe(1)});
  CHECK(rate.reason().starts_with("an infusion needs a rate above 0"));
  Trial fraction = simple();
  fraction.with(DosingItem::kBioavailability, 0, -0.5).run({bolus(0, 10), observe(1)});
  CHECK(fraction.reason() == "a bioavailability must be 0 or more, found -0.5");
  CHECK(simple().run({modelled(bolus(0, 0), RateKind::kModelledRate), observe(1)})[0] == 0);
}

TEST_CASE("a model may say itself how doses enter, and its units are checked") {
  const TestModel source{"d/dt(A) [mg] = -k * A\nF1 = 1 / (1 + s)\nseen [mg] = A\n",
                         {{"k", "1/h"}, {"s", "1"}, {"ALAG1", "h"}},
                         {},
                         {"seen", "F1"}};
  Trial trial(source, {0.2, 1, 3});
  const auto seen = trial.run({bolus(0, 10), observe(2), observe(3)});
  CHECK(seen[0] == 0);
  CHECK(seen[1] == 5);
  TestModel wrong = source;
  wrong.parameters[2].second = "mg";
  const model::Model model = build(wrong);
  const auto refused = prepare(model, {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.faults()[0].message.find("'ALAG1' says how doses enter A") == 0);
}

}  // namespace dosewright::sim
