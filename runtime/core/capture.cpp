// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/capture.h"

#include "core/context.h"

#include <algorithm>

namespace anywarp::core {
namespace {

uint64_t nextCaptureId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

Capture::Capture(GraphRef graph, CaptureMode mode, uint64_t originStream)
    : graph_(std::move(graph)), mode_(mode), thread_(std::this_thread::get_id()),
      origin_(originStream), id_(nextCaptureId()) {}

Result<void> Capture::begin(Stream& stream, CaptureMode mode, GraphRef into,
                            Graph::Nodes dependencies) {
  AW_TRY(stream.context().check());
  if (stream.kind() == Stream::Kind::Legacy)
    return makeError(Status::CaptureUnsupported, "the legacy default stream cannot be captured");
  if (stream.capturing())
    return makeError(Status::IllegalState, "the stream is being captured already");
  for (GraphNode* node : dependencies)
    if (!node || node->graph() != into)
      return makeError(Status::InvalidValue, "a dependency is of another graph");
  auto capture =
      std::make_shared<Capture>(into ? std::move(into) : Graph::create(), mode, stream.id());
  capture->streams_[stream.id()] = {stream.weak_from_this(), std::move(dependencies), {}};
  stream.setCapture(std::move(capture));
  return {};
}

Result<GraphRef> Capture::end(Stream& stream) {
  AW_TRY(stream.context().check());
  std::shared_ptr<Capture> capture = stream.capture();
  if (!capture)
    return makeError(Status::IllegalState, "the stream is not being captured");
  if (capture->mode_ != CaptureMode::Relaxed && capture->thread_ != std::this_thread::get_id())
    return makeError(Status::CaptureWrongThread, "the capture was begun by another thread");
  if (capture->origin_ != stream.id()) {
    (void)capture->refuse("ended from a stream that did not begin the capture");
    return makeError(Status::CaptureUnmatched, "the capture was not begun in this stream");
  }
  std::unique_lock lock(capture->mutex_);
  bool joined = true;
  Graph::Nodes ends = capture->streams_[stream.id()].next;
  for (auto& [id, participant] : capture->streams_) {
    // Everything that another stream did must lead to the last nodes of this one.
    if (id != stream.id())
      for (GraphNode* node : participant.next) {
        Graph::Nodes todo = ends;
        bool found = false;
        std::unordered_map<const GraphNode*, bool> seen;
        while (!todo.empty() && !found) {
          GraphNode* at = todo.back();
          todo.pop_back();
          found = at == node;
          if (!std::exchange(seen[at], true))
            for (GraphNode* before : capture->graph_->before(*at))
              todo.push_back(before);
        }
        joined &= found;
      }
    if (StreamRef other = participant.stream.lock())
      other->setCapture(nullptr);
  }
  bool invalid = capture->invalid_;
  capture->ended_ = true;
  lock.unlock();
  if (invalid || !joined) {
    (void)capture->graph_->destroy();
    return invalid ? makeError(Status::CaptureInvalidated,
                               "an earlier call could not be captured and spoiled the capture")
                   : makeError(Status::CaptureUnjoined,
                               "work of another stream was not joined to the one that is ended");
  }
  return capture->graph_;
}

bool Capture::invalid() const {
  std::lock_guard lock(mutex_);
  return invalid_;
}

bool Capture::ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

Result<void> Capture::refuse(const char* why) {
  std::lock_guard lock(mutex_);
  if (invalid_)
    return makeError(Status::CaptureInvalidated, "the capture is invalid");
  invalid_ = true;
  return makeError(Status::CaptureUnsupported, why);
}

Result<void> Capture::add(Stream& stream, GraphNodeType type, Stream::Operation run) {
  GraphWork work;
  work.type = type;
  work.run = std::move(run);
  return add(stream, std::move(work));
}

Result<void> Capture::add(Stream& stream, GraphWork work) {
  std::lock_guard lock(mutex_);
  if (invalid_)
    return makeError(Status::CaptureInvalidated, "the capture is invalid");
  Participant& participant = streams_[stream.id()];
  auto node = graph_->add(std::move(work), participant.next);
  if (!node)
    return node.error();
  participant.next = {node->get()};
  return {};
}

Graph::Nodes Capture::dependencies(Stream& stream) const {
  std::lock_guard lock(mutex_);
  auto it = streams_.find(stream.id());
  return it == streams_.end() ? Graph::Nodes() : it->second.next;
}

Result<void> Capture::setDependencies(Stream& stream, Graph::Nodes nodes) {
  for (GraphNode* node : nodes)
    if (!node || node->graph() != graph_)
      return makeError(Status::InvalidValue, "a dependency is of another graph");
  std::lock_guard lock(mutex_);
  streams_[stream.id()].next = std::move(nodes);
  return {};
}

Result<void> Capture::addDependencies(Stream& stream, const Graph::Nodes& nodes) {
  std::lock_guard lock(mutex_);
  Participant& participant = streams_[stream.id()];
  participant.stream = stream.weak_from_this();
  for (GraphNode* node : nodes) {
    if (!node || node->graph() != graph_)
      return makeError(Status::InvalidValue, "a dependency is of another graph");
    if (std::find(participant.next.begin(), participant.next.end(), node) == participant.next.end())
      participant.next.push_back(node);
  }
  return {};
}

GraphNode** Capture::dependencyArray(Stream& stream, size_t& count) {
  std::lock_guard lock(mutex_);
  Participant& participant = streams_[stream.id()];
  participant.array = participant.next;
  count = participant.array.size();
  return participant.array.data();
}

Result<void> captureRecord(Stream& stream, Event& event) {
  auto capture = stream.capture();
  auto mark = std::make_shared<Event::Captured>();
  mark->capture = capture;
  mark->nodes = capture->dependencies(stream);
  event.setCaptured(std::move(mark));
  return {};
}

Result<void> captureWait(Stream& stream, Event& event) {
  auto capture = stream.capture();
  auto mark = event.captured();
  if (!mark) {
    (void)capture->refuse("isolation");
    return makeError(Status::CaptureIsolation,
                     "a captured stream cannot wait for an event that was recorded outside");
  }
  if (!capture) {
    if (mark->capture->ended())
      return makeError(Status::CapturedEvent, "the event was recorded in a capture that has ended");
    if (stream.kind() == Stream::Kind::Legacy)
      return mark->capture->refuse("the legacy default stream cannot be captured");
    if (mark->capture->invalid())
      return makeError(Status::CaptureInvalidated, "the event's capture is invalid");
    AW_TRY(mark->capture->addDependencies(stream, mark->nodes));
    stream.setCapture(mark->capture);
    return {};
  }
  if (capture != mark->capture) {
    (void)capture->refuse("merge");
    (void)mark->capture->refuse("merge");
    return makeError(Status::CaptureMerge, "the event belongs to another capture");
  }
  return capture->addDependencies(stream, mark->nodes);
}

Result<void> captureKernel(Stream& stream, std::shared_ptr<const PreparedLaunch> launch) {
  auto capture = stream.capture();
  if (!capture) // it ended meanwhile
    return stream.enqueue([launch] { return launch->run(); });
  GraphWork work;
  work.type = GraphNodeType::Kernel;
  work.kernel = launch;
  work.run = [launch] { return launch->run(); };
  return capture->add(stream, std::move(work));
}

Result<GraphWork> recordOne(Context& context, GraphNodeType type,
                            const std::function<Result<void>(Stream&)>& fn) {
  auto stream = std::make_shared<Stream>(context.shared_from_this(), Stream::Kind::Created,
                                         Stream::kNonBlocking, 0);
  auto graph = std::make_shared<Graph>(); // no handle
  auto capture = std::make_shared<Capture>(graph, CaptureMode::Relaxed, stream->id());
  stream->setCapture(capture);
  Result<void> result = fn(*stream);
  stream->setCapture(nullptr);
  if (!result)
    return result.error();
  GraphWork work;
  work.type = type;
  Graph::Nodes nodes = graph->nodes();
  if (!nodes.empty()) { // else there was nothing to do
    work = nodes[0]->work();
    if (work.type != type || nodes.size() > 1)
      return makeError(Status::Unknown, "internal: a node that became something else");
  }
  return work;
}

} // namespace anywarp::core
