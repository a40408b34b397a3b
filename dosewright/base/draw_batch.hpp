// Draws of several patients at once: asked for one by one, answered together in lanes.
//
// Each has the bits of the draw of random.hpp (uniform, normal), or of elementary::exp of it
// (lognormal: exp(sd * z), median 1), in any width. Nothing is allocated once the batch has held as
// many before.
//
//   DrawBatch noise(DrawBatch::Kind::kNormal, seed);
//   const std::size_t z = noise.ask(patient, kNoise, 7);   // ... and many more
//   noise.draw();
//   use(noise[z]);
//   noise.clear();
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dosewright/base/width.hpp"

namespace dosewright {

struct DrawTask {
  const std::uint64_t* patient;
  const std::uint64_t* what;  // the draw in the lower half, its stream in the upper one
  const double* sd;           // of lognormal draws
  std::uint64_t seed;
  double* out;
  std::size_t n;  // a multiple of kLanePadding
};

// True: some quantile was of the far tail, and its answer is wrong.
using DrawKernel = bool (*)(const DrawTask&);

struct DrawKernels {
  DrawKernel uniform, normal, lognormal;
};
extern const DrawKernels kDrawsOne, kDrawsPortable, kDrawsAvx2, kDrawsAvx512;

class DrawBatch {
 public:
  enum class Kind : std::uint8_t { kUniform, kNormal, kLognormal };

  /// The width must be supported (checked).
  DrawBatch(Kind kind, std::uint64_t seed, Width width = widest());

  /// The place of the answer.
  std::size_t ask(std::uint64_t patient, std::uint32_t stream, std::uint32_t draw, double sd = 1) {
    if (n_ == patient_.size()) grow();
    patient_[n_] = patient;
    what_[n_] = std::uint64_t{stream} << 32 | draw;
    sd_[n_] = sd;
    return n_++;
  }
  std::size_t size() const { return n_; }

  void draw();
  double operator[](std::size_t place) const { return out_[place]; }
  std::span<const double> answers(std::size_t place, std::size_t n) const {
    return std::span(out_).subspan(place, n);
  }
  void clear() { n_ = 0; }

 private:
  void grow();
  double one(std::size_t place) const;

  Kind kind_;
  std::uint64_t seed_;
  DrawKernel kernel_;
  std::size_t n_ = 0;
  std::vector<std::uint64_t> patient_, what_;
  std::vector<double> sd_, out_;
};

}  // namespace dosewright
