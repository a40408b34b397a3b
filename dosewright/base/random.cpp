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

namespace dosewright {
namespace {

// ln 2 in two parts; the first has 32 trailing zero bits, so that k * kLn2High is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

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
  for (int n = 23; n >= 3; n -= 2) tail = s2 * (1.0 / n + tail);
  return k * kLn2High + (2 * s + (2 * s * tail + k * kLn2Low));
}

double polynomial(const std::array<double, 8>& coefficient, double x) {
  double sum = 0;
  for (int i = 7; i >= 0; --i) sum = sum * x + coefficient[static_cast<std::size_t>(i)];
  return sum;
}

// [Wichura1988], algorithm AS 241, function PPND16: rational approximations for the middle
// (a, b), the tail (c, d) and the far tail (e, f), lowest power first.
constexpr std::array<double, 8> kA = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                      1.9715909503065514427e3, 1.3731693765509461125e4,
                                      4.5921953931549871457e4, 6.7265770927008700853e4,
                                      3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr std::array<double, 8> kB = {1.0,
                                      4.2313330701600911252e1,
                                      6.8718700749205790830e2,
                                      5.3941960214247511077e3,
                                      2.1213794301586595867e4,
                                      3.9307895800092710610e4,
                                      2.8729085735721942674e4,
                                      5.2264952788528545610e3};
constexpr std::array<double, 8> kC = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                      5.76949722146069140550e0,  3.64784832476320460504e0,
                                      1.27045825245236838258e0,  2.41780725177450611770e-1,
                                      2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kD = {1.0,
                                      2.05319162663775882187e0,
                                      1.67638483018380384940e0,
                                      6.89767334985100004550e-1,
                                      1.48103976427480074590e-1,
                                      1.51986665636164571966e-2,
                                      5.47593808499534494600e-4,
                                      1.05075007164441684324e-9};
constexpr std::array<double, 8> kE = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                      1.78482653991729133580e0,  2.96560571828504891230e-1,
                                      2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                      2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kF = {1.0,
                                      5.99832206555887937690e-1,
                                      1.36929880922735805310e-1,
                                      1.48753612908506148525e-2,
                                      7.86869131145613259100e-4,
                                      1.84631831751005468180e-5,
                                      1.42151175831644588870e-7,
                                      2.04426310338993978564e-15};

std::uint32_t high_half(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}
std::uint32_t low_half(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}

constexpr double kExactPoissonMean = 500;  // above it exp(-mean) is too near to underflow
constexpr double kLargestPoissonMean = 1e9;

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
  DW_CHECK(mean >= 0 && mean <= kLargestPoissonMean, std::to_string(mean));
  if (mean > kExactPoissonMean) return large_poisson(mean, normal(draw));
  const double u = uniform(draw);
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
  double total = 0;
  int last = -1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    DW_CHECK(weights[i] >= 0 && std::isfinite(weights[i]), std::to_string(weights[i]));
    total += weights[i];
    if (weights[i] > 0) last = static_cast<int>(i);
  }
  DW_CHECK(last >= 0, "a categorical draw needs a positive weight");
  const double target = uniform(draw) * total;
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
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double tail = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                             : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -tail : tail;
}

}  // namespace dosewright
