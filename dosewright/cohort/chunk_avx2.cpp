// The kernel of a chunk of four doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/cohort/chunk_kernel.hpp"

namespace dosewright::cohort {

#if defined(__AVX2__)
const ChunkKernel kChunkAvx2 = ChunkOps<Lanes<4>>::kernel();
#else
const ChunkKernel kChunkAvx2 = {};
#endif

}  // namespace dosewright::cohort
