// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waits for values in memory and writes of values in stream order.
#include "cuda/stream_memop.h"

#include "cuda/support.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::cuda {

using core::StreamMemOp;

Result<std::vector<StreamMemOp>> readMemOps(unsigned count, const CUstreamBatchMemOpParams* list) {
  AW_ARG(count <= core::StreamMemOps::kMost, "256 or more operations");
  AW_ARG(list || !count, "paramArray is null");
  std::vector<StreamMemOp> ops(count);
  for (unsigned i = 0; i < count; ++i) {
    const CUstreamBatchMemOpParams& from = list[i];
    StreamMemOp& op = ops[i];
    op.type = StreamMemOp::Type(from.operation);
    switch (from.operation) {
    case CU_STREAM_MEM_OP_WAIT_VALUE_32: // waits and writes lie alike
    case CU_STREAM_MEM_OP_WRITE_VALUE_32:
      op.address = address(from.waitValue.address);
      op.value = from.waitValue.value;
      op.flags = from.waitValue.flags;
      break;
    case CU_STREAM_MEM_OP_WAIT_VALUE_64:
    case CU_STREAM_MEM_OP_WRITE_VALUE_64:
      op.address = address(from.waitValue.address);
      op.value = from.waitValue.value64;
      op.flags = from.waitValue.flags;
      break;
    case CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES:
      op.flags = from.flushRemoteWrites.flags;
      break;
    case CU_STREAM_MEM_OP_BARRIER:
      op.flags = from.memoryBarrier.flags;
      break;
    default:
      return makeError(Status::InvalidValue,
                       fmt::format("{} is no operation on memory", int(from.operation)));
    }
  }
  return ops;
}

CUstreamBatchMemOpParams writeMemOp(const core::StreamMemOp& op) {
  CUstreamBatchMemOpParams out;
  std::memset(&out, 0, sizeof out);
  out.operation = CUstreamBatchMemOpType(int(op.type));
  switch (op.type) {
  case core::StreamMemOp::Type::FlushRemoteWrites:
    out.flushRemoteWrites.flags = op.flags;
    break;
  case core::StreamMemOp::Type::Barrier:
    out.memoryBarrier.flags = op.flags;
    break;
  default: // waits and writes lie alike
    out.waitValue.address = devicePointer(op.address);
    out.waitValue.value64 = op.value;
    out.waitValue.flags = op.flags;
  }
  return out;
}

namespace {

Result<void> enqueue(CUstream handle, std::vector<StreamMemOp> list, bool firstApi) {
  AW_LET(stream, findStream(handle));
  AW_LET(ops, core::StreamMemOps::create(stream->context(), std::move(list), firstApi));
  return core::StreamMemOps::enqueue(*stream, ops);
}

Result<void> one(CUstream stream, StreamMemOp::Type type, CUdeviceptr pointer, uint64_t value,
                 unsigned flags, bool firstApi) {
  return enqueue(stream, {{type, address(pointer), value, flags}}, firstApi);
}

Result<void> batch(CUstream stream, unsigned count, CUstreamBatchMemOpParams* list, unsigned flags,
                   bool firstApi) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(ops, readMemOps(count, list));
  return enqueue(stream, std::move(ops), firstApi);
}

} // namespace

#define AW_MEM_OP(name, Kind, Value)                                                               \
  Result<void> name(CUstream stream, CUdeviceptr pointer, Value value, unsigned int flags) {       \
    return one(stream, StreamMemOp::Type::Kind, pointer, value, flags, false);                     \
  }                                                                                                \
  Result<void> name##_v1(CUstream stream, CUdeviceptr pointer, Value value, unsigned int flags) {  \
    return one(stream, StreamMemOp::Type::Kind, pointer, value, flags, true);                      \
  }
AW_MEM_OP(streamWaitValue32, Wait32, cuuint32_t)
AW_MEM_OP(streamWaitValue64, Wait64, cuuint64_t)
AW_MEM_OP(streamWriteValue32, Write32, cuuint32_t)
AW_MEM_OP(streamWriteValue64, Write64, cuuint64_t)
#undef AW_MEM_OP

Result<void> streamBatchMemOp(CUstream stream, unsigned int count, CUstreamBatchMemOpParams* list,
                              unsigned int flags) {
  return batch(stream, count, list, flags, false);
}

Result<void> streamBatchMemOp_v1(CUstream stream, unsigned int count,
                                 CUstreamBatchMemOpParams* list, unsigned int flags) {
  return batch(stream, count, list, flags, true);
}

} // namespace anywarp::cuda
