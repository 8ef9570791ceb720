// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Places of memory between CUDA's struct and core's. Plain data.
#pragma once

#include "core/location.h"
#include "cuda/types.h"

namespace anywarp::cuda {

inline core::MemoryLocation fromCuda(const CUmemLocation& location) {
  return {int(location.type), location.id};
}
inline CUmemLocation toCuda(const core::MemoryLocation& location) {
  return {CUmemLocationType(location.type), location.id};
}

} // namespace anywarp::cuda
