// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What must be seen before the first standard header when clang compiles CUDA. Clang's own device
// overloads of the math functions have to be declared before <cmath> pulls its versions into std::,
// or device code would call the host's. Not for direct use: cuda_runtime.h includes it.
#pragma once

#include "../host_defines.h"
// clang-format off: clang's header, installed with the compiler, comes first
#include <__clang_cuda_math_forward_declares.h>
// clang-format on

// Before <new>, whose device operators of clang's call them, and <cstdlib>, which makes them
// std::'s.
extern "C" {
__device__ void* malloc(__SIZE_TYPE__ size) __attribute__((nothrow, malloc));
__device__ void free(void* pointer) __attribute__((nothrow));
}

#ifdef __CUDACC_RTC__
#include "rtc/standard.h"
#else
// nvcc brings these with every source as well, and programs rely on it.
#include <assert.h>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <math.h>
#include <new>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utility>
#endif
