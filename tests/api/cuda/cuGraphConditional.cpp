// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conditional nodes: cuGraphConditionalHandleCreate, cuGraphAddNode with bodies, and kernels that
// set the condition.
#include "graph_fixture.h"

namespace {

class Conditional : public GraphTest {
protected:
  CUgraphConditionalHandle condition(CUgraph of, unsigned value = 0,
                                     unsigned flags = CU_GRAPH_COND_ASSIGN_DEFAULT) {
    CUgraphConditionalHandle handle = 0;
    EXPECT_CU(cuGraphConditionalHandleCreate(&handle, of, context, value, flags));
    return handle;
  }
  CUgraphNodeParams params(CUgraphConditionalHandle handle, CUgraphConditionalNodeType type,
                           unsigned size) {
    CUgraphNodeParams p = {};
    p.type = CU_GRAPH_NODE_TYPE_CONDITIONAL;
    p.conditional.handle = handle;
    p.conditional.type = type;
    p.conditional.size = size;
    p.conditional.ctx = context;
    return p;
  }
  // The node; its bodies are in `bodies`.
  CUgraphNode addConditional(CUgraph to, CUgraphConditionalHandle handle,
                             CUgraphConditionalNodeType type, unsigned size, CUgraph** bodies,
                             std::vector<CUgraphNode> before = {}) {
    CUgraphNodeParams p = params(handle, type, size);
    CUgraphNode node = nullptr;
    EXPECT_CU(cuGraphAddNode(&node, to, before.data(), nullptr, before.size(), &p));
    *bodies = p.conditional.phGraph_out;
    return node;
  }
};

TEST_F(Conditional, if_runs_its_body_for_values_that_are_not_zero) {
  auto handle = condition(graph, 1);
  CUgraph* bodies = nullptr;
  CUgraphNode node = addConditional(graph, handle, CU_GRAPH_COND_TYPE_IF, 1, &bodies);
  CUgraphNodeType type;
  EXPECT_CU(cuGraphNodeGetType(node, &type));
  EXPECT_EQ(CU_GRAPH_NODE_TYPE_CONDITIONAL, type);
  addBump(bodies[0], 0, 5);
  CUgraphExec exec = instantiate(graph);
  run(exec);
  EXPECT_EQ(5, data[0]);
}

TEST_F(Conditional, if_with_else_follows_what_a_kernel_has_set) {
  auto handle = condition(graph);
  CUgraphNode set = add(graph, kernel("set_condition", handle, 7));
  CUgraph* bodies = nullptr;
  addConditional(graph, handle, CU_GRAPH_COND_TYPE_IF, 2, &bodies, {set});
  addBump(bodies[0], 0, 1);
  addBump(bodies[1], 1, 1);
  CUgraphExec exec = instantiate(graph);
  run(exec);
  EXPECT_EQ(1, data[0]);
  EXPECT_EQ(0, data[1]);
  auto zero = kernel("set_condition", handle, 0);
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, set, &zero));
  run(exec);
  EXPECT_EQ(1, data[0]);
  EXPECT_EQ(1, data[1]);
}

TEST_F(Conditional, while_repeats_until_its_condition_is_zero) {
  auto handle = condition(graph, 1);
  CUgraph* bodies = nullptr;
  CUgraphNode loop = addConditional(graph, handle, CU_GRAPH_COND_TYPE_WHILE, 1, &bodies);
  CUgraphNode bump = addBump(bodies[0], 1, 1);
  add(bodies[0], kernel("count_down", handle, at(0)), {bump});
  addBump(graph, 2, 9, {loop});
  CUgraphExec exec = instantiate(graph);
  for (int round = 1; round <= 2; round++) {
    data[0] = 4, data[1] = 0, data[2] = 0;
    run(exec);
    EXPECT_EQ(0, data[0]);
    EXPECT_EQ(((1 * 3 + 1) * 3 + 1) * 3 + 1, data[1]); // four times x * 3 + 1 from 0
    EXPECT_EQ(9, data[2]);
  }
}

TEST_F(Conditional, a_loop_whose_default_is_zero_does_not_run) {
  auto handle = condition(graph, 0);
  CUgraph* bodies = nullptr;
  addConditional(graph, handle, CU_GRAPH_COND_TYPE_WHILE, 1, &bodies);
  addBump(bodies[0], 0, 1);
  run(instantiate(graph));
  EXPECT_EQ(0, data[0]);
}

