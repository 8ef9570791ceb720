// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph.h"

#include "core/context.h"
#include "core/function.h"
#include "core/handles.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace anywarp::core {
namespace {

uint64_t nextNodeId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

bool isMemory(GraphNodeType type) {
  return type == GraphNodeType::MemAlloc || type == GraphNodeType::MemFree;
}

// CUDA driver API manual, "CUgraphEdgeData": ports are of kernel nodes; the programmatic type is
// for two kernel nodes and needs one of the two special ports, of which the first needs it.
Result<void> checkEdge(const GraphNode& from, GraphNodeType to, GraphEdge edge) {
  bool kernels = from.type() == GraphNodeType::Kernel && to == GraphNodeType::Kernel;
  if (edge.toPort != 0 || edge.type > 1 || edge.fromPort > 2 ||
      (edge.fromPort && from.type() != GraphNodeType::Kernel) ||
      (edge.type == 1 && (!kernels || !edge.fromPort)) || (edge.fromPort == 1 && edge.type != 1))
    return makeError(Status::InvalidValue, "edge data that makes no sense between these nodes");
  return {};
}

// The parameters of a free node that its memory was told of; copies of it are no second one.
struct MemoryKnows {};

GraphEdge edgeAt(const GraphEdges& edges, size_t i) {
  return edges.empty() ? GraphEdge() : edges[i];
}

} // namespace

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
  if (isMemory(type_) || type_ == GraphNodeType::Conditional)
    return makeError(Status::NotSupported, "CUDA cannot change nodes of this type");
  if (work.child)
    return makeError(Status::NotSupported, "the child graph of a node cannot be exchanged");
  std::lock_guard lock(mutex_);
  work.deviceNode = work_.deviceNode;
  AW_TRY(applyAttributes(work, work_.attributes));
  work_ = std::move(work);
  pointers_.clear();
  return {};
}

Result<void> GraphNode::setAttribute(int id, const void* value) {
  std::lock_guard lock(mutex_);
  NodeAttributes attributes = work_.attributes;
  AW_TRY(attributes.set(id, value));
  if (work_.deviceNode && !attributes.getInt(NodeAttributes::kDeviceUpdatable))
    return makeError(Status::InvalidValue, "a device-updatable node stays device-updatable");
  GraphWork work = work_;
  AW_TRY(applyAttributes(work, attributes));
  work_ = std::move(work);
  pointers_.clear();
  return {};
}

