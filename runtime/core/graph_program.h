// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An executable graph's nodes: a tree of steps that can be changed and compared, by the ids of the
// nodes it was made of. Owned by one GraphExec, which guards it. What a launch does with them is a
// GraphPlan.
#pragma once

#include "core/graph.h"
#include "core/graph_plan.h"

#include <unordered_map>

namespace anywarp::core {

enum class GraphUpdate : int { // CUgraphExecUpdateResult
  Success = 0,
  Error = 1,
  TopologyChanged = 2,
  NodeTypeChanged = 3,
  FunctionChanged = 4, // CUDA before 11.2
  ParametersChanged = 5,
  NotSupported = 6,
  UnsupportedFunctionChange = 7,
  AttributesChanged = 8,
};

// Why an update is refused: ids of nodes of the new graph, 0 for none.
struct GraphUpdateResult {
  GraphUpdate code = GraphUpdate::Success;
  uint64_t node = 0, from = 0;
  explicit operator bool() const { return code == GraphUpdate::Success; }
};

// Why a graph cannot be made executable: CUgraphInstantiateResult, and the id of a node.
enum class GraphFault : int {
  None = 0,
  Error = 1,
  InvalidStructure = 2,
  NodeNotSupported = 3,
  MultipleContexts = 4,
  ConditionUnused = 5,
};

class GraphProgram {
public:
  explicit GraphProgram(const Graph& graph);

  std::shared_ptr<const GraphPlan> plan() const;
  // A graph that does the same: disabled nodes are empty.
  GraphRef rebuild() const;

  // InvalidValue where CUDA allows no such change.
  Result<void> setWork(uint64_t node, GraphWork work, bool nodePriority);
  Result<void> setEnabled(uint64_t node, bool enabled);
  Result<bool> enabled(uint64_t node) const;
  // Takes over what the nodes of a graph of the same shape do.
  GraphUpdateResult update(const Graph& graph, bool nodePriority);

  // InvalidValue: the body of a condition holds what it may not; `node`: the offender.
  Result<void> checkBodies(uint64_t& node) const;
  // What launches from the device ask for (cuGraphInstantiateWithParams); `node`: the offender.
  GraphFault checkDevice(uint64_t& node) const;
  const UserObjects& userObjects() const { return userObjects_; }

private:
  struct Level;
  struct Inner { // what is below one step
    std::unique_ptr<Level> child;
    std::vector<std::unique_ptr<Level>> bodies;
  };
  struct Level {
    Graph::Steps steps;
    std::vector<bool> disabled;
    std::vector<Inner> inner;
    std::vector<DeviceNodeUpload> device; // by step; no node: not device-updatable
  };
  struct Place {
    Level* level;
    size_t step;
  };
  struct Flattening;

  std::unique_ptr<Level> build(const Graph& graph);
  void index(Level& level);
  static void noteChange(Level& level, size_t step); // by the host: the next upload brings it
  Result<Place> find(uint64_t node) const;
  std::vector<uint32_t> flatten(const Level& level, const std::vector<uint32_t>& entry,
                                Flattening& out) const;
  std::vector<uint32_t> flattenStep(const Level& level, size_t step, std::vector<uint32_t> before,
                                    Flattening& out) const;
  static GraphRef rebuild(const Level& level);
  static GraphUpdateResult compare(const Level& old, const Level& now, bool nodePriority);
  static GraphUpdate compareWork(const GraphWork& was, const GraphWork& is, bool nodePriority);
  static void takeOver(Level& old, Level& now);
  Result<void> checkBodies(const Level& level, const void** context, uint64_t& node) const;
  GraphFault checkDevice(const Level& level, const void*& context, size_t& work,
                         uint64_t& node) const;

  UserObjects userObjects_; // of the graph; those of graphs below are with their steps
  std::unique_ptr<Level> top_;
  std::unordered_map<uint64_t, Place> places_; // by the id of a node
};

} // namespace anywarp::core
