// What the scan asks of its kernels, and which of them this machine can run. See scan_kernel.hpp.
#pragma once

#include <cstdint>

namespace dosewright::molecule {

// The layout of a packed text, see packed_text.hpp.
inline constexpr int kLanes = 512;                 // stretches of text side by side
inline constexpr int kRows = 1024;                 // bases of a lane
inline constexpr int kPlaneWords = kLanes / 64;    // words of 64 lanes in a plane of a row
inline constexpr int kRowWords = 4 * kPlaneWords;  // planes A, C, G, T
inline constexpr int kBlockWords = kRows * kRowWords;
inline constexpr int kBlockBases = kLanes * kRows;

inline constexpr int kMostRows = 64;  // that a kernel is given at once

// Lanes 64 word to 64 word + 63 of a row in which the query was found: one bit a lane.
struct HitWord {
  std::uint32_t row;
  std::uint32_t word;
  std::uint64_t bits;
};

// Room for every word of kMostRows rows.
struct HitWords {
  HitWord words[kMostRows * kPlaneWords];
  int n;
};

struct MismatchPlan {
  const std::uint32_t* offsets;  // of position i: 32 i + 8 plane, in words from the window's row
  const std::uint8_t* masks;     // instead, where the query has codes of several bases; else null
  int length;
  int n_bits;  // the smallest number with 2^n_bits > k
  int bias;    // 2^n_bits - 1 - k
};

struct EditPlan {
  const std::uint32_t* planes;  // of position i: 8 plane
  const std::uint8_t* masks;    // as above
  int length;
  int n_bits;  // of the score, sign included
};

// Per position of the query two vectors of kPlaneWords words (vertical differences +1 and -1), then
// n_bits vectors of the score.
inline constexpr int edit_state_words(int length, int n_bits) {
  return (2 * length + n_bits) * kPlaneWords;
}

struct ScanKernels {
  // rows: n_rows + length - 1 of them, n_rows <= kMostRows. A hit is the row of a window's start.
  void (*mismatches)(const std::uint64_t* rows, int n_rows, const MismatchPlan& plan,
                     HitWords& hits);
  // A hit is the row of a site's last base. hits null: only the state moves on.
  void (*edits)(const std::uint64_t* rows, int n_rows, const EditPlan& plan, std::uint64_t* state,
                HitWords* hits);
};

// Null where the program was not built for the width. Whether the processor has it is for the
// caller to ask.
const ScanKernels* portable_kernels();
const ScanKernels* avx2_kernels();
const ScanKernels* avx512_kernels();

}  // namespace dosewright::molecule
