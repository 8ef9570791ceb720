// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_exec.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/graph_run.h"
#include "core/graph_tracks.h"
#include "core/handles.h"
#include "core/runtime.h"

namespace anywarp::core {

GraphExec::GraphExec(const GraphRef& graph, uint64_t flags, Device& device, bool only)
    : flags_(flags), device_(device), graph_(graph), only_(only), program_(*graph),
      plan_(program_.plan()) {}

GraphExec::~GraphExec() {
  leaveGraph();
}

void GraphExec::leaveGraph() {
  if (!only_.exchange(false))
    return;
  if (GraphRef graph = graph_.lock())
    graph->giveOnlyExec();
}

Result<GraphExecRef> GraphExec::create(Graph& graph, uint64_t flags, Failure* failure) {
  Failure ignored;
  Failure& why = failure ? *failure : ignored;
  why = {GraphFault::Error, nullptr};
  if (flags & ~uint64_t(kAutoFree | kUpload | kDeviceLaunch | kNodePriority))
    return makeError(Status::InvalidValue, "unknown flags");
  if ((flags & kDeviceLaunch) && (flags & kAutoFree))
    return makeError(Status::InvalidValue,
                     "a graph for launches from the device cannot free its memory at launches");
  if (graph.isChild())
    return makeError(Status::InvalidValue, "the graph belongs to a node of another one");
  if (graph.hasUnusedCondition()) {
    why.fault = GraphFault::ConditionUnused;
    return makeError(Status::InvalidValue, "a condition of the graph has no node");
  }
  Result<Context*> context = Context::require();
  Device* device = context ? &(*context)->device() : nullptr;
  if (!device) {
    Result<Device*> first = Runtime::get().device(0);
    if (!first)
      return first.error();
    device = *first;
  }
  bool only = graph.allowsOneExec();
  if (only)
    AW_TRY(graph.takeOnlyExec());
  auto exec = std::make_shared<GraphExec>(graph.shared_from_this(), flags, *device, only);
  uint64_t node = 0;
  if (Result<void> bodies = exec->program_.checkBodies(node); !bodies) {
    why.node = graph.findId(node);
    return bodies.error();
  }
  if (flags & kDeviceLaunch) {
    GraphFault fault = exec->program_.checkDevice(node);
    if (fault != GraphFault::None) {
      why = {fault, graph.findId(node)};
      return makeError(fault == GraphFault::InvalidStructure ? Status::InvalidValue
                                                             : Status::NotSupported,
                       "a node or the shape of the graph is not for launches from the device");
    }
  }
  why = {};
  HandleTable<GraphExec>::get().insert(exec);
  return exec;
}

GraphExecRef GraphExec::fromHandle(const void* handle) {
  return HandleTable<GraphExec>::get().find(handle);
}

Result<void> GraphExec::destroy() {
  if (!HandleTable<GraphExec>::get().remove(this))
    return makeError(Status::InvalidValue, "the executable graph was destroyed before");
  leaveGraph(); // though launches may be on their way
  return {};
}

std::shared_ptr<const GraphPlan> GraphExec::plan() {
  if (!plan_)
    plan_ = program_.plan();
  return plan_;
}

void GraphExec::makeDevicePlan() {
  if (!(flags_ & kDeviceLaunch))
    return;
  std::lock_guard lock(deviceMutex_);
  devicePlan_ = plan();
}

std::shared_ptr<const GraphPlan> GraphExec::devicePlan() const {
  std::lock_guard lock(deviceMutex_);
  return devicePlan_;
}

uint32_t GraphExec::startValue(const GraphCondition& condition) const {
  if (condition.assignDefault)
    return condition.defaultValue;
  std::lock_guard lock(deviceMutex_);
  auto it = values_.find(&condition);
  return it == values_.end() ? condition.defaultValue : it->second;
}

void GraphExec::keepValue(const GraphCondition& condition, uint32_t value) {
  if (condition.assignDefault)
    return;
  std::lock_guard lock(deviceMutex_);
  values_[&condition] = value;
}

// In the order of launches, which is that of the calls for launches that do not race.
Result<void> GraphExec::takeMemory(const GraphPlan& plan) {
  if (!(flags_ & kAutoFree))
    for (auto& memory : plan.allocated)
      if (memory->inUse())
        return makeError(Status::InvalidValue,
                         "memory that the graph allocated was not freed since its last launch");
  for (auto& memory : plan.freed)
    AW_TRY(memory->free());
  for (auto& memory : plan.allocated)
    memory->allocate();
  return {};
}

Result<void> GraphExec::enqueue(Stream& stream, const std::shared_ptr<const GraphPlan>& plan) {
  auto run = std::make_shared<GraphRun>(shared_from_this(), plan, nullptr);
  if (plan->needsStreams)
    return GraphTracks(stream, run).launch();
  return stream.enqueue([run]() -> Result<void> {
    run->begin();
    AW_TRY(run->execute(run->plan().top));
    return run->finish();
  });
}

Result<void> GraphExec::launch(Stream& stream) {
  AW_TRY(stream.context().check());
  std::lock_guard lock(mutex_); // two launches at once do not mix
  if (std::shared_ptr<Capture> capture = stream.capture()) {
    if (!plan()->conditions.empty())
      return capture->refuse("a graph with conditional nodes cannot be part of another one");
    GraphWork work;
    work.type = GraphNodeType::Graph;
    work.child = program_.rebuild();
    work.moveChild = true;
    return capture->add(stream, std::move(work));
  }
  std::shared_ptr<const GraphPlan> plan = this->plan();
  AW_TRY(takeMemory(*plan));
  AW_TRY(waitForLast(stream));
  makeDevicePlan();
  AW_TRY(enqueue(stream, plan));
  return recordLast(stream);
}

Result<void> GraphExec::waitForLast(Stream& stream) {
  if (last_ && &last_->context() == &stream.context())
    return stream.waitEvent(last_);
  return {};
}

Result<void> GraphExec::recordLast(Stream& stream) {
  // No handle: nobody else sees it.
  if (!last_ || &last_->context() != &stream.context())
    last_ = std::make_shared<Event>(stream.contextRef(), Event::kDisableTiming);
  return last_->record(stream);
}

Result<void> GraphExec::upload(Stream& stream) {
  AW_TRY(stream.context().check());
  if (auto capture = stream.capture())
    return capture->refuse("uploads cannot be captured");
  std::lock_guard lock(mutex_);
  makeDevicePlan();
  std::shared_ptr<const GraphPlan> plan = this->plan();
  if (plan->uploads.empty())
    return {};
  AW_TRY(waitForLast(stream));
  AW_TRY(stream.enqueue([plan]() -> Result<void> {
    plan->upload();
    return {};
  }));
  return recordLast(stream);
}

Result<void> GraphExec::setWork(const GraphNode& node, GraphWork work) {
  std::lock_guard lock(mutex_);
  AW_TRY(program_.setWork(node.id(), std::move(work), (flags_ & kNodePriority) != 0));
  plan_ = nullptr; // launches on their way keep theirs
  return {};
}

Result<void> GraphExec::setEnabled(const GraphNode& node, bool enabled) {
  std::lock_guard lock(mutex_);
  AW_TRY(program_.setEnabled(node.id(), enabled));
  plan_ = nullptr;
  return {};
}

Result<bool> GraphExec::enabled(const GraphNode& node) const {
  std::lock_guard lock(mutex_);
  return program_.enabled(node.id());
}

GraphUpdateResult GraphExec::update(Graph& graph) {
  if (graph.isChild())
    return {GraphUpdate::Error, 0, 0};
  std::lock_guard lock(mutex_);
  GraphUpdateResult result = program_.update(graph, (flags_ & kNodePriority) != 0);
  plan_ = nullptr;
  return result;
}

} // namespace anywarp::core
