// exp, log and pow with the same bits on every processor and in every lane width.
//
// Problem: a library's exp depends on its version and on the processor, and has no vector form of
// equal bits. Idea: argument reduction to a power of two and a short interval, then a polynomial
// [CodyWaite1980; coefficients: least maximum error, found by the Remez exchange], written once
// with IEEE operations only and no branch. pow carries the logarithm as a sum of two doubles with
// the error-free transformations of [Dekker1971]. Against 64-bit-mantissa references the error
// stays below 0.9 units in the last place for exp and log, 1.3 for pow (elementary_test.cpp).
// Special values are those of IEEE 754: pow(x, 0) = pow(1, y) = 1; lang makes unknowns of them.
#pragma once

#include <limits>

#include "dosewright/base/lanes.hpp"

namespace dosewright::elementary {

inline constexpr double kLn2High = 0x1.62e42fefa3000p-1;  // k times this is exact for |k| < 2^12
inline constexpr double kLn2Low = 0x1.3de6af278ece6p-42;
inline constexpr double kLog2e = 0x1.71547652b82fep+0;
inline constexpr double kWholeShift = 0x1.8p52;  // adding it rounds to a whole number
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

// a + b, and what the addition lost.
template <class L>
struct Sum {
  using V = typename L::V;
  V high, low;
};

// Where |a| >= |b|, or their exponents are equal [Dekker1971].
template <class L>
[[gnu::always_inline]] inline Sum<L> fast_sum(typename L::V a, typename L::V b) {
  const typename L::V high = a + b;
  return {high, b - (high - a)};
}

template <class L>
[[gnu::always_inline]] inline Sum<L> exact_sum(typename L::V a, typename L::V b) {
  const typename L::V high = a + b;
  const typename L::V other = high - a;
  return {high, (a - (high - other)) + (b - other)};
}

// a * b without any loss, for |a|, |b| < 2^990 and products that are not subnormal [Dekker1971].
template <class L>
[[gnu::always_inline]] inline Sum<L> exact_product(typename L::V a, typename L::V b) {
  using V = typename L::V;
  if constexpr (L::kFused) {  // without loss as well, so the same two numbers
    const V rounded = a * b;
    return {rounded, L::fused(a, b, -rounded)};
  }
  constexpr double kSplit = 0x1p27 + 1;
  const V wide_a = a * kSplit, wide_b = b * kSplit;
  const V a1 = wide_a - (wide_a - a), b1 = wide_b - (wide_b - b);
  const V a2 = a - a1, b2 = b - b1;
  const V product = a * b;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2, to 2e-18. Pairs first: short chains of operations.
template <class L>
[[gnu::always_inline]] inline typename L::V exp_tail(typename L::V r) {
  using V = typename L::V;
  const V r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const V a = 0x1p-1 + r * 0x1.5555555555557p-3;
  const V b = 0x1.5555555555558p-5 + r * 0x1.11111111100dep-7;
  const V c = 0x1.6c16c16c151ffp-10 + r * 0x1.a01a01abe65f0p-13;
  const V d = 0x1.a01a01acf926dp-16 + r * 0x1.71de0236ce467p-19;
  const V e = 0x1.27e4ccd2a6b69p-22 + r * 0x1.af4dde872f11fp-26 + r2 * 0x1.1f8b4347197b5p-29;
  return ((a + b * r2) + (c + d * r2) * r4) + e * r8;
}

// exp(high + low) for high in [-746, 710] or NaN, |low| far below |high| or 1e-9. The power of two
// is applied as two factors: both are normal numbers where the result is not.
template <class L>
[[gnu::always_inline]] inline typename L::V exp_of_sum(typename L::V high, typename L::V low) {
  using V = typename L::V;
  using I = typename L::I;
  const V shifted = high * kLog2e + kWholeShift;
  const V k = shifted - kWholeShift;
  const V head = high - k * kLn2High;
  const V tail = low - k * kLn2Low;
  const V r = head + tail;
  const V rest = (head - r) + tail;
  const V mantissa = 1 + (r + (rest + r * r * exp_tail<L>(r)));
  const I n = L::bits(shifted) - L::bits(L::of(kWholeShift - 2048));  // k + 2048
  if constexpr (L::kWidth == 1) {  // a normal result: one factor does what two would
    if (high > -700 && high < 700) return mantissa * L::from_bits((n - 1025) << 52);
  }
  const I half = n >> 1;
  const I one = L::of_bits(1);
  const V first = L::from_bits((half - one) << 52);
  const V second = L::from_bits((n - half - one) << 52);
  return mantissa * first * second;
}

template <class L>
[[gnu::always_inline]] inline typename L::V exp_of(typename L::V x) {
  using V = typename L::V;
  if constexpr (L::kWidth == 1) {
    if (x > -700 && x < 700) return exp_of_sum<L>(x, 0);
  }
  const V below = L::select(x > 710.0, L::of(710), x);
  return exp_of_sum<L>(L::select(below < -746.0, L::of(-746), below), L::of(0));
}

// x = m 2^k with m in [sqrt(1/2), sqrt(2)), for x > 0 and finite.
template <class L>
struct Parts {
  using V = typename L::V;
  V m, k;
};

template <class L>
[[gnu::always_inline]] inline Parts<L> normal_parts(typename L::V x) {
  using V = typename L::V;
  using I = typename L::I;
  const I bits = L::bits(x);
  const I biased = (bits + L::of_bits(0x3FF0'0000'0000'0000 - 0x3FE6'A09E'667F'3BCD)) >> 52;
  const V m = L::from_bits(bits - ((biased - L::of_bits(1023)) << 52));
  const V k = L::from_bits(biased | L::of_bits(0x4330'0000'0000'0000)) - (0x1p52 + 1023);
  return {m, k};
}

template <class L>
[[gnu::always_inline]] inline Parts<L> parts_of(typename L::V x) {
  if constexpr (L::kWidth == 1) {
    if (x >= 0x1p-1022) return normal_parts<L>(x);
  }
  const auto tiny = x < 0x1p-1022;
  const auto [m, k] = normal_parts<L>(L::select(tiny, x * 0x1p54, x));
  return {m, k - L::select(tiny, L::of(54), L::of(0))};
}

template <class L>
[[gnu::always_inline]] inline typename L::V log_of(typename L::V x) {
  using V = typename L::V;
  const auto [m, k] = parts_of<L>(x);
  const V f = m - 1;
  const V s = f / (2 + f);  // log(1 + f) = 2 atanh(s)
  const V z = s * s, z2 = z * z, z4 = z2 * z2;
  const V a = 0x1.5555555555558p-1 + z * 0x1.999999999522fp-2;
  const V b = 0x1.2492492e02a4ep-2 + z * 0x1.c71c62d1cb0bfp-3;
  const V c = 0x1.7462b9b811343p-3 + z * 0x1.39fdc7c4a3a19p-3 + z2 * 0x1.2b5f0beecdd5ap-3;
  const V tail = z * ((a + b * z2) + c * z4);
  const V square = 0.5 * f * f;
  const V value = k * kLn2High - ((square - (s * (square + tail) + k * kLn2Low)) - f);
  if constexpr (L::kWidth == 1) {
    if (x > 0 && x < kInfinity) return value;
  }
  const V outside = L::select(x == 0.0, L::of(-kInfinity), L::of(kNotANumber));
  return L::select(x == kInfinity, x, L::select(x > 0.0, value, outside));
}

// log(x) to about 2^-65 of itself, for x > 0 and finite.
template <class L>
[[gnu::always_inline]] inline Sum<L> exact_log(typename L::V x) {
  using V = typename L::V;
  const auto [m, k] = parts_of<L>(x);
  const V f = m - 1;
  const Sum<L> divisor = fast_sum<L>(L::of(1), m);
  const V inverse = 1 / divisor.high;
  const V s = f * inverse;  // what this loses is found again in s_low
  const Sum<L> back = exact_product<L>(s, divisor.high);
  const V s_low = ((f - back.high) - back.low - s * divisor.low) * inverse;
  const Sum<L> square = exact_product<L>(s, s);
  const V z = square.high, z_low = square.low + 2 * s * s_low, z2 = z * z, z4 = z2 * z2;
  const V a = 0x1.999999999999fp-2 + z * 0x1.249249248e49ap-2;
  const V b = 0x1.c71c71d8053dfp-3 + z * 0x1.745d09dff9931p-3;
  const V c = 0x1.3b18bd1bbf267p-3 + z * 0x1.1018312e876dap-3 + z2 * 0x1.087e073a760d1p-3;
  const Sum<L> inner = fast_sum<L>(L::of(0x1.5555555555555p-1), z * ((a + b * z2) + c * z4));
  const V inner_low = inner.low + 0x1.5555555555555p-55;
  const Sum<L> cubic = exact_product<L>(z, inner.high);
  const V cubic_low = cubic.low + (z * inner_low + z_low * inner.high);
  const Sum<L> tail = exact_product<L>(s, cubic.high);
  const V tail_low = tail.low + (s * cubic_low + s_low * cubic.high);
  const Sum<L> log_m = fast_sum<L>(2 * s, tail.high);
  const V log_m_low = log_m.low + (2 * s_low + tail_low);
  const Sum<L> sum = exact_sum<L>(k * kLn2High, log_m.high);
  return fast_sum<L>(sum.high, sum.low + (log_m_low + k * kLn2Low));
}

template <class L>
[[gnu::always_inline]] inline typename L::M is_whole(typename L::V magnitude) {
  return (magnitude >= 0x1p52) | (((magnitude + 0x1p52) - 0x1p52) == magnitude);
}

template <class L>
[[gnu::always_inline]] inline typename L::V clamped(typename L::V x, double low, double high) {
  const typename L::V below = L::select(x > high, L::of(high), x);
  return L::select(below < low, L::of(low), below);
}

// pow as IEEE 754 has it. An exponent beyond 2^64 is as good as 2^64: the result is 0, 1 or
// infinite already.
template <class L>
[[gnu::always_inline]] inline typename L::V pow_of(typename L::V x, typename L::V y) {
  using V = typename L::V;
  const V size = absolute<L>(x), exponent = clamped<L>(y, -0x1p64, 0x1p64);
  const Sum<L> log = exact_log<L>(size);
  const Sum<L> product = exact_product<L>(exponent, log.high);
  const V high = clamped<L>(product.high, -746, 710);
  const V low = L::select(high == product.high, product.low + exponent * log.low, L::of(0));
  V value = exp_of_sum<L>(high, low);
  if constexpr (L::kWidth == 1) {  // nothing of what follows changes such a value
    if (x > 0 && x < kInfinity && !is_nan<L>(y)) return value;
  }
  const V zero_or_infinite = L::select(y < 0.0, L::of(0), L::of(kInfinity));
  value = L::select(size == kInfinity, zero_or_infinite, value);
  value = L::select(size == 0.0, L::select(y < 0.0, L::of(kInfinity), L::of(0)), value);
  const V magnitude = absolute<L>(y);
  const V even = L::select(is_whole<L>(magnitude * 0.5), value, -value);
  const auto edge = (size == kInfinity) | (size == 0.0);
  const V broken = L::select(edge, value, L::of(kNotANumber));
  const V of_negative = L::select(is_whole<L>(magnitude), even, broken);
  const auto negative = (L::bits(x) >> 63) != 0;
  value = L::select(negative, of_negative, value);
  value = L::select(either_is_nan<L>(x, y), x + y, value);
  return L::select((y == 0.0) | (x == 1.0), L::of(1), value);
}

inline double exp(double x) {
  return exp_of<Lanes<1>>(x);
}
inline double log(double x) {
  return log_of<Lanes<1>>(x);
}
double pow(double x, double y);  // as pow_of<Lanes<1>>, by fused operations where there are any

}  // namespace dosewright::elementary
