// Priors and the joint uncertainty of fitted numbers, as parameters.toml has them.
#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/model/model.hpp"
#include "dosewright/model/model_fixture.hpp"

namespace dosewright::model {
namespace {

const char* const kJoint = R"(
[uncertainty]
calibrated_to = ["R1"]
parameters = ["Imax", "kout", "isr"]
sd = [0.3, 0.1, 0.2]
correlation = [
  [],
  [0.8],
  [-0.5, 0],
]
)";

ReadModel with_joint(const std::string& from = "sd", const std::string& to = "sd") {
  ModelTexts texts;
  texts.parameters += with(kJoint, from, to);
  return read(texts);
}

void check_joint_fault(const std::string& from, const std::string& to, const std::string& part) {
  const ReadModel result = with_joint(from, to);
  REQUIRE_MESSAGE(result.faults.size() == 1, to_text(result.faults));
  const std::string text = to_text(result.faults[0]);
  CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  CHECK_MESSAGE(text.find("parameters.toml:") != std::string::npos, text);
}

}  // namespace

TEST_CASE("numbers that were fitted together are drawn together") {
  const ReadModel result = with_joint();
  REQUIRE_MESSAGE(result.faults.empty(), to_text(result.faults));
  const Model& model = result.model;
  const auto at = [&](const char* name) { return static_cast<std::size_t>(model.parameter(name)); };
  const std::size_t names[] = {at("Imax"), at("kout"), at("isr"), at("V")};
  const Population typical = typical_population(model);
  constexpr int kReplicates = 20000;
  double sums[4][4] = {};
  for (std::uint32_t replicate = 0; replicate < kReplicates; ++replicate) {
    const Population p = draw_population(model, {7, replicate, 1, true});
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        sums[i][j] += (p.typical[names[i]] - typical.typical[names[i]]) *
                      (p.typical[names[j]] - typical.typical[names[j]]) / kReplicates;
      }
    }
  }
  const auto correlation = [&](int i, int j) {
    return sums[i][j] / std::sqrt(sums[i][i] * sums[j][j]);
  };
  CHECK(std::sqrt(sums[0][0]) == doctest::Approx(0.3).epsilon(0.03));
  CHECK(std::sqrt(sums[1][1]) == doctest::Approx(0.1).epsilon(0.03));
  CHECK(std::sqrt(sums[2][2]) == doctest::Approx(0.2).epsilon(0.03));
  CHECK(correlation(1, 0) == doctest::Approx(0.8).epsilon(0.03));
  CHECK(correlation(2, 0) == doctest::Approx(-0.5).epsilon(0.06));
  CHECK(std::abs(correlation(2, 1)) < 0.03);
  CHECK(std::abs(correlation(3, 0)) < 0.03);  // its own uncertainty, on its own
  const Population off = draw_population(model, {7, 3, 1, false});
  CHECK(off.typical == typical.typical);
}

TEST_CASE("a joint uncertainty alone moves the draws of those that it names") {
  const Model joint = with_joint().model;
  const Model plain = read(ModelTexts()).model;
  const auto v = static_cast<std::size_t>(plain.parameter("V"));
  CHECK(draw_population(joint, {7, 3, 1, true}).typical[v] ==
        draw_population(plain, {7, 3, 1, true}).typical[v]);
}

TEST_CASE("faults of a joint uncertainty, each at its place") {
  check_joint_fault("\"kout\"", "\"koutt\"", "the nearest parameter is 'kout'");
  check_joint_fault("\"kout\"", "\"Imax\"", "named twice");
  check_joint_fault("\"kout\"", "\"V\"", "an uncertainty of its own too");
  check_joint_fault("[0.3, 0.1, 0.2]", "[0.3, 0.1]", "expected 3 SDs");
  check_joint_fault("[0.3, 0.1, 0.2]", "[0.3, 0, 0.2]", "must be above 0");
  check_joint_fault("  [0.8],\n", "  [0.8, 1],\n", "expected 1 correlations");
  check_joint_fault("  [0.8],\n", "", "expected 3 rows");
  check_joint_fault("[0.8]", "[-1]", "between -1 and 1");
  check_joint_fault("[-0.5, 0]", "[-0.5, 0.9]", "not positive definite at 'isr'");
  check_joint_fault("calibrated_to = [\"R1\"]", "calibrated_to = [\"R9\"]", "R9");
}

TEST_CASE("priors belong to what is calibrated, and lie where the parameter may lie") {
  ModelTexts texts;
  const std::string calibrated = "calibrated_to = [\"R1\", \"R2\"]\n";
  texts.parameters = with(texts.parameters, calibrated,
                          calibrated + "prior = { value = 0.5, sd = 0.4, between_subject = 2 }\n");
  const ReadModel good = read(texts);
  REQUIRE_MESSAGE(good.faults.empty(), to_text(good.faults));
  const auto& imax = good.model.parameters[static_cast<std::size_t>(good.model.parameter("Imax"))];
  REQUIRE(imax.prior.has_value());
  CHECK(imax.typical == 0.6);
  CHECK(imax.prior->typical == 0.5);
  CHECK(imax.prior->sd == 0.4);
  CHECK(imax.prior->between_subject == 2);
  ModelTexts mixed;
  mixed.parameters = with(mixed.parameters, "source = \"Key1 p.3\"",
                          "calibrated_to = [\"R1\"]\nprior = { class_values = { slow = \"1 L/h\", "
                          "fast = \"3 L/h\" } }");
  const ReadModel classes = read(mixed);
  REQUIRE_MESSAGE(classes.faults.empty(), to_text(classes.faults));
  const auto& cl =
      classes.model.parameters[static_cast<std::size_t>(classes.model.parameter("CL"))];
  CHECK(cl.prior->class_typical == std::vector<double>{cl.unit.factor, 3 * cl.unit.factor});
  CHECK(cl.prior->typical == cl.unit.factor);
  ModelTexts outside = texts;
  outside.parameters = with(outside.parameters, "value = 0.5, sd", "value = 1.5, sd");
  CHECK(to_text(read(outside).faults).find("where the parameter may lie") != std::string::npos);
  ModelTexts idle;
  idle.parameters =
      with(idle.parameters, "assumed = \"allometry\"\n", "assumed = \"x\"\nprior = { sd = 1 }\n");
  CHECK(to_text(read(idle).faults).find("a prior is for a parameter that is calibrated") !=
        std::string::npos);
}

}  // namespace dosewright::model
