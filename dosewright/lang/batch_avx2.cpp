// The batch kernel of four doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/lang/batch_kernel.hpp"

namespace dosewright::lang {

#if defined(__AVX2__)
const BatchKernel kBatchAvx2 = &execute_batch<Lanes<4>>;
const NodeKernel kNodesAvx2 = &execute_nodes<Lanes<4>>;
#else
const BatchKernel kBatchAvx2 = nullptr;
const NodeKernel kNodesAvx2 = nullptr;
#endif

}  // namespace dosewright::lang
