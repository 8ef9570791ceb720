// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that change nodes of graphs: cudaGraphKernelNodeSetParam, ...SetEnabled, ...SetGridDim,
// ...UpdatesApply (CUDA runtime API manual).
#include "device_node_fixture.h"

namespace {

using DeviceUpdate = DeviceNodeTest;
constexpr int kInvalidValue = 1; // cudaErrorInvalidValue

struct Update { // cudaGraphKernelNodeUpdate
  uint64_t node;
  uint32_t field, pad; // cudaGraphKernelNodeField: 1 grid, 2 parameter, 3 enabled
  union {
    uint32_t grid[3];
    struct {
      const void* value;
      uint64_t offset, size;
    } param;
    uint32_t enabled;
  };
};
static_assert(sizeof(Update) == 40);

TEST_F(DeviceUpdate, a_later_node_of_the_same_launch_is_changed) {
  CUgraphNode target = add(graph, updater("count", at(0), 1));
  CUgraphNode other = addBump(graph, 1, 1);
  uint64_t handle = handleOf(target), otherHandle = handleOf(other);
  int* value = data + 8;
  *value = 7;
  CUgraphNode a = add(graph, updater("set_param", handle, 8, uintptr_t(value), 4, at(10)));
  CUgraphNode b = add(graph, updater("set_grid", handle, 3, 2, 2, at(11)));
  CUgraphNode c = add(graph, updater("set_enabled", otherHandle, 0, at(12)));
  for (CUgraphNode from : {a, b, c})
    for (CUgraphNode to : {target, other})
      EXPECT_CU(cuGraphAddDependencies(graph, &from, &to, nullptr, 1));
  data[10] = data[11] = data[12] = -1;
  run(uploaded(graph));
  EXPECT_EQ(12 * 7, data[0]);
  EXPECT_EQ(0, data[1]);
  for (int i = 10; i <= 12; i++)
    EXPECT_EQ(0, data[i]) << i;
}

TEST_F(DeviceUpdate, changes_of_another_graph_last) {
  uint64_t handle = handleOf(add(graph, updater("count", at(0), 1)));
  CUgraphExec exec = uploaded(graph);
  int value = 5;
  EXPECT_EQ(0, askParam(handle, 8, &value, 4));
  EXPECT_EQ(0, askGrid(handle, 4));
  value = 0; // it was copied
  run(exec);
  EXPECT_EQ(20, data[0]);
  EXPECT_CU(cuGraphUpload(exec, stream)); // the host has changed nothing
  run(exec);
  EXPECT_EQ(40, data[0]);
  EXPECT_EQ(0, askEnabled(handle, 0));
  run(exec);
  EXPECT_EQ(40, data[0]);
  EXPECT_EQ(0, askEnabled(handle, 1));
  run(exec);
  EXPECT_EQ(60, data[0]);
  // Back to what the graph says with a new executable graph only.
  EXPECT_CU(cuGraphExecDestroy(exec));
  run(uploaded(graph));
  EXPECT_EQ(61, data[0]);
}

TEST_F(DeviceUpdate, a_part_of_a_parameter_is_changed) {
  CUdeviceptr place = at(0);
  uint64_t handle = handleOf(addBump(graph, 0, 0x01020304));
  CUgraphExec exec = uploaded(graph);
  uint8_t byte = 0xff;
  EXPECT_EQ(0, askParam(handle, 9, &byte, 1));
  run(exec);
  EXPECT_EQ(0x0102ff04, data[0]);
  place = at(1);
  EXPECT_EQ(0, askParam(handle, 0, &place, 8));
  run(exec);
  EXPECT_EQ(0x0102ff04, data[1]);
  EXPECT_EQ(0, askParam(handle, 12, nullptr, 0)); // nothing, at the end
}

TEST_F(DeviceUpdate, several_changes_come_in_one_call) {
  uint64_t a = handleOf(add(graph, updater("count", at(0), 1)));
  uint64_t b = handleOf(add(graph, updater("count", at(1), 1)));
  CUgraphExec exec = uploaded(graph);
  int value = 9;
  Update list[3] = {{a, 1, 0, {{5, 1, 1}}}, {a, 2, 0, {}}, {b, 3, 0, {}}};
  list[1].param = {&value, 8, 4};
  list[2].enabled = 0;
  auto applied = [&](size_t count) {
    return ask(updater("apply", uintptr_t(list), count, at(kAnswer)), kAnswer);
  };
  EXPECT_EQ(0, applied(3));
  run(exec);
  EXPECT_EQ(45, data[0]);
  EXPECT_EQ(0, data[1]);
  list[2].enabled = 256; // not 0
  EXPECT_EQ(0, applied(3));
  run(exec);
  EXPECT_EQ(1, data[1]);
  EXPECT_EQ(0, applied(0));
  EXPECT_EQ(0, ask(updater("apply", 0, 0, at(kAnswer)), kAnswer));
  EXPECT_EQ(kInvalidValue, ask(updater("apply", 0, 1, at(kAnswer)), kAnswer));
  for (uint32_t field : {0u, 4u, ~0u}) {
    list[2].field = field;
    EXPECT_EQ(kInvalidValue, applied(3)) << field;
  }
}

TEST_F(DeviceUpdate, wrong_changes_are_errors_in_the_kernel) {
  uint64_t handle = handleOf(add(graph, updater("count", at(0), 1)));
  int value = 5;
  EXPECT_EQ(kInvalidValue, askParam(handle, 8, &value, 4)); // no executable graph
  CUgraphExec exec = instantiate(graph);
  EXPECT_EQ(kInvalidValue, askParam(handle, 8, &value, 4)); // not uploaded
  EXPECT_CU(cuGraphUpload(exec, stream));
  EXPECT_EQ(kInvalidValue, askParam(handle, 9, &value, 4)); // 12 bytes of parameters
  EXPECT_EQ(kInvalidValue, askParam(handle, 13, &value, 0));
  EXPECT_EQ(kInvalidValue, askParam(handle, ~size_t(0), &value, 4));
  EXPECT_EQ(kInvalidValue, askParam(handle, 8, &value, ~size_t(0)));
  EXPECT_EQ(kInvalidValue, askParam(handle, 8, nullptr, 4));
  EXPECT_EQ(kInvalidValue, askGrid(handle, 0));
  EXPECT_EQ(kInvalidValue, askGrid(handle, 1, 0));
  EXPECT_EQ(kInvalidValue, askGrid(handle, 1, 65536));
  EXPECT_EQ(kInvalidValue, askGrid(handle, 1, 1, 65536));
  EXPECT_EQ(kInvalidValue, askGrid(handle, 0x80000000));
  for (uint64_t wrong : {uint64_t(0), uint64_t(64), uint64_t(uintptr_t(exec)), handle + 8}) {
    EXPECT_EQ(kInvalidValue, askParam(wrong, 8, &value, 4));
    EXPECT_EQ(kInvalidValue, askEnabled(wrong, 0));
    EXPECT_EQ(kInvalidValue, askGrid(wrong, 2));
  }
  run(exec);
  EXPECT_EQ(1, data[0]); // none of all that
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_EQ(kInvalidValue, askEnabled(handle, 0));
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_EQ(kInvalidValue, askEnabled(handle, 0));
}

TEST_F(DeviceUpdate, the_handle_lives_as_long_as_the_executable_graph) {
  uint64_t handle = handleOf(add(graph, updater("count", at(0), 1)));
  CUgraphExec exec = uploaded(graph);
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_EQ(0, askGrid(handle, 3));
  run(exec);
  EXPECT_EQ(3, data[0]);
}

TEST_F(DeviceUpdate, a_grid_of_clusters_stays_one) {
  CUgraphNode node = add(graph, updater("count", at(0), 1));
  CUlaunchAttributeValue cluster = {};
  cluster.clusterDim = {2, 1, 1};
  auto params = updater("count", at(0), 1);
  params.gridDimX = 2;
  EXPECT_CU(cuGraphKernelNodeSetParams(node, &params));
  EXPECT_CU(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION, &cluster));
  uint64_t handle = handleOf(node);
  CUgraphExec exec = uploaded(graph);
  EXPECT_EQ(kInvalidValue, askGrid(handle, 3));
  EXPECT_EQ(0, askGrid(handle, 6));
  run(exec);
  EXPECT_EQ(6, data[0]);
}

