// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both APIs do alike with graphs: handles to objects, lists of nodes and edges. The handle
// types are the API's own. Stateless; safe from any thread.
#pragma once

#include "common/call.h"
#include "core/capture.h"
#include "core/graph_exec.h"

#include <algorithm>

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

// Only full dependencies have a meaning here; programmatic ones are satisfied by them.
template <typename Edge> Result<void> checkEdges(const Edge* edges, size_t count) {
  for (size_t i = 0; edges && i < count; ++i)
    if (edges[i].type > 1 || edges[i].to_port != 0)
      return makeError(Status::InvalidValue, "unknown edge data");
  return {};
}

template <typename Handle>
Result<void> addNode(Handle* out, const void* graphHandle, const Handle* dependencies, size_t count,
                     core::GraphWork work) {
  if (!out)
    return makeError(Status::InvalidValue, "the place for the node is null");
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  auto nodes = nodesOf(dependencies, count);
  if (!nodes)
    return nodes.error();
  auto node = (*graph)->add(std::move(work), *nodes);
  if (!node)
    return node.error();
  *out = static_cast<Handle>((*node)->handle());
  return {};
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

template <typename Handle, typename Edge>
Result<void> giveNodes(const core::Graph::Nodes& nodes, Handle* out, Edge* edges, size_t* count) {
  for (size_t i = 0; count && out && edges && i < *count; ++i)
    edges[i] = {};
  return giveNodes(nodes, out, count);
}

template <typename Handle>
Result<void> giveEdges(const core::Graph& graph, Handle* from, Handle* to, size_t* count) {
  if (!count || !from != !to)
    return makeError(Status::InvalidValue, "the number or one of the lists is null");
  auto edges = graph.edges();
  for (size_t i = 0; from && i < *count; ++i) {
    from[i] = i < edges.size() ? static_cast<Handle>(edges[i].first->handle()) : nullptr;
    to[i] = i < edges.size() ? static_cast<Handle>(edges[i].second->handle()) : nullptr;
  }
  *count = from ? std::min(*count, edges.size()) : edges.size();
  return {};
}

template <typename Handle>
Result<void> changeEdges(const void* graphHandle, const Handle* from, const Handle* to,
                         size_t count, bool add) {
  auto graph = findGraph(graphHandle);
  if (!graph)
    return graph.error();
  auto first = nodesOf(from, count), second = nodesOf(to, count);
  if (!first)
    return first.error();
  if (!second)
    return second.error();
  return add ? (*graph)->addEdges(*first, *second) : (*graph)->removeEdges(*first, *second);
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
  return work;
}

// The node's parameters as this API was given them.
template <typename Params> Result<void> giveParams(const core::GraphNode& node, Params* out) {
  if (!out)
    return makeError(Status::InvalidValue, "the place for the parameters is null");
  core::GraphWork work = node.work();
  auto* params = std::any_cast<Params>(&work.params);
  if (!params)
    return makeError(Status::NotSupported,
                     "the parameters of nodes that were captured, or made through the other API, "
                     "cannot be read yet");
  *out = *params;
  return {};
}

inline Result<void> updateResult(core::GraphExec& exec, core::Graph& graph, int& result,
                                 void*& culprit) {
  uint64_t id = 0;
  core::GraphUpdate update = exec.update(graph, id);
  result = int(update);
  culprit = nullptr;
  for (core::GraphNode* node : graph.nodes())
    if (node->id() == id)
      culprit = node->handle();
  if (update == core::GraphUpdate::Success)
    return {};
  return makeError(Status::GraphExecUpdateFailure,
                   "the graph has another shape than the executable");
}

// Instantiation flags that both APIs know: AUTO_FREE_ON_LAUNCH 1, UPLOAD 2, DEVICE_LAUNCH 4,
// USE_NODE_PRIORITY 8.
inline Result<core::GraphExecRef> instantiate(const void* handle, uint64_t flags) {
  auto graph = findGraph(handle);
  if (!graph)
    return graph.error();
  if (flags & ~uint64_t(15))
    return makeError(Status::InvalidValue, "unknown flags");
  if (flags & 4)
    return makeError(Status::NotSupported, "graphs cannot be launched from the device yet");
  return core::GraphExec::create(**graph, flags);
}

} // namespace anywarp::shim
