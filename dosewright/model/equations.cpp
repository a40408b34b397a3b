// Reads model.txt: parse, check units against the parameters, lower to the three programs.
//
// Faults of one document must not breed faults in another: a parameter whose value could not be
// read has no unit to check against, so what the checker says about statements that depend on it
// is left out, and names are taken as used where the document that would use them is unreadable.
#include <algorithm>
#include <map>

#include "dosewright/base/text.hpp"
#include "dosewright/model/dosing_names.hpp"
#include "dosewright/model/reading.hpp"
#include "dosewright/model/trees.hpp"

namespace dosewright::model {
namespace {

lang::Symbol symbol(std::string name, const char* unit, bool constant) {
  lang::Symbol result;
  result.name = std::move(name);
  result.unit = *parse_unit(unit);
  result.constant = constant;
  return result;
}

// A parameter that scales another one's covariate effect is used, though no equation names it.
bool is_coefficient(const Model& model, int index) {
  for (const Parameter& parameter : model.parameters) {
    for (const CovariateEffect& effect : parameter.effects) {
      if (effect.coefficient_index == index) return true;
    }
  }
  return false;
}

std::vector<lang::Symbol> externals_of(const Reading& reading,
                                       std::span<const std::string> states) {
  std::vector<lang::Symbol> symbols;
  const Model& model = reading.model;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    lang::Symbol s = symbol(model.parameters[i].name, "1", true);
    s.unit = model.parameters[i].unit;
    s.place = reading.parameter_places[i];
    s.must_be_used = reading.effects_known && !is_coefficient(model, static_cast<int>(i)) &&
                     !dosing_name(s.name, states);
    symbols.push_back(std::move(s));
  }
  for (std::size_t i = 0; i < model.covariates.size(); ++i) {
    lang::Symbol s = symbol(model.covariates[i].name, "1", true);
    s.unit = model.covariates[i].unit;
    s.place = reading.covariate_places[i];
    symbols.push_back(std::move(s));
  }
  symbols.push_back(symbol("TIME", "h", false));
  symbols.push_back(symbol("TAFD", "h", false));
  symbols.push_back(symbol("DOSE", "mg", false));
  return symbols;
}

// Names that statements define, and the states among them.
struct Targets {
  std::set<std::string> definitions, states;
  std::vector<std::string> in_order;  // states, as their derivatives stand in the file
  std::vector<std::string> all() const {
    std::vector<std::string> names(definitions.begin(), definitions.end());
    names.insert(names.end(), states.begin(), states.end());
    return names;
  }
};

Targets targets_of(std::span<const lang::Statement> statements) {
  Targets targets;
  for (const lang::Statement& statement : statements) {
    if (statement.kind == lang::StatementKind::kDefinition) {
      targets.definitions.insert(statement.target);
    } else {
      targets.states.insert(statement.target);
    }
    if (statement.kind == lang::StatementKind::kDerivative) {
      targets.in_order.push_back(statement.target);
    }
  }
  return targets;
}

// True if every use names a definition or a state; a fault stands at each that does not.
bool check_use_names(Reading& reading, const Targets& targets) {
  bool all_known = true;
  const std::vector<std::string> known = targets.all();
  for (OutputUse& use : reading.uses) {
    if (index_of(known, use.name) >= 0) continue;
    all_known = false;
    const std::string near = nearest_name(use.name, known);
    use.node.fault("the equations define no '" + use.name + "'",
                   near.empty() ? "name a definition or a state of the model"
                                : "the nearest name is '" + near + "'");
  }
  return all_known;
}

std::vector<std::string> exported_names(const Reading& reading, const Targets& targets,
                                        bool uses_known) {
  std::set<std::string> names;
  for (const OutputUse& use : reading.uses) {
    if (targets.definitions.contains(use.name)) names.insert(use.name);
  }
  for (const std::string& name : targets.definitions) {
    if (dosing_name(name, targets.in_order)) names.insert(name);
  }
  if (!uses_known || reading.standalone) names = targets.definitions;
  return {names.begin(), names.end()};
}

// Statements by the line that they begin on, to tell which statement a fault is about.
class StatementLines {
 public:
  StatementLines(std::span<const lang::Statement> statements, std::string file)
      : file_(std::move(file)) {
    for (const lang::Statement& s : statements) target_[s.place.line] = s.target;
  }
  std::string target_at(const Place& place) const {
    if (place.file != file_) return "";
    auto after = target_.upper_bound(place.line);
    return after == target_.begin() ? "" : std::prev(after)->second;
  }

