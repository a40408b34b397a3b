// The kernel of collocation where nothing is known of the processor: pairs of doubles, and single
// ones.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/sim/collocate_kernel.hpp"
#include "dosewright/sim/curve_kernel.hpp"

namespace dosewright::sim {

const CollocateKernel kCollocateOne = CollocateOps<Lanes<1>>::kernel();
const CollocateKernel kCollocatePortable = CollocateOps<Lanes<2>>::kernel();
const CurveKernel kCurveOne = CurveOps<Lanes<1>>::kernel();
const CurveKernel kCurvePortable = CurveOps<Lanes<2>>::kernel();

}  // namespace dosewright::sim
