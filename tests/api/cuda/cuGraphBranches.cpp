// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Branches of a graph, which run at the same time where no edge is between them: kernels and host
// functions that can only end together, in every place that a branch can be; and the order that
// edges ask for, in random graphs.
#include "graph_fixture.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace {

using namespace std::chrono_literals;

class Branches : public GraphTest {
protected:
  void SetUp() override {
    GraphTest::SetUp();
    int units = 0;
    ASSERT_CU(cuDeviceGetAttribute(&units, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
    if (units < 2)
      GTEST_SKIP() << "the device runs one thing at a time";
  }
  int* word(int i) { return data + i; }
  // Ends when the other of the two has begun.
  CUgraphNode addMeet(CUgraph to, int mine, int other, std::vector<CUgraphNode> before = {}) {
    return add(to, kernel("meet", at(mine), at(other)), before);
  }
  // Two branches of one kernel each; words i and i + 1.
  std::vector<CUgraphNode> addPair(CUgraph to, int i, std::vector<CUgraphNode> before = {}) {
    return {addMeet(to, i, i + 1, before), addMeet(to, i + 1, i, before)};
  }
  CUgraph newGraph() {
    CUgraph result = nullptr;
    EXPECT_CU(cuGraphCreate(&result, 0));
    return result;
  }
  // A root that repeats its body until a kernel sets the condition to 0.
  std::pair<CUgraph, CUgraphConditionalHandle> addLoop() {
    CUgraphConditionalHandle handle = 0;
    EXPECT_CU(
        cuGraphConditionalHandleCreate(&handle, graph, context, 1, CU_GRAPH_COND_ASSIGN_DEFAULT));
    CUgraphNodeParams params = {};
    params.type = CU_GRAPH_NODE_TYPE_CONDITIONAL;
    params.conditional.handle = handle;
    params.conditional.type = CU_GRAPH_COND_TYPE_WHILE;
    params.conditional.size = 1;
    params.conditional.ctx = context;
    CUgraphNode node = nullptr;
    EXPECT_CU(cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &params));
    return {params.conditional.phGraph_out[0], handle};
  }
  // Launches, and waits in either way; false if the branches do not meet for a long time, and lets
  // them go.
  enum class Wait { Query, Synchronize };
  bool finishes(CUgraphExec exec, Wait how = Wait::Query) {
    std::atomic<bool> done{false}, late{false};
    std::thread watch([&] {
      auto end = std::chrono::steady_clock::now() + 20s;
      while (!done && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(1ms);
      if (done)
        return;
      late = true;
      for (int i = 0; i < 1024; ++i)
        std::atomic_ref(data[i]).store(1);
    });
    EXPECT_CU(cuGraphLaunch(exec, stream));
    if (how == Wait::Query)
      while (cuStreamQuery(stream) == CUDA_ERROR_NOT_READY)
        std::this_thread::yield();
    EXPECT_CU(cuStreamSynchronize(stream));
    done = true;
    watch.join();
    return !late;
  }
  // Several times, with words that are 0 again before each launch.
  bool meets(CUgraph of, int times = 30) {
    CUgraphExec exec = instantiate(of);
    bool all = true;
    for (int i = 0; i < times && all; ++i) {
      std::memset(memory, 0, 4096);
      all = finishes(exec, i % 2 ? Wait::Synchronize : Wait::Query);
    }
    EXPECT_CU(cuGraphExecDestroy(exec));
    return all;
  }
};

TEST_F(Branches, kernels_meet) {
  addPair(graph, 0);
  EXPECT_TRUE(meets(graph));
  EXPECT_EQ(data[0], 1);
  EXPECT_EQ(data[1], 1);
}

// A GPU runs many small kernels at once, whatever its number of multiprocessors.
TEST_F(Branches, more_kernels_meet_than_there_are_workers) {
  int units = 0;
  ASSERT_CU(cuDeviceGetAttribute(&units, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
  if (units > 100)
    GTEST_SKIP() << "a GPU runs 128 kernels at once";
  const int many = units + 12;
  for (int i = 0; i < many; ++i)
    add(graph, kernel("gather", at(0), many));
  EXPECT_TRUE(meets(graph, 4));
  EXPECT_EQ(data[0], many);
  // The same behind a fork, and below a condition.
  auto [body, handle] = addLoop();
  CUgraphNode fork = addBump(body, 20, 1);
  std::vector<CUgraphNode> ends;
  for (int i = 0; i < many; ++i)
    ends.push_back(add(body, kernel("gather", at(10), many), {fork}));
  add(body, kernel("set_condition", handle, 0), ends);
  EXPECT_TRUE(meets(graph, 4));
  EXPECT_EQ(data[10], many);
}

TEST_F(Branches, more_streams_meet_than_there_are_workers) {
  int units = 0;
  ASSERT_CU(cuDeviceGetAttribute(&units, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
  if (units > 100)
    GTEST_SKIP() << "a GPU runs 128 kernels at once";
  const int many = units + 12;
  std::vector<CUstream> streams(size_t(many), nullptr);
  auto params = kernel("gather", at(0), many);
  for (CUstream& each : streams) {
    EXPECT_CU(cuStreamCreate(&each, CU_STREAM_NON_BLOCKING));
    EXPECT_CU(cuLaunchKernel(params.func, 1, 1, 1, 1, 1, 1, 0, each, params.kernelParams, nullptr));
  }
  auto end = std::chrono::steady_clock::now() + 20s;
  while (!std::atomic_ref(data[1]).load() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  bool met = std::atomic_ref(data[1]).exchange(1) != 0;
  EXPECT_TRUE(met);
  for (CUstream each : streams) {
    EXPECT_CU(cuStreamSynchronize(each));
    EXPECT_CU(cuStreamDestroy(each));
  }
  EXPECT_EQ(data[0], many);
}

TEST_F(Branches, kernels_meet_between_a_fork_and_a_join) {
  CUgraphNode fork = addBump(graph, 10, 4);
  auto first = addPair(graph, 0, {fork});
  CUgraphNode left = addBump(graph, 11, 2, {first[0]});
  auto second = addPair(graph, 2, {left});
  addBump(graph, 10, 5, {second[0], second[1], first[1]});
  EXPECT_TRUE(meets(graph));
  EXPECT_EQ(data[10], 4 * 3 + 5);
}

// The first of a pair stands behind others on its branch, and is the last to be added.
TEST_F(Branches, long_branches_meet_again_and_again) {
  CUgraphNode left = nullptr, right = nullptr;
  for (int i = 0; i < 20; ++i) {
    left = addMeet(graph, 2 * i, 2 * i + 1, left ? std::vector{left} : std::vector<CUgraphNode>());
    right =
        addMeet(graph, 2 * i + 1, 2 * i, right ? std::vector{right} : std::vector<CUgraphNode>());
  }
  EXPECT_TRUE(meets(graph));
}

TEST_F(Branches, host_functions_meet) {
  struct Side {
    std::atomic<int>*mine, *other;
  };
  std::atomic<int> here{0}, there{0};
  Side sides[] = {{&here, &there}, {&there, &here}};
  for (Side& side : sides) {
    CUgraphNode before = addBump(graph, int(&side - sides), 1), node = nullptr;
    CUDA_HOST_NODE_PARAMS params = {};
    params.userData = &side;
    params.fn = [](void* data) {
      auto* side = static_cast<Side*>(data);
      ++*side->mine;
      auto end = std::chrono::steady_clock::now() + 20s;
      while (side->other->load() < side->mine->load() && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
      if (side->other->load() < side->mine->load())
        ADD_FAILURE() << "the other branch does not come";
    };
    ASSERT_CU(cuGraphAddHostNode(&node, graph, &before, 1, &params));
  }
  CUgraphExec exec = instantiate(graph);
  for (int i = 1; i <= 3; ++i) {
    run(exec);
    EXPECT_EQ(here, i);
    EXPECT_EQ(there, i);
  }
}

TEST_F(Branches, meet_across_child_graphs) {
  CUgraph child = newGraph(), other = newGraph();
  addMeet(child, 0, 1, {addPair(child, 2)[0]});
  addMeet(other, 1, 0);
  CUgraphNode fork = addBump(graph, 10, 4), one = nullptr, two = nullptr;
  ASSERT_CU(cuGraphAddChildGraphNode(&one, graph, &fork, 1, child));
  ASSERT_CU(cuGraphAddChildGraphNode(&two, graph, &fork, 1, other));
  addBump(graph, 10, 5, {one, two});
  EXPECT_TRUE(meets(graph));
  EXPECT_EQ(data[10], 4 * 3 + 5);
}

TEST_F(Branches, meet_in_the_body_of_a_condition) {
  auto [body, handle] = addLoop();
  auto pair = addPair(body, 0);
  add(body, kernel("set_condition", handle, 0), pair);
  EXPECT_TRUE(meets(graph));
  addBump(graph, 10, 4); // a branch beside the condition: one thread of the two waits for both
  EXPECT_TRUE(meets(graph));
  EXPECT_EQ(data[10], 4);
}

TEST_F(Branches, meet_one_that_is_in_the_body_of_a_condition) {
  auto [body, handle] = addLoop();
  add(body, kernel("set_condition", handle, 0), {addMeet(body, 0, 1)});
  addMeet(graph, 1, 0);
  EXPECT_TRUE(meets(graph));
}

TEST_F(Branches, meet_in_a_graph_that_a_kernel_launches) {
  CUgraph inner = newGraph();
  addPair(inner, 0);
  CUgraphExec exec = instantiate(inner, CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH);
  EXPECT_CU(cuGraphUpload(exec, stream));
  add(graph, kernel("launch", uint64_t(uintptr_t(exec)), uint64_t(0x0200000000000000), at(5)));
  EXPECT_TRUE(meets(graph));
  EXPECT_EQ(data[5], 0);
}

TEST_F(Branches, captured_streams_meet) {
  CUstream other = nullptr;
  CUevent fork = nullptr, join = nullptr;
  ASSERT_CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
  ASSERT_CU(cuEventCreate(&join, CU_EVENT_DISABLE_TIMING));
  auto launch = [&](CUstream where, const CUDA_KERNEL_NODE_PARAMS& k) {
    EXPECT_CU(cuLaunchKernel(k.func, 1, 1, 1, 1, 1, 1, 0, where, k.kernelParams, nullptr));
  };
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(cuEventRecord(fork, stream));
  EXPECT_CU(cuStreamWaitEvent(other, fork, 0));
  launch(stream, kernel("meet", at(0), at(1)));
  launch(other, kernel("meet", at(1), at(0)));
  EXPECT_CU(cuEventRecord(join, other));
  EXPECT_CU(cuStreamWaitEvent(stream, join, 0));
  launch(stream, kernel("bump", at(2), 7));
  CUgraph captured = nullptr;
  ASSERT_CU(cuStreamEndCapture(stream, &captured));
  EXPECT_TRUE(meets(captured));
  EXPECT_EQ(data[2], 7);
}

// Events make the branches of a launch streams of their own.
TEST_F(Branches, meet_beside_events) {
  CUevent event = nullptr, never = nullptr;
  ASSERT_CU(cuEventCreate(&event, 0));
  ASSERT_CU(cuEventCreate(&never, 0));
  CUgraphNode fork = addBump(graph, 10, 4), record = nullptr, wait = nullptr;
  auto pair = addPair(graph, 0, {fork});
  ASSERT_CU(cuGraphAddEventRecordNode(&record, graph, &pair[0], 1, event));
  ASSERT_CU(cuGraphAddEventWaitNode(&wait, graph, nullptr, 0, never));
  CUgraphNode late = addBump(graph, 11, 3, {wait});
  addBump(graph, 10, 5, {record, pair[1], late});
  EXPECT_TRUE(meets(graph));
  EXPECT_EQ(data[10], 4 * 3 + 5);
  EXPECT_EQ(data[11], 3);
  EXPECT_CU(cuEventQuery(event));
}

// A branch that waits for an event holds back its own nodes only, and the end of the launch.
TEST_F(Branches, run_while_another_one_waits_for_an_event) {
  CUstream other = nullptr;
  CUevent event = nullptr;
  ASSERT_CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&event, 0));
  CUgraphNode wait = nullptr;
  ASSERT_CU(cuGraphAddEventWaitNode(&wait, graph, nullptr, 0, event));
  CUgraphNode late = addBump(graph, 0, 1, {wait});
  addBump(graph, 2, 2, {late, addBump(graph, 1, 1)});
  CUgraphExec exec = instantiate(graph);
  Gate gate(other);
  ASSERT_CU(cuEventRecord(event, other));
  ASSERT_CU(cuGraphLaunch(exec, stream));
  auto end = std::chrono::steady_clock::now() + 20s;
  while (!std::atomic_ref(data[1]).load() && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  EXPECT_EQ(std::atomic_ref(data[1]).load(), 1);
  EXPECT_EQ(std::atomic_ref(data[0]).load(), 0);
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
  gate.open();
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(data[0], 1);
  EXPECT_EQ(data[2], 2);
}

TEST_F(Branches, are_changed_and_disabled) {
  CUgraphNode fork = addBump(graph, 0, 1);
  CUgraphNode left = addBump(graph, 1, 1, {fork}), right = addBump(graph, 2, 1, {fork});
  addBump(graph, 3, 1, {left, right});
  CUgraphExec exec = instantiate(graph);
  run(exec);
  auto other = kernel("bump", at(4), 9);
  EXPECT_CU(cuGraphExecKernelNodeSetParams(exec, left, &other));
  EXPECT_CU(cuGraphNodeSetEnabled(exec, right, 0));
  run(exec);
  EXPECT_EQ(std::vector<int>(data, data + 5), (std::vector{4, 1, 1, 4, 9}));
  EXPECT_CU(cuGraphNodeSetEnabled(exec, right, 1));
  EXPECT_CU(cuGraphNodeSetEnabled(exec, fork, 0));
  run(exec);
  EXPECT_EQ(std::vector<int>(data, data + 5), (std::vector{4, 1, 4, 13, 9 * 3 + 9}));
}

TEST_F(Branches, share_memory_of_the_graph) {
  CUDA_MEM_ALLOC_NODE_PARAMS params = {};
  params.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  params.poolProps.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  params.bytesize = 8;
  CUgraphNode alloc = nullptr, clear = nullptr, copy = nullptr, free = nullptr;
  ASSERT_CU(cuGraphAddMemAllocNode(&alloc, graph, nullptr, 0, &params));
  CUDA_MEMSET_NODE_PARAMS fill = {params.dptr, 0, 0, 4, 2, 1};
  ASSERT_CU(cuGraphAddMemsetNode(&clear, graph, &alloc, 1, &fill, context));
  CUgraphNode left = add(graph, kernel("bump", params.dptr, 3), {clear});
  CUgraphNode right = add(graph, kernel("bump", params.dptr + 4, 5), {clear});
  CUgraphNode both[] = {left, right};
  CUDA_MEMCPY3D out = {};
  out.srcMemoryType = CU_MEMORYTYPE_DEVICE;
  out.srcDevice = params.dptr;
  out.dstMemoryType = CU_MEMORYTYPE_HOST;
  out.dstHost = data;
  out.WidthInBytes = 8;
  out.Height = out.Depth = 1;
  ASSERT_CU(cuGraphAddMemcpyNode(&copy, graph, both, 2, &out, context));
  ASSERT_CU(cuGraphAddMemFreeNode(&free, graph, &copy, 1, params.dptr));
  CUgraphExec exec = instantiate(graph);
  for (int i = 0; i < 20; ++i) {
    data[0] = data[1] = 0;
    run(exec);
    EXPECT_EQ(data[0], 3);
    EXPECT_EQ(data[1], 5);
  }
}

// Nodes behind the failed one do not run, and the launch ends.
TEST_F(Branches, fail_as_the_whole) {
  CUgraphNode node = addBump(graph, 0, 1);
  CUgraphNode failed = add(graph, kernel("fail"), {node});
  CUgraphNode behind = addBump(graph, 1, 1, {failed});
  CUgraphNode last = node;
  for (int i = 0; i < 20; ++i)
    last = addBump(graph, 2, 0, {last});
  addBump(graph, 3, 1, {behind, last});
  CUgraphExec exec = instantiate(graph);
  Gate gate(stream); // the launch itself is before the failure
  EXPECT_CU(cuGraphLaunch(exec, stream));
  gate.open();
  EXPECT_EQ(CUDA_ERROR_LAUNCH_FAILED, cuStreamSynchronize(stream));
  EXPECT_EQ(data[0], 1);
  EXPECT_EQ(data[1], 0);
  EXPECT_EQ(data[3], 0);
  EXPECT_EQ(CUDA_ERROR_LAUNCH_FAILED, cuGraphLaunch(exec, stream));
}

// Each node looks whether all that it depends on have run, in this launch.
class Order : public Branches {
protected:
  struct Seen {
    std::atomic<int> runs{0};
    std::vector<Seen*> before;
    std::atomic<int>* wrong;
  };
  static void look(void* data) {
    auto* seen = static_cast<Seen*>(data);
    for (Seen* other : seen->before)
      if (other->runs != seen->runs + 1)
        ++*seen->wrong;
    ++seen->runs;
  }
  static constexpr int kKinds = 4; // of nodes: the first is a host function
  CUgraphNode addOne(CUgraph to, int kind, Seen* seen, const std::vector<CUgraphNode>& before) {
    CUgraphNode node = nullptr;
    CUDA_HOST_NODE_PARAMS host = {look, seen};
    switch (kind) {
    case 1: { // a child graph of two branches and what is behind both
      CUgraph child = newGraph();
      CUgraphNode parts[] = {addBump(child, 0, 1), addBump(child, 1, 1)}, end = nullptr;
      EXPECT_CU(cuGraphAddHostNode(&end, child, parts, 2, &host));
      EXPECT_CU(cuGraphAddChildGraphNode(&node, to, before.data(), before.size(), child));
      EXPECT_CU(cuGraphDestroy(child));
      return node;
    }
    case 2: { // through an empty node
      CUgraphNode empty = nullptr;
      EXPECT_CU(cuGraphAddEmptyNode(&empty, to, before.data(), before.size()));
      EXPECT_CU(cuGraphAddHostNode(&node, to, &empty, 1, &host));
      return node;
    }
    case 3: { // through the record of an event
      CUgraphNode record = nullptr;
      EXPECT_CU(cuGraphAddEventRecordNode(&record, to, before.data(), before.size(), event));
      EXPECT_CU(cuGraphAddHostNode(&node, to, &record, 1, &host));
      return node;
    }
    default:
      EXPECT_CU(cuGraphAddHostNode(&node, to, before.data(), before.size(), &host));
      return node;
    }
  }
  void check(unsigned seed, int kinds) {
    std::mt19937 random(seed);
    CUgraph made = newGraph();
    const int count = 1 + int(random() % 120), width = 1 + int(random() % 8);
    std::vector<Seen> seen(static_cast<size_t>(count));
    std::vector<CUgraphNode> nodes;
    std::atomic<int> wrong{0};
    for (int i = 0; i < count; ++i) {
      std::vector<CUgraphNode> before;
      seen[size_t(i)].wrong = &wrong;
      for (int n = std::max(0, i - 2 * width); n < i; ++n)
        if (random() % unsigned(width) == 0) {
          before.push_back(nodes[size_t(n)]);
          seen[size_t(i)].before.push_back(&seen[size_t(n)]);
        }
      nodes.push_back(addOne(made, int(random() % unsigned(kinds)), &seen[size_t(i)], before));
    }
    CUgraphExec exec = instantiate(made);
    for (int launch = 1; launch <= 4; ++launch) {
      EXPECT_CU(cuGraphLaunch(exec, stream));
      if (launch % 2)
        EXPECT_CU(cuStreamSynchronize(stream));
    }
    EXPECT_CU(cuStreamSynchronize(stream));
    EXPECT_EQ(wrong, 0) << "seed " << seed;
    for (Seen& node : seen)
      EXPECT_EQ(node.runs, 4) << "seed " << seed;
    EXPECT_CU(cuGraphExecDestroy(exec));
    EXPECT_CU(cuGraphDestroy(made));
  }
  void SetUp() override {
    Branches::SetUp();
    ASSERT_CU(cuEventCreate(&event, 0));
  }
  CUevent event = nullptr;
};

TEST_F(Order, of_random_graphs_is_that_of_their_edges) {
  for (unsigned seed = 0; seed < 60; ++seed)
    check(seed, kKinds - 1);
}

TEST_F(Order, of_random_graphs_with_events_is_that_of_their_edges) {
  for (unsigned seed = 0; seed < 60; ++seed)
    check(seed, kKinds);
}

TEST_F(Order, a_join_waits_for_many_branches) {
  constexpr size_t kMany = 1000;
  std::vector<Seen> seen(kMany + 2);
  std::atomic<int> wrong{0};
  for (Seen& node : seen)
    node.wrong = &wrong;
  CUgraphNode fork = addOne(graph, 0, &seen[kMany], {});
  std::vector<CUgraphNode> nodes;
  for (size_t i = 0; i < kMany; ++i) {
    seen[i].before.push_back(&seen[kMany]);
    seen[kMany + 1].before.push_back(&seen[i]);
    nodes.push_back(addOne(graph, 0, &seen[i], {fork}));
  }
  addOne(graph, 0, &seen[kMany + 1], nodes);
  CUgraphExec exec = instantiate(graph);
  for (int i = 1; i <= 3; ++i) {
    run(exec);
    EXPECT_EQ(seen[kMany + 1].runs, i);
  }
  EXPECT_EQ(wrong, 0);
}

} // namespace
