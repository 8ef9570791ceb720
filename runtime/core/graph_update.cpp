// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Updates of executable graphs: what may differ (CUDA driver API manual, cuGraphExecUpdate).
#include "core/function.h"
#include "core/graph_program.h"

namespace anywarp::core {
namespace {

GraphUpdate compareCopies(const CopyParams& was, const CopyParams& is) {
  bool same = was.dstAt.sameMapping(is.dstAt) && was.srcAt.sameMapping(is.srcAt);
  return same ? GraphUpdate::Success : GraphUpdate::ParametersChanged;
}

GraphUpdate compareFills(const FillParams& was, const FillParams& is) {
  bool flat = was.height <= 1 && is.height <= 1;
  bool same = was.at.sameMapping(is.at) &&
              (flat || (was.height == is.height && was.width == is.width && was.pitch == is.pitch &&
                        was.elementSize == is.elementSize));
  return same ? GraphUpdate::Success : GraphUpdate::ParametersChanged;
}

} // namespace

GraphUpdate GraphProgram::compareWork(const GraphWork& was, const GraphWork& is,
                                      bool nodePriority) {
  if (was.type != is.type)
    return GraphUpdate::NodeTypeChanged;
  if (was.deviceNode || is.deviceNode)
    return GraphUpdate::NotSupported;
  if (was.kernel && is.kernel) {
    if (&was.kernel->function->context() != &is.kernel->function->context())
      return GraphUpdate::UnsupportedFunctionChange;
    if (was.kernel->config.cooperative != is.kernel->config.cooperative)
      return GraphUpdate::AttributesChanged;
    if (nodePriority && was.attributes.getInt(NodeAttributes::kPriority) !=
                            is.attributes.getInt(NodeAttributes::kPriority))
      return GraphUpdate::AttributesChanged;
  }
  if (auto *a = std::get_if<CopyParams>(&was.described),
      *b = std::get_if<CopyParams>(&is.described);
      a && b)
    return compareCopies(*a, *b);
  if (auto *a = std::get_if<FillParams>(&was.described),
      *b = std::get_if<FillParams>(&is.described);
      a && b)
    return compareFills(*a, *b);
  switch (was.type) {
  case GraphNodeType::MemAlloc:
    return was.memory->bytes == is.memory->bytes ? GraphUpdate::Success
                                                 : GraphUpdate::ParametersChanged;
  case GraphNodeType::BatchMemOp:
    return was.memOps->ops().size() == is.memOps->ops().size() ? GraphUpdate::Success
                                                               : GraphUpdate::ParametersChanged;
  case GraphNodeType::SemaphoreSignal:
  case GraphNodeType::SemaphoreWait:
    return was.semaphores->size() == is.semaphores->size() ? GraphUpdate::Success
                                                           : GraphUpdate::ParametersChanged;
  case GraphNodeType::Conditional:
    return was.conditional.type == is.conditional.type &&
                   was.conditional.bodies.size() == is.conditional.bodies.size()
               ? GraphUpdate::Success
               : GraphUpdate::ParametersChanged;
  default:
    return GraphUpdate::Success;
  }
}

GraphUpdateResult GraphProgram::compare(const Level& old, const Level& now, bool nodePriority) {
  if (old.steps.size() != now.steps.size())
    return {GraphUpdate::TopologyChanged, 0, 0};
  for (size_t i = 0; i < now.steps.size(); ++i) {
    const Graph::Step &was = old.steps[i], &is = now.steps[i];
    if (was.before.size() != is.before.size())
      return {GraphUpdate::TopologyChanged, is.id, 0};
    for (size_t n = 0; n < is.before.size(); ++n) {
      auto edge = [n](const Graph::Step& s) { return s.edges.empty() ? GraphEdge() : s.edges[n]; };
      if (was.before[n] != is.before[n] || edge(was) != edge(is))
        return {GraphUpdate::TopologyChanged, is.id, now.steps[is.before[n]].id};
    }
    GraphUpdate result = compareWork(was.work, is.work, nodePriority);
    if (result != GraphUpdate::Success)
      return {result, is.id, 0};
    const Inner &a = old.inner[i], &b = now.inner[i];
    if (a.child)
      if (GraphUpdateResult inside = compare(*a.child, *b.child, nodePriority); !inside)
        return inside;
    for (size_t n = 0; n < a.bodies.size(); ++n)
      if (GraphUpdateResult inside = compare(*a.bodies[n], *b.bodies[n], nodePriority); !inside)
        return inside;
  }
  return {};
}

// The ids stay: nodes of the first graph still name the steps.
void GraphProgram::takeOver(Level& old, Level& now) {
  for (size_t i = 0; i < old.steps.size(); ++i) {
    old.steps[i].work = std::move(now.steps[i].work);
    if (old.inner[i].child)
      takeOver(*old.inner[i].child, *now.inner[i].child);
    for (size_t n = 0; n < old.inner[i].bodies.size(); ++n)
      takeOver(*old.inner[i].bodies[n], *now.inner[i].bodies[n]);
  }
}

GraphUpdateResult GraphProgram::update(const Graph& graph, bool nodePriority) {
  std::unique_ptr<Level> now = build(graph);
  GraphUpdateResult result = compare(*top_, *now, nodePriority);
  if (!result)
    return result;
  takeOver(*top_, *now);
  userObjects_ = graph.userObjects();
  return result;
}

} // namespace anywarp::core
