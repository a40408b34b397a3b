#include "dosewright/trial/loop.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/base/elementary.hpp"
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

// How a covariate is drawn: from nothing, a uniform draw or a normal one.
bool takes_uniform(const CovariateDraw& spec) {
  return spec.kind == CovariateDraw::Kind::kShare;
}
bool takes_normal(const CovariateDraw& spec) {
  return spec.kind == CovariateDraw::Kind::kNormal || spec.kind == CovariateDraw::Kind::kLognormal;
}

double normal_covariate(const CovariateDraw& spec, double z) {
  const bool lognormal = spec.kind == CovariateDraw::Kind::kLognormal;
  const double value =
      lognormal ? spec.centre * elementary::exp(spec.spread * z) : spec.centre + spec.spread * z;
  return spec.low < spec.high ? std::clamp(value, spec.low, spec.high) : value;
}

}  // namespace

void Luck::clear() {
  uniform.clear();
  normal.clear();
  lognormal.clear();
}

void Luck::draw() {
  uniform.draw();
  normal.draw();
  lognormal.draw();
}

PatientLoop::PatientLoop(const programme::Programme& programme, const Design& design,
                         std::uint64_t seed)
    : programme_(&programme),
      design_(&design),
      executor_(*design.protocol, design.regions_off),
      seed_(seed),
      terms_(std::make_shared<const Terms>(terms_of(programme, design, executor_))) {
  const std::size_t n_labs = terms_->labs.size();
  due_labs_.reserve(n_labs);
  facts_.reserve(n_labs + 8);
}

PatientLoop::Terms PatientLoop::terms_of(const programme::Programme& programme,
                                         const Design& design, const protocol::Executor& executor) {
  Terms terms;
  const auto& vocabulary = design.protocol->vocabulary;
  for (const auto& lab : programme.model.labs) {
    const int analyte = vocabulary.analyte(lab.code);
    terms.labs.push_back({&lab, analyte, analyte < 0 ? 0 : vocabulary.analytes[at(analyte)].uln});
  }
  for (std::size_t p = 0; p < design.protocol->panels.size(); ++p) {
    std::vector<int>& labs = terms.panel_labs.emplace_back();
    if (!design.protocol->panel_is_simulated(static_cast<int>(p))) continue;
    for (const int analyte : design.protocol->panels[p].analytes) {
      const int lab = programme.model.lab(vocabulary.analytes[at(analyte)].code);
      DW_CHECK(lab >= 0, "load_designs lets no unobserved test through");
      labs.push_back(lab);
    }
  }
  for (const model::HazardModel& hazard : programme.model.hazards) {
    terms.hazards.push_back({hazard.output, hazard.recurrent, hazard.on_treatment_only});
  }
  for (const model::EventModel& event : programme.model.events) {
    const bool poisson = event.kind == model::EventModel::Kind::kPoisson;
    terms.events.push_back({event.output, poisson, event.delay_h_max});
  }
  terms.begin = design.baseline.empty() ? 0 : design.baseline.front();
  terms.start = executor.start(terms.begin);
  return terms;
}

double PatientLoop::arrive(const Body& body, const Luck& luck) {
  const Minutes at = next();
  const bool last = next_instant() > design_->end;
  if (at > now_) accumulate_hazards(body, now_, at);
  now_ = at;
  if (last) return lang::kUnknown;
  for (const DueLab& due : due_labs_) read_lab(body, luck, due, at);
  if (at == other_at_) plan_others();
  observe(at);
  dose_if_due(luck, at);
  return injection_ ? injection_->regimen->amount_mg : lang::kUnknown;
}

// Rates just after this instant (a dose changes them); the next interval's trapezoid begins here.
void PatientLoop::depart(const Body& body, const Luck& luck) {
  if (injection_) give(body, luck, *injection_);
  injection_.reset();
  for (std::size_t i = 0; i < hazard_rate_.size(); ++i) {
    hazard_rate_[i] = body.output(terms_->hazards[i].output);
  }
}

