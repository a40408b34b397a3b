#include "dosewright/sim/subject.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "dosewright/base/check.hpp"
#include "dosewright/lang/affine_parts.hpp"

namespace dosewright::sim {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

int n_states(const model::Model& model) {
  return static_cast<int>(model.states.size());
}

}  // namespace

ModelProgram::ModelProgram(const model::Model& model, const lang::Program& program)
    : program_(&program),
      time_input_(model.time_input()),
      first_dose_h_(kNever),
      registers_(std::max(program.n_registers, model.n_inputs()), 0.0) {
  lang::load(program, registers_);
}

void ModelProgram::set_subject(std::span<const double> parameters,
                               std::span<const double> covariates) {
  DW_CHECK(static_cast<int>(parameters.size() + covariates.size()) == time_input_,
           "one value for each parameter and covariate of the model");
  const auto next = std::copy(parameters.begin(), parameters.end(), registers_.begin());
  std::copy(covariates.begin(), covariates.end(), next);
  lang::run_prologue(*program_, registers_);
}

void ModelProgram::set_dose(double mg) {
  registers_[time_input_ + 2] = mg;
}

void ModelProgram::evaluate(double time_h, const double* states, int n_states) {
  registers_[time_input_] = time_h;
  registers_[time_input_ + 1] = std::max(time_h - first_dose_h_, 0.0);
  std::copy(states, states + n_states, registers_.begin() + time_input_ + 3);
  lang::run(*program_, registers_);
}

ModelRhs::ModelRhs(const model::Model& model)
    : program(model, model.rhs),
      n_states_(n_states(model)),
      reads_time_(lang::reads_input(model.rhs, model.time_input()) ||
                  lang::reads_input(model.rhs, model.time_input() + 1)) {}

num::JacobianPattern jacobian_pattern(const model::Model& model) {
  const int n = n_states(model);
  const lang::Program& program = model.rhs;
  std::vector<std::uint8_t> depends(static_cast<std::size_t>(program.n_registers) * n, 0);
  for (int j = 0; j < n; ++j) depends[(model.first_state_input() + j) * n + j] = 1;
  for (const lang::Instruction& instruction : program.instructions) {
    for (const int operand : {instruction.a, instruction.b, instruction.c}) {
      for (int j = 0; j < n; ++j) depends[instruction.out * n + j] |= depends[operand * n + j];
    }
  }
  std::vector<std::uint8_t> nonzero(static_cast<std::size_t>(n) * n, 0);
  for (int i = 0; i < n; ++i) {
    std::copy_n(depends.begin() + program.outputs[i] * n, n, nonzero.begin() + i * n);
  }
  return num::sparse_pattern(n, std::move(nonzero));
}

Subject::Subject(const model::Model& model, const num::Tolerance& tolerance)
    : model_(&model),
      rhs_(model),
      initial_(model, model.initial),
      outputs_(model, model.outputs),
      stepper_(n_states(model), tolerance, jacobian_pattern(model)),
      state_(n_states(model)) {
  DW_CHECK(model.dose_state >= 0 && model.dose_state < n_states(model),
           "an injection goes into a state of the model");
}

void Subject::reset(std::span<const double> parameters, std::span<const double> covariates,
                    Minutes start) {
  now_ = start;
  time_h_ = hours_from_minutes(start);
  dose_mg_ = 0;
  dosed_ = false;
  outputs_current_ = false;
  status_ = num::Status::kOk;
  for (ModelProgram* program : {&rhs_.program, &initial_, &outputs_}) {
    program->set_dose(0);
    program->set_first_dose(kNever);
    program->set_subject(parameters, covariates);
  }
  initial_.evaluate(time_h_, nullptr, 0);
  for (int i = 0; i < n_states(*model_); ++i) state_[i] = initial_.result(i);
  stepper_.reset();
}

num::Status Subject::advance(Minutes to) {
  DW_CHECK(to >= now_, "a subject does not go back in time");
  if (status_ != num::Status::kOk || to == now_) return status_;
  status_ = stepper_.advance(rhs_, time_h_, hours_from_minutes(to), state_);
  if (status_ == num::Status::kOk) now_ = to;
  outputs_current_ = false;
  return status_;
}

void Subject::dose(double amount_mg) {
  DW_CHECK(std::isfinite(amount_mg) && amount_mg >= 0, "a dose is a number of mg, 0 for placebo");
  const bool changes = amount_mg != 0 || amount_mg != dose_mg_ || !dosed_;
  if (!changes) return;  // placebo again: nothing that the model sees has changed
  state_[model_->dose_state] += amount_mg;
  dose_mg_ = amount_mg;
  for (ModelProgram* program : {&rhs_.program, &outputs_}) {
    program->set_dose(amount_mg);
    if (!dosed_) program->set_first_dose(time_h_);
  }
  dosed_ = true;
  outputs_current_ = false;
  stepper_.restart();
}

double Subject::output(int index) {
  DW_CHECK(index >= 0 && index < outputs_.n_results(), "an index into Model::output_names");
  if (!outputs_current_) {
    outputs_.evaluate(time_h_, state_.data(), n_states(*model_));
    outputs_current_ = true;
  }
  return outputs_.result(index);
}

}  // namespace dosewright::sim
