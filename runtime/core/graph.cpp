// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph.h"

#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/handles.h"
#include "core/memory.h"
#include "core/pool.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace anywarp::core {
namespace {

uint64_t nextNodeId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

Result<std::shared_ptr<GraphMemory>> GraphMemory::create(Context& context, size_t bytes) {
  PoolRef pool = context.device().defaultPool();
  auto memory = pool->allocate(*context.legacyStream(), bytes);
  if (!memory)
    return memory.error();
  Memory::setGraph(*memory, true);
  return std::make_shared<GraphMemory>(pool, *memory, bytes);
}

GraphMemory::GraphMemory(PoolRef pool, void* address, size_t bytes)
    : address(address), bytes(bytes), pool_(std::move(pool)) {}

GraphMemory::~GraphMemory() {
  Pool::freeGraph(address);
}

GraphNode::GraphNode(Graph& graph, GraphWork work, uint64_t id)
    : graph_(graph.weak_from_this()), type_(work.type), id_(id), work_(std::move(work)) {}

GraphNodeRef GraphNode::fromHandle(const void* handle) {
  return HandleTable<GraphNode>::get().find(handle);
}

GraphRef GraphNode::graph() const {
  return graph_.lock();
}

GraphWork GraphNode::work() const {
  std::lock_guard lock(mutex_);
  return work_;
}

Result<void> GraphNode::setWork(GraphWork work) {
  if (work.type != type_)
    return makeError(Status::InvalidValue, "the node is of another type");
  std::lock_guard lock(mutex_);
  work_ = std::move(work);
  pointers_.clear();
  return {};
}

void** GraphNode::kernelParams() {
  std::lock_guard lock(mutex_);
  if (!work_.kernel)
    return nullptr;
  if (pointers_.empty())
    for (const KernelParam& param : work_.kernel->function->kernel().params())
      pointers_.push_back(work_.kernel->params.get() + param.offset);
  return pointers_.empty() ? nullptr : pointers_.data();
}

GraphRef Graph::create() {
  auto graph = std::make_shared<Graph>();
  HandleTable<Graph>::get().insert(graph);
  return graph;
}

GraphRef Graph::fromHandle(const void* handle) {
  return HandleTable<Graph>::get().find(handle);
}

Graph::~Graph() {
  for (const GraphNodeRef& node : nodes_)
    HandleTable<GraphNode>::get().remove(node.get());
}

// Child graphs go with their nodes.
void Graph::unregister(Graph& graph) {
  HandleTable<Graph>::get().remove(&graph);
  for (GraphNode* node : graph.nodes()) {
    if (GraphRef child = node->work().child)
      unregister(*child);
    HandleTable<GraphNode>::get().remove(node);
  }
}

Result<void> Graph::destroy() {
  if (isChild_)
    return makeError(Status::InvalidValue, "a child graph goes with its node");
  GraphRef self = shared_from_this();
  unregister(*this);
  return {};
}

GraphRef Graph::clone() {
  GraphRef copy = create();
  std::unordered_map<const GraphNode*, GraphNode*> twins;
  std::scoped_lock lock(mutex_, copy->mutex_);
  for (const GraphNodeRef& node : nodes_) {
    GraphWork work = node->work();
    if (work.child) {
      work.child = work.child->clone();
      work.child->isChild_ = true;
    }
    auto twin = std::make_shared<GraphNode>(*copy, std::move(work), nextNodeId());
    twin->original_ = node->id_;
    HandleTable<GraphNode>::get().insert(twin);
    twins[node.get()] = twin.get();
    copy->nodes_.push_back(std::move(twin));
  }
  for (const GraphNodeRef& node : nodes_)
    for (const GraphNode* after : node->after_) {
      twins[node.get()]->after_.push_back(twins[after]);
      twins[after]->before_.push_back(twins[node.get()]);
    }
  return copy;
}

bool Graph::owns(const GraphNode* node) const {
  return node && node->graph_.lock().get() == this;
}

Result<GraphNodeRef> Graph::add(GraphWork work, const Nodes& dependencies) {
  if (work.child) {
    work.child = work.child->clone();
    work.child->isChild_ = true;
  }
  auto node = std::make_shared<GraphNode>(*this, std::move(work), nextNodeId());
  std::lock_guard lock(mutex_);
  std::unordered_set<const GraphNode*> seen;
  for (const GraphNode* dependency : dependencies)
    if (!owns(dependency) || !seen.insert(dependency).second)
      return makeError(Status::InvalidValue, "a dependency is of another graph or is named twice");
  for (GraphNode* dependency : dependencies) {
    node->before_.push_back(dependency);
    dependency->after_.push_back(node.get());
  }
  HandleTable<GraphNode>::get().insert(node);
  nodes_.push_back(node);
  return node;
}

Result<void> Graph::remove(GraphNode& node) {
  std::lock_guard lock(mutex_);
  auto it = std::find_if(nodes_.begin(), nodes_.end(),
                         [&](const GraphNodeRef& n) { return n.get() == &node; });
  if (it == nodes_.end())
    return makeError(Status::InvalidValue, "the node is not in its graph any more");
  for (GraphNode* other : node.before_)
    std::erase(other->after_, &node);
  for (GraphNode* other : node.after_)
    std::erase(other->before_, &node);
  if (GraphRef child = node.work().child)
    unregister(*child);
  HandleTable<GraphNode>::get().remove(&node);
  nodes_.erase(it);
  return {};
}

bool Graph::reaches(const GraphNode* from, const GraphNode* to) const {
  std::vector<const GraphNode*> todo = {from};
  std::unordered_set<const GraphNode*> seen;
  while (!todo.empty()) {
    const GraphNode* node = todo.back();
    todo.pop_back();
    if (node == to)
      return true;
    if (seen.insert(node).second)
      todo.insert(todo.end(), node->after_.begin(), node->after_.end());
  }
  return false;
}

Result<void> Graph::addEdges(const Nodes& from, const Nodes& to) {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < from.size(); ++i) {
    if (!owns(from[i]) || !owns(to[i]))
      return makeError(Status::InvalidValue, "an edge names a node of another graph");
    auto& after = from[i]->after_;
    if (std::find(after.begin(), after.end(), to[i]) != after.end())
      return makeError(Status::InvalidValue, "the edge is there already");
    if (reaches(to[i], from[i]))
      return makeError(Status::InvalidValue, "the edge would close a circle");
    after.push_back(to[i]);
    to[i]->before_.push_back(from[i]);
  }
  return {};
}

