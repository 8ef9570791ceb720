/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The name from before NVTX 3. */
#include "nvtx3/nvToolsExt.h"
