// Which models are linear is read from their equations, and their matrix comes without differences.
#include "dosewright/sim/affine.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "dosewright/sim/subject.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {
namespace {

bool is_linear(const std::string& slope) {
  return AffineRhs(build({"d/dt(X) [mg] = " + slope + "\nd/dt(Y) [mg] = k * X - k * Y\n",
                          {{"k", "1/h"}, {"m", "mg"}, {"s", "1"}},
                          {},
                          {}}))
      .affine();
}

}  // namespace

TEST_CASE("linear: sums, products and quotients with what is fixed between events") {
  for (const char* slope :
       {"-k * X", "k * m - k * X", "-(k + k * s) * X / exp(s)", "k * (Y - X) * DOSE / m",
        "(if (s > 1) 2 * k else k) * (m - X)", "if (DOSE > 0 mg) -k * X else k * Y",
        "-k * X * max(s, 2) + sqrt(s) * k * Y", "0 * k * X"}) {
    CAPTURE(slope);
    CHECK(is_linear(slope));
  }
}

TEST_CASE("not linear: products of states, functions of states, the clock") {
  for (const char* slope :
       {"-k * X * X / m", "-k * m / (m + X) * X", "-k * max(X, m)", "-k * m * log(X / m)",
        "if (X > m) -k * X else 0", "-k * X * (TIME * k)", "-k * X * (TAFD * k)",
        "-k * m * abs(X / m)", "-k * X ^ 2 / m", "k * m * m / X"}) {
    CAPTURE(slope);
    CHECK_FALSE(is_linear(slope));
  }
}

TEST_CASE("the matrix is that of differences, and exact") {
  const model::Model model = two_compartments();
  AffineRhs affine(model);
  REQUIRE(affine.affine());
  ModelProgram program(model, model.rhs);
  program.set_subject(two_compartment_parameters(), {});
  std::vector<double> a(16), b(4);
  affine.evaluate(program.registers(), a, b);
  CHECK(b == std::vector<double>{0, 0, 0, 0});
  for (int j = 0; j < 4; ++j) {
    std::vector<double> unit(4, 0.0);
    unit[static_cast<std::size_t>(j)] = 1;
    program.evaluate(0, unit.data(), 4);
    for (int i = 0; i < 4; ++i) {
      CHECK(a[static_cast<std::size_t>(4 * i + j)] == doctest::Approx(program.result(i)));
    }
  }
  CHECK(a[0] == -0.3);
  CHECK(a[4] == 0.3);
}

TEST_CASE("a constant production stands in b") {
  const model::Model model = build({"d/dt(R) [mg] = kin - kout * R\nR(0) = kin / kout\n",
                                    {{"kin", "mg/h"}, {"kout", "1/h"}},
                                    {},
                                    {}});
  AffineRhs affine(model);
  ModelProgram program(model, model.rhs);
  program.set_subject(std::vector<double>{6, 0.25}, {});
  std::vector<double> a(1), b(1);
  affine.evaluate(program.registers(), a, b);
  CHECK(a[0] == -0.25);
  CHECK(b[0] == 6);
}

}  // namespace dosewright::sim
