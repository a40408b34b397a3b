#include "dosewright/sim/event_subject.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::sim {
namespace {

constexpr double kNotYet = std::numeric_limits<double>::infinity();
constexpr double kSameTime = 1e-12;  // 3 times 0.1 h is 0.3 h: a dose at both is at one time
constexpr double kUnset = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, model::kDosingItems> kDefaults = {1, 0, kUnset, kUnset};

int n_states(const EventModel& model) {
  return static_cast<int>(model.model->states.size());
}

}  // namespace

EventSubject::EventSubject(const EventModel& model, const EventOptions& options)
    : model_(&model),
      initial_(*model.model, model.model->initial),
      outputs_(*model.model, model.outputs),
      dosing_(*model.model, model.dosing),
      adaptive_(*model.model, options.tolerance),
      linear_(*model.model),
      exact_(options.path == Path::kBest && linear_.possible()),
      state_(model.model->states.size()) {
  forcing_.rates.assign(state_.size(), 0);
  forcing_.off.assign(state_.size(), 0);
}

void EventSubject::begin(const SubjectValues& values, double time_h) {
  status_ = {};
  parameters_.clear();
  covariates_.clear();
  time_h_ = time_h;
  next_order_ = 0;
  set_values(values);
  adaptive_.reset();
  reset();
}

// All that was given before is forgotten, as if the subject had just come.
void EventSubject::reset() {
  infusions_.clear();
  doses_.clear();
  due_.clear();
  std::ranges::fill(forcing_.off, std::uint8_t{0});
  dosed_ = false;
  dose_amount_ = 0;
  for (ModelProgram* program : {&adaptive_.program(), &initial_, &outputs_, &dosing_}) {
    program->set_dose(0);
    program->set_first_dose(kNotYet);
  }
  initial_.evaluate(time_h_, nullptr, 0);
  for (int i = 0; i < n_states(*model_); ++i) {
    state_[static_cast<std::size_t>(i)] = initial_.result(i);
  }
  matrix_current_ = false;
  changed();
}

void EventSubject::changed() {
  std::ranges::fill(forcing_.rates, 0.0);
  for (const Infusion& infusion : infusions_) {
    forcing_.rates[static_cast<std::size_t>(infusion.compartment)] += infusion.rate;
  }
  outputs_current_ = false;
  adaptive_.restart();
}

void EventSubject::set_values(const SubjectValues& values) {
  const bool same = std::ranges::equal(values.parameters, parameters_) &&
                    std::ranges::equal(values.covariates, covariates_);
  given_.assign(values.dosing.begin(), values.dosing.end());
  if (!same) {
    parameters_.assign(values.parameters.begin(), values.parameters.end());
    covariates_.assign(values.covariates.begin(), values.covariates.end());
    for (ModelProgram* program : {&adaptive_.program(), &initial_, &outputs_, &dosing_}) {
      program->set_subject(parameters_, covariates_);
    }
    matrix_current_ = false;
    outputs_current_ = false;
    adaptive_.restart();
  }
  follow_modelled_rates();
}

bool EventSubject::fail(std::string reason) {
  if (status_.ok) status_ = {false, std::move(reason)};
  return false;
}

double EventSubject::dosing_value(model::DosingItem item, int compartment) {
  const auto which = static_cast<std::size_t>(item);
  if (!given_.empty()) {
    const double given = given_[static_cast<std::size_t>(compartment)][which];
    if (!std::isnan(given)) return given;
  }
  for (std::size_t i = 0; i < model_->dosing_names.size(); ++i) {
    const model::DosingName& name = model_->dosing_names[i];
    if (name.item != item || name.compartment != compartment) continue;
    dosing_.evaluate(time_h_, state_.data(), n_states(*model_));
    return dosing_.result(static_cast<int>(i));
  }
  return kDefaults[which];
}

// The rate of an infusion with RATE = -1 is R as it is now; what is still to come ends it.
void EventSubject::follow_modelled_rates() {
  bool any = false;
  for (Infusion& infusion : infusions_) {
    if (!infusion.modelled) continue;
    const double rate = dosing_value(model::DosingItem::kRate, infusion.compartment);
    if (rate == infusion.rate) continue;
    if (!(rate > 0)) {
      fail("an infusion needs a rate above 0, found " + number_text(rate, 6));
      return;
    }
    infusion.rate = rate;
    infusion.end_h = time_h_ + infusion.left / rate;
    any = true;
  }
  if (any) changed();
}

void EventSubject::move_to(double time_h) {
  const double hours = time_h - time_h_;
  if (hours <= 0) return;
  if (exact_) {
    if (!matrix_current_) linear_.take(adaptive_.program().registers());
    matrix_current_ = true;
    if (!linear_.move(hours, forcing_, state_)) fail("a state is not a finite number");
  } else if (std::string why = adaptive_.move(time_h_, time_h, forcing_, state_); !why.empty()) {
    fail(std::move(why));
  }
  for (Infusion& infusion : infusions_) infusion.left -= infusion.rate * hours;
  time_h_ = time_h;
  outputs_current_ = false;
}

