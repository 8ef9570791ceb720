// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What must be seen before the first standard header when clang compiles CUDA. Clang's own device
// overloads of the math functions have to be declared before <cmath> pulls its versions into std::,
// or device code would call the host's. Not for direct use: cuda_runtime.h includes it.
#pragma once

#include "../host_defines.h"
// clang's headers, installed with the compiler
#include <__clang_cuda_math_forward_declares.h>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <math.h>
