#include "dosewright/base/random.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <set>
#include <vector>

#include "dosewright/base/file.hpp"

namespace dosewright {
namespace {

using Block = std::array<std::uint32_t, 4>;

constexpr std::uint64_t kSeed = 20130129;
constexpr int kDraws = 100000;

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments moments(const std::function<double(std::uint32_t)>& value) {
  double sum = 0, squares = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const double x = value(i);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST_CASE("Philox 4x32-10 gives the published answers of Random123") {
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("the counter is draw, stream, patient; the key is the seed") {
  const std::uint64_t seed = 0x299f31d0a4093822, patient = 0x0370734413198a2e;
  const std::uint64_t bits = std::uint64_t{0xd16cfe09} << 32 | 0x94fdcceb;
  const double expected = std::ldexp(static_cast<double>((bits >> 11) | 1), -53);
  CHECK(Draws(seed, patient, 0x85a308d3).uniform(0x243f6a88) == expected);
}

TEST_CASE("seed, patient, stream and draw each give another number") {
  std::set<double> seen;
  for (std::uint64_t seed : {1ULL, 2ULL, 1ULL << 32}) {
    for (std::uint64_t patient : {1ULL, 2ULL, 1ULL << 32}) {
      for (std::uint32_t stream : {0U, 1U}) {
        for (std::uint32_t draw : {0U, 1U}) seen.insert(Draws(seed, patient, stream).uniform(draw));
      }
    }
  }
  CHECK(seen.size() == 3 * 3 * 2 * 2);
}

TEST_CASE("uniform draws: moments, and every tenth of the range is equally full") {
  const Draws draws(kSeed, 1, 1);
  const Moments m = moments([&](std::uint32_t i) { return draws.uniform(i); });
  CHECK(std::abs(m.mean - 0.5) < 4 * std::sqrt(1.0 / 12 / kDraws));
  CHECK(m.variance == doctest::Approx(1.0 / 12).epsilon(0.01));
  std::array<int, 10> tenths{};
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const double u = draws.uniform(i);
    REQUIRE((u > 0 && u < 1));
    ++tenths[static_cast<std::size_t>(u * 10)];
  }
  double chi2 = 0;
  for (const int count : tenths) chi2 += std::pow(count - kDraws / 10.0, 2) / (kDraws / 10.0);
  CHECK(chi2 < 27.9);  // 0.1 % point, 9 degrees of freedom
}

TEST_CASE("neighbouring patients, streams and draws are not correlated") {
  const auto correlation = [](const std::function<double(std::uint32_t)>& a,
                              const std::function<double(std::uint32_t)>& b) {
    double sum = 0;
    for (std::uint32_t i = 0; i < kDraws; ++i) sum += (a(i) - 0.5) * (b(i) - 0.5);
    return sum / kDraws * 12;
  };
  const Draws base(kSeed, 1, 1), patient(kSeed, 2, 1), stream(kSeed, 1, 2), seed(kSeed + 1, 1, 1);
  const auto of = [](const Draws& d) { return [&d](std::uint32_t i) { return d.uniform(i); }; };
  const double limit = 4 / std::sqrt(kDraws);
  CHECK(std::abs(correlation(of(base), of(patient))) < limit);
  CHECK(std::abs(correlation(of(base), of(stream))) < limit);
  CHECK(std::abs(correlation(of(base), of(seed))) < limit);
  CHECK(std::abs(correlation(of(base), [&](std::uint32_t i) { return base.uniform(i + 1); })) <
        limit);
}

TEST_CASE("the normal quantile at published points") {
  CHECK(normal_quantile(0.5) == 0);
  // Test values that the paper gives for PPND16. [Wichura1988]
  CHECK(normal_quantile(0.25) == doctest::Approx(-0.6744897501960817).epsilon(1e-15));
  CHECK(normal_quantile(0.001) == doctest::Approx(-3.090232306167814).epsilon(1e-15));
  CHECK(normal_quantile(1e-20) == doctest::Approx(-9.262340089798408).epsilon(1e-15));
  CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-15));
}

TEST_CASE("the normal quantile undoes the distribution function") {
  for (double exponent = -300; exponent < -0.31; exponent += 0.37) {
    const double p = std::pow(10, exponent);
    const double x = normal_quantile(p);
    const double back = 0.5 * std::erfc(-x / std::sqrt(2.0));
    CAPTURE(p);
    // A relative error e of x becomes about x*x*e in p.
    CHECK(std::abs(back / p - 1) < 1e-15 * (4 + 2 * x * x));
  }
}

TEST_CASE("the normal quantile is odd and rising across its three branches") {
  double last = -INFINITY;
  for (int i = 1; i < 4096; ++i) {
    const double p = i / 4096.0;
    CHECK(normal_quantile(p) == -normal_quantile(1 - p));
    CHECK(normal_quantile(p) > last);
    last = normal_quantile(p);
  }
}

TEST_CASE("normal draws have mean 0 and SD 1 and normal tails") {
  const Draws draws(kSeed, 7, 3);
  const Moments m = moments([&](std::uint32_t i) { return draws.normal(i); });
  CHECK(std::abs(m.mean) < 4 / std::sqrt(kDraws));
  CHECK(m.variance == doctest::Approx(1).epsilon(0.02));
  int beyond = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) beyond += std::abs(draws.normal(i)) > 1.959964 ? 1 : 0;
  CHECK(std::abs(beyond - 0.05 * kDraws) < 4 * std::sqrt(kDraws * 0.05 * 0.95));
}

