// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef ANYWARP_API_CUDART_BASE_TD
#define ANYWARP_API_CUDART_BASE_TD
include "Base.td"

// An ABI that a later major version took out: `removed` is the first CUDA version without it.
class OldVersion<string suffix, int since, int removed, string params, string perThread = "">
    : Version<suffix, since, params, perThread> {
  let Removed = removed;
}

#endif
