// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What half and bfloat16 share besides the included text in narrow.inc. Not for direct use.
#pragma once

#include "../../host_defines.h"
#include "../../vector_types.h"
#include "codec.h"

#ifndef __CUDACC_RTC__
#include <math.h>
#endif

#if defined(__CUDA__) && defined(__clang__)
#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))
#endif

namespace __aw_narrow {
AW_BOTH float power10(float x) {
#ifdef __CUDA_ARCH__
  return ::exp10f(x);
#else
  return (float)::pow(10.0, (double)x);
#endif
}
// To nearest even whatever rounding the host has set.
AW_BOTH float nearestWhole(float x) {
#ifdef __CUDA_ARCH__
  return ::rintf(x);
#else
  return (float)rounded((double)x, cudaRoundNearest);
#endif
}
} // namespace __aw_narrow
