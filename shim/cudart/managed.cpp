// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Advice, prefetches and discards of managed memory.
#include "api/cudart/impl.h"
#include "common/memory_hints.h"
#include "cudart/current.h"

namespace anywarp::cudart {

using core::MemoryHints;

#if CUDART_VERSION < 13000
Result<void> memAdvise_v1(const void* devPtr, size_t count, cudaMemoryAdvise advice, int device) {
  AW_TRY(initialize());
  return MemoryHints::advise(devPtr, count, int(advice), shim::deviceLocation(device));
}

Result<void> memPrefetchAsync_v1(const void* devPtr, size_t count, int dstDevice,
                                 cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  return MemoryHints::prefetch(*found, const_cast<void*>(devPtr), count,
                               shim::deviceLocation(dstDevice));
}
#endif

#if CUDART_VERSION >= 12000
Result<void> memAdvise(const void* devPtr, size_t count, cudaMemoryAdvise advice,
                       cudaMemLocation location) {
  AW_TRY(initialize());
  return MemoryHints::advise(devPtr, count, int(advice), shim::locationOf(location));
}

Result<void> memPrefetchAsync(const void* devPtr, size_t count, cudaMemLocation location,
                              unsigned int flags, cudaStream_t stream) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(found, resolveStream(stream));
  return MemoryHints::prefetch(*found, const_cast<void*>(devPtr), count,
                               shim::locationOf(location));
}
#endif

#if CUDART_VERSION >= 13000
Result<void> memPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                   cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs,
                                   size_t numPrefetchLocs, unsigned long long flags,
                                   cudaStream_t stream) {
  return shim::prefetchBatch(resolveStream(stream), dptrs, sizes, count, prefetchLocs,
                             prefetchLocIdxs, numPrefetchLocs, flags, false);
}

Result<void> memDiscardBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                  unsigned long long flags, cudaStream_t stream) {
  return shim::discardBatch(resolveStream(stream), dptrs, sizes, count, flags);
}

Result<void> memDiscardAndPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                             cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs,
                                             size_t numPrefetchLocs, unsigned long long flags,
                                             cudaStream_t stream) {
  return shim::prefetchBatch(resolveStream(stream), dptrs, sizes, count, prefetchLocs,
                             prefetchLocIdxs, numPrefetchLocs, flags, true);
}
#endif

Result<void> memRangeGetAttribute(void* data, size_t dataSize, cudaMemRangeAttribute attribute,
                                  const void* devPtr, size_t count) {
  AW_TRY(initialize());
  return MemoryHints::attribute(data, dataSize, int(attribute), devPtr, count);
}

Result<void> memRangeGetAttributes(void** data, size_t* dataSizes,
                                   cudaMemRangeAttribute* attributes, size_t numAttributes,
                                   const void* devPtr, size_t count) {
  AW_ARG(data && dataSizes && attributes && numAttributes != 0, "a list is null or empty");
  for (size_t i = 0; i < numAttributes; ++i)
    AW_TRY(memRangeGetAttribute(data[i], dataSizes[i], attributes[i], devPtr, count));
  return {};
}

} // namespace anywarp::cudart
