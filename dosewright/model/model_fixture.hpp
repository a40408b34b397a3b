// A small model for tests: one compartment, a turnover response, an event and a hazard.
#pragma once

#include <string>

#include "dosewright/base/text.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::model {

inline const char* const kEquations = R"(CP [mg/L] = CENTRAL / V
d/dt(DEPOT) [mg]   = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP
d/dt(LDL) [mg/dL]  = kout * (LDL0 * (1 - Imax * CP / (IC50 + CP)) - LDL)
LDL(0) = LDL0
p_isr = isr
h_stop [1/wk] = stop
)";

inline const char* const kParameters = R"(
[covariate.WT]
title = "body weight"
unit = "kg"
typical = "70 kg"

[covariate.SEXF]
title = "female sex"
typical = 0.5

[covariate.LDL0]
title = "LDL-C without drug"
unit = "mg/dL"
typical = "160 mg/dL"

[mixture.decliner]
classes = ["slow", "fast"]
shares = [0.75, 0.25]
source = "Key1 p.2"

[parameter.ka]
title = "absorption rate"
value = "0.3 1/h"
assumed = "from the Tmax"

[parameter.CL]
title = "clearance"
mixture = "decliner"
class_values = { slow = "2 L/h", fast = "4 L/h" }
between_subject = 0.3
source = "Key1 p.3"
variability_source = "Key1 p.4; Key2"
effects = [{ covariate = "WT", form = "power", reference = "70 kg", coefficient = "CL_WT" }]

[parameter.CL_WT]
title = "exponent of weight on clearance"
value = 0.75
assumed = "allometry"

[parameter.V]
title = "volume"
value = "17 L"
between_subject = 0.2
between_trial = 0.1
uncertainty = 0.05
source = "Key2"
variability_calibrated_to = ["R1"]

[parameter.kout]
title = "turnover"
value = "0.5 1/d"
source = "Key2"

[parameter.Imax]
title = "largest inhibition"
value = 0.6
scale = "logit"
between_subject = 1.0
calibrated_to = ["R1", "R2"]
variability_assumed = "a guess"
effects = [
  { covariate = "SEXF", form = "exponential", reference = "0.5 1", coefficient = "Imax_SEXF" },
]

[parameter.Imax_SEXF]
title = "effect of female sex on logit of Imax"
value = 0.8
scale = "normal"
uncertainty = 0.2
assumed = "women respond more"
variability_assumed = "a guess"

[parameter.IC50]
title = "half inhibition"
value = "0.1 mg/L"
source = "Key2"

[parameter.isr]
title = "reactions per injection"
value = 0.3
source = "Key2"

[parameter.stop]
title = "rate of stopping"
value = "0.01 1/wk"
source = "Key2"

[[correlation]]
between = ["CL", "V"]
rho = 0.6
source = "Key1 p.5"
)";

inline const char* const kLabs = R"(
[[lab]]
code = "LDL"
title = "LDL cholesterol"
unit = "mg/dL"
[lab.model]
output = "LDL"
within_subject = 0.08
proportional = 0.03
additive = "2 mg/dL"
source = "Key1"

[[lab]]
code = "PLT"
title = "platelets"
unit = "10*9/L"
)";

inline const char* const kObservations = R"(
show = [{ output = "CP", unit = "ug/L" }]

[[event]]
name = "ISR"
title = "injection-site reaction"
kind = "poisson"
output = "p_isr"
delay = "2 d"
types = [{ name = "erythema", share = 0.6 }]
source = "Key1"

[[hazard]]
name = "stop"
title = "stops"
output = "h_stop"
on_treatment_only = true
discontinues = "adverse event"
source = "Key1"
)";

// What reading four texts gives: the model, or the faults of all of them.
struct ReadModel {
  Model model;
  Faults faults;
};

struct ModelTexts {
  std::string equations = kEquations;
  std::string parameters = kParameters;
  std::string labs = kLabs;
  std::string observations = kObservations;
};

inline ReadModel read(const ModelTexts& texts) {
  Document parameters = Document::parse(texts.parameters, "parameters.toml");
  Document labs = Document::parse(texts.labs, "labs.toml");
  Document observations = Document::parse(texts.observations, "observations.toml");
  ModelFiles files;
  files.equations_text = texts.equations;
  files.equations_file = "model.txt";
  files.parameters = &parameters;
  files.observations = &observations;
  files.labs = labs.root().find("lab").items();
  for (Node& lab : files.labs) {
    for (const char* key : {"code", "title", "unit"}) lab.at(key).text();
  }
  files.labs_complete = labs.faults().empty();
  files.sources = {"Key1", "Key2"};
  files.evidence_ids = {"R1", "R2"};
  Result<Model> model = read_model(std::move(files));
  ReadModel result;
  for (Document* document : {&parameters, &labs, &observations}) {
    result.faults.merge(document->faults());
  }
  if (model.ok()) {
    result.model = std::move(*model);
  } else {
    result.faults.merge(model.faults());
  }
  return result;
}

// `text` with the one place where `from` stands written as `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  DW_CHECK(at != std::string::npos, "the fixture does not hold: " + from);
  return text.replace(at, from.size(), to);
}

}  // namespace dosewright::model
