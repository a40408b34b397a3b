#include "dosewright/base/time.hpp"
#include "dosewright/refine/search.hpp"

namespace dosewright::refine {

namespace {

bool same(const trial::Interval& a, const trial::Interval& b) {
  return a.low == b.low && a.high == b.high && a.low_closed == b.low_closed &&
         a.high_closed == b.high_closed;
}

bool same(const std::optional<trial::Given>& a, const std::optional<trial::Given>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (a->outcome == b->outcome && same(a->within, b->within));
}

bool is_share(trial::Summary summary) {
  return summary == trial::Summary::kShare || summary == trial::Summary::kPercent;
}

}  // namespace

std::string time_text(Minutes minutes) {
  return minutes == kMinutesPerWeek ? "1 wk" : duration_text(minutes);
}

bool Quantity::same_as(const Quantity& other) const {
  const trial::Statistic& a = statistic;
  const trial::Statistic& b = other.statistic;
  const bool shares = is_share(a.summary) && is_share(b.summary);
  const bool conditions =
      (a.where == nullptr ? "" : a.where->text) == (b.where == nullptr ? "" : b.where->text);
  return a.outcome == b.outcome && (shares || a.summary == b.summary) && same(a.within, b.within) &&
         a.scale == b.scale && same(a.given, b.given) && conditions;
}

Quantity quantity_of(const trial::MeasureRule& measure) {
  Quantity quantity{measure.name, measure.title, measure.unit, measure.statistic};
  if (is_share(measure.statistic.summary)) quantity.unit = "%";
  return quantity;
}

bool can_be_searched(trial::Summary summary) {
  switch (summary) {
    case trial::Summary::kMean:
    case trial::Summary::kPercent:
    case trial::Summary::kShare:
    case trial::Summary::kPerInjection:
    case trial::Summary::kPerWeek:
    case trial::Summary::kPer100PatientYears:
      return true;
    case trial::Summary::kMedian:
    case trial::Summary::kCount:
    case trial::Summary::kSum:
    case trial::Summary::kDifference:
      return false;
  }
  return false;
}

}  // namespace dosewright::refine
