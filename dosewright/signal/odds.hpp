// The odds ratio of a fourfold table, with its exact conditional interval.
#pragma once

namespace dosewright::signal {

// Subjects with an event of so many at risk, in the arm that is looked at and in the control arm.
struct Fourfold {
  int with = 0, at_risk = 0;
  int control_with = 0, control_at_risk = 0;
};

// The ratio of the odds as counted, and the two-sided 95 % interval of the conditional distribution
// given both margins [Fisher1935]. Infinite where nobody under control has the event
// or everybody in the arm has; unknown (NaN; interval 0 to infinity) where nobody at all, or
// everybody, has it.
struct Odds {
  double ratio = 0, lo = 0, hi = 0;
};
Odds odds_ratio(const Fourfold& table);

}  // namespace dosewright::signal
