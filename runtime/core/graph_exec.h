// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An executable graph (CUgraphExec): a copy of a graph. A launch is one operation of a stream;
// where the graph has nodes that only streams can do, such as events, its branches are streams of
// their own (graph_tracks.h). Launches of one executable graph follow each other. Owned by the
// handle table. Safe from any thread.
#pragma once

#include "core/event.h"
#include "core/graph_program.h"

namespace anywarp::core {

class GraphExec;
using GraphExecRef = std::shared_ptr<GraphExec>;

class AW_API GraphExec : public std::enable_shared_from_this<GraphExec> {
public:
  enum Flags : uint64_t { // CUDA_GRAPH_INSTANTIATE_FLAG_*
    kAutoFree = 1,
    kUpload = 2,
    kDeviceLaunch = 4,
    kNodePriority = 8,
  };
  struct Failure {
    GraphFault fault = GraphFault::None;
    GraphNode* node = nullptr;
  };
  static Result<GraphExecRef> create(Graph& graph, uint64_t flags, Failure* failure = nullptr);
  static GraphExecRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  // `only`: the graph's takeOnlyExec() was for this one.
  GraphExec(const GraphRef& graph, uint64_t flags, Device& device, bool only);
  ~GraphExec();

  Result<void> destroy(); // launches on their way still run
  Result<void> launch(Stream& stream);
  // Kernels can launch it as it is now from here on. Only nodes that the device may change have to
  // be brought anywhere, in the order of the stream.
  Result<void> upload(Stream& stream);
  uint64_t flags() const { return flags_; }
  Device& device() const { return device_; }

  // `node` is of the graph that this was made of; InvalidValue: is not, or is of another type.
  Result<void> setWork(const GraphNode& node, GraphWork work);
  Result<void> setEnabled(const GraphNode& node, bool enabled); // Kernel, Memcpy, Memset
  Result<bool> enabled(const GraphNode& node) const;
  GraphUpdateResult update(Graph& graph);

  // For GraphRun. What kernels launch; null: not made for it, or not uploaded yet.
  std::shared_ptr<const GraphPlan> devicePlan() const;
  // A kernel may launch it once at a time, and have one launch of it wait as a tail.
  bool claimDeviceRun() { return !deviceRunning_.exchange(true); }
  void endDeviceRun() { deviceRunning_.store(false); }
  bool claimTail() { return !tailWaiting_.exchange(true); }
  void beginTail() {
    deviceRunning_.store(true);
    tailWaiting_.store(false);
  }
  // A condition's value at the start of a launch, and for the next one.
  uint32_t startValue(const GraphCondition& condition) const;
  void keepValue(const GraphCondition& condition, uint32_t value);

private:
  std::shared_ptr<const GraphPlan> plan(); // mutex_ held
  void makeDevicePlan();                   // mutex_ held
  Result<void> takeMemory(const GraphPlan& plan);
  Result<void> enqueue(Stream& stream, const std::shared_ptr<const GraphPlan>& plan);
  // mutex_ held. Launches and uploads follow each other.
  Result<void> waitForLast(Stream& stream);
  Result<void> recordLast(Stream& stream);
  void leaveGraph();

  const uint64_t flags_;
  Device& device_;
  const std::weak_ptr<Graph> graph_;
  std::atomic<bool> only_; // there may be no other executable one of the graph
  std::atomic<bool> deviceRunning_{false}, tailWaiting_{false};
  mutable std::mutex mutex_; // guards the following
  GraphProgram program_;
  std::shared_ptr<const GraphPlan> plan_; // null: the program was changed
  EventRef last_;                         // recorded behind the last launch or upload
  mutable std::mutex deviceMutex_;        // guards the rest; a leaf
  std::shared_ptr<const GraphPlan> devicePlan_;
  std::unordered_map<const GraphCondition*, uint32_t> values_;
};

} // namespace anywarp::core
