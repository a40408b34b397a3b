// Words of 64 lanes: runs everywhere.
#include "dosewright/molecule/scan_kernel.hpp"

namespace dosewright::molecule {
namespace {

struct Word {
  static constexpr int kWords = 1;
  std::uint64_t bits;

  static Word load(const std::uint64_t* at) { return {*at}; }
  static Word zeros() { return {0}; }
  static Word ones() { return {~std::uint64_t{0}}; }
  void store(std::uint64_t* at) const { *at = bits; }
  bool any() const { return bits != 0; }
  friend Word operator|(Word a, Word b) { return {a.bits | b.bits}; }
  friend Word operator&(Word a, Word b) { return {a.bits & b.bits}; }

  // A full adder whose inputs a and b, and whose carry, are inverted; sum stays as it is.
  static Word add(Word& sum, Word a, Word b) {
    const std::uint64_t differ = a.bits ^ b.bits;
    const std::uint64_t carry = (~sum.bits & differ) | (a.bits & ~differ);
    sum.bits ^= differ;
    return {carry};
  }
  // One cell of the edit matrix: [Hyyro2003, fig. 1], by lanes.
  static void cell(Word match, Word& plus, Word& minus, Word& up, Word& down) {
    const std::uint64_t same = match.bits | minus.bits | down.bits;  // D[i][j] == D[i-1][j-1]
    const std::uint64_t up_next = minus.bits | ~(same | plus.bits);
    const std::uint64_t down_next = plus.bits & same;
    plus.bits = down.bits | ~(same | up.bits);
    minus.bits = up.bits & same;
    up.bits = up_next;
    down.bits = down_next;
  }
  // One bit of a counter that goes up or down; `bit` gets its new value.
  static void count(std::uint64_t* at, Word& up, Word& down, Word& bit) {
    const std::uint64_t old = *at;
    bit.bits = old ^ (up.bits | down.bits);
    *at = bit.bits;
    up.bits &= old;
    down.bits &= ~old;
  }
};

constexpr ScanKernels kKernels = {mismatch_kernel<Word>, edit_kernel<Word>};

}  // namespace

const ScanKernels* portable_kernels() {
  return &kKernels;
}

}  // namespace dosewright::molecule
