// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA graphs as a program builds them: nodes, what each does (graph_work.h), and edges. Owned by
// the handle tables; a graph owns its nodes, a node its child graph or the bodies of its condition.
// Safe from any thread; one mutex a graph. Lock order: a graph before those below it.
#pragma once

#include "core/api.h"
#include "core/graph_work.h"
#include "core/user_object.h"

#include <atomic>
#include <mutex>
#include <vector>

namespace anywarp::core {

class GraphNode;
using GraphNodeRef = std::shared_ptr<GraphNode>;

// CUgraphEdgeData, in its layout: which part of the first node the second one waits for. Every kind
// is satisfied by waiting for the whole node, which is what happens here.
struct GraphEdge {
  uint8_t fromPort = 0, toPort = 0, type = 0; // CU_GRAPH_KERNEL_NODE_PORT_*, CUgraphDependencyType
  uint8_t reserved[5] = {};
  bool operator==(const GraphEdge&) const = default;
  bool plain() const { return *this == GraphEdge(); }
};
using GraphEdges = std::vector<GraphEdge>; // one for each node of a list; empty: all plain

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
  // Of the same type. A kernel node keeps its attributes.
  Result<void> setWork(GraphWork work);
  Result<void> setAttribute(int id, const void* value);
  Result<void> setAttributes(const NodeAttributes& attributes);
  // Pointers to the values of a kernel node, for as long as the node is not changed.
  void** kernelParams();

private:
  friend class Graph;
  struct Link {
    GraphNode* node;
    GraphEdge edge;
  };
  const std::weak_ptr<Graph> graph_;
  const GraphNodeType type_;
  const uint64_t id_;
  uint64_t original_ = 0;
  mutable std::mutex mutex_; // guards the two below
  GraphWork work_;
  std::vector<void*> pointers_;
  std::vector<Link> before_, after_; // guarded by the graph's mutex
};

// A conditional handle (CUgraphConditionalHandle): what a conditional node asks and kernels set.
// The value belongs to each launch; this is only who it is. Owned by its graph and what is made of
// it.
class AW_API GraphCondition {
public:
  GraphCondition(uint32_t defaultValue, bool assignDefault, const void* context)
      : defaultValue(defaultValue), assignDefault(assignDefault), context(context) {}
  uint64_t handle() const { return uint64_t(uintptr_t(this)); }
  const uint32_t defaultValue;
  const bool assignDefault; // at the start of each launch
  const void* const context;
  void giveBack() { used_.store(false); } // the node of takeCondition() could not be made

private:
  friend class Graph;
  std::atomic<bool> used_{false}; // by a node
};

class AW_API Graph : public std::enable_shared_from_this<Graph> {
public:
  static GraphRef create();
  static GraphRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  ~Graph();
  Result<void> destroy(); // executable graphs made of it live on
  // InvalidValue: has nodes of memory or conditions.
  Result<GraphRef> clone();
  GraphRef copy() const;                         // of any graph, without handles
  bool isChild() const { return owned_.load(); } // belongs to a node: not destroyed by handle

  using Nodes = std::vector<GraphNode*>;
  // InvalidValue: a dependency is of another graph or named twice, an edge makes no sense, a child
  // graph may not be one.
  Result<GraphNodeRef> add(GraphWork work, const Nodes& dependencies, const GraphEdges& edges = {});
  Result<void> remove(GraphNode& node);
  Result<void> addEdges(const Nodes& from, const Nodes& to, const GraphEdges& edges = {});
  Result<void> removeEdges(const Nodes& from, const Nodes& to, const GraphEdges& edges = {});

  struct Arrow {
    GraphNode *from, *to;
    GraphEdge edge;
  };
  struct Links {
    Nodes nodes;
    GraphEdges edges;
  };
  Nodes nodes() const; // in the order of adding
  Nodes roots() const;
  std::vector<Arrow> edges() const;
  Links before(const GraphNode& node) const;
  Links after(const GraphNode& node) const;
  GraphNode* findClone(uint64_t original) const;
  GraphNode* findId(uint64_t id) const;
  bool hasMemoryNodes() const; // also below

  // cuGraphConditionalHandleCreate, and the condition of a node: of this graph or one above, not
  // used by another node.
  Result<GraphConditionRef> createCondition(uint32_t value, bool assign, const void* context);
  Result<GraphConditionRef> takeCondition(uint64_t handle);
  // One that no node uses, here or below.
  bool hasUnusedCondition() const;

  Result<void> retainUserObject(const UserObjectRef& object, uint32_t count, bool move);
  Result<void> releaseUserObject(const UserObjectRef& object, uint32_t count);
  UserObjects userObjects() const; // as many references again

  struct Step {
    uint64_t id;
    GraphWork work;
    std::vector<size_t> before; // places in the list, ascending
    GraphEdges edges;           // by `before`; empty: all plain
  };
  using Steps = std::vector<Step>;
  // Every node behind all that it depends on; otherwise in the order of adding.
  Steps order() const;

  // Of a graph with memory nodes or device-updatable ones, also below, there may be one executable
  // graph at a time. InvalidValue: there is one.
  bool allowsOneExec() const;
  Result<void> takeOnlyExec();
  void giveOnlyExec() { hasExec_.store(false); }

private:
  enum class Copying { Handles, Bare };
  GraphRef copyAs(Copying how) const;
  void own(const GraphRef& below);
  static void unregister(Graph& graph);
  bool reaches(const GraphNode* from, const GraphNode* to) const;
  bool owns(const GraphNode* node) const;
  bool fixed() const; // mutex_ held: has memory nodes, so that nothing can be taken away
  Result<void> checkChild(const GraphWork& work) const;
  Result<void> noteMemory(const GraphWork& work);

  std::atomic<bool> owned_{false}, moved_{false}, hasExec_{false};
  mutable std::mutex mutex_; // guards all below, and the nodes' edges
  std::weak_ptr<Graph> parent_;
  std::vector<GraphNodeRef> nodes_;
  std::vector<GraphConditionRef> conditions_;
  UserObjects userObjects_;
};

} // namespace anywarp::core