void PatientLoop::invite(std::uint64_t id, int arm, Luck& luck) {
  const model::Model& model = programme_->model;
  invited_ = id;
  invited_arm_ = arm;
  first_normal_ = luck.normal.size();
  first_uniform_ = luck.uniform.size();
  for (std::size_t i = 0; i < design_->population.size(); ++i) {
    const auto draw = static_cast<std::uint32_t>(i);
    if (takes_normal(design_->population[i])) luck.normal.ask(id, kCovariates, draw);
    if (takes_uniform(design_->population[i])) luck.uniform.ask(id, kCovariates, draw);
  }
  for (const int varying : model.varying) {
    luck.normal.ask(id, kEtas, model.parameters[dosewright::at(varying)].draw);
  }
  for (const model::Mixture& mixture : model.mixtures) luck.uniform.ask(id, kEtas, mixture.draw);
  for (std::size_t i = 0; i < model.hazards.size(); ++i) {
    luck.uniform.ask(id, kHazards, static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < design_->imaging.size(); ++i) {
    luck.uniform.ask(id, kImaging, static_cast<std::uint32_t>(i));
  }
}

void PatientLoop::begin(const model::Population& population, PatientRecord& record,
                        const Luck& luck) {
  record_ = &record;
  record_->clear();
  record_->id = invited_;
  record_->arm = invited_arm_;
  draw_patient(population, luck);
  now_ = terms_->begin;
  injection_.reset();
  state_ = terms_->start;
  outlook_.until = now_ - 1;  // the first instant asks
  attends_due_ = protocol::kNever;
  facts_.clear();
  trace_.clear();
  regimen_ = for_weight(design_->arms[dosewright::at(invited_arm_)].regimen);
  regimen_start_ = 0;
  later_next_ = 0;
  baseline_next_ = 0;
  dose_at_ = regimen_->offsets.front();
  make_up_at_ = visit_at_ = protocol::kNever;
  visit_panels_ = 0;
  plan_others();
}

// In the order of invite().
void PatientLoop::draw_patient(const model::Population& population, const Luck& luck) {
  const model::Model& model = programme_->model;
  std::size_t normal = first_normal_, uniform = first_uniform_;
  record_->covariates.resize(model.covariates.size());
  for (const CovariateDraw& spec : design_->population) {
    double& value = record_->covariates[dosewright::at(spec.covariate)];
    value = spec.centre;
    if (takes_normal(spec)) value = normal_covariate(spec, luck.normal[normal++]);
    if (takes_uniform(spec)) value = luck.uniform[uniform++] < spec.centre ? 1.0 : 0.0;
  }
  record_->parameters.resize(model.parameters.size());
  const std::size_t n_classes = model.mixtures.size();
  model::draw_subject(model, population, record_->covariates,
                      model::SubjectDraws{luck.normal.answers(normal, model.varying.size()),
                                          luck.uniform.answers(uniform, n_classes)},
                      record_->parameters);
  uniform += n_classes;
  const std::size_t n_hazards = model.hazards.size();
  hazard_sum_.assign(n_hazards, 0.0);
  hazard_rate_.assign(n_hazards, 0.0);
  hazard_count_.assign(n_hazards, 0);
  hazard_threshold_.resize(n_hazards);
  for (double& threshold : hazard_threshold_) {
    threshold = -elementary::log(luck.uniform[uniform++]);
  }
  image_next_.assign(design_->imaging.size(), 0);
  for (std::size_t i = 0; i < design_->imaging.size(); ++i) {
    const bool imaged = luck.uniform[uniform++] < design_->imaging[i].share;
    if (!imaged) image_next_[i] = design_->imaging[i].at.size();
  }
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

void PatientLoop::plan_others() {
  other_at_ = baseline_next_ < design_->baseline.size() ? design_->baseline[baseline_next_]
                                                        : protocol::kNever;
  for (std::size_t i = 0; i < image_next_.size(); ++i) {
    const auto& times = design_->imaging[i].at;
    if (image_next_[i] < times.size()) other_at_ = std::min(other_at_, times[image_next_[i]]);
  }
}

void PatientLoop::foresee(Luck& luck) {
  const Minutes at = next_instant();
  due_labs_.clear();
  due_analytes_ = 0;
  if (at > design_->end) return;
  if (at == other_at_ || at == visit_at_) foresee_visit(luck, at);
  if (at != dose_at_ && at != make_up_at_) return;
  take_luck_ = luck.uniform.ask(record_->id, kAdherence, draw_number(at, 4, 1));
  event_luck_ = luck.uniform.size();
  for (int i = 0; i < static_cast<int>(terms_->events.size()); ++i) {
    luck.uniform.ask(record_->id, kEvents, draw_number(at, 32, 2 * i));
  }
}

void PatientLoop::foresee_visit(Luck& luck, Minutes at) {
  if (baseline_next_ < design_->baseline.size() && design_->baseline[baseline_next_] == at) {
    ++baseline_next_;
    for (const auto& panel : terms_->panel_labs) {
      for (const int lab : panel) foresee_lab(luck, lab, at);
    }
  }
  for (std::size_t i = 0; i < image_next_.size(); ++i) {
    const Imaging& imaging = design_->imaging[i];
    if (image_next_[i] < imaging.at.size() && imaging.at[image_next_[i]] == at) {
      ++image_next_[i];
      foresee_lab(luck, imaging.lab, at);
    }
  }
  if (visit_at_ != at) return;
  for (std::size_t panel = 0; panel < terms_->panel_labs.size(); ++panel) {
    if ((visit_panels_ >> panel & 1) == 0) continue;
    for (const int lab : terms_->panel_labs[panel]) foresee_lab(luck, lab, at);
  }
}

void PatientLoop::foresee_lab(Luck& luck, int lab, Minutes at) {
  const LabTerms& terms = terms_->labs[dosewright::at(lab)];
  if (terms.analyte < 0) return;
  const std::uint64_t analyte = std::uint64_t{1} << static_cast<unsigned>(terms.analyte);
  if ((due_analytes_ & analyte) != 0) return;  // drawn already
  due_analytes_ |= analyte;
  const std::uint32_t draw = model::kDrawsPerReading * draw_number(at, 64, lab);
  DueLab& due = due_labs_.emplace_back();
  due.lab = lab;
  if (terms.model->within_subject > 0) {
    due.factor = luck.lognormal.ask(record_->id, kNoise, draw, terms.model->within_subject);
  }
  if (terms.model->proportional > 0) {
    due.proportional = luck.normal.ask(record_->id, kNoise, draw + 1);
  }
  if (terms.model->additive > 0) due.additive = luck.normal.ask(record_->id, kNoise, draw + 2);
}

// Cumulative hazard by the trapezoid; an event strikes where it crosses an exponential threshold.
void PatientLoop::accumulate_hazards(const Body& body, Minutes from, Minutes to) {
  const auto& hazards = terms_->hazards;
  const double hours = hours_from_minutes(to - from);
  bool treated = on_treatment();
  for (std::size_t i = 0; i < hazards.size(); ++i) {
    const double before = hazard_rate_[i];
    const double after = body.output(hazards[i].output);
    hazard_rate_[i] = after;
    if (hazards[i].on_treatment_only && !treated) continue;
    if (!hazards[i].recurrent && hazard_count_[i] > 0) continue;
    const double sum_before = hazard_sum_[i];
    hazard_sum_[i] = sum_before + 0.5 * (before + after) * hours;
    if (!(hazard_sum_[i] >= hazard_threshold_[i])) continue;
    while (hazard_sum_[i] >= hazard_threshold_[i]) {
      const double part = (hazard_threshold_[i] - sum_before) / (hazard_sum_[i] - sum_before);
      strike(static_cast<int>(i),
             from + static_cast<Minutes>(std::floor(part * static_cast<double>(to - from))));
      if (!hazards[i].recurrent) break;
    }
    treated = on_treatment();  // a strike may have ended it
  }
}

void PatientLoop::strike(int hazard, Minutes at) {
  const auto& spec = programme_->model.hazards[static_cast<std::size_t>(hazard)];
  const auto index = static_cast<std::size_t>(hazard);
  record_->hazards.push_back({at, static_cast<std::int16_t>(hazard)});
  ++hazard_count_[index];
  const auto draw = static_cast<std::uint32_t>(hazard + 64 * hazard_count_[index]);
  hazard_threshold_[index] += -elementary::log(draws(kHazards).uniform(draw));
  if (!spec.discontinues.empty()) discontinue(at, spec.discontinues);
  if (!spec.sets_sign.empty()) {
    const int sign = design_->protocol->vocabulary.sign(spec.sets_sign);
    if (sign >= 0) {
      facts_.push_back({0, protocol::FactKind::kSymptom, static_cast<std::int16_t>(sign), 1, 0});
    }
  }
}

// What is kept is made where it is kept: a copy through the stack waits for all that was written
// before it, a hundred cycles for each reading.
void PatientLoop::read_lab(const Body& body, const Luck& luck, const DueLab& due, Minutes at) {
  const LabTerms& terms = terms_->labs[dosewright::at(due.lab)];
  const model::LabModel& lab = *terms.model;
  model::ReadingNoise noise;
  if (lab.within_subject > 0) noise.factor = luck.lognormal[due.factor];
  if (lab.proportional > 0) noise.z_proportional = luck.normal[due.proportional];
  if (lab.additive > 0) noise.z_additive = luck.normal[due.additive];
  const double truth = body.output(lab.output);
  const double value = model::reading_of(lab, truth, noise);
  const auto analyte = static_cast<std::int16_t>(terms.analyte);
  if (traced_) trace_.emplace_back(at, due.lab, truth);
  record_->readings.emplace_back(at, analyte, value, terms.uln);
  facts_.emplace_back(at, protocol::FactKind::kLab, analyte, value, terms.uln);
}

void PatientLoop::observe(Minutes at) {
  if (facts_.empty() && is_quiet(at)) {
    executor_.pass(state_, at);
  } else {
    ask_rules(at);
  }
}

void PatientLoop::ask_rules(Minutes at) {
  for (protocol::Fact& fact : facts_) fact.at = at;
  const std::size_t fired = record_->log.size();
  outlook_ = executor_.look(state_, at, facts_, &record_->log);
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
  const auto& due = outlook_.due;
  if (due.at >= protocol::kNever) {
    visit_at_ = protocol::kNever;
    return;
  }
  const Minutes at = attends(due.at) ? due.at : due.at + design_->adherence.test_delay;
  // An overdue test is taken tomorrow, not at this very instant again.
  visit_at_ = at > state_.now ? at : state_.now + kMinutesPerDay;
  visit_panels_ = due.panels;
}

// Asked anew at every instant until the test is taken, and always answered the same.
bool PatientLoop::attends(Minutes due) {
  if (due != attends_due_) {
    attends_due_ = due;
    attends_ = draws(kAdherence).uniform(draw_number(due, 4, 0)) < design_->adherence.attend;
  }
  return attends_;
}

const protocol::Regimen& PatientLoop::regimen_of(const protocol::Executor::Permit& permit) const {
  if (permit.permission != protocol::Permission::kReduced) return *regimen_;
  const auto* reduced = protocol::find_regimen(programme_->regimens, permit.state->regimen);
  DW_CHECK(reduced != nullptr, "the protocol's regimens were checked when it was read");
  // Who is dosed below the reduced regimen already (placebo, too) stays there.
  return regimen_->weekly_mg() <= reduced->weekly_mg() ? *regimen_ : *reduced;
}

void PatientLoop::dose_if_due(const Luck& luck, Minutes at) {
  const bool make_up = make_up_at_ == at;
  if (dose_at_ != at && !make_up) return;
  if (make_up) make_up_at_ = protocol::kNever;
  if (record_->discontinued || at >= design_->treatment) {
    dose_at_ = make_up_at_ = protocol::kNever;
    return;
  }
  begin_later_regimen(at);
  const protocol::Executor::Permit& permit = outlook_.permit;
  const protocol::Regimen& regimen = regimen_of(permit);
  if (dose_at_ == at) dose_at_ = dose_after(regimen, at);
  if (permit.permission >= protocol::Permission::kWithheld) {
    withhold(at, permit);
  } else if (!make_up && luck.uniform[take_luck_] >= design_->adherence.take) {
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
  if (!is_quiet(at)) {
    facts_.push_back({at, protocol::FactKind::kDoseMissed, 0, 0, 0});
    ask_rules(at);
  }
  const auto& rule = design_->protocol->missed_dose;
  if (!rule || draws(kAdherence).uniform(draw_number(at, 4, 2)) >= design_->adherence.make_up)
    return;
  const Minutes latest = dose_at_ - rule->least_gap_to_next;
  const Minutes days = (latest - at) / kMinutesPerDay;
  if (days < 1) return;
  const double part = draws(kAdherence).uniform(draw_number(at, 4, 3));
  make_up_at_ = at + kMinutesPerDay * (1 + static_cast<Minutes>(part * static_cast<double>(days)));
}

void PatientLoop::give(const Body& body, const Luck& luck, const Injection& injection) {
  if (record_->last_dose < 0) {
    record_->baseline.clear();
    for (const auto& readings : state_.readings) record_->baseline.push_back(readings.baseline);
  }
  const protocol::Executor::Permit& permit = injection.permit;
  const bool reduced = injection.action == DoseAction::kReduced && permit.region >= 0;
  record_->doses.emplace_back(injection.at, injection.action, injection.regimen->amount_mg,
                              regimen_->amount_mg, reduced ? permit.region : -1,
                              reduced ? rule_of(permit.region) : std::string_view(), false);
  record_->last_dose = injection.at;
  ++record_->n_injections;
  draw_events(body, luck, injection.at);
  const double mg = injection.regimen->amount_mg;
  if (facts_.empty() && is_quiet(injection.at) && !outlook_.minds_doses) {
    executor_.pass_dose(state_, injection.at, mg);
    return;
  }
  facts_.push_back({injection.at, protocol::FactKind::kDose, 0, mg, 0});
  ask_rules(injection.at);
}

void PatientLoop::draw_events(const Body& body, const Luck& luck, Minutes at) {
  for (std::size_t i = 0; i < terms_->events.size(); ++i) {
    const EventTerms& event = terms_->events[i];
    const double level = body.output(event.output);
    const double u = luck.uniform[event_luck_ + i];
    const int count = event.poisson ? poisson_quantile(u, level) : static_cast<int>(u < level);
    if (count == 0) continue;
    const auto draw = draw_number(at, 32, 2 * static_cast<int>(i));
    const double delay = draws(kEvents).uniform(draw + 1) * event.delay_h_max * 60.0;
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
