#include "dosewright/trial/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dosewright/base/check.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::trial {

namespace {

using lang::kUnknown;

Minutes day_of(Minutes at) {
  return at >= 0 ? at / kMinutesPerDay : (at + 1) / kMinutesPerDay - 1;
}

double days_between(Minutes from, Minutes to) {
  return static_cast<double>(to - from) / static_cast<double>(kMinutesPerDay);
}

bool dosed(const Chart& chart) {
  return chart.first_dose() < protocol::kNever;
}

// Where what is counted from the first dose begins.
Minutes beginning(const Chart& chart) {
  return dosed(chart) ? chart.first_dose() : 0;
}

double baseline_of(const PatientRecord& record, int analyte) {
  const auto i = static_cast<std::size_t>(analyte);
  return i < record.baseline.size() ? record.baseline[i] : kUnknown;
}

std::span<const Reading> readings_after(const Chart& chart, int analyte, Minutes after) {
  const auto all = chart.readings(analyte);
  const auto first = std::ranges::upper_bound(all, after, {}, &Reading::at);
  return all.subspan(static_cast<std::size_t>(first - all.begin()));
}

// The reading after the first dose that is nearest to the target; the earlier of two equally near.
const Reading* nearest(const Chart& chart, int analyte, Minutes target) {
  const auto all = readings_after(chart, analyte, beginning(chart));
  if (all.empty()) return nullptr;
  const auto after = std::ranges::lower_bound(all, target, {}, &Reading::at);
  if (after == all.begin()) return &all.front();
  const Minutes before = (after - 1)->at;
  const bool later = after != all.end() && after->at - target < target - before;
  return later ? &*after : &*std::ranges::lower_bound(all, before, {}, &Reading::at);
}

double value_at(const OutcomeSpec& spec, Minutes at, const Design& design, const Chart& chart) {
  const PatientRecord& record = chart.record();
  if (spec.at_pet) {
    const Minutes last = record.last_dose >= 0 ? record.last_dose : 0;
    const Reading* reading = nearest(chart, spec.index, last + design.pet_after_last_dose);
    return reading == nullptr ? kUnknown : reading->value;
  }
  if (at <= 0) return baseline_of(record, spec.index);
  const Minutes target = beginning(chart) + at;
  const Reading* reading = nearest(chart, spec.index, target);
  const bool near = reading != nullptr && std::abs(reading->at - target) <= spec.window;
  return near ? reading->value : kUnknown;
}

bool in_safety_window(const PatientRecord& record, const Reading& reading) {
  return reading.at <= record.last_dose + kSafetyAfterLastDose;
}

// Readings of one analyte in the safety window that have a limit to compare with.
template <class Visit>
void each_in_safety_window(const Chart& chart, int analyte, const Visit& visit) {
  for (const Reading& reading : readings_after(chart, analyte, chart.first_dose())) {
    if (!(reading.uln > 0)) continue;
    if (in_safety_window(chart.record(), reading)) visit(reading);
  }
}

double peak_uln(const OutcomeSpec& spec, const Chart& chart) {
  double peak = kUnknown;
  if (!dosed(chart)) return peak;
  each_in_safety_window(chart, spec.index, [&](const Reading& reading) {
    const double multiple = reading.value / reading.uln;
    if (!(peak >= multiple)) peak = multiple;
  });
  return peak;
}

// From `first` (a reading of the chart) on: the lowest multiple over the readings up to the first
// one >= 7 d later, which confirms it; a later one could only be lower. kUnknown where none is.
double confirmed_from(const Chart& chart, const Reading& first) {
  double lowest = first.value / first.uln;
  const auto all = chart.readings(first.analyte);
  const Reading* const end = all.data() + all.size();
  for (const Reading* next = &first + 1; next != end; ++next) {
    if (!(next->uln > 0)) continue;
    if (!in_safety_window(chart.record(), *next)) break;
    lowest = std::min(lowest, next->value / next->uln);
    if (day_of(next->at) - day_of(first.at) >= 7) return lowest;
  }
  return kUnknown;
}

double confirmed_uln(const OutcomeSpec& spec, const Chart& chart) {
  if (!dosed(chart)) return kUnknown;
  double best = 0;  // never confirmed: of no multiple
  bool any = false;
  each_in_safety_window(chart, spec.index, [&](const Reading& reading) {
    any = true;
    if (reading.value / reading.uln <= best) return;
    const double confirmed = confirmed_from(chart, reading);
    if (confirmed > best) best = confirmed;
  });
  return any ? best : kUnknown;
}

double days_above_uln(const OutcomeSpec& spec, const Chart& chart) {
  if (!dosed(chart)) return kUnknown;
  const Reading* start = nullptr;
  each_in_safety_window(chart, spec.index, [&](const Reading& reading) {
    if (start == nullptr && confirmed_from(chart, reading) >= spec.threshold) {
      start = &reading;
    }
  });
  if (start == nullptr) return kUnknown;
  for (const Reading& reading : readings_after(chart, spec.index, start->at)) {
    if (reading.uln <= 0) continue;
    if (reading.value / reading.uln < spec.threshold) {
      return static_cast<double>(day_of(reading.at) - day_of(start->at));
    }
  }
  return kUnknown;
}

// The part of a straight line from one value to another that lies at or below the goal.
double part_at_goal(double from, double to, double goal) {
  if (from <= goal && to <= goal) return 1;
  if (from > goal && to > goal) return 0;
  const double crossing = (goal - from) / (to - from);
  return from <= goal ? crossing : 1 - crossing;
}

// Treatment is counted as planned, also for those who stopped: what they lose is part of the
// answer.
double time_at_goal(const OutcomeSpec& spec, const Design& design, const Chart& chart) {
  const double baseline = baseline_of(chart.record(), spec.index);
  if (!dosed(chart) || lang::is_unknown(baseline)) return kUnknown;
  const double goal = spec.goal_is_fall ? baseline * (1 - spec.goal) : spec.goal;
  const Minutes end = design.treatment;
  Minutes from = chart.first_dose();
  const Minutes start = from;
  double value = baseline;
  double minutes = 0;
  for (const Reading& reading : readings_after(chart, spec.index, from)) {
    if (reading.at <= from) continue;  // two of one instant
    const auto length = static_cast<double>(reading.at - from);
    if (reading.at > end) {  // the line is cut where treatment was to end
      const double part = static_cast<double>(end - from) / length;
      const double at_end = value + part * (reading.value - value);
      return 100.0 * (minutes + part * length * part_at_goal(value, at_end, goal)) /
             static_cast<double>(end - start);
    }
    minutes += length * part_at_goal(value, reading.value, goal);
    from = reading.at;
    value = reading.value;
  }
  if (value <= goal) minutes += static_cast<double>(end - from);
  return 100.0 * minutes / static_cast<double>(end - start);
}

double readings(const OutcomeSpec& spec, const Chart& chart) {
  if (!dosed(chart)) return kUnknown;
  return static_cast<double>(readings_after(chart, spec.index, chart.first_dose()).size());
}

// Whether something at this instant counts for an outcome of events or hazards.
bool counts(const OutcomeSpec& spec, const Chart& chart, Minutes at) {
  if (spec.on_treatment) {
    if (!dosed(chart)) return false;
    if (at < chart.first_dose() || day_of(at) > day_of(chart.record().last_dose)) return false;
  }
  return spec.until == 0 || at <= beginning(chart) + spec.until;
}

double event_outcome(const OutcomeSpec& spec, const Chart& chart) {
  if (!dosed(chart)) return kUnknown;
  double total = 0;
  double first_day = std::numeric_limits<double>::infinity();
  for (const EventEntry& event : chart.record().events) {
    if (event.event != spec.index || !counts(spec, chart, event.at)) continue;
    total += event.count;
    const double day = days_between(chart.first_dose(), event.at);
    first_day = std::min(first_day, day);
  }
  if (spec.measure == Measure::kFirstEventDay) return first_day;
  return spec.measure == Measure::kAnyEvent ? (total > 0 ? 1.0 : 0.0) : total;
}

double hazard_outcome(const OutcomeSpec& spec, const Chart& chart) {
  double struck = 0;
  for (const HazardEntry& entry : chart.record().hazards) {
    if (entry.hazard == spec.index && counts(spec, chart, entry.at)) struck += 1;
  }
  return spec.measure == Measure::kStruck ? std::min(struck, 1.0) : struck;
}

double discontinued(const OutcomeSpec& spec, const PatientRecord& record) {
  if (!record.discontinued) return 0;
  const auto& causes = spec.causes;
  const bool named = std::find(causes.begin(), causes.end(), record.cause) != causes.end();
  return causes.empty() || named ? 1 : 0;
}

double days_on_treatment(const PatientRecord& record, Minutes first_dose) {
  if (first_dose == protocol::kNever) return kUnknown;
  return static_cast<double>(day_of(record.last_dose) - day_of(first_dose) + 1);
}

double held_doses(const PatientRecord& record) {
  return static_cast<double>(
      std::count_if(record.doses.begin(), record.doses.end(),
                    [](const DoseEntry& dose) { return dose.action == DoseAction::kHeld; }));
}

double region_left(const OutcomeSpec& spec, const Design& design, const PatientRecord& record) {
  const auto& regions = design.protocol->regions;
  for (const protocol::Firing& firing : record.log) {
    const protocol::Region& region = regions[static_cast<std::size_t>(firing.region)];
    if (region.name == spec.region && firing.to != region.initial) return 1;
  }
  return 0;
}

}  // namespace

