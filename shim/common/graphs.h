// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both APIs do alike with graphs: handles to objects, lists of nodes and edges, nodes' work,
// attributes and user objects. The handle types are the API's own. Stateless; safe from any thread.
#pragma once

#include "common/call.h"
#include "core/capture.h"
#include "core/graph_dot.h"
#include "core/graph_exec.h"

#include <algorithm>
#include <cstring>

namespace anywarp::shim {

inline Result<core::GraphRef> findGraph(const void* handle) {
  if (auto graph = core::Graph::fromHandle(handle))
    return graph;
  return makeError(Status::InvalidValue, "not a live graph");
}
inline Result<core::GraphNodeRef> findNode(const void* handle) {
  if (auto node = core::GraphNode::fromHandle(handle))
    return node;
  return makeError(Status::InvalidValue, "not a live graph node");
}
inline Result<core::GraphExecRef> findExec(const void* handle) {
  if (auto exec = core::GraphExec::fromHandle(handle))
    return exec;
  return makeError(Status::InvalidValue, "not a live executable graph");
}
// A node of this type.
inline Result<core::GraphNodeRef> findNode(const void* handle, core::GraphNodeType type) {
  auto node = findNode(handle);
  if (node && (*node)->type() != type)
    return makeError(Status::InvalidValue, "the node is of another type");
  return node;
}
inline Result<core::GraphRef> graphOf(const core::GraphNode& node) {
  if (auto graph = node.graph())
    return graph;
  return makeError(Status::InvalidValue, "the node's graph is gone");
}

template <typename Handle> Result<core::Graph::Nodes> nodesOf(const Handle* handles, size_t count) {
  if (count && !handles)
    return makeError(Status::InvalidValue, "a list of nodes is null");
  core::Graph::Nodes nodes;
  for (size_t i = 0; i < count; ++i) {
    auto node = findNode(handles[i]);
    if (!node)
      return node.error();
    nodes.push_back(node->get());
  }
  return nodes;
}

// The edge data of APIs that have none.
struct NoEdge {
  unsigned char from_port, to_port, type;
};
inline constexpr NoEdge* kNoEdges = nullptr;

template <typename Edge> core::GraphEdges edgesOf(const Edge* edges, size_t count) {
  core::GraphEdges list;
  for (size_t i = 0; edges && i < count; ++i)
    list.push_back({edges[i].from_port, edges[i].to_port, edges[i].type});
  return list;
}

template <typename Handle, typename Edge>
Result<core::Graph::Links> linksOf(const Handle* handles, const Edge* edges, size_t count) {
  auto nodes = nodesOf(handles, count);
  if (!nodes)
    return nodes.error();
  return core::Graph::Links{std::move(*nodes), edgesOf(edges, count)};
}

template <typename Handle>
Result<void> addNode(Handle* out, const void* graphHandle, const Handle* dependencies,
                     const core::GraphEdges& edges, size_t count, core::GraphWork work) {
  auto graph = findGraph(graphHandle);
  auto nodes = nodesOf(dependencies, count);
  Result<core::GraphNodeRef> node = !out ? makeError(Status::InvalidValue, "no place for the node")
                                    : !graph ? graph.error()
                                    : !nodes ? nodes.error()
                                             : (*graph)->add(work, *nodes, edges);
  if (node) {
    *out = static_cast<Handle>((*node)->handle());
    return {};
  }
  if (work.conditional.condition)
    work.conditional.condition->giveBack();
  for (const core::GraphRef& body : work.conditional.bodies)
    (void)body->destroy();
  return node.error();
}

// The manual: without an array only the number is given; a longer array is filled up with null.
template <typename Handle>
Result<void> giveNodes(const core::Graph::Nodes& nodes, Handle* out, size_t* count) {
  if (!count)
    return makeError(Status::InvalidValue, "the number is null");
  for (size_t i = 0; out && i < *count; ++i)
    out[i] = i < nodes.size() ? static_cast<Handle>(nodes[i]->handle()) : nullptr;
  *count = out ? std::min(*count, nodes.size()) : nodes.size();
  return {};
}

template <typename Edge> void giveEdge(Edge& out, const core::GraphEdge& edge) {
  out = {};
  out.from_port = edge.fromPort;
  out.to_port = edge.toPort;
  out.type = edge.type;
}

inline Error lossyQuery() {
  return makeError(Status(402), // CUDA_ERROR_LOSSY_QUERY
                   "edges have data, and the call has no place for it");
}

// The manual: edge data may be left out when no edge says anything; it needs the nodes.
template <typename Handle, typename Edge>
Result<void> giveLinks(const core::Graph::Links& links, Handle* out, Edge* edges, size_t* count) {
  if (!count || (edges && !out))
    return makeError(Status::InvalidValue, "the number is null, or edge data goes without nodes");
  for (size_t i = 0; out && i < std::min(*count, links.nodes.size()); ++i) {
    if (edges)
      giveEdge(edges[i], links.edges[i]);
    else if (!links.edges[i].plain())
      return lossyQuery();
  }
  return giveNodes(links.nodes, out, count);
}

template <typename Handle, typename Edge>
Result<void> giveEdges(const void* graphHandle, Handle* from, Handle* to, Edge* data,
                       size_t* count) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  if (!count || !from != !to || (data && !from))
    return makeError(Status::InvalidValue, "the number or one of the lists is null");
  auto edges = (*graph)->edges();
  const size_t given = from ? std::min(*count, edges.size()) : 0;
  for (size_t i = 0; i < given; ++i) {
    if (data)
      giveEdge(data[i], edges[i].edge);
    else if (!edges[i].edge.plain())
      return lossyQuery();
  }
  for (size_t i = 0; from && i < *count; ++i) {
    from[i] = i < given ? static_cast<Handle>(edges[i].from->handle()) : nullptr;
    to[i] = i < given ? static_cast<Handle>(edges[i].to->handle()) : nullptr;
  }
  *count = from ? given : edges.size();
  return {};
}

