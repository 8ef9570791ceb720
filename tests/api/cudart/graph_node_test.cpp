// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes of graphs through the runtime API: made, read, changed in the graph and in what was made of
// it; copies of variables by their host shadows. Compiled for each library.
#include "fixture.h"

#include <cstring>

namespace anywarp::test {
namespace {

constexpr auto kInvalid = cudaErrorInvalidValue;

class GraphNodes : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    declareVariable("table", sizeof shadow, false);
    unit = std::make_unique<Unit>(std::vector<std::string>{"k"});
    __cudaRegisterVar(unit->handle(), reinterpret_cast<char*>(shadow), nullptr, "table", 0,
                      sizeof shadow, 0, 0);
    ASSERT_OK(cudaGraphCreate(&graph, 0));
    ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    ASSERT_OK(cudaMalloc(&memory, 256));
    ASSERT_OK(cudaMemset(memory, 0, 256));
    device = static_cast<int*>(memory);
  }
  cudaGraphExec_t instantiate() {
    cudaGraphExec_t exec = nullptr;
    EXPECT_OK(cudaGraphInstantiateWithFlags(&exec, graph, 0));
    return exec;
  }
  void run(cudaGraphExec_t exec) {
    EXPECT_OK(cudaGraphLaunch(exec, stream));
    EXPECT_OK(cudaStreamSynchronize(stream));
  }
  int deviceValue(int i) {
    int value = -1;
    EXPECT_OK(cudaMemcpy(&value, device + i, 4, cudaMemcpyDeviceToHost));
    return value;
  }
  static cudaMemcpy3DParms linear(void* dst, void* src, size_t bytes, cudaMemcpyKind kind) {
    cudaMemcpy3DParms p = {};
    p.srcPtr = {src, bytes, bytes, 1};
    p.dstPtr = {dst, bytes, bytes, 1};
    p.extent = {bytes, 1, 1};
    p.kind = kind;
    return p;
  }

  int shadow[4] = {};
  std::unique_ptr<Unit> unit;
  cudaGraph_t graph = nullptr;
  cudaStream_t stream = nullptr;
  void* memory = nullptr; // 64 ints, zeros
  int* device = nullptr;  // the same
};

