// For tests and benches: small models from their equations, without the documents of a programme.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/model/model.hpp"

namespace dosewright::sim {

inline constexpr Minutes kDay = kMinutesPerDay;

struct TestModel {
  std::string equations;
  std::vector<std::pair<std::string, std::string>> parameters;  // name, unit
  std::vector<std::pair<std::string, std::string>> covariates;
  std::vector<std::string> outputs;
};

inline lang::Symbol test_symbol(const std::string& name, const std::string& unit, bool constant) {
  lang::Symbol symbol;
  symbol.name = name;
  symbol.unit = *parse_unit(unit);
  symbol.constant = constant;
  return symbol;
}

template <class T>
T good(Result<T> result) {
  DW_CHECK(result.ok(), result.ok() ? "" : to_text(result.faults()));
  return std::move(*result);
}

inline lang::Program test_outputs(const model::Model& model,
                                  const std::vector<lang::Symbol>& inputs) {
  std::vector<std::unique_ptr<lang::Node>> names;
  std::vector<const lang::Node*> roots;
  for (const std::string& name : model.output_names) {
    names.push_back(std::make_unique<lang::Node>());
    names.back()->op = lang::Op::kName;
    names.back()->name = name;
    roots.push_back(names.back().get());
  }
  return good(lang::lower({inputs, model.equations.definitions, roots}));
}

// An injection goes into the first state.
inline model::Model build(const TestModel& source) {
  model::Model model;
  std::vector<lang::Symbol> inputs;
  for (const auto& [name, unit] : source.parameters) {
    model.parameters.emplace_back().name = name;
    inputs.push_back(test_symbol(name, unit, true));
  }
  for (const auto& [name, unit] : source.covariates) {
    model.covariates.emplace_back().name = name;
    inputs.push_back(test_symbol(name, unit, true));
  }
  inputs.push_back(test_symbol("TIME", "h", false));
  inputs.push_back(test_symbol("TAFD", "h", false));
  inputs.push_back(test_symbol("DOSE", "mg", false));
  model.output_names = source.outputs;
  model.equations = good(lang::check_model(
      good(lang::parse_statements(source.equations, "model.txt")), inputs, source.outputs));
  model.states = model.equations.states;

  std::vector<const lang::Node*> roots;
  for (const lang::Expression& initial : model.equations.initials) roots.push_back(initial.get());
  model.initial = good(lang::lower({inputs, {}, roots}));
  inputs.insert(inputs.end(), model.states.begin(), model.states.end());
  roots.clear();
  for (const lang::Statement& s : model.equations.derivatives) roots.push_back(s.value.get());
  model.rhs = good(lang::lower({inputs, model.equations.definitions, roots}));
  model.outputs = test_outputs(model, inputs);
  return model;
}

// Two compartments with first-order absorption; A_out is what has left the body.
inline model::Model two_compartments() {
  return build({R"(
CP [mg/L] = CENTRAL / Vc
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP - Q * (CP - PERIPH / Vp)
d/dt(PERIPH) [mg] = Q * (CP - PERIPH / Vp)
d/dt(A_out) [mg] = CL * CP
last [mg] = DOSE
since_first [h] = TAFD
clock [h] = TIME
)",
                {{"ka", "1/h"}, {"CL", "L/h"}, {"Vc", "L"}, {"Q", "L/h"}, {"Vp", "L"}},
                {},
                {"CP", "A_out", "last", "since_first", "clock"}});
}
// An antisense drug: ka 0.3 /h, CL 3.6 L/h, Vc 17 L, Q 0.25 L/h, Vp 255 L.
inline std::vector<double> two_compartment_parameters() {
  return {0.3, 3.6, 17, 0.25, 255};
}

// Plasma, liver effect with a half-life of 30 d, four turnovers of 0.5 /d to 0.02 /d, and a
// clearance that falls with the time after the first dose: the shape of a chronic oligonucleotide
// model.
inline model::Model liver_model() {
  return build({R"(
CL [L/h] = CL_late + (CL_day1 - CL_late) * exp(-TAFD / CL_time)
CP [mg/L] = CENTRAL / Vc
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP - Q * (CP - PERIPH / Vp)
d/dt(PERIPH) [mg] = Q * (CP - PERIPH / Vp)
d/dt(LIVER) [mg] = f * CL * CP - k_liver * LIVER
E = Emax * (LIVER / L50) / (1 + LIVER / L50)
d/dt(LDL) [mg/dL] = k1 * (LDL0 * exp(-0.6 * E) - LDL * exp(0.4 * E))
LDL(0) = LDL0
d/dt(LPA) [mg/dL] = k2 * (LPA0 * (1 - 0.7 * E) - LPA)
LPA(0) = LPA0
d/dt(ALT) [U/L] = k3 * (ALT0 * (1 + 2 * E) - ALT)
ALT(0) = ALT0
d/dt(FAT) [%] = k4 * (FAT0 * (1 + 3 * E) - FAT)
FAT(0) = FAT0
)",
                {{"ka", "1/h"},
                 {"CL_day1", "L/h"},
                 {"CL_late", "L/h"},
                 {"CL_time", "h"},
                 {"Vc", "L"},
                 {"Q", "L/h"},
                 {"Vp", "L"},
                 {"f", "1"},
                 {"k_liver", "1/h"},
                 {"Emax", "1"},
                 {"L50", "mg"},
                 {"k1", "1/h"},
                 {"k2", "1/h"},
                 {"k3", "1/h"},
                 {"k4", "1/h"}},
                {{"LDL0", "mg/dL"}, {"LPA0", "mg/dL"}, {"ALT0", "U/L"}, {"FAT0", "%"}},
                {"CP", "LIVER", "LDL", "LPA", "ALT", "FAT"}});
}
inline std::vector<double> liver_parameters() {
  return {0.3,       3.6, 2.0, 3000,     17,        0.25,      255,      0.18,
          9.6270e-4, 0.6, 150, 0.5 / 24, 0.25 / 24, 0.05 / 24, 0.02 / 24};
}
inline std::vector<double> liver_covariates() {
  return {1600, 350, 1.5, 0.02};
}

}  // namespace dosewright::sim
