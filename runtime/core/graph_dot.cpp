// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_dot.h"

#include "core/array.h"
#include "core/event.h"
#include "core/function.h"

#include <cstdio>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

constexpr unsigned kAllFlags = (1u << 16) - 1;

const char* typeName(GraphNodeType type) {
  constexpr const char* kNames[] = {
      "KERNEL",       "MEMCPY",       "MEMSET",           "HOST",           "GRAPH",     "EMPTY",
      "WAIT_EVENT",   "EVENT_RECORD", "EXT_SEMAS_SIGNAL", "EXT_SEMAS_WAIT", "MEM_ALLOC", "MEM_FREE",
      "BATCH_MEM_OP", "CONDITIONAL"};
  return kNames[int(type)];
}

// Text inside of double quotes. `\n` of ours stays a line break of the label.
std::string quoted(const std::string& text) {
  std::string result;
  for (char c : text)
    if (c == '\n')
      result += "\\n";
    else if (c == '"' || c == '\\')
      (result += '\\') += c;
    else
      result += c;
  return result;
}

class Writer {
public:
  Writer(unsigned flags) : flags_(flags & kDotVerbose ? kAllFlags & ~kDotRuntimeTypes : flags) {}

  void graph(Graph& graph, const std::string& title) {
    unsigned number = clusters_++;
    out_ += fmt::format("subgraph cluster_{} {{\nlabel=\"{}\"\n", number, quoted(title));
    for (GraphNode* node : graph.nodes())
      one(*node);
    unsigned edge = 0;
    for (const Graph::Arrow& arrow : graph.edges())
      line(arrow, edge++);
    out_ += "}\n";
    // Below the node that has it, not in its cluster.
    for (GraphNode* node : graph.nodes()) {
      GraphWork work = node->work();
      if (work.child)
        this->graph(*work.child, fmt::format("child graph of node {}", node->id()));
      for (size_t i = 0; i < work.conditional.bodies.size(); ++i)
        this->graph(*work.conditional.bodies[i], fmt::format("body {} of node {}", i, node->id()));
    }
  }
  std::string take() { return "digraph dot {\n" + out_ + "}\n"; }

private:
  bool has(unsigned flag) const { return (flags_ & flag) != 0; }

  void one(GraphNode& node) {
    GraphWork work = node.work();
    std::string label = fmt::format("{}\nid {}", typeName(node.type()), node.id());
    if (has(kDotHandles))
      label += fmt::format("\nhandle {}", node.handle());
    describe(work, label);
    if (has(kDotTopology))
      label += fmt::format("\nclone of {}", node.original());
    const char* shape = work.type == GraphNodeType::Kernel        ? "octagon"
                        : work.type == GraphNodeType::Conditional ? "diamond"
                                                                  : "box";
    out_ +=
        fmt::format("\"node_{}\" [shape=\"{}\" label=\"{}\"];\n", node.id(), shape, quoted(label));
  }

  void line(const Graph::Arrow& arrow, unsigned number) {
    std::string label;
    if (has(kDotTopology))
      label = fmt::format("{}", number);
    if (!arrow.edge.plain())
      label += fmt::format("{}ports {} {} type {}", label.empty() ? "" : "\n", arrow.edge.fromPort,
                           arrow.edge.toPort, arrow.edge.type);
    out_ += fmt::format("\"node_{}\" -> \"node_{}\"{};\n", arrow.from->id(), arrow.to->id(),
                        label.empty() ? "" : fmt::format(" [label=\"{}\"]", quoted(label)));
  }

