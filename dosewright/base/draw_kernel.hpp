// Draws of random.hpp in lanes: many independent ones at once, each with the bits of its scalar
// form.
//
// The words of a Philox counter stand in 64-bit lanes; the upper halves are left dirty, because the
// products read the lower ones alone. The middle and the near tail of the normal quantile are both
// computed and one is selected. The far tail (one draw in 10^11) is only noticed, and left to the
// scalar form.
#pragma once

#include "dosewright/base/draw_batch.hpp"
#include "dosewright/base/elementary.hpp"
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/base/quantile_terms.hpp"

namespace dosewright {

template <class L>
struct DrawOps {
  using V = typename L::V;
  using I = typename L::I;
  using M = typename L::M;

  static I load(const std::uint64_t* from) {
    I value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  }

  // The product of the lower halves.
  // NOLINTBEGIN(portability-simd-intrinsics): there is no portable word for this product.
  static I product(I a, std::uint64_t b) {
#if defined(__x86_64__)
    if constexpr (L::kWidth == 8) {
      return reinterpret_cast<I>(_mm512_maskz_mul_epu32(
          0xFF, reinterpret_cast<__m512i>(a), _mm512_set1_epi64(static_cast<long long>(b))));
    } else if constexpr (L::kWidth == 4) {
      return reinterpret_cast<I>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a),
                                                  _mm256_set1_epi64x(static_cast<long long>(b))));
    } else if constexpr (L::kWidth == 2) {
      return reinterpret_cast<I>(
          _mm_mul_epu32(reinterpret_cast<__m128i>(a), _mm_set1_epi64x(static_cast<long long>(b))));
    }
#endif
    return (a & L::of_bits(0xFFFF'FFFF)) * L::of_bits(b);
  }
  // NOLINTEND(portability-simd-intrinsics)

  // Words 0 and 1 of philox4x32 as one number.
  static I philox(I patient, I what, std::uint64_t seed) {
    I c0 = what, c1 = what >> 32, c2 = patient, c3 = patient >> 32;
    std::uint64_t key0 = seed & 0xFFFF'FFFF, key1 = seed >> 32;
    for (int round = 0; round < 10; ++round) {
      const I product0 = product(c0, 0xD2511F53), product1 = product(c2, 0xCD9E8D57);
      c0 = (product1 >> 32) ^ c1 ^ L::of_bits(key0);
      c1 = product1;
      c2 = (product0 >> 32) ^ c3 ^ L::of_bits(key1);
      c3 = product0;
      key0 = (key0 + 0x9E3779B9) & 0xFFFF'FFFF;
      key1 = (key1 + 0xBB67AE85) & 0xFFFF'FFFF;
    }
    return c0 << 32 | (c1 & L::of_bits(0xFFFF'FFFF));
  }

  // A whole number below 2^53: both halves and their sum are exact.
  static V number(I whole) {
    const V high = L::from_bits((whole >> 32) | L::bits(L::of(0x1p84))) - 0x1p84;
    const V low = L::from_bits((whole & L::of_bits(0xFFFF'FFFF)) | L::bits(L::of(0x1p52))) - 0x1p52;
    return high + low;
  }

  static V uniform(const DrawTask& task, std::size_t i) {
    const I bits = philox(load(task.patient + i), load(task.what + i), task.seed);
    return number((bits >> 11) | L::of_bits(1)) * 0x1p-53;
  }

  // portable_log() of random.cpp, for a positive normal number.
  static V log(V x) {
    const I bits = L::bits(x);
    V m = L::from_bits((bits & L::of_bits(0x000F'FFFF'FFFF'FFFF)) | L::bits(L::of(0.5)));
    V k = L::from_bits((bits >> 52) | L::bits(L::of(0x1p52))) - (0x1p52 + 1022);
    const M low = m < 0.70710678118654752;
    m = L::select(low, m * 2, m);
    k = L::select(low, k - 1, k);
    const V s = (m - 1) / (m + 1);
    const V s2 = s * s;
    V tail = s2 * quantile::kOdd[0];
    for (std::size_t i = 1; i < quantile::kOdd.size(); ++i) tail = s2 * (quantile::kOdd[i] + tail);
    return k * quantile::kLn2High + (2 * s + (2 * s * tail + k * quantile::kLn2Low));
  }

  static V quantile_of(V p, M& far) {
    using namespace quantile;
    const V q = p - 0.5;
    const V middle = kMiddleSquare - q * q;
    const V near_half = q * polynomial(kA, middle) / polynomial(kB, middle);
    const V r = L::sqrt(-log(L::select(q < 0.0, p, 1 - p)));
    const V shifted = r - kNearShift;
    const V tail = polynomial(kC, shifted) / polynomial(kD, shifted);
    far = far | (r > kNearTail);
    const V outer = L::select(q < 0.0, -tail, tail);
    return L::select(absolute<L>(q) <= kMiddle, near_half, outer);
  }

  static bool any(M mask) {
    if constexpr (L::kWidth == 1) {
      return mask;
    } else {
      bool found = false;
      for (int i = 0; i < L::kWidth; ++i) found = found || mask[i] != 0;
      return found;
    }
  }

  static bool uniforms(const DrawTask& task) {
    for (std::size_t i = 0; i < task.n; i += L::kWidth) L::store(task.out + i, uniform(task, i));
    return false;
  }

  static bool normals(const DrawTask& task) {
    M far{};
    for (std::size_t i = 0; i < task.n; i += L::kWidth) {
      L::store(task.out + i, quantile_of(uniform(task, i), far));
    }
    return any(far);
  }

  static bool lognormals(const DrawTask& task) {
    M far{};
    for (std::size_t i = 0; i < task.n; i += L::kWidth) {
      const V normal = quantile_of(uniform(task, i), far);
      L::store(task.out + i, elementary::exp_of<L>(L::load(task.sd + i) * normal));
    }
    return any(far);
  }

  static constexpr DrawKernels kernels() { return {&uniforms, &normals, &lognormals}; }
};

}  // namespace dosewright
