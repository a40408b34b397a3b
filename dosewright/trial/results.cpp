#include "dosewright/trial/results.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/lang/program.hpp"

namespace dosewright::trial {

namespace {

constexpr double kNormal975 = 1.959963984540054;

// P(X >= x) for X binomial(n, p), summed in logarithms so that no factor overflows.
double upper_tail(int x, int n, double p) {
  if (x <= 0) return 1;
  double sum = 0;
  for (int k = x; k <= n; ++k) {
    const double log_choose =
        std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
    sum += std::exp(log_choose + k * std::log(p) + (n - k) * std::log1p(-p));
  }
  return sum;
}

// The p at which a rising function of p reaches the target, by bisection to 1e-12.
template <class Rising>
double solve(const Rising& rising, double target) {
  double low = 0;
  double high = 1;
  while (high - low > 1e-12) {
    const double middle = 0.5 * (low + high);
    (rising(middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

std::optional<double> binomial_width(const MappedRow& mapped) {
  const auto& row = *mapped.row;
  if (!row.n_num || !(*row.n_num >= 1) || *row.n_num > 1e5) return std::nullopt;
  const double n = *row.n_num;
  const bool count = mapped.statistic.summary == Summary::kCount;
  const double counted = count ? *row.value_num : *row.value_num / 100.0 * n;
  if (!(counted >= -0.5 && counted <= n + 0.5)) return std::nullopt;
  const int x = std::clamp(static_cast<int>(std::lround(counted)), 0, static_cast<int>(n));
  const ShareInterval share = exact_binomial(x, static_cast<int>(n));
  return (share.hi - share.lo) * (count ? n : 100.0);
}

RowResult row_result(const Results& results, std::size_t index) {
  RowResult result;
  result.mapped = &results.context().mapping->result.rows[index];
  result.published = *result.mapped->row->value_num;
  std::vector<double> values = results.row_values(index);
  std::sort(values.begin(), values.end());
  result.formed = static_cast<int>(values.size());
  result.median = quantile_of_sorted(values, 0.5);
  result.lo = quantile_of_sorted(values, 0.025);
  result.hi = quantile_of_sorted(values, 0.975);
  result.inside = result.published >= result.lo && result.published <= result.hi;
  result.sampling_width = sampling_width(*result.mapped);
  return result;
}

void count(const RowResult& row, Coverage& coverage) {
  ++coverage.total;
  if (row.inside) ++coverage.inside;
}

}  // namespace

ShareInterval exact_binomial(int x, int n) {
  ShareInterval share;
  if (x > 0) {
    share.lo = solve([&](double p) { return upper_tail(x, n, p); }, 0.025);
  }
  if (x < n) {
    share.hi = solve([&](double p) { return upper_tail(x + 1, n, p); }, 0.975);
  }
  return share;
}

std::optional<double> sampling_width(const MappedRow& mapped) {
  const auto& row = *mapped.row;
  const Summary summary = mapped.statistic.summary;
  if (counts_patients(summary)) return binomial_width(mapped);
  if (summary == Summary::kMean && row.sd_num && row.n_num && *row.n_num >= 2) {
    return 2 * kNormal975 * *row.sd_num / std::sqrt(*row.n_num);
  }
  if (row.ci95_lo && row.ci95_hi) return *row.ci95_hi - *row.ci95_lo;
  return std::nullopt;
}

CurvePoint curve_point(const PooledCell& cell) {
  CurvePoint point;
  std::int64_t sum = 0;
  std::vector<double> means;
  for (std::size_t i = 0; i < cell.n.size(); ++i) {
    point.n += cell.n[i];
    sum += cell.sum[i];
    if (cell.n[i] > 0) means.push_back(from_fixed(cell.sum[i]) / static_cast<double>(cell.n[i]));
  }
  std::sort(means.begin(), means.end());
  point.mean = point.n > 0 ? from_fixed(sum) / static_cast<double>(point.n) : lang::kUnknown;
  point.lo = quantile_of_sorted(means, 0.025);
  point.hi = quantile_of_sorted(means, 0.975);
  return point;
}

std::vector<RowResult> row_results(const Results& results) {
  std::vector<RowResult> rows;
  const std::size_t n = results.context().mapping->result.rows.size();
  for (std::size_t i = 0; i < n; ++i) rows.push_back(row_result(results, i));
  return rows;
}

CoverageTable coverage_of(const std::vector<RowResult>& rows) {
  CoverageTable table;
  double ratios = 0;
  int n_ratios = 0;
  for (const RowResult& row : rows) {
    const bool population = row.mapped->group == kPopulationGroup;
    Coverage& coverage = population               ? table.population
                         : row.mapped->calibrated ? table.calibrated
                                                  : table.untouched;
    count(row, coverage);
    if (!population) {
      count(row, table.groups[row.mapped->group]);
      if (!row.mapped->family.empty()) count(row, table.families[row.mapped->family]);
    }
    if (population || row.formed == 0 || !row.sampling_width || !(*row.sampling_width > 0)) {
      continue;
    }
    ratios += row.width() / *row.sampling_width;
    ++n_ratios;
  }
  if (n_ratios > 0) table.width_ratio = ratios / n_ratios;
  return table;
}

}  // namespace dosewright::trial
