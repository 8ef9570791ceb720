// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hints about managed memory. All devices here share the host's memory, so that checked hints have
// no effect.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/memory.h"
#include "cudart/current.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::cudart {
namespace {

// The range must lie in one managed allocation, or in memory that CUDA does not know (pageable
// memory may be advised on where devices reach it, as here).
Result<void> checkRange(const void* pointer, size_t count) {
  AW_ARG(pointer && count != 0, "the range is empty");
  auto allocation = core::Memory::find(pointer);
  if (!allocation)
    return {};
  AW_ARG(allocation->managed, "the memory is not managed");
  size_t offset = size_t(static_cast<const char*>(pointer) - allocation->base);
  AW_ARG(count <= allocation->size - offset, "the range is larger than its allocation");
  return {};
}

Result<void> checkDevice(int device) {
  AW_TRY(initialize());
  if (device == cudaCpuDeviceId)
    return {};
  AW_TRY(deviceAt(device));
  return {};
}

[[maybe_unused]] Result<void> checkLocation(const cudaMemLocation& location) {
  switch (int(location.type)) {
  case cudaMemLocationTypeDevice:
    return checkDevice(location.id);
  case 2: // host
  case 3: // one NUMA node of the host
  case 4: // the calling thread's NUMA node
    return initialize();
  }
  return makeError(Status::InvalidValue, "unknown type of location");
}

Result<void> checkAdvice(cudaMemoryAdvise advice) {
  AW_ARG(int(advice) >= cudaMemAdviseSetReadMostly && int(advice) <= cudaMemAdviseUnsetAccessedBy,
         "unknown advice");
  return {};
}

} // namespace

#if CUDART_VERSION < 13000
Result<void> memAdvise_v1(const void* devPtr, size_t count, cudaMemoryAdvise advice, int device) {
  AW_TRY(checkAdvice(advice));
  if (advice != cudaMemAdviseSetReadMostly && advice != cudaMemAdviseUnsetReadMostly &&
      advice != cudaMemAdviseUnsetPreferredLocation)
    AW_TRY(checkDevice(device));
  return checkRange(devPtr, count);
}

Result<void> memPrefetchAsync_v1(const void* devPtr, size_t count, int dstDevice,
                                 cudaStream_t stream) {
  AW_TRY(checkDevice(dstDevice));
  AW_TRY(resolveStream(stream));
  return checkRange(devPtr, count);
}
#endif

#if CUDART_VERSION >= 12000
Result<void> memAdvise(const void* devPtr, size_t count, cudaMemoryAdvise advice,
                       cudaMemLocation location) {
  AW_TRY(checkAdvice(advice));
  if (advice != cudaMemAdviseSetReadMostly && advice != cudaMemAdviseUnsetReadMostly &&
      advice != cudaMemAdviseUnsetPreferredLocation)
    AW_TRY(checkLocation(location));
  return checkRange(devPtr, count);
}

Result<void> memPrefetchAsync(const void* devPtr, size_t count, cudaMemLocation location,
                              unsigned int flags, cudaStream_t stream) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_TRY(checkLocation(location));
  AW_TRY(resolveStream(stream));
  return checkRange(devPtr, count);
}
#endif

#if CUDART_VERSION >= 13000
static Result<void> checkRanges(void** dptrs, const size_t* sizes, size_t count,
                                unsigned long long flags, cudaStream_t stream) {
  AW_ARG(flags == 0 && count != 0 && dptrs && sizes, "flags are not 0 or there are no ranges");
  AW_TRY(resolveStream(stream));
  for (size_t i = 0; i < count; ++i)
    AW_TRY(checkRange(dptrs[i], sizes[i]));
  return {};
}

static Result<void> checkLocations(const cudaMemLocation* locations, const size_t* indices,
                                   size_t locationCount, size_t count) {
  AW_ARG(locations && indices && locationCount != 0 && locationCount <= count,
         "there are no locations, or more than ranges");
  AW_ARG(indices[0] == 0, "the first location must hold for the first range");
  for (size_t i = 0; i < locationCount; ++i) {
    AW_ARG(i == 0 || (indices[i] > indices[i - 1] && indices[i] < count),
           "the indices of locations must grow");
    AW_TRY(checkLocation(locations[i]));
  }
  return {};
}

Result<void> memPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                   cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs,
                                   size_t numPrefetchLocs, unsigned long long flags,
                                   cudaStream_t stream) {
  AW_TRY(checkLocations(prefetchLocs, prefetchLocIdxs, numPrefetchLocs, count));
  return checkRanges(dptrs, sizes, count, flags, stream);
}

Result<void> memDiscardBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                  unsigned long long flags, cudaStream_t stream) {
  return checkRanges(dptrs, sizes, count, flags, stream);
}

Result<void> memDiscardAndPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                             cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs,
                                             size_t numPrefetchLocs, unsigned long long flags,
                                             cudaStream_t stream) {
  AW_TRY(checkLocations(prefetchLocs, prefetchLocIdxs, numPrefetchLocs, count));
  return checkRanges(dptrs, sizes, count, flags, stream);
}
#endif

Result<void> memRangeGetAttribute(void* data, size_t dataSize, cudaMemRangeAttribute attribute,
                                  const void* devPtr, size_t count) {
  AW_ARG(data && dataSize != 0 && dataSize % 4 == 0, "dataSize must be a multiple of 4");
  AW_TRY(initialize());
  AW_TRY(checkRange(devPtr, count));
  auto answer = [&](int value) -> Result<void> {
    AW_ARG(dataSize == 4, "this attribute has 4 bytes");
    ::memcpy(data, &value, sizeof value);
    return {};
  };
  switch (int(attribute)) {
  case cudaMemRangeAttributeReadMostly:
    return answer(0);
  case cudaMemRangeAttributePreferredLocation:
  case cudaMemRangeAttributeLastPrefetchLocation:
    return answer(cudaInvalidDeviceId);
  case cudaMemRangeAttributeAccessedBy:
    for (size_t i = 0; i < dataSize / 4; ++i)
      static_cast<int*>(data)[i] = cudaInvalidDeviceId;
    return {};
  case 5: // type of the preferred location
  case 6: // its number
  case 7: // type of the last prefetch location
  case 8: // its number
    return answer(0);
  }
  return makeError(Status::InvalidValue,
                   fmt::format("ranges have no attribute {}", int(attribute)));
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
