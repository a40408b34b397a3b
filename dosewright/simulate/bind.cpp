#include "dosewright/simulate/bind.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dosewright/base/text.hpp"

namespace dosewright::simulate {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

using exchange::Complaint;
using model::DosingItem;
using model::DosingName;

bool is_definition(const model::Model& model, const std::string& name) {
  return std::ranges::find(model.equations.definition_symbols, name, &lang::Symbol::name) !=
         model.equations.definition_symbols.end();
}

// The values of one column within a subject, missing ones taken from their neighbours.
void fill_column(std::vector<exchange::DatasetRow>& rows, std::size_t column, bool backward) {
  const std::size_t n = rows.size();
  const auto at = [&](std::size_t i) -> double& {
    return rows[backward ? n - 1 - i : i].values[column];
  };
  for (std::size_t i = 1; i < n; ++i) {
    if (std::isnan(at(i))) at(i) = at(i - 1);
  }
  for (std::size_t i = n - 1; i-- > 0;) {
    if (std::isnan(at(i))) at(i) = at(i + 1);
  }
}

}  // namespace

std::vector<std::string> column_names(const sim::EventModel& model) {
  std::vector<std::string> names;
  for (const model::Parameter& parameter : model.model->parameters) names.push_back(parameter.name);
  for (const model::Covariate& covariate : model.model->covariates) names.push_back(covariate.name);
  const auto states = model.state_names();
  const auto add = [&](const std::string& name) {
    const bool known = std::ranges::find(names, name) != names.end();
    if (!known && !is_definition(*model.model, name)) names.push_back(name);
  };
  for (int i = 0; i < static_cast<int>(states.size()); ++i) {
    for (int item = 0; item < model::kDosingItems; ++item) {
      const std::string numbered = model::to_text(DosingName{static_cast<DosingItem>(item), i});
      const std::string prefix = numbered.substr(0, numbered.find_first_of("0123456789"));
      add(numbered);
      add(prefix + "_" + states[static_cast<std::size_t>(i)]);
    }
  }
  return names;
}

Binding::Binding(const sim::EventModel& model, std::span<const std::string> columns, Carry carry)
    : model_(&model),
      columns_(columns.begin(), columns.end()),
      carry_(carry),
      reads_time_(sim::reads_time(*model.model)) {
  for (const std::string& name : columns_) targets_.push_back(target_of(name));
}

Binding::Target Binding::target_of(const std::string& name) const {
  const model::Model& model = *model_->model;
  if (const int index = model.parameter(name); index >= 0) {
    return {Kind::kParameter, index, {}, model.parameters[static_cast<std::size_t>(index)].unit};
  }
  if (const int index = model.covariate(name); index >= 0) {
    return {Kind::kCovariate, index, {}, model.covariates[static_cast<std::size_t>(index)].unit};
  }
  const auto dosing = model::dosing_name(name, model_->state_names());
  DW_CHECK(dosing.has_value(), "a column of another name is refused before");
  Unit unit;  // F, ALAG and D: a number, hours
  if (dosing->item == DosingItem::kRate) {
    unit = model.states[static_cast<std::size_t>(dosing->compartment)].unit;  // per hour
  }
  return {Kind::kDosing, 0, *dosing, unit};
}

bool Binding::given(DosingItem item, int compartment) const {
  if (model_->gives({item, compartment})) return true;
  return std::ranges::any_of(targets_, [&](const Target& target) {
    return target.kind == Kind::kDosing && target.dosing.item == item &&
           target.dosing.compartment == compartment;
  });
}

std::optional<Complaint> Binding::complaint(const exchange::DatasetRow& row) const {
  if (!row.is_dose()) return std::nullopt;
  const int compartment = row.cmt > 0 ? row.cmt - 1 : model_->model->dose_state;
  if (row.rate < 0) {
    const DosingItem item = row.rate == -1 ? DosingItem::kRate : DosingItem::kDuration;
    if (!given(item, compartment)) {
      const std::string name = model::to_text(DosingName{item, compartment});
      return Complaint{"RATE",
                       "RATE " + number_text(row.rate) + " needs " + name +
                           ", which neither the model nor a column gives",
                       "add a column " + name + ", or a parameter of that name"};
    }
  }
  if (row.ss != 0 && reads_time_) {
    return Complaint{"SS", "the model's rates read TIME or TAFD, so it has no steady state",
                     "write the doses out with II and ADDL"};
  }
  return std::nullopt;
}

std::optional<Complaint> Binding::fill(exchange::DatasetSubject& subject) const {
  std::optional<Complaint> first;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    fill_column(subject.rows, i, carry_ == Carry::kBackward);
    if (targets_[i].kind == Kind::kCovariate && std::isnan(subject.rows.front().values[i])) {
      first = Complaint{columns_[i], "no record of subject " + subject.id + " has this covariate",
                        "give it once, or leave the column out: then its typical value is taken"};
    }
  }
  return first;
}

sim::Event Binding::event(const exchange::DatasetRow& row) const {
  const model::Model& model = *model_->model;
  sim::Event event;
  event.kind = static_cast<sim::EventKind>(row.evid);
  event.time_h = row.time;
  event.compartment = std::abs(row.cmt) - 1;
  event.switch_off = row.cmt < 0;
  if (!row.is_dose()) return event;
  const int compartment = event.compartment >= 0 ? event.compartment : model.dose_state;
  const Unit& unit = model.states[static_cast<std::size_t>(compartment)].unit;
  event.amount = unit.to_canonical(row.amt);
  event.interval_h = row.ii;
  event.additional = row.addl;
  event.steady_state = row.ss;
  if (row.rate > 0) {
    event.rate_kind = sim::RateKind::kGiven;
    event.rate = unit.to_canonical(row.rate);
  } else if (row.rate < 0) {
    event.rate_kind =
        row.rate == -1 ? sim::RateKind::kModelledRate : sim::RateKind::kModelledDuration;
  }
  return event;
}

void Binding::values(const exchange::DatasetRow& row, const model::Population& population,
                     const Draws* etas, Values& out) const {
  const model::Model& model = *model_->model;
  out.covariates.clear();
  for (const model::Covariate& covariate : model.covariates) {
    out.covariates.push_back(covariate.typical);
  }
  out.parameters.resize(model.parameters.size());
  out.dosing.assign(model.states.size(), {kMissing, kMissing, kMissing, kMissing});
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Target& target = targets_[i];
    const double value = target.unit.to_canonical(row.values[i]);
    if (target.kind == Kind::kCovariate) {
      out.covariates[static_cast<std::size_t>(target.index)] = value;
    } else if (target.kind == Kind::kDosing) {
      out.dosing[static_cast<std::size_t>(target.dosing.compartment)]
                [static_cast<std::size_t>(target.dosing.item)] = value;
    }
  }
  if (etas != nullptr) {
    model::draw_subject(model, population, out.covariates, *etas, out.parameters);
  } else {
    model::typical_subject(model, population, out.covariates, out.parameters);
  }
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Target& target = targets_[i];
    if (target.kind != Kind::kParameter || std::isnan(row.values[i])) continue;
    out.parameters[static_cast<std::size_t>(target.index)] =
        target.unit.to_canonical(row.values[i]);
  }
}

}  // namespace dosewright::simulate