void EventSubject::end_infusions() {
  const auto over = [this](const Infusion& infusion) { return infusion.end_h <= time_h_; };
  if (std::erase_if(infusions_, over) > 0) changed();
}

EventSubject::Due* EventSubject::next_due() {
  const auto next = std::ranges::min_element(due_, [](const Due& a, const Due& b) {
    return a.time_h != b.time_h ? a.time_h < b.time_h : a.order < b.order;
  });
  return next == due_.end() ? nullptr : &*next;
}

void EventSubject::advance(double time_h) {
  DW_CHECK(time_h >= time_h_, "a subject does not go back in time without a reset");
  const double slack = kSameTime * std::max(std::abs(time_h), 1.0);
  while (status_.ok) {
    double stop = time_h;
    for (const Infusion& infusion : infusions_) stop = std::min(stop, infusion.end_h);
    Due* const due = next_due();
    if (due != nullptr) stop = std::min(stop, due->time_h);
    move_to(std::max(stop, time_h_));
    if (!status_.ok) return;
    end_infusions();
    if (due != nullptr && due->time_h <= time_h_ + (time_h_ == time_h ? slack : 0)) {
      const Due now = *due;
      due_.erase(due_.begin() + (due - due_.data()));
      give(now);
    } else if (stop >= time_h) {
      return;
    }
  }
}

void EventSubject::apply(const Event& event) {
  if (!status_.ok) return;
  if (event.kind == EventKind::kReset || event.kind == EventKind::kResetDose) {
    time_h_ = event.time_h;
    reset();
  }
  if (event.is_dose()) {
    dose(event);
  } else if (event.kind == EventKind::kOther && event.compartment >= 0) {
    const auto which = static_cast<std::size_t>(event.compartment);
    if (event.switch_off || forcing_.off[which] != 0) state_[which] = 0;
    forcing_.off[which] = event.switch_off ? 1 : 0;
    changed();
  }
  outputs_current_ = false;
}

void EventSubject::dose(const Event& event) {
  const int compartment = event.compartment >= 0 ? event.compartment : model_->model->dose_state;
  if (event.steady_state != 0 && !make_steady(event, compartment)) return;
  if (event.is_constant_infusion()) return;  // it ends with its record
  schedule(event, compartment);
}

void EventSubject::schedule(Event event, int compartment) {
  const double lag = dosing_value(model::DosingItem::kLag, compartment);
  if (!(lag >= 0)) {
    fail("a lag time must be 0 or more, found " + number_text(lag, 6));
    return;
  }
  event.time_h = time_h_;
  doses_.push_back({event, compartment, lag});
  give({time_h_, next_order_++, doses_.size() - 1, 0, false});
}

// Gives a dose, now: it enters now or after its lag, and the next of its series is due.
void EventSubject::give(const Due& due) {
  const Dose series = doses_[due.dose];
  if (due.enters) {
    enter(series);
    return;
  }
  if (due.number < series.event.additional) {
    const auto next = static_cast<double>(due.number + 1);
    due_.push_back({series.event.time_h + next * series.event.interval_h, due.order, due.dose,
                    due.number + 1, false});
  }
  dose_amount_ = series.event.amount;
  for (ModelProgram* program : {&adaptive_.program(), &outputs_, &dosing_}) {
    program->set_dose(dose_amount_);
    if (!dosed_) program->set_first_dose(time_h_);
  }
  dosed_ = true;
  matrix_current_ = false;
  changed();
  if (series.lag_h > 0) {
    const double begin = series.event.time_h;
    const auto number = static_cast<double>(due.number);
    due_.push_back({begin + number * series.event.interval_h + series.lag_h, due.order, due.dose,
                    due.number, true});
  } else {
    enter(series);
  }
}

void EventSubject::enter(const Dose& dose) {
  const double fraction = dosing_value(model::DosingItem::kBioavailability, dose.compartment);
  if (!(fraction >= 0)) {
    fail("a bioavailability must be 0 or more, found " + number_text(fraction, 6));
    return;
  }
  const auto which = static_cast<std::size_t>(dose.compartment);
  if (forcing_.off[which] != 0) state_[which] = 0;
  forcing_.off[which] = 0;
  const double amount = fraction * dose.event.amount;
  if (dose.event.rate_kind == RateKind::kBolus) {
    state_[which] += amount;
  } else if (amount > 0) {
    infuse(dose, amount);
  }
  changed();
}

// Rate and duration of an infusion of this amount; a duration of 0 is a bolus.
bool EventSubject::duration_and_rate(const Event& event, int compartment, double amount,
                                     Infusion& infusion) {
  infusion = {compartment, event.rate, 0, amount, event.rate_kind == RateKind::kModelledRate};
  if (event.rate_kind == RateKind::kModelledDuration) {
    const double duration = dosing_value(model::DosingItem::kDuration, compartment);
    if (!(duration >= 0)) {
      return fail("the duration of an infusion must be 0 or more, found " +
                  number_text(duration, 6));
    }
    infusion.rate = duration > 0 ? amount / duration : 0;
    infusion.end_h = duration;
    return true;
  }
  if (infusion.modelled) infusion.rate = dosing_value(model::DosingItem::kRate, compartment);
  if (!(infusion.rate > 0)) {
    return fail("an infusion needs a rate above 0, found " + number_text(infusion.rate, 6));
  }
  infusion.end_h = amount / infusion.rate;
  return true;
}

