// The inner loops of the scan, written once and compiled once for each width of vector.
//
// Idea. A packed text keeps 512 stretches ("lanes") of 1024 bases side by side: row r holds base r
// of every lane, as one bit in each of four planes (A, C, G, T). Boolean operations on a row treat
// all lanes at once, and the next base of every lane is simply the next row: nothing is shifted.
//
// Mismatches: position i of the query asks one plane of row r + i; what fails is summed by
// carry-save adders into counters that start at 2^n - 1 - k, so that the carry out of the last
// counter says "more than k" [Warren2012, ch. 5]. Cost per row and query position: about one and a
// half full adders, whatever the text.
// Edits: the bit-parallel recurrence of [Myers1999] in the form of [Hyyro2003], turned on its side:
// a bit of a word is there a row of the matrix, here it is a lane. Five operations a cell.
//
// This file is included by one source per width, which are compiled with different flags. So
// everything is in an anonymous namespace, and nothing of the standard library is called: an
// inline function that the linker shares between the sources could carry instructions that the
// machine does not have.
#pragma once

#include "dosewright/molecule/scan_kernels.hpp"

// Loops over a few rows at once must vanish, and the functions called in them, or what they hold
// stays in memory: without this the scan takes several times as long with -O2.
#ifdef __clang__
#define DW_UNROLL _Pragma("unroll")
#else
#define DW_UNROLL _Pragma("GCC unroll 8")
#endif

