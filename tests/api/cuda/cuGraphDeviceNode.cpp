// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the host may do with device-updatable kernel nodes (CUDA driver API manual,
// CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE and the functions that mention them).
#include "device_node_fixture.h"

namespace {

using DeviceNodeRules = DeviceNodeTest;

int updatableOf(CUgraphNode node, CUgraphDeviceNode* handle) {
  CUlaunchAttributeValue value = {};
  EXPECT_CU(cuGraphKernelNodeGetAttribute(node, CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE,
                                          &value));
  *handle = value.deviceUpdatableKernelNode.devNode;
  return value.deviceUpdatableKernelNode.deviceUpdatable;
}

size_t nodesIn(CUgraph graph) {
  size_t count = 0;
  EXPECT_CU(cuGraphGetNodes(graph, nullptr, &count));
  return count;
}

TEST_F(DeviceNodeRules, a_node_gets_one_handle_and_keeps_it) {
  CUgraphNode a = addBump(graph, 0, 1), b = addBump(graph, 1, 1);
  CUgraphDeviceNode first = nullptr, again = nullptr, other = nullptr;
  EXPECT_EQ(0, updatableOf(a, &again));
  EXPECT_EQ(nullptr, again);
  EXPECT_CU(setUpdatable(a, 0)); // it is not
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, setUpdatable(a, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, setUpdatable(a, -1));
  EXPECT_CU(setUpdatable(a, 1, &first));
  EXPECT_NE(nullptr, first);
  EXPECT_CU(setUpdatable(a, 1, &again));
  EXPECT_EQ(first, again);
  EXPECT_EQ(1, updatableOf(a, &again));
  EXPECT_EQ(first, again);
  EXPECT_EQ(0, updatableOf(b, &other));
  EXPECT_CU(setUpdatable(b, 1, &other));
  EXPECT_NE(first, other);
}

TEST_F(DeviceNodeRules, a_node_cannot_opt_out) {
  CUgraphNode node = addBump(graph, 0, 1);
  CUgraphDeviceNode before = nullptr, after = nullptr;
  EXPECT_CU(setUpdatable(node, 1, &before));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, setUpdatable(node, 0));
  // Neither do other attributes or other parameters change it.
  CUlaunchAttributeValue priority = {};
  EXPECT_CU(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_PRIORITY, &priority));
  auto params = kernel("bump", at(1), 2);
  EXPECT_CU(cuGraphKernelNodeSetParams(node, &params));
  EXPECT_EQ(1, updatableOf(node, &after));
  EXPECT_EQ(before, after);
}

TEST_F(DeviceNodeRules, a_node_stays_in_its_graph) {
  CUgraphNode a = addBump(graph, 0, 1), b = addBump(graph, 0, 1, {a});
  handleOf(a);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDestroyNode(a));
  EXPECT_EQ(2u, nodesIn(graph));
  EXPECT_CU(cuGraphDestroyNode(b));
  EXPECT_EQ(1u, nodesIn(graph));
  EXPECT_CU(cuGraphDestroy(graph));
}

TEST_F(DeviceNodeRules, attributes_are_copied_in_neither_direction) {
  CUgraphNode a = addBump(graph, 0, 1), b = addBump(graph, 1, 1);
  CUgraphDeviceNode handle = nullptr;
  handleOf(a);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphKernelNodeCopyAttributes(a, b));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphKernelNodeCopyAttributes(b, a));
  EXPECT_EQ(1, updatableOf(a, &handle));
  EXPECT_EQ(0, updatableOf(b, &handle));
}

TEST_F(DeviceNodeRules, there_is_one_executable_graph_at_a_time) {
  handleOf(addBump(graph, 0, 1));
  CUgraphExec first = instantiate(graph), second = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&second, graph, 0));
  run(first);
  EXPECT_CU(cuGraphExecDestroy(first));
  second = instantiate(graph);
  run(second);
  EXPECT_EQ(1 * 3 + 1, data[0]);
}

TEST_F(DeviceNodeRules, nodes_below_count_too) {
  CUgraph inner = newGraph();
  handleOf(addBump(inner, 0, 1));
  CUgraphNode child = nullptr;
  EXPECT_CU(cuGraphAddChildGraphNode(&child, graph, nullptr, 0, inner));
  CUgraphExec first = instantiate(graph), second = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&second, graph, 0));
  // The child is a copy: of the graph it was made of there may be one, too.
  instantiate(inner);
  EXPECT_CU(cuGraphExecDestroy(first));
}

