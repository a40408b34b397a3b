// Samples made by hand, whose standard errors are known.
#include "dosewright/refine/estimate.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/base/random.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::refine {
namespace {

constexpr int kBlocks = 40;

// A mean (x = 1) of numbers with an SD of 2 around a level; blocks differ by `between`.
Sample means(double level, double between, std::uint32_t stream) {
  Sample sample(1);
  sample.resize(kBlocks);
  for (int i = 0; i < sample.patients(); ++i) {
    const Draws patient(7, static_cast<std::uint64_t>(i), stream);
    const Draws block(7, static_cast<std::uint64_t>(i / kPatientsPerBlock), stream + 100);
    sample.at(i, 0) = {level + 2 * patient.normal(0) + between * block.normal(0), 1};
  }
  return sample;
}

}  // namespace

TEST_CASE("a mean, its standard error, and nothing where nobody has the outcome") {
  const Estimate estimate = estimate_of(means(10, 0, 1), 0);
  const double expected = 2 / std::sqrt(1000.0);
  CHECK(estimate.value == doctest::Approx(10).epsilon(0.02));
  CHECK(estimate.error > 0.8 * expected);
  CHECK(estimate.error < 1.5 * expected);
  CHECK(estimate.uncertainty < 0.4);  // a fifth of 2: what 25 patients a block leave to chance
  Sample nobody(1);
  nobody.resize(4);
  CHECK(lang::is_unknown(estimate_of(nobody, 0).value));
}

TEST_CASE("what blocks share is told as uncertainty of the parameters, and in the error") {
  const Estimate estimate = estimate_of(means(10, 3, 1), 0);
  CHECK(estimate.uncertainty == doctest::Approx(3).epsilon(0.3));
  CHECK(estimate.error == doctest::Approx(3 / std::sqrt(40.0)).epsilon(0.35));
  CHECK(estimate.hi - estimate.lo > 2 * 1.96 * 2);
}

TEST_CASE("a rate is a ratio of sums, not a mean of ratios") {
  Sample sample(1);
  sample.resize(4);
  for (int i = 0; i < sample.patients(); ++i) {
    sample.at(i, 0) = i % 2 == 0 ? Sample::Cell{30, 10} : Sample::Cell{0, 2};
  }
  CHECK(estimate_of(sample, 0).value == doctest::Approx(30.0 / 12.0).epsilon(0.02));
}

TEST_CASE("the same patients in both schedules: what they share does not blur the difference") {
  const Sample a = means(10, 1, 1);
  Sample b = a;
  for (int i = 0; i < b.patients(); ++i) b.at(i, 0).y += 0.5 + (i % 2 == 0 ? 0.1 : -0.1);
  const Difference paired = difference_of(b, a, 0);
  const Difference apart = difference_of(b, a, 0, false);
  CHECK(paired.value == doctest::Approx(0.5).epsilon(0.01));
  CHECK(paired.error < 0.01);
  CHECK(apart.error > 20 * paired.error);
}

TEST_CASE("only patients whom both have are compared") {
  const Sample a = means(10, 0, 1);
  Sample b = a;
  b.resize(10);
  CHECK(difference_of(a, b, 0).value == 0);
  CHECK(difference_of(a, b, 0).error == 0);
}

TEST_CASE("the probability of a constraint is a half at its limit") {
  Constraint most;
  most.limit = 5;
  Estimate estimate{5, 0.3, 0.4, 0, 0};
  CHECK(probability_of(most, estimate) == doctest::Approx(0.5));
  CHECK(holds(most, estimate));
  estimate.value = 5.5;  // one SD of both above
  CHECK(probability_of(most, estimate) == doctest::Approx(0.1587).epsilon(0.001));
  CHECK_FALSE(holds(most, estimate));
  Constraint least = most;
  least.at_most = false;
  CHECK(probability_of(least, estimate) == doctest::Approx(0.8413).epsilon(0.001));
  estimate.error = estimate.uncertainty = 0;
  CHECK(probability_of(most, estimate) == 0);
  CHECK(probability_of(least, estimate) == 1);
}

}  // namespace dosewright::refine
