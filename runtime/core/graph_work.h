// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one node of a graph does: an operation that can run any number of times, with a description
// that both APIs can read, or an event, memory, a graph, a condition. Plain values; copied into
// clones and executable graphs.
#pragma once

#include "core/external_semaphore.h"
#include "core/graph_device_node.h"
#include "core/graph_memory.h"
#include "core/launch.h"
#include "core/memory.h"
#include "core/node_attributes.h"
#include "core/stream.h"
#include "core/stream_mem_ops.h"

#include <any>
#include <variant>
#include <vector>

namespace anywarp::core {

class Graph;
class GraphCondition;
using GraphRef = std::shared_ptr<Graph>;
using GraphConditionRef = std::shared_ptr<GraphCondition>;

enum class GraphNodeType : int { // CUgraphNodeType
  Kernel = 0,
  Memcpy = 1,
  Memset = 2,
  Host = 3,
  Graph = 4,
  Empty = 5,
  WaitEvent = 6,
  EventRecord = 7,
  SemaphoreSignal = 8,
  SemaphoreWait = 9,
  MemAlloc = 10,
  MemFree = 11,
  BatchMemOp = 12,
  Conditional = 13,
};

// Where memory was when a node was made that copies or fills it; it may be gone when the node is
// changed. One without an allocation is pageable memory of the host.
struct Residence {
  bool array = false, allocated = false, host = true;
  AllocationKind kind = AllocationKind::Device;
  const Device* device = nullptr;
  uint64_t context = 0; // Context::id() of the owner; 0: none
  static Residence of(const CopyBox& box);
  // Of the host or a device as the other one, on the same device and from the same context.
  bool sameMapping(const Residence& other) const;
};

struct CopyParams {
  CopyBox dst, src;
  size_t width = 0, height = 0, depth = 0; // width in bytes
  CopyKind kind = CopyKind::Default;
  Residence dstAt, srcAt; // noted when a graph takes the node
  bool plain() const { return !dst.array && !src.array && height <= 1 && depth <= 1; }
};

struct FillParams {
  void* dst = nullptr;
  size_t pitch = 0;
  uint32_t value = 0;
  unsigned elementSize = 0;
  size_t width = 0, height = 0; // width in elements
  Residence at;
};

struct HostParams {
  void (*function)(void*) = nullptr;
  void* data = nullptr;
};

enum class ConditionalType : int { If = 0, While = 1, Switch = 2 }; // CUgraphConditionalNodeType

struct ConditionalParams {
  GraphConditionRef condition;
  ConditionalType type = ConditionalType::If;
  std::vector<GraphRef> bodies;                // children of the node
  std::shared_ptr<std::vector<void*>> handles; // of the bodies, as the application is shown them
};

struct GraphWork {
  GraphNodeType type = GraphNodeType::Empty;
  Stream::Operation run; // Memcpy, Memset, Host
  std::variant<std::monostate, CopyParams, FillParams, HostParams>
      described;                                // Memcpy, Memset, Host
  std::shared_ptr<const PreparedLaunch> kernel; // Kernel
  NodeAttributes attributes;                    // Kernel
  GraphDeviceNodeRef deviceNode;                // Kernel; null: kernels may not change it
  const void* context = nullptr;                // that it was made for; null: any
  EventRef event;                               // WaitEvent, EventRecord
  GraphRef child;                               // Graph
  bool moveChild = false;                       // Graph: the child itself, not a copy
  std::shared_ptr<GraphMemory> memory;          // MemAlloc, MemFree
  ConditionalParams conditional;                // Conditional
  std::shared_ptr<const StreamMemOps> memOps;   // BatchMemOp
  std::shared_ptr<const ExternalSemaphore::Operations>
      semaphores;  // SemaphoreSignal, SemaphoreWait; the semaphores live as long as the work
  std::any params; // as the API that made the node was given them
};

// Looks up where the memory of a copy or fill is.
void noteResidence(GraphWork& work);
// Gives a kernel node's work these attributes; those that change the launch change it.
Result<void> applyAttributes(GraphWork& work, const NodeAttributes& attributes);
// An attribute as the node has it, from its launch where nobody has set it.
AW_API Result<NodeAttributes::Value> attributeOf(const GraphWork& work, int id);

} // namespace anywarp::core