 private:
  std::string file_;
  std::map<int, std::string> target_;
};

Faults without_doubtful(const Faults& faults, const StatementLines& lines,
                        const std::set<std::string>& doubtful) {
  Faults kept;
  for (const Fault& fault : faults) {
    if (!doubtful.contains(lines.target_at(fault.place))) kept.add(fault);
  }
  return kept;
}

const lang::Symbol* find_symbol(std::span<const lang::Symbol> symbols, std::string_view name) {
  const auto found = std::ranges::find(symbols, name, &lang::Symbol::name);
  return found == symbols.end() ? nullptr : &*found;
}

void check_use_units(Reading& reading, const lang::CheckedModel& equations) {
  for (OutputUse& use : reading.uses) {
    const lang::Symbol* found = find_symbol(equations.definition_symbols, use.name);
    if (found == nullptr) found = find_symbol(equations.states, use.name);
    if (found == nullptr || !use.expected || found->unit.dimension == *use.expected) continue;
    use.node.fault(use.wanted + " is " + to_text(*use.expected) + ", but '" + use.name +
                       "' of the equations is " + to_text(found->unit.dimension),
                   "scale it in the equations, or change the unit");
  }
}

void number_outputs(Reading& reading) {
  Model& model = reading.model;
  const auto number = [&model](const std::string& name) {
    const int known = index_of(model.output_names, name);
    if (known >= 0) return known;
    model.output_names.push_back(name);
    return static_cast<int>(model.output_names.size()) - 1;
  };
  for (LabModel& lab : model.labs) lab.output = number(lab.output_name);
  for (EventModel& event : model.events) event.output = number(event.output_name);
  for (HazardModel& hazard : model.hazards) hazard.output = number(hazard.output_name);
  for (const OutputUse& use : reading.uses) number(use.name);
}

Result<lang::Program> lower_these(std::span<const lang::Symbol> inputs, const Model& model,
                                  std::vector<const lang::Node*> outputs) {
  const auto definitions = needed_definitions(model.equations.definitions, outputs);
  return lang::lower({inputs, definitions, std::move(outputs)});
}

Faults lower_all(Model& model) {
  std::vector<lang::Symbol> inputs = model.equations.externals;
  Faults faults;
  std::vector<const lang::Node*> roots;
  for (const lang::Expression& initial : model.equations.initials) roots.push_back(initial.get());
  model.initial = keep_or(lower_these(inputs, model, roots), {}, faults);

  inputs.insert(inputs.end(), model.states.begin(), model.states.end());
  roots.clear();
  for (const lang::Statement& s : model.equations.derivatives) roots.push_back(s.value.get());
  model.rhs = keep_or(lower_these(inputs, model, roots), {}, faults);

  std::vector<lang::Expression> names;
  roots.clear();
  for (const std::string& name : model.output_names) {
    names.push_back(std::make_unique<lang::Node>());
    names.back()->op = lang::Op::kName;
    names.back()->name = name;
    roots.push_back(names.back().get());
  }
  model.outputs = keep_or(lower_these(inputs, model, roots), {}, faults);
  return faults;
}

Faults check_dose_state(const std::string& file, Reading& reading) {
  Model& model = reading.model;
  const std::string& wanted = reading.dose_state;
  const auto found = std::ranges::find(model.states, wanted, &lang::Symbol::name);
  if (reading.standalone && !reading.dose_state_node && !model.states.empty()) {
    model.dose_state =
        found == model.states.end() ? 0 : static_cast<int>(found - model.states.begin());
    return {};
  }
  std::vector<std::string> names;
  for (const lang::Symbol& state : model.states) names.push_back(state.name);
  Faults faults;
  if (found == model.states.end()) {
    const std::string message = "no state '" + wanted + "' to inject into";
    const std::string hint =
        "states are " + join(names, ", ") + "; name one as dose_state in observations.toml";
    if (reading.dose_state_node) {
      reading.dose_state_node->fault(message, hint);
    } else {
      faults.add({file, 0, 0}, message, hint);
    }
    return faults;
  }
  model.dose_state = static_cast<int>(found - model.states.begin());
  if (found->unit.dimension != parse_unit("mg")->dimension) {
    faults.add({file, 0, 0}, "state '" + wanted +
                                 "' receives injections and must be a mass, found " +
                                 to_text(found->unit.dimension));
  }
  return faults;
}

}  // namespace

Faults read_equations(const std::string& text, const std::string& file, Reading& reading) {
  Result<std::vector<lang::Statement>> parsed = lang::parse_statements(text, file);
  if (!parsed.ok()) return parsed.faults();
  const Targets targets = targets_of(*parsed);
  const bool uses_known = check_use_names(reading, targets) && reading.uses_known;
  if (!reading.parameters_known) return {};

  const StatementLines lines(*parsed, file);
  const std::set<std::string> doubtful = dependents(*parsed, reading.doubtful);
  Result<lang::CheckedModel> checked =
      lang::check_model(std::move(*parsed), externals_of(reading, targets.in_order),
                        exported_names(reading, targets, uses_known));
  if (!checked.ok()) return without_doubtful(checked.faults(), lines, doubtful);

  Model& model = reading.model;
  model.equations = std::move(*checked);
  model.states = model.equations.states;
  check_use_units(reading, model.equations);
  Faults faults = check_dose_state(file, reading);
  if (!uses_known) return faults;
  number_outputs(reading);
  faults.merge(lower_all(model));
  return faults;
}

}  // namespace dosewright::model
