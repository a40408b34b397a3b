// Which part of a model is exact is read from its equations, and the parts add up to them.
#include "dosewright/cohort/split.hpp"

#include <doctest/doctest.h>

#include <string>

#include "dosewright/cohort/fixture_test.hpp"
#include "dosewright/sim/subject.hpp"

namespace dosewright::cohort {
namespace {

std::string names(const model::Model& model, const std::vector<int>& states) {
  std::string text;
  for (const int state : states) {
    text += model.states[static_cast<std::size_t>(state)].name + " ";
  }
  return text;
}

model::Model with_driven(const std::string& slope) {
  return sim::build({"d/dt(X) [mg] = -k * X\nd/dt(Y) [mg] = " + slope +
                         "\nd/dt(Z) [mg] = k * m - k * Z * X / m * s\n",
                     {{"k", "1/h"}, {"m", "mg"}, {"s", "1"}},
                     {},
                     {}});
}

// The right side of the equations, put together again from the parts.
void check_parts(const model::Model& model) {
  const auto found = split(model);
  REQUIRE(found);
  std::vector<double> parameters(model.parameters.size()), covariates(model.covariates.size());
  draw_patient(3, parameters, covariates);
  std::vector<double> states;
  for (std::size_t i = 0; i < model.states.size(); ++i)
    states.push_back(3.0 + static_cast<double>(i));
  sim::ModelProgram whole(model, model.rhs), matrix(model, found->matrix.program),
      response(model, found->response.program);
  for (sim::ModelProgram* program : {&whole, &matrix, &response}) {
    program->set_dose(200);
    program->set_first_dose(2);
    program->set_subject(parameters, covariates);
    program->evaluate(30, states.data(), static_cast<int>(states.size()));
  }
  const auto value = [&](int state) { return states[static_cast<std::size_t>(state)]; };
  for (int i = 0; i < static_cast<int>(found->linear.size()); ++i) {
    double sum = matrix.result(found->matrix_part(i, -1));
    for (int j = 0; j < static_cast<int>(found->linear.size()); ++j) {
      sum += matrix.result(found->matrix_part(i, j)) *
             value(found->linear[static_cast<std::size_t>(j)]);
    }
    CHECK(sum == doctest::Approx(whole.result(found->linear[static_cast<std::size_t>(i)])));
  }
  for (int i = 0; i < static_cast<int>(found->driven.size()); ++i) {
    const int state = found->driven[static_cast<std::size_t>(i)];
    const double sum =
        response.result(found->production(i)) + response.result(found->loss(i)) * value(state);
    CHECK(sum == doctest::Approx(whole.result(state)));
  }
}

}  // namespace

TEST_CASE("the exact part is the largest set of states that is affine in itself") {
  const model::Model linear = injected(), ldl = turnover(), all = many_kinds();
  CHECK(names(linear, split(linear)->linear) == "DEPOT CENTRAL PERIPH ");
  CHECK(split(linear)->driven.empty());
  CHECK(names(ldl, split(ldl)->linear) == "DEPOT CENTRAL PERIPH LIVER ");
  CHECK(names(ldl, split(ldl)->driven) == "LDL ");
  CHECK(split(ldl)->loss_is_fixed(0));
  CHECK_FALSE(split(ldl)->offset);
  CHECK_FALSE(split(ldl)->reads_clock);
  CHECK(split(ldl)->read == std::vector<int>{3});
  CHECK(names(all, split(all)->linear) == "DEPOT CENTRAL PERIPH LIVER STORE ");
  CHECK(names(all, split(all)->driven) == "LDL ALT SUM ");
  CHECK_FALSE(split(all)->loss_is_fixed(0));
  CHECK(split(all)->loss_is_fixed(1));
  CHECK(split(all)->offset);
  CHECK(split(all)->reads_clock);
}

TEST_CASE("the parts add up to the equations") {
  check_parts(injected());
  check_parts(turnover());
  check_parts(many_kinds());
  check_parts(sim::two_compartments());
}

TEST_CASE("what has a split, and what the reference keeps") {
  for (const char* slope : {"k * X - k * Y * X / m", "k * m * exp(-X / m) - k * Y",
                            "-k * Y * TIME * k", "k * DOSE - Y * k", "k * X * X / m", "k * m"}) {
    CAPTURE(slope);
    CHECK(split(with_driven(slope)));
  }
  for (const char* slope :
       {"-k * Y * Y / m", "k * Z * Y / m", "k * Z - k * Y", "-k * m * Y / (m + Y)", "k * max(Y, m)",
        "if (Y > m) k * X else -k * Y"}) {
    CAPTURE(slope);
    CHECK_FALSE(split(with_driven(slope)));
  }
  CHECK_FALSE(split(sim::liver_model()));  // its clearance moves with the clock
}

}  // namespace dosewright::cohort
