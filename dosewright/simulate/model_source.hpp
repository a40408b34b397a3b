// The model that a dataset is simulated with: of a programme, of the library, or a text of one's
// own with a parameter file.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/base/result.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::simulate {

struct ModelSource {
  std::string name;
  model::Model model;
  std::vector<std::string> outputs;  // what is put out where nobody asks for more
};

/// `where`: a name of the library, a programme's folder, a folder with model.txt and
/// parameters.toml, or a file of equations. `parameters`: a file that replaces or gives the
/// parameters ("" for none): NAME = "value unit", or in the form of a programme.
/// Faults, all of them: files, equations, units, unknown names.
Result<ModelSource> load_model(const std::string& where, const std::string& parameters);

// NAME = "value unit" of a short parameter file; private to the module.
struct FlatParameters {
  std::vector<model::Parameter> parameters;
  std::vector<model::Covariate> covariates;
  std::vector<Place> places;  // of the parameters, then of the covariates
  std::vector<Node> labs;     // [[lab]]: residual error of an output
};

/// True where the document is in the form of a programme's parameters.toml.
bool is_full(Document& document);

/// Reads a short file. `known` (may be nullptr) has the units of numbers without one.
FlatParameters read_flat(Document& document, const FlatParameters* known);

/// Values of `over` take the place of those of the same name; faults for names that are not there
/// go to its document.
void override_with(Document& document, FlatParameters over, FlatParameters& base);

/// The same for a model that is read already.
void override_model(Document& document, model::Model& model);

}  // namespace dosewright::simulate
