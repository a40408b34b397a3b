// Which vector widths this processor has; kernels exist in each, and all give the same bits.
#pragma once

#include <array>
#include <cstdint>

namespace dosewright {

/// Doubles in a vector: 1 (the scalar reference), 2 (any processor), 4 (AVX2 and FMA), 8 (AVX-512).
enum class Width : std::uint8_t { kOne, kPortable, kAvx2, kAvx512 };
inline constexpr std::array<Width, 4> kWidths = {Width::kOne, Width::kPortable, Width::kAvx2,
                                                 Width::kAvx512};

/// True if this processor has the instructions of the width.
bool supported(Width width);
Width widest();  // of the supported ones
const char* to_text(Width width);

/// Lanes are kept in multiples of this, so that every width fits.
inline constexpr int kLanePadding = 8;
constexpr int padded_lanes(int n_lanes) {
  return (n_lanes + kLanePadding - 1) / kLanePadding * kLanePadding;
}

}  // namespace dosewright
