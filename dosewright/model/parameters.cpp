// Reads parameters.toml: [covariate.X], [mixture.X], [parameter.X] and [[correlation]].
#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/model/cholesky.hpp"
#include "dosewright/model/reading.hpp"

namespace dosewright::model {
namespace {

constexpr double kShareTolerance = 1e-9;

// Covariate effects name parameters that may stand further down: kept until all are read.
struct PendingEffect {
  std::size_t parameter;
  std::size_t effect;
  Node coefficient;
};

const std::vector<std::string>& reserved_names() {
  static const std::vector<std::string> names = {"TIME", "TAFD", "DOSE"};
  return names;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || digit(c); });
}

// A name must be one that equations can use, and mean one thing only.
void check_name(Node& node, const std::string& name, const Model& model) {
  if (!is_name(name)) {
    node.fault("expected a name of letters, digits and '_', found '" + name + "'");
  } else if (index_of(reserved_names(), name) >= 0) {
    node.fault("'" + name + "' is the model's own name for its clock or dose",
               "call it something else");
  } else if (model.covariate(name) >= 0) {
    node.fault("'" + name + "' is already a covariate", "call the parameter something else");
  }
}

std::vector<std::string> covariate_names(const Model& model) {
  std::vector<std::string> names;
  for (const Covariate& covariate : model.covariates) names.push_back(covariate.name);
  return names;
}

std::vector<std::string> parameter_names(const Model& model) {
  std::vector<std::string> names;
  for (const Parameter& parameter : model.parameters) names.push_back(parameter.name);
  return names;
}

