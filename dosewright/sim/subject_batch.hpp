// Many subjects of one model moved together, each by its own interval: sim::Subject in lanes.
//
// Problem: an adaptive stepper spends hundreds of evaluations a week and each subject goes its own
// way, so nothing can be done for several at once. Idea: the blocks of a model are small linear
// systems along the clock (levels.hpp), also where a clearance falls with time. An interval is cut
// into 6 parts, each 1.56 times as long as the one before, so that the hours after an injection are
// seen and the quiet days after them cost little; on each part every block is solved by collocation
// at 5 nodes (collocate_kernel.hpp), lowest level first. What stands at the 30 nodes is not
// computed there: values that depend on the clock alone, or on one lower state alone, are
// polynomials through 5 or 6 points of their curve (lang/curves.hpp, curve_kernel.hpp).
//
// Limits: intervals are cut to a week. The highest coefficient of each state's polynomial, relative
// to the largest value it had, is watched; a lane where it exceeds kCoarse (absorption within
// minutes, say) is left_out(), and so is one that is not finite: the caller takes sim::Subject for
// that subject. A lane whose curve the points do not resolve (the first weeks, when the liver
// fills) has its program run at every node. Against the reference at 1e-10 the difference is below
// 1e-6 (subject_batch_test.cpp).
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
#include "dosewright/lang/curves.hpp"
#include "dosewright/sim/collocate_kernel.hpp"
#include "dosewright/sim/curve_kernel.hpp"
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
  static constexpr Minutes kLongest = 7 * kMinutesPerDay;
  static constexpr std::size_t kTile = 16;  // lanes that are moved together: they stay in the cache

  // Values of a level that run along one variable, at work.
  struct CurveWork {
    const lang::Curve* curve;
    int state;  // that they run along; -1: the clock
    AlignedDoubles points, at_point;
    std::vector<lang::NodeRegister> registers;  // as those of the level, at the points
    std::vector<double*> at_points, at_nodes;   // per value
  };
  struct BlockWork {
    std::vector<lang::NodeRegister> a, b;  // as CollocationTask
    std::vector<double*> x, at_node, peak;
    void (*solve)(const CollocationTask& task, const Tile& tile);
  };

  struct Place {
    int reg, row;
  };

  // A level at work: its program, and where its blocks find what they need.
  struct Stage {
    const Level* level;
    lang::Batch batch;   // what is fixed for each subject
    lang::Batch direct;  // one subject at all nodes, where a curve is rough
    lang::CurveSplit split;
    std::vector<int> inputs;                    // that the program reads
    std::vector<int> divisors;                  // registers that stand still
    AlignedDoubles reciprocals;                 // of them, one for each subject
    std::vector<Place> places;                  // of registers that differ from node to node
    AlignedDoubles scratch;                     // [row][node][lane of the tile]
    std::vector<lang::NodeRegister> registers;  // of the program, at the nodes
    std::vector<CurveWork> curves;
    std::vector<BlockWork> blocks;
  };

  std::size_t lanes() const { return static_cast<std::size_t>(n_lanes_); }
  double* row(AlignedDoubles& of, int i) {
    return of.data() + static_cast<std::size_t>(i) * stride_;
  }
  double* node_rows(int state) {
    return nodes_.data() + static_cast<std::size_t>(state) * (kNodes + 1) * tile_;
  }
  int first_state() const { return model_->first_state_input(); }
  void add_stage(const Level& level, Width width);
  void multiply_instead(Stage& stage);
  static int find_places(Stage& stage);
  void place_registers(Stage& stage);
  void add_curve(Stage& stage, const lang::Curve& curve);
  void add_block(Stage& stage, const std::vector<int>& block);
  void choose_solver(const Stage& stage, const std::vector<int>& block, BlockWork& work) const;
  bool is_read(int state) const;
  void begin(lang::Batch& batch, Minutes start);
  void give_doses();
  void move(const Tile& tile);
  void run_clock(const Tile& tile);
  void run_curve(CurveWork& work, const Tile& tile);
  void run_directly(Stage& stage, const Tile& tile);
  void run_directly(Stage& stage, const Tile& tile, std::size_t lane);

  const model::Model* model_;
  const std::vector<Level>* levels_;
  const CollocateKernel* kernel_;
  const CurveKernel* curve_kernel_;
  lang::NodeKernel run_nodes_;
  int n_lanes_;
  std::size_t stride_, tile_;
  lang::Batch initial_, outputs_;
  std::vector<Stage> stages_;
  AlignedDoubles given_, states_, peaks_;
  AlignedDoubles first_dose_h_, dose_mg_, begin_h_, hours_, time_h_, since_h_, worst_;
  // Of one tile: the states at the nodes, then at the begin; the clock at the nodes and at the
  // points of its curves, as TIME and TAFD; arguments of curves.
  AlignedDoubles nodes_, clock_, points_, clock_argument_, argument_, rough_;
  std::vector<Minutes> now_;
  std::vector<int> every_lane_;
  bool outputs_current_ = false;
};

}  // namespace dosewright::sim
