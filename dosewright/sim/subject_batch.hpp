// Many subjects of one model moved together, each by its own interval: sim::Subject in lanes.
//
// Problem: an adaptive stepper spends hundreds of evaluations a week and each subject goes its own
// way, so nothing can be done for several at once. Idea: the blocks of a model are small linear
// systems along the clock (levels.hpp), also where a clearance falls with time. An interval is cut
// into parts that double in length, [0, h/16], [h/16, h/8], ... [h/2, h], so that the hours after
// an injection are seen and the quiet days after them cost little; on each part every block is
// solved by collocation at 6 nodes (collocate_kernel.hpp), lowest level first.
//
// Limits: intervals are cut to a week. The highest coefficient of each state's polynomial, relative
// to the largest value it had, is watched; a lane where it exceeds kCoarse (absorption within
// minutes, say) is left_out(), and so is one that is not finite: the caller takes sim::Subject for
// that subject. Against the reference at 1e-10 the difference is below 1e-6
// (subject_batch_test.cpp).
//
// Each lane's bits depend on that lane alone: not on the width, the number of lanes, or neighbours.
// After the constructor nothing is allocated. Cost: docs/performance.md.
//
//   SubjectBatch batch(model, *levels(model), 64);
//   std::ranges::copy(clearances, batch.given(0).begin());   // ... and every other parameter
//   batch.start(0);
//   batch.dose(amounts);      // mg; NaN: none for this lane
//   batch.advance(instants);  // one for each lane
//   batch.output(0)[lane]
#pragma once

#include <span>
#include <vector>

#include "dosewright/base/aligned.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/lang/batch.hpp"
#include "dosewright/sim/collocate_kernel.hpp"
#include "dosewright/sim/levels.hpp"

namespace dosewright::sim {

class SubjectBatch {
 public:
  /// `model` and `levels` must outlive the batch; n_lanes >= 1; the width is supported (checked).
  SubjectBatch(const model::Model& model, const std::vector<Level>& levels, int n_lanes,
               Width width = widest());

  int n_lanes() const { return n_lanes_; }
  std::size_t bytes() const;  // of all lanes together

  /// One canonical value for each lane, to be written before start(): the parameters, then the
  /// covariates, in the order of the model.
  std::span<double> given(int i) { return {row(given_, i), lanes()}; }

  /// All lanes at `start`, undosed, in their initial states.
  void start(Minutes start) { restart(every_lane_, start); }

  /// The same for these lanes alone; the others stay where they are. What was given to a lane that
  /// is not restarted must not have changed. The programs of a start run over all lanes: several
  /// lanes at once cost no more than one.
  void restart(std::span<const int> lanes, Minutes start);

  /// As Subject::dose, in each lane at its own instant; NaN: nothing happens to this lane.
  void dose(std::span<const double> amounts_mg);

  /// Each lane towards its own instant, not before now(lane), by a week at most. Where lanes have
  /// far to go, those that have arrived need not wait. False: all were there.
  bool step(std::span<const Minutes> to);

  /// Each lane to its own instant.
  void advance(std::span<const Minutes> to) {
    while (step(to)) {
    }
  }

  /// One canonical value for each lane; outputs are computed at once, when asked.
  std::span<const double> output(int index);
  std::span<const double> state(int index) const {
    return {states_.data() + static_cast<std::size_t>(index) * stride_, lanes()};
  }
  Minutes now(int lane) const { return now_[static_cast<std::size_t>(lane)]; }

  /// True: this lane needs the reference; what it holds here is not an answer.
  bool left_out(int lane) const;

 private:
  static constexpr int kParts = 5;
  static constexpr Minutes kLongest = 7 * kMinutesPerDay;
  static constexpr double kCoarse = 3e-2;

  // A level at work: its program, and where its blocks find what they need.
  struct Stage {
    const Level* level;
    lang::Batch batch;
    AlignedDoubles fixed;   // [part]: those that do not change for one subject
    AlignedDoubles moving;  // [node][part]
    std::vector<std::vector<const double*>> a, b;  // per block, as CollocationTask
    std::vector<std::vector<double*>> x, at_node, peak;
  };

  std::size_t lanes() const { return static_cast<std::size_t>(n_lanes_); }
  double* row(AlignedDoubles& of, int i) {
    return of.data() + static_cast<std::size_t>(i) * stride_;
  }
  int node_row(int node, int state) const {
    return node * static_cast<int>(model_->states.size()) + state;
  }
  void add_stage(const Level& level, Width width);
  void connect(Stage& stage);
  void begin(lang::Batch& batch, Minutes start);
  void give_doses();
  void move(double share_begin, double share);
  void evaluate_nodes(Stage& stage);
  void solve_blocks(Stage& stage);

  const model::Model* model_;
  const CollocateKernel* kernel_;
  int n_lanes_;
  std::size_t stride_;
  lang::Batch initial_, outputs_;
  std::vector<Stage> stages_;
  AlignedDoubles given_, states_, peaks_, nodes_;  // nodes_: [node][state]
  AlignedDoubles first_dose_h_, dose_mg_, begin_h_, hours_, length_, time_h_, since_h_, worst_;
  AlignedDoubles clock_;  // [node]: TIME, TAFD
  std::vector<Minutes> now_;
  std::vector<int> every_lane_;
  bool outputs_current_ = false;
};

}  // namespace dosewright::sim
