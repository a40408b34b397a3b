#include "dosewright/trial/loop.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/sim/open_loop.hpp"
#include "dosewright/trial/outcome.hpp"

namespace dosewright::trial {

namespace {

// Draw numbers: one per day and item, from 256 days before the first dose to 40 years after it; the
// hour of the day stands above them, so that two injections of one day have luck of their own.
std::uint32_t draw_number(Minutes at, int items, int item) {
  const Minutes minute = at + 256 * kMinutesPerDay;
  DW_DCHECK(minute >= 0 && item < items);
  const auto day = static_cast<std::uint32_t>(minute / kMinutesPerDay);
  const auto hour = static_cast<std::uint32_t>(minute % kMinutesPerDay / kMinutesPerHour);
  return (hour << 24) +
         (day * static_cast<std::uint32_t>(items) + static_cast<std::uint32_t>(item));
}

double draw_covariate(const CovariateDraw& spec, const Draws& draws, std::uint32_t draw) {
  using Kind = CovariateDraw::Kind;
  if (spec.kind == Kind::kFixed) return spec.centre;
  if (spec.kind == Kind::kShare) return draws.bernoulli(draw, spec.centre) ? 1.0 : 0.0;
  const bool lognormal = spec.kind == Kind::kLognormal;
  const auto transform = [&](double z) {
    return lognormal ? spec.centre * std::exp(spec.spread * z) : spec.centre + spec.spread * z;
  };
  const double value = transform(draws.normal(draw));
  return spec.low < spec.high ? std::clamp(value, spec.low, spec.high) : value;
}

}  // namespace

PatientLoop::PatientLoop(const programme::Programme& programme, const Design& design,
                         std::uint64_t seed)
    : programme_(&programme),
      design_(&design),
      executor_(*design.protocol, design.regions_off),
      seed_(seed) {
  const auto& vocabulary = design.protocol->vocabulary;
  for (const auto& lab : programme.model.labs) {
    lab_analyte_.push_back(vocabulary.analyte(lab.code));
  }
  for (std::size_t p = 0; p < design.protocol->panels.size(); ++p) {
    std::vector<int>& labs = panel_labs_.emplace_back();
    if (!design.protocol->panel_is_simulated(static_cast<int>(p))) continue;
    for (const int analyte : design.protocol->panels[p].analytes) {
      const int lab = programme.model.lab(vocabulary.analytes[analyte].code);
      DW_CHECK(lab >= 0, "load_designs lets no unobserved test through");
      labs.push_back(lab);
    }
  }
}

double PatientLoop::arrive(Body& body) {
  const Minutes at = next();
  const bool last = next_instant() > design_->end;
  if (at > now_) accumulate_hazards(body, now_, at);
  now_ = at;
  if (last) return lang::kUnknown;
  visit(body, at);
  dose_if_due(at);
  return injection_ ? injection_->regimen->amount_mg : lang::kUnknown;
}

// Rates just after this instant (a dose changes them); the next interval's trapezoid begins here.
void PatientLoop::depart(Body& body) {
  if (injection_) give(body, *injection_);
  injection_.reset();
  const auto& hazards = programme_->model.hazards;
  for (std::size_t i = 0; i < hazards.size(); ++i) {
    hazard_rate_[i] = body.output(hazards[i].output);
  }
}

void PatientLoop::begin(const model::Population& population, std::uint64_t id, int arm,
                        PatientRecord& record) {
  const model::Model& model = programme_->model;
  record_ = &record;
  record_->clear();
  record_->id = id;
  record_->arm = arm;
  const Draws covariate_draws = draws(kCovariates);
  record_->covariates.resize(model.covariates.size());
  for (std::size_t i = 0; i < design_->population.size(); ++i) {
    const CovariateDraw& spec = design_->population[i];
    record_->covariates[static_cast<std::size_t>(spec.covariate)] =
        draw_covariate(spec, covariate_draws, static_cast<std::uint32_t>(i));
  }
  record_->parameters.resize(model.parameters.size());
  model::draw_subject(model, population, record_->covariates, draws(kEtas), record_->parameters);

  const Minutes start = design_->baseline.empty() ? 0 : design_->baseline.front();
  now_ = start;
  injection_.reset();
  state_ = executor_.start(start);
  regimen_ = for_weight(design_->arms[static_cast<std::size_t>(arm)].regimen);
  regimen_start_ = 0;
  later_next_ = 0;

  const std::size_t n_hazards = model.hazards.size();
  hazard_sum_.assign(n_hazards, 0.0);
  hazard_rate_.assign(n_hazards, 0.0);
  hazard_count_.assign(n_hazards, 0);
  hazard_threshold_.resize(n_hazards);
  for (std::size_t i = 0; i < n_hazards; ++i) {
    hazard_threshold_[i] = -std::log(draws(kHazards).uniform(static_cast<std::uint32_t>(i)));
  }
  trace_.clear();
  image_next_.assign(design_->imaging.size(), 0);
  for (std::size_t i = 0; i < design_->imaging.size(); ++i) {
    const bool imaged =
        draws(kImaging).uniform(static_cast<std::uint32_t>(i)) < design_->imaging[i].share;
    if (!imaged) image_next_[i] = design_->imaging[i].at.size();
  }
  baseline_next_ = 0;
  dose_at_ = regimen_->offsets.front();
  make_up_at_ = visit_at_ = protocol::kNever;
  visit_panels_ = 0;
}

// The regimen of that id, or the lighter one that it names for people of this patient's weight.
const protocol::Regimen* PatientLoop::for_weight(const std::string& id) const {
  const auto* regimen = protocol::find_regimen(programme_->regimens, id);
  DW_CHECK(regimen != nullptr, "the arm's regimens were checked when the design was read");
  const int weight = programme_->model.covariate("WT");
  if (regimen->lighter.empty() || weight < 0) return regimen;
  const double kg = record_->covariates[static_cast<std::size_t>(weight)] / 1e6;
  return kg < regimen->below_weight_kg
             ? protocol::find_regimen(programme_->regimens, regimen->lighter)
             : regimen;
}

void PatientLoop::begin_later_regimen(Minutes at) {
  const auto& later = design_->arms[static_cast<std::size_t>(record_->arm)].later;
  for (; later_next_ < later.size() && later[later_next_].from <= at; ++later_next_) {
    regimen_ = for_weight(later[later_next_].regimen);
    regimen_start_ = later[later_next_].from;
  }
}

// The injection that follows: of the regimen at hand, or the first one of the regimen after it.
Minutes PatientLoop::dose_after(const protocol::Regimen& regimen, Minutes at) const {
  const auto& later = design_->arms[static_cast<std::size_t>(record_->arm)].later;
  const Minutes next = protocol::next_dose(regimen, regimen_start_, at + 1);
  return later_next_ < later.size() ? std::min(next, later[later_next_].from) : next;
}

bool PatientLoop::on_treatment() const {
  return !record_->discontinued && record_->last_dose >= 0 && state_.now <= design_->treatment;
}

Minutes PatientLoop::next_instant() const {
  Minutes next = std::min({dose_at_, make_up_at_, visit_at_});
  if (baseline_next_ < design_->baseline.size()) {
    next = std::min(next, design_->baseline[baseline_next_]);
  }
  for (std::size_t i = 0; i < image_next_.size(); ++i) {
    const auto& at = design_->imaging[i].at;
    if (image_next_[i] < at.size()) next = std::min(next, at[image_next_[i]]);
  }
  return next;
}

// Cumulative hazard by the trapezoid; an event strikes where it crosses an exponential threshold.
void PatientLoop::accumulate_hazards(Body& body, Minutes from, Minutes to) {
  const auto& hazards = programme_->model.hazards;
  const double hours = hours_from_minutes(to - from);
  for (std::size_t i = 0; i < hazards.size(); ++i) {
    const double before = hazard_rate_[i];
    const double after = body.output(hazards[i].output);
    hazard_rate_[i] = after;
    if (hazards[i].on_treatment_only && !on_treatment()) continue;
    if (!hazards[i].recurrent && hazard_count_[i] > 0) continue;
    const double sum_before = hazard_sum_[i];
    hazard_sum_[i] += 0.5 * (before + after) * hours;
    while (hazard_sum_[i] >= hazard_threshold_[i]) {
      const double part = (hazard_threshold_[i] - sum_before) / (hazard_sum_[i] - sum_before);
      strike(static_cast<int>(i),
             from + static_cast<Minutes>(std::floor(part * static_cast<double>(to - from))));
      if (!hazards[i].recurrent) break;
    }
  }
}

void PatientLoop::strike(int hazard, Minutes at) {
  const auto& spec = programme_->model.hazards[static_cast<std::size_t>(hazard)];
  const auto index = static_cast<std::size_t>(hazard);
  record_->hazards.push_back({at, static_cast<std::int16_t>(hazard)});
  ++hazard_count_[index];
  const auto draw = static_cast<std::uint32_t>(hazard + 64 * hazard_count_[index]);
  hazard_threshold_[index] += -std::log(draws(kHazards).uniform(draw));
  if (!spec.discontinues.empty()) discontinue(at, spec.discontinues);
  if (!spec.sets_sign.empty()) {
    const int sign = design_->protocol->vocabulary.sign(spec.sets_sign);
    if (sign >= 0) {
      facts_.push_back({0, protocol::FactKind::kSymptom, static_cast<std::int16_t>(sign), 1, 0});
    }
  }
}

void PatientLoop::read_lab(Body& body, int lab, Minutes at) {
  const int analyte = lab_analyte_[static_cast<std::size_t>(lab)];
  if (analyte < 0) return;
  for (const protocol::Fact& fact : facts_) {
    if (fact.kind == protocol::FactKind::kLab && fact.code == analyte) return;  // drawn already
  }
  const model::LabModel& spec = programme_->model.labs[static_cast<std::size_t>(lab)];
  const double truth = body.output(spec.output);
  const double value = model::draw_reading(spec, truth, draws(kNoise), draw_number(at, 64, lab));
  const double uln = design_->protocol->vocabulary.analytes[static_cast<std::size_t>(analyte)].uln;
  trace_.push_back({at, lab, truth});
  record_->readings.push_back({at, static_cast<std::int16_t>(analyte), value, uln});
  facts_.push_back({at, protocol::FactKind::kLab, static_cast<std::int16_t>(analyte), value, uln});
}

void PatientLoop::visit(Body& body, Minutes at) {
  if (baseline_next_ < design_->baseline.size() && design_->baseline[baseline_next_] == at) {
    ++baseline_next_;
    for (const auto& panel : panel_labs_) {
      for (const int lab : panel) read_lab(body, lab, at);
    }
  }
  for (std::size_t i = 0; i < image_next_.size(); ++i) {
    const Imaging& imaging = design_->imaging[i];
    if (image_next_[i] < imaging.at.size() && imaging.at[image_next_[i]] == at) {
      ++image_next_[i];
      read_lab(body, imaging.lab, at);
    }
  }
  if (visit_at_ == at) {
    for (std::size_t panel = 0; panel < panel_labs_.size(); ++panel) {
      if ((visit_panels_ >> panel & 1) == 0) continue;
      for (const int lab : panel_labs_[panel]) read_lab(body, lab, at);
    }
  }
  observe(at);
}

void PatientLoop::observe(Minutes at) {
  for (protocol::Fact& fact : facts_) fact.at = at;
  const std::size_t fired = record_->log.size();
  executor_.observe(state_, at, facts_, &record_->log);
  facts_.clear();
  for (std::size_t i = fired; i < record_->log.size(); ++i) {
    const protocol::Firing& firing = record_->log[i];
    const auto& region = design_->protocol->regions[static_cast<std::size_t>(firing.region)];
    if (region.states[static_cast<std::size_t>(firing.to)].allows ==
        protocol::Permission::kStopped) {
      discontinue(firing.at, firing.rule->cause);
    }
  }
  plan_visit();
}

void PatientLoop::plan_visit() {
  const auto due = executor_.next_due(state_);
  if (due.at >= protocol::kNever) {
    visit_at_ = protocol::kNever;
    return;
  }
  const std::uint32_t draw = draw_number(due.at, 4, 0);
  const bool attends = draws(kAdherence).uniform(draw) < design_->adherence.attend;
  const Minutes at = attends ? due.at : due.at + design_->adherence.test_delay;
  // An overdue test is taken tomorrow, not at this very instant again.
  visit_at_ = at > state_.now ? at : state_.now + kMinutesPerDay;
  visit_panels_ = due.panels;
}

const protocol::Regimen& PatientLoop::regimen_of(const protocol::Executor::Permit& permit) const {
  if (permit.permission != protocol::Permission::kReduced) return *regimen_;
  const auto* reduced = protocol::find_regimen(programme_->regimens, permit.state->regimen);
  DW_CHECK(reduced != nullptr, "the protocol's regimens were checked when it was read");
  // Who is dosed below the reduced regimen already (placebo, too) stays there.
  return regimen_->weekly_mg() <= reduced->weekly_mg() ? *regimen_ : *reduced;
}

void PatientLoop::dose_if_due(Minutes at) {
  const bool make_up = make_up_at_ == at;
  if (dose_at_ != at && !make_up) return;
  if (make_up) make_up_at_ = protocol::kNever;
  if (record_->discontinued || at >= design_->treatment) {
    dose_at_ = make_up_at_ = protocol::kNever;
    return;
  }
  begin_later_regimen(at);
  const auto permit = executor_.permits(state_);
  const protocol::Regimen& regimen = regimen_of(permit);
  if (dose_at_ == at) dose_at_ = dose_after(regimen, at);
  if (permit.permission >= protocol::Permission::kWithheld) {
    withhold(at, permit);
  } else if (!make_up &&
             draws(kAdherence).uniform(draw_number(at, 4, 1)) >= design_->adherence.take) {
    miss(at);
  } else {
    const bool reduced = permit.permission == protocol::Permission::kReduced;
    injection_ = Injection{at, &regimen,
                           make_up   ? DoseAction::kMadeUp
                           : reduced ? DoseAction::kReduced
                                     : DoseAction::kGiven,
                           permit};
  }
}

// The rule that led a region to where it is; "" where observation began there.
std::string_view PatientLoop::rule_of(int region) const {
  if (region < 0) return "";
  const auto* rule = state_.regions[static_cast<std::size_t>(region)].rule;
  return rule == nullptr ? "" : std::string_view(rule->id);
}

void PatientLoop::withhold(Minutes at, const protocol::Executor::Permit& permit) {
  const bool stopped = permit.permission == protocol::Permission::kStopped;
  const std::string_view rule = rule_of(permit.region);
  record_->doses.push_back({at, stopped ? DoseAction::kStopped : DoseAction::kHeld, 0,
                            regimen_->amount_mg, permit.region, rule, permit.unanswered});
}

void PatientLoop::miss(Minutes at) {
  record_->doses.push_back({at, DoseAction::kMissed, 0, regimen_->amount_mg, -1, "", false});
  facts_.push_back({at, protocol::FactKind::kDoseMissed, 0, 0, 0});
  observe(at);
  const auto& rule = design_->protocol->missed_dose;
  if (!rule || draws(kAdherence).uniform(draw_number(at, 4, 2)) >= design_->adherence.make_up)
    return;
  const Minutes latest = dose_at_ - rule->least_gap_to_next;
  const Minutes days = (latest - at) / kMinutesPerDay;
  if (days < 1) return;
  const double part = draws(kAdherence).uniform(draw_number(at, 4, 3));
  make_up_at_ = at + kMinutesPerDay * (1 + static_cast<Minutes>(part * static_cast<double>(days)));
}

void PatientLoop::give(Body& body, const Injection& injection) {
  if (record_->last_dose < 0) {
    record_->baseline.clear();
    for (const auto& readings : state_.readings) record_->baseline.push_back(readings.baseline);
  }
  const protocol::Executor::Permit& permit = injection.permit;
  const bool reduced = injection.action == DoseAction::kReduced && permit.region >= 0;
  record_->doses.push_back({injection.at, injection.action, injection.regimen->amount_mg,
                            regimen_->amount_mg, reduced ? permit.region : -1,
                            reduced ? rule_of(permit.region) : "", false});
  record_->last_dose = injection.at;
  ++record_->n_injections;
  draw_events(body, injection.at);
  facts_.push_back({injection.at, protocol::FactKind::kDose, 0, injection.regimen->amount_mg, 0});
  observe(injection.at);
}

void PatientLoop::draw_events(Body& body, Minutes at) {
  const auto& events = programme_->model.events;
  const Draws luck = draws(kEvents);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const model::EventModel& event = events[i];
    const double level = body.output(event.output);
    const auto draw = draw_number(at, 32, 2 * static_cast<int>(i));
    const int count = event.kind == model::EventModel::Kind::kPoisson
                          ? luck.poisson(draw, level)
                          : static_cast<int>(luck.bernoulli(draw, level));
    if (count == 0) continue;
    const double delay = luck.uniform(draw + 1) * event.delay_h_max * 60.0;
    record_->events.push_back({at + static_cast<Minutes>(delay), static_cast<std::int16_t>(i),
                               static_cast<std::int16_t>(std::min(count, 1000))});
  }
}