  void describe(const GraphWork& work, std::string& label) {
    switch (work.type) {
    case GraphNodeType::Kernel:
      kernel(work, label);
      break;
    case GraphNodeType::Memcpy:
      if (auto* copy = std::get_if<CopyParams>(&work.described); copy && has(kDotMemcpyParams))
        label +=
            fmt::format("\n{}: {}\n{}: {}\n{} x {} x {} bytes\nkind {}", name("srcDevice", "src"),
                        side(copy->src), name("dstDevice", "dst"), side(copy->dst), copy->width,
                        copy->height, copy->depth, int(copy->kind));
      break;
    case GraphNodeType::Memset:
      if (auto* fill = std::get_if<FillParams>(&work.described); fill && has(kDotMemsetParams))
        label += fmt::format(
            "\ndst: {}\npitch: {}\nvalue: {}\nelementSize: {}\nwidth: {}\nheight: {}", fill->dst,
            fill->pitch, fill->value, fill->elementSize, fill->width, fill->height);
      break;
    case GraphNodeType::Host:
      if (auto* host = std::get_if<HostParams>(&work.described); host && has(kDotHostParams))
        label += fmt::format("\nfn: {}\nuserData: {}",
                             reinterpret_cast<const void*>(host->function), host->data);
      break;
    case GraphNodeType::EventRecord:
    case GraphNodeType::WaitEvent:
      if (has(kDotEvents))
        label += fmt::format("\nevent: {}", work.event->handle());
      break;
    case GraphNodeType::SemaphoreSignal:
    case GraphNodeType::SemaphoreWait:
      if (has(work.type == GraphNodeType::SemaphoreSignal ? kDotSignals : kDotWaits))
        label += fmt::format("\nnumExtSems: {}", work.semaphores->size());
      break;
    case GraphNodeType::MemAlloc:
      if (has(kDotMemAlloc))
        label += fmt::format("\ndptr: {}\nbytesize: {}", work.memory->address, work.memory->bytes);
      break;
    case GraphNodeType::MemFree:
      if (has(kDotMemFree))
        label += fmt::format("\ndptr: {}", work.memory->address);
      break;
    case GraphNodeType::BatchMemOp:
      if (has(kDotMemOps))
        for (const StreamMemOp& op : work.memOps->ops())
          label += fmt::format("\noperation {}: {} value {} flags {}", int(op.type), op.address,
                               op.value, op.flags);
      break;
    case GraphNodeType::Conditional:
      if (has(kDotConditions))
        label +=
            fmt::format("\nhandle: {:#x}\ntype: {}\nsize: {}", work.conditional.condition->handle(),
                        int(work.conditional.type), work.conditional.bodies.size());
      break;
    default:
      break;
    }
  }

  void kernel(const GraphWork& work, std::string& label) {
    const LaunchConfig& config = work.kernel->config;
    label += "\n" + work.kernel->function->name();
    if (has(kDotKernelParams))
      label += fmt::format("\ngrid ({}, {}, {})\nblock ({}, {}, {})\nsharedMemBytes: {}",
                           config.grid[0], config.grid[1], config.grid[2], config.block[0],
                           config.block[1], config.block[2], config.dynamicShared);
    if (has(kDotHandles))
      label += fmt::format("\nfunc: {}", work.kernel->function->handle());
    if (has(kDotAttributes))
      label +=
          fmt::format("\npriority: {}\ncooperative: {}\nclusterDim: ({}, {}, {})",
                      work.attributes.getInt(NodeAttributes::kPriority), int(config.cooperative),
                      config.cluster[0], config.cluster[1], config.cluster[2]);
  }

  const char* name(const char* driver, const char* runtime) const {
    return has(kDotRuntimeTypes) ? runtime : driver;
  }
  static std::string side(const CopyBox& box) {
    if (box.array)
      return fmt::format("array {}", static_cast<const void*>(box.array.get()));
    return fmt::format("{} pitch {}", box.base, box.pitch);
  }

  const unsigned flags_;
  unsigned clusters_ = 0;
  std::string out_;
};

} // namespace

std::string graphDot(Graph& graph, unsigned flags) {
  Writer writer(flags);
  writer.graph(graph, fmt::format("graph {}", graph.handle()));
  return writer.take();
}

Result<void> writeGraphDot(Graph& graph, const char* path, unsigned flags) {
  if (flags & ~kAllFlags)
    return makeError(Status::InvalidValue, fmt::format("{:#x} are no flags", flags));
  std::string text = graphDot(graph, flags);
  std::FILE* file = std::fopen(path, "w");
  bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if ((file && std::fclose(file) != 0) || !written)
    return makeError(Status::OperatingSystem, fmt::format("cannot write {}", path));
  return {};
}

} // namespace anywarp::core
