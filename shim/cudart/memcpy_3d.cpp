// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of boxes of linear memory.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/copy.h"
#include "cudart/graph.h"

namespace anywarp::cudart {
namespace {

core::CopyBox box(const cudaPitchedPtr& memory, const cudaPos& position) {
  core::CopyBox result;
  result.base = memory.ptr;
  result.pitch = memory.pitch;
  result.height = memory.ysize;
  result.x = position.x;
  result.y = position.y;
  result.z = position.z;
  return result;
}

// What a box covers must lie within the rows and slices that its memory declares.
Result<void> checkBox(const core::CopyBox& box, const cudaExtent& extent) {
  AW_ARG(box.base, "a side has neither memory nor an array");
  if (box.pitch < extent.width || box.x > box.pitch - extent.width)
    return makeError(RuntimeStatus::InvalidPitchValue,
                     fmt::format("rows of {} bytes at {} do not fit a pitch of {}", extent.width,
                                 box.x, box.pitch));
  AW_ARG(extent.depth == 1 || (box.height >= extent.height && box.y <= box.height - extent.height),
         "the slices are lower than the box");
  return {};
}

Result<void> copy(const core::CopyBox& to, const core::CopyBox& from, const cudaExtent& extent,
                  cudaMemcpyKind kind, core::Stream& place, bool async) {
  AW_LET(direction, copyKind(kind));
  if (extent.width == 0 || extent.height == 0 || extent.depth == 0)
    return {};
  AW_TRY(checkBox(to, extent));
  AW_TRY(checkBox(from, extent));
  return core::Memory::copyBox(place, to, from, extent.width, extent.height, extent.depth,
                               direction, async);
}

Result<void> copy(const core::CopyBox& to, const core::CopyBox& from, const cudaExtent& extent,
                  cudaMemcpyKind kind, cudaStream_t stream, bool async) {
  AW_LET(place, resolveStream(stream));
  return copy(to, from, extent, kind, *place, async);
}

Error arraysMissing() {
  return makeError(Status::NotSupported, "CUDA arrays are not there yet; copy linear memory");
}

template <typename Stream>
Result<void> copy(const cudaMemcpy3DParms* p, Stream&& stream, bool async) {
  AW_ARG(p, "p is null");
  AW_ARG(!(p->srcArray && p->srcPtr.ptr) && !(p->dstArray && p->dstPtr.ptr),
         "a side names both memory and an array");
  if (p->srcArray || p->dstArray)
    return arraysMissing();
  return copy(box(p->dstPtr, p->dstPos), box(p->srcPtr, p->srcPos), p->extent, p->kind, stream,
              async);
}

Result<void> copy(const cudaMemcpy3DPeerParms* p, cudaStream_t stream, bool async) {
  AW_ARG(p, "p is null");
  AW_TRY(deviceAt(p->dstDevice));
  AW_TRY(deviceAt(p->srcDevice));
  if (p->srcArray || p->dstArray)
    return arraysMissing();
  return copy(box(p->dstPtr, p->dstPos), box(p->srcPtr, p->srcPos), p->extent, cudaMemcpyDefault,
              stream, async);
}

} // namespace

Result<void> copyInto(const cudaMemcpy3DParms& parms, core::Stream& stream) {
  return copy(&parms, stream, true);
}

Result<void> memcpy3D(const cudaMemcpy3DParms* p, cudaStream_t defaultStream) {
  return copy(p, defaultStream, false);
}

Result<void> memcpy3DAsync(const cudaMemcpy3DParms* p, cudaStream_t stream) {
  return copy(p, stream, true);
}

Result<void> memcpy3DPeer(const cudaMemcpy3DPeerParms* p, cudaStream_t defaultStream) {
  return copy(p, defaultStream, false);
}

Result<void> memcpy3DPeerAsync(const cudaMemcpy3DPeerParms* p, cudaStream_t stream) {
  return copy(p, stream, true);
}

#if CUDART_VERSION >= 12000
// Lengths of 0 mean "tight": rows of exactly the extent.
static core::CopyBox operandBox(const cudaMemcpy3DOperand& operand, const cudaExtent& extent) {
  core::CopyBox result;
  result.base = operand.op.ptr.ptr;
  result.pitch = operand.op.ptr.rowLength ? operand.op.ptr.rowLength : extent.width;
  result.height = operand.op.ptr.layerHeight ? operand.op.ptr.layerHeight : extent.height;
  return result;
}

static Result<void> copyBatch(size_t count, cudaMemcpy3DBatchOp* operations, size_t* failIdx,
                              unsigned long long flags, cudaStream_t stream) {
  AW_ARG(flags == 0 && (count == 0 || operations), "flags are not 0 or the list is null");
  AW_ARG(stream != nullptr && stream != cudaStreamLegacy,
         "batched copies are not for the legacy default stream");
  for (size_t i = 0; i < count; ++i) {
    const cudaMemcpy3DBatchOp& op = operations[i];
    Result<void> result = arraysMissing();
    if (op.src.type == cudaMemcpyOperandTypePointer && op.dst.type == cudaMemcpyOperandTypePointer)
      result = copy(operandBox(op.dst, op.extent), operandBox(op.src, op.extent), op.extent,
                    cudaMemcpyDefault, stream, true);
    if (!result) {
      if (failIdx)
        *failIdx = i;
      return result;
    }
  }
  return {};
}
#endif
#if CUDART_VERSION >= 13000
Result<void> memcpy3DBatchAsync(size_t numOps, cudaMemcpy3DBatchOp* opList,
                                unsigned long long flags, cudaStream_t stream) {
  return copyBatch(numOps, opList, nullptr, flags, stream);
}
#elif CUDART_VERSION >= 12000
Result<void> memcpy3DBatchAsync_v1(size_t numOps, cudaMemcpy3DBatchOp* opList, size_t* failIdx,
                                   unsigned long long flags, cudaStream_t stream) {
  return copyBatch(numOps, opList, failIdx, flags, stream);
}
#endif

} // namespace anywarp::cudart
