// The vector widths of Lanes. Include it only from files that are compiled for the width they use:
// 2 anywhere, 4 with AVX2 and FMA, 8 with AVX-512.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dosewright/base/lanes.hpp"

namespace dosewright {

template <int W>
struct Lanes {
  static constexpr int kWidth = W;
#if defined(__x86_64__)
  static constexpr bool kFused = W >= 4;
#else
  static constexpr bool kFused = false;
#endif
  using V [[gnu::vector_size(W * sizeof(double))]] = double;
  using I [[gnu::vector_size(W * sizeof(double))]] = std::uint64_t;
  using M [[gnu::vector_size(W * sizeof(double))]] = std::int64_t;  // of comparisons

  static V load(const double* from) {
    V value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(double* to, V value) { __builtin_memcpy(to, &value, sizeof value); }
  static V of(double value) { return value - V{}; }  // minus, so that -0 stays -0
  static I of_bits(std::uint64_t value) { return value + I{}; }
  static I bits(V value) { return reinterpret_cast<I>(value); }
  static V from_bits(I value) { return reinterpret_cast<V>(value); }
  static V select(M mask, V a, V b) { return mask ? a : b; }

  static V fused(V a, V b, V c) {
#if defined(__x86_64__)
    if constexpr (W == 8) {
      return reinterpret_cast<V>(_mm512_fmadd_pd(reinterpret_cast<__m512d>(a),
                                                 reinterpret_cast<__m512d>(b),
                                                 reinterpret_cast<__m512d>(c)));
    } else if constexpr (W == 4) {
      return reinterpret_cast<V>(_mm256_fmadd_pd(reinterpret_cast<__m256d>(a),
                                                 reinterpret_cast<__m256d>(b),
                                                 reinterpret_cast<__m256d>(c)));
    }
#endif
    double x[W], y[W], z[W];
    store(x, a);
    store(y, b);
    store(z, c);
    for (int i = 0; i < W; ++i) z[i] = __builtin_fma(x[i], y[i], z[i]);
    return load(z);
  }

  static V sqrt(V value) {
#if defined(__x86_64__)
    if constexpr (W == 8) {
      // The plain form makes GCC 12 warn of its own header's undefined vector.
      return reinterpret_cast<V>(_mm512_maskz_sqrt_pd(0xFF, reinterpret_cast<__m512d>(value)));
    } else if constexpr (W == 4) {
      return reinterpret_cast<V>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(value)));
    } else {
      return reinterpret_cast<V>(_mm_sqrt_pd(reinterpret_cast<__m128d>(value)));
    }
#else
    double root[W];
    store(root, value);
    for (double& lane : root) lane = __builtin_sqrt(lane);
    return load(root);
#endif
  }
};

}  // namespace dosewright