TEST_F(DeviceNodeRules, a_destroyed_executable_graph_makes_room_while_it_still_runs) {
  handleOf(addBump(graph, 0, 1));
  CUgraphExec first = instantiate(graph);
  Gate gate(stream);
  EXPECT_CU(cuGraphLaunch(first, stream));
  EXPECT_CU(cuGraphExecDestroy(first));
  CUgraphExec second = instantiate(graph);
  EXPECT_CU(cuGraphLaunch(second, stream));
  gate.open();
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(1 * 3 + 1, data[0]);
}

TEST_F(DeviceNodeRules, neither_side_of_an_update_may_have_such_nodes) {
  CUgraph plain = newGraph();
  CUgraphNode node = addBump(graph, 0, 1), other = addBump(plain, 0, 1);
  CUgraphExec plainExec = instantiate(plain);
  handleOf(node);
  CUgraphExec exec = instantiate(graph);
  CUgraphExecUpdateResultInfo info = {};
  EXPECT_EQ(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, cuGraphExecUpdate(exec, plain, &info));
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_NOT_SUPPORTED, info.result);
  EXPECT_EQ(other, info.errorNode);
  info = {};
  EXPECT_EQ(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, cuGraphExecUpdate(plainExec, graph, &info));
  EXPECT_EQ(CU_GRAPH_EXEC_UPDATE_ERROR_NOT_SUPPORTED, info.result);
  EXPECT_EQ(node, info.errorNode);
}

TEST_F(DeviceNodeRules, a_copy_of_a_node_has_a_handle_of_its_own) {
  CUgraphNode node = addBump(graph, 0, 1), twin = nullptr;
  uint64_t handle = handleOf(node);
  CUgraph clone = nullptr;
  EXPECT_CU(cuGraphClone(&clone, graph));
  EXPECT_CU(cuGraphNodeFindInClone(&twin, node, clone));
  CUgraphDeviceNode twinHandle = nullptr;
  EXPECT_EQ(1, updatableOf(twin, &twinHandle));
  EXPECT_NE(handle, uint64_t(uintptr_t(twinHandle)));
  CUgraphExec exec = uploaded(graph), cloneExec = uploaded(clone);
  int value = 5;
  EXPECT_EQ(0, askParam(uint64_t(uintptr_t(twinHandle)), 8, &value, 4));
  run(exec);
  EXPECT_EQ(1, data[0]);
  run(cloneExec);
  EXPECT_EQ(1 * 3 + 5, data[0]);
}

TEST_F(DeviceNodeRules, a_captured_launch_gives_the_handle_back) {
  auto params = kernel("bump", at(0), 1);
  CUlaunchAttribute attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE;
  auto& value = attribute.value.deviceUpdatableKernelNode;
  CUlaunchConfig config = {};
  config.gridDimX = config.gridDimY = config.gridDimZ = 1;
  config.blockDimX = config.blockDimY = config.blockDimZ = 1;
  config.hStream = stream;
  config.attrs = &attribute;
  config.numAttrs = 1;
  auto launchIt = [&](int updatable) {
    value.deviceUpdatable = updatable;
    value.devNode = nullptr;
    return cuLaunchKernelEx(&config, params.func, params.kernelParams, nullptr);
  };
  // "passing it to a launch in a non-capturing stream results in an error"
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launchIt(1));
  EXPECT_EQ(nullptr, value.devNode);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launchIt(0));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(0, data[0]);

  EXPECT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launchIt(2));
  EXPECT_CU(launchIt(0));
  EXPECT_EQ(nullptr, value.devNode);
  EXPECT_CU(launchIt(1));
  CUgraphDeviceNode handle = value.devNode;
  EXPECT_NE(nullptr, handle);
  CUgraph captured = nullptr;
  EXPECT_CU(cuStreamEndCapture(stream, &captured));
  CUgraphNode nodes[2] = {};
  size_t count = 2;
  EXPECT_CU(cuGraphGetNodes(captured, nodes, &count));
  ASSERT_EQ(2u, count);
  CUgraphDeviceNode of = nullptr;
  EXPECT_EQ(0, updatableOf(nodes[0], &of));
  EXPECT_EQ(1, updatableOf(nodes[1], &of));
  EXPECT_EQ(handle, of);

  CUgraphExec exec = uploaded(captured);
  int other = 7;
  EXPECT_EQ(0, askParam(uint64_t(uintptr_t(handle)), 8, &other, 4));
  run(exec);
  EXPECT_EQ(1 * 3 + 7, data[0]);
}

