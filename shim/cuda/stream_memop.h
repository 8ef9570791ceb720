// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUstreamBatchMemOpParams as core's operations and back; for streams and for graph nodes.
// Stateless.
#pragma once

#include "core/stream_mem_ops.h"
#include "cuda/types.h"

#include <vector>

namespace anywarp::cuda {

// InvalidValue: 256 or more, a null array or an unknown operation.
Result<std::vector<core::StreamMemOp>> readMemOps(unsigned count,
                                                  const CUstreamBatchMemOpParams* list);
CUstreamBatchMemOpParams writeMemOp(const core::StreamMemOp& op);

} // namespace anywarp::cuda
