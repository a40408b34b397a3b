// Cholesky factor of a small symmetric matrix, row-major n*n, in place: the lower triangle becomes
// L with L L' = A, the upper one 0. [Golub2013, alg. 4.2.2]
#pragma once

#include <cstddef>
#include <span>

namespace dosewright::model {

// -1: done. Otherwise the first row at which A is not positive definite (pivot below 1e-10).
int cholesky_in_place(std::span<double> a, std::size_t n);

}  // namespace dosewright::model
