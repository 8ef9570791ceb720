// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executable graphs: changes, updates and what they refuse.
#include "graph_fixture.h"

#include <thread>

namespace {

class Exec : public GraphTest {
protected:
  CUgraphExecUpdateResultInfo update(CUgraphExec exec, CUgraph from, CUresult expected) {
    CUgraphExecUpdateResultInfo info = {};
    EXPECT_EQ(expected, cuGraphExecUpdate(exec, from, &info));
    return info;
  }
  CUgraph newGraph() {
    CUgraph result = nullptr;
    EXPECT_CU(cuGraphCreate(&result, 0));
    return result;
  }
  CUgraphNode addFill(CUgraph to, CUdeviceptr where, size_t width, size_t height) {
    CUDA_MEMSET_NODE_PARAMS p = {where, 64, 1, 4, width, height};
    CUgraphNode node = nullptr;
    EXPECT_CU(cuGraphAddMemsetNode(&node, to, nullptr, 0, &p, context));
    return node;
  }
  static constexpr CUresult kRefused = CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
};

TEST_F(Exec, an_update_takes_parameters_over) {
  addBump(graph, 0, 1);
  CUgraphExec exec = instantiate(graph);
  CUgraph other = newGraph();
  addBump(other, 1, 5);
  auto info = update(exec, other, CUDA_SUCCESS);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_SUCCESS, info.result);
  EXPECT_EQ(nullptr, info.errorNode);
  run(exec);
  EXPECT_EQ(0, data[0]);
  EXPECT_EQ(5, data[1]);
}

TEST_F(Exec, an_update_says_what_differs) {
  CUgraphNode a = addBump(graph, 0, 1), b = addBump(graph, 1, 1, {a});
  addBump(graph, 2, 1, {b});
  CUgraphExec exec = instantiate(graph);

  CUgraph fewer = newGraph();
  addBump(fewer, 0, 1);
  auto info = update(exec, fewer, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, info.result);
  EXPECT_EQ(nullptr, info.errorNode);

  CUgraph loose = newGraph();
  a = addBump(loose, 0, 1);
  b = addBump(loose, 1, 1);
  addBump(loose, 2, 1, {b});
  info = update(exec, loose, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, info.result);
  EXPECT_EQ(b, info.errorNode);

  CUgraph crossed = newGraph();
  a = addBump(crossed, 0, 1);
  b = addBump(crossed, 1, 1, {a});
  CUgraphNode c = addBump(crossed, 2, 1, {a});
  info = update(exec, crossed, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, info.result);
  EXPECT_EQ(c, info.errorNode);
  EXPECT_EQ(a, info.errorFromNode);

  CUgraph typed = newGraph();
  a = addBump(typed, 0, 1);
  CUgraphNode empty = nullptr;
  EXPECT_CU(cuGraphAddEmptyNode(&empty, typed, &a, 1));
  addBump(typed, 2, 1, {empty});
  info = update(exec, typed, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED, info.result);
  EXPECT_EQ(empty, info.errorNode);

  CUgraph attributes = newGraph();
  a = addBump(attributes, 0, 1);
  b = addBump(attributes, 1, 1, {a});
  addBump(attributes, 2, 1, {b});
  CUlaunchAttributeValue value = {};
  value.cooperative = 1;
  EXPECT_CU(cuGraphKernelNodeSetAttribute(b, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &value));
  info = update(exec, attributes, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED, info.result);
  EXPECT_EQ(b, info.errorNode);

  run(exec); // as it was
  EXPECT_EQ(1, data[0]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecUpdate(exec, graph, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecUpdate(nullptr, graph, &info));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecUpdate(exec, nullptr, &info));
}

TEST_F(Exec, parameters_that_cannot_change_are_named) {
  CUdeviceptr device = upload(std::vector<int>(1024));
  addFill(graph, device, 4, 2);
  CUgraphExec exec = instantiate(graph);
  CUgraph wider = newGraph();
  CUgraphNode fill = addFill(wider, device, 5, 2);
  auto info = update(exec, wider, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED, info.result);
  EXPECT_EQ(fill, info.errorNode);
  CUgraph moved = newGraph();
  addFill(moved, device + 256, 4, 2);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_SUCCESS, update(exec, moved, CUDA_SUCCESS).result);
  run(exec);
  EXPECT_EQ(1, download<int>(device + 256, 1)[0]);
}

