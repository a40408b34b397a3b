// A small programme and small trials made by hand, for the tests of what is read off a trial.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dosewright/base/unit.hpp"
#include "dosewright/lang/program.hpp"
#include "dosewright/trial/mapping.hpp"

namespace dosewright::trial::fixture {

inline constexpr Minutes kDay = kMinutesPerDay;
inline constexpr Minutes kWeek = kMinutesPerWeek;

inline Unit unit(const char* code) {
  return *parse_unit(code);
}

inline protocol::Analyte analyte(const char* code, const char* unit_code, double uln = 0) {
  protocol::Analyte lab;
  lab.code = code;
  lab.unit = unit(unit_code);
  lab.uln = lab.unit.to_canonical(uln);
  return lab;
}

// The tests and the parts of the model that programmes/mipomersen has, in another order for some.
inline programme::Programme programme() {
  programme::Programme drug;
  drug.identity.name = "mipomersen";
  drug.identity.title = "mipomersen sodium";
  drug.directory = std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen";
  drug.analytes = {
      analyte("ALT", "U/L", 41), analyte("AST", "U/L", 41), analyte("BILI", "mg/dL", 1.2),
      analyte("LDL", "mg/dL"),   analyte("APOB", "mg/dL"),  analyte("LPA", "mg/dL"),
      analyte("TG", "mg/dL"),    analyte("HDL", "mg/dL"),   analyte("NONHDL", "mg/dL"),
      analyte("CHOL", "mg/dL"),  analyte("FAT", "%")};
  for (const char* name : {"ISR", "FLU"}) {
    drug.model.events.emplace_back().name = name;
  }
  for (const char* name : {"ADA", "MACE"}) drug.model.hazards.emplace_back().name = name;
  for (const auto& [name, code] :
       {std::pair{"SEXF", "1"}, std::pair{"AGE", "a"}, std::pair{"T2D", "1"}}) {
    model::Covariate& covariate = drug.model.covariates.emplace_back();
    covariate.name = name;
    covariate.unit = unit(code);
  }
  for (const auto& lab : drug.analytes) drug.model.labs.emplace_back().code = lab.code;
  protocol::Protocol& study = drug.protocols.emplace_back();
  study.name = "study";
  study.vocabulary.analytes = drug.analytes;
  protocol::Region& hepatic = study.regions.emplace_back();
  hepatic.name = "hepatic";
  for (const char* name : {"treating", "confirming", "stopped"}) {
    hepatic.states.emplace_back().name = name;
  }
  protocol::Panel& all = study.panels.emplace_back();
  for (int i = 0; i < static_cast<int>(drug.analytes.size()); ++i) all.analytes.push_back(i);
  protocol::Schedule& visits = study.schedules.emplace_back();
  visits.at = {0, 5 * kWeek, 13 * kWeek, 28 * kWeek};
  protocol::Regimen& weekly = drug.regimens.emplace_back();
  weekly.id = "200mg-qw";
  weekly.title = "200 mg once weekly";
  weekly.amount_mg = 200;
  weekly.offsets = {0};
  protocol::Regimen& placebo = drug.regimens.emplace_back(weekly);
  placebo.id = "placebo-qw";
  placebo.title = "placebo once weekly";
  placebo.amount_mg = 0;
  return drug;
}

inline Design design(const programme::Programme& drug, const std::string& name,
                     const std::string& evidence_trial) {
  Design trial;
  trial.name = name;
  trial.title = name;
  trial.evidence_trial = evidence_trial;
  trial.protocol = &drug.protocols.front();
  trial.treatment = 26 * kWeek;
  trial.end = 50 * kWeek;
  Arm active;
  active.name = "mipomersen 200 mg QW";
  active.evidence = "mipomersen";
  active.regimen = "200mg-qw";
  active.n = 34;
  Arm placebo;
  placebo.name = "placebo";
  placebo.evidence = "placebo";
  placebo.regimen = "placebo-qw";
  placebo.n = 17;
  placebo.active = false;
  trial.arms = {active, placebo};
  return trial;
}

inline DesignSet phase3(const programme::Programme& drug) {
  DesignSet set;
  set.name = "phase3";
  set.title = "four trials";
  set.trials = {design(drug, "cs5", "CS5"), design(drug, "m108", "MIPO3500108"),
                design(drug, "cs7", "CS7"), design(drug, "cs12", "CS12")};
  return set;
}

// A patient written down by hand, values in the labs' own units.
class Patient {
 public:
  explicit Patient(const programme::Programme& drug, int arm = 0) : drug_(&drug) {
    record_.arm = arm;
    record_.baseline.assign(drug.analytes.size(), lang::kUnknown);
    record_.covariates = {0, unit("a").to_canonical(50), 0};
  }

  Patient& id(std::uint64_t value) {
    record_.id = value;
    return *this;
  }
  Patient& covariate(int index, double value) {
    record_.covariates[static_cast<std::size_t>(index)] = value;
    return *this;
  }
  Patient& baseline(const char* code, double value) {
    const auto i = index(code);
    record_.baseline[i] = drug_->analytes[i].unit.to_canonical(value);
    return *this;
  }
  Patient& reading(const char* code, Minutes at, double value) {
    const auto i = index(code);
    const auto& lab = drug_->analytes[i];
    record_.readings.push_back(
        {at, static_cast<std::int16_t>(i), lab.unit.to_canonical(value), lab.uln});
    return *this;
  }
  Patient& weekly_doses(int n, DoseAction action = DoseAction::kGiven) {
    for (int i = 0; i < n; ++i) dose(i * kWeek, action);
    return *this;
  }
  Patient& dose(Minutes at, DoseAction action) {
    DoseEntry entry;
    entry.at = at;
    entry.action = action;
    record_.doses.push_back(entry);
    if (injected(entry)) {
      record_.last_dose = at;
      ++record_.n_injections;
    }
    return *this;
  }
  Patient& event(int index, Minutes at, int count = 1) {
    record_.events.push_back(
        {at, static_cast<std::int16_t>(index), static_cast<std::int16_t>(count)});
    return *this;
  }
  Patient& hazard(int index, Minutes at) {
    record_.hazards.push_back({at, static_cast<std::int16_t>(index)});
    return *this;
  }
  Patient& stop(Minutes at, const char* cause) {
    record_.discontinued = true;
    record_.discontinued_at = at;
    record_.cause = cause;
    return *this;
  }
  Patient& firing(Minutes at, int from, int to) {
    protocol::Firing entry;
    entry.at = at;
    entry.from = from;
    entry.to = to;
    record_.log.push_back(entry);
    return *this;
  }
  PatientRecord& record() { return record_; }

 private:
  std::size_t index(const char* code) const {
    for (std::size_t i = 0; i < drug_->analytes.size(); ++i) {
      if (drug_->analytes[i].code == code) return i;
    }
    check_failed("the fixture knows the test", __FILE__, __LINE__, code);
  }

  const programme::Programme* drug_;
  PatientRecord record_;
};

inline int lab(const programme::Programme& drug, const std::string& code) {
  for (std::size_t i = 0; i < drug.analytes.size(); ++i) {
    if (drug.analytes[i].code == code) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace dosewright::trial::fixture
