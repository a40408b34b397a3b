// Where a model comes from, and what is said when it cannot.
#include "dosewright/simulate/model_source.hpp"

#include <doctest/doctest.h>

#include "dosewright/sim/affine.hpp"
#include "dosewright/simulate/fixture_test.hpp"
#include "dosewright/simulate/library.hpp"

namespace dosewright::simulate {
namespace {

std::string faults_of(const std::string& where, const std::string& parameters = "") {
  const auto source = load_model(where, parameters);
  return source.ok() ? "" : to_text(source.faults());
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every model of the library reads, is linear and puts out CP") {
  CHECK(library().size() == 6);
  for (const LibraryModel& model : library()) {
    CAPTURE(model.name);
    const auto source = load_model(std::string(model.name), "");
    REQUIRE(source.ok());
    CHECK(source->outputs == std::vector<std::string>{"CP"});
    CHECK(sim::AffineRhs(source->model).affine());
  }
}

TEST_CASE("a programme puts out what its laboratories see") {
  const auto source = load_model(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen", "");
  REQUIRE(source.ok());
  CHECK(source->name == "mipomersen");
  CHECK(std::ranges::find(source->outputs, "LDL") != source->outputs.end());
  CHECK(std::ranges::find(source->outputs, "h_stop_AE") == source->outputs.end());
}

TEST_CASE("parameters laid over: units, numbers in the unit of the model, unknown names") {
  const Desk desk;
  const auto source =
      load_model("pk1", desk.put("p.toml", "CL = \"100 mL/min\"\nV = 30\nD1 = \"2 h\"\n"));
  REQUIRE(source.ok());
  CHECK(source->model.parameters[0].typical == doctest::Approx(6));
  CHECK(source->model.parameters[1].typical == 30);
  CHECK(holds(faults_of("pk1", desk.put("a.toml", "CLL = 5\n")), "CLL"));
  CHECK(holds(faults_of("pk1", desk.put("b.toml", "CL = \"5 L\"\nV = \"x\"\n")), "b.toml:2"));
  CHECK(holds(faults_of("pk1", desk.put("c.toml", "CL = \n")), "c.toml:1"));
  CHECK(holds(faults_of("pk1", desk.path("none.toml")), "none.toml"));
  const std::string programme = std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen";
  CHECK(holds(faults_of(programme, desk.put("d.toml", "kaa = 5\n")), "no parameter 'kaa'"));
  const auto changed = load_model(programme, desk.put("e.toml", "ka = \"0.5 1/h\"\n"));
  REQUIRE(changed.ok());
  const int ka = changed->model.parameter("ka");
  CHECK(changed->model.parameters[static_cast<std::size_t>(ka)].typical == 0.5);
}

TEST_CASE("a text of one's own: the first compartment is dosed, any definition may be asked for") {
  const Desk desk;
  const std::string model =
      desk.put("m.txt", "d/dt(GUT) [umol] = -k * GUT\nF1 = fraction\nhalf [umol] = GUT / 2\n");
  CHECK(holds(faults_of(model), "--params"));
  const auto source = load_model(model, desk.put("p.toml", "k = \"1 1/h\"\nfraction = 0.5\n"));
  REQUIRE(source.ok());
  CHECK(source->model.dose_state == 0);
  CHECK(source->outputs == std::vector<std::string>{"half"});
  CHECK(holds(faults_of(model, desk.put("q.toml", "k = \"1 1/h\"\n")), "fraction"));
  CHECK(holds(faults_of(model, desk.put("r.toml", "k = \"1 h\"\nfraction = 1\n")), "m.txt:1"));
  CHECK(holds(faults_of(model, desk.put("s.toml", "k = \"1 1/h\"\nfraction = 1\nz = 2\n")), "'z'"));
}

TEST_CASE("parameters in the form of a programme bring variability and residual error") {
  const Desk desk;
  const auto source = load_model("pk1", desk.put("p.toml", R"(
[parameter.CL]
title = "clearance"
value = "5 L/h"
between_subject = 0.3
source = "any text"
variability_assumed = "a guess"
[parameter.V]
title = "volume"
value = "50 L"
source = "any text"
[[lab]]
code = "PLASMA"
unit = "ug/L"
model = { output = "CP", proportional = 0.1, assumed = "a guess" }
)"));
  CHECK_MESSAGE(source.ok(), (source.ok() ? "" : to_text(source.faults())));
  REQUIRE(source.ok());
  CHECK(source->model.varying.size() == 1);
  CHECK(source->model.labs.size() == 1);
}

TEST_CASE("what is not there, with the nearest name") {
  CHECK(holds(faults_of("pk1_orl"), "did you mean 'pk1_oral'"));
  CHECK(holds(faults_of("nothing/like/this"), "no such file"));
}

}  // namespace dosewright::simulate