TEST_F(Exec, priorities_are_fixed_where_they_count) {
  CUgraphNode node = addBump(graph, 0, 1);
  CUgraphExec counts = instantiate(graph, CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY);
  CUgraphExec ignores = instantiate(graph);
  CUlaunchAttributeValue value = {};
  value.priority = -2;
  EXPECT_CU(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED, update(counts, graph, kRefused).result);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_SUCCESS, update(ignores, graph, CUDA_SUCCESS).result);
}

TEST_F(Exec, single_nodes_change_within_limits) {
  CUdeviceptr device = upload(std::vector<int>(64));
  CUgraphNode flat = addFill(graph, device, 4, 1), high = addFill(graph, device, 4, 2);
  CUgraphNode a = addBump(graph, 0, 1);
  CUgraphExec exec = instantiate(graph);
  CUDA_MEMSET_NODE_PARAMS p = {device, 64, 3, 4, 8, 1};
  EXPECT_CU(cuGraphExecMemsetNodeSetParams(exec, flat, &p, context));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecMemsetNodeSetParams(exec, high, &p, context));
  p = {device, 64, 3, 4, 4, 2};
  EXPECT_CU(cuGraphExecMemsetNodeSetParams(exec, high, &p, context));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecMemsetNodeSetParams(exec, a, &p, context));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecMemsetNodeSetParams(exec, flat, nullptr, context));
  run(exec);
  EXPECT_EQ(3, download<int>(device, 1)[0]);
  CUgraph other = newGraph();
  CUgraphNode foreign = addBump(other, 0, 1);
  auto k = kernel("bump", at(0), 1);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecKernelNodeSetParams(exec, foreign, &k));
}

// Of the manual: memory stays in its context, of the host or of a device.
TEST_F(Exec, memory_of_copies_and_fills_stays_in_its_context) {
  CUdeviceptr from = upload(std::vector<int>{1, 2, 3, 4}), to = upload(std::vector<int>(4)),
              other = upload(std::vector<int>{5, 6, 7, 8});
  CUcontext elsewhere = nullptr;
  ASSERT_CU(cuCtxCreate(&elsewhere, nullptr, 0, device));
  CUdeviceptr foreign = upload(std::vector<int>{9, 9, 9, 9});
  ASSERT_CU(cuCtxPopCurrent(nullptr));
  auto copy = [](CUdeviceptr dst, CUdeviceptr src) {
    CUDA_MEMCPY3D p = {};
    p.srcMemoryType = p.dstMemoryType = CU_MEMORYTYPE_DEVICE;
    p.srcDevice = src, p.dstDevice = dst;
    p.WidthInBytes = 16, p.Height = p.Depth = 1;
    return p;
  };
  auto toHost = [](void* dst, CUdeviceptr src) {
    CUDA_MEMCPY3D p = {};
    p.srcMemoryType = CU_MEMORYTYPE_DEVICE, p.dstMemoryType = CU_MEMORYTYPE_HOST;
    p.srcDevice = src, p.dstHost = dst;
    p.WidthInBytes = 16, p.Height = p.Depth = 1;
    return p;
  };
  CUgraphNode node = nullptr;
  CUDA_MEMCPY3D p = copy(to, from);
  ASSERT_CU(cuGraphAddMemcpyNode(&node, graph, nullptr, 0, &p, context));
  CUgraphExec exec = instantiate(graph);
  auto change = [&](CUDA_MEMCPY3D q) {
    return cuGraphExecMemcpyNodeSetParams(exec, node, &q, context);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, change(copy(foreign, from)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, change(copy(to, foreign)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, change(toHost(data, from)));
  run(exec); // as it was
  EXPECT_EQ(download<int>(to, 4), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_CU(cuMemFree(from)); // where it was still counts
  EXPECT_CU(change(copy(to, other)));
  run(exec);
  EXPECT_EQ(download<int>(to, 4), (std::vector<int>{5, 6, 7, 8}));
  auto nothing = copy(to, other);
  nothing.WidthInBytes = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, change(nothing));
  auto high = copy(to, other);
  high.WidthInBytes = 4, high.Height = 2, high.srcPitch = high.dstPitch = 8;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, change(high));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecMemcpyNodeSetParams(exec, node, nullptr, context));
  // An update is held to the same.
  CUgraph moved = newGraph();
  CUgraphNode there = nullptr;
  p = copy(foreign, other);
  ASSERT_CU(cuGraphAddMemcpyNode(&there, moved, nullptr, 0, &p, context));
  auto info = update(exec, moved, kRefused);
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED, info.result);
  EXPECT_EQ(there, info.errorNode);

  CUgraph fills = newGraph();
  CUgraphNode fill = addFill(fills, to, 4, 1);
  CUgraphExec filling = instantiate(fills);
  CUdeviceptr managed = 0;
  ASSERT_CU(cuMemAllocManaged(&managed, 64, CU_MEM_ATTACH_GLOBAL));
  for (CUdeviceptr wrong : {foreign, managed, at(0)}) {
    CUDA_MEMSET_NODE_PARAMS q = {wrong, 64, 3, 4, 4, 1};
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecMemsetNodeSetParams(filling, fill, &q, context));
  }
  CUDA_MEMSET_NODE_PARAMS q = {other, 64, 3, 4, 4, 1};
  EXPECT_CU(cuGraphExecMemsetNodeSetParams(filling, fill, &q, context));
  run(filling);
  EXPECT_EQ(download<int>(other, 4), (std::vector<int>{3, 3, 3, 3}));
  EXPECT_CU(cuCtxDestroy(elsewhere));
}

