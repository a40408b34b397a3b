#include "dosewright/sim/open_loop.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {
namespace {}  // namespace

TEST_CASE("a ledger replayed is what the subject did, to the bit") {
  const model::Model model = liver_model();
  const std::vector<double> parameters = liver_parameters(), covariates = liver_covariates();
  const std::vector<DoseRecord> ledger{{0, 200}, {7 * kDay, 200}, {21 * kDay, 100}, {28 * kDay, 0}};
  const std::vector<Minutes> times{-kDay, 0, 5 * kDay, 21 * kDay, 40 * kDay};
  const Trajectory replay =
      good(simulate(model, {parameters, covariates, ledger, times, -kDay, {}}));

  Subject subject(model);
  subject.reset(parameters, covariates, -kDay);
  std::size_t dose = 0;
  for (int i = 0; i < 5; ++i) {
    for (; dose < ledger.size() && ledger[dose].at < times[i]; ++dose) {
      REQUIRE(subject.advance(ledger[dose].at) == num::Status::kOk);
      subject.dose(ledger[dose].mg);
    }
    REQUIRE(subject.advance(times[i]) == num::Status::kOk);
    for (int k = 0; k < 6; ++k) CHECK(replay.at(i, k) == subject.output(k));
  }
}

TEST_CASE("an observation at the instant of a dose is taken before it") {
  const model::Model model = two_compartments();
  const std::vector<double> parameters = two_compartment_parameters();
  const std::vector<DoseRecord> doses{{0, 200}, {0, 50}, {7 * kDay, 200}};
  const std::vector<Minutes> times{0, 0, 7 * kDay, 7 * kDay + 1};
  const Trajectory result = good(simulate(model, {parameters, {}, doses, times, 0, {}}));
  CHECK(result.at(0, 2) == 0);  // DOSE
  CHECK(result.at(1, 2) == 0);
  CHECK(result.at(2, 2) == 50);  // the later record of two at one instant is the last dose
  CHECK(result.at(3, 2) == 200);
}

TEST_CASE("a ledger with one dose less is another trajectory") {
  const model::Model model = liver_model();
  const std::vector<double> parameters = liver_parameters(), covariates = liver_covariates();
  const std::vector<DoseRecord> all{{0, 200}, {7 * kDay, 200}, {14 * kDay, 200}};
  const std::vector<DoseRecord> held{{0, 200}, {14 * kDay, 200}};
  const std::vector<Minutes> times{28 * kDay};
  const Trajectory a = good(simulate(model, {parameters, covariates, all, times, 0, {}}));
  const Trajectory b = good(simulate(model, {parameters, covariates, held, times, 0, {}}));
  CHECK(b.at(0, 2) > 1.01 * a.at(0, 2));  // LDL
}

TEST_CASE("a subject whose numbers fail: what came before it is there, the rest is unknown") {
  const model::Model model = build({R"(
d/dt(A) [mg] = growth * A * A
twice [mg] = 2 * A
)",
                                    {{"growth", "1/mg/h"}},
                                    {},
                                    {"twice"}});
  const std::vector<double> parameters{1e-3};
  const std::vector<DoseRecord> doses{{0, 100}};  // A = 1 / (1/100 - growth t): infinite at 10 h
  const std::vector<Minutes> times{5 * 60, 20 * 60, 30 * 60};
  const Trajectory result = good(simulate(model, {parameters, {}, doses, times, 0, {}}));
  CHECK(result.status != num::Status::kOk);
  CHECK(result.at(0, 0) == doctest::Approx(400).epsilon(1e-4));
  CHECK(std::isnan(result.at(1, 0)));
  CHECK(std::isnan(result.at(2, 0)));
}

TEST_CASE("bad requests: every fault at once") {
  const model::Model model = two_compartments();
  const std::vector<double> parameters{1, 2};
  const std::vector<DoseRecord> doses{
      {100, 1}, {50, -2}, {200, std::numeric_limits<double>::quiet_NaN()}};
  const std::vector<Minutes> times{-5, 10, 3};
  const Result<Trajectory> result = simulate(model, {parameters, parameters, doses, times, 0, {}});
  REQUIRE(!result.ok());
  CHECK(result.faults().size() == 7);
  const std::string text = to_text(result.faults());
  for (const char* part :
       {"5 parameters", "0 covariates", "dose 2 at minute 50", "dose 2: the amount",
        "dose 3: the amount", "observation 1 at minute -5", "observation 3 at minute 3"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

}  // namespace dosewright::sim
