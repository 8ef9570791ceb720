// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory of an allocation node: one address for as long as a graph that has the node, or something
// made of it, exists. Knows where it is freed (CUDA driver API manual, cuGraphAddMemAllocNode) and
// whether it is in use now. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <mutex>

namespace anywarp::core {

class AW_API GraphMemory : public std::enable_shared_from_this<GraphMemory> {
public:
  static Result<std::shared_ptr<GraphMemory>> create(Context& context, size_t bytes);
  // The memory that starts at this address; null: none of a graph.
  static std::shared_ptr<GraphMemory> find(const void* address);
  GraphMemory(Device& device, void* address, size_t bytes);
  GraphMemory(const GraphMemory&) = delete;
  ~GraphMemory();

  void* const address;
  const size_t bytes;
  Device& device;

  // A free node for it is added to its own graph, or to another one. InvalidValue: it has one.
  Result<void> addFreeNode(bool sameGraph);
  bool freedInOwnGraph() const;

  // Its last allocation was not freed.
  bool inUse() const;
  void allocate(); // the graph that allocates it is launched
  // Freed by cuMemFree, cuMemFreeAsync or another graph. InvalidValue: not in use.
  Result<void> free();

private:
  mutable std::mutex mutex_; // guards all below
  enum class FreedBy { Nobody, OwnGraph, OtherGraph } freedBy_ = FreedBy::Nobody;
  bool inUse_ = false;
};

// cuDeviceGetGraphMemAttribute & co. Codes are CUgraphMem_attribute's.
AW_API Result<uint64_t> graphMemoryAttribute(Device& device, int code);
AW_API Result<void> setGraphMemoryAttribute(Device& device, int code, uint64_t value);
AW_API Result<void> trimGraphMemory(Device& device);

} // namespace anywarp::core