Result<void> GraphNode::setAttributes(const NodeAttributes& attributes) {
  std::lock_guard lock(mutex_);
  if (work_.deviceNode || attributes.getInt(NodeAttributes::kDeviceUpdatable))
    return makeError(Status::InvalidValue,
                     "attributes of device-updatable nodes cannot be copied to or from others");
  GraphWork work = work_;
  AW_TRY(applyAttributes(work, attributes));
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

// Graphs below go with their nodes.
void Graph::unregister(Graph& graph) {
  HandleTable<Graph>::get().remove(&graph);
  for (GraphNode* node : graph.nodes()) {
    GraphWork work = node->work();
    if (work.child)
      unregister(*work.child);
    for (const GraphRef& body : work.conditional.bodies)
      unregister(*body);
    HandleTable<GraphNode>::get().remove(node);
  }
}

Result<void> Graph::destroy() {
  if (owned_)
    return makeError(Status::InvalidValue, "a child graph goes with its node");
  GraphRef self = shared_from_this();
  unregister(*this);
  return {};
}

void Graph::own(const GraphRef& below) {
  below->owned_ = true;
  std::lock_guard lock(below->mutex_);
  below->parent_ = weak_from_this();
}

GraphRef Graph::copyAs(Copying how) const {
  auto copy = std::make_shared<Graph>();
  auto enter = [how](const auto& object) {
    if (how == Copying::Handles)
      HandleTable<std::remove_reference_t<decltype(*object)>>::get().insert(object);
  };
  enter(copy);
  std::unordered_map<const GraphNode*, GraphNode*> twins;
  std::lock_guard lock(mutex_);
  copy->userObjects_ = userObjects_;
  copy->conditions_ = conditions_;
  for (const GraphNodeRef& node : nodes_) {
    GraphWork work = node->work();
    if (work.child) {
      work.child = work.child->copyAs(how);
      copy->own(work.child);
    }
    for (GraphRef& body : work.conditional.bodies) {
      body = body->copyAs(how);
      copy->own(body);
    }
    if (work.deviceNode) // kernels change the one or the other
      work.deviceNode = GraphDeviceNode::create();
    auto twin = std::make_shared<GraphNode>(*copy, std::move(work), nextNodeId());
    twin->original_ = node->id_;
    enter(twin);
    twins[node.get()] = twin.get();
    copy->nodes_.push_back(std::move(twin));
  }
  for (const GraphNodeRef& node : nodes_) {
    for (const GraphNode::Link& link : node->after_)
      twins[node.get()]->after_.push_back({twins[link.node], link.edge});
    for (const GraphNode::Link& link : node->before_)
      twins[node.get()]->before_.push_back({twins[link.node], link.edge});
  }
  return copy;
}

GraphRef Graph::copy() const {
  return copyAs(Copying::Bare);
}

namespace {

// Is there a node of which this is true, here or below?
template <typename Predicate> bool anyNode(const Graph& graph, Predicate is) {
  for (GraphNode* node : graph.nodes()) {
    if (is(*node))
      return true;
    GraphWork work = node->work();
    if (work.child && anyNode(*work.child, is))
      return true;
    for (const GraphRef& body : work.conditional.bodies)
      if (anyNode(*body, is))
        return true;
  }
  return false;
}

bool hasConditions(const Graph& graph) {
  return anyNode(graph, [](GraphNode& n) { return n.type() == GraphNodeType::Conditional; });
}

} // namespace

bool Graph::hasMemoryNodes() const {
  return anyNode(*this, [](GraphNode& node) { return isMemory(node.type()); });
}

bool Graph::allowsOneExec() const {
  return anyNode(*this, [](GraphNode& node) {
    return isMemory(node.type()) || node.work().deviceNode != nullptr;
  });
}

Result<GraphRef> Graph::clone() {
  if (hasMemoryNodes() || hasConditions(*this))
    return makeError(Status::InvalidValue,
                     "graphs with nodes of memory or conditions cannot be cloned");
  return copyAs(Copying::Handles);
}

bool Graph::owns(const GraphNode* node) const {
  return node && node->graph_.lock().get() == this;
}

Result<void> Graph::checkChild(const GraphWork& work) const {
  const Graph& child = *work.child;
  if (&child == this)
    return makeError(Status::InvalidValue, "a graph cannot be its own child");
  if (hasConditions(child))
    return makeError(Status::InvalidValue, "a child graph may not have conditional nodes");
  if (!work.moveChild && child.hasMemoryNodes())
    return makeError(Status::InvalidValue,
                     "a child graph with nodes of memory must be moved into its parent");
  if (work.moveChild && child.owned_)
    return makeError(Status::InvalidValue, "the graph belongs to another node already");
  for (GraphRef up = parent_.lock(); up; up = up->parent_.lock())
    if (up.get() == &child && work.moveChild)
      return makeError(Status::InvalidValue, "the graph would be inside of itself");
  return {};
}

// mutex_ held. Says to the memory of a free node that it is freed.
Result<void> Graph::noteMemory(const GraphWork& work) {
  if (isMemory(work.type) && moved_)
    return makeError(Status::InvalidValue,
                     "a graph that was moved into a parent gets no more nodes of memory");
  if (work.type != GraphNodeType::MemFree || std::any_cast<MemoryKnows>(&work.params))
    return {};
  bool own = false;
  for (const GraphNodeRef& node : nodes_)
    own |= node->type_ == GraphNodeType::MemAlloc && node->work().memory == work.memory;
  return work.memory->addFreeNode(own);
}

Result<GraphNodeRef> Graph::add(GraphWork work, const Nodes& dependencies,
                                const GraphEdges& edges) {
  if (work.child) {
    AW_TRY(checkChild(work));
    if (!work.moveChild)
      work.child = work.child->copyAs(Copying::Handles);
  }
  AW_TRY(applyAttributes(work, NodeAttributes(work.attributes)));
  auto node = std::make_shared<GraphNode>(*this, std::move(work), nextNodeId());
  const GraphWork& mine = node->work_; // nobody else knows the node yet
  std::lock_guard lock(mutex_);
  std::unordered_set<const GraphNode*> seen;
  for (size_t i = 0; i < dependencies.size(); ++i) {
    if (!owns(dependencies[i]) || !seen.insert(dependencies[i]).second)
      return makeError(Status::InvalidValue, "a dependency is of another graph or is named twice");
    AW_TRY(checkEdge(*dependencies[i], mine.type, edgeAt(edges, i)));
  }
  AW_TRY(noteMemory(mine));
  if (mine.type == GraphNodeType::MemFree)
    node->work_.params = MemoryKnows();
  if (mine.child) {
    own(mine.child);
    mine.child->moved_ = mine.moveChild;
  }
  for (const GraphRef& body : mine.conditional.bodies)
    own(body);
  for (size_t i = 0; i < dependencies.size(); ++i) {
    node->before_.push_back({dependencies[i], edgeAt(edges, i)});
    dependencies[i]->after_.push_back({node.get(), edgeAt(edges, i)});
  }
  HandleTable<GraphNode>::get().insert(node);
  nodes_.push_back(node);
  return node;
}

bool Graph::fixed() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const GraphNodeRef& node) { return isMemory(node->type_); });
}