TEST_F(Exec, kernels_copies_and_fills_can_be_disabled) {
  CUgraphNode a = addBump(graph, 0, 1), empty = nullptr;
  EXPECT_CU(cuGraphAddEmptyNode(&empty, graph, &a, 1));
  CUgraphExec exec = instantiate(graph);
  unsigned enabled = 9;
  EXPECT_CU(cuGraphNodeGetEnabled(exec, a, &enabled));
  EXPECT_EQ(1u, enabled);
  EXPECT_CU(cuGraphNodeSetEnabled(exec, a, 0));
  EXPECT_CU(cuGraphNodeGetEnabled(exec, a, &enabled));
  EXPECT_EQ(0u, enabled);
  run(exec);
  EXPECT_EQ(0, data[0]);
  EXPECT_CU(cuGraphNodeSetEnabled(exec, a, 1));
  run(exec);
  EXPECT_EQ(1, data[0]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeSetEnabled(exec, empty, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeGetEnabled(exec, empty, &enabled));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeGetEnabled(exec, a, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeSetEnabled(nullptr, a, 1));
}

// Launches, changes and updates of one executable graph from several threads.
TEST_F(Exec, may_be_used_by_many_threads) {
  CUgraphNode last = nullptr, first = nullptr;
  for (int i = 0; i < 50; i++) {
    last = addBump(graph, 0, 0, last ? std::vector{last} : std::vector<CUgraphNode>());
    first = first ? first : last;
  }
  CUgraphExec exec = instantiate(graph);
  auto k = kernel("bump", at(0), 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; t++)
    threads.emplace_back([&, t] {
      EXPECT_CU(cuCtxSetCurrent(context));
      for (int i = 0; i < 50; i++) {
        EXPECT_CU(cuGraphLaunch(exec, stream));
        if (t == 0)
          EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, first, &k));
        if (t == 1)
          EXPECT_CU(cuGraphNodeSetEnabled(exec, first, unsigned(i % 2)));
        CUgraphExecUpdateResultInfo info = {};
        if (t == 2)
          EXPECT_CU(cuGraphExecUpdate(exec, graph, &info));
      }
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(0, data[0]);
}

} // namespace
