// The draw kernels of eight doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/draw_kernel.hpp"

namespace dosewright {

#if defined(__AVX512F__)
const DrawKernels kDrawsAvx512 = DrawOps<Lanes<8>>::kernels();
#else
const DrawKernels kDrawsAvx512 = {};
#endif

}  // namespace dosewright
