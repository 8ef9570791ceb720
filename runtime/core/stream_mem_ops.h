// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waits for values in memory and writes of values, in stream order: cuStreamWaitValue,
// cuStreamWriteValue, cuStreamBatchMemOp and the graph nodes of the same kind. A waiting stream has
// no thread (stream_poller.h). Immutable once made; safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "core/stream.h"
#include "support/result.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace anywarp::core {

struct StreamMemOp {
  enum class Type : int { // CUstreamBatchMemOpType
    Wait32 = 1,
    Write32 = 2,
    FlushRemoteWrites = 3,
    Wait64 = 4,
    Write64 = 5,
    Barrier = 6,
  };
  Type type = Type::Barrier;
  void* address = nullptr;
  uint64_t value = 0;
  unsigned flags = 0; // CUstreamWaitValue_flags, CUstreamWriteValue_flags, ...
};

class AW_API StreamMemOps {
public:
  static constexpr size_t kMost = 255; // "Must be less than 256"
  // Checks the operations as the driver API manual says. `firstApi`: the functions without _v2,
  // which have no barriers but know NO_MEMORY_BARRIER.
  static Result<std::shared_ptr<const StreamMemOps>>
  create(Context& context, std::vector<StreamMemOp> ops, bool firstApi = false);
  StreamMemOps(Context& context, std::vector<StreamMemOp> ops);

  // One operation of the stream, or one node of the graph that it is captured into.
  static Result<void> enqueue(Stream& stream, std::shared_ptr<const StreamMemOps> ops);

  const std::vector<StreamMemOp>& ops() const { return ops_; }
  // Does operations from number `next` on, which it moves, up to the first wait whose value has not
  // come. True: all are done.
  Result<bool> advance(size_t& next) const;

private:
  Result<bool> step(const StreamMemOp& op) const;

  BackendDevice& device_;
  const std::vector<StreamMemOp> ops_;
};

} // namespace anywarp::core
