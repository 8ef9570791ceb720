// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrices that lie across the registers of a warp (PTX ISA 9.7.15). Functions ptx_gang_NAME take
// the mask of active lanes, then results, then operands: arrays with one element a lane. Unlike the
// rest of the device library they are not inlined and may loop.
#include "devicelib.h"

// Lane l holds the elements (l / 4, 2 * (l % 4)) and the next of its row, low half first.
PTX void ptx_gang_movmatrix(uint32_t, uint32_t* d, const uint32_t* a) {
  for (unsigned lane = 0; lane < 32; lane++) {
    unsigned column = lane / 4, row = 2 * (lane % 4);
    unsigned from = column / 2, shift = 16 * (column % 2);
    uint32_t low = a[4 * row + from] >> shift & 0xffff;
    uint32_t high = a[4 * (row + 1) + from] >> shift & 0xffff;
    d[lane] = low | high << 16;
  }
}
