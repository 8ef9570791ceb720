// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the copy functions share. Stateless; safe from any thread.
#pragma once

#include "core/memory.h"
#include "cudart/current.h"
#include "cudart/last_error.h"
#include "cudart/types.h"

namespace anywarp::cudart {

Result<core::CopyKind> copyKind(cudaMemcpyKind kind); // InvalidMemcpyDirection
// Copies in the order of `stream`; nothing when count is 0.
Result<void> copyLinear(void* dst, const void* src, size_t count, cudaMemcpyKind kind,
                        cudaStream_t stream, bool async);

} // namespace anywarp::cudart
