// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rules that the runtime API has for all textures. Stateless.
#pragma once

#include "core/texture.h"
#include "support/result.h"

namespace anywarp::cudart {

// cudaErrorInvalidNormSetting and cudaErrorInvalidFilterSetting: what cannot be read as a number,
// or filtered, in a texture with texels of this CUarray_format.
Result<void> checkReadMode(int format, bool normalizedFloat, const core::TextureSampling& sampling,
                           bool fetchedOnly);

} // namespace anywarp::cudart
