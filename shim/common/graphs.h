// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both APIs do alike with graphs: handles to objects, lists of nodes and edges, nodes' work,
// attributes and user objects. The handle types are the API's own. Stateless; safe from any thread.
#pragma once

#include "common/call.h"
#include "core/device.h"
#include "core/graph_dot.h"
#include "core/graph_exec.h"
#include "core/location.h"
#include "core/pool.h"

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

// The nodes in front of a node, or those behind it.
template <typename Handle, typename Edge>
Result<void> giveNeighbours(const void* handle, Handle* nodes, Edge* edges, size_t* count,
                            bool before) {
  AW_LET(node, findNode(handle));
  AW_LET(graph, graphOf(*node));
  return giveLinks(before ? graph->before(*node) : graph->after(*node), nodes, edges, count);
}

template <typename Handle>
Result<void> findInClone(Handle* out, const void* original, const void* clone) {
  AW_ARG(out, "the place for the node is null");
  AW_LET(node, findNode(original));
  AW_LET(graph, findGraph(clone));
  core::GraphNode* found = graph->findClone(node->id());
  AW_ARG(found, "the graph is no clone of the node's graph");
  *out = static_cast<Handle>(found->handle());
  return {};
}

// Gives a node other work: in its graph, or in an executable one.
inline Result<void> changeNode(const void* handle, Result<core::GraphWork> work) {
  AW_LET(node, findNode(handle));
  if (!work)
    return work.error();
  return node->setWork(std::move(*work));
}
inline Result<void> changeNode(const void* execHandle, const void* handle,
                               Result<core::GraphWork> work) {
  AW_LET(exec, findExec(execHandle));
  AW_LET(node, findNode(handle));
  if (!work)
    return work.error();
  return exec->setWork(*node, std::move(*work));
}

// For calls that change nodes of any type.
inline Result<void> checkChangeable(core::GraphNodeType type) {
  if (type == core::GraphNodeType::MemAlloc || type == core::GraphNodeType::MemFree ||
      type == core::GraphNodeType::Conditional)
    return makeError(Status::NotSupported, "CUDA cannot change nodes of this type");
  return {};
}

inline Result<void> setEnabled(const void* execHandle, const void* handle, bool enabled) {
  AW_LET(exec, findExec(execHandle));
  AW_LET(node, findNode(handle));
  return exec->setEnabled(*node, enabled);
}
inline Result<void> giveEnabled(const void* execHandle, const void* handle, unsigned* enabled) {
  AW_ARG(enabled, "isEnabled is null");
  AW_LET(exec, findExec(execHandle));
  AW_LET(node, findNode(handle));
  AW_LET(value, exec->enabled(*node));
  *enabled = value;
  return {};
}

