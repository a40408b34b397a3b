// The batch kernel of eight doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/lang/batch_kernel.hpp"

namespace dosewright::lang {

#if defined(__AVX512F__)
const BatchKernel kBatchAvx512 = &execute_batch<Lanes<8>>;
const NodeKernel kNodesAvx512 = &execute_nodes<Lanes<8>>;
#else
const BatchKernel kBatchAvx512 = nullptr;
const NodeKernel kNodesAvx512 = nullptr;
#endif

}  // namespace dosewright::lang
