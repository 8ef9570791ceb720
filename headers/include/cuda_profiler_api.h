/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The profiler's switches (CUDA Runtime API, "Profiler Control"). For C and C++. */
#pragma once

#include "driver_types.h"

#ifdef __cplusplus
extern "C" {
#endif

cudaError_t cudaProfilerStart(void);
cudaError_t cudaProfilerStop(void);

#ifdef __cplusplus
}
#endif
