// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linear copies.
#include "api/cudart/impl.h"
#include "common/copy_batch.h"
#include "cudart/copy.h"

namespace anywarp::cudart {

Result<core::CopyKind> copyKind(cudaMemcpyKind kind) {
  if (unsigned(kind) > unsigned(cudaMemcpyDefault))
    return makeError(RuntimeStatus::InvalidMemcpyDirection,
                     fmt::format("{} is no direction", int(kind)));
  return core::CopyKind(int(kind));
}

Result<void> copyLinear(void* dst, const void* src, size_t count, cudaMemcpyKind kind,
                        cudaStream_t stream, bool async) {
  AW_LET(direction, copyKind(kind));
  AW_LET(place, resolveStream(stream));
  if (count == 0)
    return {};
  AW_ARG(dst && src, "dst or src is null");
  return core::Memory::copy(*place, dst, src, count, direction, async);
}

Result<void> memcpy(void* dst, const void* src, size_t count, cudaMemcpyKind kind,
                    cudaStream_t defaultStream) {
  return copyLinear(dst, src, count, kind, defaultStream, false);
}

Result<void> memcpyAsync(void* dst, const void* src, size_t count, cudaMemcpyKind kind,
                         cudaStream_t stream) {
  return copyLinear(dst, src, count, kind, stream, true);
}

Result<void> memcpyPeer(void* dst, int dstDevice, const void* src, int srcDevice, size_t count) {
  AW_TRY(deviceAt(dstDevice));
  AW_TRY(deviceAt(srcDevice));
  return copyLinear(dst, src, count, cudaMemcpyDefault, cudaStreamLegacy, false);
}

Result<void> memcpyPeerAsync(void* dst, int dstDevice, const void* src, int srcDevice, size_t count,
                             cudaStream_t stream) {
  AW_TRY(deviceAt(dstDevice));
  AW_TRY(deviceAt(srcDevice));
  return copyLinear(dst, src, count, cudaMemcpyDefault, stream, true);
}

#if CUDART_VERSION >= 12000
static Result<void> copyBatch(void* const* dsts, const void* const* srcs, const size_t* sizes,
                              size_t count, const cudaMemcpyAttributes* attributes,
                              const size_t* first, size_t number, size_t* failed,
                              cudaStream_t stream) {
  if (failed)
    *failed = SIZE_MAX;
  AW_ARG(count && dsts && srcs && sizes, "the list is empty or null");
  AW_ARG(stream != nullptr && stream != cudaStreamLegacy,
         "batched copies are not for the legacy default stream");
  AW_LET(place, resolveStream(stream));
  AW_TRY(shim::checkAttributes(attributes, first, number, count));
  return shim::copyEach(count, attributes, first, number, failed, [&](size_t i, bool now) {
    return core::Memory::copy(*place, dsts[i], srcs[i], sizes[i], core::CopyKind::Default, !now);
  });
}
#endif
#if CUDART_VERSION >= 13000
Result<void> memcpyBatchAsync(void* const* dsts, const void* const* srcs, const size_t* sizes,
                              size_t count, cudaMemcpyAttributes* attrs, size_t* attrsIdxs,
                              size_t numAttrs, cudaStream_t stream) {
  return copyBatch(dsts, srcs, sizes, count, attrs, attrsIdxs, numAttrs, nullptr, stream);
}
#elif CUDART_VERSION >= 12000
Result<void> memcpyBatchAsync_v1(void** dsts, void** srcs, size_t* sizes, size_t count,
                                 cudaMemcpyAttributes* attrs, size_t* attrsIdxs, size_t numAttrs,
                                 size_t* failIdx, cudaStream_t stream) {
  return copyBatch(dsts, srcs, sizes, count, attrs, attrsIdxs, numAttrs, failIdx, stream);
}
#endif

} // namespace anywarp::cudart
