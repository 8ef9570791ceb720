// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a graph in Graphviz's DOT language (cuGraphDebugDotPrint). Stateless; safe from any
// thread.
#pragma once

#include "core/graph.h"

#include <string>

namespace anywarp::core {

enum GraphDotFlags : unsigned { // CU_GRAPH_DEBUG_DOT_FLAGS_*
  kDotVerbose = 1 << 0,
  kDotRuntimeTypes = 1 << 1,
  kDotKernelParams = 1 << 2,
  kDotMemcpyParams = 1 << 3,
  kDotMemsetParams = 1 << 4,
  kDotHostParams = 1 << 5,
  kDotEvents = 1 << 6,
  kDotSignals = 1 << 7,
  kDotWaits = 1 << 8,
  kDotAttributes = 1 << 9,
  kDotHandles = 1 << 10,
  kDotMemAlloc = 1 << 11,
  kDotMemFree = 1 << 12,
  kDotMemOps = 1 << 13,
  kDotTopology = 1 << 14,
  kDotConditions = 1 << 15,
};

AW_API std::string graphDot(Graph& graph, unsigned flags);
// InvalidValue: unknown flags. OperatingSystem: the file cannot be written.
AW_API Result<void> writeGraphDot(Graph& graph, const char* path, unsigned flags);

} // namespace anywarp::core
