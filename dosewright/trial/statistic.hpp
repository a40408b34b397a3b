// Statistics: outcomes of patients, summarised per arm and replicate.
//
// Partial sums are integers (fixed point, 2^-20 of the outcome's unit), so that adding them up is
// exact: the answer cannot depend on the order of patients, chunks or threads. Medians keep the
// outcomes themselves, rounded to 1/1024 of the unit, as a multiset.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dosewright/lang/program.hpp"
#include "dosewright/trial/outcome.hpp"

namespace dosewright::trial {

// "[3, 5)": from 3 (counted) to 5 (not counted). An end may be left empty: "(-, -15]" or "[3, )".
struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_closed = false, high_closed = false;

  bool contains(double x) const {
    return (x > low || (low_closed && x == low)) && (x < high || (high_closed && x == high));
  }
};
Result<Interval> parse_interval(std::string_view text, const Place& place);

enum class Summary : std::uint8_t {
  kMean,
  kMedian,
  kCount,         // patients whose outcome lies within; scaled to the published n, whole
  kPercent,       // of the patients who have the outcome
  kShare,         // the same, from 0 to 1
  kSum,           // of counts, scaled to the published n
  kPerInjection,  // sum of counts / sum of injections
  kPerWeek,       // sum of counts / weeks observed
  kPer100PatientYears,
  kDifference,  // mean of the active arm minus mean of placebo
};

// A condition on the covariates of a patient.
struct Where {
  std::string text;
  lang::Program program;  // inputs: the model's covariates

  bool holds(std::span<const double> covariates, std::vector<double>& scratch) const;
};
// `covariates` are the names that the condition may use, in the model's order.
Result<std::shared_ptr<const Where>> parse_where(const std::string& text, const Place& place,
                                                 std::span<const lang::Symbol> covariates);

struct Given {  // only patients for whom this outcome lies within
  OutcomeSpec outcome;
  Interval within;
};

struct Statistic {
  OutcomeSpec outcome;
  Summary summary = Summary::kMean;
  Interval within;   // kCount, kPercent; in the outcome's own unit
  double scale = 1;  // from the outcome's own unit to the row's
  std::optional<Given> given;
  std::shared_ptr<const Where> where;
};

// A multiset of rounded numbers. Memory is bounded by the number of distinct ones.
class ValueBag {
 public:
  static constexpr double kResolution = 1024;

  void add(double value);
  void merge(const ValueBag& other);
  std::uint64_t size() const;
  double quantile(double p) const;  // linear between order statistics; kUnknown when empty

 private:
  void compress();
  std::vector<std::pair<std::int32_t, std::uint64_t>> counted() const;

  std::vector<std::int32_t> loose_;
  std::vector<std::pair<std::int32_t, std::uint64_t>> counted_;  // ascending
};

struct Partial {
  std::int64_t n = 0;     // patients who have the outcome
  std::int64_t hits = 0;  // of them within the interval
  std::int64_t sum = 0;   // fixed point
  std::int64_t injections = 0;
  std::int64_t days = 0;  // fixed point
  ValueBag values;        // kMedian only

  void merge(const Partial& other);
};

inline constexpr double kFixedPoint = 1 << 20;
std::int64_t to_fixed(double value);
inline double from_fixed(std::int64_t fixed) {
  return static_cast<double>(fixed) / kFixedPoint;
}

// Adds one patient whose outcome is `value` (kUnknown: the patient is not counted).
void add_patient(const Statistic& statistic, double value, const Design& design,
                 const PatientRecord& record, Partial& partial);

// The statistic of one replicate. `control`: of the placebo arm, for kDifference alone.
// kUnknown where it cannot be formed (nobody has the outcome).
double value_of(const Statistic& statistic, const Partial& active, const Partial& control,
                std::optional<double> n_published);

// Linear between order statistics (type 7); `sorted` ascending. kUnknown when empty.
double quantile_of_sorted(std::span<const double> sorted, double p);

}  // namespace dosewright::trial