Result<void> Graph::removeEdges(const Nodes& from, const Nodes& to) {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < from.size(); ++i) {
    if (!owns(from[i]) || !owns(to[i]) || !std::erase(from[i]->after_, to[i]))
      return makeError(Status::InvalidValue, "there is no such edge");
    std::erase(to[i]->before_, from[i]);
  }
  return {};
}

Graph::Nodes Graph::nodes() const {
  std::lock_guard lock(mutex_);
  Nodes list;
  for (const GraphNodeRef& node : nodes_)
    list.push_back(node.get());
  return list;
}

Graph::Nodes Graph::roots() const {
  std::lock_guard lock(mutex_);
  Nodes list;
  for (const GraphNodeRef& node : nodes_)
    if (node->before_.empty())
      list.push_back(node.get());
  return list;
}

std::vector<std::pair<GraphNode*, GraphNode*>> Graph::edges() const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<GraphNode*, GraphNode*>> list;
  for (const GraphNodeRef& node : nodes_)
    for (GraphNode* after : node->after_)
      list.emplace_back(node.get(), after);
  return list;
}

Graph::Nodes Graph::before(const GraphNode& node) const {
  std::lock_guard lock(mutex_);
  return node.before_;
}

Graph::Nodes Graph::after(const GraphNode& node) const {
  std::lock_guard lock(mutex_);
  return node.after_;
}

GraphNode* Graph::findClone(uint64_t original) const {
  std::lock_guard lock(mutex_);
  for (const GraphNodeRef& node : nodes_)
    if (node->original_ == original)
      return node.get();
  return nullptr;
}

std::vector<Graph::Step> Graph::order() const {
  std::lock_guard lock(mutex_);
  std::vector<Step> steps;
  std::unordered_map<const GraphNode*, size_t> place;
  // Depth first along what a node depends on; there are no circles. A stack of our own: a captured
  // chain can be long.
  for (const GraphNodeRef& root : nodes_) {
    std::vector<const GraphNode*> todo = {root.get()};
    while (!todo.empty()) {
      const GraphNode* node = todo.back();
      if (place.contains(node)) {
        todo.pop_back();
        continue;
      }
      bool ready = true;
      for (const GraphNode* before : node->before_)
        if (!place.contains(before)) {
          todo.push_back(before);
          ready = false;
        }
      if (!ready)
        continue;
      Step step{node->id_, node->work(), {}};
      for (const GraphNode* before : node->before_)
        step.before.push_back(place[before]);
      std::sort(step.before.begin(), step.before.end());
      place[node] = steps.size();
      steps.push_back(std::move(step));
      todo.pop_back();
    }
  }
  return steps;
}

} // namespace anywarp::core
