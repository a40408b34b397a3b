#include "dosewright/refine/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/lang/program.hpp"

namespace dosewright::refine {

namespace {

using lang::kUnknown;

constexpr double kNormal975 = 1.959963984540054;
constexpr double kDaysPerYear = 365.25;

double denominator_of(const trial::Statistic& statistic, const trial::Design& design,
                      const trial::PatientRecord& record) {
  switch (statistic.summary) {
    case trial::Summary::kPerInjection:
      return record.n_injections;
    case trial::Summary::kPerWeek:
      return trial::exposure_days(statistic.outcome, design, record) / 7.0;
    case trial::Summary::kPer100PatientYears:
      return trial::exposure_days(statistic.outcome, design, record) / (100.0 * kDaysPerYear);
    default:
      return 1;
  }
}

struct Ratio {
  double value = kUnknown;
  double mean_x = 0;
};

Ratio ratio_of(const Sample& sample, std::size_t quantity, int patients) {
  double y = 0;
  double x = 0;
  for (int i = 0; i < patients; ++i) {
    y += sample.at(i, quantity).y;
    x += sample.at(i, quantity).x;
  }
  return x > 0 ? Ratio{y / x, x / patients} : Ratio{};
}

// How far each patient moves the ratio: their mean is nothing, their mean square the variance.
std::vector<double> influences(const Sample& sample, std::size_t quantity, int patients,
                               const Ratio& ratio) {
  std::vector<double> influence(static_cast<std::size_t>(patients));
  for (int i = 0; i < patients; ++i) {
    const Sample::Cell& cell = sample.at(i, quantity);
    influence[static_cast<std::size_t>(i)] = (cell.y - ratio.value * cell.x) / ratio.mean_x;
  }
  return influence;
}

struct Spread {
  double error = 0;    // of the mean, by blocks or by patients, whichever is larger
  double between = 0;  // SD of block means beyond what their patients explain
};

Spread spread_of(const std::vector<double>& influence) {
  const auto n = static_cast<double>(influence.size());
  const double block = kPatientsPerBlock;
  const double blocks = n / block;
  double squares = 0;
  double block_squares = 0;
  double within = 0;
  for (std::size_t first = 0; first < influence.size(); first += kPatientsPerBlock) {
    double sum = 0;
    double square = 0;
    for (std::size_t i = first; i < first + kPatientsPerBlock; ++i) {
      sum += influence[i];
      square += influence[i] * influence[i];
    }
    squares += square;
    block_squares += sum / block * (sum / block);
    within += (square - sum * sum / block) / (block - 1);
  }
  Spread spread;
  const double by_patients = squares / (n - 1) / n;
  if (blocks < 2) {
    spread.error = std::sqrt(by_patients);
    return spread;
  }
  const double between = block_squares / (blocks - 1);
  spread.error = std::sqrt(std::max(by_patients, between / blocks));
  spread.between = std::sqrt(std::max(0.0, between - within / blocks / block));
  return spread;
}

double normal_below(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

}  // namespace

void Sample::resize(int blocks) {
  blocks_ = blocks;
  cells_.resize(static_cast<std::size_t>(patients()) * n_quantities_);
}

Sample::Cell cell_of(const Quantity& quantity, const trial::Design& design,
                     const trial::PatientRecord& record, std::vector<double>& scratch) {
  const trial::Statistic& statistic = quantity.statistic;
  if (record.status != num::Status::kOk) return {};
  if (statistic.where != nullptr && !statistic.where->holds(record.covariates, scratch)) return {};
  if (statistic.given) {
    const double condition = trial::outcome(statistic.given->outcome, design, record);
    if (lang::is_unknown(condition) || !statistic.given->within.contains(condition)) return {};
  }
  const double value = trial::outcome(statistic.outcome, design, record);
  if (lang::is_unknown(value)) return {};
  if (trial::counts_patients(statistic.summary)) {
    return {statistic.within.contains(value) ? 100.0 : 0.0, 1};
  }
  return {value * statistic.scale, denominator_of(statistic, design, record)};
}

Estimate estimate_of(const Sample& sample, std::size_t quantity) {
  Estimate estimate;
  const Ratio ratio = ratio_of(sample, quantity, sample.patients());
  estimate.value = ratio.value;
  if (lang::is_unknown(ratio.value)) {
    estimate.error = estimate.uncertainty = estimate.lo = estimate.hi = kUnknown;
    return estimate;
  }
  const Spread spread = spread_of(influences(sample, quantity, sample.patients(), ratio));
  estimate.error = spread.error;
  estimate.uncertainty = spread.between;
  const double half = kNormal975 * std::hypot(estimate.error, estimate.uncertainty);
  estimate.lo = estimate.value - half;
  estimate.hi = estimate.value + half;
  return estimate;
}

Difference difference_of(const Sample& a, const Sample& b, std::size_t quantity, bool paired) {
  const int patients = std::min(a.patients(), b.patients());
  const Ratio ratio_a = ratio_of(a, quantity, patients);
  const Ratio ratio_b = ratio_of(b, quantity, patients);
  Difference difference{ratio_a.value - ratio_b.value, kUnknown};
  if (lang::is_unknown(difference.value)) return difference;
  std::vector<double> of_a = influences(a, quantity, patients, ratio_a);
  const std::vector<double> of_b = influences(b, quantity, patients, ratio_b);
  if (!paired) {
    difference.error = std::hypot(spread_of(of_a).error, spread_of(of_b).error);
    return difference;
  }
  for (std::size_t i = 0; i < of_a.size(); ++i) of_a[i] -= of_b[i];
  difference.error = spread_of(of_a).error;
  return difference;
}

double probability_of(const Constraint& constraint, const Estimate& estimate) {
  if (lang::is_unknown(estimate.value)) return 0;
  const double spread = std::hypot(estimate.error, estimate.uncertainty);
  const double slack =
      constraint.at_most ? constraint.limit - estimate.value : estimate.value - constraint.limit;
  if (spread == 0) return slack >= 0 ? 1 : 0;
  return normal_below(slack / spread);
}

bool holds(const Constraint& constraint, const Estimate& estimate) {
  if (lang::is_unknown(estimate.value)) return false;
  return constraint.at_most ? estimate.value <= constraint.limit
                            : estimate.value >= constraint.limit;
}

}  // namespace dosewright::refine
