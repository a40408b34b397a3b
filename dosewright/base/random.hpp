// Counter-based random numbers: a draw is a function of (seed, patient, stream, draw).
//
// Philox 4x32-10 [Salmon2011, table 2]. No state, so the answer cannot depend on the order in
// which patients are simulated, on threads, chunks or shards.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace dosewright {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

// One patient's stream of draws. Every function of one draw number uses the same random bits: take
// a new number for each independent quantity. Streams separate purposes (ETAs, assay noise,
// adherence ...), so that adding a draw to one never moves another.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t patient, std::uint32_t stream)
      : seed_(seed), patient_(patient), stream_(stream) {}

  // An odd multiple of 2^-53 in (0, 1): never 0 or 1, and 1 - u is as likely as u.
  double uniform(std::uint32_t draw) const;
  double normal(std::uint32_t draw) const;  // mean 0, SD 1, by inversion [Wichura1988]
  double lognormal(std::uint32_t draw, double median, double sd_log) const;
  bool bernoulli(std::uint32_t draw, double probability) const;
  // By inversion to a mean of 500, the rounded normal above; mean in [0, 1e9], checked.
  int poisson(std::uint32_t draw, double mean) const;
  // An index, as likely as its weight; weights >= 0 and finite, one of them positive, checked.
  int categorical(std::uint32_t draw, std::span<const double> weights) const;

 private:
  std::uint64_t seed_;
  std::uint64_t patient_;
  std::uint32_t stream_;
};

// The standard normal quantile of p in (0, 1), checked; relative error about 1e-15.
// [Wichura1988, AS241 PPND16]
double normal_quantile(double p);

// What Draws::poisson() and Draws::categorical() make of the uniform draw u.
int poisson_quantile(double u, double mean);
int categorical_quantile(double u, std::span<const double> weights);

}  // namespace dosewright
