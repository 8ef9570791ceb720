// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes: their parameters, attributes and edges.
#include "graph_fixture.h"

namespace {

using Node = GraphTest;

TEST_F(Node, captured_nodes_tell_their_parameters) {
  CUdeviceptr device = upload<int>({1, 2, 3, 4});
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  ASSERT_CU(cuMemcpyDtoHAsync(data, device, 16, stream));
  ASSERT_CU(cuMemsetD16Async(device, 0x1234, 6, stream));
  static int called;
  CUhostFn call = [](void* p) { ++*static_cast<int*>(p); };
  ASSERT_CU(cuLaunchHostFunc(stream, call, &called));
  CUgraph captured = nullptr;
  ASSERT_CU(cuStreamEndCapture(stream, &captured));
  CUgraphNode nodes[3];
  size_t count = 3;
  ASSERT_CU(cuGraphGetNodes(captured, nodes, &count));
  ASSERT_EQ(3u, count);

  CUDA_MEMCPY3D copy = {};
  ASSERT_CU(cuGraphMemcpyNodeGetParams(nodes[0], &copy));
  EXPECT_EQ(CU_MEMORYTYPE_DEVICE, copy.srcMemoryType);
  EXPECT_EQ(device, copy.srcDevice);
  EXPECT_EQ(CU_MEMORYTYPE_HOST, copy.dstMemoryType);
  EXPECT_EQ(memory, copy.dstHost);
  EXPECT_EQ(16u, copy.WidthInBytes);
  EXPECT_EQ(1u, copy.Height);
  EXPECT_EQ(1u, copy.Depth);
  CUDA_MEMSET_NODE_PARAMS fill = {};
  ASSERT_CU(cuGraphMemsetNodeGetParams(nodes[1], &fill));
  EXPECT_EQ(device, fill.dst);
  EXPECT_EQ(0x1234u, fill.value);
  EXPECT_EQ(2u, fill.elementSize);
  EXPECT_EQ(6u, fill.width);
  EXPECT_EQ(1u, fill.height);
  CUDA_HOST_NODE_PARAMS host = {};
  ASSERT_CU(cuGraphHostNodeGetParams(nodes[2], &host));
  EXPECT_EQ(call, host.fn);
  EXPECT_EQ(&called, host.userData);

  // The parameters make the same node again.
  CUgraphNode again = nullptr;
  EXPECT_CU(cuGraphAddMemcpyNode(&again, graph, nullptr, 0, &copy, context));
  run(instantiate(graph));
  EXPECT_EQ(3, data[2]);

  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphMemcpyNodeGetParams(nodes[1], &copy));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphMemcpyNodeGetParams(nodes[0], nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphMemsetNodeGetParams(nullptr, &fill));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphHostNodeGetParams(nodes[0], &host));
}

TEST_F(Node, attributes_are_kept_copied_and_checked) {
  CUgraphNode a = addBump(graph, 0, 1), b = addBump(graph, 1, 1);
  CUlaunchAttributeValue value = {};
  EXPECT_CU(cuGraphKernelNodeGetAttribute(a, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
  EXPECT_EQ(0, value.priority);
  value.priority = -3;
  EXPECT_CU(cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
  CUlaunchAttributeValue window = {};
  window.accessPolicyWindow.base_ptr = data;
  window.accessPolicyWindow.num_bytes = 64;
  window.accessPolicyWindow.hitRatio = 0.5f;
  window.accessPolicyWindow.hitProp = CU_ACCESS_PROPERTY_PERSISTING;
  EXPECT_CU(cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW, &window));
  CUlaunchAttributeValue cooperative = {};
  cooperative.cooperative = 1;
  EXPECT_CU(cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &cooperative));
  EXPECT_CU(cuGraphKernelNodeCopyAttributes(b, a));
  CUlaunchAttributeValue back = {};
  EXPECT_CU(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_PRIORITY, &back));
  EXPECT_EQ(-3, back.priority);
  EXPECT_CU(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW, &back));
  EXPECT_EQ(0, std::memcmp(&window, &back, sizeof back));
  EXPECT_CU(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &back));
  EXPECT_EQ(1, back.cooperative);
  // New parameters leave them as they are.
  auto params = kernel("bump", at(1), 2);
  EXPECT_CU(cuGraphKernelNodeSetParams(b, &params));
  EXPECT_CU(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &back));
  EXPECT_EQ(1, back.cooperative);
  run(instantiate(graph));
  EXPECT_EQ(2, data[1]);

  window.accessPolicyWindow.hitRatio = 2;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW, &window));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphKernelNodeGetAttribute(a, CUlaunchAttributeID(99), &value));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphKernelNodeGetAttribute(a, CU_LAUNCH_ATTRIBUTE_PRIORITY, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_PRIORITY, nullptr));
  CUgraphNode empty = nullptr;
  EXPECT_CU(cuGraphAddEmptyNode(&empty, graph, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphKernelNodeGetAttribute(empty, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphKernelNodeCopyAttributes(a, empty));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphKernelNodeCopyAttributes(nullptr, a));
}

