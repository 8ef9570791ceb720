// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What cuFuncSetBlockShape, cuFuncSetSharedSize and cuParamSet* gather for cuLaunch*. Kept per
// function handle; safe from any thread.
#pragma once

#include "cuda/types.h"

#include <cstddef>
#include <vector>

namespace anywarp::cuda {

struct OldLaunch {
  unsigned block[3] = {1, 1, 1};
  unsigned dynamicShared = 0;
  std::vector<std::byte> params;
};

OldLaunch oldLaunch(CUfunction function);

} // namespace anywarp::cuda
