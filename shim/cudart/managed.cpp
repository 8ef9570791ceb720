// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Advice, prefetches and discards of managed memory.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/memory_hints.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

using core::MemoryHints;

[[maybe_unused]] core::MemoryLocation placeOf(int device) {
  return device == cudaCpuDeviceId ? core::MemoryLocation{core::kLocationHost, 0}
                                   : core::MemoryLocation{core::kLocationDevice, device};
}

[[maybe_unused]] core::MemoryLocation placeOf(const cudaMemLocation& location) {
  return {int(location.type), location.id};
}

} // namespace

#if CUDART_VERSION < 13000
Result<void> memAdvise_v1(const void* devPtr, size_t count, cudaMemoryAdvise advice, int device) {
  AW_TRY(initialize());
  return MemoryHints::advise(devPtr, count, int(advice), placeOf(device));
}

Result<void> memPrefetchAsync_v1(const void* devPtr, size_t count, int dstDevice,
                                 cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  return MemoryHints::prefetch(*found, const_cast<void*>(devPtr), count, placeOf(dstDevice));
}
#endif

#if CUDART_VERSION >= 12000
Result<void> memAdvise(const void* devPtr, size_t count, cudaMemoryAdvise advice,
                       cudaMemLocation location) {
  AW_TRY(initialize());
  return MemoryHints::advise(devPtr, count, int(advice), placeOf(location));
}

Result<void> memPrefetchAsync(const void* devPtr, size_t count, cudaMemLocation location,
                              unsigned int flags, cudaStream_t stream) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(found, resolveStream(stream));
  return MemoryHints::prefetch(*found, const_cast<void*>(devPtr), count, placeOf(location));
}
#endif

#if CUDART_VERSION >= 13000
static Result<std::vector<MemoryHints::Range>> rangesOf(void** pointers, const size_t* sizes,
                                                        size_t count, unsigned long long flags) {
  if (flags != 0 || count == 0 || !pointers || !sizes)
    return makeError(Status::InvalidValue, "flags are not 0 or there are no ranges");
  std::vector<MemoryHints::Range> ranges;
  for (size_t i = 0; i < count; ++i)
    ranges.push_back({pointers[i], sizes[i]});
  return ranges;
}

static Result<std::vector<MemoryHints::Target>>
targetsOf(const cudaMemLocation* locations, const size_t* first, size_t number, size_t count) {
  if (!locations || !first || number == 0 || number > count)
    return makeError(Status::InvalidValue, "there are no locations, or more than ranges");
  std::vector<MemoryHints::Target> targets;
  for (size_t i = 0; i < number; ++i)
    targets.push_back({placeOf(locations[i]), first[i]});
  return targets;
}

Result<void> memPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                   cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs,
                                   size_t numPrefetchLocs, unsigned long long flags,
                                   cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  AW_LET(ranges, rangesOf(dptrs, sizes, count, flags));
  AW_LET(targets, targetsOf(prefetchLocs, prefetchLocIdxs, numPrefetchLocs, count));
  return MemoryHints::batch(*found, ranges, targets, false);
}

Result<void> memDiscardBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                  unsigned long long flags, cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  AW_LET(ranges, rangesOf(dptrs, sizes, count, flags));
  return MemoryHints::batch(*found, ranges, {}, true);
}

Result<void> memDiscardAndPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                             cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs,
                                             size_t numPrefetchLocs, unsigned long long flags,
                                             cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  AW_LET(ranges, rangesOf(dptrs, sizes, count, flags));
  AW_LET(targets, targetsOf(prefetchLocs, prefetchLocIdxs, numPrefetchLocs, count));
  return MemoryHints::batch(*found, ranges, targets, true);
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
