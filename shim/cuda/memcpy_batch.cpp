// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several copies in one call, in the order of a stream.
#include "common/copy_batch.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

using core::CopyKind;

Result<core::StreamRef> batchStream(CUstream handle) {
  AW_ARG(handle != nullptr && handle != CU_STREAM_LEGACY,
         "batched copies are not for the legacy default stream");
  return findStream(handle);
}

Result<void> copyBatch(CUdeviceptr* dsts, CUdeviceptr* srcs, size_t* sizes, size_t count,
                       CUmemcpyAttributes* attributes, size_t* first, size_t number, size_t* failed,
                       CUstream handle) {
  if (failed)
    *failed = SIZE_MAX;
  AW_ARG(count && dsts && srcs && sizes, "the list is empty or null");
  AW_LET(stream, batchStream(handle));
  AW_TRY(shim::checkAttributes(attributes, first, number, count));
  return shim::copyEach(count, attributes, first, number, failed, [&](size_t i, bool now) {
    return core::Memory::copy(*stream, address(dsts[i]), address(srcs[i]), sizes[i],
                              CopyKind::Default, !now);
  });
}

// Lengths of 0 mean "tight"; they count elements, which are the array's texels when the other side
// is one and bytes otherwise.
Result<core::CopyBox> operandBox(const CUmemcpy3DOperand& operand, size_t texel,
                                 const CUextent3D& extent) {
  core::CopyBox box;
  if (operand.type == CU_MEMCPY_OPERAND_TYPE_ARRAY) {
    AW_LET(array, findArray(operand.op.array.array));
    box.array = array;
    AW_ARG(!__builtin_mul_overflow(operand.op.array.offset.x, texel, &box.x),
           "the offset overflows");
    box.y = operand.op.array.offset.y;
    box.z = operand.op.array.offset.z;
    return box;
  }
  AW_ARG(operand.type == CU_MEMCPY_OPERAND_TYPE_POINTER,
         "an operand is neither memory nor an array");
  const auto& memory = operand.op.ptr;
  box.base = address(memory.ptr);
  AW_ARG(!__builtin_mul_overflow(memory.rowLength ? memory.rowLength : extent.width, texel,
                                 &box.pitch),
         "the row length overflows");
  box.height = memory.layerHeight ? memory.layerHeight : extent.height;
  return box;
}

Result<size_t> texelOf(const CUmemcpy3DOperand& operand) {
  if (operand.type != CU_MEMCPY_OPERAND_TYPE_ARRAY)
    return size_t(1);
  AW_LET(array, findArray(operand.op.array.array));
  return size_t(array->texel().bytes);
}

Result<void> copyOne(core::Stream& stream, const CUDA_MEMCPY3D_BATCH_OP& op) {
  AW_LET(srcTexel, texelOf(op.src));
  AW_LET(dstTexel, texelOf(op.dst));
  size_t texel = std::max(srcTexel, dstTexel), width;
  AW_ARG(!__builtin_mul_overflow(op.extent.width, texel, &width), "the width overflows");
  AW_LET(src, operandBox(op.src, texel, op.extent));
  AW_LET(dst, operandBox(op.dst, texel, op.extent));
  AW_LET(now, shim::duringCall(op.srcAccessOrder));
  return core::Memory::copyBox(stream, dst, src, width, op.extent.height, op.extent.depth,
                               CopyKind::Default, !now);
}

Result<void> copyBoxes(size_t count, CUDA_MEMCPY3D_BATCH_OP* operations, size_t* failed,
                       unsigned long long flags, CUstream handle) {
  if (failed)
    *failed = SIZE_MAX;
  AW_ARG(flags == 0 && count && operations, "the flags are not 0, or the list is empty or null");
  AW_LET(stream, batchStream(handle));
  return shim::copyEach(count, failed, [&](size_t i) { return copyOne(*stream, operations[i]); });
}

} // namespace

Result<void> memcpyBatchAsync_v1(CUdeviceptr* dsts, CUdeviceptr* srcs, size_t* sizes, size_t count,
                                 CUmemcpyAttributes* attributes, size_t* first, size_t number,
                                 size_t* failed, CUstream stream) {
  return copyBatch(dsts, srcs, sizes, count, attributes, first, number, failed, stream);
}

Result<void> memcpyBatchAsync(CUdeviceptr* dsts, CUdeviceptr* srcs, size_t* sizes, size_t count,
                              CUmemcpyAttributes* attributes, size_t* first, size_t number,
                              CUstream stream) {
  return copyBatch(dsts, srcs, sizes, count, attributes, first, number, nullptr, stream);
}

Result<void> memcpy3DBatchAsync_v1(size_t count, CUDA_MEMCPY3D_BATCH_OP* operations, size_t* failed,
                                   unsigned long long flags, CUstream stream) {
  return copyBoxes(count, operations, failed, flags, stream);
}

Result<void> memcpy3DBatchAsync(size_t count, CUDA_MEMCPY3D_BATCH_OP* operations,
                                unsigned long long flags, CUstream stream) {
  return copyBoxes(count, operations, nullptr, flags, stream);
}

} // namespace anywarp::cuda
