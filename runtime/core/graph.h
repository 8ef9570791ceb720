// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA graphs as a program builds them: nodes, what each does, and edges. A node is an operation
// that can run any number of times (the same kind that streams queue), or an event, a child graph
// or memory. Owned by the handle tables; a graph owns its nodes. Safe from any thread; one mutex a
// graph.
#pragma once

#include "core/api.h"
#include "core/launch.h"
#include "core/stream.h"
#include "core/stream_mem_ops.h"

#include <any>
#include <mutex>
#include <vector>

namespace anywarp::core {

class Graph;
class GraphNode;
using GraphRef = std::shared_ptr<Graph>;
using GraphNodeRef = std::shared_ptr<GraphNode>;

enum class GraphNodeType : int { // CUgraphNodeType
  Kernel = 0,
  Memcpy = 1,
  Memset = 2,
  Host = 3,
  Graph = 4,
  Empty = 5,
  WaitEvent = 6,
  EventRecord = 7,
  MemAlloc = 10,
  MemFree = 11,
  BatchMemOp = 12,
};

// Memory of an allocation node: one address for as long as a graph that has the node, or something
// made of it, exists.
class AW_API GraphMemory {
public:
  static Result<std::shared_ptr<GraphMemory>> create(Context& context, size_t bytes);
  GraphMemory(PoolRef pool, void* address, size_t bytes);
  GraphMemory(const GraphMemory&) = delete;
  ~GraphMemory();
  void* const address;
  const size_t bytes;

private:
  const PoolRef pool_;
};

// What a node does. Copied into clones and executable graphs.
struct GraphWork {
  GraphNodeType type = GraphNodeType::Empty;
  Stream::Operation run;                        // Kernel, Memcpy, Memset, Host
  std::shared_ptr<const PreparedLaunch> kernel; // Kernel
  EventRef event;                               // WaitEvent, EventRecord
  GraphRef child;                               // Graph: a copy of its own
  std::shared_ptr<GraphMemory> memory;          // MemAlloc
  void* freed = nullptr;                        // MemFree
  std::shared_ptr<const StreamMemOps> memOps;   // BatchMemOp
  std::any params;                              // as the API that made the node was given them
};

class AW_API GraphNode {
public:
  GraphNode(Graph& graph, GraphWork work, uint64_t id);
  static GraphNodeRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  GraphNodeType type() const { return type_; }
  uint64_t id() const { return id_; }             // never used again
  uint64_t original() const { return original_; } // of the node that this is a clone of; else 0
  GraphRef graph() const;                         // null: it is gone
  GraphWork work() const;
  Result<void> setWork(GraphWork work); // of the same type
  // Pointers to the values of a kernel node, for as long as the node is not changed.
  void** kernelParams();

private:
  friend class Graph;
  const std::weak_ptr<Graph> graph_;
  const GraphNodeType type_;
  const uint64_t id_;
  uint64_t original_ = 0;
  mutable std::mutex mutex_; // guards the two below
  GraphWork work_;
  std::vector<void*> pointers_;
  std::vector<GraphNode*> before_, after_; // guarded by the graph's mutex
};

class AW_API Graph : public std::enable_shared_from_this<Graph> {
public:
  static GraphRef create();
  static GraphRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  ~Graph();
  Result<void> destroy(); // executable graphs made of it live on
  GraphRef clone();
  bool isChild() const { return isChild_; }

  using Nodes = std::vector<GraphNode*>;
  // InvalidValue: a dependency is of another graph or named twice.
  Result<GraphNodeRef> add(GraphWork work, const Nodes& dependencies);
  Result<void> remove(GraphNode& node);
  Result<void> addEdges(const Nodes& from, const Nodes& to); // InvalidValue: would make a circle
  Result<void> removeEdges(const Nodes& from, const Nodes& to);

  Nodes nodes() const; // in the order of adding
  Nodes roots() const;
  std::vector<std::pair<GraphNode*, GraphNode*>> edges() const;
  Nodes before(const GraphNode& node) const;
  Nodes after(const GraphNode& node) const;
  GraphNode* findClone(uint64_t original) const;

  struct Step {
    uint64_t id;
    GraphWork work;
    std::vector<size_t> before; // places in the list
  };
  // Every node behind all that it depends on; otherwise in the order of adding.
  std::vector<Step> order() const;

private:
  static void unregister(Graph& graph);
  bool reaches(const GraphNode* from, const GraphNode* to) const;
  bool owns(const GraphNode* node) const;

  bool isChild_ = false;     // belongs to a node: not destroyed by handle
  mutable std::mutex mutex_; // guards all below, and the nodes' edges
  std::vector<GraphNodeRef> nodes_;
};

} // namespace anywarp::core
