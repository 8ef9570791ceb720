// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Advice, prefetches and discards of managed memory.
#include "core/memory_hints.h"

#include "cuda/location.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

core::MemoryLocation deviceLocation(CUdevice device) {
  return device == CU_DEVICE_CPU ? core::MemoryLocation{core::kLocationHost, 0}
                                 : core::MemoryLocation{core::kLocationDevice, device};
}

Result<std::vector<core::MemoryHints::Range>>
rangesOf(const CUdeviceptr* pointers, const size_t* sizes, size_t count, unsigned long long flags) {
  if (flags != 0 || !count || !pointers || !sizes)
    return makeError(Status::InvalidValue, "the flags are not 0, or the list is empty or null");
  std::vector<core::MemoryHints::Range> ranges;
  for (size_t i = 0; i < count; ++i)
    ranges.push_back({address(pointers[i]), sizes[i]});
  return ranges;
}

Result<std::vector<core::MemoryHints::Target>>
targetsOf(const CUmemLocation* locations, const size_t* first, size_t number, size_t count) {
  if (!locations || !first || !number || number > count)
    return makeError(Status::InvalidValue, "there are no locations, or more than ranges");
  std::vector<core::MemoryHints::Target> targets;
  for (size_t i = 0; i < number; ++i)
    targets.push_back({fromCuda(locations[i]), first[i]});
  return targets;
}

} // namespace

Result<void> memAdvise(CUdeviceptr pointer, size_t bytes, CUmem_advise advice,
                       CUmemLocation location) {
  AW_TRY(core::Context::require());
  return core::MemoryHints::advise(address(pointer), bytes, advice, fromCuda(location));
}

Result<void> memAdvise_v1(CUdeviceptr pointer, size_t bytes, CUmem_advise advice, CUdevice device) {
  AW_TRY(core::Context::require());
  return core::MemoryHints::advise(address(pointer), bytes, advice, deviceLocation(device));
}

Result<void> memPrefetchAsync(CUdeviceptr pointer, size_t bytes, CUmemLocation location,
                              unsigned int flags, CUstream handle) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(stream, findStream(handle));
  return core::MemoryHints::prefetch(*stream, address(pointer), bytes, fromCuda(location));
}

Result<void> memPrefetchAsync_v1(CUdeviceptr pointer, size_t bytes, CUdevice device,
                                 CUstream handle) {
  AW_LET(stream, findStream(handle));
  return core::MemoryHints::prefetch(*stream, address(pointer), bytes, deviceLocation(device));
}

Result<void> memPrefetchBatchAsync(CUdeviceptr* pointers, size_t* sizes, size_t count,
                                   CUmemLocation* locations, size_t* first, size_t number,
                                   unsigned long long flags, CUstream handle) {
  AW_LET(stream, findStream(handle));
  AW_LET(ranges, rangesOf(pointers, sizes, count, flags));
  AW_LET(targets, targetsOf(locations, first, number, count));
  return core::MemoryHints::batch(*stream, ranges, targets, false);
}

Result<void> memDiscardBatchAsync(CUdeviceptr* pointers, size_t* sizes, size_t count,
                                  unsigned long long flags, CUstream handle) {
  AW_LET(stream, findStream(handle));
  AW_LET(ranges, rangesOf(pointers, sizes, count, flags));
  return core::MemoryHints::batch(*stream, ranges, {}, true);
}

Result<void> memDiscardAndPrefetchBatchAsync(CUdeviceptr* pointers, size_t* sizes, size_t count,
                                             CUmemLocation* locations, size_t* first, size_t number,
                                             unsigned long long flags, CUstream handle) {
  AW_LET(stream, findStream(handle));
  AW_LET(ranges, rangesOf(pointers, sizes, count, flags));
  AW_LET(targets, targetsOf(locations, first, number, count));
  return core::MemoryHints::batch(*stream, ranges, targets, true);
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