TEST_F(Node, each_kind_is_changed_in_the_graph_and_in_what_was_made_of_it) {
  constexpr auto kInvalid = CUDA_ERROR_INVALID_VALUE;
  CUDA_MEMSET_NODE_PARAMS fill = {at(0), 0, 3, 4, 1, 1};
  CUDA_MEMCPY3D copy = {};
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = data, copy.dstHost = data + 1;
  copy.WidthInBytes = 4, copy.Height = copy.Depth = 1;
  auto add = [](void* to) { *static_cast<int*>(to) += 1; };
  auto addTen = [](void* to) { *static_cast<int*>(to) += 10; };
  CUDA_HOST_NODE_PARAMS host = {add, data + 2};
  CUevent a = nullptr, b = nullptr, back = nullptr;
  ASSERT_CU(cuEventCreate(&a, CU_EVENT_DISABLE_TIMING));
  ASSERT_CU(cuEventCreate(&b, CU_EVENT_DISABLE_TIMING));
  CUgraph inner = nullptr;
  ASSERT_CU(cuGraphCreate(&inner, 0));
  CUgraphNode bump = addBump(inner, 4, 1);
  CUgraphNode n[6] = {};
  ASSERT_CU(cuGraphAddMemsetNode(&n[0], graph, nullptr, 0, &fill, context));
  ASSERT_CU(cuGraphAddMemcpyNode(&n[1], graph, &n[0], 1, &copy, context));
  ASSERT_CU(cuGraphAddHostNode(&n[2], graph, &n[1], 1, &host));
  ASSERT_CU(cuGraphAddEventWaitNode(&n[3], graph, &n[2], 1, a));
  ASSERT_CU(cuGraphAddEventRecordNode(&n[4], graph, &n[3], 1, b));
  ASSERT_CU(cuGraphAddChildGraphNode(&n[5], graph, &n[4], 1, inner));
  CUgraphExec exec = nullptr;
  ASSERT_CU(cuGraphInstantiateWithFlags(&exec, graph, 0));
  run(exec);
  EXPECT_EQ(data[1], 3);
  EXPECT_EQ(data[2], 1);
  EXPECT_EQ(data[4], 1);

  CUDA_MEMSET_NODE_PARAMS fill2 = {at(0), 0, 7, 4, 1, 1};
  auto copy2 = copy;
  copy2.dstHost = data + 3;
  CUDA_HOST_NODE_PARAMS host2 = {addTen, data + 2};
  auto kernel2 = kernel("bump", at(4), 5);
  EXPECT_CU(cuGraphKernelNodeSetParams(bump, &kernel2));
  EXPECT_CU(cuGraphExecHostNodeSetParams(exec, n[2], &host2));
  EXPECT_CU(cuGraphExecEventWaitNodeSetEvent(exec, n[3], b));
  EXPECT_CU(cuGraphExecEventRecordNodeSetEvent(exec, n[4], a));
  EXPECT_CU(cuGraphExecChildGraphNodeSetParams(exec, n[5], inner));
  run(exec);
  EXPECT_EQ(data[2], 11);
  EXPECT_EQ(data[4], 8); // 1 * 3 + 5
  EXPECT_CU(cuGraphMemsetNodeSetParams(n[0], &fill2));
  EXPECT_CU(cuGraphMemcpyNodeSetParams(n[1], &copy2));
  EXPECT_CU(cuGraphHostNodeSetParams(n[2], &host2));
  EXPECT_CU(cuGraphEventWaitNodeSetEvent(n[3], b));
  EXPECT_CU(cuGraphEventRecordNodeSetEvent(n[4], a));
  EXPECT_CU(cuGraphEventWaitNodeGetEvent(n[3], &back));
  EXPECT_EQ(back, b);
  EXPECT_CU(cuGraphEventRecordNodeGetEvent(n[4], &back));
  EXPECT_EQ(back, a);
  run(instantiate(graph));
  EXPECT_EQ(data[3], 7);
  EXPECT_EQ(data[2], 21);

  auto dead = reinterpret_cast<CUevent>(this);
  CUDA_HOST_NODE_PARAMS noFunction = {nullptr, nullptr};
  EXPECT_EQ(kInvalid, cuGraphMemsetNodeSetParams(n[1], &fill2)); // of another type
  EXPECT_EQ(kInvalid, cuGraphMemsetNodeSetParams(n[0], nullptr));
  EXPECT_EQ(kInvalid, cuGraphMemcpyNodeSetParams(n[0], &copy2));
  EXPECT_EQ(kInvalid, cuGraphMemcpyNodeSetParams(n[1], nullptr));
  EXPECT_EQ(kInvalid, cuGraphHostNodeSetParams(n[2], &noFunction));
  EXPECT_EQ(kInvalid, cuGraphHostNodeSetParams(nullptr, &host));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphEventWaitNodeSetEvent(n[3], dead));
  EXPECT_EQ(kInvalid, cuGraphEventWaitNodeSetEvent(n[4], a));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphEventRecordNodeSetEvent(n[4], dead));
  EXPECT_EQ(kInvalid, cuGraphEventRecordNodeSetEvent(n[3], a));
  EXPECT_EQ(kInvalid, cuGraphExecHostNodeSetParams(exec, n[2], nullptr));
  EXPECT_EQ(kInvalid, cuGraphExecHostNodeSetParams(exec, n[1], &host));
  EXPECT_EQ(kInvalid, cuGraphExecEventWaitNodeSetEvent(nullptr, n[3], a));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphExecEventRecordNodeSetEvent(exec, n[4], dead));
  EXPECT_EQ(kInvalid, cuGraphExecChildGraphNodeSetParams(exec, n[4], inner));
  EXPECT_EQ(kInvalid, cuGraphExecChildGraphNodeSetParams(exec, n[5], nullptr));
  EXPECT_EQ(kInvalid, cuGraphInstantiateWithFlags(nullptr, graph, 0));
  EXPECT_EQ(kInvalid, cuGraphInstantiateWithFlags(&exec, nullptr, 0));
  EXPECT_EQ(kInvalid, cuGraphInstantiateWithFlags(&exec, graph, 0x100));
  CUDA_KERNEL_NODE_PARAMS read = {};
  EXPECT_CU(cuGraphKernelNodeGetParams(bump, &read));
  EXPECT_EQ(read.func, kernel2.func);
  EXPECT_EQ(5u, *static_cast<unsigned*>(read.kernelParams[1]));
  EXPECT_EQ(kInvalid, cuGraphKernelNodeGetParams(bump, nullptr));
  EXPECT_EQ(kInvalid, cuGraphKernelNodeGetParams(n[0], &read));
}

