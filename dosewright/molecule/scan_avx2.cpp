// 256 lanes at a time. Compiled with -mavx2 where the compiler has it; run only where the processor
// has it too.
#include "dosewright/molecule/scan_kernel.hpp"

#ifdef __AVX2__
#include <immintrin.h>

namespace dosewright::molecule {
namespace {

struct Wide {
  static constexpr int kWords = 4;
  __m256i bits;

  static Wide load(const std::uint64_t* at) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at))};
  }
  static Wide zeros() { return {_mm256_setzero_si256()}; }
  static Wide ones() { return {_mm256_set1_epi64x(-1)}; }
  void store(std::uint64_t* at) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), bits); }
  bool any() const { return _mm256_testz_si256(bits, bits) == 0; }
  friend Wide operator|(Wide a, Wide b) { return {_mm256_or_si256(a.bits, b.bits)}; }
  friend Wide operator&(Wide a, Wide b) { return {_mm256_and_si256(a.bits, b.bits)}; }

  // For the meaning see scan_portable.cpp.
  static Wide add(Wide& sum, Wide a, Wide b) {
    const __m256i differ = _mm256_xor_si256(a.bits, b.bits);
    const __m256i carry =
        _mm256_or_si256(_mm256_andnot_si256(sum.bits, differ), _mm256_andnot_si256(differ, a.bits));
    sum.bits = _mm256_xor_si256(sum.bits, differ);
    return {carry};
  }
  static void cell(Wide match, Wide& plus, Wide& minus, Wide& up, Wide& down) {
    const __m256i same = _mm256_or_si256(_mm256_or_si256(match.bits, minus.bits), down.bits);
    const __m256i differ = _mm256_xor_si256(same, ones().bits);
    const __m256i up_next = _mm256_or_si256(minus.bits, _mm256_andnot_si256(plus.bits, differ));
    const __m256i down_next = _mm256_and_si256(plus.bits, same);
    plus.bits = _mm256_or_si256(down.bits, _mm256_andnot_si256(up.bits, differ));
    minus.bits = _mm256_and_si256(up.bits, same);
    up.bits = up_next;
    down.bits = down_next;
  }
  static void count(std::uint64_t* at, Wide& up, Wide& down, Wide& bit) {
    const Wide old = load(at);
    bit.bits = _mm256_xor_si256(old.bits, _mm256_or_si256(up.bits, down.bits));
    bit.store(at);
    up.bits = _mm256_and_si256(up.bits, old.bits);
    down.bits = _mm256_andnot_si256(old.bits, down.bits);
  }
};

constexpr ScanKernels kKernels = {mismatch_kernel<Wide>, edit_kernel<Wide>};

}  // namespace

const ScanKernels* avx2_kernels() {
  return &kKernels;
}

}  // namespace dosewright::molecule
#else
namespace dosewright::molecule {

const ScanKernels* avx2_kernels() {
  return nullptr;
}

}  // namespace dosewright::molecule
#endif
