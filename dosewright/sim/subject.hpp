// One subject's trajectory: the only place where a model is moved through time.
//
// The closed loop of virtual trials and the open-loop replay of a dose ledger both drive this
// class, so that what is replayed is what was simulated. Protocol time is integer minutes; the
// model sees hours. Scratch is allocated by the constructor; reset() makes the same object the next
// subject.
//
// Cost, for a chronic model with weekly doses: 160 evaluations of the derivatives a week at
// relative 1e-3 and floor_of_peak 1e-2, where laboratories still see five exact digits; 370 at
// 1e-6. A week of placebo costs next to none.
//
//   Subject subject(model);
//   subject.reset(parameters, covariates);
//   subject.dose(200);                      // now, 200 mg
//   subject.advance(7 * kMinutesPerDay);    // to that instant, exactly
//   subject.output(index);                  // model.outputs at the present state
#pragma once

#include <span>
#include <vector>

#include "dosewright/base/time.hpp"
#include "dosewright/model/model.hpp"
#include "dosewright/num/stiff_aware.hpp"

namespace dosewright::sim {

// A program of the model over its own registers, with the inputs that every program shares.
class ModelProgram {
 public:
  ModelProgram(const model::Model& model, const lang::Program& program);

  void set_subject(std::span<const double> parameters, std::span<const double> covariates);
  void set_dose(double mg);
  void set_first_dose(double time_h) { first_dose_h_ = time_h; }  // +infinity: none yet

  // Sets TIME [h], TAFD [h] and the states (n_states values, or none), then runs the program.
  void evaluate(double time_h, const double* states, int n_states);
  double result(int i) const { return registers_[program_->outputs[i]]; }
  int n_results() const { return static_cast<int>(program_->outputs.size()); }
  std::span<const double> registers() const { return registers_; }

 private:
  const lang::Program* program_;
  int time_input_;
  double first_dose_h_;
  std::vector<double> registers_;
};

// d state / dt [canonical unit per h].
class ModelRhs {
 public:
  explicit ModelRhs(const model::Model& model);

  void operator()(double time_h, const double* states, double* slopes) {
    program.evaluate(time_h, states, n_states_);
    for (int i = 0; i < n_states_; ++i) slopes[i] = program.result(i);
  }
  bool reads_time() const { return reads_time_; }

  ModelProgram program;

 private:
  int n_states_;
  bool reads_time_;
};

// Which states each derivative reads, found by following the registers of the program.
num::JacobianPattern jacobian_pattern(const model::Model& model);

class Subject {
 public:
  // `model` must outlive the subject. Tolerances are those of each step, see num::Tolerance.
  explicit Subject(const model::Model& model, const num::Tolerance& tolerance = {});
  Subject(Subject&&) = default;
  Subject& operator=(Subject&&) = default;

  // The next subject, at `start`, undosed, in the initial state of its own parameters (canonical,
  // in the order of Model::parameters and Model::covariates).
  void reset(std::span<const double> parameters, std::span<const double> covariates,
             Minutes start = 0);

  // Integrates to `to`, not before now(). A failure is final until reset(): the state stays at the
  // last good step, and every later call returns the same status.
  num::Status advance(Minutes to);

  // An injection, now, into Model::dose_state [mg]. The first one, even of 0 mg (placebo), is the
  // origin of TAFD; DOSE is the amount of the last one. Later outputs see the state after it.
  void dose(double amount_mg);

  double output(int index);  // canonical; all outputs are computed at once, when asked
  std::span<const double> state() const {
    return state_;
  }  // canonical, in the order of Model::states
  Minutes now() const { return now_; }
  num::Status status() const { return status_; }
  num::StepCounts counts() const { return stepper_.counts(); }  // since reset()

 private:
  const model::Model* model_;
  ModelRhs rhs_;
  ModelProgram initial_, outputs_;
  num::StiffAware<ModelRhs> stepper_;
  std::vector<double> state_;
  Minutes now_ = 0;
  double time_h_ = 0;
  double dose_mg_ = 0;
  bool dosed_ = false;
  bool outputs_current_ = false;
  num::Status status_ = num::Status::kOk;
};

}  // namespace dosewright::sim