// FNV-1a. A name's draw number stays the same whatever else stands in the file.
std::uint32_t draw_number(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::uint32_t free_draw_number(std::string_view name, std::set<std::uint32_t>& taken) {
  std::uint32_t number = draw_number(name);
  while (!taken.insert(number).second) ++number;
  return number;
}

void read_covariate(Node table, const std::string& name, Document& document, Reading& reading) {
  check_name(table, name, reading.model);
  Covariate covariate;
  covariate.name = name;
  covariate.title = table.at("title").text();
  Node unit_node = table.find("unit");
  const std::string code = unit_node.text_or("1");
  if (Result<Unit> unit = parse_unit(code); unit.ok()) {
    covariate.unit = *unit;
    covariate.typical = read_value_of(table.at("typical"), covariate.unit.dimension, document);
  } else {
    unit_node.fault(unit.faults()[0].message, unit.faults()[0].hint);
    reading.doubtful.insert(name);
    table.find("typical");
  }
  Node source = table.find("source");
  if (source.exists()) {
    const std::string text = source.text();
    if (!reading.references.any) check_source(source, text, reading.references.sources);
  }
  table.finish();
  reading.covariate_places.push_back(table.place());
  reading.model.covariates.push_back(std::move(covariate));
}

void check_shares(Node& node, const Mixture& mixture) {
  double sum = 0;
  bool negative = false;
  for (const double share : mixture.shares) {
    sum += share;
    negative = negative || !(share >= 0);
  }
  if (mixture.shares.size() != mixture.classes.size()) {
    node.fault("expected " + std::to_string(mixture.classes.size()) +
               " shares, one per class, found " + std::to_string(mixture.shares.size()));
  } else if (negative || std::abs(sum - 1) > kShareTolerance) {
    node.fault("shares must be 0 or more and sum to 1, found a sum of " + number_text(sum, 6));
  }
}

void read_mixture(Node table, const std::string& name, Reading& reading) {
  Mixture mixture;
  mixture.name = name;
  table.find("title").text_or("");
  Node classes = table.at("classes");
  mixture.classes = classes.texts();
  if (classes.is_array() && mixture.classes.size() < 2) {
    classes.fault("a mixture has two classes or more, found " +
                  std::to_string(mixture.classes.size()));
  }
  Node shares = table.at("shares");
  mixture.shares = shares.numbers();
  if (shares.is_array()) check_shares(shares, mixture);
  mixture.shares.resize(mixture.classes.size(), 0.0);
  mixture.origin = read_origin(table, "", true, reading.references);
  table.finish();
  reading.model.mixtures.push_back(std::move(mixture));
}

Scale read_scale(Node node) {
  static const std::vector<std::string> names = {"normal", "lognormal", "logit"};
  const std::string text = node.text_or("lognormal");
  const int index = index_of(names, text);
  if (index >= 0) return static_cast<Scale>(index);
  node.fault("expected scale normal, lognormal or logit, found '" + text + "'");
  return Scale::kNormal;
}

void check_on_scale(Node& node, double value, Scale scale) {
  if (scale == Scale::kLognormal && !(value > 0)) {
    node.fault("a lognormal parameter must be above 0, found " + number_text(value, 6),
               "write scale = \"normal\" if it may be 0 or negative");
  } else if (scale == Scale::kLogit && !(value > 0 && value < 1)) {
    node.fault("a parameter on the logit scale lies between 0 and 1, found " +
               number_text(value, 6));
  }
}

// Keeps a value that draws can be made from, so that reading goes on after the fault.
double usable(double value, Scale scale) {
  if (scale == Scale::kLognormal && !(value > 0)) return 1;
  if (scale == Scale::kLogit && !(value > 0 && value < 1)) return 0.5;
  return value;
}

void read_class_values(Node table, Parameter& parameter, Document& document, Reading& reading) {
  const Mixture& mixture = reading.model.mixtures[static_cast<std::size_t>(parameter.mixture)];
  for (std::size_t i = 0; i < mixture.classes.size(); ++i) {
    Node node = table.at(mixture.classes[i]);
    if (!node.exists()) continue;
    const Value value = read_value(node, document);
    if (!value.ok) {
      reading.doubtful.insert(parameter.name);
    } else if (parameter.class_typical.empty()) {
      parameter.unit = value.unit;
    } else if (value.unit.dimension != parameter.unit.dimension) {
      node.fault("expected " + to_text(parameter.unit.dimension) +
                 " as in the class before, found " + to_text(value.unit.dimension));
    }
    if (value.ok) check_on_scale(node, value.canonical, parameter.scale);
    parameter.class_typical.push_back(usable(value.canonical, parameter.scale));
  }
  table.finish();
  parameter.class_typical.resize(mixture.classes.size(), usable(1, parameter.scale));
  const auto largest = std::ranges::max_element(mixture.shares) - mixture.shares.begin();
  parameter.typical = parameter.class_typical[static_cast<std::size_t>(largest)];
}

void read_typical(Node table, Parameter& parameter, Document& document, Reading& reading) {
  Node node = table.at("value");
  if (!node.exists()) {
    reading.doubtful.insert(parameter.name);
    parameter.typical = usable(1, parameter.scale);
    return;
  }
  const Value value = read_value(node, document);
  parameter.unit = value.unit;
  parameter.typical = usable(value.canonical, parameter.scale);
  if (value.ok) {
    check_on_scale(node, value.canonical, parameter.scale);
  } else {
    reading.doubtful.insert(parameter.name);
  }
}

void read_value_or_classes(Node table, Parameter& parameter, Document& document, Reading& reading) {
  Node mixture = table.find("mixture");
  if (!mixture.exists()) return read_typical(table, parameter, document, reading);
  const std::string name = mixture.text();
  std::vector<std::string> known;
  for (const Mixture& m : reading.model.mixtures) known.push_back(m.name);
  parameter.mixture = index_of(known, name);
  if (parameter.mixture < 0) {
    mixture.fault("unknown mixture '" + name + "'",
                  "declare [mixture." + name + "] with its classes and shares");
    Node values = table.find("class_values");
    for (const std::string& key : values.keys()) values.find(key);
    reading.doubtful.insert(parameter.name);
    parameter.typical = usable(1, parameter.scale);
    return;
  }
  Node both = table.find("value");
  if (both.exists()) both.fault("a parameter has a value or class_values, not both");
  read_class_values(table.at("class_values"), parameter, document, reading);
}

CovariateEffect::Form read_form(Node node) {
  static const std::vector<std::string> names = {"power", "exponential", "fold"};
  const std::string text = node.text();
  const int index = index_of(names, text);
  if (index >= 0) return static_cast<CovariateEffect::Form>(index);
  if (node.exists() && !text.empty()) {
    node.fault("expected form power, exponential or fold, found '" + text + "'");
  }
  return CovariateEffect::Form::kPower;
}

void read_reference(Node node, CovariateEffect& effect, const Covariate& covariate,
                    Document& document) {
  if (!node.exists()) return;
  effect.reference = read_value_of(node, covariate.unit.dimension, document);
  using Form = CovariateEffect::Form;
  if (effect.form == Form::kPower && !(effect.reference > 0)) {
    node.fault("the reference of a power must be above 0, found " +
               number_text(effect.reference, 6));
    effect.reference = 1;
  }
  if (effect.form == Form::kFold && !covariate.unit.dimension.dimensionless()) {
    node.fault("fold needs a covariate without a unit; '" + covariate.name + "' is " +
                   to_text(covariate.unit.dimension),
               "use form = \"exponential\"");
  }
}

void read_effect(Node node, Document& document, Reading& reading,
                 std::vector<PendingEffect>& pending) {
  CovariateEffect effect;
  Node covariate = node.at("covariate");
  effect.covariate = covariate.text();
  effect.form = read_form(node.at("form"));
  effect.covariate_index = reading.model.covariate(effect.covariate);
  Node reference = node.at("reference");
  Node coefficient = node.at("coefficient");
  node.finish();
  if (effect.covariate_index < 0) {
    reading.effects_known = false;
    if (!covariate.exists()) return;
    const std::string near = nearest_name(effect.covariate, covariate_names(reading.model));
    covariate.fault("unknown covariate '" + effect.covariate + "'",
                    near.empty() ? "declare it as [covariate." + effect.covariate + "]"
                                 : "the nearest covariate is '" + near + "'");
    return;
  }
  const auto index = static_cast<std::size_t>(effect.covariate_index);
  read_reference(reference, effect, reading.model.covariates[index], document);
  effect.coefficient = coefficient.text();
  Parameter& parameter = reading.model.parameters.back();
  parameter.effects.push_back(effect);
  pending.push_back(
      {reading.model.parameters.size() - 1, parameter.effects.size() - 1, coefficient});
}

void read_parameter(Node table, const std::string& name, Document& document, Reading& reading) {
  check_name(table, name, reading.model);
  Parameter parameter;
  parameter.name = name;
  parameter.title = table.at("title").text();
  parameter.scale = read_scale(table.find("scale"));
  read_value_or_classes(table, parameter, document, reading);
  // On the normal scale an SD is in the unit of the value: 5.0 beside "1.5 %" is five points.
  const double factor = parameter.scale == Scale::kNormal ? parameter.unit.factor : 1.0;
  parameter.between_subject = read_sd(table.find("between_subject")) * factor;
  parameter.between_trial = read_sd(table.find("between_trial")) * factor;
  parameter.uncertainty = read_sd(table.find("uncertainty")) * factor;
  parameter.origin = read_origin(table, "", true, reading.references);
  const bool varies =
      parameter.between_subject + parameter.between_trial + parameter.uncertainty > 0;
  parameter.variability_origin = read_origin(table, "variability_", varies, reading.references);
  table.find("note").text_or("");
  read_prior(table.find("prior"), parameter, document, reading);
  reading.parameter_places.push_back(table.place());
  reading.model.parameters.push_back(std::move(parameter));
}

// c of (x/reference)^c and of c^(x - reference) is a number; of exp(c * (x - reference)) it is 1/x.
Dimension coefficient_dimension(const CovariateEffect& effect, const Model& model) {
  if (effect.form != CovariateEffect::Form::kExponential) return {};
  const auto index = static_cast<std::size_t>(effect.covariate_index);
  return Dimension{} / model.covariates[index].unit.dimension;
}

void resolve_effect(PendingEffect& pending, Reading& reading) {
  Model& model = reading.model;
  CovariateEffect& effect = model.parameters[pending.parameter].effects[pending.effect];
  Node& node = pending.coefficient;
  const int index = model.parameter(effect.coefficient);
  if (index < 0) {
    reading.effects_known = false;
    if (!node.exists() || effect.coefficient.empty()) return;
    const std::string near = nearest_name(effect.coefficient, parameter_names(model));
    node.fault("unknown parameter '" + effect.coefficient + "'",
               near.empty() ? "declare it as [parameter." + effect.coefficient + "]"
                            : "the nearest parameter is '" + near + "'");
    return;
  }
  effect.coefficient_index = index;
  const Parameter& coefficient = model.parameters[static_cast<std::size_t>(index)];
  const Dimension expected = coefficient_dimension(effect, model);
  const bool known =
      !reading.doubtful.contains(coefficient.name) && !reading.doubtful.contains(effect.covariate);
  if (known && coefficient.unit.dimension != expected) {
    reading.effects_known = false;
    node.fault("coefficient '" + coefficient.name + "' must be " + to_text(expected) + ", found " +
               to_text(coefficient.unit.dimension));
  }
  if (coefficient.between_subject > 0 || coefficient.mixture >= 0 || !coefficient.effects.empty()) {
    node.fault("coefficient '" + coefficient.name + "' must be the same for all subjects",
               "put the variability on '" + model.parameters[pending.parameter].name + "'");
  }
  if (effect.form == CovariateEffect::Form::kFold && !(coefficient.typical > 0)) {
    node.fault("a fold coefficient must be above 0, found " + number_text(coefficient.typical, 6));
  }
}

void find_varying(Model& model) {
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    if (model.parameters[i].between_subject > 0) model.varying.push_back(static_cast<int>(i));
  }
}

