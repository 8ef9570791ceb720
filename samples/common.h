// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every sample needs: CHECK() stops at the first CUDA error and says where; verdict() compares
// the largest error with what is allowed, prints one line and returns main's exit code.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s: %s\n", __FILE__, __LINE__, cudaGetErrorName(error_),                 \
                  cudaGetErrorString(error_));                                                     \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

// Where rounding may differ between compilers, the exact error is not printed: output is compared.
inline int verdict(double largestError, double allowed) {
  bool pass = largestError <= allowed; // false for NaN too
  if (!pass)
    std::printf("FAIL: largest error %g, allowed %g\n", largestError, allowed);
  else if (allowed == 0)
    std::printf("PASS: largest error 0\n");
  else
    std::printf("PASS: largest error below %g\n", allowed);
  return pass ? 0 : 1;
}
