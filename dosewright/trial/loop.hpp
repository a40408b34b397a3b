// The closed loop of one virtual patient: doses, states, readings, decisions, and what they change.
//
// Problem: a decision of the protocol must really change what happens next. Idea: one object says
// at which instant it wants to look next (a due dose, a due test, an image), whoever moves the body
// there; it draws the readings, lets the protocol's executor see them, asks that same executor
// whether the dose may be given, and says how much. Whatever it decides is written into the record
// as it happens. Limits: hazards are integrated by the trapezoid between instants, which are at
// most a week apart on treatment. No allocation once the record has grown.
//
// What an instant draws is known before anything is read or decided at it, so that the draws of
// many patients can be made together (Luck). An instant at which no rule could say anything new
// (protocol::Executor::Outlook) is not put to the rules: most injections are of that kind.
//
//   loop.invite(id, arm, luck);   // ... and other patients
//   luck.draw();
//   loop.begin(population, record, luck);   // ... and the body in its initial state
//   for (loop.depart(body, luck); !loop.ended(); loop.depart(body, luck)) {
//     move(body, loop.next());
//     luck.clear();
//     loop.foresee(luck);      // ... of other patients, too
//     luck.draw();
//     const double mg = loop.arrive(body, luck);
//     if (!std::isnan(mg)) inject(body, mg);
//   }
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dosewright/base/draw_batch.hpp"
#include "dosewright/trial/design.hpp"
#include "dosewright/trial/record.hpp"

namespace dosewright::trial {

// What a reading would have been without assay noise: the model's value at that instant.
struct TracePoint {
  Minutes at = 0;
  int lab = 0;       // index into Model::labs
  double value = 0;  // canonical
};

// A patient's body, as far as the loop looks at it: Model::outputs at its present instant.
struct Body {
  const double* const* outputs;  // [output][lane], canonical
  std::size_t lane;

  double output(int index) const { return outputs[index][lane]; }
};

// The draws of an instant, of as many patients as are at one.
struct Luck {
  explicit Luck(std::uint64_t seed, Width width = widest())
      : uniform(DrawBatch::Kind::kUniform, seed, width),
        normal(DrawBatch::Kind::kNormal, seed, width),
        lognormal(DrawBatch::Kind::kLognormal, seed, width) {}

  void clear();
  void draw();

  DrawBatch uniform, normal, lognormal;
};

class PatientLoop {
 public:
  PatientLoop(const programme::Programme& programme, const Design& design, std::uint64_t seed);

  /// Asks for the draws that make a patient; they are made before begin().
  void invite(std::uint64_t id, int arm, Luck& luck);

  /// Draws the patient into `record` (which must live until the end): covariates and parameters of
  /// the body. Everything is a function of (seed, id, arm, population) alone.
  void begin(const model::Population& population, PatientRecord& record, const Luck& luck);

  Minutes now() const { return now_; }
  bool ended() const { return now_ >= design_->end && next_instant() > design_->end; }
  Minutes next() const { return std::min(next_instant(), design_->end); }

  /// Asks for the draws of next(); they are made before arrive() and kept until depart().
  void foresee(Luck& luck);

  /// The body has come to next(). The amount to inject now [mg], kUnknown: nothing.
  double arrive(const Body& body, const Luck& luck);

  /// After what arrive() asked for has been injected, and before the body moves on.
  void depart(const Body& body, const Luck& luck);

  // Noise-free values behind the readings of the last run, for the replay of its ledger: none of a
  // patient who is not traced.
  void set_traced(bool traced) { traced_ = traced; }
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

  // What of programme and design a step of every patient asks for, side by side.
  struct LabTerms {
    const model::LabModel* model;
    int analyte;  // into the protocol's vocabulary; -1: it has no word for the test
    double uln;
  };
  struct HazardTerms {
    int output;
    bool recurrent, on_treatment_only;
  };
  struct EventTerms {
    int output;
    bool poisson;
    double delay_h_max;
  };
  struct Terms {
    std::vector<std::vector<int>> panel_labs;  // per panel: indices into Model::labs
    std::vector<LabTerms> labs;
    std::vector<HazardTerms> hazards;
    std::vector<EventTerms> events;
    protocol::PatientState start;  // of everybody
    Minutes begin = 0;             // when observation does
  };
  static Terms terms_of(const programme::Programme& programme, const Design& design,
                        const protocol::Executor& executor);

  // A test that is read at the instant at hand, and where its draws stand.
  struct DueLab {
    int lab;
    std::size_t factor, proportional, additive;
  };

  void draw_patient(const model::Population& population, const Luck& luck);
  Minutes next_instant() const { return std::min({dose_at_, make_up_at_, visit_at_, other_at_}); }
  void plan_others();
  void foresee_visit(Luck& luck, Minutes at);
  void foresee_lab(Luck& luck, int lab, Minutes at);
  void accumulate_hazards(const Body& body, Minutes from, Minutes to);
  void strike(int hazard, Minutes at);
  void read_lab(const Body& body, const Luck& luck, const DueLab& due, Minutes at);
  bool is_quiet(Minutes at) const { return at <= outlook_.until && at < visit_at_; }
  void plan_visit();
  bool attends(Minutes due);
  void dose_if_due(const Luck& luck, Minutes at);
  std::string_view rule_of(int region) const;
  void withhold(Minutes at, const protocol::Executor::Permit& permit);
  void miss(Minutes at);
  void give(const Body& body, const Luck& luck, const Injection& injection);
  void draw_events(const Body& body, const Luck& luck, Minutes at);
  void observe(Minutes at);
  void ask_rules(Minutes at);
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
  std::shared_ptr<const Terms> terms_;  // shared by the copies of a loop

  // Of the patient who was invited; his draws begin there in Luck.
  std::uint64_t invited_ = 0;
  int invited_arm_ = 0;
  std::size_t first_normal_ = 0, first_uniform_ = 0;

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
  bool traced_ = true;
  std::vector<std::size_t> image_next_;
  std::size_t baseline_next_ = 0;
  Minutes dose_at_ = 0, make_up_at_ = 0, visit_at_ = 0;
  Minutes other_at_ = 0;  // a reading that no rule asks for: at baseline, or an image
  std::uint64_t visit_panels_ = 0;
  protocol::Executor::Outlook outlook_{};
  Minutes attends_due_ = protocol::kNever;  // the test whose attendance attends_ is
  bool attends_ = true;
  std::vector<DueLab> due_labs_;
  std::uint64_t due_analytes_ = 0;              // theirs, as a set
  std::size_t take_luck_ = 0, event_luck_ = 0;  // into Luck::uniform, of the instant at hand
};

// Replays the realised dose ledger through the open-loop engine at a tight tolerance and returns
// the largest relative difference from the trace: a closed loop that gave doses other than it wrote
// down, or at other times, shows here. kUnknown when the open-loop engine itself fails.
double ledger_difference(const programme::Programme& programme, const PatientRecord& record,
                         std::span<const TracePoint> trace);

}  // namespace dosewright::trial