Result<void> Graph::remove(GraphNode& node) {
  GraphNodeRef keep;
  std::lock_guard lock(mutex_);
  auto it = std::find_if(nodes_.begin(), nodes_.end(),
                         [&](const GraphNodeRef& n) { return n.get() == &node; });
  if (it == nodes_.end())
    return makeError(Status::InvalidValue, "the node is not in its graph any more");
  if (fixed())
    return makeError(Status::InvalidValue, "nodes of a graph with nodes of memory stay");
  if (node.work().deviceNode)
    return makeError(Status::InvalidValue, "a device-updatable node stays in its graph");
  auto isNode = [&](const GraphNode::Link& link) { return link.node == &node; };
  for (const GraphNode::Link& other : node.before_)
    std::erase_if(other.node->after_, isNode);
  for (const GraphNode::Link& other : node.after_)
    std::erase_if(other.node->before_, isNode);
  GraphWork work = node.work();
  if (work.child)
    unregister(*work.child);
  for (const GraphRef& body : work.conditional.bodies)
    unregister(*body);
  HandleTable<GraphNode>::get().remove(&node);
  keep = std::move(*it);
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
      for (const GraphNode::Link& link : node->after_)
        todo.push_back(link.node);
  }
  return false;
}

Result<void> Graph::addEdges(const Nodes& from, const Nodes& to, const GraphEdges& edges) {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < from.size(); ++i) {
    if (!owns(from[i]) || !owns(to[i]))
      return makeError(Status::InvalidValue, "an edge names a node of another graph");
    AW_TRY(checkEdge(*from[i], to[i]->type_, edgeAt(edges, i)));
    auto& after = from[i]->after_;
    if (std::any_of(after.begin(), after.end(), [&](auto& link) { return link.node == to[i]; }))
      return makeError(Status::InvalidValue, "the edge is there already");
    if (reaches(to[i], from[i]))
      return makeError(Status::InvalidValue, "the edge would close a circle");
    after.push_back({to[i], edgeAt(edges, i)});
    to[i]->before_.push_back({from[i], edgeAt(edges, i)});
  }
  return {};
}

Result<void> Graph::removeEdges(const Nodes& from, const Nodes& to, const GraphEdges& edges) {
  std::lock_guard lock(mutex_);
  if (!from.empty() && fixed())
    return makeError(Status::InvalidValue, "edges of a graph with nodes of memory stay");
  for (size_t i = 0; i < from.size(); ++i) {
    auto is = [&](const GraphNode* node) {
      return [=, edge = edgeAt(edges, i)](const GraphNode::Link& link) {
        return link.node == node && link.edge == edge;
      };
    };
    if (!owns(from[i]) || !owns(to[i]) || !std::erase_if(from[i]->after_, is(to[i])))
      return makeError(Status::InvalidValue, "there is no such edge");
    std::erase_if(to[i]->before_, is(from[i]));
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

std::vector<Graph::Arrow> Graph::edges() const {
  std::lock_guard lock(mutex_);
  std::vector<Arrow> list;
  for (const GraphNodeRef& node : nodes_)
    for (const GraphNode::Link& link : node->after_)
      list.push_back({node.get(), link.node, link.edge});
  return list;
}

namespace {

template <typename Range> Graph::Links linksOf(const Range& range) {
  Graph::Links links;
  for (const auto& link : range) {
    links.nodes.push_back(link.node);
    links.edges.push_back(link.edge);
  }
  return links;
}

} // namespace

Graph::Links Graph::before(const GraphNode& node) const {
  std::lock_guard lock(mutex_);
  return linksOf(node.before_);
}

Graph::Links Graph::after(const GraphNode& node) const {
  std::lock_guard lock(mutex_);
  return linksOf(node.after_);
}

GraphNode* Graph::findClone(uint64_t original) const {
  std::lock_guard lock(mutex_);
  for (const GraphNodeRef& node : nodes_)
    if (node->original_ == original)
      return node.get();
  return nullptr;
}

GraphNode* Graph::findId(uint64_t id) const {
  for (GraphNode* node : nodes()) {
    if (node->id() == id)
      return node;
    GraphWork work = node->work();
    if (GraphNode* found = work.child ? work.child->findId(id) : nullptr)
      return found;
    for (const GraphRef& body : work.conditional.bodies)
      if (GraphNode* found = body->findId(id))
        return found;
  }
  return nullptr;
}

Graph::Steps Graph::order() const {
  std::lock_guard lock(mutex_);
  Steps steps;
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
      for (const GraphNode::Link& link : node->before_)
        if (!place.contains(link.node)) {
          todo.push_back(link.node);
          ready = false;
        }
      if (!ready)
        continue;
      Step step{node->id_, node->work(), {}, {}};
      std::vector<std::pair<size_t, GraphEdge>> links;
      bool plain = true;
      for (const GraphNode::Link& link : node->before_) {
        links.emplace_back(place[link.node], link.edge);
        plain &= link.edge.plain();
      }
      std::sort(links.begin(), links.end(), [](auto& a, auto& b) { return a.first < b.first; });
      for (auto& [at, edge] : links) {
        step.before.push_back(at);
        if (!plain)
          step.edges.push_back(edge);
      }
      place[node] = steps.size();
      steps.push_back(std::move(step));
      todo.pop_back();
    }
  }
  return steps;
}

Result<void> Graph::takeOnlyExec() {
  if (hasExec_.exchange(true))
    return makeError(Status::InvalidValue,
                     "a graph with nodes of memory or device-updatable ones can have one "
                     "executable graph at a time");
  return {};
}

} // namespace anywarp::core
