// A chunk of patients moved through time together: the exact solution of the linear part of a
// model, and along it the driven states (split.hpp), one vector instruction for several patients.
//
// Problem: an ODE stepper spends hundreds of evaluations a week on the hours of absorption, for
// states that change over months. Idea: between two events the linear states are a matrix
// exponential times themselves, made once for each patient and interval length. A driven state,
// y' = p - q y, is the integral of p weighted with an exponential: a Gauss rule of 5 nodes on each
// of 8 parts of the interval that double in length, [0, h/128], [h/128, h/64], ... [h/2, h], so
// that every rate of the linear part is resolved where it still matters. Where q is fixed for a
// patient, it is integrated exactly with the rule's interpolation polynomial (an exponential
// integrator [Hochbruck2010, 2.2]); where it moves, its integral comes from the same nodes.
//
// Limits: intervals are cut to a week. A lane where a rate of the linear part is above 8 * 128 /
// interval, or a moving q above 4 / (half an interval), is reported by left_out(), and so is one
// that is not finite; the caller takes the reference (sim::Subject) for it. Against the reference
// at 1e-10 the difference is below 1e-6 relative (chunk_test.cpp).
//
// Each lane's bits depend on that lane alone: not on the width, the number of lanes, or neighbours.
// After the constructor nothing is allocated. Cost: see docs/performance.md.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/cohort/chunk_kernel.hpp"
#include "dosewright/cohort/split.hpp"
#include "dosewright/lang/batch.hpp"

namespace dosewright::cohort {

class Chunk {
 public:
  /// `model` and `split` must outlive the chunk.
  Chunk(const model::Model& model, const Split& split, int n_lanes, Width width = widest());

  int n_lanes() const { return n_lanes_; }
  std::size_t bytes() const;  // of all lanes together

  /// One canonical value for each lane, to be written before start(): the parameters, then the
  /// covariates, in the order of the model.
  std::span<double> given(int i) { return {row(given_, i), lanes()}; }

  /// All lanes at `start`, undosed, in their initial states.
  void start(Minutes start);

  /// An injection now into Model::dose_state [mg]; one amount for each lane, NaN: none.
  void dose(std::span<const double> amounts_mg);

  /// All lanes to `to`, not before now().
  void advance(Minutes to);

  /// One canonical value for each lane; outputs are computed at once, when asked.
  std::span<const double> output(int index);
  std::span<const double> state(int index) const {
    return {states_.data() + static_cast<std::size_t>(index) * stride_, lanes()};
  }
  Minutes now() const { return now_; }

  /// True: this lane needs the reference; what it holds here is not an answer.
  bool left_out(int lane) const;

 private:
  static constexpr int kParts = 8;
  static constexpr int kHalvings = 6;     // before the Taylor series
  static constexpr int kTerms = 10;       // 1/11! is below 1e-16 for a norm of at most 1/8
  static constexpr double kMostNorm = 8;  // of the matrix times the first part
  static constexpr int kRemembered = 4;   // interval lengths
  static constexpr Minutes kLongest = 7 * kMinutesPerDay;

  // What depends on an interval's length, for each lane.
  struct Interval {
    Minutes minutes = -1;
    AlignedDoubles move;     // [row][column]: the linear states over the whole interval
    AlignedDoubles rows;     // [node][read][column]: a read state at a node from those at the begin
    AlignedDoubles weights;  // [driven, fixed loss][node]
    AlignedDoubles decay;    // [driven, fixed loss]
  };

  std::size_t lanes() const { return static_cast<std::size_t>(n_lanes_); }
  double* row(AlignedDoubles& of, int i) {
    return of.data() + static_cast<std::size_t>(i) * stride_;
  }
  double* matrix(int which) { return row(matrices_, which * width_ * width_); }
  const double* row_of(const double* matrix, int i, int j) const {
    return matrix + at(i, j, width_) * stride_;
  }
  bool meets(int i, int j) const { return meets_[at(i, j, width_)] != 0; }
  double* column_value(int j);  // a linear state, or the 1 that carries b

  void find_pattern();
  void take_matrix();
  void multiply(const double* a, const double* b, double* out);
  void square(int which);
  void exponential(double hours, int which);
  void prepare(Interval& interval, double hours);
  void prepare_rows(Interval& interval, double hours);
  void prepare_weights(Interval& interval, double hours);
  const Interval& interval(Minutes minutes);
  void check_norms(double hours);
  void move(Minutes minutes);
  void drive(const Interval& interval, double begin_h, double hours);
  void visit_node(const Interval& interval, int node, double time_h);
  void relax_part(int part, double hours);
  void set_clock(lang::Batch& batch, double time_h);

  const model::Model* model_;
  const Split* split_;
  const ChunkKernel* kernel_;
  int n_lanes_;
  std::size_t stride_;
  int width_;                        // of the matrix: linear states, and 1 where there is a b
  std::vector<std::uint8_t> meets_;  // [i][j]: exp(A) may have an entry there
  lang::Batch initial_, matrix_batch_, response_, outputs_;
  AlignedDoubles given_, states_, one_, first_dose_h_, dose_mg_, amount_, since_;
  AlignedDoubles a_;         // the matrix, zero where it is so by its form
  AlignedDoubles matrices_;  // scratch: one for each node, the part's end, two more
  AlignedDoubles moved_, production_, rate_, worst_, norm_;
  std::vector<Term> terms_;
  std::vector<Interval> remembered_;
  std::size_t next_slot_ = 0;
  Minutes now_ = 0;
  bool outputs_current_ = false;
};

}  // namespace dosewright::cohort
