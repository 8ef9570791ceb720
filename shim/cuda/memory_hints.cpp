// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Advice, prefetches and discards of managed memory.
#include "common/memory_hints.h"

#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> memAdvise(CUdeviceptr pointer, size_t bytes, CUmem_advise advice,
                       CUmemLocation location) {
  AW_TRY(core::Context::require());
  return core::MemoryHints::advise(address(pointer), bytes, advice, shim::locationOf(location));
}

Result<void> memAdvise_v1(CUdeviceptr pointer, size_t bytes, CUmem_advise advice, CUdevice device) {
  AW_TRY(core::Context::require());
  return core::MemoryHints::advise(address(pointer), bytes, advice, shim::deviceLocation(device));
}

Result<void> memPrefetchAsync(CUdeviceptr pointer, size_t bytes, CUmemLocation location,
                              unsigned int flags, CUstream handle) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(stream, findStream(handle));
  return core::MemoryHints::prefetch(*stream, address(pointer), bytes, shim::locationOf(location));
}

Result<void> memPrefetchAsync_v1(CUdeviceptr pointer, size_t bytes, CUdevice device,
                                 CUstream handle) {
  AW_LET(stream, findStream(handle));
  return core::MemoryHints::prefetch(*stream, address(pointer), bytes,
                                     shim::deviceLocation(device));
}

Result<void> memPrefetchBatchAsync(CUdeviceptr* pointers, size_t* sizes, size_t count,
                                   CUmemLocation* locations, size_t* first, size_t number,
                                   unsigned long long flags, CUstream stream) {
  return shim::prefetchBatch(findStream(stream), pointers, sizes, count, locations, first, number,
                             flags, false);
}

Result<void> memDiscardBatchAsync(CUdeviceptr* pointers, size_t* sizes, size_t count,
                                  unsigned long long flags, CUstream stream) {
  return shim::discardBatch(findStream(stream), pointers, sizes, count, flags);
}

Result<void> memDiscardAndPrefetchBatchAsync(CUdeviceptr* pointers, size_t* sizes, size_t count,
                                             CUmemLocation* locations, size_t* first, size_t number,
                                             unsigned long long flags, CUstream stream) {
  return shim::prefetchBatch(findStream(stream), pointers, sizes, count, locations, first, number,
                             flags, true);
}

Result<void> memRangeGetAttribute(void* data, size_t size, CUmem_range_attribute attribute,
                                  CUdeviceptr pointer, size_t bytes) {
  AW_TRY(core::Context::require());
  return core::MemoryHints::attribute(data, size, attribute, address(pointer), bytes);
}

Result<void> memRangeGetAttributes(void** data, size_t* sizes, CUmem_range_attribute* attributes,
                                   size_t count, CUdeviceptr pointer, size_t bytes) {
  AW_ARG(data && sizes && attributes && count, "null pointer");
  for (size_t i = 0; i < count; ++i)
    AW_TRY(memRangeGetAttribute(data[i], sizes[i], attributes[i], pointer, bytes));
  return {};
}

} // namespace anywarp::cuda
