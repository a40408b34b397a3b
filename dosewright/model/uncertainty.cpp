// What a calibration reads and writes in parameters.toml: priors, and the joint uncertainty of the
// numbers that it fitted.
#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/model/cholesky.hpp"
#include "dosewright/model/reading.hpp"

namespace dosewright::model {
namespace {

double canonical_factor(const Parameter& parameter) {
  return parameter.scale == Scale::kNormal ? parameter.unit.factor : 1.0;
}

bool on_scale(double value, Scale scale) {
  if (scale == Scale::kLognormal) return value > 0;
  return scale == Scale::kNormal || (value > 0 && value < 1);
}

double read_prior_value(Node node, const Parameter& parameter, Document& document) {
  const double value = read_value_of(node, parameter.unit.dimension, document);
  if (node.exists() && !on_scale(value, parameter.scale)) {
    node.fault("a prior lies where the parameter may lie; found " + number_text(value, 6));
    return parameter.typical;
  }
  return value;
}

// Adds the parameters that are named; false, with faults, where one of them cannot be.
bool read_names(Node& node, Model& model) {
  std::vector<std::string> known;
  for (const Parameter& parameter : model.parameters) known.push_back(parameter.name);
  bool good = true;
  std::set<int> seen;
  for (const std::string& name : node.texts()) {
    const int index = model.parameter(name);
    if (index < 0) {
      const std::string near = nearest_name(name, known);
      node.fault("unknown parameter '" + name + "'",
                 near.empty() ? "" : "the nearest parameter is '" + near + "'");
    } else if (!seen.insert(index).second) {
      node.fault("'" + name + "' is named twice");
    } else if (model.parameters[static_cast<std::size_t>(index)].uncertainty > 0) {
      node.fault("'" + name + "' has an uncertainty of its own too",
                 "take it out of [parameter." + name + "]: this table replaces it");
    } else {
      model.uncertain.push_back(index);
      continue;
    }
    good = false;
  }
  return good;
}

bool read_sds(Node& node, Model& model) {
  const std::vector<double> sds = node.numbers();
  if (sds.size() != model.uncertain.size()) {
    node.fault("expected " + std::to_string(model.uncertain.size()) +
               " SDs, one per parameter, found " + std::to_string(sds.size()));
    return false;
  }
  for (std::size_t i = 0; i < sds.size(); ++i) {
    Parameter& parameter = model.parameters[static_cast<std::size_t>(model.uncertain[i])];
    if (!(sds[i] > 0) || !std::isfinite(sds[i])) {
      node.fault("the SD of '" + parameter.name + "' must be above 0, found " +
                 number_text(sds[i], 6));
      return false;
    }
    parameter.uncertainty = sds[i] * canonical_factor(parameter);
  }
  return true;
}

// Row i of the triangle stands below the diagonal and has i numbers: it cannot be asymmetric.
bool read_triangle(Node& node, std::size_t n, std::vector<double>& matrix) {
  std::vector<Node> rows = node.items();
  if (rows.size() != n) {
    node.fault("expected " + std::to_string(n) + " rows, one per parameter, found " +
               std::to_string(rows.size()));
    return false;
  }
  matrix.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<double> row = rows[i].numbers();
    if (row.size() != i) {
      rows[i].fault("expected " + std::to_string(i) +
                    " correlations with the parameters before, found " +
                    std::to_string(row.size()));
      return false;
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (!(std::abs(row[j]) < 1)) {
        rows[i].fault("a correlation lies between -1 and 1, found " + number_text(row[j], 6));
        return false;
      }
      matrix[i * n + j] = matrix[j * n + i] = row[j];
    }
    matrix[i * n + i] = 1;
  }
  return true;
}

}  // namespace

void read_prior(Node table, Parameter& parameter, Document& document, Reading& reading) {
  if (!table.exists()) return;
  if (parameter.origin.calibrated_to.empty() &&
      parameter.variability_origin.calibrated_to.empty()) {
    table.fault("a prior is for a parameter that is calibrated",
                "give '" + parameter.name + "' calibrated_to, or drop its prior");
  }
  Prior prior;
  prior.typical = parameter.typical;
  prior.class_typical = parameter.class_typical;
  if (Node classes = table.find("class_values"); parameter.mixture >= 0) {
    const auto mixture = static_cast<std::size_t>(parameter.mixture);
    const auto& names = reading.model.mixtures[mixture].classes;
    for (std::size_t i = 0; classes.exists() && i < names.size(); ++i) {
      prior.class_typical[i] = read_prior_value(classes.at(names[i]), parameter, document);
    }
    if (classes.exists()) classes.finish();
    const auto likely = std::ranges::find(parameter.class_typical, parameter.typical);
    const auto at = static_cast<std::size_t>(likely - parameter.class_typical.begin());
    if (at < names.size()) prior.typical = prior.class_typical[at];
  } else if (Node value = table.find("value"); value.exists()) {
    prior.typical = read_prior_value(value, parameter, document);
  }
  prior.sd = read_sd(table.find("sd")) * canonical_factor(parameter);
  prior.between_subject = read_sd(table.find("between_subject")) * canonical_factor(parameter);
  table.finish();
  parameter.prior = std::move(prior);
}

void read_uncertainty(Node table, Reading& reading) {
  if (!table.exists()) return;
  Model& model = reading.model;
  Node names = table.at("parameters");
  Node sds = table.at("sd");
  Node triangle = table.at("correlation");
  read_origin(table, "", true, reading.references);
  table.find("note").text_or("");
  table.finish();
  std::vector<double> matrix;
  const bool good = read_names(names, model) && read_sds(sds, model) &&
                    read_triangle(triangle, model.uncertain.size(), matrix);
  if (!good) return model.uncertain.clear();
  const int bad = cholesky_in_place(matrix, model.uncertain.size());
  if (bad < 0) {
    model.uncertain_cholesky = std::move(matrix);
    return;
  }
  const auto index = static_cast<std::size_t>(model.uncertain[static_cast<std::size_t>(bad)]);
  triangle.fault("the correlations do not fit together: the matrix is not positive definite at '" +
                     model.parameters[index].name + "'",
                 "calibrate again: the matrix is written by `dosewright calibrate --write`");
  model.uncertain.clear();
}

}  // namespace dosewright::model
