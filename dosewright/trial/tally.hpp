// What is kept of a virtual trial: sums and counts, no table of patients.
//
//   Plan     what is counted, worked out once from designs and mapping; const, shared by all jobs
//   Tally    one job: some patients of one trial and one replicate
//   Results  all jobs together
//
// Every sum is an integer and every sample is chosen by patient id, so that the answer is the same
// whatever the order of jobs, their size, or the number of threads. Memory grows with the number of
// rows x replicates, never with patients.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dosewright/trial/mapping.hpp"

namespace dosewright::trial {

// One statistic of one arm, to be summed over its patients.
struct Slot {
  const Statistic* statistic = nullptr;
  ArmIndex where;
  int outcome = 0;  // into Plan::outcomes
  int given = -1;   // likewise; -1: no condition
};

// Where the partial sums of a mapped row stand.
struct RowSlots {
  std::vector<int> active, control;  // into Plan::slots
};

struct Plan {
  const DesignSet* designs = nullptr;
  const Mapping* mapping = nullptr;
  std::vector<OutcomeSpec> outcomes;  // distinct
  std::vector<Slot> slots;
  std::vector<std::vector<int>> slots_of_trial;
  std::vector<RowSlots> rows;                            // parallel to the mapped rows
  std::vector<std::vector<std::vector<int>>> measures;   // [measure][trial][arm]: a slot
  std::vector<std::vector<std::vector<Minutes>>> weeks;  // [trial][series]: times of the curve
  std::vector<int> n_weeks;                              // per trial: whole weeks to its end

  const Design& design(int trial) const { return designs->trials[static_cast<std::size_t>(trial)]; }
};
// All three must outlive the plan and everything counted with it.
Plan make_plan(const programme::Programme& programme, const DesignSet& designs,
               const Mapping& mapping);

// One time of one curve in one arm.
struct SeriesCell {
  std::int64_t n = 0;
  std::int64_t sum = 0;             // fixed point
  std::vector<std::uint32_t> bins;  // bin of each patient
};

struct EdishPoint {
  std::uint64_t id = 0;
  double alt = 0, bilirubin = 0;  // highest, multiples of ULN
  bool operator<(const EdishPoint& other) const { return id < other.id; }
};
inline constexpr std::size_t kEdishPoints = 400;  // per arm: those of the lowest ids

// Counts of one arm.
struct ArmTally {
  std::int64_t patients = 0, failed = 0;
  std::vector<std::vector<SeriesCell>> series;  // [series][time]
  // [region][week][state]: how many more are in the state at that week than at the one before
  std::vector<std::vector<std::vector<std::int64_t>>> moves;
  std::map<std::string, std::vector<std::int64_t>> stops;  // per cause and week: who stopped in it
  std::vector<EdishPoint> edish;                           // ascending ids
};

class Tally {
 public:
  Tally(const Plan& plan, int trial);

  // A patient whose numbers failed is counted as such, and in nothing else.
  void add(const PatientRecord& record);

  int trial() const { return trial_; }
  const std::vector<ArmTally>& arms() const { return arms_; }
  const std::vector<Partial>& partials() const { return partials_; }  // Plan::slots_of_trial

 private:
  void add_slots(const PatientRecord& record);
  void add_series(ArmTally& arm);
  void add_states(const PatientRecord& record, ArmTally& arm) const;
  void add_stop(const PatientRecord& record, ArmTally& arm) const;
  void add_edish(ArmTally& arm) const;
  double outcome_of(int outcome);

  const Plan* plan_;
  const Design* design_;
  int trial_;
  std::vector<ArmTally> arms_;
  std::vector<Partial> partials_;
  std::vector<double> known_;  // per Plan::outcomes, of the patient at hand
  std::vector<std::uint8_t> is_known_;
  std::vector<double> scratch_;
  Chart chart_;  // of the patient at hand
};

// The curve of one time in one arm, over all replicates.
struct PooledCell {
  std::vector<std::uint64_t> histogram;
  std::vector<std::int64_t> n, sum;  // per replicate
};

struct ArmResult {
  std::int64_t patients = 0, failed = 0;
  std::vector<std::vector<PooledCell>> series;
  std::vector<std::vector<std::vector<std::int64_t>>> states;
  std::map<std::string, std::vector<std::int64_t>> stops;
  std::vector<EdishPoint> edish;
};

class Results {
 public:
  Results(const Plan& plan, int replicates);

  // Adds one job, in any order, one at a time; each (trial, replicate, chunk) once.
  void absorb(int trial, int replicate, int chunk, Tally&& tally);

  const Plan& context() const { return *plan_; }
  int replicates() const { return replicates_; }
  const ArmResult& arm(int trial, int arm) const;
  const Partial& partial(int replicate, int slot) const;
  std::int64_t patients() const;
  std::int64_t failed() const;

  // The statistic of each replicate in which it could be formed, in the order of replicates.
  std::vector<double> row_values(std::size_t row) const;
  std::vector<double> slot_values(int slot) const;

 private:
  void absorb_arm(int replicate, const ArmTally& from, ArmResult& to) const;

  const Plan* plan_;
  int replicates_;
  std::set<std::vector<int>> absorbed_;
  std::vector<std::vector<ArmResult>> arms_;    // [trial][arm]
  std::vector<std::vector<Partial>> partials_;  // [replicate][slot]
};

}  // namespace dosewright::trial