void PatientLoop::discontinue(Minutes at, std::string_view cause) {
  if (record_->discontinued || at >= design_->treatment) return;
  record_->discontinued = true;
  record_->discontinued_at = at;
  record_->cause = cause;
}

double ledger_difference(const programme::Programme& programme, const PatientRecord& record,
                         std::span<const TracePoint> trace) {
  std::vector<sim::DoseRecord> doses;
  for (const DoseEntry& dose : record.doses) {
    if (injected(dose)) doses.push_back({dose.at, dose.mg});
  }
  std::vector<Minutes> times;
  for (const TracePoint& point : trace) {
    if (times.empty() || times.back() != point.at) times.push_back(point.at);
  }
  if (times.empty()) return 0;
  num::Tolerance tight;
  tight.relative = 1e-9;
  const Minutes start = doses.empty() ? times.front() : std::min(times.front(), doses.front().at);
  const auto replayed = sim::simulate(
      programme.model, {record.parameters, record.covariates, doses, times, start, tight});
  if (!replayed.ok() || replayed->status != num::Status::kOk) return lang::kUnknown;
  double worst = 0;
  for (std::size_t i = 0, row = 0; i < trace.size(); ++i) {
    while (times[row] != trace[i].at) ++row;
    const auto& lab = programme.model.labs[static_cast<std::size_t>(trace[i].lab)];
    const double again = replayed->at(static_cast<int>(row), lab.output);
    const double scale = std::max(std::abs(again), lab.unit.factor * 1e-3);
    worst = std::max(worst, std::abs(again - trace[i].value) / scale);
  }
  return worst;
}

}  // namespace dosewright::trial