TEST_F(Node, edges_keep_their_data) {
  CUgraphNode a = addBump(graph, 0, 1);
  CUgraphEdgeData programmatic = {};
  programmatic.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC;
  programmatic.type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;
  CUgraphNode b = addBump(graph, 0, 2);
  EXPECT_CU(cuGraphAddDependencies(graph, &a, &b, &programmatic, 1));
  CUgraphNode from, to;
  CUgraphEdgeData data1 = {};
  size_t count = 1;
  EXPECT_CU(cuGraphGetEdges(graph, &from, &to, &data1, &count));
  EXPECT_EQ(a, from);
  EXPECT_EQ(b, to);
  EXPECT_EQ(0, std::memcmp(&programmatic, &data1, sizeof data1));
  EXPECT_EQ(CUDA_ERROR_LOSSY_QUERY, cuGraphGetEdges(graph, &from, &to, nullptr, &count));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphGetEdges(graph, nullptr, nullptr, &data1, &count));
  EXPECT_CU(cuGraphGetEdges(graph, nullptr, nullptr, nullptr, &count));
  EXPECT_EQ(1u, count);
  EXPECT_CU(cuGraphNodeGetDependencies(b, &from, &data1, &count));
  EXPECT_EQ(CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC, data1.from_port);
  EXPECT_EQ(CUDA_ERROR_LOSSY_QUERY, cuGraphNodeGetDependentNodes(a, &to, nullptr, &count));
  // Only the edge with this data is there to be removed.
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRemoveDependencies(graph, &a, &b, nullptr, 1));
  run(instantiate(graph));
  EXPECT_EQ(1 * 3 + 2, data[0]);
  EXPECT_CU(cuGraphRemoveDependencies(graph, &a, &b, &programmatic, 1));

  CUgraphNode empty = nullptr;
  EXPECT_CU(cuGraphAddEmptyNode(&empty, graph, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, &a, &empty, &programmatic, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, &empty, &b, &programmatic, 1));
  CUgraphEdgeData wrong = {};
  wrong.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC; // needs the type
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, &a, &b, &wrong, 1));
  wrong = {};
  wrong.to_port = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, &a, &b, &wrong, 1));
  wrong = {};
  wrong.type = 2;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, &a, &b, &wrong, 1));
  CUgraphEdgeData order = {};
  order.from_port = CU_GRAPH_KERNEL_NODE_PORT_LAUNCH_ORDER; // ordinary edges may use it
  EXPECT_CU(cuGraphAddDependencies(graph, &a, &empty, &order, 1));
}

