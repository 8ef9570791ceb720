// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The arrays behind the runtime API's handles. Safe from any thread.
#pragma once

#include "core/array.h"
#include "support/result.h"

namespace anywarp::cudart {

// InvalidHandle when it is not live.
Result<core::ArrayRef> findArray(const void* handle);
Result<core::MipmappedArrayRef> findMipmappedArray(const void* handle);

} // namespace anywarp::cudart