int varying_index(const Model& model, std::string_view name) {
  const int parameter = model.parameter(name);
  const auto found = std::ranges::find(model.varying, parameter);
  return found == model.varying.end() ? -1 : static_cast<int>(found - model.varying.begin());
}

// False, with a fault, where the pair is not two different parameters that vary between subjects.
bool check_pair(Node& between, const std::vector<std::string>& names, const Model& model) {
  if (names.size() != 2 || names[0] == names[1]) {
    between.fault("expected the names of two different parameters");
    return false;
  }
  for (const std::string& name : names) {
    if (varying_index(model, name) >= 0) continue;
    const std::string near = nearest_name(name, parameter_names(model));
    if (model.parameter(name) >= 0) {
      between.fault("'" + name + "' does not vary between subjects",
                    "give it between_subject, or drop the correlation");
    } else {
      between.fault("unknown parameter '" + name + "'",
                    near.empty() ? "" : "the nearest parameter is '" + near + "'");
    }
    return false;
  }
  return true;
}

bool is_repeated(const Correlation& correlation, const std::vector<Correlation>& before) {
  return std::ranges::any_of(before, [&](const Correlation& other) {
    return (other.a == correlation.a && other.b == correlation.b) ||
           (other.a == correlation.b && other.b == correlation.a);
  });
}

