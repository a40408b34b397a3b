// What the readers of a model's four documents share while they work. Private to the module.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dosewright/model/model.hpp"
#include "dosewright/model/origin.hpp"

namespace dosewright::model {

// A name of the equations that a document wants to read, checked once their units are known.
struct OutputUse {
  Node node;
  std::string name;
  std::optional<Dimension> expected;  // none where its unit could not be read
  std::string wanted;                 // "the unit of lab LDL"
};

struct Reading {
  Model model;
  References references;
  std::vector<Place> parameter_places;  // one per parameter
  std::vector<Place> covariate_places;
  std::set<std::string> doubtful;  // names whose unit could not be read
  std::vector<OutputUse> uses;
  std::optional<Node> dose_state_node;  // where dose_state is written, if it is
  std::string dose_state = "DEPOT";
  bool parameters_known = true;  // parameters.toml is TOML
  bool effects_known = true;     // every covariate effect names a coefficient that exists
  bool standalone = false;       // as in ModelFiles
  bool uses_known = true;        // labs.toml and observations.toml are TOML
};

void read_parameters(Document& document, Reading& reading);
// [uncertainty]: how the calibrated typical values are uncertain together. After all parameters.
void read_uncertainty(Node table, Reading& reading);
// `prior = { ... }` of a parameter whose value and scale are read.
void read_prior(Node table, Parameter& parameter, Document& document, Reading& reading);
void read_labs(std::vector<Node>& labs, Reading& reading);
void read_observations(Document& document, Reading& reading);

// Parses, checks and lowers the equations, and resolves what the documents read from them.
Faults read_equations(const std::string& text, const std::string& file, Reading& reading);

// A value that the document gives as a number (dimensionless) or as a text with a unit. Counts the
// faults of `document` to tell whether it could be read; `ok` is false where not.
struct Value {
  double canonical = 0;
  Unit unit;
  bool ok = true;
};
Value read_value(Node node, Document& document);
double read_value_of(Node node, const Dimension& expected, Document& document);

// A non-negative SD or share. Absent: 0.
double read_sd(Node node);

int index_of(const std::vector<std::string>& names, std::string_view name);  // -1: not there

}  // namespace dosewright::model
