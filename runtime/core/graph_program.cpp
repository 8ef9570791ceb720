// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_program.h"

#include "core/array.h"
#include "core/function.h"

#include <algorithm>

namespace anywarp::core {

GraphProgram::GraphProgram(const Graph& graph)
    : userObjects_(graph.userObjects()), top_(build(graph)) {
  index(*top_);
}

std::unique_ptr<GraphProgram::Level> GraphProgram::build(const Graph& graph) {
  auto level = std::make_unique<Level>();
  level->steps = graph.order();
  level->disabled.resize(level->steps.size());
  level->device.resize(level->steps.size());
  for (const Graph::Step& step : level->steps) {
    Inner inner;
    if (step.work.child)
      inner.child = build(*step.work.child);
    for (const GraphRef& body : step.work.conditional.bodies)
      inner.bodies.push_back(build(*body));
    level->inner.push_back(std::move(inner));
  }
  return level;
}

void GraphProgram::index(Level& level) {
  for (size_t i = 0; i < level.steps.size(); ++i) {
    places_[level.steps[i].id] = {&level, i};
    if (const GraphDeviceNodeRef& node = level.steps[i].work.deviceNode) {
      level.device[i].node = std::make_shared<DeviceNodeState>();
      node->attach(level.device[i].node);
      noteChange(level, i);
    }
    if (level.inner[i].child)
      index(*level.inner[i].child);
    for (auto& body : level.inner[i].bodies)
      index(*body);
  }
}

void GraphProgram::noteChange(Level& level, size_t step) {
  DeviceNodeUpload& upload = level.device[step];
  if (!upload.node)
    return;
  upload.launch = level.steps[step].work.kernel;
  upload.enabled = !level.disabled[step];
  upload.version = DeviceNodeState::nextVersion();
}

GraphRef GraphProgram::rebuild() const {
  return rebuild(*top_);
}

GraphRef GraphProgram::rebuild(const Level& level) {
  GraphRef graph = Graph::create();
  Graph::Nodes nodes;
  for (size_t i = 0; i < level.steps.size(); ++i) {
    Graph::Nodes before;
    for (size_t place : level.steps[i].before)
      before.push_back(nodes[place]);
    GraphWork work = level.disabled[i] ? GraphWork() : level.steps[i].work;
    work.deviceNode = nullptr; // the new node has its own
    if (work.child) {
      work.child = rebuild(*level.inner[i].child);
      work.moveChild = true;
    }
    GraphEdges edges = level.disabled[i] ? GraphEdges() : level.steps[i].edges;
    auto node = graph->add(std::move(work), before, edges);
    nodes.push_back(node ? node->get() : nullptr);
  }
  return graph;
}

Result<GraphProgram::Place> GraphProgram::find(uint64_t node) const {
  auto it = places_.find(node);
  if (it == places_.end())
    return makeError(Status::InvalidValue, "the executable graph was not made of this node");
  return it->second;
}

namespace {

Error notSo(const char* why) {
  return makeError(Status::InvalidValue, why);
}

// cuGraphExecBatchMemOpNodeSetParams: addresses, values and the comparison of a wait may change.
bool sameOperations(const StreamMemOps& was, const StreamMemOps& is) {
  return std::equal(was.ops().begin(), was.ops().end(), is.ops().begin(), is.ops().end(),
                    [](auto& a, auto& b) { return a.type == b.type; });
}

// CUDA driver API manual, cuGraphExec...NodeSetParams: what may change.
Result<void> checkChange(const GraphWork& was, const GraphWork& is) {
  if (was.type != is.type)
    return notSo("the node is of another type");
  switch (was.type) {
  case GraphNodeType::Kernel:
    if (&was.kernel->function->context() != &is.kernel->function->context())
      return notSo("the owning context of a kernel node's function cannot change");
    return {};
  case GraphNodeType::Memcpy: {
    auto *old = std::get_if<CopyParams>(&was.described),
         *now = std::get_if<CopyParams>(&is.described);
    if (!old || !now || !now->width)
      return notSo("a copy of nothing");
    if (!old->plain() || !now->plain())
      return notSo("only copies of one dimension can change in an executable graph");
    if (!old->dstAt.sameMapping(now->dstAt) || !old->srcAt.sameMapping(now->srcAt))
      return notSo("memory of a copy must stay in its context and on its device");
    return {};
  }
  case GraphNodeType::Memset: {
    auto *old = std::get_if<FillParams>(&was.described),
         *now = std::get_if<FillParams>(&is.described);
    if (!old || !now)
      return notSo("a fill of nothing");
    if ((old->height > 1 || now->height > 1) &&
        (old->height != now->height || old->width != now->width || old->pitch != now->pitch ||
         old->elementSize != now->elementSize))
      return notSo("only the address and the value of a fill of two dimensions can change");
    if (!old->at.sameMapping(now->at) || old->at.kind != now->at.kind)
      return notSo("memory of a fill must stay of its kind, in its context and on its device");
    return {};
  }
  case GraphNodeType::MemAlloc:
  case GraphNodeType::MemFree:
  case GraphNodeType::Conditional:
    return makeError(Status::NotSupported, "CUDA cannot change nodes of this type");
  case GraphNodeType::BatchMemOp:
    return sameOperations(*was.memOps, *is.memOps)
               ? Result<void>()
               : notSo("the number and kind of operations on memory cannot change");
  case GraphNodeType::SemaphoreSignal:
  case GraphNodeType::SemaphoreWait:
    return was.semaphores->size() == is.semaphores->size()
               ? Result<void>()
               : notSo("the number of semaphores cannot change");
  default:
    return {};
  }
}

} // namespace

Result<void> GraphProgram::setWork(uint64_t node, GraphWork work, bool nodePriority) {
  Result<Place> place = find(node);
  if (!place)
    return place.error();
  Graph::Step& step = place->level->steps[place->step];
  AW_TRY(checkChange(step.work, work));
  if (work.child) {
    std::unique_ptr<Level> now = build(*work.child);
    Inner& inner = place->level->inner[place->step];
    if (!compare(*inner.child, *now, nodePriority))
      return makeError(Status::GraphExecUpdateFailure, "the child graph has another shape");
    takeOver(*inner.child, *now);
    return {};
  }
  work.deviceNode = step.work.deviceNode;
  AW_TRY(applyAttributes(work, step.work.attributes));
  step.work = std::move(work);
  noteChange(*place->level, place->step);
  return {};
}

Result<void> GraphProgram::setEnabled(uint64_t node, bool enabled) {
  Result<Place> place = find(node);
  if (!place)
    return place.error();
  if (place->level->steps[place->step].work.type > GraphNodeType::Memset)
    return makeError(Status::InvalidValue, "only kernels, copies and fills can be disabled");
  place->level->disabled[place->step] = !enabled;
  noteChange(*place->level, place->step);
  return {};
}

Result<bool> GraphProgram::enabled(uint64_t node) const {
  Result<Place> place = find(node);
  if (!place)
    return place.error();
  if (place->level->steps[place->step].work.type > GraphNodeType::Memset)
    return makeError(Status::InvalidValue, "only kernels, copies and fills can be disabled");
  return !place->level->disabled[place->step];
}

// CUDA_CONDITIONAL_NODE_PARAMS: what a body may hold, at any depth.
Result<void> GraphProgram::checkBodies(uint64_t& node) const {
  return checkBodies(*top_, nullptr, node);
}

Result<void> GraphProgram::checkBodies(const Level& level, const void** context,
                                       uint64_t& node) const {
  for (size_t i = 0; i < level.steps.size(); ++i) {
    const GraphWork& work = level.steps[i].work;
    node = level.steps[i].id;
    if (context && work.type > GraphNodeType::Memset && work.type != GraphNodeType::Graph &&
        work.type != GraphNodeType::Empty && work.type != GraphNodeType::Conditional)
      return notSo("the body of a condition may hold kernels, copies, fills, child graphs, "
                   "conditions and empty nodes only");
    if (context && work.kernel) {
      const void* own = &work.kernel->function->context();
      if (*context && *context != own)
        return notSo("kernels in the body of a condition are of one context");
      *context = own;
    }
    if (const auto& child = level.inner[i].child)
      AW_TRY(checkBodies(*child, context, node));
    const void* first = nullptr;
    for (const auto& body : level.inner[i].bodies)
      AW_TRY(checkBodies(*body, context ? context : &first, node));
  }
  node = 0;
  return {};
}

// Launches from the device: manual of cuGraphInstantiateWithParams.
GraphFault GraphProgram::checkDevice(uint64_t& node) const {
  const void* context = nullptr;
  size_t work = 0;
  GraphFault fault = checkDevice(*top_, context, work, node);
  if (fault == GraphFault::None && !work) {
    node = 0;
    return GraphFault::InvalidStructure;
  }
  return fault;
}

GraphFault GraphProgram::checkDevice(const Level& level, const void*& context, size_t& work,
                                     uint64_t& node) const {
  for (size_t i = 0; i < level.steps.size(); ++i) {
    const GraphWork& w = level.steps[i].work;
    node = level.steps[i].id;
    if (w.type == GraphNodeType::Graph) {
      GraphFault fault = checkDevice(*level.inner[i].child, context, work, node);
      if (fault != GraphFault::None)
        return fault;
      continue;
    }
    if (w.type > GraphNodeType::Memset)
      return GraphFault::NodeNotSupported;
    if (auto* copy = std::get_if<CopyParams>(&w.described)) {
      if (copy->dst.array || copy->src.array)
        return GraphFault::NodeNotSupported;
      for (const CopyBox* side : {&copy->dst, &copy->src})
        if (!Memory::find(side->base)) // pageable memory of the host
          return GraphFault::NodeNotSupported;
    }
    const void* own = w.kernel ? &w.kernel->function->context() : w.context;
    if (own && context && own != context)
      return GraphFault::MultipleContexts;
    if (own)
      context = own;
    ++work;
  }
  node = 0;
  return GraphFault::None;
}

} // namespace anywarp::core
