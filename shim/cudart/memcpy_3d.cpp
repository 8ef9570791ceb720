// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of boxes of linear memory and of arrays.
#include "api/cudart/impl.h"
#include "common/copy_batch.h"
#include "cudart/array.h"
#include "cudart/copy.h"
#include "cudart/graph.h"

namespace anywarp::cudart {
namespace {

// One side: memory, or an array with the position in its texels.
struct Side {
  const cudaArray* array;
  const cudaPitchedPtr& memory;
  const cudaPos& position;
};

core::CopyBox linearBox(const Side& side) {
  core::CopyBox box;
  box.base = side.memory.ptr;
  box.pitch = side.memory.pitch;
  box.height = side.memory.ysize;
  box.x = side.position.x;
  box.y = side.position.y;
  box.z = side.position.z;
  return box;
}

Result<core::CopyBox> arrayBox(const cudaArray* handle, size_t x, size_t y, size_t z) {
  AW_LET(array, findArray(handle));
  core::CopyBox box;
  box.array = array;
  AW_ARG(!__builtin_mul_overflow(x, size_t(array->texel().bytes), &box.x), "the offset overflows");
  box.y = y;
  box.z = z;
  return box;
}

Result<core::CopyBox> makeBox(const Side& side) {
  if (!side.array)
    return linearBox(side);
  AW_ARG(!side.memory.ptr, "a side names both memory and an array");
  return arrayBox(side.array, side.position.x, side.position.y, side.position.z);
}

// What a box covers must lie within the rows and slices that its memory declares.
Result<void> checkBox(const core::CopyBox& box, const cudaExtent& extent) {
  if (box.array)
    return {}; // core knows its size
  AW_ARG(box.base, "a side has neither memory nor an array");
  if (box.pitch < extent.width || box.x > box.pitch - extent.width)
    return makeError(RuntimeStatus::InvalidPitchValue,
                     fmt::format("rows of {} bytes at {} do not fit a pitch of {}", extent.width,
                                 box.x, box.pitch));
  AW_ARG(extent.depth == 1 || (box.height >= extent.height && box.y <= box.height - extent.height),
         "the slices are lower than the box");
  return {};
}

// A side that is an array is device memory.
Result<void> checkDirection(const core::CopyBox& to, const core::CopyBox& from,
                            core::CopyKind kind) {
  bool hostTo = kind == core::CopyKind::HostToHost || kind == core::CopyKind::DeviceToHost;
  bool hostFrom = kind == core::CopyKind::HostToHost || kind == core::CopyKind::HostToDevice;
  if ((to.array && hostTo) || (from.array && hostFrom))
    return makeError(RuntimeStatus::InvalidMemcpyDirection, "an array is device memory");
  return {};
}

// The extent counts texels where an array takes part, bytes otherwise.
Result<void> copy(const core::CopyBox& to, const core::CopyBox& from, cudaExtent extent,
                  cudaMemcpyKind kind, core::Stream& place, bool async) {
  AW_LET(direction, copyKind(kind));
  AW_TRY(checkDirection(to, from, direction));
  if (const core::Array* array = to.array ? to.array.get() : from.array.get())
    AW_ARG(!__builtin_mul_overflow(extent.width, size_t(array->texel().bytes), &extent.width),
           "the width overflows");
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

template <typename Stream>
Result<void> copy(const cudaMemcpy3DParms* p, Stream&& stream, bool async) {
  AW_ARG(p, "p is null");
  AW_LET(to, makeBox({p->dstArray, p->dstPtr, p->dstPos}));
  AW_LET(from, makeBox({p->srcArray, p->srcPtr, p->srcPos}));
  return copy(to, from, p->extent, p->kind, stream, async);
}

Result<void> copy(const cudaMemcpy3DPeerParms* p, cudaStream_t stream, bool async) {
  AW_ARG(p, "p is null");
  AW_TRY(deviceAt(p->dstDevice));
  AW_TRY(deviceAt(p->srcDevice));
  AW_LET(to, makeBox({p->dstArray, p->dstPtr, p->dstPos}));
  AW_LET(from, makeBox({p->srcArray, p->srcPtr, p->srcPos}));
  return copy(to, from, p->extent, cudaMemcpyDefault, stream, async);
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
// Lengths of 0 mean "tight": rows of exactly the extent. Lengths count texels when the other side
// is an array.
static Result<core::CopyBox> operandBox(const cudaMemcpy3DOperand& operand,
                                        const cudaMemcpy3DOperand& other,
                                        const cudaExtent& extent) {
  if (operand.type == cudaMemcpyOperandTypeArray) {
    const cudaOffset3D& offset = operand.op.array.offset;
    return arrayBox(operand.op.array.array, offset.x, offset.y, offset.z);
  }
  AW_ARG(operand.type == cudaMemcpyOperandTypePointer, "an operand is neither memory nor an array");
  size_t texel = 1;
  if (other.type == cudaMemcpyOperandTypeArray) {
    AW_LET(array, findArray(other.op.array.array));
    texel = array->texel().bytes;
  }
  core::CopyBox result;
  result.base = operand.op.ptr.ptr;
  result.pitch = (operand.op.ptr.rowLength ? operand.op.ptr.rowLength : extent.width) * texel;
  result.height = operand.op.ptr.layerHeight ? operand.op.ptr.layerHeight : extent.height;
  return result;
}

static Result<void> copyOne(const cudaMemcpy3DBatchOp& op, cudaStream_t stream) {
  AW_LET(to, operandBox(op.dst, op.src, op.extent));
  AW_LET(from, operandBox(op.src, op.dst, op.extent));
  AW_LET(now, shim::duringCall(op.srcAccessOrder));
  return copy(to, from, op.extent, cudaMemcpyDefault, stream, !now);
}

static Result<void> copyBatch(size_t count, cudaMemcpy3DBatchOp* operations, size_t* failIdx,
                              unsigned long long flags, cudaStream_t stream) {
  if (failIdx)
    *failIdx = SIZE_MAX;
  AW_ARG(flags == 0 && count && operations, "the flags are not 0, or the list is empty or null");
  AW_ARG(stream != nullptr && stream != cudaStreamLegacy,
         "batched copies are not for the legacy default stream");
  return shim::copyEach(count, failIdx, [&](size_t i) { return copyOne(operations[i], stream); });
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
