// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the driver API's resource descriptors and core's. Used by textures and surfaces.
#pragma once

#include "cuda/support.h"

namespace anywarp::cuda {

Result<core::TextureResource> fromCuda(const CUDA_RESOURCE_DESC& descriptor);
CUDA_RESOURCE_DESC toCuda(const core::TextureResource& resource);

} // namespace anywarp::cuda
