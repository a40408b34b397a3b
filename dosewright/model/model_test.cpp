#include "dosewright/model/model.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/model/cholesky.hpp"
#include "dosewright/model/model_fixture.hpp"

namespace dosewright::model {
namespace {

// The one fault that reading these texts gives; fails the test when it is another number.
std::string only_fault(const ModelTexts& texts) {
  const ReadModel read_model = read(texts);
  CHECK_MESSAGE(read_model.faults.size() == 1, to_text(read_model.faults));
  return read_model.faults.empty() ? "" : to_text(read_model.faults[0]);
}

std::string parameters_fault(const std::string& from, const std::string& to) {
  ModelTexts texts;
  texts.parameters = with(texts.parameters, from, to);
  return only_fault(texts);
}

std::string labs_fault(const std::string& from, const std::string& to) {
  ModelTexts texts;
  texts.labs = with(texts.labs, from, to);
  return only_fault(texts);
}

std::string observations_fault(const std::string& from, const std::string& to) {
  ModelTexts texts;
  texts.observations = with(texts.observations, from, to);
  return only_fault(texts);
}

bool says(const std::string& text, std::string_view part) {
  const bool found = text.find(part) != std::string::npos;
  CHECK_MESSAGE(found, "expected '" << part << "' in: " << text);
  return found;
}

// Runs a program over one subject at typical values: dose state 100, response at its baseline.
std::vector<double> evaluate(const Model& model, const lang::Program& program) {
  std::vector<double> registers(static_cast<std::size_t>(program.n_registers), 0.0);
  lang::load(program, registers);
  std::vector<double> inputs;
  for (const Parameter& parameter : model.parameters) inputs.push_back(parameter.typical);
  for (const Covariate& covariate : model.covariates) inputs.push_back(covariate.typical);
  inputs.insert(inputs.end(), {0, 0, 0});
  if (program.n_inputs == model.n_inputs()) inputs.insert(inputs.end(), {100, 34, 1600});
  REQUIRE(static_cast<int>(inputs.size()) == program.n_inputs);
  std::copy(inputs.begin(), inputs.end(), registers.begin());
  lang::run_prologue(program, registers);
  lang::run(program, registers);
  std::vector<double> outputs;
  for (const std::uint16_t out : program.outputs) outputs.push_back(registers[out]);
  return outputs;
}

}  // namespace

TEST_CASE("a model is read whole, in canonical units") {
  const ReadModel result = read(ModelTexts());
  REQUIRE_MESSAGE(result.faults.empty(), to_text(result.faults));
  const Model& model = result.model;
  CHECK(model.parameters.size() == 10);
  CHECK(model.states.size() == 3);
  CHECK(model.states[static_cast<std::size_t>(model.dose_state)].name == "DEPOT");
  CHECK(model.parameters[model.parameter("kout")].typical == doctest::Approx(0.5 / 24));
  CHECK(model.parameters[model.parameter("CL")].typical == 2.0);
  CHECK(model.parameters[model.parameter("CL")].class_typical == std::vector<double>{2, 4});
  CHECK(model.parameters[model.parameter("V")].variability_origin.calibrated_to ==
        std::vector<std::string>{"R1"});
  CHECK(model.covariates[model.covariate("LDL0")].typical == doctest::Approx(1600));
  CHECK(model.events[0].delay_h_max == 48);
  CHECK(model.events[0].types[0].share == 0.6);
  CHECK(model.hazards[0].discontinues == "adverse event");
  CHECK(model.labs.size() == 1);
  CHECK(model.labs[0].additive == doctest::Approx(20));
  CHECK(model.lab("PLT") == -1);
  CHECK(model.hazard("nobody") == -1);
  CHECK(model.output_names == std::vector<std::string>{"LDL", "p_isr", "h_stop", "CP"});
}

TEST_CASE("the three programs share one input layout and give the equations' values") {
  const Model model = read(ModelTexts()).model;
  CHECK(evaluate(model, model.initial) == std::vector<double>{0, 0, 1600});
  const std::vector<double> rates = evaluate(model, model.rhs);
  REQUIRE(rates.size() == 3);
  CHECK(rates[0] == doctest::Approx(-0.3 * 100));
  CHECK(rates[1] == doctest::Approx(0.3 * 100 - 2.0 * 34 / 17));
  const double inhibited = 1600 * (1 - 0.6 * 2 / (0.1 + 2));
  CHECK(rates[2] == doctest::Approx(0.5 / 24 * (inhibited - 1600)));
  const std::vector<double> outputs = evaluate(model, model.outputs);
  CHECK(outputs[0] == 1600);
  CHECK(outputs[1] == 0.3);
  CHECK(outputs[2] == doctest::Approx(0.01 / 168));
  CHECK(outputs[3] == doctest::Approx(2));
}

TEST_CASE("an SD on the normal scale is in the unit of the value") {
  ModelTexts texts;
  texts.parameters = with(texts.parameters, "value = \"0.5 1/d\"\n",
                          "value = \"0.5 1/d\"\nscale = \"normal\"\nbetween_subject = 0.1\n"
                          "variability_assumed = \"a guess\"\n");
  const ReadModel result = read(texts);
  REQUIRE_MESSAGE(result.faults.empty(), to_text(result.faults));
  const Parameter& kout = result.model.parameters[result.model.parameter("kout")];
  CHECK(kout.between_subject == doctest::Approx(0.1 / 24));
}

TEST_CASE("every number says where it comes from, once") {
  says(
      parameters_fault("source = \"Key2\"\nvariability_calibrated_to", "variability_calibrated_to"),
      "comes from, found nothing");
  says(parameters_fault("assumed = \"allometry\"", "assumed = \"allometry\"\nsource = \"Key1\""),
       "a number has one origin, found 2");
  says(parameters_fault("variability_source = \"Key1 p.4; Key2\"\n", ""), "variability_source");
  says(parameters_fault("assumed = \"allometry\"",
                        "assumed = \"allometry\"\nvariability_assumed = \"why\""),
       "an origin of a variability is given, but no variability");
  says(parameters_fault("source = \"Key1 p.3\"", "source = \"Kez1 p.3\""),
       "the nearest known key is 'Key1'");
  says(parameters_fault("calibrated_to = [\"R1\", \"R2\"]", "calibrated_to = [\"R1\", \"R9\"]"),
       "'R9' is not a row of the evidence");
}

TEST_CASE("faults of parameters.toml stand at their place and do not spread to the equations") {
  says(parameters_fault("\"17 L\"", "\"17 Lx\""), "parameters.toml:42");
  says(parameters_fault("\"17 L\"", "\"-17 L\""), "must be above 0");
  says(parameters_fault("value = 0.6", "value = 1.6"), "between 0 and 1");
  says(parameters_fault("scale = \"logit\"", "scale = \"logistic\""), "lognormal or logit");
  says(parameters_fault("shares = [0.75, 0.25]", "shares = [0.75, 0.35]"), "sum to 1");
  says(parameters_fault("mixture = \"decliner\"", "mixture = \"decliners\""), "unknown mixture");
  says(parameters_fault("form = \"power\"", "form = \"pover\""), "power, exponential or fold");
  says(parameters_fault("covariate = \"WT\"", "covariate = \"WGT\""), "unknown covariate 'WGT'");
  says(parameters_fault("uncertainty = 0.05", "uncertainity = 0.05"), "uncertainity");
}

TEST_CASE("a covariate effect needs a coefficient of the right dimension, the same for all") {
  says(parameters_fault("coefficient = \"CL_WT\"", "coefficient = \"CL_WTT\""),
       "unknown parameter 'CL_WTT'");
  says(parameters_fault("coefficient = \"Imax_SEXF\"", "coefficient = \"IC50\""), "coefficient");
  says(parameters_fault("value = 0.75\n",
                        "value = 0.75\nbetween_subject = 0.1\n"
                        "variability_assumed = \"x\"\n"),
       "must be the same for all subjects");
}

TEST_CASE("correlations must fit together") {
  const std::string more = R"(
[[correlation]]
between = ["CL", "Imax"]
rho = 0.9
assumed = "x"
[[correlation]]
between = ["V", "Imax"]
rho = -0.9
assumed = "x"
)";
  ModelTexts texts;
  texts.parameters += more;
  says(only_fault(texts), "not positive definite at 'Imax'");
  says(parameters_fault("rho = 0.6", "rho = 1.0"), "between -1 and 1");
  says(parameters_fault("between = [\"CL\", \"V\"]", "between = [\"CL\", \"ka\"]"),
       "'ka' does not vary between subjects");
  says(parameters_fault("between = [\"CL\", \"V\"]", "between = [\"CL\", \"CL\"]"),
       "two different parameters");
}