TEST_F(GraphNodes, copies) {
  int in[2] = {7, 8}, out[2] = {};
  cudaGraphNode_t up = nullptr, down = nullptr;
  cudaMemcpy3DParms p = linear(device, in, 8, cudaMemcpyHostToDevice);
  ASSERT_OK(cudaGraphAddMemcpyNode(&up, graph, nullptr, 0, &p));
  ASSERT_OK(cudaGraphAddMemcpyNode1D(&down, graph, &up, 1, out, device, 8, cudaMemcpyDeviceToHost));
  cudaGraphExec_t exec = instantiate();
  run(exec);
  EXPECT_EQ(out[0], 7);
  EXPECT_EQ(out[1], 8);
  // In the executable graph.
  int other[2] = {5, 6};
  p = linear(device, other, 8, cudaMemcpyHostToDevice);
  ASSERT_OK(cudaGraphExecMemcpyNodeSetParams(exec, up, &p));
  ASSERT_OK(
      cudaGraphExecMemcpyNodeSetParams1D(exec, down, out, device + 1, 4, cudaMemcpyDeviceToHost));
  run(exec);
  EXPECT_EQ(out[0], 6);
  EXPECT_EQ(out[1], 8);
  run(instantiate()); // the graph is as it was
  EXPECT_EQ(out[0], 7);
  // In the graph.
  ASSERT_OK(cudaGraphMemcpyNodeSetParams(up, &p));
  ASSERT_OK(cudaGraphMemcpyNodeSetParams1D(down, out + 1, device, 4, cudaMemcpyDeviceToHost));
  cudaMemcpy3DParms back = {};
  ASSERT_OK(cudaGraphMemcpyNodeGetParams(up, &back));
  EXPECT_EQ(back.srcPtr.ptr, other);
  run(instantiate());
  EXPECT_EQ(out[1], 5);

  EXPECT_EQ(cudaGraphAddMemcpyNode(&up, graph, nullptr, 0, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphAddMemcpyNode(nullptr, graph, nullptr, 0, &p), kInvalid);
  EXPECT_EQ(cudaGraphAddMemcpyNode(&up, nullptr, nullptr, 0, &p), kInvalid);
  EXPECT_EQ(cudaGraphMemcpyNodeSetParams(up, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphMemcpyNodeSetParams(nullptr, &p), kInvalid);
  EXPECT_EQ(cudaGraphMemcpyNodeSetParams1D(nullptr, out, device, 4, cudaMemcpyDeviceToHost),
            kInvalid);
  EXPECT_EQ(cudaGraphExecMemcpyNodeSetParams(exec, up, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphExecMemcpyNodeSetParams(nullptr, up, &p), kInvalid);
  EXPECT_EQ(cudaGraphExecMemcpyNodeSetParams1D(exec, down, out, device, 0, cudaMemcpyDeviceToHost),
            kInvalid); // of nothing
  EXPECT_EQ(cudaGraphExecMemcpyNodeSetParams1D(exec, down, device, out, 4, cudaMemcpyHostToDevice),
            kInvalid); // to where another one was
  cudaGraphNode_t empty = nullptr;
  ASSERT_OK(cudaGraphAddEmptyNode(&empty, graph, nullptr, 0));
  EXPECT_EQ(cudaGraphMemcpyNodeSetParams(empty, &p), kInvalid);
  EXPECT_EQ(cudaGraphMemcpyNodeGetParams(empty, &back), kInvalid);
}

TEST_F(GraphNodes, copies_of_variables) {
  int in[4] = {1, 2, 3, 4}, out[4] = {}, others[4] = {9, 8, 7, 6};
  cudaGraphNode_t to = nullptr, from = nullptr;
  ASSERT_OK(cudaGraphAddMemcpyNodeToSymbol(&to, graph, nullptr, 0, shadow, in, 16, 0,
                                           cudaMemcpyHostToDevice));
  ASSERT_OK(cudaGraphAddMemcpyNodeFromSymbol(&from, graph, &to, 1, out, shadow, 8, 8,
                                             cudaMemcpyDeviceToHost));
  cudaGraphExec_t exec = instantiate();
  run(exec);
  EXPECT_EQ(out[0], 3);
  EXPECT_EQ(out[1], 4);
  EXPECT_EQ(shadow[0], 0); // the shadow itself is only a name
  ASSERT_OK(cudaGraphExecMemcpyNodeSetParamsToSymbol(exec, to, shadow, others, 8, 8,
                                                     cudaMemcpyHostToDevice));
  ASSERT_OK(cudaGraphExecMemcpyNodeSetParamsFromSymbol(exec, from, out, shadow, 16, 0,
                                                       cudaMemcpyDeviceToHost));
  run(exec);
  EXPECT_EQ(0, std::memcmp(out, std::vector<int>{1, 2, 9, 8}.data(), sizeof out));
  ASSERT_OK(
      cudaGraphMemcpyNodeSetParamsToSymbol(to, shadow, others, 16, 0, cudaMemcpyHostToDevice));
  ASSERT_OK(
      cudaGraphMemcpyNodeSetParamsFromSymbol(from, out + 3, shadow, 4, 0, cudaMemcpyDeviceToHost));
  run(instantiate());
  EXPECT_EQ(out[3], 9);
  EXPECT_EQ(out[0], 1);

  int nothing = 0;
  auto kUp = cudaMemcpyHostToDevice;
  auto kDown = cudaMemcpyDeviceToHost;
  EXPECT_EQ(cudaGraphAddMemcpyNodeToSymbol(&to, graph, nullptr, 0, &nothing, in, 4, 0, kUp),
            cudaErrorInvalidSymbol);
  EXPECT_EQ(cudaGraphAddMemcpyNodeToSymbol(&to, graph, nullptr, 0, shadow, in, 16, 4, kUp),
            kInvalid);
  EXPECT_EQ(cudaGraphAddMemcpyNodeFromSymbol(&from, graph, nullptr, 0, out, shadow, 4, 16, kDown),
            kInvalid);
  EXPECT_EQ(cudaGraphAddMemcpyNodeFromSymbol(nullptr, graph, nullptr, 0, out, shadow, 4, 0, kDown),
            kInvalid);
  EXPECT_EQ(cudaGraphMemcpyNodeSetParamsToSymbol(to, shadow, in, 17, 0, kUp), kInvalid);
  EXPECT_EQ(cudaGraphMemcpyNodeSetParamsFromSymbol(nullptr, out, shadow, 4, 0, kDown), kInvalid);
  EXPECT_EQ(cudaGraphExecMemcpyNodeSetParamsToSymbol(exec, to, &nothing, in, 4, 0, kUp),
            cudaErrorInvalidSymbol);
  EXPECT_EQ(cudaGraphExecMemcpyNodeSetParamsFromSymbol(nullptr, from, out, shadow, 4, 0, kDown),
            kInvalid);
}

TEST_F(GraphNodes, fills) {
  cudaMemsetParams p = {device, 0, 5, 4, 2, 1};
  cudaGraphNode_t node = nullptr;
  ASSERT_OK(cudaGraphAddMemsetNode(&node, graph, nullptr, 0, &p));
  cudaGraphExec_t exec = instantiate();
  run(exec);
  EXPECT_EQ(deviceValue(0), 5);
  EXPECT_EQ(deviceValue(2), 0);
  cudaMemsetParams q = {device + 2, 0, 6, 4, 1, 1};
  ASSERT_OK(cudaGraphExecMemsetNodeSetParams(exec, node, &q));
  run(exec);
  EXPECT_EQ(deviceValue(2), 6);
  q.value = 7;
  ASSERT_OK(cudaGraphMemsetNodeSetParams(node, &q));
  cudaMemsetParams back = {};
  ASSERT_OK(cudaGraphMemsetNodeGetParams(node, &back));
  EXPECT_EQ(back.dst, device + 2);
  EXPECT_EQ(back.value, 7u);
  run(instantiate());
  EXPECT_EQ(deviceValue(2), 7);
  q.elementSize = 3;
  EXPECT_EQ(cudaGraphMemsetNodeSetParams(node, &q), kInvalid);
  EXPECT_EQ(cudaGraphExecMemsetNodeSetParams(exec, node, &q), kInvalid);
  EXPECT_EQ(cudaGraphMemsetNodeSetParams(node, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphExecMemsetNodeSetParams(exec, node, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphExecMemsetNodeSetParams(nullptr, node, &p), kInvalid);
}

TEST_F(GraphNodes, host_functions) {
  int count = 0;
  auto add = [](void* to) { ++*static_cast<int*>(to); };
  auto addTen = [](void* to) { *static_cast<int*>(to) += 10; };
  cudaHostNodeParams p = {add, &count}, ten = {addTen, &count}, back = {};
  cudaGraphNode_t node = nullptr;
  ASSERT_OK(cudaGraphAddHostNode(&node, graph, nullptr, 0, &p));
  ASSERT_OK(cudaGraphHostNodeGetParams(node, &back));
  EXPECT_EQ(back.fn, p.fn);
  EXPECT_EQ(back.userData, &count);
  cudaGraphExec_t exec = instantiate();
  run(exec);
  EXPECT_EQ(count, 1);
  ASSERT_OK(cudaGraphExecHostNodeSetParams(exec, node, &ten));
  run(exec);
  EXPECT_EQ(count, 11);
  ASSERT_OK(cudaGraphHostNodeSetParams(node, &ten));
  run(instantiate());
  EXPECT_EQ(count, 21);
  cudaHostNodeParams none = {nullptr, nullptr};
  EXPECT_EQ(cudaGraphHostNodeSetParams(node, &none), kInvalid);
  EXPECT_EQ(cudaGraphHostNodeSetParams(node, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphHostNodeGetParams(node, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphHostNodeGetParams(nullptr, &back), kInvalid);
  EXPECT_EQ(cudaGraphExecHostNodeSetParams(exec, node, &none), kInvalid);
  EXPECT_EQ(cudaGraphExecHostNodeSetParams(exec, nullptr, &ten), kInvalid);
  EXPECT_EQ(cudaGraphExecHostNodeSetParams(nullptr, node, &ten), kInvalid);
}

TEST_F(GraphNodes, events) {
  cudaEvent_t a = nullptr, b = nullptr, back = nullptr;
  ASSERT_OK(cudaEventCreateWithFlags(&a, cudaEventDisableTiming));
  ASSERT_OK(cudaEventCreateWithFlags(&b, cudaEventDisableTiming));
  cudaGraphNode_t wait = nullptr, record = nullptr;
  ASSERT_OK(cudaGraphAddEventWaitNode(&wait, graph, nullptr, 0, a));
  ASSERT_OK(cudaGraphAddEventRecordNode(&record, graph, &wait, 1, b));
  ASSERT_OK(cudaGraphEventWaitNodeGetEvent(wait, &back));
  EXPECT_EQ(back, a);
  ASSERT_OK(cudaGraphEventRecordNodeGetEvent(record, &back));
  EXPECT_EQ(back, b);
  cudaGraphExec_t exec = instantiate();
  run(exec);
  EXPECT_OK(cudaEventQuery(b));
  ASSERT_OK(cudaGraphExecEventWaitNodeSetEvent(exec, wait, b));
  ASSERT_OK(cudaGraphExecEventRecordNodeSetEvent(exec, record, a));
  run(exec);
  ASSERT_OK(cudaGraphEventWaitNodeSetEvent(wait, b));
  ASSERT_OK(cudaGraphEventRecordNodeSetEvent(record, a));
  ASSERT_OK(cudaGraphEventWaitNodeGetEvent(wait, &back));
  EXPECT_EQ(back, b);
  ASSERT_OK(cudaGraphEventRecordNodeGetEvent(record, &back));
  EXPECT_EQ(back, a);

  auto dead = reinterpret_cast<cudaEvent_t>(this);
  EXPECT_EQ(cudaGraphAddEventWaitNode(&wait, graph, nullptr, 0, dead),
            cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaGraphAddEventWaitNode(nullptr, graph, nullptr, 0, a), kInvalid);
  EXPECT_EQ(cudaGraphEventWaitNodeGetEvent(wait, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphEventWaitNodeGetEvent(record, &back), kInvalid);
  EXPECT_EQ(cudaGraphEventRecordNodeGetEvent(wait, &back), kInvalid);
  EXPECT_EQ(cudaGraphEventRecordNodeGetEvent(record, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphEventWaitNodeSetEvent(record, a), kInvalid);
  EXPECT_EQ(cudaGraphEventRecordNodeSetEvent(record, dead), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaGraphEventRecordNodeSetEvent(nullptr, a), kInvalid);
  EXPECT_EQ(cudaGraphExecEventWaitNodeSetEvent(exec, record, a), kInvalid);
  EXPECT_EQ(cudaGraphExecEventWaitNodeSetEvent(nullptr, wait, a), kInvalid);
  EXPECT_EQ(cudaGraphExecEventRecordNodeSetEvent(exec, record, dead),
            cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaGraphExecEventRecordNodeSetEvent(exec, wait, a), kInvalid);
}

TEST_F(GraphNodes, child_graphs_and_enabled_nodes) {
  cudaGraph_t inner = nullptr;
  ASSERT_OK(cudaGraphCreate(&inner, 0));
  cudaGraphNode_t fill = nullptr, child = nullptr, top = nullptr;
  cudaMemsetParams p = {device, 0, 5, 4, 1, 1};
  ASSERT_OK(cudaGraphAddMemsetNode(&fill, inner, nullptr, 0, &p));
  ASSERT_OK(cudaGraphAddChildGraphNode(&child, graph, nullptr, 0, inner));
  cudaMemsetParams q = {device + 1, 0, 6, 4, 1, 1};
  ASSERT_OK(cudaGraphAddMemsetNode(&top, graph, &child, 1, &q));
  cudaGraphExec_t exec = instantiate();
  run(exec);
  EXPECT_EQ(deviceValue(0), 5);
  p.value = 8;
  ASSERT_OK(cudaGraphMemsetNodeSetParams(fill, &p));
  ASSERT_OK(cudaGraphExecChildGraphNodeSetParams(exec, child, inner));
  unsigned enabled = 9;
  EXPECT_OK(cudaGraphNodeGetEnabled(exec, top, &enabled));
  EXPECT_EQ(enabled, 1u);
  EXPECT_OK(cudaGraphNodeSetEnabled(exec, top, 0));
  EXPECT_OK(cudaGraphNodeGetEnabled(exec, top, &enabled));
  EXPECT_EQ(enabled, 0u);
  EXPECT_OK(cudaMemset(device + 1, 0, 4));
  run(exec);
  EXPECT_EQ(deviceValue(0), 8);
  EXPECT_EQ(deviceValue(1), 0);
  EXPECT_EQ(cudaGraphNodeGetEnabled(exec, top, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphNodeGetEnabled(exec, child, &enabled), kInvalid);
  EXPECT_EQ(cudaGraphNodeGetEnabled(nullptr, top, &enabled), kInvalid);
  cudaGraph_t longer = nullptr;
  ASSERT_OK(cudaGraphClone(&longer, inner));
  ASSERT_OK(cudaGraphAddEmptyNode(&fill, longer, nullptr, 0));
  EXPECT_EQ(cudaGraphExecChildGraphNodeSetParams(exec, child, longer),
            cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(cudaGraphExecChildGraphNodeSetParams(exec, child, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphExecChildGraphNodeSetParams(exec, top, inner), kInvalid);
}

TEST_F(GraphNodes, allocations_tell_their_parameters) {
  cudaMemAllocNodeParams alloc = {}, back = {};
  alloc.poolProps.allocType = cudaMemAllocationTypePinned;
  alloc.poolProps.location.type = cudaMemLocationTypeDevice;
  alloc.bytesize = 1000;
  cudaGraphNode_t node = nullptr, empty = nullptr;
  ASSERT_OK(cudaGraphAddMemAllocNode(&node, graph, nullptr, 0, &alloc));
  ASSERT_OK(cudaGraphMemAllocNodeGetParams(node, &back));
  EXPECT_EQ(back.dptr, alloc.dptr);
  EXPECT_EQ(back.bytesize, 1000u);
  EXPECT_EQ(back.poolProps.location.type, cudaMemLocationTypeDevice);
  EXPECT_EQ(cudaGraphMemAllocNodeGetParams(node, nullptr), kInvalid);
  ASSERT_OK(cudaGraphAddEmptyNode(&empty, graph, nullptr, 0));
  EXPECT_EQ(cudaGraphMemAllocNodeGetParams(empty, &back), kInvalid);
}

#if CUDART_VERSION >= 13000
TEST_F(GraphNodes, dependencies) {
  cudaGraphNode_t a = nullptr, b = nullptr, c = nullptr;
  ASSERT_OK(cudaGraphAddEmptyNode(&a, graph, nullptr, 0));
  ASSERT_OK(cudaGraphAddEmptyNode(&b, graph, &a, 1));
  cudaGraphNode_t both[] = {a, b}, list[3] = {};
  ASSERT_OK(cudaGraphAddEmptyNode(&c, graph, both, 2));
  size_t count = 0;
  EXPECT_OK(cudaGraphNodeGetDependencies(c, nullptr, nullptr, &count));
  EXPECT_EQ(count, 2u);
  count = 3;
  EXPECT_OK(cudaGraphNodeGetDependencies(c, list, nullptr, &count));
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(list[0], a);
  EXPECT_EQ(list[1], b);
  EXPECT_EQ(list[2], nullptr); // "the remaining entries will be set to NULL"
  cudaGraphEdgeData edges[2];
  std::memset(edges, 7, sizeof edges);
  count = 2;
  EXPECT_OK(cudaGraphNodeGetDependentNodes(a, list, edges, &count));
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(edges[0].type, 0);
  EXPECT_OK(cudaGraphRemoveDependencies(graph, &a, &c, nullptr, 1));
  count = 0;
  EXPECT_OK(cudaGraphNodeGetDependentNodes(a, nullptr, nullptr, &count));
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(cudaGraphRemoveDependencies(graph, &a, &c, nullptr, 1), kInvalid); // it is gone
  EXPECT_EQ(cudaGraphRemoveDependencies(graph, nullptr, &c, nullptr, 1), kInvalid);
  EXPECT_EQ(cudaGraphRemoveDependencies(nullptr, &a, &c, nullptr, 1), kInvalid);
  EXPECT_OK(cudaGraphRemoveDependencies(graph, nullptr, nullptr, nullptr, 0));
  EXPECT_EQ(cudaGraphNodeGetDependencies(nullptr, nullptr, nullptr, &count), kInvalid);
  EXPECT_EQ(cudaGraphNodeGetDependencies(c, list, nullptr, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphNodeGetDependentNodes(a, nullptr, edges, &count), kInvalid);
  cudaGraphExec_t exec = nullptr;
  ASSERT_OK(cudaGraphInstantiateWithFlags(&exec, graph, cudaGraphInstantiateFlagUseNodePriority));
  unsigned long long flags = 0;
  EXPECT_OK(cudaGraphExecGetFlags(exec, &flags));
  EXPECT_EQ(flags, cudaGraphInstantiateFlagUseNodePriority);
  EXPECT_EQ(cudaGraphExecGetFlags(exec, nullptr), kInvalid);
  EXPECT_EQ(cudaGraphExecGetFlags(nullptr, &flags), kInvalid);
}
#endif

} // namespace
} // namespace anywarp::test