bool injected(const DoseEntry& dose) {
  return dose.action == DoseAction::kGiven || dose.action == DoseAction::kReduced ||
         dose.action == DoseAction::kMadeUp;
}

Minutes first_dose(const PatientRecord& record) {
  const auto first = std::find_if(record.doses.begin(), record.doses.end(), injected);
  return first == record.doses.end() ? protocol::kNever : first->at;
}

void Chart::take(const PatientRecord& record) {
  record_ = &record;
  first_dose_ = trial::first_dose(record);
  int n_analytes = 0;
  for (const Reading& reading : record.readings) {
    n_analytes = std::max(n_analytes, reading.analyte + 1);
  }
  // Counts, then where each analyte begins, then each reading to its place.
  begin_.assign(at(n_analytes) + 2, 0);
  for (const Reading& reading : record.readings) ++begin_[at(reading.analyte) + 2];
  for (std::size_t i = 2; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  sorted_.resize(record.readings.size());
  for (const Reading& reading : record.readings) {
    sorted_[begin_[at(reading.analyte) + 1]++] = reading;
  }
}

std::span<const Reading> Chart::readings(int analyte) const {
  const std::size_t i = at(analyte);
  if (analyte < 0 || i + 1 >= begin_.size()) return {};
  return std::span(sorted_).subspan(begin_[i], begin_[i + 1] - begin_[i]);
}

double exposure_days(const OutcomeSpec& spec, const Design& design, const PatientRecord& record) {
  const Minutes first = first_dose(record);
  const bool dosed = first < protocol::kNever;
  if (spec.on_treatment) return dosed ? days_on_treatment(record, first) : 0;
  const Minutes start = dosed ? first : 0;
  const Minutes end = spec.until > 0 ? std::min(design.end, start + spec.until) : design.end;
  return days_between(start, end);
}

double outcome_at(const OutcomeSpec& spec, Minutes when, const Design& design, const Chart& chart) {
  const double baseline = baseline_of(chart.record(), spec.index);
  const double value =
      spec.measure == Measure::kBaseline ? baseline : value_at(spec, when, design, chart);
  if (spec.measure == Measure::kPercentChange) {
    return baseline > 0 ? 100.0 * (value - baseline) / baseline : kUnknown;
  }
  const auto& analytes = design.protocol->vocabulary.analytes;
  const Unit& unit = analytes[static_cast<std::size_t>(spec.index)].unit;
  return unit.from_canonical(spec.measure == Measure::kChange ? value - baseline : value);
}

double outcome(const OutcomeSpec& spec, const Design& design, const PatientRecord& record) {
  Chart chart;
  chart.take(record);
  return outcome(spec, design, chart);
}

double outcome(const OutcomeSpec& spec, const Design& design, const Chart& chart) {
  const PatientRecord& record = chart.record();
  switch (spec.measure) {
    case Measure::kBaseline:
    case Measure::kValue:
    case Measure::kChange:
    case Measure::kPercentChange:
      return outcome_at(spec, spec.at, design, chart);
    case Measure::kPeakUln:
      return peak_uln(spec, chart);
    case Measure::kConfirmedUln:
      return confirmed_uln(spec, chart);
    case Measure::kDaysAboveUln:
      return days_above_uln(spec, chart);
    case Measure::kTimeAtGoal:
      return time_at_goal(spec, design, chart);
    case Measure::kReadings:
      return readings(spec, chart);
    case Measure::kAnyEvent:
    case Measure::kEventCount:
    case Measure::kFirstEventDay:
      return event_outcome(spec, chart);
    case Measure::kStruck:
    case Measure::kStruckCount:
      return hazard_outcome(spec, chart);
    case Measure::kDiscontinued:
      return discontinued(spec, record);
    case Measure::kCompleted:
      return dosed(chart) && !record.discontinued ? 1 : 0;
    case Measure::kDaysOnTreatment:
      return days_on_treatment(record, chart.first_dose());
    case Measure::kInjections:
      return record.n_injections;
    case Measure::kHeldDoses:
      return held_doses(record);
    case Measure::kRegionLeft:
      return region_left(spec, design, record);
  }
  return kUnknown;
}

}  // namespace dosewright::trial
