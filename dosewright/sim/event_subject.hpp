// One subject under a dataset's records: doses, infusions, lags, resets and steady states, as
// NONMEM's PREDPP gives them. [NONMEM-VI, III and V]
//
// Doses that no record stands for (additional ones, lagged ones, ends of infusions) happen before
// a record of the same time. Linear models move by matrix exponentials, all others by steps.
//
//   subject.begin(values, record.time_h);             // first record
//   subject.advance(record.time_h);                   // each record: NOCB sets values first
//   subject.set_values(values);
//   subject.apply(record);
//   subject.output(i);
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "dosewright/sim/adaptive_motion.hpp"
#include "dosewright/sim/event.hpp"
#include "dosewright/sim/event_model.hpp"
#include "dosewright/sim/linear_motion.hpp"

namespace dosewright::sim {

enum class Path : std::uint8_t {
  kBest,      // exact where the model is linear
  kAdaptive,  // steps always: the reference
};

struct EventOptions {
  double tolerance = 1e-9;  // relative
  Path path = Path::kBest;
};

// What a subject is made of at one time. Canonical; parameters and covariates in the order of the
// model. `dosing`: as DosingValues, or empty; a value here comes before what the model says.
struct SubjectValues {
  std::span<const double> parameters;
  std::span<const double> covariates;
  std::span<const std::array<double, model::kDosingItems>> dosing;
};

class EventSubject {
 public:
  /// `model` must outlive the subject.
  EventSubject(const EventModel& model, const EventOptions& options);

  bool exact() const { return exact_; }  // moves by matrix exponentials

  /// The next subject: initial state of these values, undosed, at `time_h`.
  void begin(const SubjectValues& values, double time_h);

  /// Values that hold from now on, and over the interval that advance() is about to cross.
  void set_values(const SubjectValues& values);

  /// To `time_h`, not before the present time; everything that is due by then has happened.
  void advance(double time_h);

  /// A record at the present time. A reset may give another time.
  void apply(const Event& event);

  double output(int index);  // canonical; NaN after a failure
  std::span<const double> state() const { return state_; }
  const EventStatus& status() const { return status_; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  struct Dose {
    Event event;
    int compartment = 0;
    double lag_h = 0;
  };
  struct Infusion {
    int compartment = 0;
    double rate = 0;
    double end_h = 0;
    double left = 0;        // of a modelled rate: the amount still to come
    bool modelled = false;  // its rate follows R as that changes
  };
  struct Due {
    double time_h = 0;
    std::int64_t order = 0;   // doses of one time in the order of their records
    std::size_t dose = 0;     // index into doses_
    std::int64_t number = 0;  // 0 the first, then the additional ones
    bool enters = false;      // after its lag; else it is given now
  };

  double dosing_value(model::DosingItem item, int compartment);
  bool fail(std::string reason);
  void reset();
  void move_to(double time_h);
  void follow_modelled_rates();
  void end_infusions();
  Due* next_due();
  void give(const Due& due);
  void enter(const Dose& dose);
  void infuse(const Dose& dose, double amount);
  void schedule(Event event, int compartment);
  void dose(const Event& event);
  bool make_steady(const Event& event, int compartment);
  bool steady_constant(const Event& event, int compartment, std::span<double> x);
  bool steady_doses(const Event& event, int compartment, std::span<double> x);
  bool duration_and_rate(const Event& event, int compartment, double amount, Infusion& infusion);
  void changed();

  const EventModel* model_;
  ModelProgram initial_, outputs_, dosing_;
  AdaptiveMotion adaptive_;
  LinearMotion linear_;
  bool exact_;
  std::vector<double> parameters_, covariates_, state_;
  DosingValues given_;
  Forcing forcing_;
  std::vector<Infusion> infusions_;
  std::vector<Dose> doses_;
  std::vector<Due> due_;
  EventStatus status_;
  std::int64_t next_order_ = 0;
  double time_h_ = 0;
  double dose_amount_ = 0;
  bool dosed_ = false;
  bool matrix_current_ = false;
  bool outputs_current_ = false;
};

}  // namespace dosewright::sim