TEST_F(Conditional, switch_takes_the_body_of_its_value_or_none) {
  auto handle = condition(graph);
  CUgraphNode set = add(graph, kernel("set_condition", handle, 2));
  CUgraph* bodies = nullptr;
  addConditional(graph, handle, CU_GRAPH_COND_TYPE_SWITCH, 3, &bodies, {set});
  for (int i = 0; i < 3; i++)
    addBump(bodies[i], i, 1);
  CUgraphExec exec = instantiate(graph);
  run(exec);
  EXPECT_EQ(0, data[0]);
  EXPECT_EQ(1, data[2]);
  auto beyond = kernel("set_condition", handle, 3);
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, set, &beyond));
  run(exec);
  EXPECT_EQ(0, data[0] + data[1]);
  EXPECT_EQ(1, data[2]);
}

TEST_F(Conditional, bodies_nest) {
  auto outer = condition(graph, 1), inner = condition(graph, 1);
  CUgraph *loops = nullptr, *branches = nullptr;
  addConditional(graph, outer, CU_GRAPH_COND_TYPE_WHILE, 1, &loops);
  CUgraphNode down = add(loops[0], kernel("count_down", outer, at(0)));
  addConditional(loops[0], inner, CU_GRAPH_COND_TYPE_IF, 1, &branches, {down});
  addBump(branches[0], 1, 1);
  data[0] = 3;
  run(instantiate(graph));
  EXPECT_EQ((1 * 3 + 1) * 3 + 1, data[1]);
}

TEST_F(Conditional, a_value_without_a_default_stays_from_launch_to_launch) {
  auto handle = condition(graph, 1, 0);
  CUgraph* bodies = nullptr;
  CUgraphNode branch = addConditional(graph, handle, CU_GRAPH_COND_TYPE_IF, 1, &bodies);
  addBump(bodies[0], 0, 1);
  add(graph, kernel("set_condition", handle, 0), {branch});
  CUgraphExec exec = instantiate(graph);
  run(exec);
  run(exec);
  EXPECT_EQ(1, data[0]);
}

TEST_F(Conditional, bodies_can_be_captured) {
  auto handle = condition(graph, 1);
  CUgraph* bodies = nullptr;
  addConditional(graph, handle, CU_GRAPH_COND_TYPE_IF, 1, &bodies);
  EXPECT_CU(cuStreamBeginCaptureToGraph(stream, bodies[0], nullptr, nullptr, 0,
                                        CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(cuMemsetD32Async(at(0), 77, 1, stream));
  CUgraph back = nullptr;
  EXPECT_CU(cuStreamEndCapture(stream, &back));
  EXPECT_EQ(bodies[0], back);
  run(instantiate(graph));
  EXPECT_EQ(77, data[0]);
  // Whoever gave the graph need not be told which it is; whoever gave none has to be.
  EXPECT_CU(cuStreamBeginCaptureToGraph(stream, bodies[0], nullptr, nullptr, 0,
                                        CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(cuMemsetD32Async(at(1), 78, 1, stream));
  EXPECT_CU(cuStreamEndCapture(stream, nullptr));
  run(instantiate(graph));
  EXPECT_EQ(78, data[1]);
  EXPECT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamEndCapture(stream, nullptr));
  EXPECT_CU(cuStreamEndCapture(stream, &back));
  EXPECT_CU(cuGraphDestroy(back));
}

TEST_F(Conditional, bodies_hold_work_of_one_context_only) {
  auto handle = condition(graph, 1);
  CUgraph* bodies = nullptr;
  addConditional(graph, handle, CU_GRAPH_COND_TYPE_IF, 1, &bodies);
  auto instantiation = [&](CUgraphNode offender) {
    CUgraphExec exec = nullptr;
    CUDA_GRAPH_INSTANTIATE_PARAMS p = {};
    CUresult result = cuGraphInstantiateWithParams(&exec, graph, &p);
    EXPECT_EQ(p.hErrNode_out, offender);
    EXPECT_EQ(p.result_out,
              offender ? CUDA_GRAPH_INSTANTIATE_ERROR : CUDA_GRAPH_INSTANTIATE_SUCCESS);
    return result;
  };
  // What the manual allows.
  CUgraphNode node = nullptr;
  CUDA_MEMSET_NODE_PARAMS fill = {at(1), 0, 6, 4, 1, 1};
  EXPECT_CU(cuGraphAddMemsetNode(&node, bodies[0], nullptr, 0, &fill, context));
  CUDA_MEMCPY3D copy = {};
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = data + 1, copy.dstHost = data + 2;
  copy.WidthInBytes = 4, copy.Height = copy.Depth = 1;
  EXPECT_CU(cuGraphAddMemcpyNode(&node, bodies[0], &node, 1, &copy, context));
  EXPECT_CU(cuGraphAddEmptyNode(&node, bodies[0], &node, 1));
  CUgraph inner = nullptr;
  EXPECT_CU(cuGraphCreate(&inner, 0));
  addBump(inner, 2, 1);
  EXPECT_CU(cuGraphAddChildGraphNode(&node, bodies[0], &node, 1, inner));
  EXPECT_CU(instantiation(nullptr));
  run(instantiate(graph));
  EXPECT_EQ(19, data[2]); // 6 * 3 + 1

  // What it does not, also inside of a child graph.
  CUgraph child = nullptr;
  EXPECT_CU(cuGraphChildGraphNodeGetGraph(node, &child));
  CUevent event = nullptr;
  EXPECT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  CUDA_HOST_NODE_PARAMS host = {[](void*) {}, nullptr};
  CUDA_MEM_ALLOC_NODE_PARAMS memory = {};
  memory.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  memory.poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, {device}};
  memory.bytesize = 64;
  CUgraphNode wrong = nullptr;
  for (CUgraph in : {bodies[0], child}) {
    EXPECT_CU(cuGraphAddHostNode(&wrong, in, nullptr, 0, &host));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, instantiation(wrong));
    EXPECT_CU(cuGraphDestroyNode(wrong));
    EXPECT_CU(cuGraphAddEventRecordNode(&wrong, in, nullptr, 0, event));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, instantiation(wrong));
    EXPECT_CU(cuGraphDestroyNode(wrong));
    EXPECT_CU(cuGraphAddEventWaitNode(&wrong, in, nullptr, 0, event));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, instantiation(wrong));
    EXPECT_CU(cuGraphDestroyNode(wrong));
    EXPECT_CU(instantiation(nullptr));
  }
  // Kernels of another context.
  CUcontext elsewhere = nullptr;
  ASSERT_CU(cuCtxCreate(&elsewhere, nullptr, 0, device));
  CUmodule again = nullptr;
  ASSERT_CU(cuModuleLoadData(&again, kGraphPtx));
  auto foreign = kernel("bump", at(0), 1);
  ASSERT_CU(cuModuleGetFunction(&foreign.func, again, "bump"));
  EXPECT_CU(cuGraphAddKernelNode(&wrong, child, nullptr, 0, &foreign));
  ASSERT_CU(cuCtxPopCurrent(nullptr));
  CUgraphExec exec = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiate(&exec, graph, 0));
  EXPECT_CU(cuGraphDestroyNode(wrong));
  EXPECT_CU(instantiation(nullptr));
  EXPECT_CU(cuCtxDestroy(elsewhere));
  // Memory comes last: it would pin all nodes of its graph.
  EXPECT_CU(cuGraphAddMemAllocNode(&wrong, bodies[0], nullptr, 0, &memory));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, instantiation(wrong));
}

