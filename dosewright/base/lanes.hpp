// One or several doubles side by side: what numerical code is a template on, so that one source
// runs as the scalar reference and in every vector width, with the same bits.
//
// Lanes<1> is a plain double. The vector widths stand in lanes_simd.hpp, which only files compiled
// for one kind of processor include: a width belongs to one kind, so no two files ever instantiate
// the same template with different instructions.
//
// Only operations that IEEE 754 defines to the last bit are used. Contraction is switched off
// (cmake/compiler.cmake): what is fused says so. A processor without a fused multiply-add computes
// it in a hundred operations, so the scalar back end and its twins in lanes have it only where it
// finds the same number as several plain ones, an error-free product.
// What the sign and payload of a NaN are is not part of any answer.
#pragma once

#include <cmath>
#include <cstdint>

namespace dosewright {

template <int W>
struct Lanes;

template <>
struct Lanes<1> {
  static constexpr int kWidth = 1;
  static constexpr bool kFused = false;  // whether fused() is one instruction
  using V = double;
  using I = std::uint64_t;
  using M = bool;

  static V load(const double* from) { return *from; }
  static void store(double* to, V value) { *to = value; }
  static V of(double value) { return value; }
  static I of_bits(std::uint64_t value) { return value; }
  static I bits(V value) { return __builtin_bit_cast(I, value); }
  static V from_bits(I value) { return __builtin_bit_cast(V, value); }
  static V select(M mask, V a, V b) { return mask ? a : b; }
  static V sqrt(V value) { return std::sqrt(value); }
  static V fused(V a, V b, V c) { return std::fma(a, b, c); }  // a b + c, rounded once
};

template <class L>
[[gnu::always_inline]] inline typename L::V absolute(typename L::V value) {
  return L::from_bits(L::bits(value) & L::of_bits(0x7FFF'FFFF'FFFF'FFFF));
}

template <class L>
[[gnu::always_inline]] inline typename L::M is_nan(typename L::V value) {
  return value != value;  // NOLINT(misc-redundant-expression): a NaN alone differs from itself
}

template <class L>
[[gnu::always_inline]] inline typename L::M either_is_nan(typename L::V a, typename L::V b) {
  return (a != a) | (b != b);  // NOLINT(misc-redundant-expression): as above
}

}  // namespace dosewright