TEST_CASE("the Cholesky factor multiplies back to its matrix") {
  std::vector<double> a = {1, 0.5, 0.2, 0.5, 1, -0.3, 0.2, -0.3, 1};
  const std::vector<double> original = a;
  REQUIRE(cholesky_in_place(a, 3) == -1);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) sum += a[i * 3 + k] * a[j * 3 + k];
      CHECK(sum == doctest::Approx(original[i * 3 + j]));
    }
  }
  std::vector<double> singular = {1, 1, 1, 1};
  CHECK(cholesky_in_place(singular, 2) == 1);
}

TEST_CASE("equations are checked against the units of the parameters") {
  ModelTexts texts;
  texts.equations = with(texts.equations, "ka * DEPOT - CL * CP", "ka * DEPOT - CL * V");
  says(only_fault(texts), "model.txt:3");
  texts.equations = with(kEquations, "kout * (LDL0", "kout * (LDL9");
  const ReadModel unknown = read(texts);
  REQUIRE(!unknown.faults.empty());
  says(to_text(unknown.faults), "LDL9");
}

TEST_CASE("labs, events and hazards name things that exist, in their own dimension") {
  says(labs_fault("output = \"LDL\"", "output = \"LDLL\""), "the equations define no 'LDLL'");
  says(labs_fault("output = \"LDL\"", "output = \"CENTRAL\""), "lab 'LDL' is mass/volume");
  says(labs_fault("\"2 mg/dL\"", "2"), "additive error needs a unit");
  says(labs_fault("\"2 mg/dL\"", "\"2 U/L\""), "labs.toml");
  ModelTexts texts;
  texts.equations = with(texts.equations, "h_stop [1/wk] = stop", "h_stop = stop * 1 wk");
  says(only_fault(texts), "hazard 'stop' is 1/time");
  says(observations_fault("kind = \"poisson\"", "kind = \"gamma\""), "bernoulli or poisson");
  says(observations_fault("\"ug/L\"", "\"ug\""), "the unit shown is mass");
}

TEST_CASE("a file that is no TOML has its own fault only") {
  ModelTexts texts;
  texts.parameters = "[parameter.CL\n";
  says(only_fault(texts), "parameters.toml:1");
  texts = ModelTexts();
  texts.labs = "[[lab\n";
  says(only_fault(texts), "labs.toml:1");
  texts = ModelTexts();
  texts.observations = "= 3\n";
  says(only_fault(texts), "observations.toml:1");
}

TEST_CASE("doses go to a state that exists and is a mass") {
  ModelTexts texts;
  texts.observations = "dose_state = \"DEPOTT\"\n" + texts.observations;
  says(only_fault(texts), "no state 'DEPOTT' to inject into");
  texts.observations = with(texts.observations, "DEPOTT", "LDL");
  says(only_fault(texts), "must be a mass");
}

}  // namespace dosewright::model
