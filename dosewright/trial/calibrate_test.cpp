// The calibration on one trial and two numbers of the first programme.
#include "dosewright/trial/calibrate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "dosewright/base/file.hpp"

namespace dosewright::trial {
namespace {

programme::Programme two_numbers() {
  auto loaded = programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_text(loaded.faults())));
  for (auto& parameter : loaded->model.parameters) {
    parameter.origin.calibrated_to.clear();
    parameter.variability_origin.calibrated_to.clear();
  }
  const auto named = [&](const char* name) -> model::Parameter& {
    return loaded->model.parameters[static_cast<std::size_t>(loaded->model.parameter(name))];
  };
  named("Emax").origin.calibrated_to = {"R0006"};       // LDL-C at the end of CS5, drug
  named("LDL_trend").origin.calibrated_to = {"R0005"};  // and placebo
  return std::move(*loaded);
}

// The trial of that name with few patients: what is tested here does not need many.
DesignSet few_patients(const programme::Programme& programme) {
  auto designs = load_designs(programme, "cs5");
  REQUIRE_MESSAGE(designs.ok(), (designs.ok() ? "" : to_text(designs.faults())));
  resize(*designs, 12);
  return std::move(*designs);
}

CalibrationOptions short_fit() {
  CalibrationOptions made;
  made.replicates = 2;
  made.steps = 2;
  return made;
}

struct Fit {
  Calibration calibration;
  std::string parameters;
};

Fit fit(const CalibrationOptions& options) {
  programme::Programme programme = two_numbers();
  const DesignSet designs = few_patients(programme);
  auto calibration = calibrate(programme, designs, options);
  REQUIRE_MESSAGE(calibration.ok(), (calibration.ok() ? "" : to_text(calibration.faults())));
  return {*calibration,
          with_fitted("[parameter.Emax]\nvalue = \"0.5 1\"\n", programme, *calibration)};
}

std::string faults_of_fit(programme::Programme& programme, const CalibrationOptions& options) {
  const DesignSet designs = few_patients(programme);
  const auto calibration = calibrate(programme, designs, options);
  return calibration.ok() ? "" : to_text(calibration.faults());
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a calibration that was interrupted goes on to the same result") {
  const Fit whole = fit(short_fit());
  CHECK_FALSE(whole.calibration.interrupted);
  CHECK(whole.calibration.resumed == 0);
  CHECK(whole.calibration.objective_after <= whole.calibration.objective_before);
  REQUIRE(whole.calibration.simulations > 4);
  for (const int after : {1, 3}) {
    CAPTURE(after);
    std::atomic<bool> stop{false};
    std::string state;
    int kept = 0;
    CalibrationOptions first = short_fit();
    first.stop = &stop;
    first.keep = [&](const std::string& text) {
      state = text;
      if (++kept == after) stop.store(true);
    };
    CHECK(fit(first).calibration.interrupted);
    CalibrationOptions second = short_fit();
    second.resume = state;
    const Fit resumed = fit(second);
    CHECK(resumed.calibration.resumed == after);
    CHECK(resumed.calibration.simulations == whole.calibration.simulations);
    CHECK(resumed.calibration.objective_after == whole.calibration.objective_after);
    CHECK(resumed.parameters == whole.parameters);
    for (std::size_t i = 0; i < whole.calibration.numbers.size(); ++i) {
      CHECK(resumed.calibration.numbers[i].fitted == whole.calibration.numbers[i].fitted);
      CHECK(resumed.calibration.numbers[i].standard_error ==
            whole.calibration.numbers[i].standard_error);
    }
    for (std::size_t i = 0; i < whole.calibration.rows.size(); ++i) {
      CHECK(resumed.calibration.rows[i].after == whole.calibration.rows[i].after);
    }
  }
}

TEST_CASE("a calibration begins at its priors: the same numbers from any state of the file") {
  const Fit first = fit(short_fit());
  programme::Programme moved = two_numbers();
  for (const char* name : {"Emax", "LDL_trend"}) {
    auto& parameter = moved.model.parameters[static_cast<std::size_t>(moved.model.parameter(name))];
    REQUIRE(parameter.prior.has_value());
    parameter.typical *= 0.7;
  }
  const DesignSet designs = few_patients(moved);
  const auto again = calibrate(moved, designs, short_fit());
  REQUIRE(again.ok());
  for (std::size_t i = 0; i < again->numbers.size(); ++i) {
    CHECK(again->numbers[i].fitted == first.calibration.numbers[i].fitted);
  }
  CHECK(again->correlation == first.calibration.correlation);
}

TEST_CASE("the joint uncertainty is written, read again and drawn from") {
  programme::Programme programme = two_numbers();
  const DesignSet designs = few_patients(programme);
  const auto calibration = calibrate(programme, designs, short_fit());
  REQUIRE(calibration.ok());
  REQUIRE(calibration->correlation.size() == 4);
  CHECK(calibration->correlation[0] == doctest::Approx(1));
  CHECK(calibration->correlation[1] == calibration->correlation[2]);
  CHECK(std::abs(calibration->correlation[1]) < 1);
  const auto old = read_text(programme.directory + "/parameters.toml");
  REQUIRE(old.ok());
  const std::string text = with_fitted(*old, programme, *calibration);
  CHECK(text == with_fitted(text, programme, *calibration));
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "dosewright-calibrate-test";
  fs::remove_all(folder);
  fs::copy(programme.directory, folder, fs::copy_options::recursive);
  FileSet files(folder.string());
  files.add("parameters.toml", text);
  REQUIRE(files.commit().ok());
  const auto loaded = programme::load_programme(folder.string());
  fs::remove_all(folder);
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_text(loaded.faults())));
  REQUIRE(loaded->model.uncertain.size() == 2);
  for (const FreeNumber& number : calibration->numbers) {
    const auto& parameter = loaded->model.parameters[static_cast<std::size_t>(number.index)];
    CHECK(number.standard_error > 0);
    CHECK(number.standard_error < number.prior_sd);  // the rows say something
    CHECK(parameter.uncertainty == doctest::Approx(number.standard_error).epsilon(0.01));
  }
}

TEST_CASE("a search without slopes lowers the same objective") {
  CalibrationOptions options = short_fit();
  options.optimiser = Optimiser::kBobyqa;
  const Calibration found = fit(options).calibration;
  CHECK(found.objective_after <= found.objective_before);
  CHECK(found.simulations > 4);
}

TEST_CASE("what is no state, or one of another calibration, is a fault") {
  programme::Programme programme = two_numbers();
  CalibrationOptions with_text = short_fit();
  with_text.resume = "{\"of\": 3";
  CHECK(says(faults_of_fit(programme, with_text), "no state of a calibration"));
  with_text.resume = R"({"of": "another", "simulations": []})";
  CHECK(says(faults_of_fit(programme, with_text), "belongs to another calibration"));
}

TEST_CASE("a row that only repeats another is refused, and so is one of another trial") {
  programme::Programme programme = two_numbers();
  const auto restated = std::find_if(programme.evidence.begin(), programme.evidence.end(),
                                     [](const auto& row) { return row.restated(); });
  REQUIRE(restated != programme.evidence.end());
  auto& parameter =
      programme.model.parameters[static_cast<std::size_t>(programme.model.parameter("Emax"))];
  parameter.origin.calibrated_to = {restated->id, "R0024"};
  const std::string text = faults_of_fit(programme, short_fit());
  CHECK(says(text, "row " + restated->id +
                       " is named by calibrated_to, but its status is "
                       "'document'"));
  CHECK(says(text, "row R0024 is named by calibrated_to, but this design does not map it"));
}

}  // namespace dosewright::trial
