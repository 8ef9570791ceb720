// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs, and semaphores of other APIs.
#include "runtime_errors.h"

namespace {

class RuntimeGraphErrors : public RuntimeErrors {
protected:
  cudaKernelNodeParams kernel(const void* f, int value) {
    cudaKernelNodeParams params = {};
    params.func = const_cast<void*>(f);
    params.gridDim = params.blockDim = 1;
    params.kernelParams = storing(value);
    return params;
  }
  cudaGraphNode_t addStore(int value) {
    cudaGraphNode_t node = nullptr;
    auto params = kernel(program.store(), value);
    EXPECT_OK(cudaGraphAddKernelNode(&node, graph, nullptr, 0, &params));
    return node;
  }
  int runAndRead(cudaGraphExec_t exec) {
    int value = -1;
    EXPECT_OK(cudaGraphLaunch(exec, stream));
    EXPECT_OK(cudaStreamSynchronize(stream));
    EXPECT_OK(cudaMemcpy(&value, memory, sizeof value, cudaMemcpyDeviceToHost));
    return value;
  }
};

TEST_F(RuntimeGraphErrors, functions_that_are_none) {
  cudaGraphNode_t node = addStore(1), made = nullptr;
  cudaGraphExec_t exec = nullptr;
  ASSERT_OK(cudaGraphInstantiate(&exec, graph, 0));
  auto bad = kernel(host, 1);
  cudaGraphNodeParams any = {};
  any.type = cudaGraphNodeTypeKernel;
  any.kernel.func = host;
  any.kernel.gridDim = any.kernel.blockDim = 1;
  FAILS(InvalidDeviceFunction, cudaGraphAddKernelNode(&made, graph, nullptr, 0, &bad));
  FAILS(InvalidDeviceFunction, cudaGraphAddNode(&made, graph, nullptr, nullptr, 0, &any));
  FAILS(InvalidDeviceFunction, cudaGraphNodeSetParams(node, &any));
  FAILS(InvalidDeviceFunction, cudaGraphExecNodeSetParams(exec, node, &any));
  FAILS(OperatingSystem, cudaGraphDebugDotPrint(graph, "/nowhere/at all", 0));
}

TEST_F(RuntimeGraphErrors, nodes_that_cuda_cannot_change) {
  cudaMemAllocNodeParams allocation = {};
  allocation.poolProps.allocType = cudaMemAllocationTypePinned;
  allocation.poolProps.location = {cudaMemLocationTypeDevice, 0};
  allocation.bytesize = 64;
  cudaGraphNode_t node = nullptr;
  ASSERT_OK(cudaGraphAddMemAllocNode(&node, graph, nullptr, 0, &allocation));
  cudaGraphExec_t exec = nullptr;
  ASSERT_OK(cudaGraphInstantiate(&exec, graph, 0));
  cudaGraphNodeParams again = {};
  again.type = cudaGraphNodeTypeMemAlloc;
  again.alloc.poolProps = allocation.poolProps;
  again.alloc.bytesize = 64;
  FAILS(NotSupported, cudaGraphNodeSetParams(node, &again));
  FAILS(NotSupported, cudaGraphExecNodeSetParams(exec, node, &again));
}

TEST_F(RuntimeGraphErrors, edges_with_data) {
  cudaGraphNode_t first = addStore(1), second = addStore(2);
  cudaGraphEdgeData programmatic = {};
  programmatic.from_port = cudaGraphKernelNodePortProgrammatic;
  programmatic.type = cudaGraphDependencyTypeProgrammatic;
  ASSERT_OK(cudaGraphAddDependencies(graph, &first, &second, &programmatic, 1));
  cudaGraphNode_t from[2], to[2];
  size_t count = 2;
  FAILS(LossyQuery, cudaGraphNodeGetDependencies(second, from, nullptr, &count));
  count = 2;
  FAILS(LossyQuery, cudaGraphNodeGetDependentNodes(first, to, nullptr, &count));
  count = 2;
  FAILS(LossyQuery, cudaGraphGetEdges(graph, from, to, nullptr, &count));
}

TEST_F(RuntimeGraphErrors, changes_of_what_was_made) {
  cudaGraphNode_t node = addStore(1);
  cudaGraphExec_t exec = nullptr;
  ASSERT_OK(cudaGraphInstantiate(&exec, graph, 0));
  EXPECT_EQ(1, runAndRead(exec));
  auto params = kernel(program.store(), 2);
  EXPECT_OK(cudaGraphExecKernelNodeSetParams(exec, node, &params));
  EXPECT_EQ(2, runAndRead(exec));
  params = kernel(program.store(), 3);
  EXPECT_OK(cudaGraphKernelNodeSetParams(node, &params));
  cudaKernelNodeParams back = {};
  EXPECT_OK(cudaGraphKernelNodeGetParams(node, &back));
  EXPECT_EQ(1u, back.gridDim.x);
  EXPECT_EQ(3, *static_cast<int*>(back.kernelParams[1]));
  cudaGraphExecUpdateResultInfo info = {};
  EXPECT_OK(cudaGraphExecUpdate(exec, graph, &info));
  EXPECT_EQ(cudaGraphExecUpdateSuccess, info.result);
  EXPECT_EQ(3, runAndRead(exec));

  cudaGraph_t clone = nullptr, inside = nullptr;
  cudaGraphNode_t found = nullptr, child = nullptr;
  ASSERT_OK(cudaGraphClone(&clone, graph));
  EXPECT_OK(cudaGraphNodeFindInClone(&found, node, clone));
  EXPECT_NE(node, found);
  ASSERT_OK(cudaGraphAddChildGraphNode(&child, graph, nullptr, 0, clone));
  EXPECT_OK(cudaGraphChildGraphNodeGetGraph(child, &inside));
  EXPECT_NE(clone, inside); // the node has a copy
  FAILS(GraphExecUpdateFailure, cudaGraphExecUpdate(exec, graph, &info));
  EXPECT_OK(cudaGraphDestroyNode(child));
  FAILS(InvalidValue, cudaGraphDestroyNode(child));
}

TEST_F(RuntimeGraphErrors, semaphores_of_other_apis) {
  cudaExternalSemaphoreHandleDesc desc = {};
  desc.type = cudaExternalSemaphoreHandleTypeOpaqueFd;
  desc.handle.fd = -1;
  cudaExternalSemaphore_t semaphore = nullptr;
  FAILS(InvalidResourceHandle, cudaImportExternalSemaphore(&semaphore, &desc));
}

} // namespace
