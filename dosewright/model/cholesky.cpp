#include "dosewright/model/cholesky.hpp"

#include <cmath>

namespace dosewright::model {

int cholesky_in_place(std::span<double> a, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    if (!(a[j * n + j] > 1e-10)) return static_cast<int>(j);
    a[j * n + j] = std::sqrt(a[j * n + j]);
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
      a[j * n + i] = 0;
    }
  }
  return -1;
}

}  // namespace dosewright::model
