// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makers of the structures that copies of arrays and pitched memory take (CUDA Runtime API, "C++
// API Routines"). For C and C++.
#pragma once
#define __DRIVER_FUNCTIONS_H__ // programs test for it

#include "driver_types.h"
#include "host_defines.h"

static __host__ __inline__ struct cudaPitchedPtr make_cudaPitchedPtr(void* d, size_t p, size_t xsz,
                                                                     size_t ysz) {
  struct cudaPitchedPtr s;
  s.ptr = d;
  s.pitch = p;
  s.xsize = xsz;
  s.ysize = ysz;
  return s;
}

static __host__ __inline__ struct cudaPos make_cudaPos(size_t x, size_t y, size_t z) {
  struct cudaPos p;
  p.x = x;
  p.y = y;
  p.z = z;
  return p;
}

static __host__ __inline__ struct cudaExtent make_cudaExtent(size_t w, size_t h, size_t d) {
  struct cudaExtent e;
  e.width = w;
  e.height = h;
  e.depth = d;
  return e;
}
