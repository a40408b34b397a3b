// Random draws of a model: populations, subjects and readings.
//
// Subject i of parameter P, on P's scale g (identity, log or logit), with eta = L z correlated:
//   g(P_i) = g(TV_class) + uncertainty * u + between_trial * t + covariates + between_subject *
//   eta_i
// A fold or power effect multiplies, an exponential one adds on the scale; see CovariateEffect.
#include <algorithm>
#include <cmath>

#include "dosewright/base/elementary.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::model {
namespace {

constexpr std::uint32_t kUncertaintyStream = 0xD0510001;
constexpr std::uint32_t kTrialStream = 0xD0510002;

double onto_scale(double value, Scale scale) {
  switch (scale) {
    case Scale::kNormal:
      return value;
    case Scale::kLognormal:
      return elementary::log(value);
    case Scale::kLogit:
      return elementary::log(value / (1 - value));
  }
  return value;
}

double from_scale(double value, Scale scale) {
  switch (scale) {
    case Scale::kNormal:
      return value;
    case Scale::kLognormal:
      return elementary::exp(value);
    case Scale::kLogit:
      return 1 / (1 + elementary::exp(-value));
  }
  return value;
}

// The effect as a shift of the logarithm of the factor (normal, lognormal) or of the logit.
double shift(const CovariateEffect& effect, double coefficient, double covariate) {
  switch (effect.form) {
    case CovariateEffect::Form::kPower:
      return coefficient * elementary::log(covariate / effect.reference);
    case CovariateEffect::Form::kExponential:
      return coefficient * (covariate - effect.reference);
    case CovariateEffect::Form::kFold:
      return elementary::log(coefficient) * (covariate - effect.reference);
  }
  return 0;
}

double with_covariates(const Model& model, const Population& population, const Parameter& parameter,
                       std::span<const double> covariates, double on_scale) {
  double sum = 0;
  for (const CovariateEffect& effect : parameter.effects) {
    const auto c = static_cast<std::size_t>(effect.coefficient_index);
    const double coefficient =
        from_scale(population.typical[c] + population.trial_effect[c], model.parameters[c].scale);
    sum += shift(effect, coefficient, covariates[static_cast<std::size_t>(effect.covariate_index)]);
  }
  if (parameter.effects.empty()) return on_scale;
  return parameter.scale == Scale::kNormal ? on_scale * elementary::exp(sum) : on_scale + sum;
}

// Row `row` of the Cholesky factor times the independent normals of the parameters that vary.
double correlated(const Model& model, std::span<const double> normals, std::size_t row) {
  const std::size_t n = model.varying.size();
  double eta = 0;
  for (std::size_t k = 0; k <= row; ++k) {
    const double factor = model.cholesky[row * n + k];
    if (factor != 0) eta += factor * normals[k];
  }
  return eta;
}

}  // namespace

Population typical_population(const Model& model) {
  Population population;
  for (const Parameter& parameter : model.parameters) {
    population.typical.push_back(onto_scale(parameter.typical, parameter.scale));
    for (const double value : parameter.class_typical) {
      population.class_typical.push_back(onto_scale(value, parameter.scale));
    }
  }
  population.trial_effect.assign(model.parameters.size(), 0.0);
  return population;
}

namespace {

// Errors of the typical values on their scales: those that were fitted together err together.
std::vector<double> typical_errors(const Model& model, const Draws& uncertainty) {
  std::vector<double> errors(model.parameters.size(), 0.0);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const Parameter& parameter = model.parameters[i];
    if (parameter.uncertainty > 0) errors[i] = uncertainty.normal(parameter.draw);
  }
  const std::size_t n = model.uncertain.size();
  std::vector<double> independent;
  for (const int index : model.uncertain) {
    independent.push_back(errors[static_cast<std::size_t>(index)]);
  }
  for (std::size_t row = 0; row < n; ++row) {
    double sum = 0;
    for (std::size_t k = 0; k <= row; ++k) {
      sum += model.uncertain_cholesky[row * n + k] * independent[k];
    }
    errors[static_cast<std::size_t>(model.uncertain[row])] = sum;
  }
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] *= model.parameters[i].uncertainty;
  return errors;
}

}  // namespace

