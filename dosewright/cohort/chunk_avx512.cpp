// The kernel of a chunk of eight doubles a vector; empty where the compiler has no such vectors.
#include "dosewright/base/lanes_simd.hpp"
#include "dosewright/cohort/chunk_kernel.hpp"

namespace dosewright::cohort {

#if defined(__AVX512F__)
const ChunkKernel kChunkAvx512 = ChunkOps<Lanes<8>>::kernel();
#else
const ChunkKernel kChunkAvx512 = {};
#endif

}  // namespace dosewright::cohort
