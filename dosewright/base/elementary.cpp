#include "dosewright/base/elementary.hpp"

namespace dosewright::elementary {
namespace {

double pow_plain(double x, double y) {
  return pow_of<Lanes<1>>(x, y);
}

#if defined(__x86_64__)
struct FusedLane : Lanes<1> {
  static constexpr bool kFused = true;  // cppcheck-suppress duplInheritedMember
  [[gnu::always_inline]] static inline double fused(double a, double b, double c) {
    return __builtin_fma(a, b, c);
  }
};

[[gnu::target("fma")]] double pow_fused(double x, double y) {
  return pow_of<FusedLane>(x, y);
}

bool has_fused() {
  return __builtin_cpu_supports("fma") != 0;
}
#else
double pow_fused(double x, double y) {
  return pow_plain(x, y);
}
bool has_fused() {
  return false;
}
#endif

}  // namespace

double pow(double x, double y) {
  static const bool fused = has_fused();
  return fused ? pow_fused(x, y) : pow_plain(x, y);
}

}  // namespace dosewright::elementary
