// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture: what a program asks a stream for becomes nodes of a graph. The stream that began
// it and those that joined it by waiting for a captured event share one Capture. Safe from any
// thread.
#pragma once

#include "core/event.h"
#include "core/graph.h"

#include <thread>
#include <unordered_map>

namespace anywarp::core {

enum class CaptureMode : int { Global = 0, ThreadLocal = 1, Relaxed = 2 };

class AW_API Capture : public std::enable_shared_from_this<Capture> {
public:
  // cuStreamBeginCapture. `into` null: a new graph.
  static Result<void> begin(Stream& stream, CaptureMode mode, GraphRef into,
                            Graph::Nodes dependencies);
  // cuStreamEndCapture: the graph, or why there is none.
  static Result<GraphRef> end(Stream& stream);

  Capture(GraphRef graph, CaptureMode mode, uint64_t originStream);

  // The next node of a stream. An error leaves the capture invalid.
  Result<void> add(Stream& stream, GraphNodeType type, Stream::Operation run);
  Result<void> add(Stream& stream, GraphWork work);
  // Something that cannot be captured: invalid from now on.
  Result<void> refuse(const char* why);

  uint64_t id() const { return id_; }
  const GraphRef& graph() const { return graph_; }
  bool invalid() const;
  bool ended() const;
  Graph::Nodes dependencies(Stream& stream) const;
  // What the next node of the stream depends on; `join`: it takes part from now on.
  Result<void> setDependencies(Stream& stream, Graph::Nodes nodes);
  Result<void> addDependencies(Stream& stream, const Graph::Nodes& nodes);
  // The nodes of a stream as an array that lives until its next node.
  GraphNode** dependencyArray(Stream& stream, size_t& count);

private:
  struct Participant {
    std::weak_ptr<Stream> stream;
    Graph::Nodes next; // what the next node depends on
    std::vector<GraphNode*> array;
  };
  const GraphRef graph_;
  const CaptureMode mode_;
  const std::thread::id thread_;
  const uint64_t origin_; // Stream::id()
  const uint64_t id_;
  mutable std::mutex mutex_; // guards all below
  bool invalid_ = false, ended_ = false;
  std::unordered_map<uint64_t, Participant> streams_; // by Stream::id()
};

struct Event::Captured {
  std::shared_ptr<Capture> capture;
  Graph::Nodes nodes;
};

// Event::record() and Stream::waitEvent() where a capture is involved; launches of kernels.
Result<void> captureRecord(Stream& stream, Event& event);
Result<void> captureWait(Stream& stream, Event& event);
Result<void> captureKernel(Stream& stream, std::shared_ptr<const PreparedLaunch> launch);

// Runs `fn` on a stream of no use but to be captured, and gives what it asked for: for nodes that
// are made of an API call's arguments.
AW_API Result<GraphWork> recordOne(Context& context, GraphNodeType type,
                                   const std::function<Result<void>(Stream&)>& fn);

} // namespace anywarp::core
