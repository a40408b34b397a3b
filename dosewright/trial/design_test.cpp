#include "dosewright/trial/design.hpp"

#include <doctest/doctest.h>

#include "dosewright/base/file.hpp"
#include "dosewright/base/folder_test.hpp"
#include "dosewright/trial/mipomersen_test.hpp"

namespace dosewright::trial {
namespace {

// cs5.toml with one text replaced, in a folder of its own that goes with it.
class EditedDesign {
 public:
  EditedDesign(const std::string& from, const std::string& to) {
    std::string text =
        *read_text(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen/designs/cs5.toml");
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    folder_.put("mine.toml", text.replace(at, from.size(), to));
  }
  std::string path() const { return folder_ / "mine.toml"; }
  std::string faults() const {
    const auto loaded = load_designs(mipomersen(), path());
    return loaded.ok() ? "" : to_text(loaded.faults());
  }

 private:
  TestFolder folder_;
};

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "every design of the programme can be read, and the four trials have their published sizes") {
  const auto phase3 = load_designs(mipomersen(), "phase3");
  REQUIRE_MESSAGE(phase3.ok(), (phase3.ok() ? "" : to_text(phase3.faults())));
  REQUIRE(phase3->trials.size() == 4);
  int active = 0, placebo = 0;
  for (const Design& design : phase3->trials) {
    for (const Arm& arm : design.arms) (arm.active ? active : placebo) += arm.n;
  }
  CHECK(active == 261);   // FDA-MedR Table 22
  CHECK(placebo == 130);  // randomised; 129 of them were treated
  CHECK(load_designs(mipomersen(), "schedules").ok());
}

TEST_CASE("an unknown design says which there are") {
  const auto loaded = load_designs(mipomersen(), "cs55");
  REQUIRE_FALSE(loaded.ok());
  const std::string text = to_text(loaded.faults());
  CHECK(mentions(text, "no design is called 'cs55'"));
  CHECK(mentions(text, "did you mean 'cs5'"));
  CHECK(mentions(text, "schedules"));
}

TEST_CASE("faults of a design name place and way out") {
  struct Row {
    const char* from;
    const char* to;
    const char* says;
  };
  const Row rows[] = {
      {"regimen = \"200mg-qw\"", "regimen = \"200mg-qv\"", "did you mean '200mg-qw'?"},
      {"regimen = \"200mg-qw\"", "regimen = \"nonsense\"", "unknown regimen 'nonsense'"},
      {"n = 34", "n = 34\nlater = [{ from = \"9 wk\", regimen = \"100mg-wq\" }]", "did you mean"},
      {"n = 34", "n = 34\nlater = [{ from = \"0 d\", regimen = \"100mg-qw\" }]",
       "begin after the first dose"},
      {"n = 34", "n = 0", "1 to 1000000 patients, found 0"},
      {"n = 34", "n = -5", "found -5"},
      {"protocol = \"cs5\"", "protocol = \"cs6\"", "no protocol is called 'cs6'"},
      {"treatment = \"26 wk\"", "treatment = \"26 kg\"", "26 kg"},
      {"treatment = \"26 wk\"", "treatment = \"60 wk\"", "'end' must not lie before"},
      {"mean = \"32 a\"", "mean = \"32 kg\"", "32 kg"},
      {"AGE = ", "AGEE = ", "covariate 'AGE' of the model is not given"},
      {"take = 0.98", "take = 1.98", "between 0 and 1"},
      {"test_delay = \"7 d\"", "", "needs 'test_delay'"},
      {"source = \"FDA-MedR Table 11 (PDF p.74)\"", "source = \"hearsay\"", "known source key"},
      {"share = 0.55, assumed", "share = 0.55, guessed", "'source' and 'assumed'"},
      {"\"0 d\"]", "\"3 d\"]", "before the first dose"},
      {"title = ", "titel = ", "titel"},
  };
  for (const Row& row : rows) {
    const EditedDesign edited(row.from, row.to);
    const std::string faults = edited.faults();
    CAPTURE(row.to);
    CAPTURE(faults);
    CHECK(mentions(faults, row.says));
    CHECK(mentions(faults, "mine.toml:"));
  }
}

TEST_CASE("a design whose protocol asks for a test that no model observes is a fault") {
  auto programme =
      programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE(programme.ok());
  auto& labs = programme->model.labs;
  std::erase_if(labs, [](const auto& lab) { return lab.code == "AST"; });
  const auto loaded = load_designs(*programme, "cs5");
  REQUIRE_FALSE(loaded.ok());
  CHECK(mentions(to_text(loaded.faults()), "asks for 'AST', which no model observes"));
}

}  // namespace dosewright::trial
