// The batch kernel where nothing is known of the processor: pairs of doubles, and single ones.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/lang/batch_kernel.hpp"

namespace dosewright::lang {

const BatchKernel kBatchOne = &execute_batch<Lanes<1>>;
const BatchKernel kBatchPortable = &execute_batch<Lanes<2>>;
const NodeKernel kNodesOne = &execute_nodes<Lanes<1>>;
const NodeKernel kNodesPortable = &execute_nodes<Lanes<2>>;

}  // namespace dosewright::lang
