// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The driver's tables that cuGetExportTable hands out by id. Facts only: which slots callers use
// and what they expect; docs/legal.md says why they are here. Constant data; safe from any thread.
#pragma once

#include "cuda/types.h"

namespace anywarp::cuda {

const void* findExportTable(const CUuuid& id); // null: unknown

// With ANYWARP_STATIC_CUDART (static_cudart.cpp): what cudart's validity check asks for.
// `interfaceTable` and `checkTable` are the tables as the caller received them.
CUresult answerValidityCheck(unsigned version, unsigned long long unixSeconds,
                             unsigned long long out[2], const void* interfaceTable,
                             const void* checkTable, const void* checkFunction);

// Has a static cudart of this process passed that check?
bool staticCudartSeen();

} // namespace anywarp::cuda
