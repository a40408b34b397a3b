// Draws in lanes against those one by one: the same bits, in every width.
#include "dosewright/base/draw_batch.hpp"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/base/elementary.hpp"
#include "dosewright/base/random.hpp"

namespace dosewright {
namespace {

constexpr std::uint64_t kDrawSeed = 0xFEDC'BA98'7654'3210;

std::uint64_t bits(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

// Patients and draws with bits in every word of the counter.
std::uint64_t patient_of(std::uint32_t i) {
  return std::uint64_t{i} * 0x9E37'79B9'7F4A'7C15;
}
std::uint32_t draw_of(std::uint32_t i) {
  return i * 2654435761U;
}

// Of an odd number, modulo 2^32: each step doubles the bits that are right.
constexpr std::uint32_t inverse(std::uint32_t odd) {
  std::uint32_t x = odd;
  for (int i = 0; i < 5; ++i) x *= 2 - odd * x;
  return x;
}

// The counter whose Philox block this is: each round undone, the last first. The factors are the
// inverses of Philox's own, modulo 2^32.
std::array<std::uint32_t, 4> counter_of(std::array<std::uint32_t, 4> c) {
  constexpr std::uint64_t kFactor0 = 0xD2511F53, kFactor1 = 0xCD9E8D57;
  constexpr std::uint32_t kBack0 = inverse(0xD2511F53), kBack1 = inverse(0xCD9E8D57);
  for (std::uint32_t round = 10; round-- > 0;) {
    const std::uint32_t key0 = static_cast<std::uint32_t>(kDrawSeed) + round * 0x9E3779B9U;
    const std::uint32_t key1 = static_cast<std::uint32_t>(kDrawSeed >> 32) + round * 0xBB67AE85U;
    const std::uint32_t c2 = c[1] * kBack1, c0 = c[3] * kBack0;
    c = {c0, c[0] ^ static_cast<std::uint32_t>(kFactor1 * c2 >> 32) ^ key0, c2,
         c[2] ^ static_cast<std::uint32_t>(kFactor0 * c0 >> 32) ^ key1};
  }
  return c;
}

}  // namespace

TEST_CASE("draws in lanes have the bits of draws one by one") {
  constexpr std::uint32_t kMany = 20'003;  // no multiple of any width
  for (const Width width : kWidths) {
    if (!supported(width)) continue;
    CAPTURE(to_text(width));
    DrawBatch uniforms(DrawBatch::Kind::kUniform, kDrawSeed, width);
    DrawBatch normals(DrawBatch::Kind::kNormal, kDrawSeed, width);
    DrawBatch lognormals(DrawBatch::Kind::kLognormal, kDrawSeed, width);
    for (std::uint32_t i = 0; i < kMany; ++i) {
      uniforms.ask(patient_of(i), i % 9, draw_of(i));
      normals.ask(patient_of(i), i % 9, draw_of(i));
      lognormals.ask(patient_of(i), i % 9, draw_of(i), 0.01 * (i % 100));
    }
    uniforms.draw();
    normals.draw();
    lognormals.draw();
    int unlike = 0;
    for (std::uint32_t i = 0; i < kMany; ++i) {
      const Draws one(kDrawSeed, patient_of(i), i % 9);
      const double z = one.normal(draw_of(i));
      unlike += static_cast<int>(bits(uniforms[i]) != bits(one.uniform(draw_of(i))));
      unlike += static_cast<int>(bits(normals[i]) != bits(z));
      unlike +=
          static_cast<int>(bits(lognormals[i]) != bits(elementary::exp(0.01 * (i % 100) * z)));
    }
    CHECK(unlike == 0);
  }
}

// One in 10^11 draws lies in the far tail; Philox runs backwards to find which.
TEST_CASE("a draw of the far tail is noticed in lanes, and is that of one by one") {
  for (const std::array<std::uint32_t, 4>& block :
       {std::array<std::uint32_t, 4>{0, 5, 6, 7}, {0xFFFF'FFFF, 0xFFFF'FF00, 1, 2}}) {
    const std::array<std::uint32_t, 4> counter = counter_of(block);
    const std::uint64_t patient = std::uint64_t{counter[3]} << 32 | counter[2];
    const double z = Draws(kDrawSeed, patient, counter[1]).normal(counter[0]);
    CHECK(std::abs(z) > 6.7);
    for (const Width width : kWidths) {
      if (!supported(width)) continue;
      DrawBatch batch(DrawBatch::Kind::kNormal, kDrawSeed, width);
      for (std::uint32_t i = 0; i < 11; ++i) batch.ask(i, 1, i);
      const std::size_t place = batch.ask(patient, counter[1], counter[0]);
      batch.draw();
      CHECK(bits(batch[place]) == bits(z));
      CHECK(bits(batch[3]) == bits(Draws(kDrawSeed, 3, 1).normal(3)));
    }
  }
}

TEST_CASE("a batch that has held as many before allocates nothing") {
  DrawBatch batch(DrawBatch::Kind::kNormal, 3);
  const auto fill = [&] {
    batch.clear();
    for (std::uint32_t i = 0; i < 500; ++i) batch.ask(i, 1, i);
    batch.draw();
    return batch[499];
  };
  const double first = fill();
  const long before = allocations();
  CHECK(fill() == first);
  CHECK(allocations() == before);
}

}  // namespace dosewright
