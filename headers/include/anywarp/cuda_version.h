// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CUDA version that these headers stand for: 1000 * major + 10 * minor. Programs get 13.0;
// define ANYWARP_CUDA_VERSION (11080, 12090 or 13000) to compile against an older surface.
#pragma once

#ifndef ANYWARP_CUDA_VERSION
#define ANYWARP_CUDA_VERSION 13000
#endif
#define CUDART_VERSION ANYWARP_CUDA_VERSION
