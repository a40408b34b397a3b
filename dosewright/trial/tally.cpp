#include "dosewright/trial/tally.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dosewright/base/check.hpp"

namespace dosewright::trial {

namespace {

int outcome_index(Plan& plan, const OutcomeSpec& spec) {
  const auto found = std::find(plan.outcomes.begin(), plan.outcomes.end(), spec);
  if (found != plan.outcomes.end()) return static_cast<int>(found - plan.outcomes.begin());
  plan.outcomes.push_back(spec);
  return static_cast<int>(plan.outcomes.size()) - 1;
}

int add_slot(Plan& plan, const Statistic& statistic, ArmIndex where) {
  Slot slot{&statistic, where, outcome_index(plan, statistic.outcome), -1};
  if (statistic.given) slot.given = outcome_index(plan, statistic.given->outcome);
  const int index = static_cast<int>(plan.slots.size());
  plan.slots.push_back(slot);
  plan.slots_of_trial[at(where.trial)].push_back(index);
  return index;
}

void plan_rows(Plan& plan) {
  for (const MappedRow& row : plan.mapping->result.rows) {
    RowSlots& slots = plan.rows.emplace_back();
    for (const ArmIndex& arm : row.active) {
      slots.active.push_back(add_slot(plan, row.statistic, arm));
    }
    for (const ArmIndex& arm : row.control) {
      slots.control.push_back(add_slot(plan, row.statistic, arm));
    }
  }
}

void plan_measures(Plan& plan) {
  for (const MeasureRule& measure : plan.mapping->map.measures) {
    auto& by_trial = plan.measures.emplace_back(plan.designs->trials.size());
    for (std::size_t trial = 0; trial < by_trial.size(); ++trial) {
      for (std::size_t arm = 0; arm < plan.designs->trials[trial].arms.size(); ++arm) {
        const ArmIndex where{static_cast<int>(trial), static_cast<int>(arm)};
        by_trial[trial].push_back(add_slot(plan, measure.statistic, where));
      }
    }
  }
}

void add_schedule(const protocol::Schedule& schedule, Minutes end, std::set<Minutes>& times) {
  for (const Minutes when : schedule.at) {
    if (when > 0 && when <= end) times.insert(when);
  }
  if (schedule.every <= 0) return;
  const Minutes until = schedule.until > 0 ? std::min(schedule.until - 1, end) : end;
  for (Minutes when = schedule.from; when <= until; when += schedule.every) {
    if (when > 0) times.insert(when);
  }
}

// The planned times at which a lab is read, and the baseline.
std::vector<Minutes> planned_times(const model::Model& model, const Design& design, int analyte) {
  const std::string& code = design.protocol->vocabulary.analytes[at(analyte)].code;
  std::set<Minutes> times{0};
  for (const protocol::Schedule& schedule : design.protocol->schedules) {
    const auto& panel = design.protocol->panels[at(schedule.panel)].analytes;
    if (std::find(panel.begin(), panel.end(), analyte) == panel.end()) continue;
    add_schedule(schedule, design.end, times);
  }
  for (const Imaging& imaging : design.imaging) {
    if (model.labs[at(imaging.lab)].code != code) continue;
    for (const Minutes when : imaging.at) {
      if (when > 0 && when <= design.end) times.insert(when);
    }
  }
  return {times.begin(), times.end()};
}

std::uint32_t bins_of(const SeriesRule& rule) {
  return static_cast<std::uint32_t>(std::lround((rule.high - rule.low) / rule.bin));
}

// Values beyond the ends stand in the outermost bins.
std::uint32_t bin_of(const SeriesRule& rule, double value) {
  const double bin = std::floor((value - rule.low) / rule.bin);
  return static_cast<std::uint32_t>(std::clamp(bin, 0.0, static_cast<double>(bins_of(rule) - 1)));
}

void keep_lowest_ids(std::vector<EdishPoint>& points) {
  std::sort(points.begin(), points.end());
  if (points.size() > kEdishPoints) points.resize(kEdishPoints);
}

template <class Number>
void add_to(std::vector<Number>& to, const std::vector<Number>& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

std::vector<std::vector<std::vector<std::int64_t>>> no_states(const Design& design, int n_weeks) {
  std::vector<std::vector<std::vector<std::int64_t>>> states;
  for (const protocol::Region& region : design.protocol->regions) {
    states.emplace_back(at(n_weeks) + 1, std::vector<std::int64_t>(region.states.size()));
  }
  return states;
}

}  // namespace

Plan make_plan(const programme::Programme& programme, const DesignSet& designs,
               const Mapping& mapping) {
  Plan plan;
  plan.designs = &designs;
  plan.mapping = &mapping;
  plan.slots_of_trial.resize(designs.trials.size());
  plan_rows(plan);
  plan_measures(plan);
  for (const Design& design : designs.trials) {
    auto& weeks = plan.weeks.emplace_back();
    for (const SeriesRule& series : mapping.map.series) {
      weeks.push_back(planned_times(programme.model, design, series.outcome.index));
    }
    plan.n_weeks.push_back(static_cast<int>(design.end / kMinutesPerWeek));
  }
  return plan;
}

Tally::Tally(const Plan& plan, int trial)
    : plan_(&plan),
      design_(&plan.design(trial)),
      trial_(trial),
      partials_(plan.slots_of_trial[at(trial)].size()),
      known_(plan.outcomes.size()),
      is_known_(plan.outcomes.size()) {
  for (std::size_t i = 0; i < design_->arms.size(); ++i) {
    ArmTally& arm = arms_.emplace_back();
    arm.moves = no_states(*design_, plan.n_weeks[at(trial)]);
    for (const auto& times : plan.weeks[at(trial)]) arm.series.emplace_back(times.size());
  }
}

void Tally::add(const PatientRecord& record) {
  ArmTally& arm = arms_[at(record.arm)];
  ++arm.patients;
  if (record.status != num::Status::kOk) {
    ++arm.failed;
    return;
  }
  chart_.take(record);
  add_slots(record);
  add_series(arm);
  add_states(record, arm);
  add_stop(record, arm);
  add_edish(arm);
}

double Tally::outcome_of(int index) {
  if (is_known_[at(index)] == 0) {
    known_[at(index)] = outcome(plan_->outcomes[at(index)], *design_, chart_);
    is_known_[at(index)] = 1;
  }
  return known_[at(index)];
}

void Tally::add_slots(const PatientRecord& record) {
  std::fill(is_known_.begin(), is_known_.end(), std::uint8_t{0});
  const std::vector<int>& slots = plan_->slots_of_trial[at(trial_)];
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = plan_->slots[at(slots[i])];
    if (slot.where.arm != record.arm) continue;
    const Statistic& statistic = *slot.statistic;
    if (statistic.where != nullptr && !statistic.where->holds(record.covariates, scratch_))
      continue;
    if (slot.given >= 0 && !statistic.given->within.contains(outcome_of(slot.given))) {
      continue;
    }
    add_patient(statistic, outcome_of(slot.outcome), *design_, record, partials_[i]);
  }
}

void Tally::add_series(ArmTally& arm) {
  const auto& rules = plan_->mapping->map.series;
  for (std::size_t s = 0; s < rules.size(); ++s) {
    const auto& times = plan_->weeks[at(trial_)][s];
    for (std::size_t w = 0; w < times.size(); ++w) {
      const double value = outcome_at(rules[s].outcome, times[w], *design_, chart_);
      if (lang::is_unknown(value)) continue;
      SeriesCell& cell = arm.series[s][w];
      ++cell.n;
      cell.sum += to_fixed(value);
      cell.bins.push_back(bin_of(rules[s], value));
    }
  }
}

// The state of each region at the end of each week's last midnight: week w is the instant w * 7 d.
// Only who enters or leaves a state in a week is noted; absorb_arm() adds the weeks up.
void Tally::add_states(const PatientRecord& record, ArmTally& arm) const {
  const auto& regions = design_->protocol->regions;
  for (std::size_t r = 0; r < regions.size(); ++r) ++arm.moves[r][0][at(regions[r].initial)];
  for (const protocol::Firing& firing : record.log) {
    const Minutes rounded_up = (firing.at + kMinutesPerWeek - 1) / kMinutesPerWeek;
    const auto week = static_cast<std::size_t>(std::max<Minutes>(rounded_up, 0));
    auto& weeks = arm.moves[at(firing.region)];
    if (week >= weeks.size()) continue;
    --weeks[week][at(firing.from)];
    ++weeks[week][at(firing.to)];
  }
}

void Tally::add_stop(const PatientRecord& record, ArmTally& arm) const {
  if (!record.discontinued) return;
  auto& weeks = arm.stops[std::string(record.cause)];
  weeks.resize(at(plan_->n_weeks[at(trial_)]) + 1);
  // Stopped on or before the instant of week w: counted from w on.
  const Minutes rounded_up = (record.discontinued_at + kMinutesPerWeek - 1) / kMinutesPerWeek;
  const Minutes last = plan_->n_weeks[at(trial_)];
  ++weeks[static_cast<std::size_t>(std::clamp<Minutes>(rounded_up, 0, last))];
}

void Tally::add_edish(ArmTally& arm) const {
  const EvidenceMap& map = plan_->mapping->map;
  if (map.edish_alt < 0) return;
  OutcomeSpec spec;
  spec.measure = Measure::kPeakUln;
  spec.index = map.edish_alt;
  const double alt = outcome(spec, *design_, chart_);
  spec.index = map.edish_bilirubin;
  const double bilirubin = outcome(spec, *design_, chart_);
  if (lang::is_unknown(alt) || lang::is_unknown(bilirubin)) return;
  arm.edish.push_back({chart_.record().id, alt, bilirubin});
  if (arm.edish.size() >= 2 * kEdishPoints) keep_lowest_ids(arm.edish);
}

Results::Results(const Plan& plan, int replicates) : plan_(&plan), replicates_(replicates) {
  DW_CHECK(replicates >= 1, "a trial has at least one replicate");
  partials_.assign(at(replicates), std::vector<Partial>(plan.slots.size()));
  for (std::size_t trial = 0; trial < plan.designs->trials.size(); ++trial) {
    const Design& design = plan.designs->trials[trial];
    auto& arms = arms_.emplace_back(design.arms.size());
    for (ArmResult& arm : arms) {
      arm.states = no_states(design, plan.n_weeks[trial]);
      for (std::size_t s = 0; s < plan.weeks[trial].size(); ++s) {
        PooledCell cell;
        cell.histogram.resize(bins_of(plan.mapping->map.series[s]));
        cell.n.resize(at(replicates));
        cell.sum.resize(at(replicates));
        arm.series.emplace_back(plan.weeks[trial][s].size(), cell);
      }
    }
  }
}

void Results::absorb(int trial, int replicate, int chunk, Tally&& tally) {
  const Tally taken = std::move(tally);
  DW_CHECK(trial == taken.trial() && replicate >= 0 && replicate < replicates_);
  DW_CHECK(absorbed_.insert({trial, replicate, chunk}).second, "a job was absorbed twice");
  const std::vector<int>& slots = plan_->slots_of_trial[at(trial)];
  for (std::size_t i = 0; i < slots.size(); ++i) {
    partials_[at(replicate)][at(slots[i])].merge(taken.partials()[i]);
  }
  for (std::size_t arm = 0; arm < taken.arms().size(); ++arm) {
    absorb_arm(replicate, taken.arms()[arm], arms_[at(trial)][arm]);
  }
}

void Results::absorb_arm(int replicate, const ArmTally& from, ArmResult& to) const {
  to.patients += from.patients;
  to.failed += from.failed;
  for (std::size_t s = 0; s < from.series.size(); ++s) {
    for (std::size_t w = 0; w < from.series[s].size(); ++w) {
      const SeriesCell& cell = from.series[s][w];
      to.series[s][w].n[at(replicate)] += cell.n;
      to.series[s][w].sum[at(replicate)] += cell.sum;
      for (const std::uint32_t bin : cell.bins) ++to.series[s][w].histogram[bin];
    }
  }
  for (std::size_t r = 0; r < from.moves.size(); ++r) {
    std::vector<std::int64_t> now;  // in each state
    for (std::size_t week = 0; week < from.moves[r].size(); ++week) {
      add_to(now, from.moves[r][week]);
      add_to(to.states[r][week], now);
    }
  }
  for (const auto& [cause, weeks] : from.stops) add_to(to.stops[cause], weeks);
  to.edish.insert(to.edish.end(), from.edish.begin(), from.edish.end());
  keep_lowest_ids(to.edish);
}

const ArmResult& Results::arm(int trial, int arm) const {
  return arms_[at(trial)][at(arm)];
}

const Partial& Results::partial(int replicate, int slot) const {
  return partials_[at(replicate)][at(slot)];
}

std::int64_t Results::patients() const {
  std::int64_t n = 0;
  for (const auto& arms : arms_) {
    for (const ArmResult& arm : arms) n += arm.patients;
  }
  return n;
}

std::int64_t Results::failed() const {
  std::int64_t n = 0;
  for (const auto& arms : arms_) {
    for (const ArmResult& arm : arms) n += arm.failed;
  }
  return n;
}

std::vector<double> Results::row_values(std::size_t row) const {
  const MappedRow& mapped = plan_->mapping->result.rows[row];
  const RowSlots& slots = plan_->rows[row];
  std::vector<double> values;
  for (int replicate = 0; replicate < replicates_; ++replicate) {
    Partial active;
    Partial control;
    for (const int slot : slots.active) active.merge(partial(replicate, slot));
    for (const int slot : slots.control) control.merge(partial(replicate, slot));
    const double value = value_of(mapped.statistic, active, control, mapped.row->n_num);
    if (!lang::is_unknown(value)) values.push_back(value);
  }
  return values;
}

std::vector<double> Results::slot_values(int slot) const {
  std::vector<double> values;
  for (int replicate = 0; replicate < replicates_; ++replicate) {
    const double value =
        value_of(*plan_->slots[at(slot)].statistic, partial(replicate, slot), {}, std::nullopt);
    if (!lang::is_unknown(value)) values.push_back(value);
  }
  return values;
}

}  // namespace dosewright::trial
