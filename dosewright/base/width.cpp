#include "dosewright/base/width.hpp"

namespace dosewright {

bool supported(Width width) {
#if defined(__x86_64__)
  if (width == Width::kAvx2) {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  }
  if (width == Width::kAvx512) {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
  }
#endif
  return width == Width::kOne || width == Width::kPortable;
}

Width widest() {
  Width best = Width::kOne;
  for (const Width width : kWidths) {
    if (supported(width)) best = width;
  }
  return best;
}

const char* to_text(Width width) {
  switch (width) {
    case Width::kOne:
      return "one lane";
    case Width::kPortable:
      return "2 lanes, any processor";
    case Width::kAvx2:
      return "4 lanes, AVX2";
    case Width::kAvx512:
      return "8 lanes, AVX-512";
  }
  return "";
}

}  // namespace dosewright
