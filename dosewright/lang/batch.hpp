// The batch back end: the same register program as the scalar one, over a chunk of lanes (patients)
// held as structure of arrays, one vector instruction for several lanes.
//
// Every value has the bits of the scalar back end (run() in program.hpp) for any width, any number
// of lanes and any neighbours; the sign and payload of a NaN alone are not part of the answer. The
// loop over lanes has no branch, allocation or lock. Cost: each operand is read from and each
// result written to the cache, 24 bytes for one operation of one lane; 64 lanes of a program of
// less than about 80 registers stay in the first-level cache.
//
//   Batch batch(program, 64);
//   std::ranges::copy(weights, batch.input(0).begin());   // one value for each lane
//   batch.run_prologue();
//   batch.run();
//   batch.output(0)[lane]
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dosewright/base/aligned.hpp"
#include "dosewright/base/width.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::lang {

class Batch {
 public:
  /// `program` must outlive the batch; n_lanes >= 1; the width must be supported (checked).
  Batch(const Program& program, int n_lanes, Width width = widest());

  int n_lanes() const { return n_lanes_; }
  int stride() const { return stride_; }  // lanes with padding: a multiple of 8
  std::size_t bytes() const { return registers_.bytes(); }

  /// One value for each lane, in the units of the program, to be written before a run.
  std::span<double> input(int i) { return row(i); }
  void fill(int i, double value);  // of an input: the same in every lane

  void run_prologue();
  void run();

  /// One value for each lane, with padding, of an input, a constant or what the prologue computes:
  /// what a program at several nodes of time reads at all of them.
  double* fixed(int reg) { return row(reg).data(); }

  std::span<const double> output(int i) const {
    const auto reg = static_cast<std::size_t>(program_->outputs[static_cast<std::size_t>(i)]);
    return {registers_.data() + reg * static_cast<std::size_t>(stride_),
            static_cast<std::size_t>(n_lanes_)};
  }

 private:
  using Kernel = void (*)(const Instruction*, std::size_t, double*, std::size_t);

  std::span<double> row(int reg) {
    return {registers_.data() + static_cast<std::size_t>(reg) * static_cast<std::size_t>(stride_),
            static_cast<std::size_t>(n_lanes_)};
  }

  const Program* program_;
  Kernel kernel_;
  int n_lanes_, stride_;
  AlignedDoubles registers_;
};

/// Steps of a program at several nodes of time for each lane (instruction.hpp), with the bits of a
/// run at each node. Null where the width is not supported.
NodeKernel node_kernel(Width width);

/// A set of lanes, 64 to a word.
using LaneMask = std::vector<std::uint64_t>;

// A guard asked for a whole chunk: its verdict, and which of its parts each lane saw as true or
// unknown, so that a decision can be explained for any lane without asking again.
class GuardBatch {
 public:
  struct Part {
    std::string text;       // "ALT >= 3 ULN", as Seen::text in program.hpp
    LaneMask holds, known;  // true; true or false
  };

  /// The guard as check_guard() left it. Faults as lower().
  static Result<GuardBatch> make(const Node& guard, std::span<const Symbol> scope, int n_lanes,
                                 Width width = widest());

  std::span<double> input(int symbol) { return batch_.input(symbol); }
  void run();

  const LaneMask& holds() const { return verdict_.holds; }
  const LaneMask& known() const { return verdict_.known; }
  std::span<const Part> seen() const { return seen_; }  // in the order of explain()

 private:
  GuardBatch(std::unique_ptr<Program> program, std::vector<Part> seen, int n_lanes, Width width);
  void read(int output, Part& part) const;

  std::unique_ptr<Program> program_;
  Batch batch_;
  Part verdict_;
  std::vector<Part> seen_;
};

}  // namespace dosewright::lang
