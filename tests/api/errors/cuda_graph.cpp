// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs: edges that are more than an answer can hold, handles that are none.
#include "errors.h"

#include <sys/mman.h>
#include <unistd.h>

namespace {

using CudaGraphErrors = CudaErrors;

// "If an edge has non-zero (non-default) edge data and edgeData is NULL, this API will return
// CUDA_ERROR_LOSSY_QUERY."
TEST_F(CudaGraphErrors, edges_with_data) {
  CUgraphNode first = addBump(graph, 0, 1), second = addBump(graph, 1, 1);
  CUgraphEdgeData programmatic = {};
  programmatic.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC;
  programmatic.type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;
  ASSERT_CU(cuGraphAddDependencies(graph, &first, &second, &programmatic, 1));
  CUgraphNode from[2], to[2];
  CUgraphEdgeData edges[2];
  size_t count = 2;
  FAILS(LOSSY_QUERY, cuGraphNodeGetDependencies(second, from, nullptr, &count));
  count = 2;
  FAILS(LOSSY_QUERY, cuGraphNodeGetDependentNodes(first, to, nullptr, &count));
  count = 2;
  FAILS(LOSSY_QUERY, cuGraphGetEdges(graph, from, to, nullptr, &count));
  count = 2;
  EXPECT_CU(cuGraphNodeGetDependencies(second, from, edges, &count));
  EXPECT_EQ(1u, count);
}

TEST_F(CudaGraphErrors, handles_in_parameters) {
  CUgraphNode node = addBump(graph, 0, 1);
  auto k = kernel("bump", at(0), 1);
  k.func = CUfunction(&k);
  FAILS(INVALID_HANDLE, cuGraphKernelNodeSetParams(node, &k));

  int file = memfd_create("semaphore", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(0, ftruncate(file, 8));
  CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC word = {};
  word.type = CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD;
  word.handle.fd = file;
  CUexternalSemaphore semaphore = nullptr, none = nullptr;
  ASSERT_CU(cuImportExternalSemaphore(&semaphore, &word));
  CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS value = {};
  CUDA_EXT_SEM_SIGNAL_NODE_PARAMS params = {&semaphore, &value, 1};
  CUgraphNode signal = nullptr;
  ASSERT_CU(cuGraphAddExternalSemaphoresSignalNode(&signal, graph, nullptr, 0, &params));
  params.extSemArray = &none;
  FAILS(INVALID_HANDLE, cuGraphExternalSemaphoresSignalNodeSetParams(signal, &params));

  // Nodes that CUDA cannot change.
  CUDA_MEM_ALLOC_NODE_PARAMS allocation = {};
  allocation.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  allocation.poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  allocation.bytesize = 64;
  CUgraphNode alloc = nullptr;
  ASSERT_CU(cuGraphAddMemAllocNode(&alloc, graph, nullptr, 0, &allocation));
  CUgraphExec exec = instantiate(graph);
  CUgraphNodeParams again = {};
  again.type = CU_GRAPH_NODE_TYPE_MEM_ALLOC;
  again.alloc.poolProps = allocation.poolProps;
  again.alloc.bytesize = 64;
  FAILS(NOT_SUPPORTED, cuGraphNodeSetParams(alloc, &again));
  FAILS(NOT_SUPPORTED, cuGraphExecNodeSetParams(exec, alloc, &again));
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
}

} // namespace
