/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* With NVTX_DISABLE no call does anything. Not for direct use: nvToolsExt.h includes it. */
#include "list.h"

#define AW_NVTX_NOTHING(RETURN, NONE, NAME, PARAMETERS, ARGUMENTS)                                 \
  __attribute__((unused)) static inline RETURN nvtx##NAME PARAMETERS {                             \
    return NONE;                                                                                   \
  }
AW_NVTX_CORE(AW_NVTX_NOTHING)
AW_NVTX_CORE2(AW_NVTX_NOTHING)
#undef AW_NVTX_NOTHING
#undef AW_NVTX_CORE
#undef AW_NVTX_CORE2
