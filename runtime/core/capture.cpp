// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/capture.h"

#include "core/context.h"

#include <algorithm>
#include <unordered_set>

namespace anywarp::core {
namespace {

uint64_t nextCaptureId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

Capture::Capture(GraphRef graph, CaptureMode mode, uint64_t originStream, bool newGraph)
    : graph_(std::move(graph)), mode_(mode), thread_(std::this_thread::get_id()),
      origin_(originStream), id_(nextCaptureId()), newGraph_(newGraph) {}

Capture::~Capture() {
  if (entered_)
    leaveCapture(*this);
}

Result<void> Capture::begin(Stream& stream, CaptureMode mode, GraphRef into,
                            Graph::Links dependencies) {
  AW_TRY(stream.context().check());
  if (stream.kind() == Stream::Kind::Legacy)
    return makeError(Status::CaptureUnsupported, "the legacy default stream cannot be captured");
  if (stream.capturing())
    return makeError(Status::IllegalState, "the stream is being captured already");
  for (GraphNode* node : dependencies.nodes)
    if (!node || node->graph() != into)
      return makeError(Status::InvalidValue, "a dependency is of another graph");
  bool isNew = !into;
  auto capture =
      std::make_shared<Capture>(into ? std::move(into) : Graph::create(), mode, stream.id(), isNew);
  capture->streams_[stream.id()] = {stream.weak_from_this(), std::move(dependencies), {}};
  enterCapture(capture);
  capture->entered_ = true;
  stream.setCapture(std::move(capture));
  return {};
}

// Everything that other streams did must lead to the last nodes of the one that is ended.
bool Capture::allJoined(const Stream& stream) const {
  std::unordered_set<const GraphNode*> reached;
  Graph::Nodes todo = streams_.at(stream.id()).next.nodes;
  while (!todo.empty()) {
    GraphNode* at = todo.back();
    todo.pop_back();
    if (!reached.insert(at).second)
      continue;
    for (GraphNode* before : graph_->before(*at).nodes)
      todo.push_back(before);
  }
  for (auto& [id, participant] : streams_)
    for (GraphNode* node : participant.next.nodes)
      if (!reached.contains(node))
        return false;
  return true;
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
  leaveCapture(*capture);
  std::unique_lock lock(capture->mutex_);
  bool joined = capture->allJoined(stream);
  for (auto& [id, participant] : capture->streams_)
    if (StreamRef other = participant.stream.lock())
      other->setCapture(nullptr);
  bool invalid = capture->invalid_;
  capture->ended_ = true;
  lock.unlock();
  if (!invalid && joined)
    return capture->graph_;
  if (capture->newGraph_)
    (void)capture->graph_->destroy();
  return invalid ? makeError(Status::CaptureInvalidated,
                             "an earlier call could not be captured and spoiled the capture")
                 : makeError(Status::CaptureUnjoined,
                             "work of another stream was not joined to the one that is ended");
}

bool Capture::invalid() const {
  std::lock_guard lock(mutex_);
  return invalid_;
}

bool Capture::ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

bool Capture::hasBlockingStream(const Context& context) const {
  std::lock_guard lock(mutex_);
  for (auto& [id, participant] : streams_)
    if (StreamRef stream = participant.stream.lock();
        stream && stream->blocking() && &stream->context() == &context)
      return true;
  return false;
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
  return addNode(stream, std::move(work), false);
}

Result<void> Capture::addNode(Stream& stream, GraphWork work, bool programmatic) {
  std::lock_guard lock(mutex_);
  if (invalid_)
    return makeError(Status::CaptureInvalidated, "the capture is invalid");
  if (!work.context)
    work.context = &stream.context();
  noteResidence(work);
  Participant& participant = streams_[stream.id()];
  Graph::Links& next = participant.next;
  next.edges.resize(next.nodes.size());
  for (size_t i = 0; i < next.nodes.size(); ++i) {
    // Only kernels can wait for a part of a kernel.
    bool kernels =
        work.type == GraphNodeType::Kernel && next.nodes[i]->type() == GraphNodeType::Kernel;
    if (!kernels)
      next.edges[i] = {};
    else if (programmatic)
      next.edges[i] = {1, 0, 1};
  }
  auto node = graph_->add(std::move(work), next.nodes, next.edges);
  if (!node) {
    invalid_ = true;
    return node.error();
  }
  next = {{node->get()}, {GraphEdge()}};
  return {};
}

Graph::Links Capture::dependencies(Stream& stream) const {
  std::lock_guard lock(mutex_);
  auto it = streams_.find(stream.id());
  return it == streams_.end() ? Graph::Links() : it->second.next;
}

Result<void> Capture::checkLinks(const Graph::Links& links) const {
  for (GraphNode* node : links.nodes)
    if (!node || node->graph() != graph_)
      return makeError(Status::InvalidValue, "a dependency is of another graph");
  return {};
}

Result<void> Capture::setDependencies(Stream& stream, Graph::Links links) {
  AW_TRY(checkLinks(links));
  std::lock_guard lock(mutex_);
  streams_[stream.id()].next = std::move(links);
  return {};
}

Result<void> Capture::addDependencies(Stream& stream, const Graph::Links& links) {
  AW_TRY(checkLinks(links));
  std::lock_guard lock(mutex_);
  Participant& participant = streams_[stream.id()];
  participant.stream = stream.weak_from_this();
  Graph::Links& next = participant.next;
  next.edges.resize(next.nodes.size());
  for (size_t i = 0; i < links.nodes.size(); ++i)
    if (std::find(next.nodes.begin(), next.nodes.end(), links.nodes[i]) == next.nodes.end()) {
      next.nodes.push_back(links.nodes[i]);
      next.edges.push_back(links.edges.empty() ? GraphEdge() : links.edges[i]);
    }
  return {};
}

Capture::Arrays Capture::dependencyArrays(Stream& stream) {
  std::lock_guard lock(mutex_);
  Participant& participant = streams_[stream.id()];
  Graph::Links& array = participant.array;
  array = participant.next;
  array.edges.resize(array.nodes.size());
  bool plain = std::all_of(array.edges.begin(), array.edges.end(),
                           [](const GraphEdge& edge) { return edge.plain(); });
  return {array.nodes.data(), array.edges.data(), array.nodes.size(), plain};
}

Result<void> captureRecord(Stream& stream, const std::shared_ptr<Capture>& capture, Event& event,
                           GraphEdge edge) {
  auto mark = std::make_shared<Event::Captured>();
  mark->capture = capture;
  mark->links = capture->dependencies(stream);
  if (!edge.plain())
    mark->links.edges.assign(mark->links.nodes.size(), edge);
  event.setCaptured(std::move(mark));
  return {};
}

Result<void> captureWait(Stream& stream, const std::shared_ptr<Capture>& capture,
                         const std::shared_ptr<Event::Captured>& mark) {
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
    AW_TRY(mark->capture->addDependencies(stream, mark->links));
    stream.setCapture(mark->capture);
    return {};
  }
  if (capture != mark->capture) {
    (void)capture->refuse("merge");
    (void)mark->capture->refuse("merge");
    return makeError(Status::CaptureMerge, "the event belongs to another capture");
  }
  return capture->addDependencies(stream, mark->links);
}

Result<void> captureExternal(Stream& stream, GraphNodeType type, EventRef event) {
  auto capture = stream.capture();
  if (!capture)
    return makeError(Status::IllegalState, "an external event outside of a stream capture");
  GraphWork work;
  work.type = type;
  work.event = std::move(event);
  return capture->add(stream, std::move(work));
}

Result<void> captureKernel(Stream& stream, std::shared_ptr<const PreparedLaunch> launch,
                           const LaunchRequest& request) {
  auto capture = stream.capture();
  if (!capture && request.deviceNode)
    return makeError(Status::InvalidValue, "only nodes of graphs can be device-updatable");
  if (!capture) // it ended meanwhile
    return stream.enqueue([launch] { return launch->run(); });
  GraphWork work;
  work.type = GraphNodeType::Kernel;
  if (request.attributes)
    work.attributes = *request.attributes;
  // The manual: priorities are copied from the stream's.
  if (!work.attributes.has(NodeAttributes::kPriority))
    work.attributes.setInt(NodeAttributes::kPriority, stream.priority());
  if (launch->config.cooperative)
    work.attributes.setInt(NodeAttributes::kCooperative, 1);
  if (request.cluster[0])
    AW_TRY(work.attributes.set(NodeAttributes::kClusterDimension,
                               NodeAttributes::valueOf(request.cluster).data()));
  work.kernel = std::move(launch);
  work.deviceNode = request.deviceNode;
  return capture->addNode(stream, std::move(work), request.programmatic);
}

Result<GraphWork> recordOne(Context& context, GraphNodeType type,
                            const std::function<Result<void>(Stream&)>& fn) {
  auto stream = std::make_shared<Stream>(context.shared_from_this(), Stream::Kind::Created,
                                         Stream::kNonBlocking, 0);
  auto graph = std::make_shared<Graph>(); // no handle
  auto capture = std::make_shared<Capture>(graph, CaptureMode::Relaxed, stream->id(), true);
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
  work.context = &context;
  return work;
}

} // namespace anywarp::core
