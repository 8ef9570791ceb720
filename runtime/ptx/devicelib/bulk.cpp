// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.25.4 "cp.async.bulk" and "cp.reduce.async.bulk": every active lane copies a block
// of memory, at once. Functions of the warp, so that one lane's copy is a plain loop.
#include "reduce.h"

using namespace devicelib;

namespace {

struct alignas(16) Piece {
  uint64_t low, high;
};

void copyPieces(void* to, const void* from, uint32_t bytes) {
  auto* dst = static_cast<Piece*>(to);
  auto* src = static_cast<const Piece*>(from);
  for (uint32_t i = 0; i < bytes / 16; i++)
    dst[i] = src[i];
}

bool misaligned(const void* to, const void* from, uint32_t bytes) {
  return ((reinterpret_cast<uintptr_t>(to) | reinterpret_cast<uintptr_t>(from) | bytes) & 15) != 0;
}

} // namespace

// `mbar` null: no mbarrier takes part. `zero`: where shared addresses begin. `mask`: the blocks
// that get the data, at the same place each, or kNoMulticast.
PTX void ptx_gang_bulk_copy(uint32_t active, uint32_t* status, char* const* to, char* const* from,
                            const uint32_t* bytes, char* const* mbar, const uint32_t* mask,
                            char* const* zero) {
  for (unsigned lane = 0; lane < 32; lane++) {
    status[lane] = AW_ASYNC_OK;
    if (!(active >> lane & 1))
      continue;
    if (misaligned(to[lane], from[lane], bytes[lane])) {
      status[lane] = AW_ASYNC_MISALIGNED;
      continue;
    }
    if (mask[lane] == kNoMulticast) {
      copyPieces(to[lane], from[lane], bytes[lane]);
      if (mbar[lane])
        ptx_mbarrier_update(mbar[lane], 0, 0, -bytes[lane]);
      continue;
    }
    for (unsigned rank = 0; rank < 16; rank++)
      if (mask[lane] >> rank & 1) {
        copyPieces(inBlock(zero[lane], to[lane], rank), from[lane], bytes[lane]);
        ptx_mbarrier_update(inBlock(zero[lane], mbar[lane], rank), 0, 0, -bytes[lane]);
      }
  }
}

// `what`: AW_REDUCE_* + 256 * AW_TENSOR_* type, the same in all lanes.
PTX void ptx_gang_bulk_reduce(uint32_t active, uint32_t* status, char* const* to, char* const* from,
                              const uint32_t* bytes, char* const* mbar, const uint32_t* what) {
  for (unsigned lane = 0; lane < 32; lane++) {
    status[lane] = AW_ASYNC_OK;
    if (!(active >> lane & 1))
      continue;
    if (misaligned(to[lane], from[lane], bytes[lane])) {
      status[lane] = AW_ASYNC_MISALIGNED;
      continue;
    }
    uint32_t op = what[lane] & 255, type = what[lane] >> 8, step = tensorElementBytes(type);
    for (uint32_t i = 0; i < bytes[lane]; i += step)
      if (!reduceElement(op, type, to[lane] + i, from[lane] + i))
        status[lane] = AW_ASYNC_WRONG_TYPE;
    if (mbar[lane])
      ptx_mbarrier_update(mbar[lane], 0, 0, -bytes[lane]);
  }
}
