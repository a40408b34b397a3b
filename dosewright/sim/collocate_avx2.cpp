// The kernel of collocation, four doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/sim/collocate_kernel.hpp"
#include "dosewright/sim/curve_kernel.hpp"

namespace dosewright::sim {

#if defined(__AVX2__)
const CollocateKernel kCollocateAvx2 = CollocateOps<Lanes<4>>::kernel();
const CurveKernel kCurveAvx2 = CurveOps<Lanes<4>>::kernel();
#else
const CollocateKernel kCollocateAvx2 = {};
const CurveKernel kCurveAvx2 = {};
#endif

}  // namespace dosewright::sim
