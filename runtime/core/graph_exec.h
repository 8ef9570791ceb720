// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An executable graph (CUgraphExec): a copy of a graph in an order that its edges allow. A launch
// is one operation of a stream, but for events; launches of one executable graph follow each other.
// Owned by the handle table. Safe from any thread.
#pragma once

#include "core/event.h"
#include "core/graph.h"

namespace anywarp::core {

class GraphExec;
using GraphExecRef = std::shared_ptr<GraphExec>;

enum class GraphUpdate : int { // CUgraphExecUpdateResult
  Success = 0,
  Error = 1,
  TopologyChanged = 2,
  NodeTypeChanged = 3,
  FunctionChanged = 4,
  ParametersChanged = 5,
  NotSupported = 6,
};

class AW_API GraphExec {
public:
  static Result<GraphExecRef> create(Graph& graph, uint64_t flags);
  static GraphExecRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  GraphExec(std::vector<Graph::Step> steps, uint64_t flags);

  Result<void> destroy(); // launches on their way still run
  Result<void> launch(Stream& stream);
  uint64_t flags() const { return flags_; }

  // `node` is of the graph that this was made of; InvalidValue: is not, or is of another type.
  Result<void> setWork(const GraphNode& node, GraphWork work);
  Result<void> setEnabled(const GraphNode& node, bool enabled); // Kernel, Memcpy, Memset
  Result<bool> enabled(const GraphNode& node) const;
  // Takes over what the nodes of a graph of the same shape do. `culprit`: the id of the node that
  // differs, or 0.
  GraphUpdate update(Graph& graph, uint64_t& culprit);

private:
  using Steps = std::vector<Graph::Step>;
  struct Program {
    Steps steps;
    std::vector<bool> disabled;
    std::vector<std::shared_ptr<const Program>> children; // by step; null: no child
  };
  static std::shared_ptr<const Program> compile(Steps steps);
  static GraphRef rebuild(const Program& program);
  static GraphUpdate compare(const Steps& old, const Steps& now, uint64_t& culprit);
  static Result<void> enqueue(Stream& stream, std::shared_ptr<const Program> program);
  Result<size_t> find(const GraphNode& node) const; // mutex_ held

  const uint64_t flags_;
  mutable std::mutex mutex_; // guards all below
  std::shared_ptr<const Program> program_;
  EventRef last_; // recorded behind the last launch
};

} // namespace anywarp::core
