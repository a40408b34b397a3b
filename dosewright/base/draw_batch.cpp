#include "dosewright/base/draw_batch.hpp"

#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/base/elementary.hpp"
#include "dosewright/base/random.hpp"

namespace dosewright {
namespace {

DrawKernels draw_kernels(Width width) {
  switch (width) {
    case Width::kOne:
      return kDrawsOne;
    case Width::kPortable:
      return kDrawsPortable;
    case Width::kAvx2:
      return kDrawsAvx2;
    case Width::kAvx512:
      return kDrawsAvx512;
  }
  return kDrawsPortable;
}

DrawKernel draw_kernel(DrawBatch::Kind kind, Width width) {
  const DrawKernels kernels = draw_kernels(width);
  if (kind == DrawBatch::Kind::kUniform) return kernels.uniform;
  return kind == DrawBatch::Kind::kNormal ? kernels.normal : kernels.lognormal;
}

}  // namespace

DrawBatch::DrawBatch(Kind kind, std::uint64_t seed, Width width)
    : kind_(kind), seed_(seed), kernel_(draw_kernel(kind, width)) {
  DW_CHECK(supported(width) && kernel_ != nullptr, to_text(width));
}

void DrawBatch::grow() {
  const std::size_t room = std::max<std::size_t>(64, 2 * patient_.size());
  patient_.resize(room);
  what_.resize(room);
  sd_.resize(room);
  out_.resize(room);
}

// What stands behind the last draw asked for is drawn as well, and never looked at.
void DrawBatch::draw() {
  const auto n = static_cast<std::size_t>(padded_lanes(static_cast<int>(n_)));
  const bool far = kernel_({patient_.data(), what_.data(), sd_.data(), seed_, out_.data(), n});
  for (std::size_t place = 0; far && place < n_; ++place) out_[place] = one(place);
}

double DrawBatch::one(std::size_t place) const {
  const Draws draws(seed_, patient_[place], static_cast<std::uint32_t>(what_[place] >> 32));
  const auto number = static_cast<std::uint32_t>(what_[place]);
  if (kind_ == Kind::kUniform) return draws.uniform(number);
  const double normal = draws.normal(number);
  return kind_ == Kind::kNormal ? normal : elementary::exp(sd_[place] * normal);
}

}  // namespace dosewright