void EventSubject::infuse(const Dose& dose, double amount) {
  Infusion infusion;
  if (!duration_and_rate(dose.event, dose.compartment, amount, infusion)) return;
  if (infusion.end_h <= 0) {
    state_[static_cast<std::size_t>(dose.compartment)] += amount;
    return;
  }
  infusion.end_h += time_h_;
  infusions_.push_back(infusion);
}

bool EventSubject::make_steady(const Event& event, int compartment) {
  forcing_.off[static_cast<std::size_t>(compartment)] = 0;
  std::vector<double> before = state_;
  if (event.steady_state == 1) {
    infusions_.clear();
    due_.clear();
  }
  initial_.evaluate(time_h_, nullptr, 0);
  std::vector<double> x(state_.size()), start(state_.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    start[i] = forcing_.off[i] != 0 ? 0 : initial_.result(static_cast<int>(i));
  }
  x = start;
  if (exact_ && !matrix_current_) linear_.take(adaptive_.program().registers());
  matrix_current_ = exact_;
  const bool found = event.is_constant_infusion() ? steady_constant(event, compartment, x)
                                                  : steady_doses(event, compartment, x);
  if (!found) return false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    // What only accumulates has no steady state: it begins anew with SS 1, and goes on with SS 2.
    const double added = x[i] == start[i] ? 0 : x[i];
    state_[i] = event.steady_state == 1 ? x[i] : before[i] + added;
  }
  changed();
  return true;
}

// Input since ever, ending now; neither bioavailability nor lag apply. [NONMEM-VI, V.F.1]
bool EventSubject::steady_constant(const Event& event, int compartment, std::span<double> x) {
  Forcing forcing = forcing_;
  std::ranges::fill(forcing.rates, 0.0);
  if (event.rate_kind != RateKind::kBolus) {
    const double rate = event.rate_kind == RateKind::kGiven
                            ? event.rate
                            : dosing_value(model::DosingItem::kRate, compartment);
    if (!(rate > 0)) {
      return fail("an infusion needs a rate above 0, found " + number_text(rate, 6));
    }
    forcing.rates[static_cast<std::size_t>(compartment)] = rate;
  }
  std::string why =
      exact_ ? linear_.steady_forever(forcing, x) : adaptive_.steady_forever(time_h_, forcing, x);
  return why.empty() || fail("no steady state: " + why);
}

// The lag applies to every implied dose: the state now is that of II - ALAG after a dose, and an
// infusion that had begun by then goes on. With a lag beyond II NONMEM stays at phase 0, after the
// dose, and prolongs the infusion by ALAG - II [ferx1125]; the manual advises against such a lag.
bool EventSubject::steady_doses(const Event& event, int compartment, std::span<double> x) {
  const double fraction = dosing_value(model::DosingItem::kBioavailability, compartment);
  const double lag = dosing_value(model::DosingItem::kLag, compartment);
  if (!(fraction >= 0) || !(lag >= 0)) {
    return fail("bioavailability and lag time must be 0 or more, found " +
                number_text(fraction, 6) + " and " + number_text(lag, 6));
  }
  Cycle cycle;
  cycle.compartment = compartment;
  cycle.interval_h = event.interval_h;
  cycle.amount = fraction * event.amount;
  if (event.rate_kind != RateKind::kBolus && cycle.amount > 0) {
    Infusion infusion;
    if (!duration_and_rate(event, compartment, cycle.amount, infusion)) return false;
    if (infusion.end_h > 0) {
      cycle.rate = infusion.rate;
      cycle.duration_h = infusion.end_h;
      cycle.amount = 0;
    }
  }
  const double since = event.interval_h - lag;  // time since the last implied dose entered
  cycle.phase_h = lag > 0 ? std::max(since, 0.0) : 0;
  cycle.dose_included = lag > 0;
  Forcing none = forcing_;
  std::ranges::fill(none.rates, 0.0);
  std::string why = exact_ ? linear_.steady_cycle(cycle, none, x)
                           : adaptive_.steady_cycle(cycle, time_h_, none, x);
  if (!why.empty()) return fail("no steady state: " + why);
  for (double age = since; cycle.duration_h - age > 0; age += event.interval_h) {
    const double left = cycle.duration_h - age;
    infusions_.push_back({compartment, cycle.rate, time_h_ + left, cycle.rate * left,
                          event.rate_kind == RateKind::kModelledRate});
  }
  return true;
}

double EventSubject::output(int index) {
  if (!status_.ok) return kUnset;
  if (!outputs_current_) {
    outputs_.evaluate(time_h_, state_.data(), n_states(*model_));
    outputs_current_ = true;
  }
  return outputs_.result(index);
}

}  // namespace dosewright::sim
