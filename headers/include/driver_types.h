// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types of the CUDA runtime API, for CUDA 11, 12 and 13 (anywarp/cuda_version.h). Usable from C
// and C++ without a CUDA compiler.
#pragma once
#define __DRIVER_TYPES_H__ // programs test for it

#include "anywarp/runtime_flags.h"
#include "anywarp/runtime_graph_types.h"
#include "host_defines.h"
#include "vector_types.h"

#ifndef __CUDACC_RTC__
#include <limits.h>
#include <stddef.h>
#endif