TEST_F(Node, memory_operations_write_and_wait) {
  CUstreamBatchMemOpParams ops[2] = {};
  ops[0].operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
  ops[0].waitValue.address = at(0);
  ops[0].waitValue.value = 1;
  ops[0].waitValue.flags = CU_STREAM_WAIT_VALUE_GEQ;
  ops[1].operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
  ops[1].writeValue.address = at(1);
  ops[1].writeValue.value = 42;
  CUDA_BATCH_MEM_OP_NODE_PARAMS params = {context, 2, ops, 0};
  CUgraphNode node = nullptr;
  ASSERT_CU(cuGraphAddBatchMemOpNode(&node, graph, nullptr, 0, &params));
  CUgraphNodeType type;
  EXPECT_CU(cuGraphNodeGetType(node, &type));
  EXPECT_EQ(CU_GRAPH_NODE_TYPE_BATCH_MEM_OP, type);
  addBump(graph, 1, 1, {node});
  CUgraphExec exec = instantiate(graph);
  EXPECT_CU(cuGraphLaunch(exec, stream));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
  __atomic_store_n(data, 1, __ATOMIC_SEQ_CST);
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(42 * 3 + 1, data[1]);

  CUDA_BATCH_MEM_OP_NODE_PARAMS got = {};
  EXPECT_CU(cuGraphBatchMemOpNodeGetParams(node, &got));
  ASSERT_EQ(2u, got.count);
  EXPECT_EQ(at(1), got.paramArray[1].writeValue.address);
  ops[1].writeValue.value = 50;
  EXPECT_CU(cuGraphExecBatchMemOpNodeSetParams(exec, node, &params));
  run(exec);
  EXPECT_EQ(50 * 3 + 1, data[1]);
  params.count = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecBatchMemOpNodeSetParams(exec, node, &params));
  EXPECT_CU(cuGraphBatchMemOpNodeSetParams(node, &params));
  EXPECT_CU(cuGraphBatchMemOpNodeGetParams(node, &got));
  EXPECT_EQ(1u, got.count);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphBatchMemOpNodeSetParams(node, nullptr));
  params.flags = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddBatchMemOpNode(&node, graph, nullptr, 0, &params));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphBatchMemOpNodeGetParams(node, nullptr));
  // Captured, too.
  params = {context, 1, ops + 1, 0};
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  ASSERT_CU(cuStreamWriteValue32(stream, at(2), 9, 0));
  CUgraph captured = nullptr;
  ASSERT_CU(cuStreamEndCapture(stream, &captured));
  size_t one = 1;
  ASSERT_CU(cuGraphGetNodes(captured, &node, &one));
  EXPECT_CU(cuGraphBatchMemOpNodeGetParams(node, &got));
  EXPECT_EQ(9u, got.paramArray[0].writeValue.value);
  run(instantiate(captured));
  EXPECT_EQ(9, data[2]);
}