template <typename Handle>
Result<void> giveEvent(const void* handle, core::GraphNodeType type, Handle* out) {
  AW_ARG(out, "event_out is null");
  AW_LET(node, findNode(handle, type));
  *out = static_cast<Handle>(node->work().event->handle());
  return {};
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

template <typename Params> Result<core::GraphWork> hostWork(const Params* p) {
  AW_ARG(p && p->fn, "nodeParams or its function is null");
  core::GraphWork work;
  work.type = core::GraphNodeType::Host;
  work.run = core::Stream::hostOperation(p->fn, p->userData);
  work.described = core::HostParams{p->fn, p->userData};
  work.params = *p;
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

// `findDevice` gives the device of an ordinal, `current` the context that is current.
template <typename Params, typename FindDevice, typename Current>
Result<core::GraphWork> allocWork(Params* p, FindDevice&& findDevice, Current&& current) {
  AW_ARG(p && p->bytesize, "nodeParams is null, or no bytes are asked for");
  AW_ARG(int(p->poolProps.allocType) == core::kPoolPinned &&
             int(p->poolProps.location.type) == core::kLocationDevice,
         "graphs allocate pinned memory of a device");
  AW_ARG(int(p->poolProps.handleTypes) == 0, "graph memory has no handles");
  AW_ARG(p->accessDescs || !p->accessDescCount, "accessDescs is null");
  AW_LET(device, findDevice(p->poolProps.location.id));
  for (size_t i = 0; i < p->accessDescCount; ++i)
    AW_TRY(findDevice(p->accessDescs[i].location.id)); // all memory is for all devices
  AW_LET(context, current());
  AW_ARG(&context->device() == device, "memory of a device that is not the current one");
  AW_LET(memory, core::GraphMemory::create(*context, p->bytesize));
  p->dptr = reinterpret_cast<decltype(p->dptr)>(memory->address);
  core::GraphWork work;
  work.type = core::GraphNodeType::MemAlloc;
  work.memory = std::move(memory);
  Params kept = *p;
  kept.accessDescs = nullptr;
  kept.accessDescCount = 0;
  work.params = kept;
  return work;
}

// What such a node was asked for, where the other API made it.
template <typename Params> Params allocParams(const core::GraphWork& work) {
  Params out = {};
  out.poolProps.allocType = decltype(out.poolProps.allocType)(int(core::kPoolPinned));
  out.poolProps.location.type = decltype(out.poolProps.location.type)(int(core::kLocationDevice));
  out.poolProps.location.id = work.memory->device.ordinal();
  out.bytesize = work.memory->bytes;
  out.dptr = reinterpret_cast<decltype(out.dptr)>(work.memory->address);
  return out;
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

// The manual: bytes of CUgraphNodeParams behind what the node's type uses must be zero.
template <typename Params> Result<void> checkUnused(const Params& p) {
  using Type = core::GraphNodeType;
  auto used = [&]() -> size_t {
    switch (Type(int(p.type))) {
    case Type::Kernel:
      return sizeof p.kernel;
    case Type::Memcpy:
      return sizeof p.memcpy;
    case Type::Memset:
      return sizeof p.memset;
    case Type::Host:
      return sizeof p.host;
    case Type::Graph:
      return sizeof p.graph;
    case Type::WaitEvent:
    case Type::EventRecord:
      return sizeof p.eventWait;
    case Type::SemaphoreSignal:
      return sizeof p.extSemSignal;
    case Type::SemaphoreWait:
      return sizeof p.extSemWait;
    case Type::MemAlloc:
      return sizeof p.alloc;
    case Type::MemFree:
      return sizeof p.free;
    case Type::BatchMemOp:
      if constexpr (requires { p.memOp; })
        return sizeof p.memOp;
      return 0;
    case Type::Conditional:
      return sizeof p.conditional;
    case Type::Empty:
      return 0;
    }
    return 0;
  };
  auto* bytes = reinterpret_cast<const char*>(p.reserved1);
  AW_ARG(std::all_of(bytes + used(), bytes + sizeof p.reserved1, [](char c) { return c == 0; }) &&
             p.reserved2 == 0 && !p.reserved0[0] && !p.reserved0[1] && !p.reserved0[2],
         "bytes of nodeParams that mean nothing are not zero");
  return {};
}

// The node's parameters as this API was given them; for nodes that were captured or made through
// the other API made of what core knows, by `read`.
template <typename Params, typename Read>
Result<void> giveParams(const void* handle, core::GraphNodeType type, Params* out, Read read) {
  AW_LET(node, findNode(handle, type));
  AW_ARG(out, "the place for the parameters is null");
  core::GraphWork work = node->work();
  if (auto* params = std::any_cast<Params>(&work.params))
    *out = *params;
  else
    *out = read(work);
  return {};
}

// CUgraphExecUpdateResultInfo's three.
template <typename Code, typename Node>
Result<void> update(const void* execHandle, const void* graphHandle, Code& result, Node& culprit,
                    Node& from) {
  AW_LET(exec, findExec(execHandle));
  AW_LET(graph, findGraph(graphHandle));
  core::GraphUpdateResult update = exec->update(*graph);
  auto handle = [&](uint64_t id) {
    core::GraphNode* node = id ? graph->findId(id) : nullptr;
    return node ? static_cast<Node>(node->handle()) : nullptr;
  };
  result = Code(int(update.code));
  culprit = handle(update.node);
  from = handle(update.from);
  if (update)
    return {};
  return makeError(Status::GraphExecUpdateFailure,
                   "the graph differs from the executable one in what cannot change");
}

template <typename Handle>
Result<void> instantiate(Handle* out, const void* handle, uint64_t flags) {
  AW_ARG(out, "the place for the executable graph is null");
  AW_LET(graph, findGraph(handle));
  AW_ARG(!(flags & core::GraphExec::kUpload), "an upload needs cuGraphInstantiateWithParams");
  AW_LET(exec, core::GraphExec::create(*graph, flags));
  *out = static_cast<Handle>(exec->handle());
  return {};
}

// cuGraphInstantiateWithParams. `failed` and `result` are the places in the parameters; `find`
// gives the stream of an upload.
template <typename Handle, typename Node, typename InstantiateResult, typename Find>
Result<void> instantiate(Handle* out, const void* handle, uint64_t flags, Node& failed,
                         InstantiateResult& result, Find&& find) {
  core::GraphExec::Failure failure;
  failure.fault = core::GraphFault::Error;
  auto make = [&]() -> Result<core::GraphExecRef> {
    if (!out)
      return makeError(Status::InvalidValue, "the place for the executable graph is null");
    auto graph = findGraph(handle);
    return graph ? core::GraphExec::create(**graph, flags, &failure) : graph.error();
  };
  auto exec = make();
  failed = failure.node ? static_cast<Node>(failure.node->handle()) : nullptr;
  result = InstantiateResult(int(failure.fault));
  if (!exec)
    return exec.error();
  if (flags & core::GraphExec::kUpload) {
    Result<core::StreamRef> stream = find();
    Result<void> done = stream ? (*exec)->upload(**stream) : stream.error();
    if (!done) { // nobody learns of it
      result = InstantiateResult(int(core::GraphFault::Error));
      (void)(*exec)->destroy();
      return done;
    }
  }
  *out = static_cast<Handle>((*exec)->handle());
  return {};
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
  AW_TRY((*node)->setAttribute(id, value));
  if (core::GraphDeviceNodeRef made = (*node)->work().deviceNode;
      made && id == core::NodeAttributes::kDeviceUpdatable) {
    void* handle = made->handle(); // goes back in the value, though the prototype says const
    std::memcpy(core::deviceNodePlace(const_cast<void*>(value)), &handle, sizeof handle);
  }
  return {};
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
