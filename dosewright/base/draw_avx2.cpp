// The draw kernels of four doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/draw_kernel.hpp"

namespace dosewright {

#if defined(__AVX2__)
const DrawKernels kDrawsAvx2 = DrawOps<Lanes<4>>::kernels();
#else
const DrawKernels kDrawsAvx2 = {};
#endif

}  // namespace dosewright