// cuGraphExecKernelNodeSetParams: "the next upload/launch of hGraphExec will overwrite any previous
// device-side updates".
TEST_F(DeviceNodeRules, host_updates_overwrite_those_of_the_device) {
  CUgraphNode node = addBump(graph, 0, 1), other = addBump(graph, 1, 1);
  uint64_t handle = handleOf(node), otherHandle = handleOf(other);
  CUgraphExec exec = uploaded(graph);
  int five = 5;
  auto changeBoth = [&] {
    EXPECT_EQ(0, askParam(handle, 8, &five, 4));
    EXPECT_EQ(0, askParam(otherHandle, 8, &five, 4));
    data[0] = data[1] = 0;
  };
  auto params = kernel("bump", at(0), 2);
  changeBoth();
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, node, &params));
  run(exec);
  EXPECT_EQ(2, data[0]);
  EXPECT_EQ(5, data[1]); // which the host has not changed

  changeBoth();
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, node, &params));
  EXPECT_CU(cuGraphUpload(exec, stream));
  EXPECT_EQ(0, askGrid(handle, 1)); // behind the upload
  run(exec);
  EXPECT_EQ(2, data[0]);
  EXPECT_EQ(5, data[1]);

  changeBoth();
  EXPECT_EQ(0, askEnabled(otherHandle, 0));
  EXPECT_CU(cuGraphNodeSetEnabled(exec, node, 1));
  EXPECT_CU(cuGraphUpload(exec, stream));
  run(exec);
  EXPECT_EQ(2, data[0]);
  EXPECT_EQ(0, data[1]);
}

// The upload is part of the launch, in the order of the stream: what kernels have changed before it
// is overwritten, though the host has long made its call.
TEST_F(DeviceNodeRules, uploads_come_in_the_order_of_the_stream) {
  CUgraphNode node = addBump(graph, 0, 1);
  uint64_t handle = handleOf(node);
  CUgraphExec exec = uploaded(graph);
  EXPECT_CU(cuStreamSynchronize(stream));
  int five = 5;
  data[kAnswer] = -1;
  Gate gate(stream);
  launch(updater("set_param", handle, 8, uintptr_t(&five), 4, at(kAnswer)), stream);
  EXPECT_CU(cuGraphLaunch(exec, stream)); // with 5
  auto params = kernel("bump", at(0), 2);
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, node, &params));
  EXPECT_CU(cuGraphLaunch(exec, stream)); // with 2
  launch(updater("set_param", handle, 8, uintptr_t(&five), 4, at(kAnswer)), stream);
  EXPECT_CU(cuGraphLaunch(exec, stream)); // with 5
  gate.open();
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ((5 * 3 + 2) * 3 + 5, data[0]);
  EXPECT_EQ(0, data[kAnswer]);
}

// cuGraphNodeGetEnabled: "will not reflect device-side updates".
TEST_F(DeviceNodeRules, the_host_sees_only_what_it_has_set) {
  CUgraphNode node = addBump(graph, 0, 1);
  uint64_t handle = handleOf(node);
  CUgraphExec exec = uploaded(graph);
  EXPECT_EQ(0, askEnabled(handle, 0));
  unsigned enabled = 99;
  EXPECT_CU(cuGraphNodeGetEnabled(exec, node, &enabled));
  EXPECT_EQ(1u, enabled);
  run(exec);
  EXPECT_EQ(0, data[0]);
  // What the host disables a kernel may enable.
  EXPECT_CU(cuGraphNodeSetEnabled(exec, node, 0));
  EXPECT_CU(cuGraphUpload(exec, stream));
  run(exec);
  EXPECT_EQ(0, data[0]);
  EXPECT_EQ(0, askEnabled(handle, 1));
  EXPECT_CU(cuGraphNodeGetEnabled(exec, node, &enabled));
  EXPECT_EQ(0u, enabled);
  run(exec);
  EXPECT_EQ(1, data[0]);
  CUDA_KERNEL_NODE_PARAMS params = {};
  EXPECT_CU(cuGraphKernelNodeGetParams(node, &params));
  EXPECT_EQ(1, *static_cast<int*>(params.kernelParams[1]));
}

} // namespace
