// Any model from event to event by adaptive steps, and its steady state by iteration.
//
// The reference for LinearMotion, and the only way for a model that is not linear. A steady state
// is a fixed point of one dosing interval, found by Newton's method with differences of whole
// intervals, which a slow tissue does not slow down; intervals given one after the other help
// where Newton does not.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dosewright/num/stiff_aware.hpp"
#include "dosewright/sim/motion.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::sim {

// The derivatives of a model under infusions, with states that are switched off.
class ForcedRhs {
 public:
  explicit ForcedRhs(const model::Model& model) : own(model), n_(model.states.size()) {}

  void operator()(double time_h, const double* states, double* slopes) {
    own(time_h, states, slopes);
    for (std::size_t i = 0; i < n_; ++i) {
      slopes[i] = forcing->off[i] != 0 ? 0 : slopes[i] + forcing->rates[i];
    }
  }
  bool reads_time() const { return own.reads_time(); }

  ModelRhs own;
  const Forcing* forcing = nullptr;

 private:
  std::size_t n_;
};

class AdaptiveMotion {
 public:
  /// `tolerance`: relative, of the result; steps are taken ten times more exactly.
  AdaptiveMotion(const model::Model& model, double tolerance);

  ModelProgram& program() { return rhs_.own.program; }
  void reset() { stepper_.reset(); }      // the next subject
  void restart() { stepper_.restart(); }  // the state has jumped, or what drives it

  /// From `time_h` to `to_h`. Empty, or why the integration failed.
  std::string move(double time_h, double to_h, const Forcing& forcing, std::span<double> x);

  /// As LinearMotion; `time_h` stands still during the search.
  std::string steady_cycle(const Cycle& cycle, double time_h, const Forcing& forcing,
                           std::span<double> x);
  std::string steady_forever(double time_h, const Forcing& forcing, std::span<double> x);

 private:
  struct Search;
  std::string over_interval(const Search& search, double hours, bool dosed, std::span<double> x);
  std::string newton_step(const Search& search, std::span<const double> x,
                          std::span<const double> after, std::vector<double>& next);
  std::vector<int> moving(const Forcing& forcing) const;

  const model::Model* model_;
  double tolerance_;
  ForcedRhs rhs_;
  num::JacobianPattern pattern_;
  num::StiffAware<ForcedRhs> stepper_;
};

}  // namespace dosewright::sim