namespace dosewright::molecule {
namespace {

// V: the vector, with load, store, and the operations below. See scan_portable.cpp.
template <class V>
struct Rows {
  const std::uint64_t* at;  // first word of the lanes that this vector holds
  V plane(std::uint32_t offset) const { return V::load(at + offset); }
};

// Ones where the text matches position i of the query. kCodes: a position may ask several planes.
template <class V, bool kCodes>
[[gnu::always_inline]] inline V matches(const Rows<V>& rows, const MismatchPlan& plan, int i) {
  if constexpr (!kCodes) return rows.plane(plan.offsets[i]);
  V found = V::zeros();
  for (std::uint32_t plane = 0; plane < 4; ++plane) {
    if ((plan.masks[i] >> plane & 1U) == 0) continue;
    found = found | rows.plane(static_cast<std::uint32_t>(i) * kRowWords + plane * kPlaneWords);
  }
  return found;
}

// Adds 2^kLevel+1 positions to the counters 0 to kLevel. Inputs and result are inverted: a zero bit
// in the result is a carry. kPadded: positions past the end of the query count as matches.
template <class V, int kLevel, bool kCodes, bool kPadded>
[[gnu::always_inline]] inline V add_group(V* counter, const Rows<V>& rows, const MismatchPlan& plan,
                                          int i) {
  if constexpr (kLevel < 0) {
    return kPadded && i >= plan.length ? V::ones() : matches<V, kCodes>(rows, plan, i);
  } else {
    const V a = add_group<V, kLevel - 1, kCodes, kPadded>(counter, rows, plan, i);
    const V b = add_group<V, kLevel - 1, kCodes, kPadded>(counter, rows, plan, i + (1 << kLevel));
    return V::add(counter[kLevel], a, b);
  }
}

inline void keep(HitWords& hits, int row, int word, std::uint64_t bits) {
  if (bits == 0) return;
  hits.words[hits.n++] = {static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(word), bits};
}

template <class V>
void keep_all(HitWords& hits, int row, int word, V ok) {
  if (!ok.any()) return;
  std::uint64_t parts[V::kWords];
  ok.store(parts);
  for (int i = 0; i < V::kWords; ++i) keep(hits, row, word + i, parts[i]);
}

// kTogether rows at a time, so that the plan is read once for all of them.
template <class V, int kBits, bool kCodes, int kTogether>
void mismatch_group(const std::uint64_t* rows, int row, const MismatchPlan& plan, HitWords& hits) {
  constexpr int kGroup = 1 << kBits;
  for (int word = 0; word < kPlaneWords; word += V::kWords) {
    V counter[kTogether][kBits + 1];
    V ok[kTogether];
    Rows<V> at[kTogether];
    DW_UNROLL
    for (int t = 0; t < kTogether; ++t) {
      at[t] = {rows + static_cast<std::int64_t>(row + t) * kRowWords + word};
      ok[t] = V::ones();
      DW_UNROLL
      for (int bit = 0; bit < kBits; ++bit) {
        counter[t][bit] = (plan.bias >> bit & 1) != 0 ? V::ones() : V::zeros();
      }
    }
    int i = 0;
    for (; i + kGroup <= plan.length; i += kGroup) {
      DW_UNROLL
      for (int t = 0; t < kTogether; ++t) {
        ok[t] = ok[t] & add_group<V, kBits - 1, kCodes, false>(counter[t], at[t], plan, i);
      }
    }
    if (i < plan.length) {
      DW_UNROLL
      for (int t = 0; t < kTogether; ++t) {
        ok[t] = ok[t] & add_group<V, kBits - 1, kCodes, true>(counter[t], at[t], plan, i);
      }
    }
    DW_UNROLL
    for (int t = 0; t < kTogether; ++t) keep_all(hits, row + t, word, ok[t]);
  }
}

// Asks memory for the four rows that are needed in a moment; past the text it does nothing.
[[gnu::always_inline]] inline void fetch_ahead(const std::uint64_t* row) {
  constexpr int kAhead = 32 * kRowWords, kLineWords = 8;
  for (int word = 0; word < 4 * kRowWords; word += kLineWords) {
    __builtin_prefetch(row + kAhead + word);
  }
}

template <class V, int kBits, bool kCodes>
void mismatch_rows(const std::uint64_t* rows, int n_rows, const MismatchPlan& plan,
                   HitWords& hits) {
  int row = 0;
  for (; row + 4 <= n_rows; row += 4) {
    fetch_ahead(rows + static_cast<std::int64_t>(row) * kRowWords);
    mismatch_group<V, kBits, kCodes, 4>(rows, row, plan, hits);
  }
  for (; row < n_rows; ++row) mismatch_group<V, kBits, kCodes, 1>(rows, row, plan, hits);
}

template <class V, int kBits>
void mismatch_codes(const std::uint64_t* rows, int n_rows, const MismatchPlan& plan,
                    HitWords& hits) {
  if (plan.masks == nullptr) {
    mismatch_rows<V, kBits, false>(rows, n_rows, plan, hits);
  } else {
    mismatch_rows<V, kBits, true>(rows, n_rows, plan, hits);
  }
}

template <class V>
void mismatch_kernel(const std::uint64_t* rows, int n_rows, const MismatchPlan& plan,
                     HitWords& hits) {
  switch (plan.n_bits) {
    case 0:
      return mismatch_codes<V, 0>(rows, n_rows, plan, hits);
    case 1:
      return mismatch_codes<V, 1>(rows, n_rows, plan, hits);
    case 2:
      return mismatch_codes<V, 2>(rows, n_rows, plan, hits);
    case 3:
      return mismatch_codes<V, 3>(rows, n_rows, plan, hits);
    default:
      return mismatch_codes<V, 4>(rows, n_rows, plan, hits);
  }
}

template <class V, bool kCodes>
[[gnu::always_inline]] inline V equal(const std::uint64_t* row, const EditPlan& plan, int i) {
  if constexpr (!kCodes) return V::load(row + plan.planes[i]);
  V found = V::zeros();
  for (int plane = 0; plane < 4; ++plane) {
    if ((plan.masks[i] >> plane & 1U) != 0) found = found | V::load(row + plane * kPlaneWords);
  }
  return found;
}

// D[length][j] - (k + 1) in two's complement, one vector a bit; moves by +1, 0 or -1.
template <class V>
[[gnu::always_inline]] inline V move_score(std::uint64_t* score, int n_bits, V up, V down) {
  V sign = V::zeros();
  for (int bit = 0; bit < n_bits; ++bit) {
    V::count(score + bit * kPlaneWords, up, down, sign);
  }
  return sign;
}

// kTogether columns of the matrix at a time, so that its state is read and written once for all.
// first, state: at the word of a row from which V's lanes are taken.
template <class V, bool kCodes, int kTogether>
void edit_group(const std::uint64_t* first, int row, const EditPlan& plan, std::uint64_t* state,
                HitWords* hits, int word) {
  V up[kTogether], down[kTogether];  // horizontal differences, D[i][j] - D[i][j-1] = +1, -1
  DW_UNROLL
  for (int t = 0; t < kTogether; ++t) up[t] = down[t] = V::zeros();
  for (int i = 0; i < plan.length; ++i) {
    std::uint64_t* const at = state + static_cast<std::int64_t>(i) * 2 * kPlaneWords;
    V plus = V::load(at);  // vertical differences, D[i][j] - D[i-1][j] = +1, -1
    V minus = V::load(at + kPlaneWords);
    DW_UNROLL
    for (int t = 0; t < kTogether; ++t) {
      const V match =
          equal<V, kCodes>(first + static_cast<std::int64_t>(row + t) * kRowWords, plan, i);
      V::cell(match, plus, minus, up[t], down[t]);
    }
    plus.store(at);
    minus.store(at + kPlaneWords);
  }
  std::uint64_t* const score = state + static_cast<std::int64_t>(plan.length) * 2 * kPlaneWords;
  DW_UNROLL
  for (int t = 0; t < kTogether; ++t) {
    const V hit = move_score(score, plan.n_bits, up[t], down[t]);
    if (hits != nullptr) keep_all(*hits, row + t, word, hit);
  }
}

template <class V, bool kCodes>
void edit_rows(const std::uint64_t* rows, int n_rows, const EditPlan& plan, std::uint64_t* state,
               HitWords* hits) {
  for (int word = 0; word < kPlaneWords; word += V::kWords) {
    const std::uint64_t* const first = rows + word;
    int row = 0;
    for (; row + 4 <= n_rows; row += 4) {
      edit_group<V, kCodes, 4>(first, row, plan, state + word, hits, word);
    }
    for (; row < n_rows; ++row) {
      edit_group<V, kCodes, 1>(first, row, plan, state + word, hits, word);
    }
  }
}

template <class V>
void edit_kernel(const std::uint64_t* rows, int n_rows, const EditPlan& plan, std::uint64_t* state,
                 HitWords* hits) {
  if (plan.masks == nullptr) {
    edit_rows<V, false>(rows, n_rows, plan, state, hits);
  } else {
    edit_rows<V, true>(rows, n_rows, plan, state, hits);
  }
}

}  // namespace
}  // namespace dosewright::molecule

#undef DW_UNROLL
