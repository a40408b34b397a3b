// The short form of a parameter file:
//
//   CL = "5 L/h"
//   V  = 50                  # in the unit of the model, where it has one; else a plain number
//   [covariates]
//   WT = "70 kg"
#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/simulate/model_source.hpp"

namespace dosewright::simulate {
namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  return found == all.end() ? nullptr : &*found;
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

struct Given {
  double canonical = 0;
  Unit unit;
};

// A bare number is in the unit that the name has already.
Given read_given(Node node, const Unit* unit) {
  Given given;
  if (node.is_number()) {
    if (unit != nullptr) given.unit = *unit;
    given.canonical = given.unit.to_canonical(node.number());
  } else {
    const Measure measure = unit != nullptr ? node.measure_of(unit->dimension) : node.measure();
    given = {measure.canonical, measure.unit};
  }
  if (!std::isfinite(given.canonical)) node.fault("expected a finite number");
  return given;
}

void fault_unknown(Node node, const std::string& name, const std::vector<std::string>& known) {
  const std::string near = nearest_name(name, known);
  node.fault("the model has no parameter '" + shown_text(name) + "'",
             near.empty() ? "it has " + join(known, ", ") : "did you mean '" + near + "'?");
}

}  // namespace

bool is_full(Document& document) {
  return document.root().find("parameter").is_table();
}

FlatParameters read_flat(Document& document, const FlatParameters* known) {
  FlatParameters flat;
  Node root = document.root();
  std::vector<Place> covariate_places;
  for (const std::string& key : root.keys()) {
    if (key == "covariates" || key == "lab") continue;
    Node node = root.at(key);
    const model::Parameter* const old =
        known == nullptr ? nullptr : find_named(known->parameters, key);
    const Given given = read_given(node, old == nullptr ? nullptr : &old->unit);
    model::Parameter parameter;
    parameter.name = key;
    parameter.unit = given.unit;
    parameter.typical = given.canonical;
    parameter.scale = model::Scale::kNormal;
    flat.parameters.push_back(std::move(parameter));
    flat.places.push_back(node.place());
  }
  Node covariates = root.find("covariates");
  for (const std::string& key : covariates.keys()) {
    Node node = covariates.at(key);
    const Given given = read_given(node, nullptr);
    flat.covariates.push_back({key, key, given.unit, given.canonical});
    flat.places.push_back(node.place());
  }
  flat.labs = root.find("lab").items();
  return flat;
}

void override_with(Document& document, FlatParameters over, FlatParameters& base) {
  Node root = document.root();
  const auto n_old = static_cast<std::ptrdiff_t>(base.parameters.size());
  for (model::Parameter& parameter : over.parameters) {
    const auto found = std::ranges::find(base.parameters, parameter.name, &model::Parameter::name);
    if (found != base.parameters.end()) {
      *found = std::move(parameter);
    } else {
      // How doses enter (F1, ALAG1, R1, D1) is no part of the library's files. Whether it is such
      // a name, or one that nothing reads, the equations tell.
      base.places.insert(base.places.begin() + n_old, root.find(parameter.name).place());
      base.parameters.push_back(std::move(parameter));
    }
  }
  for (model::Covariate& covariate : over.covariates) {
    base.places.push_back(root.find("covariates").find(covariate.name).place());
    base.covariates.push_back(std::move(covariate));
  }
  base.labs = std::move(over.labs);
}

void override_model(Document& document, model::Model& model) {
  Node root = document.root();
  for (const std::string& key : root.keys()) {
    if (key == "covariates") continue;
    Node node = root.at(key);
    const int index = model.parameter(key);
    if (index < 0) {
      fault_unknown(node, key, names_of(model.parameters));
      continue;
    }
    model::Parameter& parameter = model.parameters[static_cast<std::size_t>(index)];
    const double value = read_given(node, &parameter.unit).canonical;
    const bool positive = parameter.scale != model::Scale::kLognormal || value > 0;
    const bool share = parameter.scale != model::Scale::kLogit || (value > 0 && value < 1);
    if (!positive) node.fault("a lognormal parameter must be above 0");
    if (!share) node.fault("a parameter on the logit scale lies between 0 and 1");
    if (!positive || !share) continue;
    parameter.typical = value;
    for (double& of_class : parameter.class_typical) of_class = value;
  }
  Node covariates = root.find("covariates");
  for (const std::string& key : covariates.keys()) {
    Node node = covariates.at(key);
    const int index = model.covariate(key);
    if (index < 0) {
      fault_unknown(node, key, names_of(model.covariates));
    } else {
      model::Covariate& covariate = model.covariates[static_cast<std::size_t>(index)];
      covariate.typical = read_given(node, &covariate.unit).canonical;
    }
  }
}

}  // namespace dosewright::simulate
