// The kernel of a chunk where nothing is known of the processor: pairs of doubles, and single ones.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/cohort/chunk_kernel.hpp"

namespace dosewright::cohort {

const ChunkKernel kChunkOne = ChunkOps<Lanes<1>>::kernel();
const ChunkKernel kChunkPortable = ChunkOps<Lanes<2>>::kernel();

}  // namespace dosewright::cohort
