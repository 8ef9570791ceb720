// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Filling memory with a byte. The forms without "Async" return early too when only device memory
// is written (CUDA Runtime API manual, "API synchronization behavior").
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/memory.h"
#include "cudart/current.h"
#include "cudart/last_error.h"

namespace anywarp::cudart {
namespace {

Result<void> fill(void* memory, int value, size_t count, cudaStream_t stream, bool async) {
  AW_LET(place, resolveStream(stream));
  if (count == 0)
    return {};
  AW_ARG(memory, "devPtr is null");
  return core::Memory::fill(*place, memory, uint8_t(value), 1, count, async);
}

Result<void> fill(void* memory, size_t pitch, int value, size_t width, size_t height,
                  cudaStream_t stream, bool async) {
  AW_LET(place, resolveStream(stream));
  if (width == 0 || height == 0)
    return {};
  AW_ARG(memory, "devPtr is null");
  AW_ARG(width <= pitch || height == 1,
         fmt::format("rows of {} bytes do not fit a pitch of {}", width, pitch));
  return core::Memory::fill2d(*place, memory, pitch, uint8_t(value), 1, width, height, async);
}

Result<void> fill(const cudaPitchedPtr& memory, int value, const cudaExtent& extent,
                  cudaStream_t stream, bool async) {
  if (extent.depth <= 1 || extent.height == memory.ysize)
    return fill(memory.ptr, memory.pitch, value, extent.width, extent.height * extent.depth, stream,
                async);
  AW_ARG(extent.height < memory.ysize, "the slices are lower than the box");
  AW_ARG(memory.ptr, "devPtr is null");
  for (size_t z = 0; z < extent.depth; ++z)
    AW_TRY(fill(static_cast<char*>(memory.ptr) + z * memory.pitch * memory.ysize, memory.pitch,
                value, extent.width, extent.height, stream, async));
  return {};
}

} // namespace

Result<void> memset(void* devPtr, int value, size_t count, cudaStream_t defaultStream) {
  return fill(devPtr, value, count, defaultStream, false);
}

Result<void> memsetAsync(void* devPtr, int value, size_t count, cudaStream_t stream) {
  return fill(devPtr, value, count, stream, true);
}

Result<void> memset2D(void* devPtr, size_t pitch, int value, size_t width, size_t height,
                      cudaStream_t defaultStream) {
  return fill(devPtr, pitch, value, width, height, defaultStream, false);
}

Result<void> memset2DAsync(void* devPtr, size_t pitch, int value, size_t width, size_t height,
                           cudaStream_t stream) {
  return fill(devPtr, pitch, value, width, height, stream, true);
}

Result<void> memset3D(cudaPitchedPtr pitchedDevPtr, int value, cudaExtent extent,
                      cudaStream_t defaultStream) {
  return fill(pitchedDevPtr, value, extent, defaultStream, false);
}

Result<void> memset3DAsync(cudaPitchedPtr pitchedDevPtr, int value, cudaExtent extent,
                           cudaStream_t stream) {
  return fill(pitchedDevPtr, value, extent, stream, true);
}

} // namespace anywarp::cudart
