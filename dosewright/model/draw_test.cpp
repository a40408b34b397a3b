#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/model/model_fixture.hpp"

namespace dosewright::model {
namespace {

constexpr std::uint64_t kSeed = 20261122;
constexpr int kMany = 20000;

struct Moments {
  double n = 0, mean = 0, m2 = 0;
  void add(double x) {
    n += 1;
    const double delta = x - mean;
    mean += delta / n;
    m2 += delta * (x - mean);
  }
  double sd() const { return std::sqrt(m2 / (n - 1)); }
};

double logit(double p) {
  return std::log(p / (1 - p));
}

std::vector<double> subject(const Model& model, const Population& population,
                            std::vector<double> covariates, std::uint64_t patient) {
  std::vector<double> parameters(model.parameters.size());
  draw_subject(model, population, covariates, Draws(kSeed, patient, 1), parameters);
  return parameters;
}

std::vector<double> typical_covariates(const Model& model) {
  std::vector<double> values;
  for (const Covariate& covariate : model.covariates) values.push_back(covariate.typical);
  return values;
}

}  // namespace

TEST_CASE("subjects have the moments, correlation and mixture that the file says") {
  const Model model = read(ModelTexts()).model;
  const Population population = typical_population(model);
  const auto covariates = typical_covariates(model);
  const auto cl = static_cast<std::size_t>(model.parameter("CL"));
  const auto v = static_cast<std::size_t>(model.parameter("V"));
  const auto imax = static_cast<std::size_t>(model.parameter("Imax"));
  Moments log_v, logit_imax, eta_cl, product;
  int fast = 0;
  for (int i = 0; i < kMany; ++i) {
    const auto p = subject(model, population, covariates, static_cast<std::uint64_t>(i));
    log_v.add(std::log(p[v]));
    logit_imax.add(logit(p[imax]));
    const bool is_fast = Draws(kSeed, static_cast<std::uint64_t>(i), 1)
                             .categorical(model.mixtures[0].draw, model.mixtures[0].shares) == 1;
    fast += is_fast;
    const double eta = std::log(p[cl] / (is_fast ? 4.0 : 2.0)) / 0.3;
    eta_cl.add(eta);
    product.add(eta * std::log(p[v] / 17) / 0.2);
  }
  // Bounds are five standard errors of kMany draws.
  CHECK(log_v.mean == doctest::Approx(std::log(17)).epsilon(0.003));
  CHECK(log_v.sd() == doctest::Approx(0.2).epsilon(0.025));
  CHECK(std::abs(logit_imax.mean - logit(0.6)) < 0.036);
  CHECK(logit_imax.sd() == doctest::Approx(1.0).epsilon(0.025));
  CHECK(std::abs(eta_cl.mean) < 0.036);
  CHECK(eta_cl.sd() == doctest::Approx(1.0).epsilon(0.025));
  CHECK(std::abs(product.mean - 0.6) < 0.042);
  CHECK(std::abs(fast / static_cast<double>(kMany) - 0.25) < 0.016);
}

TEST_CASE("covariates shift a parameter by exactly what its effect says") {
  const Model model = read(ModelTexts()).model;
  const Population population = typical_population(model);
  std::vector<double> light = typical_covariates(model);
  std::vector<double> heavy = light;
  heavy[static_cast<std::size_t>(model.covariate("WT"))] *= 2;
  heavy[static_cast<std::size_t>(model.covariate("SEXF"))] = 1;
  const auto cl = static_cast<std::size_t>(model.parameter("CL"));
  const auto imax = static_cast<std::size_t>(model.parameter("Imax"));
  for (std::uint64_t patient = 0; patient < 20; ++patient) {
    const auto a = subject(model, population, light, patient);
    const auto b = subject(model, population, heavy, patient);
    CHECK(b[cl] / a[cl] == doctest::Approx(std::pow(2, 0.75)));
    CHECK(logit(b[imax]) - logit(a[imax]) == doctest::Approx(0.8 * 0.5));
  }
}

TEST_CASE("a fold effect multiplies, also on the normal scale") {
  ModelTexts texts;
  texts.parameters = with(texts.parameters, "value = 0.3\n",
                          "value = 0.3\nscale = \"normal\"\neffects = [{ covariate = \"SEXF\", "
                          "form = \"fold\", reference = \"0 1\", coefficient = \"isr_SEXF\" }]\n");
  texts.parameters = with(texts.parameters, "[parameter.stop]",
                          "[parameter.isr_SEXF]\ntitle = \"factor\"\nvalue = 1.5\n"
                          "assumed = \"x\"\n\n[parameter.stop]");
  const ReadModel result = read(texts);
  REQUIRE_MESSAGE(result.faults.empty(), to_text(result.faults));
  std::vector<double> covariates = typical_covariates(result.model);
  covariates[static_cast<std::size_t>(result.model.covariate("SEXF"))] = 1;
  const auto p = subject(result.model, typical_population(result.model), covariates, 1);
  CHECK(p[static_cast<std::size_t>(result.model.parameter("isr"))] == doctest::Approx(0.45));
}

TEST_CASE("the same key draws the same bits, and subjects do not depend on their order") {
  const Model model = read(ModelTexts()).model;
  const auto covariates = typical_covariates(model);
  const PopulationKey key{kSeed, 3, 1, true};
  const Population a = draw_population(model, key);
  const Population b = draw_population(model, key);
  CHECK(a.typical == b.typical);
  CHECK(a.trial_effect == b.trial_effect);
  const auto late_first = subject(model, a, covariates, 77);
  subject(model, a, covariates, 1);
  CHECK(subject(model, a, covariates, 77) == late_first);
  CHECK(subject(model, a, covariates, 78) != late_first);
}

TEST_CASE("uncertainty belongs to the replicate, the trial effect to the trial in it") {
  const Model model = read(ModelTexts()).model;
  const auto v = static_cast<std::size_t>(model.parameter("V"));
  const Population off = draw_population(model, {kSeed, 1, 1, false});
  CHECK(off.typical == typical_population(model).typical);
  CHECK(off.trial_effect[v] != 0);
  const Population first = draw_population(model, {kSeed, 1, 1, true});
  const Population second = draw_population(model, {kSeed, 1, 2, true});
  CHECK(first.typical == second.typical);
  CHECK(first.typical[v] != off.typical[v]);
  CHECK(first.trial_effect[v] != second.trial_effect[v]);
  Moments error, effect;
  for (std::uint32_t replicate = 0; replicate < kMany; ++replicate) {
    const Population p = draw_population(model, {kSeed, replicate, 1, true});
    error.add(p.typical[v] - std::log(17));
    effect.add(p.trial_effect[v]);
  }
  CHECK(std::abs(error.mean) < 0.0018);
  CHECK(error.sd() == doctest::Approx(0.05).epsilon(0.025));
  CHECK(effect.sd() == doctest::Approx(0.1).epsilon(0.025));
}

TEST_CASE("another parameter in the file moves nobody's draws") {
  ModelTexts texts;
  texts.equations = with(texts.equations, "p_isr = isr", "p_isr = isr * extra");
  texts.parameters = with(texts.parameters, "[parameter.CL]",
                          "[parameter.extra]\ntitle = \"e\"\nvalue = 1\nbetween_subject = 0.5\n"
                          "assumed = \"x\"\nvariability_assumed = \"x\"\n\n[parameter.CL]");
  const ReadModel more = read(texts);
  REQUIRE_MESSAGE(more.faults.empty(), to_text(more.faults));
  const Model plain = read(ModelTexts()).model;
  const auto covariates = typical_covariates(plain);
  const auto a = subject(plain, typical_population(plain), covariates, 5);
  const auto b = subject(more.model, typical_population(more.model), covariates, 5);
  for (const char* name : {"CL", "V", "Imax"}) {
    CHECK(a[static_cast<std::size_t>(plain.parameter(name))] ==
          b[static_cast<std::size_t>(more.model.parameter(name))]);
  }
}

TEST_CASE("readings scatter as the lab says, and stay at or above 0 unless they may not") {
  LabModel lab;
  lab.within_subject = 0.1;
  lab.proportional = 0.05;
  lab.additive = 2;
  const Draws noise(kSeed, 9, 4);
  Moments moments;
  for (std::uint32_t i = 0; i < kMany; ++i) moments.add(draw_reading(lab, 100, noise, i));
  const double mean = 100 * std::exp(0.005);
  CHECK(moments.mean == doctest::Approx(mean).epsilon(0.005));
  CHECK(moments.sd() == doctest::Approx(std::sqrt(10.1 * 10.1 + 5 * 5 + 2 * 2)).epsilon(0.03));
  CHECK(draw_reading(lab, 100, noise, 17) == draw_reading(lab, 100, noise, 17));
  double lowest = 1;
  for (std::uint32_t i = 0; i < 200; ++i) lowest = std::min(lowest, draw_reading(lab, 0, noise, i));
  CHECK(lowest == 0);
  lab.may_be_negative = true;
  for (std::uint32_t i = 0; i < 200; ++i) lowest = std::min(lowest, draw_reading(lab, 0, noise, i));
  CHECK(lowest < -2);
  CHECK(std::isnan(draw_reading(lab, std::nan(""), noise, 0)));
}

}  // namespace dosewright::model
