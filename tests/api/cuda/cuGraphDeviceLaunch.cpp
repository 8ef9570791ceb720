// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs that kernels launch: CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH.
#include "graph_fixture.h"

namespace {

constexpr uint64_t kTail = 0x0100000000000000, kFireAndForget = 0x0200000000000000,
                   kSibling = 0x0300000000000000;

class DeviceLaunch : public GraphTest {
protected:
  CUgraph newGraph() {
    CUgraph result = nullptr;
    EXPECT_CU(cuGraphCreate(&result, 0));
    return result;
  }
  CUgraphExec deviceExec(CUgraph of) {
    CUgraphExec exec = instantiate(of, CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH);
    EXPECT_CU(cuGraphUpload(exec, stream));
    return exec;
  }
  // A graph of one kernel that launches another one into this stream; its result goes to data[i].
  CUgraphNode addLaunch(CUgraph to, CUgraphExec exec, uint64_t where, int i,
                        std::vector<CUgraphNode> before = {}) {
    data[i] = -1;
    return add(to, kernel("launch", uint64_t(uintptr_t(exec)), where, at(i)), before);
  }
};

TEST_F(DeviceLaunch, what_is_launched_is_done_when_the_launch_is) {
  CUgraph inner = newGraph();
  addBump(inner, 0, 5);
  CUgraphExec exec = deviceExec(inner);
  for (uint64_t where : {kTail, kFireAndForget, kSibling}) {
    data[0] = 0;
    CUgraph outer = newGraph();
    addLaunch(outer, exec, where, 1);
    run(instantiate(outer));
    EXPECT_EQ(0, data[1]);
    EXPECT_EQ(5, data[0]);
  }
}

TEST_F(DeviceLaunch, tails_run_in_order_behind_everything_else) {
  CUgraph first = newGraph(), second = newGraph();
  addBump(first, 0, 1);
  addBump(second, 0, 2);
  CUgraphExec firstExec = deviceExec(first), secondExec = deviceExec(second);
  CUgraphNode a = addLaunch(graph, firstExec, kTail, 1);
  CUgraphNode b = addLaunch(graph, secondExec, kTail, 2, {a});
  addBump(graph, 0, 7, {b});
  run(instantiate(graph));
  EXPECT_EQ((7 * 3 + 1) * 3 + 2, data[0]);
}

TEST_F(DeviceLaunch, a_graph_launches_itself_again) {
  CUgraphNode node = add(graph, kernel("again", at(0)));
  addBump(graph, 1, 1, {node});
  CUgraphExec exec = deviceExec(graph);
  data[0] = 1000;
  run(exec);
  EXPECT_EQ(0, data[0]);
  data[0] = 3, data[1] = 0;
  run(exec);
  EXPECT_EQ((1 * 3 + 1) * 3 + 1, data[1]);
}

TEST_F(DeviceLaunch, the_current_graph_is_one_for_the_device) {
  add(graph, kernel("current", at(0)));
  CUgraphExec host = instantiate(graph);
  uint64_t handle = 99;
  std::memcpy(data, &handle, 8);
  run(host);
  std::memcpy(&handle, data, 8);
  EXPECT_EQ(0u, handle);
  CUgraphExec exec = deviceExec(graph);
  run(exec);
  std::memcpy(&handle, data, 8);
  EXPECT_EQ(uint64_t(uintptr_t(exec)), handle);
}

TEST_F(DeviceLaunch, wrong_launches_are_errors_in_the_kernel) {
  CUgraph inner = newGraph();
  addBump(inner, 0, 5);
  CUgraphExec onlyHost = instantiate(inner);
  CUgraphExec notUploaded = instantiate(inner, CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH);
  CUgraphExec good = deviceExec(inner);
  addLaunch(graph, onlyHost, kTail, 1);
  addLaunch(graph, notUploaded, kTail, 2);
  addLaunch(graph, reinterpret_cast<CUgraphExec>(uintptr_t(64)), kTail, 3);
  addLaunch(graph, good, 0, 4);
  run(instantiate(graph));
  for (int i = 1; i <= 4; i++)
    EXPECT_EQ(1, data[i]) << i; // cudaErrorInvalidValue
  EXPECT_EQ(0, data[0]);
  // Outside of a graph nothing can be launched.
  auto params = kernel("launch", uint64_t(uintptr_t(good)), kTail, at(5));
  EXPECT_CU(cuLaunchKernel(params.func, 1, 1, 1, 1, 1, 1, 0, stream, params.kernelParams, nullptr));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(1, data[5]);
}

TEST_F(DeviceLaunch, graphs_that_are_not_for_the_device_are_refused) {
  CUgraphExec exec = nullptr;
  CUDA_GRAPH_INSTANTIATE_PARAMS params = {};
  params.flags = CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiateWithParams(&exec, graph, &params));
  EXPECT_EQ(CUDA_GRAPH_INSTANTIATE_INVALID_STRUCTURE, params.result_out); // empty
  addBump(graph, 0, 1);
  CUDA_HOST_NODE_PARAMS host = {[](void*) {}, nullptr};
  CUgraphNode node = nullptr;
  EXPECT_CU(cuGraphAddHostNode(&node, graph, nullptr, 0, &host));
  EXPECT_NE(CUDA_SUCCESS, cuGraphInstantiateWithParams(&exec, graph, &params));
  EXPECT_EQ(CUDA_GRAPH_INSTANTIATE_NODE_OPERATION_NOT_SUPPORTED, params.result_out);
  EXPECT_EQ(node, params.hErrNode_out);
  params.flags |= CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiateWithParams(&exec, graph, &params));
  EXPECT_EQ(CUDA_GRAPH_INSTANTIATE_ERROR, params.result_out);
  EXPECT_EQ(nullptr, params.hErrNode_out);
}

TEST_F(DeviceLaunch, an_upload_can_be_part_of_the_instantiation) {
  CUgraph inner = newGraph();
  addBump(inner, 0, 5);
  CUDA_GRAPH_INSTANTIATE_PARAMS params = {};
  params.flags = CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH | CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD;
  params.hUploadStream = stream;
  CUgraphExec exec = nullptr;
  EXPECT_CU(cuGraphInstantiateWithParams(&exec, inner, &params));
  EXPECT_EQ(CUDA_GRAPH_INSTANTIATE_SUCCESS, params.result_out);
  addLaunch(graph, exec, kFireAndForget, 1);
  run(instantiate(graph));
  EXPECT_EQ(5, data[0]);
  cuuint64_t flags = 0;
  EXPECT_CU(cuGraphExecGetFlags(exec, &flags));
  EXPECT_EQ(params.flags, flags);
  // Without parameters there is no stream for it.
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphInstantiate(&exec, inner, CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&exec, inner, 16));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(nullptr, inner, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&exec, nullptr, 0));
}

} // namespace
