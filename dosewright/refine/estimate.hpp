// What simulated patients say about one schedule, and about two of them side by side.
//
// Each quantity is a ratio R = sum(y) / sum(x) over patients: a mean has x = 1 where the outcome is
// known, a share y = 0 or 100, a rate the time or the injections in x. Patients come in blocks that
// share one draw of the uncertain parameters, so standard errors are of block sums, and never below
// those of independent patients. Every schedule treats the same virtual patients with the same luck
// (common random numbers): the error of a difference is taken patient by patient.
// [Cochran1977, ratio estimators]
#pragma once

#include <vector>

#include "dosewright/refine/search.hpp"

namespace dosewright::refine {

// Numerator and denominator of every quantity for every patient of one schedule.
class Sample {
 public:
  explicit Sample(std::size_t n_quantities = 0) : n_quantities_(n_quantities) {}

  int blocks() const { return blocks_; }
  int patients() const { return blocks_ * kPatientsPerBlock; }
  void resize(int blocks);
  struct Cell {
    double y = 0, x = 0;
  };
  Cell& at(int patient, std::size_t quantity) {
    return cells_[static_cast<std::size_t>(patient) * n_quantities_ + quantity];
  }
  const Cell& at(int patient, std::size_t quantity) const {
    return cells_[static_cast<std::size_t>(patient) * n_quantities_ + quantity];
  }

 private:
  std::size_t n_quantities_ = 0;
  int blocks_ = 0;
  std::vector<Cell> cells_;
};

// The cell of one patient; x = 0 where the outcome does not apply.
Sample::Cell cell_of(const Quantity& quantity, const trial::Design& design,
                     const trial::PatientRecord& record, std::vector<double>& scratch);

struct Estimate {
  double value = 0;        // kUnknown where nobody has the outcome
  double error = 0;        // standard error of the simulation
  double uncertainty = 0;  // SD over draws of the model's uncertain parameters
  double lo = 0, hi = 0;   // 95 % interval of both
};
Estimate estimate_of(const Sample& sample, std::size_t quantity);

struct Difference {
  double value = 0, error = 0;  // a - b
};
// Over the patients that both have. `paired` false: as if they were other patients, for comparison.
Difference difference_of(const Sample& a, const Sample& b, std::size_t quantity,
                         bool paired = true);

// The probability that the constraint holds, over parameters and simulation; of the estimate.
double probability_of(const Constraint& constraint, const Estimate& estimate);
bool holds(const Constraint& constraint, const Estimate& estimate);

}  // namespace dosewright::refine