template <typename Handle>
Result<void> changeEdges(const void* graphHandle, const Handle* from, const Handle* to,
                         const core::GraphEdges& edges, size_t count, bool add) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  auto first = nodesOf(from, count), second = nodesOf(to, count);
  if (!first)
    return first.error();
  if (!second)
    return second.error();
  return add ? (*graph)->addEdges(*first, *second, edges)
             : (*graph)->removeEdges(*first, *second, edges);
}

inline core::GraphWork eventWork(core::GraphNodeType type, core::EventRef event) {
  core::GraphWork work;
  work.type = type;
  work.event = std::move(event);
  return work;
}

inline core::GraphWork kernelWork(std::shared_ptr<const core::PreparedLaunch> launch) {
  core::GraphWork work;
  work.type = core::GraphNodeType::Kernel;
  work.run = [launch] { return launch->run(); };
  work.kernel = std::move(launch);
  return work;
}

inline core::GraphWork hostWork(void (*function)(void*), void* data) {
  core::GraphWork work;
  work.type = core::GraphNodeType::Host;
  work.run = [function, data] {
    function(data);
    return Result<void>();
  };
  work.described = core::HostParams{function, data};
  return work;
}

// `ownership`: CU_GRAPH_CHILD_GRAPH_OWNERSHIP_CLONE 0, MOVE 1.
inline Result<core::GraphWork> childWork(const void* handle, int ownership) {
  auto graph = findGraph(handle);
  if (!graph)
    return graph.error();
  if (ownership != 0 && ownership != 1)
    return makeError(Status::InvalidValue, "unknown ownership of a child graph");
  core::GraphWork work;
  work.type = core::GraphNodeType::Graph;
  work.child = std::move(*graph);
  work.moveChild = ownership == 1;
  return work;
}

inline Result<core::GraphWork> freeWork(const void* pointer) {
  auto memory = core::GraphMemory::find(pointer);
  if (!memory)
    return makeError(Status::InvalidValue, "not memory that a graph allocates");
  core::GraphWork work;
  work.type = core::GraphNodeType::MemFree;
  work.memory = std::move(memory);
  return work;
}

// Conditional nodes: the bodies are new graphs; `bodies` becomes the array of their handles.
template <typename Handle>
Result<core::GraphWork> conditionalWork(const void* graphHandle, uint64_t condition, int type,
                                        unsigned size, Handle** bodies) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  bool known = (type == 0 && (size == 1 || size == 2)) || (type == 1 && size == 1) ||
               (type == 2 && size >= 1);
  if (!known)
    return makeError(Status::InvalidValue, "unknown type, or not a number of bodies for it");
  auto taken = (*graph)->takeCondition(condition);
  if (!taken)
    return taken.error();
  core::GraphWork work;
  work.type = core::GraphNodeType::Conditional;
  work.conditional.condition = std::move(*taken);
  work.conditional.type = core::ConditionalType(type);
  work.conditional.handles = std::make_shared<std::vector<void*>>();
  for (unsigned i = 0; i < size; ++i) {
    work.conditional.bodies.push_back(core::Graph::create());
    work.conditional.handles->push_back(work.conditional.bodies.back()->handle());
  }
  *bodies = reinterpret_cast<Handle*>(work.conditional.handles->data());
  return work;
}

