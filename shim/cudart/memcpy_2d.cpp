// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of rectangles.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/copy.h"

namespace anywarp::cudart {
namespace {

Result<void> copy(void* dst, size_t dpitch, const void* src, size_t spitch, size_t width,
                  size_t height, cudaMemcpyKind kind, cudaStream_t stream, bool async) {
  AW_LET(direction, copyKind(kind));
  AW_LET(place, resolveStream(stream));
  if (width == 0 || height == 0)
    return {};
  if (width > dpitch || width > spitch)
    return makeError(
        RuntimeStatus::InvalidPitchValue,
        fmt::format("rows of {} bytes do not fit pitches {} and {}", width, dpitch, spitch));
  AW_ARG(dst && src, "dst or src is null");
  core::CopyBox to, from;
  to.base = dst;
  to.pitch = dpitch;
  to.height = height;
  from.base = const_cast<void*>(src);
  from.pitch = spitch;
  from.height = height;
  return core::Memory::copyBox(*place, to, from, width, height, 1, direction, async);
}

} // namespace

Result<void> memcpy2D(void* dst, size_t dpitch, const void* src, size_t spitch, size_t width,
                      size_t height, cudaMemcpyKind kind, cudaStream_t defaultStream) {
  return copy(dst, dpitch, src, spitch, width, height, kind, defaultStream, false);
}

Result<void> memcpy2DAsync(void* dst, size_t dpitch, const void* src, size_t spitch, size_t width,
                           size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
  return copy(dst, dpitch, src, spitch, width, height, kind, stream, true);
}

} // namespace anywarp::cudart
