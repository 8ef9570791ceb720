// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "async_services.h"

#include "execute.h"
#include "ptx/devicelib/async.h"
#include "support/log.h"

namespace anywarp::cpu {
namespace {

struct Reason {
  Status status;
  const char* what;
};

Reason reasonOf(uint32_t why) {
  switch (why) {
  case AW_ASYNC_MISALIGNED:
    return {Status::MisalignedAddress,
            "an asynchronous copy whose addresses or size are not aligned (16 bytes in bulk; "
            "tensors: 128 bytes in shared memory)"};
  case AW_ASYNC_WRONG_RANK:
    return {Status::IllegalInstruction,
            "a tensor copy of another number of dimensions than its tensor map has"};
  case AW_ASYNC_WRONG_MODE:
    return {Status::IllegalInstruction,
            "a tiled tensor copy with an im2col tensor map, or the other way round"};
  case AW_ASYNC_WRONG_TYPE:
    return {Status::IllegalInstruction,
            "a reduction that does not exist for the tensor map's data type"};
  default:
    return {Status::IllegalInstruction,
            "a tensor copy whose operand is no tensor map (cuTensorMapEncode* makes them)"};
  }
}

void check(AwBlock* block, uint32_t why) {
  if (why == AW_ASYNC_OK) [[likely]]
    return;
  Reason reason = reasonOf(why);
  const uint32_t* c = block->ctaid;
  Grid::of(*block).fail(reason.status,
                        fmt::format("{} in block ({}, {}, {})", reason.what, c[0], c[1], c[2]));
  leaveGuarded(reason.status);
}

void bulkCopy(AwBlock* block, char* to, char* from, uint32_t bytes, char* mbar, uint32_t mask,
              char* zero) {
  check(block, ptx_bulk_copy(to, from, bytes, mbar, mask, zero));
}

void bulkReduce(AwBlock* block, char* to, char* from, uint32_t bytes, char* mbar, uint32_t what) {
  check(block, ptx_bulk_reduce(to, from, bytes, mbar, what));
}

void tensorCopy(AwBlock* block, const AwTensorMap* map, char* shared, uint32_t what, int32_t x0,
                int32_t x1, int32_t x2, int32_t x3, int32_t x4, uint64_t offsets, char* mbar,
                uint32_t mask, char* zero) {
  check(block, ptx_tensor_copy(map, shared, what, x0, x1, x2, x3, x4, offsets, mbar, mask, zero));
}

void tensormapReplace(AwBlock* block, AwTensorMap* map, uint32_t field, uint32_t ordinal,
                      uint64_t value) {
  check(block, ptx_tensormap_replace(map, field, ordinal, value));
}

} // namespace

void addAsyncServices(AwRuntime& table) {
  table.bulk_copy = bulkCopy;
  table.bulk_reduce = bulkReduce;
  table.tensor_copy = tensorCopy;
  table.tensormap_replace = tensormapReplace;
}

} // namespace anywarp::cpu
