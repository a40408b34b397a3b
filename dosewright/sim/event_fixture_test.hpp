// For tests: compartment models from their equations, and records in one line each.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "dosewright/sim/event_subject.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {

inline constexpr double kNotGiven = std::numeric_limits<double>::quiet_NaN();

// A model with its outputs, and what is done to one subject of it.
class Trial {
 public:
  Trial(const TestModel& source, std::vector<double> parameters)
      : model_(std::make_shared<model::Model>(build(source))),
        prepared_(good(prepare(*model_, source.outputs))),
        parameters_(std::move(parameters)),
        dosing_(model_->states.size(), {kNotGiven, kNotGiven, kNotGiven, kNotGiven}) {}

  Trial& path(Path path) {
    options_.path = path;
    return *this;
  }
  Trial& tolerance(double relative) {
    options_.tolerance = relative;
    return *this;
  }
  Trial& with(model::DosingItem item, int compartment, double value) {
    dosing_[static_cast<std::size_t>(compartment)][static_cast<std::size_t>(item)] = value;
    return *this;
  }
  std::vector<double>& parameters() { return parameters_; }

  // The first output at each observation, under records in order of time.
  std::vector<double> run(const std::vector<Event>& events, int output = 0) {
    EventSubject subject(*prepared_for(), options_);
    const SubjectValues values{parameters_, {}, dosing_};
    std::vector<double> seen;
    subject.begin(values, events.front().time_h);
    for (const Event& event : events) {
      if (event.kind != EventKind::kReset && event.kind != EventKind::kResetDose) {
        subject.advance(event.time_h);
      }
      subject.apply(event);
      if (event.kind == EventKind::kObservation) seen.push_back(subject.output(output));
    }
    reason_ = subject.status().reason;
    exact_ = subject.exact();
    return seen;
  }
  const std::string& reason() const { return reason_; }
  bool exact() const { return exact_; }
  const EventModel* prepared_for() const { return &prepared_; }

 private:
  std::shared_ptr<model::Model> model_;
  EventModel prepared_;
  std::vector<double> parameters_;
  DosingValues dosing_;
  EventOptions options_;
  std::string reason_;
  bool exact_ = false;
};

inline Event observe(double time) {
  Event event;
  event.time_h = time;
  return event;
}

inline Event bolus(double time, double amount, int compartment = 0) {
  Event event;
  event.kind = EventKind::kDose;
  event.time_h = time;
  event.amount = amount;
  event.compartment = compartment;
  return event;
}

inline Event infusion(double time, double amount, double rate, int compartment = 0) {
  Event event = bolus(time, amount, compartment);
  event.rate_kind = RateKind::kGiven;
  event.rate = rate;
  return event;
}

inline Event modelled(Event event, RateKind kind) {
  event.rate_kind = kind;
  return event;
}

inline Event repeated(Event event, double interval, int additional, int steady = 0) {
  event.interval_h = interval;
  event.additional = additional;
  event.steady_state = steady;
  return event;
}

inline Event reset(Event event) {
  event.kind = event.kind == EventKind::kDose ? EventKind::kResetDose : EventKind::kReset;
  return event;
}

// CL/V models of one to three compartments; the first output is CP, the second what has left.
inline TestModel compartments(int n, bool depot) {
  TestModel model;
  std::string flow = "- CL * CP", more;
  model.parameters = {{"CL", "L/h"}, {"V", "L"}};
  for (int i = 1; i < n; ++i) {
    const std::string q = "Q" + std::to_string(i), v = "Vp" + std::to_string(i),
                      p = "PERIPH" + std::to_string(i);
    flow += " - " + q + " * (CP - " + p + " / " + v + ")";
    more += "d/dt(" + p + ") [mg] = " + q + " * (CP - " + p + " / " + v + ")\n";
    model.parameters.emplace_back(q, "L/h");
    model.parameters.emplace_back(v, "L");
  }
  model.equations = "CP [mg/L] = CENTRAL / V\n";
  if (depot) {
    model.equations += "d/dt(DEPOT) [mg] = -ka * DEPOT\n";
    flow = "ka * DEPOT " + flow;
    model.parameters.emplace_back("ka", "1/h");
  }
  model.equations += "d/dt(CENTRAL) [mg] = " + flow + "\n" + more;
  model.equations += "d/dt(GONE) [mg] = CL * CP\n";
  model.outputs = {"CP", "GONE"};
  return model;
}

}  // namespace dosewright::sim
