// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes that allocate and free memory, and what the device tells of it.
#include "graph_fixture.h"

namespace {

class Memory : public GraphTest {
protected:
  CUDA_MEM_ALLOC_NODE_PARAMS allocation(size_t bytes) {
    CUDA_MEM_ALLOC_NODE_PARAMS p = {};
    p.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    p.poolProps.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    p.poolProps.location.id = device;
    p.bytesize = bytes;
    return p;
  }
  CUdeviceptr addAlloc(CUgraph to, size_t bytes, CUgraphNode* node) {
    auto p = allocation(bytes);
    EXPECT_CU(cuGraphAddMemAllocNode(node, to, nullptr, 0, &p));
    return p.dptr;
  }
  cuuint64_t attribute(CUgraphMem_attribute which) {
    cuuint64_t value = 0;
    EXPECT_CU(cuDeviceGetGraphMemAttribute(device, which, &value));
    return value;
  }
};

TEST_F(Memory, is_freed_in_its_graph_or_elsewhere) {
  CUgraphNode alloc = nullptr, free = nullptr;
  CUdeviceptr inside = addAlloc(graph, 1000, &alloc);
  ASSERT_CU(cuGraphAddMemFreeNode(&free, graph, &alloc, 1, inside));
  CUdeviceptr back = 0;
  EXPECT_CU(cuGraphMemFreeNodeGetParams(free, &back));
  EXPECT_EQ(inside, back);
  CUDA_MEM_ALLOC_NODE_PARAMS got = {};
  EXPECT_CU(cuGraphMemAllocNodeGetParams(alloc, &got));
  EXPECT_EQ(1000u, got.bytesize);
  EXPECT_EQ(inside, got.dptr);
  CUgraphExec exec = instantiate(graph);
  run(exec);
  run(exec);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(inside)); // the graph frees it itself
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemFreeNode(&free, graph, &alloc, 1, inside));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphMemFreeNodeGetParams(alloc, &back));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphMemFreeNodeGetParams(free, nullptr));

  CUgraph outside = nullptr;
  ASSERT_CU(cuGraphCreate(&outside, 0));
  CUdeviceptr pointer = addAlloc(outside, 64, &alloc);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(pointer)); // not launched yet
  CUgraphExec second = instantiate(outside);
  run(second);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphLaunch(second, stream)); // not freed yet
  EXPECT_CU(cuMemsetD8(pointer, 1, 64));                              // usable behind the launch
  EXPECT_CU(cuMemFreeAsync(pointer, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFreeAsync(pointer, stream));
  run(second);
  EXPECT_CU(cuMemFree(pointer));
  // Another graph may free it, each time.
  CUgraph freeing = nullptr;
  ASSERT_CU(cuGraphCreate(&freeing, 0));
  EXPECT_CU(cuGraphAddMemFreeNode(&free, freeing, nullptr, 0, pointer));
  CUgraphExec third = instantiate(freeing);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemFreeNode(&free, outside, &alloc, 1, pointer));
  for (int i = 0; i < 2; i++) {
    run(second);
    run(third);
  }
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphLaunch(third, stream));
}

TEST_F(Memory, can_be_freed_by_the_next_launch) {
  CUgraphNode alloc = nullptr;
  addAlloc(graph, 64, &alloc);
  CUgraphExec exec = instantiate(graph, CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH);
  run(exec);
  run(exec);
}

// A graph that allocates has one executable graph: one that nobody was given must not stay.
TEST_F(Memory, a_failed_upload_leaves_no_executable_graph) {
  CUgraphNode alloc = nullptr;
  addAlloc(graph, 64, &alloc);
  CUstream gone = nullptr;
  ASSERT_CU(cuStreamCreate(&gone, 0));
  ASSERT_CU(cuStreamDestroy(gone));
  CUDA_GRAPH_INSTANTIATE_PARAMS params = {};
  params.flags = CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD;
  params.hUploadStream = gone;
  CUgraphExec exec = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphInstantiateWithParams(&exec, graph, &params));
  EXPECT_EQ(CUDA_GRAPH_INSTANTIATE_ERROR, params.result_out);
  EXPECT_EQ(nullptr, exec);
  ASSERT_CU(cuGraphInstantiate(&exec, graph, 0));
  EXPECT_CU(cuGraphExecDestroy(exec));
}

TEST_F(Memory, restricts_its_graph) {
  CUgraphNode alloc = nullptr, free = nullptr, node = addBump(graph, 0, 1);
  CUdeviceptr pointer = addAlloc(graph, 64, &alloc);
  EXPECT_CU(cuGraphAddDependencies(graph, &alloc, &node, nullptr, 1));
  CUgraph other = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphClone(&other, graph));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDestroyNode(node));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRemoveDependencies(graph, &alloc, &node, nullptr, 1));
  ASSERT_CU(cuGraphCreate(&other, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddChildGraphNode(&node, other, nullptr, 0, graph));
  CUgraphExec exec = instantiate(graph), second = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&second, graph, 0));
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_CU(cuGraphInstantiate(&second, graph, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemFreeNode(&free, graph, nullptr, 0, at(0)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemFreeNode(&free, graph, nullptr, 0, pointer + 8));
  auto p = allocation(0);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemAllocNode(&node, graph, nullptr, 0, &p));
  p = allocation(64);
  p.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_INVALID;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemAllocNode(&node, graph, nullptr, 0, &p));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddMemAllocNode(&node, graph, nullptr, 0, nullptr));
  CUgraphNodeParams set = {};
  set.type = CU_GRAPH_NODE_TYPE_MEM_FREE;
  set.free.dptr = pointer;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeSetParams(alloc, &set));
  set = {};
  set.type = CU_GRAPH_NODE_TYPE_MEM_ALLOC;
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, cuGraphNodeSetParams(alloc, &set));
}

TEST_F(Memory, is_counted_and_can_be_trimmed) {
  ASSERT_CU(cuDeviceGraphMemTrim(device));
  const cuuint64_t before = attribute(CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT);
  CUgraphNode alloc = nullptr;
  addAlloc(graph, 1 << 20, &alloc);
  EXPECT_EQ(before + (1 << 20), attribute(CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT));
  EXPECT_GE(attribute(CU_GRAPH_MEM_ATTR_USED_MEM_HIGH), before + (1 << 20));
  EXPECT_GE(attribute(CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT), before + (1 << 20));
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_CU(cuGraphCreate(&graph, 0));
  EXPECT_EQ(before, attribute(CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT));
  EXPECT_GE(attribute(CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT), before + (1 << 20)); // kept
  EXPECT_CU(cuDeviceGraphMemTrim(device));
  EXPECT_EQ(before, attribute(CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT));
  cuuint64_t zero = 0, one = 1;
  EXPECT_CU(cuDeviceSetGraphMemAttribute(device, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, &zero));
  EXPECT_CU(cuDeviceSetGraphMemAttribute(device, CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH, &zero));
  EXPECT_EQ(before, attribute(CU_GRAPH_MEM_ATTR_USED_MEM_HIGH));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceSetGraphMemAttribute(device, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, &one));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceSetGraphMemAttribute(device, CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT, &zero));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetGraphMemAttribute(device, CUgraphMem_attribute(9), &zero));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetGraphMemAttribute(device, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetGraphMemAttribute(99, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, &zero));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceSetGraphMemAttribute(99, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, &zero));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceGraphMemTrim(99));
}

} // namespace
