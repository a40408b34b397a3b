// Virtual patients simulated side by side: each in the closed loop of its own (loop.hpp), their
// bodies moved together in lanes (sim/subject_batch.hpp).
//
// Every patient goes its own way: the lanes do not wait for a common instant, each moves to the
// next one of its own patient. Who cannot be moved in lanes (a model without levels, a lane that is
// left out) is moved by adaptive steps; so is everybody where `steps` is asked for, which is the
// reference. A patient's record is the same in any company.
//
// No lane waits for the last of its neighbours to end: it takes the next patient that is to be
// simulated. So records are done in another order than that of the patients; each comes with the
// place of its patient in that order.
#pragma once

#include <functional>
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
    bool traced = true;  // whether what lies behind his readings is kept, too
  };

  /// `programme` and `design` must outlive the block.
  PatientBlock(const programme::Programme& programme, const Design& design,
               const BlockOptions& options);

  // A patient whose time is over: `member` is the index into the members of the run. Both
  // references hold until the call that hands them out returns.
  struct Ended {
    int member;
    const PatientRecord& record;
    std::span<const TracePoint> trace;
  };
  using Sink = std::function<bool(const Ended&)>;  // false: no further patients

  /// Simulates any number of patients and hands each to `sink` as he ends. No more of them are in
  /// flight than there is room for.
  void run(const model::Population& population, std::span<const Member> members, const Sink& sink);

  /// Simulates as many as there is room for; their records stay until the next run.
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
  static constexpr int kNobody = -1;

  // What one run is about.
  struct Task {
    const model::Population& population;
    std::span<const Member> members;
    const Sink& sink;
  };

  bool want_patients(const Task& task) const;
  void seat(const Task& task);
  void find_starting(const Task& task);
  void give(std::size_t lane, const PatientRecord& record);
  bool move();
  void look(const Task& task);
  bool find_arrived(const Task& task);
  bool finish(const Task& task, std::size_t lane);
  void run_by_steps(const Task& task, int member, std::size_t place);
  bool dose();
  void see_lanes();
  void see_subject();
  bool is_taken(std::size_t lane) const { return member_[lane] != kNobody; }

  const programme::Programme* programme_;
  const Design* design_;
  std::optional<std::vector<sim::Level>> levels_;
  std::optional<sim::SubjectBatch> batch_;
  std::optional<sim::Subject> subject_;  // made when first needed
  std::vector<PatientLoop> loops_;
  std::vector<PatientRecord> records_;
  Luck luck_;
  std::vector<const double*> outputs_;   // what loops look at, see Body
  std::vector<double> subject_outputs_;  // of the one that is moved by steps
  std::vector<Minutes> to_;
  std::vector<double> amounts_;
  std::vector<double> last_mg_;      // per lane, what the outputs know as DOSE
  bool outputs_read_depot_ = false;  // the state that an injection goes into
  std::vector<int> member_;          // per lane, into Task::members; kNobody: the lane is free
  std::vector<int> starting_;
  std::vector<std::uint8_t> arrived_;
  std::size_t next_member_ = 0, n_taken_ = 0;
  bool stopped_ = false;  // the sink wants no more
  std::int64_t stepped_ = 0;
};

}  // namespace dosewright::trial
