// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A launch of a graph with nodes that only a stream can do: events, semaphores, values in memory. A
// thread does not wait for those, a stream does; so the branches of the graph become streams of
// this launch. Chains that follow each other share one, the first ones are in the launch's own
// stream. On the stack of who launches; the queues stay until their work is done.
#pragma once

#include "core/graph_run.h"
#include "core/stream_queue.h"

namespace anywarp::core {

class GraphTracks {
public:
  GraphTracks(Stream& stream, std::shared_ptr<GraphRun> run);
  // Puts everything in; what the launch's stream does next comes behind all of it.
  Result<void> launch();

private:
  struct Track {
    StreamRef own; // null: the launch's
    Stream& stream;
    size_t last; // chain
  };
  static constexpr size_t kNone = size_t(-1);

  size_t chooseTrack(size_t chain);
  Result<void> add(size_t chain);
  Result<void> addItems(Stream& stream, GraphPlan::Items items);
  void finish();
  static QueuePosition mark(Stream& stream); // where it is now

  Stream& stream_;
  const std::shared_ptr<GraphRun> run_;
  const GraphPlan::Body& body_;
  QueuePosition begin_;
  std::vector<Track> tracks_; // the first one is the launch's
  std::vector<size_t> trackOf_;
  std::vector<QueuePosition> ends_; // of chains that others wait for
};

} // namespace anywarp::core