TEST_F(Conditional, what_is_wrong_is_refused) {
  auto handle = condition(graph);
  CUgraphConditionalHandle other = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphConditionalHandleCreate(nullptr, graph, context, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphConditionalHandleCreate(&other, nullptr, context, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphConditionalHandleCreate(&other, graph, context, 0, 2));
  CUgraphNode node = nullptr;
  auto refused = [&](CUgraphNodeParams p) {
    return cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &p);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused(params(1234, CU_GRAPH_COND_TYPE_IF, 1)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused(params(handle, CU_GRAPH_COND_TYPE_IF, 3)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused(params(handle, CU_GRAPH_COND_TYPE_WHILE, 2)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused(params(handle, CU_GRAPH_COND_TYPE_SWITCH, 0)));
  // A handle is for one node, and must have one.
  CUgraphExec exec = nullptr;
  CUDA_GRAPH_INSTANTIATE_PARAMS instantiation = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiateWithParams(&exec, graph, &instantiation));
  EXPECT_EQ(CUDA_GRAPH_INSTANTIATE_CONDITIONAL_HANDLE_UNUSED, instantiation.result_out);
  CUgraph* bodies = nullptr;
  node = addConditional(graph, handle, CU_GRAPH_COND_TYPE_IF, 1, &bodies);
  CUgraphNode second = nullptr;
  CUgraphNodeParams p = params(handle, CU_GRAPH_COND_TYPE_IF, 1);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddNode(&second, graph, nullptr, nullptr, 0, &p));
  // Bodies and conditional nodes are fixed; such a graph is not copied.
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphDestroy(bodies[0]));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, cuGraphNodeSetParams(node, &p));
  CUgraph clone = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphClone(&clone, graph));
  CUgraph parent = nullptr;
  EXPECT_CU(cuGraphCreate(&parent, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphAddChildGraphNode(&second, parent, nullptr, 0, graph));
}

} // namespace
