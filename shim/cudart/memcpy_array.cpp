// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of rectangles and of runs of bytes from and to arrays. Offsets are in bytes and rows.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/array.h"
#include "cudart/copy.h"

namespace anywarp::cudart {
namespace {

using core::CopyKind;
using Place = core::Memory::ArrayPlace;

// `host`: the direction in which the linear side is host memory.
Result<CopyKind> arrayDirection(cudaMemcpyKind kind, CopyKind host) {
  AW_LET(direction, copyKind(kind));
  if (direction != CopyKind::Default && direction != CopyKind::DeviceToDevice && direction != host)
    return makeError(RuntimeStatus::InvalidMemcpyDirection,
                     fmt::format("direction {} of a copy with an array", int(kind)));
  return direction;
}

Result<core::CopyBox> arrayBox(cudaArray_const_t handle, size_t x, size_t y) {
  core::CopyBox box;
  AW_LET(array, findArray(handle));
  box.array = array;
  box.x = x;
  box.y = y;
  return box;
}

Result<core::CopyBox> linearBox(const void* memory, size_t pitch, size_t width, size_t height) {
  AW_ARG(memory, "dst or src is null");
  if (width > pitch)
    return makeError(RuntimeStatus::InvalidPitchValue,
                     fmt::format("rows of {} bytes do not fit a pitch of {}", width, pitch));
  core::CopyBox box;
  box.base = const_cast<void*>(memory);
  box.pitch = pitch;
  box.height = height;
  return box;
}

Result<void> copyTo(cudaArray_t dst, size_t x, size_t y, const void* src, size_t pitch,
                    size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream,
                    bool async) {
  AW_LET(direction, arrayDirection(kind, CopyKind::HostToDevice));
  AW_LET(place, resolveStream(stream));
  AW_LET(to, arrayBox(dst, x, y));
  if (width == 0 || height == 0)
    return {};
  AW_LET(from, linearBox(src, pitch, width, height));
  return core::Memory::copyBox(*place, to, from, width, height, 1, direction, async);
}

Result<void> copyFrom(void* dst, size_t pitch, cudaArray_const_t src, size_t x, size_t y,
                      size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream,
                      bool async) {
  AW_LET(direction, arrayDirection(kind, CopyKind::DeviceToHost));
  AW_LET(place, resolveStream(stream));
  AW_LET(from, arrayBox(src, x, y));
  if (width == 0 || height == 0)
    return {};
  AW_LET(to, linearBox(dst, pitch, width, height));
  return core::Memory::copyBox(*place, to, from, width, height, 1, direction, async);
}

Result<Place> arrayPlace(cudaArray_const_t handle, size_t x, size_t y) {
  Place place;
  AW_LET(array, findArray(handle));
  place.array = array;
  place.x = x;
  place.y = y;
  return place;
}

Result<void> runTo(cudaArray_t dst, size_t x, size_t y, const void* src, size_t count,
                   cudaMemcpyKind kind, cudaStream_t stream, bool async) {
  AW_LET(direction, arrayDirection(kind, CopyKind::HostToDevice));
  AW_LET(place, resolveStream(stream));
  AW_LET(to, arrayPlace(dst, x, y));
  Place from;
  from.pointer = const_cast<void*>(src);
  return core::Memory::copyArray(*place, to, from, count, direction, async);
}

Result<void> runFrom(void* dst, cudaArray_const_t src, size_t x, size_t y, size_t count,
                     cudaMemcpyKind kind, cudaStream_t stream, bool async) {
  AW_LET(direction, arrayDirection(kind, CopyKind::DeviceToHost));
  AW_LET(place, resolveStream(stream));
  AW_LET(from, arrayPlace(src, x, y));
  Place to;
  to.pointer = dst;
  return core::Memory::copyArray(*place, to, from, count, direction, async);
}

} // namespace

Result<void> memcpy2DToArray(cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src,
                             size_t spitch, size_t width, size_t height, cudaMemcpyKind kind,
                             cudaStream_t defaultStream) {
  return copyTo(dst, wOffset, hOffset, src, spitch, width, height, kind, defaultStream, false);
}

Result<void> memcpy2DToArrayAsync(cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src,
                                  size_t spitch, size_t width, size_t height, cudaMemcpyKind kind,
                                  cudaStream_t stream) {
  return copyTo(dst, wOffset, hOffset, src, spitch, width, height, kind, stream, true);
}

Result<void> memcpy2DFromArray(void* dst, size_t dpitch, cudaArray_const_t src, size_t wOffset,
                               size_t hOffset, size_t width, size_t height, cudaMemcpyKind kind,
                               cudaStream_t defaultStream) {
  return copyFrom(dst, dpitch, src, wOffset, hOffset, width, height, kind, defaultStream, false);
}

Result<void> memcpy2DFromArrayAsync(void* dst, size_t dpitch, cudaArray_const_t src, size_t wOffset,
                                    size_t hOffset, size_t width, size_t height,
                                    cudaMemcpyKind kind, cudaStream_t stream) {
  return copyFrom(dst, dpitch, src, wOffset, hOffset, width, height, kind, stream, true);
}

Result<void> memcpy2DArrayToArray(cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst,
                                  cudaArray_const_t src, size_t wOffsetSrc, size_t hOffsetSrc,
                                  size_t width, size_t height, cudaMemcpyKind kind,
                                  cudaStream_t defaultStream) {
  AW_LET(direction, arrayDirection(kind, CopyKind::DeviceToDevice));
  AW_LET(place, resolveStream(defaultStream));
  AW_LET(to, arrayBox(dst, wOffsetDst, hOffsetDst));
  AW_LET(from, arrayBox(src, wOffsetSrc, hOffsetSrc));
  return core::Memory::copyBox(*place, to, from, width, height, 1, direction, false);
}

Result<void> memcpyToArray(cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src,
                           size_t count, cudaMemcpyKind kind, cudaStream_t defaultStream) {
  return runTo(dst, wOffset, hOffset, src, count, kind, defaultStream, false);
}

Result<void> memcpyToArrayAsync(cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src,
                                size_t count, cudaMemcpyKind kind, cudaStream_t stream) {
  return runTo(dst, wOffset, hOffset, src, count, kind, stream, true);
}

Result<void> memcpyFromArray(void* dst, cudaArray_const_t src, size_t wOffset, size_t hOffset,
                             size_t count, cudaMemcpyKind kind, cudaStream_t defaultStream) {
  return runFrom(dst, src, wOffset, hOffset, count, kind, defaultStream, false);
}

Result<void> memcpyFromArrayAsync(void* dst, cudaArray_const_t src, size_t wOffset, size_t hOffset,
                                  size_t count, cudaMemcpyKind kind, cudaStream_t stream) {
  return runFrom(dst, src, wOffset, hOffset, count, kind, stream, true);
}

Result<void> memcpyArrayToArray(cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst,
                                cudaArray_const_t src, size_t wOffsetSrc, size_t hOffsetSrc,
                                size_t count, cudaMemcpyKind kind, cudaStream_t defaultStream) {
  AW_LET(direction, arrayDirection(kind, CopyKind::DeviceToDevice));
  AW_LET(place, resolveStream(defaultStream));
  AW_LET(to, arrayPlace(dst, wOffsetDst, hOffsetDst));
  AW_LET(from, arrayPlace(src, wOffsetSrc, hOffsetSrc));
  return core::Memory::copyArray(*place, to, from, count, direction, false);
}

} // namespace anywarp::cudart
