#include "dosewright/refine/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"

namespace dosewright::refine {

namespace {

constexpr std::int64_t kMostSchedules = 1'000'000;

Phase phase(Minutes from, double mg, const Interval& interval) {
  Phase made;
  made.from = from;
  made.regimen.amount_mg = mg;
  made.regimen.period = interval.period;
  made.regimen.offsets = interval.offsets;
  return made;
}

bool is_structural(const Constraint& constraint) {
  return constraint.kind != Constraint::Kind::kQuantity;
}

Minutes shortest_gap(const protocol::Regimen& regimen) {
  Minutes gap = regimen.period - regimen.offsets.back() + regimen.offsets.front();
  for (std::size_t i = 1; i < regimen.offsets.size(); ++i) {
    gap = std::min(gap, regimen.offsets[i] - regimen.offsets[i - 1]);
  }
  return gap;
}

double injections_a_day(const protocol::Regimen& regimen) {
  const Minutes gap = shortest_gap(regimen);
  const Minutes rounded_up = (kMinutesPerDay + gap - 1) / gap;
  return gap >= kMinutesPerDay ? 1.0 : static_cast<double>(rounded_up);
}

double injections_a_week(const protocol::Regimen& regimen) {
  return static_cast<double>(regimen.offsets.size()) * static_cast<double>(kMinutesPerWeek) /
         static_cast<double>(regimen.period);
}

// Every place of the space that differs in the injections themselves.
template <class Visit>
void each_dosing(const Search& search, const Visit& visit) {
  const Coordinates sizes = sizes_of(search.space);
  Coordinates place{};
  for (place[0] = 0; place[0] < sizes[0]; ++place[0]) {
    for (place[1] = 0; place[1] < sizes[1]; ++place[1]) {
      for (place[2] = 0; place[2] < sizes[2]; ++place[2]) {
        for (place[3] = 0; place[3] < sizes[3]; ++place[3]) visit(schedule_at(search, place));
      }
    }
  }
}

// The constraint that no schedule of the space meets, with the one that comes nearest.
void add_empty_fault(const Search& search, Faults& faults) {
  for (const Constraint& constraint : search.constraints) {
    if (!is_structural(constraint)) continue;
    double least = HUGE_VAL;
    std::string nearest;
    each_dosing(search, [&](const Schedule& schedule) {
      const double value = structural_value(constraint.kind, schedule);
      if (value >= least) return;
      least = value;
      nearest = schedule.name;
    });
    if (least <= constraint.limit + 1e-9) continue;
    faults.add(constraint.place, "no schedule of the space meets '" + constraint.text + "'",
               fmt::format("the nearest is '{}' with {}", nearest, number_text(least, 4)));
  }
  if (faults.empty()) {
    faults.add({search.file, 0, 0}, "no schedule of the space meets all constraints together",
               "each of them alone can be met: widen the space, or loosen one");
  }
}

}  // namespace

Coordinates sizes_of(const Space& space) {
  const auto size = [](const auto& list) { return static_cast<int>(list.size()); };
  return {size(space.doses_mg),  size(space.intervals),  size(space.loading),
          size(space.step_down), size(space.monitoring), size(space.profiles)};
}

Schedule schedule_at(const Search& search, const Coordinates& place) {
  const Space& space = search.space;
  const double mg = space.doses_mg[at(place[0])];
  const Interval& interval = space.intervals[at(place[1])];
  const Loading& loading = space.loading[at(place[2])];
  const StepDown& step = space.step_down[at(place[3])];
  Schedule schedule;
  schedule.in_space = true;
  schedule.at = place;
  schedule.monitoring = space.monitoring[at(place[4])];
  schedule.profile = place[5];
  schedule.phases.push_back(phase(0, loading.length > 0 ? mg * loading.factor : mg, interval));
  if (loading.length > 0) schedule.phases.push_back(phase(loading.length, mg, interval));
  if (step.from > 0) schedule.phases.push_back(phase(step.from, mg * step.factor, interval));
  schedule.name = number_text(mg, 6) + " mg " +
                  (interval.text.ends_with("/wk") ? interval.text : "every " + interval.text);
  if (loading.length > 0) schedule.name += ", load " + loading.text;
  if (step.from > 0) schedule.name += ", then " + step.text;
  if (schedule.monitoring.every > 0) schedule.name += ", tests " + schedule.monitoring.text;
  if (space.profiles.size() > 1) schedule.name += ", " + space.profiles[at(place[5])];
  return schedule;
}

Schedule schedule_of(const programme::Programme& programme, const Search& search, int index,
                     int profile) {
  const Point& point = search.points[at(index)];
  const std::string& name = search.space.profiles[at(profile)];
  const auto& lighter = programme.dosing.lighter_profiles;
  const bool by_weight = std::find(lighter.begin(), lighter.end(), name) != lighter.end();
  const auto regimen = [&](const std::string& id) {
    protocol::Regimen found = *programme.regimen(id);
    if (!by_weight) found.lighter.clear();
    return found;
  };
  Schedule schedule;
  schedule.name = point.name + (search.space.profiles.size() > 1 ? ", " + name : "");
  schedule.point = index;
  schedule.monitoring = point.monitoring;
  schedule.profile = profile;
  schedule.phases.push_back({0, regimen(point.regimen)});
  for (const auto& later : point.later) {
    schedule.phases.push_back({later.from, regimen(later.regimen)});
  }
  return schedule;
}

std::string text_of(const Schedule& schedule) {
  std::string text;
  for (const Phase& phase : schedule.phases) {
    const protocol::Regimen& regimen = phase.regimen;
    const bool weekly = regimen.period == kMinutesPerWeek && regimen.offsets.size() > 1;
    text += (text.empty() ? "" : "; ") + number_text(regimen.amount_mg, 6) + " mg ";
    text += weekly ? fmt::format("{}/wk", regimen.offsets.size())
                   : "every " + time_text(regimen.period);
    if (phase.from > 0) text += " from " + time_text(phase.from);
  }
  return text;
}

std::string key_of(const Schedule& schedule) {
  std::string key = fmt::format("{} {}", schedule.profile, schedule.monitoring.every);
  for (const Phase& phase : schedule.phases) {
    const protocol::Regimen& regimen = phase.regimen;
    key += fmt::format("; {} {:.9g} {} {}", phase.from, regimen.amount_mg, regimen.period,
                       regimen.lighter);
    for (const Minutes offset : regimen.offsets) key += fmt::format(" {}", offset);
  }
  return key;
}

double structural_value(Constraint::Kind kind, const Schedule& schedule) {
  using Kind = Constraint::Kind;
  double most = 0;
  for (const Phase& phase : schedule.phases) {
    const protocol::Regimen& regimen = phase.regimen;
    const double value = kind == Kind::kInjectionsADay    ? injections_a_day(regimen)
                         : kind == Kind::kInjectionsAWeek ? injections_a_week(regimen)
                         : kind == Kind::kMgAWeek         ? regimen.weekly_mg()
                                                          : regimen.amount_mg;
    most = std::max(most, value);
  }
  return most;
}

int broken_by(const Search& search, const Schedule& schedule) {
  for (std::size_t i = 0; i < search.constraints.size(); ++i) {
    const Constraint& constraint = search.constraints[i];
    if (!is_structural(constraint)) continue;
    if (structural_value(constraint.kind, schedule) > constraint.limit + 1e-9) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

Faults space_faults(const programme::Programme& programme, const Search& search) {
  Faults faults;
  std::int64_t n = 1;
  for (const int size : sizes_of(search.space)) n *= size;
  if (n > kMostSchedules) {
    faults.add(
        {search.file, 0, 0},
        fmt::format("the space holds {} schedules, at most {} can be searched", n, kMostSchedules),
        "widen the step of the doses, or take levels out");
    return faults;
  }
  bool any = false;
  each_dosing(search,
              [&](const Schedule& schedule) { any = any || broken_by(search, schedule) < 0; });
  if (!any) add_empty_fault(search, faults);
  for (const Point& point : search.points) {
    DW_CHECK(programme.regimen(point.regimen) != nullptr, "the reader lets no unknown one through");
    if (point.monitoring.every == 0 || !search.space.monitored.empty()) continue;
    faults.add({search.file, 0, 0},
               "point '" + point.name +
                   "' has an interval of tests, but [space] monitoring names "
                   "no schedules",
               "say which: monitoring = { schedules = [\"...\"], every = [\"as the profile\"] }");
  }
  return faults;
}

}  // namespace dosewright::refine
