// The kernel of collocation, eight doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/sim/collocate_kernel.hpp"
#include "dosewright/sim/curve_kernel.hpp"

namespace dosewright::sim {

#if defined(__AVX512F__)
const CollocateKernel kCollocateAvx512 = CollocateOps<Lanes<8>>::kernel();
const CurveKernel kCurveAvx512 = CurveOps<Lanes<8>>::kernel();
#else
const CollocateKernel kCollocateAvx512 = {};
const CurveKernel kCurveAvx512 = {};
#endif

}  // namespace dosewright::sim
