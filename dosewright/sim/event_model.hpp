// A model made ready for datasets: what may be asked of it, and how doses enter it.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/model/dosing_names.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::sim {

// One quantity of the output: a compartment, a definition, a parameter or a covariate.
struct Quantity {
  std::string name;
  Unit unit;  // in which it is written
};

// Values that say how doses enter, for each compartment: F, ALAG, R, D. NaN: not given.
using DosingValues = std::vector<std::array<double, model::kDosingItems>>;

struct EventModel {
  const model::Model* model = nullptr;
  std::vector<Quantity> quantities;
  lang::Program outputs;                        // of the quantities, in their order
  lang::Program dosing;                         // of what the model itself says about doses
  std::vector<model::DosingName> dosing_names;  // of the outputs of `dosing`

  std::vector<std::string> state_names() const;
  bool gives(model::DosingName name) const;  // the model itself says it
};

/// Every name that can be asked for: states, definitions, parameters, covariates.
std::vector<std::string> quantity_names(const model::Model& model);

/// Faults, all of them: unknown or repeated names in `wanted`, a dosing name whose unit is not what
/// its meaning needs. `model` must outlive the result.
Result<EventModel> prepare(const model::Model& model, std::span<const std::string> wanted);

/// The dimension that a dosing item of a compartment must have.
Dimension dimension_of(const model::DosingName& name, const model::Model& model);

/// True where a derivative reads TIME or TAFD.
bool reads_time(const model::Model& model);

}  // namespace dosewright::sim
