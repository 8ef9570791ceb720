// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.25.4 "cp.async.bulk" and "cp.reduce.async.bulk": copies of memory, done at once.
#include "async.h"
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

uint32_t ptx_bulk_copy(char* to, char* from, uint32_t bytes, char* mbar, uint32_t mask,
                       char* zero) {
  if (misaligned(to, from, bytes))
    return AW_ASYNC_MISALIGNED;
  if (mask == AW_ASYNC_NO_MULTICAST) {
    copyPieces(to, from, bytes);
    if (mbar)
      ptx_mbarrier_update(mbar, 0, 0, -bytes);
    return AW_ASYNC_OK;
  }
  for (unsigned rank = 0; rank < 16; rank++)
    if (mask >> rank & 1) {
      copyPieces(inBlock(zero, to, rank), from, bytes);
      ptx_mbarrier_update(inBlock(zero, mbar, rank), 0, 0, -bytes);
    }
  return AW_ASYNC_OK;
}

uint32_t ptx_bulk_reduce(char* to, char* from, uint32_t bytes, char* mbar, uint32_t what) {
  if (misaligned(to, from, bytes))
    return AW_ASYNC_MISALIGNED;
  uint32_t op = what & 255, type = what >> 8, step = tensorElementBytes(type);
  for (uint32_t i = 0; i < bytes; i += step)
    if (!reduceElement(op, type, to + i, from + i))
      return AW_ASYNC_WRONG_TYPE;
  if (mbar)
    ptx_mbarrier_update(mbar, 0, 0, -bytes);
  return AW_ASYNC_OK;
}
