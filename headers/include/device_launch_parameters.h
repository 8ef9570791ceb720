// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// threadIdx, blockIdx, blockDim, gridDim and warpSize. Under clang they are special objects whose
// fields read PTX registers (they come with cuda_runtime.h); for a host compiler only the names
// exist.
#pragma once
#define __DEVICE_LAUNCH_PARAMETERS_H__ // programs test for it
#if defined(__CUDA__) && defined(__clang__)
#include "cuda_runtime.h"
#else
#include "vector_types.h"
#ifdef __cplusplus
extern "C" {
#endif
extern const uint3 threadIdx;
extern const uint3 blockIdx;
extern const dim3 blockDim;
extern const dim3 gridDim;
extern const int warpSize;
#ifdef __cplusplus
}
#endif
#endif
