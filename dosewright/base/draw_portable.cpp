// The draw kernels where nothing is known of the processor: pairs of doubles, and single ones.
#include "dosewright/base/draw_kernel.hpp"

namespace dosewright {

const DrawKernels kDrawsOne = DrawOps<Lanes<1>>::kernels();
const DrawKernels kDrawsPortable = DrawOps<Lanes<2>>::kernels();

}  // namespace dosewright
