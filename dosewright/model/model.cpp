#include "dosewright/model/model.hpp"

#include <algorithm>

#include "dosewright/model/reading.hpp"

namespace dosewright::model {
namespace {

template <class T, class Member>
int find_named(const std::vector<T>& items, Member member, std::string_view name) {
  const auto found = std::ranges::find(items, name, member);
  return found == items.end() ? -1 : static_cast<int>(found - items.begin());
}

void take_given(ModelFiles& files, Reading& reading) {
  DW_CHECK(
      files.given_places.size() == files.given_parameters.size() + files.given_covariates.size(),
      "a place for every parameter and covariate that is given");
  const auto middle =
      files.given_places.begin() + static_cast<std::ptrdiff_t>(files.given_parameters.size());
  reading.parameter_places.assign(files.given_places.begin(), middle);
  reading.covariate_places.assign(middle, files.given_places.end());
  reading.model.parameters = std::move(files.given_parameters);
  reading.model.covariates = std::move(files.given_covariates);
}

}  // namespace

int Model::n_inputs() const {
  return first_state_input() + static_cast<int>(states.size());
}
int Model::time_input() const {
  return static_cast<int>(parameters.size() + covariates.size());
}
int Model::first_state_input() const {
  return time_input() + 3;
}

int Model::parameter(std::string_view wanted) const {
  return find_named(parameters, &Parameter::name, wanted);
}
int Model::covariate(std::string_view wanted) const {
  return find_named(covariates, &Covariate::name, wanted);
}
int Model::lab(std::string_view code) const {
  return find_named(labs, &LabModel::code, code);
}
int Model::event(std::string_view wanted) const {
  return find_named(events, &EventModel::name, wanted);
}
int Model::hazard(std::string_view wanted) const {
  return find_named(hazards, &HazardModel::name, wanted);
}

Result<Model> read_model(ModelFiles files) {
  Reading reading;
  reading.references = {std::move(files.sources), std::move(files.evidence_ids), files.standalone};
  reading.standalone = files.standalone;
  reading.uses_known = files.labs_complete;
  // Alone, both stand in one document, which is closed when its parameters are read.
  if (files.standalone) read_labs(files.labs, reading);
  if (files.parameters != nullptr) {
    read_parameters(*files.parameters, reading);
  } else {
    take_given(files, reading);
  }
  if (!files.standalone) read_labs(files.labs, reading);
  if (files.observations != nullptr) read_observations(*files.observations, reading);
  if (files.equations_file.empty()) return std::move(reading.model);
  Faults faults = read_equations(files.equations_text, files.equations_file, reading);
  if (!faults.empty()) return faults;
  return std::move(reading.model);
}

}  // namespace dosewright::model
