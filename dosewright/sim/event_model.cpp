#include "dosewright/sim/event_model.hpp"

#include <algorithm>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/model/trees.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::sim {
namespace {

const lang::Symbol* find(std::span<const lang::Symbol> symbols, std::string_view name) {
  const auto found = std::ranges::find(symbols, name, &lang::Symbol::name);
  return found == symbols.end() ? nullptr : &*found;
}

const lang::Symbol* find_quantity(const model::Model& model, std::string_view name) {
  for (const auto& symbols : {std::span<const lang::Symbol>(model.states),
                              std::span<const lang::Symbol>(model.equations.definition_symbols),
                              std::span<const lang::Symbol>(model.equations.externals)}) {
    if (const lang::Symbol* symbol = find(symbols, name); symbol != nullptr) return symbol;
  }
  return nullptr;
}

Result<lang::Program> lower_names(const model::Model& model, std::span<const std::string> names) {
  std::vector<lang::Symbol> inputs = model.equations.externals;
  inputs.insert(inputs.end(), model.states.begin(), model.states.end());
  std::vector<lang::Expression> nodes;
  std::vector<const lang::Node*> roots;
  for (const std::string& name : names) {
    nodes.push_back(std::make_unique<lang::Node>());
    nodes.back()->op = lang::Op::kName;
    nodes.back()->name = name;
    roots.push_back(nodes.back().get());
  }
  return lang::lower({inputs, model.equations.definitions, roots});
}

void choose(const model::Model& model, std::span<const std::string> wanted, EventModel& result,
            Faults& faults) {
  std::set<std::string> seen;
  const std::vector<std::string> known = quantity_names(model);
  for (const std::string& name : wanted) {
    const lang::Symbol* symbol = find_quantity(model, name);
    if (symbol == nullptr) {
      const std::string near = nearest_name(name, known);
      faults.add(Place{}, "the model has no '" + shown_text(name) + "' to put out",
                 near.empty() ? "it has " + join(known, ", ") : "did you mean '" + near + "'?");
    } else if (!seen.insert(name).second) {
      faults.add(Place{}, "output '" + name + "' is asked for twice", "leave one of them out");
    } else {
      result.quantities.push_back({name, symbol->unit});
    }
  }
}

// Names of the model that say how doses enter; their dimension must fit.
std::vector<std::string> dosing_sources(const model::Model& model, EventModel& result,
                                        Faults& faults) {
  std::vector<std::string> names;
  const std::vector<std::string> states = result.state_names();
  for (const std::string& name : quantity_names(model)) {
    const auto meaning = model::dosing_name(name, states);
    if (!meaning || find(model.states, name) != nullptr) continue;
    const lang::Symbol* symbol = find_quantity(model, name);
    const Dimension wanted = dimension_of(*meaning, model);
    if (symbol->unit.dimension != wanted) {
      faults.add(Place{},
                 "'" + name + "' says how doses enter " +
                     states[static_cast<std::size_t>(meaning->compartment)] + " and must be " +
                     to_text(wanted) + ", found " + to_text(symbol->unit.dimension),
                 "give it that unit, or another name");
    } else if (result.gives(*meaning)) {
      faults.add(Place{}, "'" + name + "' and " + model::to_text(*meaning) + " mean the same",
                 "keep one of them");
    } else {
      result.dosing_names.push_back(*meaning);
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> EventModel::state_names() const {
  std::vector<std::string> names;
  for (const lang::Symbol& state : model->states) names.push_back(state.name);
  return names;
}

bool EventModel::gives(model::DosingName name) const {
  return std::ranges::any_of(dosing_names, [name](const model::DosingName& own) {
    return own.item == name.item && own.compartment == name.compartment;
  });
}

std::vector<std::string> quantity_names(const model::Model& model) {
  std::vector<std::string> names;
  for (const lang::Symbol& symbol : model.states) names.push_back(symbol.name);
  for (const lang::Symbol& symbol : model.equations.definition_symbols) {
    names.push_back(symbol.name);
  }
  for (const model::Parameter& parameter : model.parameters) names.push_back(parameter.name);
  for (const model::Covariate& covariate : model.covariates) names.push_back(covariate.name);
  return names;
}

Dimension dimension_of(const model::DosingName& name, const model::Model& model) {
  const Dimension time = parse_unit("h")->dimension;
  const Dimension& amount = model.states[static_cast<std::size_t>(name.compartment)].unit.dimension;
  switch (name.item) {
    case model::DosingItem::kBioavailability:
      return {};
    case model::DosingItem::kRate:
      return amount / time;
    case model::DosingItem::kLag:
    case model::DosingItem::kDuration:
      break;
  }
  return time;
}

Result<EventModel> prepare(const model::Model& model, std::span<const std::string> wanted) {
  EventModel result;
  result.model = &model;
  Faults faults;
  choose(model, wanted, result, faults);
  const std::vector<std::string> sources = dosing_sources(model, result, faults);
  if (!faults.empty()) return faults;
  std::vector<std::string> names;
  for (const Quantity& quantity : result.quantities) names.push_back(quantity.name);
  result.outputs = keep_or(lower_names(model, names), {}, faults);
  result.dosing = keep_or(lower_names(model, sources), {}, faults);
  if (!faults.empty()) return faults;
  return result;
}

bool reads_time(const model::Model& model) {
  return ModelRhs(model).reads_time();
}

}  // namespace dosewright::sim