void read_correlation(Node table, Reading& reading) {
  Model& model = reading.model;
  Node between = table.at("between");
  const std::vector<std::string> names = between.texts();
  Node rho = table.at("rho");
  Correlation correlation;
  correlation.rho = rho.number();
  read_origin(table, "", true, reading.references);
  table.finish();
  if (rho.is_number() && !(std::abs(correlation.rho) < 1)) {
    rho.fault("a correlation lies between -1 and 1, found " + number_text(correlation.rho, 6));
    return;
  }
  if (!between.is_array() || !check_pair(between, names, model)) return;
  correlation.a = model.parameter(names[0]);
  correlation.b = model.parameter(names[1]);
  if (is_repeated(correlation, model.correlations)) {
    between.fault("the correlation of '" + names[0] + "' and '" + names[1] + "' is given twice");
    return;
  }
  model.correlations.push_back(correlation);
}

std::vector<double> correlation_matrix(const Model& model) {
  const std::size_t n = model.varying.size();
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
  const auto position = [&](int parameter) {
    return static_cast<std::size_t>(std::ranges::find(model.varying, parameter) -
                                    model.varying.begin());
  };
  for (const Correlation& c : model.correlations) {
    matrix[position(c.a) * n + position(c.b)] = c.rho;
    matrix[position(c.b) * n + position(c.a)] = c.rho;
  }
  return matrix;
}

void factor_correlations(Node node, Model& model) {
  const std::size_t n = model.varying.size();
  model.cholesky = correlation_matrix(model);
  const int bad = cholesky_in_place(model.cholesky, n);
  if (bad < 0) return;
  const auto index = static_cast<std::size_t>(model.varying[static_cast<std::size_t>(bad)]);
  node.fault("the correlations do not fit together: the matrix is not positive definite at '" +
                 model.parameters[index].name + "'",
             "weaken the correlations of '" + model.parameters[index].name +
                 "', or give the pairs that are missing beside them");
  model.correlations.clear();
  model.cholesky = correlation_matrix(model);
}

void number_draws(Model& model) {
  std::set<std::uint32_t> taken;
  for (Parameter& parameter : model.parameters) {
    parameter.draw = free_draw_number(parameter.name, taken);
  }
  for (Mixture& mixture : model.mixtures) {
    mixture.draw = free_draw_number("mixture." + mixture.name, taken);
  }
}

void read_all_parameters(Node tables, Document& document, Reading& reading) {
  std::vector<PendingEffect> pending;
  for (const std::string& name : tables.keys()) {
    Node table = tables.at(name);
    read_parameter(table, name, document, reading);
    for (Node& effect : table.find("effects").items()) {
      read_effect(effect, document, reading, pending);
    }
    table.finish();
  }
  for (PendingEffect& effect : pending) resolve_effect(effect, reading);
}

}  // namespace

void read_parameters(Document& document, Reading& reading) {
  reading.parameters_known = document.faults().empty();
  if (!reading.parameters_known) return;
  Node root = document.root();
  reading.model.name = root.find("name").text_or("model");
  Node covariates = root.find("covariate");
  for (const std::string& name : covariates.keys()) {
    read_covariate(covariates.at(name), name, document, reading);
  }
  Node mixtures = root.find("mixture");
  for (const std::string& name : mixtures.keys()) {
    read_mixture(mixtures.at(name), name, reading);
  }
  read_all_parameters(root.at("parameter"), document, reading);
  find_varying(reading.model);
  Node correlations = root.find("correlation");
  for (Node& table : correlations.items()) read_correlation(table, reading);
  factor_correlations(correlations, reading.model);
  read_uncertainty(root.find("uncertainty"), reading);
  number_draws(reading.model);
  root.finish();
}

}  // namespace dosewright::model
