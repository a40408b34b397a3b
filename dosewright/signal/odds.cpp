#include "dosewright/signal/odds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "dosewright/base/check.hpp"

namespace dosewright::signal {
namespace {

constexpr double kTail = 0.025;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

double log_choose(int n, int k) {
  return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
}

// How many of the events fall into the arm, given the margins: a noncentral hypergeometric number.
class Conditional {
 public:
  explicit Conditional(const Fourfold& table) {
    const int events = table.with + table.control_with;
    least_ = std::max(0, events - table.control_at_risk);
    most_ = std::min(events, table.at_risk);
    for (int k = least_; k <= most_; ++k) {
      log_weights_.push_back(log_choose(table.at_risk, k) +
                             log_choose(table.control_at_risk, events - k));
    }
  }

  int least() const { return least_; }
  int most() const { return most_; }

  // P(at least `count`) where the odds ratio is exp(log_ratio).
  double at_least(int count, double log_ratio) const {
    double peak = -kInfinite;
    for (int k = least_; k <= most_; ++k) peak = std::max(peak, weight(k, log_ratio));
    double tail = 0, all = 0;
    for (int k = least_; k <= most_; ++k) {
      const double share = std::exp(weight(k, log_ratio) - peak);
      all += share;
      if (k >= count) tail += share;
    }
    return tail / all;
  }

  // The odds ratio at which P(at least `count`) is `wanted`; it grows with the ratio.
  double ratio_where(int count, double wanted) const {
    constexpr int kHalvings = 100;
    double low = -60, high = 60;
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = (low + high) / 2;
      (at_least(count, middle) < wanted ? low : high) = middle;
    }
    return std::exp((low + high) / 2);
  }

 private:
  double weight(int k, double log_ratio) const {
    return log_weights_[static_cast<std::size_t>(k - least_)] + k * log_ratio;
  }

  int least_ = 0, most_ = 0;
  std::vector<double> log_weights_;
};

}  // namespace

Odds odds_ratio(const Fourfold& table) {
  DW_CHECK(table.with >= 0 && table.with <= table.at_risk && table.control_with >= 0 &&
               table.control_with <= table.control_at_risk,
           "nobody has an event without being at risk");
  const double up = 1.0 * table.with * (table.control_at_risk - table.control_with);
  const double down = 1.0 * table.control_with * (table.at_risk - table.with);
  Odds odds;
  odds.ratio = up / down;  // by IEEE 754 infinite, or unknown, where it should be
  const Conditional conditional(table);
  odds.lo = table.with > conditional.least() ? conditional.ratio_where(table.with, kTail) : 0;
  odds.hi = table.with < conditional.most() ? conditional.ratio_where(table.with + 1, 1 - kTail)
                                            : kInfinite;
  return odds;
}

}  // namespace dosewright::signal