Population draw_population(const Model& model, const PopulationKey& key) {
  Population population = typical_population(model);
  const std::uint64_t trial = (static_cast<std::uint64_t>(key.trial) << 32) | key.replicate;
  const Draws uncertainty(key.seed, key.replicate, kUncertaintyStream);
  const Draws between(key.seed, trial, kTrialStream);
  const std::vector<double> errors = key.uncertain
                                         ? typical_errors(model, uncertainty)
                                         : std::vector<double>(model.parameters.size(), 0.0);
  std::size_t next_class = 0;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const Parameter& parameter = model.parameters[i];
    const double error = errors[i];
    population.typical[i] += error;
    for (std::size_t k = 0; k < parameter.class_typical.size(); ++k) {
      population.class_typical[next_class++] += error;
    }
    if (parameter.between_trial > 0) {
      population.trial_effect[i] = parameter.between_trial * between.normal(parameter.draw);
    }
  }
  return population;
}

namespace {

// Without etas: the typical subject.
void fill_subject(const Model& model, const Population& population,
                  std::span<const double> covariates, const SubjectDraws* etas,
                  std::span<double> parameters) {
  DW_CHECK(covariates.size() == model.covariates.size(), "one value per covariate");
  DW_CHECK(parameters.size() == model.parameters.size(), "room for every parameter");
  std::size_t next_class = 0;
  std::size_t next_varying = 0;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const Parameter& parameter = model.parameters[i];
    double value = population.typical[i];
    if (parameter.mixture >= 0) {
      const Mixture& mixture = model.mixtures[static_cast<std::size_t>(parameter.mixture)];
      const auto likely = std::ranges::max_element(mixture.shares) - mixture.shares.begin();
      const int drawn =
          etas != nullptr
              ? categorical_quantile(etas->classes[static_cast<std::size_t>(parameter.mixture)],
                                     mixture.shares)
              : static_cast<int>(likely);
      value = population.class_typical[next_class + static_cast<std::size_t>(drawn)];
      next_class += parameter.class_typical.size();
    }
    value += population.trial_effect[i];
    value = with_covariates(model, population, parameter, covariates, value);
    if (parameter.between_subject > 0 && etas != nullptr) {
      value += parameter.between_subject * correlated(model, etas->normals, next_varying++);
    }
    parameters[i] = from_scale(value, parameter.scale);
  }
}

}  // namespace

void draw_subject(const Model& model, const Population& population,
                  std::span<const double> covariates, const Draws& etas,
                  std::span<double> parameters) {
  std::vector<double> normals, classes;
  for (const int i : model.varying) {
    normals.push_back(etas.normal(model.parameters[static_cast<std::size_t>(i)].draw));
  }
  for (const Mixture& mixture : model.mixtures) classes.push_back(etas.uniform(mixture.draw));
  draw_subject(model, population, covariates, {normals, classes}, parameters);
}

void draw_subject(const Model& model, const Population& population,
                  std::span<const double> covariates, const SubjectDraws& etas,
                  std::span<double> parameters) {
  DW_CHECK(etas.normals.size() == model.varying.size(), "one normal for each that varies");
  DW_CHECK(etas.classes.size() == model.mixtures.size(), "one draw for each mixture");
  fill_subject(model, population, covariates, &etas, parameters);
}

void typical_subject(const Model& model, const Population& population,
                     std::span<const double> covariates, std::span<double> parameters) {
  fill_subject(model, population, covariates, nullptr, parameters);
}

double reading_of(const LabModel& lab, double value, const ReadingNoise& noise) {
  double reading = value * noise.factor;
  if (lab.proportional > 0) reading *= 1 + lab.proportional * noise.z_proportional;
  if (lab.additive > 0) reading += lab.additive * noise.z_additive;
  return lab.may_be_negative ? reading : std::max(reading, 0.0);
}

double draw_reading(const LabModel& lab, double value, const Draws& noise, std::uint32_t draw) {
  const std::uint32_t first = kDrawsPerReading * draw;
  ReadingNoise drawn;
  if (lab.within_subject > 0) {
    drawn.factor = elementary::exp(lab.within_subject * noise.normal(first));
  }
  if (lab.proportional > 0) drawn.z_proportional = noise.normal(first + 1);
  if (lab.additive > 0) drawn.z_additive = noise.normal(first + 2);
  return reading_of(lab, value, drawn);
}

}  // namespace dosewright::model
