// All 512 lanes at a time; an instruction of AVX-512 computes any function of three bits, so that a
// full adder takes two. Compiled with -mavx512f where the compiler has it; run only where the
// processor has it too.
#include "dosewright/molecule/scan_kernel.hpp"

#ifdef __AVX512F__
// GCC 12 warns of its own header's deliberately undefined values (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace dosewright::molecule {
namespace {

// Tables of ternary functions: bit 4a + 2b + c of the table is the value for a, b, c.
constexpr int kXor3 = 0x96;          // a ^ b ^ c
constexpr int kOr3 = 0xFE;           // a | b | c
constexpr int kInverseCarry = 0xD4;  // (~c & (a ^ b)) | (a & ~(a ^ b))
constexpr int kOrNor = 0xF1;         // a | ~(b | c)
constexpr int kXorOr = 0x1E;         // a ^ (b | c)

struct Widest {
  static constexpr int kWords = 8;
  __m512i bits;

  static Widest load(const std::uint64_t* at) { return {_mm512_loadu_si512(at)}; }
  static Widest zeros() { return {_mm512_setzero_si512()}; }
  static Widest ones() { return {_mm512_set1_epi64(-1)}; }
  void store(std::uint64_t* at) const { _mm512_storeu_si512(at, bits); }
  bool any() const { return _mm512_test_epi64_mask(bits, bits) != 0; }
  friend Widest operator|(Widest a, Widest b) { return {_mm512_or_si512(a.bits, b.bits)}; }
  friend Widest operator&(Widest a, Widest b) { return {_mm512_and_si512(a.bits, b.bits)}; }

  // For the meaning see scan_portable.cpp.
  static Widest add(Widest& sum, Widest a, Widest b) {
    const __m512i carry = _mm512_ternarylogic_epi64(a.bits, b.bits, sum.bits, kInverseCarry);
    sum.bits = _mm512_ternarylogic_epi64(sum.bits, a.bits, b.bits, kXor3);
    return {carry};
  }
  static void cell(Widest match, Widest& plus, Widest& minus, Widest& up, Widest& down) {
    const __m512i same = _mm512_ternarylogic_epi64(match.bits, minus.bits, down.bits, kOr3);
    const __m512i up_next = _mm512_ternarylogic_epi64(minus.bits, same, plus.bits, kOrNor);
    const __m512i down_next = _mm512_and_si512(plus.bits, same);
    plus.bits = _mm512_ternarylogic_epi64(down.bits, same, up.bits, kOrNor);
    minus.bits = _mm512_and_si512(up.bits, same);
    up.bits = up_next;
    down.bits = down_next;
  }
  static void count(std::uint64_t* at, Widest& up, Widest& down, Widest& bit) {
    const Widest old = load(at);
    bit.bits = _mm512_ternarylogic_epi64(old.bits, up.bits, down.bits, kXorOr);
    bit.store(at);
    up.bits = _mm512_and_si512(up.bits, old.bits);
    down.bits = _mm512_andnot_si512(old.bits, down.bits);
  }
};

constexpr ScanKernels kKernels = {mismatch_kernel<Widest>, edit_kernel<Widest>};

}  // namespace

const ScanKernels* avx512_kernels() {
  return &kKernels;
}

}  // namespace dosewright::molecule
#else
namespace dosewright::molecule {

const ScanKernels* avx512_kernels() {
  return nullptr;
}

}  // namespace dosewright::molecule
#endif