// The node's parameters as this API was given them; for nodes that were captured or made through
// the other API made of what core knows, by `read`.
template <typename Params, typename Read>
Result<void> giveParams(const core::GraphNode& node, Params* out, Read read) {
  if (!out)
    return makeError(Status::InvalidValue, "the place for the parameters is null");
  core::GraphWork work = node.work();
  if (auto* params = std::any_cast<Params>(&work.params))
    *out = *params;
  else
    *out = read(work);
  return {};
}

inline Result<void> updateResult(core::GraphExec& exec, core::Graph& graph, int& result,
                                 void*& culprit, void*& from) {
  core::GraphUpdateResult update = exec.update(graph);
  result = int(update.code);
  auto handle = [&graph](uint64_t id) -> void* {
    core::GraphNode* node = id ? graph.findId(id) : nullptr;
    return node ? node->handle() : nullptr;
  };
  culprit = handle(update.node);
  from = handle(update.from);
  if (update)
    return {};
  return makeError(Status::GraphExecUpdateFailure,
                   "the graph differs from the executable one in what cannot change");
}

// Uploads are for cuGraphInstantiateWithParams, which gives `failure` and names the stream.
inline Result<core::GraphExecRef> instantiate(const void* handle, uint64_t flags,
                                              core::GraphExec::Failure* failure = nullptr) {
  auto graph = findGraph(handle);
  if (!graph) {
    if (failure)
      failure->fault = core::GraphFault::Error;
    return graph.error();
  }
  if ((flags & core::GraphExec::kUpload) && !failure)
    return makeError(Status::InvalidValue, "an upload needs cuGraphInstantiateWithParams");
  return core::GraphExec::create(**graph, flags, failure);
}

inline Result<void> giveAttribute(const void* handle, int id, void* out) {
  auto node = findNode(handle, core::GraphNodeType::Kernel);
  if (!node)
    return node.error();
  if (!out)
    return makeError(Status::InvalidValue, "the place for the value is null");
  auto value = core::attributeOf((*node)->work(), id);
  if (!value)
    return value.error();
  std::memcpy(out, value->data(), value->size());
  return {};
}

inline Result<void> setAttribute(const void* handle, int id, const void* value) {
  auto node = findNode(handle, core::GraphNodeType::Kernel);
  if (!node)
    return node.error();
  if (!value)
    return makeError(Status::InvalidValue, "the value is null");
  return (*node)->setAttribute(id, value);
}

inline Result<void> copyAttributes(const void* target, const void* source) {
  auto to = findNode(target, core::GraphNodeType::Kernel);
  auto from = findNode(source, core::GraphNodeType::Kernel);
  if (!to || !from)
    return to ? from.error() : to.error();
  return (*to)->setAttributes((*from)->work().attributes);
}

inline Result<core::UserObjectRef> findUserObject(const void* handle) {
  if (auto object = core::UserObject::fromHandle(handle))
    return object;
  return makeError(Status::InvalidValue, "not a live user object");
}

inline Result<void> retainUserObject(const void* graphHandle, const void* objectHandle,
                                     unsigned count, unsigned flags) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  auto object = findUserObject(objectHandle);
  if (!object)
    return object.error();
  if (flags > 1) // CU_GRAPH_USER_OBJECT_MOVE
    return makeError(Status::InvalidValue, "unknown flags");
  return (*graph)->retainUserObject(*object, count, flags == 1);
}

inline Result<void> releaseUserObject(const void* graphHandle, const void* objectHandle,
                                      unsigned count) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  auto object = findUserObject(objectHandle);
  if (!object)
    return object.error();
  return (*graph)->releaseUserObject(*object, count);
}

// `flags`: CU_GRAPH_COND_ASSIGN_DEFAULT.
inline Result<void> createCondition(uint64_t* out, const void* graphHandle, const void* context,
                                    unsigned value, unsigned flags) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  if (!out || flags > 1)
    return makeError(Status::InvalidValue, "the place for the handle is null, or unknown flags");
  auto condition = (*graph)->createCondition(value, flags == 1, context);
  if (!condition)
    return condition.error();
  *out = (*condition)->handle();
  return {};
}

inline Result<void> printDot(const void* graphHandle, const char* path, unsigned flags) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  if (!path)
    return makeError(Status::InvalidValue, "path is null");
  return core::writeGraphDot(**graph, path, flags);
}

} // namespace anywarp::shim
