// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The driver API's types without its prototypes: entry points name symbols (cuMemAlloc_v2), so the
// public header's renaming macros must not be seen here.
#pragma once

#define ANYWARP_CUDA_TYPES_ONLY
#include "../../headers/include/cuda.h"
