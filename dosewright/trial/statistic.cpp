#include "dosewright/trial/statistic.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/base/unit.hpp"

namespace dosewright::trial {

namespace {

using lang::kUnknown;

constexpr std::size_t kLooseMax = 1 << 16;
constexpr double kDaysPerYear = 365.25;

// An empty end, or a lone minus, is no limit.
bool read_end(std::string_view text, double& end) {
  text = trim(text);
  if (text.empty() || text == "-") return true;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), end);
  return error == std::errc() && stop == text.data() + text.size() && std::isfinite(end);
}

Fault interval_fault(std::string_view text, const Place& place) {
  return {place,
          "expected an interval, found '" + std::string(text) + "'",
          "write '[3, 5)' for 3 <= x < 5, '(-, -15]' for x <= -15, '[3, )' for x >= 3",
          {}};
}

}  // namespace

Result<Interval> parse_interval(std::string_view text, const Place& place) {
  const std::string_view body = trim(text);
  if (body.size() < 3) return interval_fault(text, place);
  Interval interval;
  interval.low_closed = body.front() == '[';
  interval.high_closed = body.back() == ']';
  const bool opened = interval.low_closed || body.front() == '(';
  const bool closed = interval.high_closed || body.back() == ')';
  const auto ends = split(body.substr(1, body.size() - 2), ',');
  if (!opened || !closed || ends.size() != 2) return interval_fault(text, place);
  if (!read_end(ends[0], interval.low) || !read_end(ends[1], interval.high)) {
    return interval_fault(text, place);
  }
  if (interval.low > interval.high) return interval_fault(text, place);
  return interval;
}

bool Where::holds(std::span<const double> covariates, std::vector<double>& scratch) const {
  const auto n = static_cast<std::size_t>(program.n_registers);
  if (scratch.size() < n) scratch.resize(n);
  lang::load(program, scratch);
  std::copy(covariates.begin(), covariates.begin() + program.n_inputs, scratch.begin());
  lang::run_prologue(program, scratch);
  lang::run(program, scratch);
  return scratch[program.outputs.front()] == 1.0;
}

Result<std::shared_ptr<const Where>> parse_where(const std::string& text, const Place& place,
                                                 std::span<const lang::Symbol> covariates) {
  DW_TRY(parsed, lang::parse_expression(text, place));
  DW_TRY(guard, lang::check_guard(std::move(parsed), covariates));
  lang::LowerRequest request;
  request.inputs = covariates;
  request.outputs = {guard.get()};
  DW_TRY(program, lang::lower(request));
  auto where = std::make_shared<Where>();
  where->text = text;
  where->program = std::move(program);
  return std::shared_ptr<const Where>(std::move(where));
}

void ValueBag::add(double value) {
  const double limit = 2e9;
  loose_.push_back(
      static_cast<std::int32_t>(std::llround(std::clamp(value * kResolution, -limit, limit))));
  if (loose_.size() >= kLooseMax) compress();
}

void ValueBag::compress() {
  counted_ = counted();
  loose_.clear();
}

std::vector<std::pair<std::int32_t, std::uint64_t>> ValueBag::counted() const {
  std::vector<std::pair<std::int32_t, std::uint64_t>> all = counted_;
  for (const std::int32_t value : loose_) all.emplace_back(value, 1);
  std::sort(all.begin(), all.end());
  std::vector<std::pair<std::int32_t, std::uint64_t>> merged;
  for (const auto& [value, count] : all) {
    if (merged.empty() || merged.back().first != value) merged.emplace_back(value, 0);
    merged.back().second += count;
  }
  return merged;
}

void ValueBag::merge(const ValueBag& other) {
  loose_.insert(loose_.end(), other.loose_.begin(), other.loose_.end());
  counted_.insert(counted_.end(), other.counted_.begin(), other.counted_.end());
  if (!other.counted_.empty() || loose_.size() >= kLooseMax) compress();
}

std::uint64_t ValueBag::size() const {
  std::uint64_t n = loose_.size();
  for (const auto& entry : counted_) n += entry.second;
  return n;
}

double ValueBag::quantile(double p) const {
  const auto values = counted();
  const std::uint64_t n = size();
  if (n == 0) return kUnknown;
  const double position = p * static_cast<double>(n - 1);
  const auto rank = static_cast<std::uint64_t>(position);
  const auto at = [&](std::uint64_t k) {
    std::uint64_t seen = 0;
    for (const auto& [value, count] : values) {
      seen += count;
      if (k < seen) return value / kResolution;
    }
    return values.back().first / kResolution;
  };
  const double low = at(rank);
  const double part = position - static_cast<double>(rank);
  return part == 0 ? low : low + part * (at(rank + 1) - low);
}

void Partial::merge(const Partial& other) {
  n += other.n;
  hits += other.hits;
  sum += other.sum;
  injections += other.injections;
  days += other.days;
  values.merge(other.values);
}

std::int64_t to_fixed(double value) {
  const double limit = 1e6;
  return std::llround(std::clamp(value, -limit, limit) * kFixedPoint);
}

void add_patient(const Statistic& statistic, double value, const Design& design,
                 const PatientRecord& record, Partial& partial) {
  if (lang::is_unknown(value)) return;
  ++partial.n;
  if (statistic.within.contains(value)) ++partial.hits;
  const double scaled = value * statistic.scale;
  partial.sum += to_fixed(scaled);
  partial.injections += record.n_injections;
  partial.days += to_fixed(exposure_days(statistic.outcome, design, record));
  if (statistic.summary == Summary::kMedian) partial.values.add(scaled);
}

namespace {

double ratio(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : kUnknown;
}

double mean_of(const Partial& partial) {
  return ratio(from_fixed(partial.sum), static_cast<double>(partial.n));
}

}  // namespace

double value_of(const Statistic& statistic, const Partial& active, const Partial& control,
                std::optional<double> n_published) {
  const auto n = static_cast<double>(active.n);
  const double total = from_fixed(active.sum);
  const double days = from_fixed(active.days);
  const double to_published = n_published ? *n_published : n;
  switch (statistic.summary) {
    case Summary::kMean:
      return mean_of(active);
    case Summary::kMedian:
      return active.values.quantile(0.5);
    case Summary::kCount:
      return std::round(ratio(static_cast<double>(active.hits) * to_published, n));
    case Summary::kPercent:
      return ratio(100.0 * static_cast<double>(active.hits), n);
    case Summary::kShare:
      return ratio(static_cast<double>(active.hits), n);
    case Summary::kSum:
      return ratio(total * to_published, n);
    case Summary::kPerInjection:
      return ratio(total, static_cast<double>(active.injections));
    case Summary::kPerWeek:
      return ratio(total * 7.0, days);
    case Summary::kPer100PatientYears:
      return ratio(100.0 * total * kDaysPerYear, days);
    case Summary::kDifference:
      return mean_of(active) - mean_of(control);
  }
  return kUnknown;
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  if (sorted.empty()) return kUnknown;
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto rank = static_cast<std::size_t>(position);
  const double part = position - static_cast<double>(rank);
  if (rank + 1 >= sorted.size() || part == 0) return sorted[rank];
  return sorted[rank] + part * (sorted[rank + 1] - sorted[rank]);
}

}  // namespace dosewright::trial
