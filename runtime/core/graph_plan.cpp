// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the levels of a program to the chains of a plan.
#include "core/graph_plan.h"

#include "core/event.h"
#include "core/graph_program.h"

#include <algorithm>
#include <optional>

namespace anywarp::core {
namespace {

using Ends = std::vector<uint32_t>; // nodes that something waits for; ascending

void unite(Ends& ends, const Ends& more) {
  ends.insert(ends.end(), more.begin(), more.end());
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
}

} // namespace

// The nodes of one body, child graphs in their places.
struct GraphProgram::Flattening {
  struct Node {
    std::optional<GraphPlan::Item> item;
    Ends before;
  };
  GraphPlan& plan;
  std::vector<Node> nodes;

  // What waits for the new node.
  Ends add(GraphPlan::Item item, Ends before) {
    nodes.push_back({std::move(item), std::move(before)});
    return {uint32_t(nodes.size() - 1)};
  }
  Ends addForStream(std::function<Result<void>(Stream&)> enqueue, Ends before) {
    plan.needsStreams = true;
    return add({nullptr, nullptr, {}, nullptr, std::move(enqueue)}, std::move(before));
  }
  // One node for several, so that many that wait for many are no square of edges.
  Ends join(Ends ends) {
    if (ends.size() <= 1)
      return ends;
    nodes.push_back({std::nullopt, std::move(ends)});
    return {uint32_t(nodes.size() - 1)};
  }
  size_t variable(const GraphConditionRef& condition) {
    auto it = std::find(plan.conditions.begin(), plan.conditions.end(), condition);
    if (it == plan.conditions.end())
      it = plan.conditions.insert(it, condition);
    return size_t(it - plan.conditions.begin());
  }
  GraphPlan::Body chains();
};

// A node goes on with the chain of the one that it waits for, if nothing else does and it waits for
// nothing else.
GraphPlan::Body GraphProgram::Flattening::chains() {
  GraphPlan::Body body;
  std::vector<uint32_t> followers(nodes.size()), chainOf(nodes.size());
  for (const Node& node : nodes)
    for (uint32_t before : node.before)
      ++followers[before];
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Ends& before = nodes[i].before;
    if (before.size() == 1 && followers[before[0]] == 1) {
      chainOf[i] = chainOf[before[0]];
    } else {
      chainOf[i] = uint32_t(body.size());
      GraphPlan::Chain& chain = body.emplace_back();
      if (body.size() == 1)
        chain.items.reserve(nodes.size()); // most graphs are one chain
      for (uint32_t end : before) {        // the last one of its chain
        chain.before.push_back(chainOf[end]);
        body[chainOf[end]].next.push_back(chainOf[i]);
      }
    }
    if (nodes[i].item)
      body[chainOf[i]].items.push_back(std::move(*nodes[i].item));
  }
  return body;
}

// Adds what one step does behind `before`; returns what waits for it.
Ends GraphProgram::flattenStep(const Level& level, size_t step, Ends before,
                               Flattening& out) const {
  const GraphWork& work = level.steps[step].work;
  const Inner& inner = level.inner[step];
  switch (work.type) {
  case GraphNodeType::Kernel:
    if (level.device[step].node)
      out.plan.uploads.push_back(level.device[step]);
    return out.add({work.kernel, level.device[step].node, {}, nullptr, {}}, std::move(before));
  case GraphNodeType::EventRecord:
    return out.addForStream([event = work.event](Stream& stream) { return event->record(stream); },
                            std::move(before));
  case GraphNodeType::WaitEvent:
    return out.addForStream(
        [event = work.event](Stream& stream) { return stream.waitEvent(event); },
        std::move(before));
  case GraphNodeType::BatchMemOp:
    return out.addForStream(
        [ops = work.memOps](Stream& stream) { return StreamMemOps::enqueue(stream, ops); },
        std::move(before));
  case GraphNodeType::SemaphoreSignal:
    return out.addForStream(
        [ops = work.semaphores](Stream& stream) { return ExternalSemaphore::signal(stream, *ops); },
        std::move(before));
  case GraphNodeType::SemaphoreWait:
    return out.addForStream(
        [ops = work.semaphores](Stream& stream) { return ExternalSemaphore::wait(stream, *ops); },
        std::move(before));
  case GraphNodeType::Graph:
    return out.join(flatten(*inner.child, out.join(std::move(before)), out));
  case GraphNodeType::Conditional: {
    auto branch = std::make_shared<GraphPlan::Branch>();
    branch->variable = out.variable(work.conditional.condition);
    branch->type = work.conditional.type;
    for (const auto& body : inner.bodies) {
      Flattening inside{out.plan, {}};
      flatten(*body, {}, inside);
      branch->bodies.push_back(inside.chains());
    }
    return out.add({nullptr, nullptr, {}, std::move(branch), {}}, std::move(before));
  }
  case GraphNodeType::MemAlloc:
    out.plan.allocated.push_back(work.memory);
    break;
  case GraphNodeType::MemFree:
    if (!work.memory->freedInOwnGraph())
      out.plan.freed.push_back(work.memory);
    break;
  default:
    if (work.run)
      return out.add({nullptr, nullptr, work.run, nullptr, {}}, std::move(before));
  }
  return out.join(std::move(before)); // nothing to do, but a place in the order
}

// Adds a whole level behind `entry`; returns what waits for all of it.
Ends GraphProgram::flatten(const Level& level, const Ends& entry, Flattening& out) const {
  out.nodes.reserve(out.nodes.size() + level.steps.size());
  std::vector<Ends> done(level.steps.size());
  std::vector<bool> followed(level.steps.size());
  for (size_t i = 0; i < level.steps.size(); ++i) {
    Ends before;
    for (size_t step : level.steps[i].before) {
      unite(before, done[step]);
      followed[step] = true;
    }
    if (level.steps[i].before.empty())
      before = entry;
    done[i] = level.disabled[i] && !level.device[i].node // which kernels may enable
                  ? out.join(std::move(before))
                  : flattenStep(level, i, std::move(before), out);
  }
  Ends ends = level.steps.empty() ? entry : Ends();
  for (size_t i = 0; i < done.size(); ++i)
    if (!followed[i])
      unite(ends, done[i]);
  return ends;
}

std::shared_ptr<const GraphPlan> GraphProgram::plan() const {
  auto plan = std::make_shared<GraphPlan>();
  Flattening out{*plan, {}};
  flatten(*top_, {}, out);
  plan->top = out.chains();
  return plan;
}

} // namespace anywarp::core
