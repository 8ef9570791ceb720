// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "graph_fixture.h"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace {

class Dot : public GraphTest {
protected:
  std::string print(unsigned flags) {
    std::string path = testing::TempDir() + "/anywarp_dot_" + std::to_string(getpid());
    EXPECT_CU(cuGraphDebugDotPrint(graph, path.c_str(), flags));
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    std::remove(path.c_str());
    return text.str();
  }
  static size_t count(const std::string& text, const std::string& what) {
    size_t n = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
      n++;
    return n;
  }
  // Braces and quotes pair up: what a DOT reader needs first.
  static bool balanced(const std::string& text) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.size(); i++) {
      if (quoted && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        quoted = !quoted;
      else if (!quoted)
        depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    }
    return !depth && !quoted;
  }
};

TEST_F(Dot, has_all_nodes_and_edges) {
  CUgraphNode a = addBump(graph, 0, 1), b = addBump(graph, 1, 1, {a});
  CUgraph child = nullptr;
  ASSERT_CU(cuGraphCreate(&child, 0));
  addBump(child, 2, 1);
  CUgraphNode node = nullptr;
  ASSERT_CU(cuGraphAddChildGraphNode(&node, graph, &b, 1, child));
  for (unsigned flags = 0; flags < 1u << 16; flags = flags * 2 + 1) {
    std::string text = print(flags);
    EXPECT_EQ(0u, text.find("digraph"));
    EXPECT_TRUE(balanced(text));
    EXPECT_EQ(2u, count(text, " -> "));
    EXPECT_EQ(2u, count(text, "subgraph"));
    EXPECT_EQ(3u, count(text, "KERNEL"));
    EXPECT_EQ(3u, count(text, "bump"));
  }
  EXPECT_EQ(0u, count(print(0), "grid"));
  EXPECT_EQ(3u, count(print(CU_GRAPH_DEBUG_DOT_FLAGS_KERNEL_NODE_PARAMS), "grid (1, 1, 1)"));
  EXPECT_EQ(3u, count(print(CU_GRAPH_DEBUG_DOT_FLAGS_KERNEL_NODE_ATTRIBUTES), "priority"));
  EXPECT_NE(0u, count(print(CU_GRAPH_DEBUG_DOT_FLAGS_HANDLES), "handle 0x"));
  EXPECT_NE(0u, count(print(CU_GRAPH_DEBUG_DOT_FLAGS_VERBOSE), "handle 0x"));
}

TEST_F(Dot, tells_about_every_kind_of_node) {
  CUevent event = nullptr;
  ASSERT_CU(cuEventCreate(&event, 0));
  CUgraphNode node = nullptr;
  EXPECT_CU(cuGraphAddEventRecordNode(&node, graph, nullptr, 0, event));
  EXPECT_CU(cuGraphAddEventWaitNode(&node, graph, nullptr, 0, event));
  EXPECT_CU(cuGraphAddEmptyNode(&node, graph, nullptr, 0));
  CUDA_HOST_NODE_PARAMS host = {[](void*) {}, data};
  EXPECT_CU(cuGraphAddHostNode(&node, graph, nullptr, 0, &host));
  CUDA_MEMSET_NODE_PARAMS fill = {at(0), 0, 77, 4, 1, 1};
  EXPECT_CU(cuGraphAddMemsetNode(&node, graph, nullptr, 0, &fill, context));
  CUgraphConditionalHandle handle = 0;
  EXPECT_CU(cuGraphConditionalHandleCreate(&handle, graph, context, 0, 0));
  CUgraphNodeParams p = {};
  p.type = CU_GRAPH_NODE_TYPE_CONDITIONAL;
  p.conditional = {handle, CU_GRAPH_COND_TYPE_IF, 2, nullptr, context};
  EXPECT_CU(cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  std::string text = print(CU_GRAPH_DEBUG_DOT_FLAGS_VERBOSE);
  EXPECT_TRUE(balanced(text));
  for (const char* what : {"EVENT_RECORD", "WAIT_EVENT", "EMPTY", "HOST", "MEMSET", "CONDITIONAL",
                           "value: 77", "fn: ", "event: ", "body 1"})
    EXPECT_NE(std::string::npos, text.find(what)) << what;
}

TEST_F(Dot, wrong_calls_are_refused) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDebugDotPrint(nullptr, "/tmp/x", 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDebugDotPrint(graph, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDebugDotPrint(graph, "/tmp/x", 1u << 20));
  EXPECT_EQ(CUDA_ERROR_OPERATING_SYSTEM, cuGraphDebugDotPrint(graph, "/nowhere/at/all", 0));
}

} // namespace