TEST_F(Node, any_node_is_made_with_one_structure) {
  CUgraphNodeParams p = {};
  p.type = CU_GRAPH_NODE_TYPE_KERNEL;
  auto k = kernel("bump", at(0), 4);
  p.kernel.func = k.func;
  p.kernel.gridDimX = p.kernel.gridDimY = p.kernel.gridDimZ = 1;
  p.kernel.blockDimX = p.kernel.blockDimY = p.kernel.blockDimZ = 1;
  p.kernel.kernelParams = k.kernelParams;
  CUgraphNode node = nullptr;
  EXPECT_CU(cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  k = kernel("bump", at(0), 6);
  p.kernel.kernelParams = k.kernelParams;
  EXPECT_CU(cuGraphNodeSetParams(node, &p));
  CUgraphExec exec = instantiate(graph);
  run(exec);
  EXPECT_EQ(6, data[0]);
  k = kernel("bump", at(0), 1);
  p.kernel.kernelParams = k.kernelParams;
  EXPECT_CU(cuGraphExecNodeSetParams(exec, node, &p));
  run(exec);
  EXPECT_EQ(6 * 3 + 1, data[0]);

  p.reserved2 = 1; // "all unused bytes must be zero"
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  p.reserved2 = 0;
  p.reserved1[28] = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&node, graph, nullptr, nullptr, 0, nullptr));
  CUgraphNodeParams memset = {};
  memset.type = CU_GRAPH_NODE_TYPE_MEMSET;
  memset.memset = {at(0), 0, 1, 4, 1, 1, context};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeSetParams(node, &memset)); // another type
  CUgraphNodeParams unknown = {};
  unknown.type = CUgraphNodeType(77);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &unknown));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(nullptr, graph, nullptr, nullptr, 0, &memset));
}

TEST_F(Node, a_child_graph_is_copied_or_moved) {
  CUgraph child = nullptr;
  ASSERT_CU(cuGraphCreate(&child, 0));
  CUgraphNode inner = addBump(child, 0, 3);
  CUgraphNodeParams p = {};
  p.type = CU_GRAPH_NODE_TYPE_GRAPH;
  p.graph.graph = child;
  p.graph.ownership = CU_GRAPH_CHILD_GRAPH_OWNERSHIP_MOVE;
  CUgraphNode node = nullptr;
  EXPECT_CU(cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  CUgraph inside = nullptr;
  EXPECT_CU(cuGraphChildGraphNodeGetGraph(node, &inside));
  EXPECT_EQ(child, inside);
  CUgraphExec none = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&none, child, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDestroy(child));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  CUgraphExec exec = instantiate(graph);
  run(exec);
  EXPECT_EQ(3, data[0]);
  // Nodes of a child can be changed in what was made of its parent.
  auto k = kernel("bump", at(0), 8);
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, inner, &k));
  run(exec);
  EXPECT_EQ(3 * 3 + 8, data[0]);
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDestroy(child));
  p.graph.ownership = CUgraphChildGraphNodeOwnership(5);
  EXPECT_CU(cuGraphCreate(&graph, 0));
  EXPECT_CU(cuGraphCreate(&child, 0));
  p.graph.graph = child;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddChildGraphNode(&node, child, nullptr, 0, child));
}

} // namespace