TEST_CASE("lognormal draws have the given median and log SD") {
  const Draws draws(kSeed, 7, 4);
  const Moments m =
      moments([&](std::uint32_t i) { return std::log(draws.lognormal(i, 80, 0.3) / 80); });
  CHECK(std::abs(m.mean) < 4 * 0.3 / std::sqrt(kDraws));
  CHECK(m.variance == doctest::Approx(0.09).epsilon(0.02));
  CHECK(draws.lognormal(0, 80, 0) == 80);
  // Our own exp agrees with the library's.
  for (std::uint32_t i = 0; i < 1000; ++i) {
    CHECK(draws.lognormal(i, 1, 10) ==
          doctest::Approx(std::exp(10 * draws.normal(i))).epsilon(1e-15));
  }
}

TEST_CASE("Bernoulli draws") {
  const Draws draws(kSeed, 7, 5);
  const Moments m = moments([&](std::uint32_t i) { return draws.bernoulli(i, 0.3) ? 1.0 : 0.0; });
  CHECK(std::abs(m.mean - 0.3) < 4 * std::sqrt(0.21 / kDraws));
  CHECK(!draws.bernoulli(0, 0));
  CHECK(draws.bernoulli(0, 1));
}

TEST_CASE("Poisson draws have mean and variance alike") {
  const Draws draws(kSeed, 7, 6);
  CHECK(draws.poisson(0, 0) == 0);
  for (const double mean : {0.01, 0.7, 3.0, 40.0, 499.0, 501.0, 1e6}) {
    CAPTURE(mean);
    const Moments m = moments([&](std::uint32_t i) { return draws.poisson(i, mean) - mean; });
    CHECK(std::abs(m.mean) < 4 * std::sqrt(mean / kDraws));
    CHECK(m.variance == doctest::Approx(mean).epsilon(0.05));
  }
  int none = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) none += draws.poisson(i, 0.7) == 0 ? 1 : 0;
  CHECK(none / double{kDraws} == doctest::Approx(std::exp(-0.7)).epsilon(0.01));
}

TEST_CASE("categorical draws follow their weights") {
  const Draws draws(kSeed, 7, 8);
  const std::vector<double> weights = {0, 2, 0, 6, 0};
  int threes = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const int drawn = draws.categorical(i, weights);
    REQUIRE((drawn == 1 || drawn == 3));
    threes += drawn == 3 ? 1 : 0;
  }
  CHECK(std::abs(threes - 0.75 * kDraws) < 4 * std::sqrt(kDraws * 0.75 * 0.25));
  const std::vector<double> one = {5};
  CHECK(draws.categorical(0, one) == 0);
}

TEST_CASE("the same draws on every machine: a pinned hash of their bits") {
  std::string bits;
  for (std::uint64_t patient = 0; patient < 100; ++patient) {
    const Draws draws(kSeed, patient, 2);
    for (std::uint32_t i = 0; i < 50; ++i) {
      const double values[] = {draws.normal(i), draws.lognormal(i, 3, 0.4),
                               static_cast<double>(draws.poisson(i, 4))};
      bits.append(reinterpret_cast<const char*>(values), sizeof values);
    }
  }
  CHECK(sha256_hex(bits) == "ac75a83dde67e4865c17b3050fd9f88aaa2c14aa755cc29d7847efea383d1426");
}

}  // namespace
}  // namespace dosewright
