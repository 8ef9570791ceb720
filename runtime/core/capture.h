// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture: what a program asks a stream for becomes nodes of a graph. The stream that began
// it and those that joined it by waiting for a captured event share one Capture. Safe from any
// thread.
#pragma once

#include "core/capture_mode.h"
#include "core/event.h"
#include "core/graph.h"

#include <thread>
#include <unordered_map>

namespace anywarp::core {

class AW_API Capture : public std::enable_shared_from_this<Capture> {
public:
  // cuStreamBeginCapture. `into` null: a new graph.
  static Result<void> begin(Stream& stream, CaptureMode mode, GraphRef into,
                            Graph::Links dependencies);
  // cuStreamEndCapture: the graph, or why there is none.
  static Result<GraphRef> end(Stream& stream);

  Capture(GraphRef graph, CaptureMode mode, uint64_t originStream, bool newGraph);
  ~Capture();

  // The next node of a stream. An error leaves the capture invalid.
  Result<void> add(Stream& stream, GraphNodeType type, Stream::Operation run);
  Result<void> add(Stream& stream, GraphWork work);
  // Something that cannot be captured: invalid from now on.
  Result<void> refuse(const char* why);

  uint64_t id() const { return id_; }
  CaptureMode mode() const { return mode_; }
  std::thread::id thread() const { return thread_; } // that began it
  const GraphRef& graph() const { return graph_; }
  bool isNewGraph() const { return newGraph_; } // the caller of end() learns of it there only
  bool invalid() const;
  bool ended() const;
  // Takes a stream part that the legacy default stream waits for?
  bool hasBlockingStream(const Context& context) const;
  Graph::Links dependencies(Stream& stream) const;
  // What the next node of the stream depends on; `join`: it takes part from now on.
  Result<void> setDependencies(Stream& stream, Graph::Links links);
  Result<void> addDependencies(Stream& stream, const Graph::Links& links);
  // The nodes of a stream as arrays that live until its next node.
  struct Arrays {
    GraphNode** nodes;
    const GraphEdge* edges;
    size_t count;
    bool plain; // no edge says anything
  };
  Arrays dependencyArrays(Stream& stream);

private:
  friend Result<void> captureKernel(Stream&, std::shared_ptr<const PreparedLaunch>,
                                    const LaunchRequest&);
  struct Participant {
    std::weak_ptr<Stream> stream;
    Graph::Links next; // what the next node depends on
    Graph::Links array;
  };
  Result<void> addNode(Stream& stream, GraphWork work, bool programmatic);
  Result<void> checkLinks(const Graph::Links& links) const;
  bool allJoined(const Stream& stream) const; // mutex_ held

  const GraphRef graph_;
  const CaptureMode mode_;
  const std::thread::id thread_;
  const uint64_t origin_; // Stream::id()
  const uint64_t id_;
  bool entered_ = false;     // known to capture_mode.h
  const bool newGraph_;      // else the application's, which stays when the capture fails
  mutable std::mutex mutex_; // guards all below
  bool invalid_ = false, ended_ = false;
  std::unordered_map<uint64_t, Participant> streams_; // by Stream::id()
};

struct Event::Captured {
  std::shared_ptr<Capture> capture;
  Graph::Links links;
};

// Event::record() and Stream::waitEvent() where a capture is involved; launches of kernels.
Result<void> captureRecord(Stream& stream, const std::shared_ptr<Capture>& capture, Event& event,
                           GraphEdge edge);
// Null: the stream is not captured, or the event's last record was not. Not both.
Result<void> captureWait(Stream& stream, const std::shared_ptr<Capture>& capture,
                         const std::shared_ptr<Event::Captured>& mark);
// The event as a node of its own: cudaEventRecordExternal, cudaEventWaitExternal.
Result<void> captureExternal(Stream& stream, GraphNodeType type, EventRef event);
Result<void> captureKernel(Stream& stream, std::shared_ptr<const PreparedLaunch> launch,
                           const LaunchRequest& request);

// Runs `fn` on a stream of no use but to be captured, and gives what it asked for: for nodes that
// are made of an API call's arguments.
AW_API Result<GraphWork> recordOne(Context& context, GraphNodeType type,
                                   const std::function<Result<void>(Stream&)>& fn);

} // namespace anywarp::core