TEST_F(DeviceUpdate, a_cooperative_grid_must_fit) {
  CUgraphNode node = add(graph, updater("count", at(0), 1));
  CUlaunchAttributeValue cooperative = {};
  cooperative.cooperative = 1;
  EXPECT_CU(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &cooperative));
  uint64_t handle = handleOf(node);
  CUgraphExec exec = uploaded(graph);
  int each = 0, many = 0;
  EXPECT_CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&each, updater("count", 0, 0).func, 1, 0));
  EXPECT_CU(cuDeviceGetAttribute(&many, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
  EXPECT_EQ(kInvalidValue, askGrid(handle, unsigned(each * many) + 1));
  EXPECT_EQ(0, askGrid(handle, unsigned(many)));
  run(exec);
  EXPECT_EQ(many, data[0]);
}

// A loop whose body changes itself: each turn adds one more than the one before.
TEST_F(DeviceUpdate, the_body_of_a_condition_is_changed_each_time) {
  CUgraphConditionalHandle condition = 0;
  EXPECT_CU(
      cuGraphConditionalHandleCreate(&condition, graph, context, 1, CU_GRAPH_COND_ASSIGN_DEFAULT));
  CUgraphNodeParams params = {};
  params.type = CU_GRAPH_NODE_TYPE_CONDITIONAL;
  params.conditional.handle = condition;
  params.conditional.type = CU_GRAPH_COND_TYPE_WHILE;
  params.conditional.size = 1;
  params.conditional.ctx = context;
  CUgraphNode loop = nullptr;
  EXPECT_CU(cuGraphAddNode(&loop, graph, nullptr, nullptr, 0, &params));
  CUgraph body = params.conditional.phGraph_out[0];
  CUgraphNode first = add(body, kernel("count_down", condition, at(1)));
  CUgraphNode added = add(body, updater("count", at(0), 99));
  uint64_t handle = handleOf(added);
  // The value is what is left of the count.
  CUgraphNode change =
      add(body, updater("set_param", handle, 8, uintptr_t(data + 1), 4, at(2)), {first});
  EXPECT_CU(cuGraphAddDependencies(body, &change, &added, nullptr, 1));
  CUgraphExec exec = uploaded(graph);
  data[1] = 5, data[2] = -1;
  run(exec);
  EXPECT_EQ(4 + 3 + 2 + 1 + 0, data[0]);
  EXPECT_EQ(0, data[2]);
}

TEST_F(DeviceUpdate, graphs_that_kernels_launch_are_changed_before) {
  CUgraph inner = newGraph();
  uint64_t handle = handleOf(add(inner, updater("count", at(0), 1)));
  CUgraphExec exec = uploaded(inner, CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH);
  constexpr uint64_t kTail = 0x0100000000000000;
  CUgraphNode change = add(graph, updater("set_grid", handle, 5, 1, 1, at(1)));
  add(graph, kernel("launch", uintptr_t(exec), kTail, at(2)), {change});
  data[1] = data[2] = -1;
  run(instantiate(graph));
  EXPECT_EQ(5, data[0]);
  EXPECT_EQ(0, data[1]);
  EXPECT_EQ(0, data[2]);
}

TEST_F(DeviceUpdate, many_threads_change_one_node) {
  int* values = data + 16;
  int expected = 0;
  for (int i = 0; i < 8; i++)
    expected += values[i] = 1 << (3 * i);
  uint64_t handle = handleOf(add(graph, updater("sum8", 0, 0, 0, 0, 0, 0, 0, 0, at(0))));
  CUgraphExec exec = uploaded(graph);
  for (unsigned block : {1u, 4u}) {
    auto params = updater("set_lane", handle, uintptr_t(values));
    params.blockDimX = block;
    params.gridDimX = 8 / block;
    int zeros[8] = {};
    EXPECT_EQ(0, askParam(handle, 0, zeros, sizeof zeros));
    launch(params, stream);
    data[0] = 0;
    run(exec);
    EXPECT_EQ(expected, data[0]) << block;
  }
}

// One call changes all of its bytes at once, also for a launch that comes at the same time.
TEST_F(DeviceUpdate, a_launch_sees_all_of_a_change_or_nothing) {
  uint64_t handle = handleOf(add(graph, updater("same", 0, 0, at(0))));
  CUgraphExec exec = uploaded(graph);
  CUstream second = nullptr;
  EXPECT_CU(cuStreamCreate(&second, CU_STREAM_NON_BLOCKING));
  std::vector<int> pairs(400);
  for (int i = 0; i < 200; i++)
    pairs[size_t(2 * i)] = pairs[size_t(2 * i + 1)] = i + 1;
  for (int i = 0; i < 200; i++) {
    launch(updater("set_param", handle, 0, uintptr_t(&pairs[size_t(2 * i)]), 8, at(2 + i)), second);
    EXPECT_CU(cuGraphLaunch(exec, stream));
  }
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_CU(cuStreamSynchronize(second));
  EXPECT_EQ(0, data[0]);
  EXPECT_CU(cuStreamDestroy(second));
}

} // namespace
