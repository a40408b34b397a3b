// The closed loop of one virtual patient: doses, states, readings, decisions, and what they change.
//
// Problem: a decision of the protocol must really change what happens next. Idea: one object says
// at which instant it wants to look next (a due dose, a due test, an image), whoever moves the body
// there; it draws the readings, lets the protocol's executor see them, asks that same executor
// whether the dose may be given, and says how much. Whatever it decides is written into the record
// as it happens. Limits: hazards are integrated by the trapezoid between instants, which are at
// most a week apart on treatment. No allocation once the record has grown.
//
//   loop.begin(population, id, arm, record);    // ... and the body in its initial state
//   for (loop.depart(body); !loop.ended(); loop.depart(body)) {
//     move(body, loop.next());
//     const double mg = loop.arrive(body);
//     if (!std::isnan(mg)) inject(body, mg);
//   }
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dosewright/trial/design.hpp"
#include "dosewright/trial/record.hpp"

namespace dosewright::trial {

// What a reading would have been without assay noise: the model's value at that instant.
struct TracePoint {
  Minutes at = 0;
  int lab = 0;       // index into Model::labs
  double value = 0;  // canonical
};

// A patient's body, as far as the loop looks at it: the model at its present instant.
class Body {
 public:
  virtual double output(int index) = 0;  // Model::outputs, canonical

 protected:
  ~Body() = default;
};

class PatientLoop {
 public:
  PatientLoop(const programme::Programme& programme, const Design& design, std::uint64_t seed);

  /// Draws the patient into `record` (which must live until the end): covariates and parameters of
  /// the body. Everything is a function of (seed, id, arm, population) alone.
  void begin(const model::Population& population, std::uint64_t id, int arm, PatientRecord& record);

  Minutes now() const { return now_; }
  bool ended() const { return now_ >= design_->end && next_instant() > design_->end; }
  Minutes next() const { return std::min(next_instant(), design_->end); }

  /// The body has come to next(). The amount to inject now [mg], kUnknown: nothing.
  double arrive(Body& body);

  /// After what arrive() asked for has been injected, and before the body moves on.
  void depart(Body& body);

  // Noise-free values behind the readings of the last run, for the replay of its ledger.
  std::span<const TracePoint> trace() const { return trace_; }

 private:
  // Random streams: adding a draw to one never moves another. Draws within a stream are numbered
  // by day (and test, event or hazard), so that a patient whose doses change keeps all other luck.
  enum Stream : std::uint32_t {
    kCovariates = 1,
    kEtas,
    kNoise,
    kAdherence,
    kEvents,
    kHazards,
    kImaging
  };

  // An injection that was decided on: what stands in the record of it comes after the body had it.
  struct Injection {
    Minutes at;
    const protocol::Regimen* regimen;
    DoseAction action;
    protocol::Executor::Permit permit;
  };

  Minutes next_instant() const;
  void accumulate_hazards(Body& body, Minutes from, Minutes to);
  void strike(int hazard, Minutes at);
  void visit(Body& body, Minutes at);
  void read_lab(Body& body, int lab, Minutes at);
  void plan_visit();
  void dose_if_due(Minutes at);
  std::string_view rule_of(int region) const;
  void withhold(Minutes at, const protocol::Executor::Permit& permit);
  void miss(Minutes at);
  void give(Body& body, const Injection& injection);
  void draw_events(Body& body, Minutes at);
  void observe(Minutes at);
  void discontinue(Minutes at, std::string_view cause);
  const protocol::Regimen& regimen_of(const protocol::Executor::Permit& permit) const;
  const protocol::Regimen* for_weight(const std::string& regimen) const;
  void begin_later_regimen(Minutes at);
  Minutes dose_after(const protocol::Regimen& regimen, Minutes at) const;
  Draws draws(Stream stream) const { return {seed_, record_->id, stream}; }
  bool on_treatment() const;

  const programme::Programme* programme_;
  const Design* design_;
  protocol::Executor executor_;
  std::uint64_t seed_;
  std::vector<std::vector<int>> panel_labs_;  // per panel: indices into Model::labs
  std::vector<int> lab_analyte_;              // per model lab: index into the protocol's vocabulary

  // State of the patient in flight.
  PatientRecord* record_ = nullptr;
  Minutes now_ = 0;
  std::optional<Injection> injection_;
  protocol::PatientState state_;
  const protocol::Regimen* regimen_ = nullptr;
  Minutes regimen_start_ = 0;
  std::size_t later_next_ = 0;  // into Arm::later: the one that follows
  std::vector<protocol::Fact> facts_;
  std::vector<double> hazard_sum_, hazard_threshold_, hazard_rate_;
  std::vector<int> hazard_count_;
  std::vector<TracePoint> trace_;
  std::vector<std::size_t> image_next_;
  std::size_t baseline_next_ = 0;
  Minutes dose_at_ = 0, make_up_at_ = 0, visit_at_ = 0;
  std::uint64_t visit_panels_ = 0;
};

// Replays the realised dose ledger through the open-loop engine at a tight tolerance and returns
// the largest relative difference from the trace: a closed loop that gave doses other than it wrote
// down, or at other times, shows here. kUnknown when the open-loop engine itself fails.
double ledger_difference(const programme::Programme& programme, const PatientRecord& record,
                         std::span<const TracePoint> trace);

}  // namespace dosewright::trial
