// Draws are pure functions of (seed, patient, stream, draw): one Philox block each.
//
// The C library picks its exp and log by processor, and the choices differ in the last bit. A
// trial must be the same on every machine, so the two are written out below in plain arithmetic
// (compiled with -ffp-contract=off): Taylor and atanh series after exact range reduction, with
// errors below 2 units in the last place over the ranges that are drawn from.
#include "dosewright/base/random.hpp"

#include <bit>
#include <cmath>
#include <string>

#include "dosewright/base/check.hpp"
#include "dosewright/base/quantile_terms.hpp"

namespace dosewright {
namespace {

using quantile::kLn2High;
using quantile::kLn2Low;
using quantile::polynomial;

// exp(x) for |x| <= 700.
double portable_exp(double x) {
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;  // |r| <= ln(2)/2
  double sum = 0;
  for (int n = 14; n >= 1; --n) sum = (sum + 1) * r / n;
  return std::ldexp(1 + sum, static_cast<int>(k));
}

// log(x) for a positive normal x: x = 2^k * m with m in [sqrt(1/2), sqrt(2)), and
// log(m) = 2 * atanh(s) with s = (m - 1) / (m + 1).
double portable_log(double x) {
  int k = 0;
  double m = std::frexp(x, &k);
  if (m < 0.70710678118654752) {
    m *= 2;
    --k;
  }
  const double s = (m - 1) / (m + 1);
  const double s2 = s * s;
  double tail = 0;  // s2/3 + s2^2/5 + ...
  for (const double inverse : quantile::kOdd) tail = s2 * (inverse + tail);
  return k * kLn2High + (2 * s + (2 * s * tail + k * kLn2Low));
}

std::uint32_t high_half(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}
std::uint32_t low_half(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}

constexpr double kExactPoissonMean = 500;  // above it exp(-mean) is too near to underflow
constexpr double kLargestPoissonMean = 1e9;

// Less than exp(-mean), by more than rounding errs: its series up to a negative term. Most draws of
// rare events end here.
double below_exp_of_minus(double mean) {
  const double m = mean;
  const double series = 1 - m * (1 - m / 2 * (1 - m / 3 * (1 - m / 4 * (1 - m / 5))));
  return series - 1e-14 * (1 + m * m * m * m * m);
}

// Above the exact range the normal approximation, whose skewness error is below 0.05 there.
int large_poisson(double mean, double z) {
  return static_cast<int>(std::floor(mean + std::sqrt(mean) * z + 0.5));
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {high_half(product1) ^ counter[1] ^ key[0], low_half(product1),
               high_half(product0) ^ counter[3] ^ key[1], low_half(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

double Draws::uniform(std::uint32_t draw) const {
  const auto word = philox4x32({draw, stream_, low_half(patient_), high_half(patient_)},
                               {low_half(seed_), high_half(seed_)});
  const std::uint64_t bits = std::uint64_t{word[0]} << 32 | word[1];
  return static_cast<double>((bits >> 11) | 1) * 0x1p-53;
}

double Draws::normal(std::uint32_t draw) const {
  return normal_quantile(uniform(draw));
}

double Draws::lognormal(std::uint32_t draw, double median, double sd_log) const {
  return median * portable_exp(sd_log * normal(draw));
}

bool Draws::bernoulli(std::uint32_t draw, double probability) const {
  return uniform(draw) < probability;
}

int Draws::poisson(std::uint32_t draw, double mean) const {
  return poisson_quantile(uniform(draw), mean);
}

int poisson_quantile(double u, double mean) {
  DW_CHECK(mean >= 0 && mean <= kLargestPoissonMean, std::to_string(mean));
  if (mean > kExactPoissonMean) return large_poisson(mean, normal_quantile(u));
  if (u < below_exp_of_minus(mean)) return 0;
  double term = portable_exp(-mean);
  double below = term;
  int count = 0;
  // Past the mean the terms fall; where one no longer moves the sum, no later one does.
  while (u > below && (count <= mean || below + term != below)) {
    ++count;
    term *= mean / count;
    below += term;
  }
  return count;
}

int Draws::categorical(std::uint32_t draw, std::span<const double> weights) const {
  return categorical_quantile(uniform(draw), weights);
}

int categorical_quantile(double u, std::span<const double> weights) {
  double total = 0;
  int last = -1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    DW_CHECK(weights[i] >= 0 && std::isfinite(weights[i]), std::to_string(weights[i]));
    total += weights[i];
    if (weights[i] > 0) last = static_cast<int>(i);
  }
  DW_CHECK(last >= 0, "a categorical draw needs a positive weight");
  const double target = u * total;
  double below = 0;
  for (int i = 0; i < last; ++i) {
    below += weights[static_cast<std::size_t>(i)];
    if (target < below) return i;
  }
  return last;
}

double normal_quantile(double p) {
  DW_CHECK(p > 0 && p < 1, std::to_string(p));
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(quantile::kA, r) / polynomial(quantile::kB, r);
  }
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double tail = r <= 5 ? polynomial(quantile::kC, r - 1.6) / polynomial(quantile::kD, r - 1.6)
                             : polynomial(quantile::kE, r - 5) / polynomial(quantile::kF, r - 5);
  return q < 0 ? -tail : tail;
}

}  // namespace dosewright
