// The models that the program carries: models/NAME of the repository, embedded when it is built.
#pragma once

#include <span>
#include <string_view>

namespace dosewright::simulate {

struct LibraryModel {
  std::string_view name;
  std::string_view equations;   // model.txt
  std::string_view parameters;  // parameters.toml: NAME = "value unit"
};

std::span<const LibraryModel> library();
const LibraryModel* library_model(std::string_view name);  // nullptr: not one of them

std::string_view pk1_model();
std::string_view pk1_parameters();
std::string_view pk1_oral_model();
std::string_view pk1_oral_parameters();
std::string_view pk2_model();
std::string_view pk2_parameters();
std::string_view pk2_oral_model();
std::string_view pk2_oral_parameters();
std::string_view pk3_model();
std::string_view pk3_parameters();
std::string_view pk3_oral_model();
std::string_view pk3_oral_parameters();

}  // namespace dosewright::simulate
