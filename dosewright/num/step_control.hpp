// What every adaptive method shares: how exact, how long a step, and how it ended.
//
// The error of state i is weighed against
//   relative * max(|y_i|, floor_of_peak * peak_i) + absolute_i
// where peak_i is the largest |y_i| met so far. An emptied depot (1e-20 of a dose) thus stops
// asking for small steps, in whatever unit the state is, and nobody has to know its size
// beforehand. Step sizes follow the PI controller. [Hairer1993, II.4; Hairer1996, IV.2]
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dosewright::num {

enum class Status : std::uint8_t { kOk, kTooManySteps, kStepTooSmall, kNotFinite };
std::string to_text(Status status);

struct Tolerance {
  double relative = 1e-6;
  double absolute = 1e-14;        // used where per_state is empty
  std::vector<double> per_state;  // absolute tolerance of each state
  double floor_of_peak = 1e-3;    // 0: plain relative and absolute tolerances
  int max_steps = 100000;         // accepted and rejected ones, per call of advance
};

struct StepCounts {
  std::int64_t accepted = 0, rejected = 0, evaluations = 0;
};

// How a method answers to its error: the order of its error estimate plus one, and the share of the
// previous error (0: plain control).
struct ControlRule {
  double order;
  double previous_share;
  double growth_max;
};

class StepControl {
 public:
  StepControl(int n, Tolerance tolerance, ControlRule rule);

  const Tolerance& tolerance() const { return tolerance_; }
  bool fresh() const { return next_ <= 0; }  // nothing learnt yet: first_step() is due

  void reset();                          // a new problem: forgets steps and peaks
  void restart();                        // the state has jumped: start as after the last jump
  void note(std::span<const double> y);  // raises the peaks
  void set_next(double step) { next_ = step; }
  double next() const { return next_; }

  // A first step from the slope: a hundredth of the shortest time in which a state would change by
  // its own size. States that are still zero have no size and are left out.
  double first_step(std::span<const double> y, std::span<const double> slope, double span) const;

  // The step to try now, so that the interval ends exactly and no sliver is left before its end.
  double propose(double remaining);

  double weight(int i, double y, double y_new) const;
  // Root mean square of error / weight; infinite where anything is not a finite number.
  double norm(const double* error, const double* y, const double* y_new) const;

  void accepted(double step, double error);
  void rejected(double step, double error);

 private:
  double factor(double error) const;

  int n_;
  Tolerance tolerance_;
  ControlRule rule_;
  std::vector<double> peaks_;
  double next_ = 0;           // proposal for the next step
  double after_restart_ = 0;  // what the first step after the last restart should have been
  double previous_error_ = 1e-4;
  bool truncated_ = false;
  bool just_restarted_ = true;
  bool just_rejected_ = false;
};

}  // namespace dosewright::num
