// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_exec.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/function.h"
#include "core/handles.h"

namespace anywarp::core {

GraphExec::GraphExec(std::vector<Graph::Step> steps, uint64_t flags)
    : flags_(flags), program_(compile(std::move(steps))) {}

Result<GraphExecRef> GraphExec::create(Graph& graph, uint64_t flags) {
  auto exec = std::make_shared<GraphExec>(graph.order(), flags);
  HandleTable<GraphExec>::get().insert(exec);
  return exec;
}

GraphExecRef GraphExec::fromHandle(const void* handle) {
  return HandleTable<GraphExec>::get().find(handle);
}

Result<void> GraphExec::destroy() {
  if (!HandleTable<GraphExec>::get().remove(this))
    return makeError(Status::InvalidValue, "the executable graph was destroyed before");
  return {};
}

std::shared_ptr<const GraphExec::Program> GraphExec::compile(Steps steps) {
  auto program = std::make_shared<Program>();
  program->disabled.resize(steps.size());
  for (const Graph::Step& step : steps)
    program->children.push_back(step.work.child ? compile(step.work.child->order()) : nullptr);
  program->steps = std::move(steps);
  return program;
}

// Runs of nodes without events become one operation each.
Result<void> GraphExec::enqueue(Stream& stream, std::shared_ptr<const Program> program) {
  std::vector<const Stream::Operation*> runs;
  auto flush = [&]() -> Result<void> {
    if (runs.empty())
      return {};
    return stream.enqueue([program, runs = std::exchange(runs, {})]() -> Result<void> {
      for (const Stream::Operation* run : runs)
        AW_TRY((*run)());
      return {};
    });
  };
  for (size_t i = 0; i < program->steps.size(); ++i) {
    const GraphWork& work = program->steps[i].work;
    if (program->disabled[i])
      continue;
    switch (work.type) {
    case GraphNodeType::EventRecord:
      AW_TRY(flush());
      AW_TRY(work.event->record(stream));
      break;
    case GraphNodeType::WaitEvent:
      AW_TRY(flush());
      AW_TRY(stream.waitEvent(work.event));
      break;
    case GraphNodeType::BatchMemOp:
      AW_TRY(flush());
      AW_TRY(StreamMemOps::enqueue(stream, work.memOps));
      break;
    case GraphNodeType::Graph:
      AW_TRY(flush());
      AW_TRY(enqueue(stream, program->children[i]));
      break;
    default:
      if (work.run)
        runs.push_back(&work.run);
    }
  }
  return flush();
}

// A graph that does what this program does, for a node of another one.
GraphRef GraphExec::rebuild(const Program& program) {
  auto graph = std::make_shared<Graph>(); // no handle: the node gets a copy
  Graph::Nodes nodes;
  for (size_t i = 0; i < program.steps.size(); ++i) {
    Graph::Nodes before;
    for (size_t place : program.steps[i].before)
      before.push_back(nodes[place]);
    GraphWork work = program.disabled[i] ? GraphWork() : program.steps[i].work;
    if (work.child)
      work.child = rebuild(*program.children[i]);
    auto node = graph->add(std::move(work), before);
    nodes.push_back(node ? node->get() : nullptr);
  }
  return graph;
}

Result<void> GraphExec::launch(Stream& stream) {
  AW_TRY(stream.context().check());
  std::lock_guard lock(mutex_); // two launches at once do not mix
  if (std::shared_ptr<Capture> capture = stream.capture()) {
    GraphWork work;
    work.type = GraphNodeType::Graph;
    work.child = rebuild(*program_);
    return capture->add(stream, std::move(work));
  }
  if (last_ && &last_->context() == &stream.context())
    AW_TRY(stream.waitEvent(last_));
  AW_TRY(enqueue(stream, program_));
  // No handle: nobody else sees it.
  if (!last_ || &last_->context() != &stream.context())
    last_ = std::make_shared<Event>(stream.contextRef(), Event::kDisableTiming);
  return last_->record(stream);
}

Result<size_t> GraphExec::find(const GraphNode& node) const {
  for (size_t i = 0; i < program_->steps.size(); ++i)
    if (program_->steps[i].id == node.id())
      return i;
  return makeError(Status::InvalidValue, "the executable graph was not made of this node");
}

Result<void> GraphExec::setWork(const GraphNode& node, GraphWork work) {
  std::lock_guard lock(mutex_);
  Result<size_t> place = find(node);
  if (!place)
    return place.error();
  const Graph::Step& old = program_->steps[*place];
  if (old.work.type != work.type)
    return makeError(Status::InvalidValue, "the node is of another type");
  auto program = std::make_shared<Program>(*program_); // launches on their way keep theirs
  if (work.child) {
    uint64_t culprit = 0;
    if (compare(program_->children[*place]->steps, work.child->order(), culprit) !=
        GraphUpdate::Success)
      return makeError(Status::GraphExecUpdateFailure, "the child graph has another shape");
    program->children[*place] = compile(work.child->order());
  }
  program->steps[*place].work = std::move(work);
  program_ = std::move(program);
  return {};
}

Result<void> GraphExec::setEnabled(const GraphNode& node, bool enabled) {
  std::lock_guard lock(mutex_);
  Result<size_t> place = find(node);
  if (!place)
    return place.error();
  if (node.type() > GraphNodeType::Memset)
    return makeError(Status::InvalidValue, "only kernels, copies and fills can be disabled");
  auto program = std::make_shared<Program>(*program_);
  program->disabled[*place] = !enabled;
  program_ = std::move(program);
  return {};
}

Result<bool> GraphExec::enabled(const GraphNode& node) const {
  std::lock_guard lock(mutex_);
  Result<size_t> place = find(node);
  if (!place)
    return place.error();
  return !program_->disabled[*place];
}

GraphUpdate GraphExec::compare(const Steps& old, const Steps& now, uint64_t& culprit) {
  culprit = 0;
  if (old.size() != now.size())
    return GraphUpdate::TopologyChanged;
  for (size_t i = 0; i < now.size(); ++i) {
    culprit = now[i].id;
    if (old[i].before != now[i].before)
      return GraphUpdate::TopologyChanged;
    const GraphWork &was = old[i].work, &is = now[i].work;
    if (was.type != is.type)
      return GraphUpdate::NodeTypeChanged;
    if (was.child) {
      uint64_t inside = 0;
      GraphUpdate result = compare(was.child->order(), is.child->order(), inside);
      if (result != GraphUpdate::Success)
        return result;
    }
    // An allocation keeps its address; only the same one fits.
    if (was.memory && was.memory->bytes != is.memory->bytes)
      return GraphUpdate::ParametersChanged;
    if (was.kernel && is.kernel &&
        &was.kernel->function->context() != &is.kernel->function->context())
      return GraphUpdate::FunctionChanged;
  }
  culprit = 0;
  return GraphUpdate::Success;
}

GraphUpdate GraphExec::update(Graph& graph, uint64_t& culprit) {
  Steps now = graph.order();
  std::lock_guard lock(mutex_);
  GraphUpdate result = compare(program_->steps, now, culprit);
  if (result != GraphUpdate::Success)
    return result;
  auto program = std::make_shared<Program>(*compile(now));
  program->disabled = program_->disabled;
  for (size_t i = 0; i < now.size(); ++i)
    program->steps[i].id = program_->steps[i].id; // nodes of the first graph still name them
  program_ = std::move(program);
  return result;
}

} // namespace anywarp::core
