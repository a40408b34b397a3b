// Virtual patients simulated side by side: each in the closed loop of its own (loop.hpp), their
// bodies moved together in lanes (sim/subject_batch.hpp).
//
// Every patient goes its own way: the lanes do not wait for a common instant, each moves to the
// next one of its own patient. Who cannot be moved in lanes (a model without levels, a lane that is
// left out) is moved by adaptive steps; so is everybody where `steps` is asked for, which is the
// reference. A patient's record is the same in any company.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dosewright/sim/subject.hpp"
#include "dosewright/sim/subject_batch.hpp"
#include "dosewright/trial/loop.hpp"

namespace dosewright::trial {

enum class Mover { kLanes, kSteps };

struct BlockOptions {
  std::uint64_t seed = 1;
  int room = 64;  // patients, 1 to PatientBlock::kMost
  Mover mover = Mover::kLanes;
  Width width = widest();
};

class PatientBlock {
 public:
  static constexpr int kMost = 64;

  struct Member {
    std::uint64_t id = 0;
    int arm = 0;
  };

  /// `programme` and `design` must outlive the block.
  PatientBlock(const programme::Programme& programme, const Design& design,
               const BlockOptions& options);

  /// Simulates them; their records stay until the next run.
  void run(const model::Population& population, std::span<const Member> members);

  const PatientRecord& record(int member) const {
    return records_[static_cast<std::size_t>(member)];
  }
  /// Noise-free values behind the readings, for the replay of the ledger.
  std::span<const TracePoint> trace(int member) const {
    return loops_[static_cast<std::size_t>(member)].trace();
  }
  std::int64_t stepped() const { return stepped_; }  // patients moved by steps so far
  std::size_t bytes() const;                         // of the lanes

 private:
  void begin(const model::Population& population, std::span<const Member> members);
  bool move();
  void look();
  void run_by_steps(const model::Population& population, const Member& member, int place);

  const programme::Programme* programme_;
  const Design* design_;
  std::optional<std::vector<sim::Level>> levels_;
  std::optional<sim::SubjectBatch> batch_;
  std::optional<sim::Subject> subject_;  // made when first needed
  std::vector<PatientLoop> loops_;
  std::vector<PatientRecord> records_;
  std::vector<Minutes> to_;
  std::vector<double> amounts_;
  std::vector<bool> running_, arrived_;
  std::int64_t stepped_ = 0;
};

}  // namespace dosewright::trial
