#include "dosewright/simulate/library.hpp"

#include <algorithm>
#include <array>

namespace dosewright::simulate {

std::span<const LibraryModel> library() {
  static const std::array models = {
      LibraryModel{"pk1", pk1_model(), pk1_parameters()},
      LibraryModel{"pk1_oral", pk1_oral_model(), pk1_oral_parameters()},
      LibraryModel{"pk2", pk2_model(), pk2_parameters()},
      LibraryModel{"pk2_oral", pk2_oral_model(), pk2_oral_parameters()},
      LibraryModel{"pk3", pk3_model(), pk3_parameters()},
      LibraryModel{"pk3_oral", pk3_oral_model(), pk3_oral_parameters()},
  };
  return models;
}

const LibraryModel* library_model(std::string_view name) {
  const auto models = library();
  const auto found = std::ranges::find(models, name, &LibraryModel::name);
  return found == models.end() ? nullptr : &*found;
}

}  // namespace dosewright::simulate
