// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes that signal and wait for external semaphores.
#include "graph_fixture.h"

#include <atomic>
#include <chrono>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

class SemaphoreNodes : public GraphTest {
protected:
  // A timeline semaphore, and its word.
  struct Timeline {
    CUexternalSemaphore handle = nullptr;
    std::atomic<uint64_t>* word = nullptr;
  };
  Timeline makeTimeline() {
    int file = memfd_create("semaphore", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    EXPECT_EQ(0, ftruncate(file, 8));
    void* word = mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC desc = {};
    desc.type = CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD;
    desc.handle.fd = file;
    Timeline timeline;
    EXPECT_CU(cuImportExternalSemaphore(&timeline.handle, &desc));
    timeline.word = static_cast<std::atomic<uint64_t>*>(word);
    return timeline;
  }
  // Parameters of nodes; they live until the test ends.
  CUDA_EXT_SEM_SIGNAL_NODE_PARAMS
  signals(std::vector<std::pair<CUexternalSemaphore, uint64_t>> of) {
    handles.emplace_back();
    signalArrays.emplace_back();
    for (auto& [semaphore, value] : of) {
      handles.back().push_back(semaphore);
      signalArrays.back().emplace_back();
      signalArrays.back().back().params.fence.value = value;
    }
    return {handles.back().data(), signalArrays.back().data(), unsigned(of.size())};
  }
  CUDA_EXT_SEM_WAIT_NODE_PARAMS waits(std::vector<std::pair<CUexternalSemaphore, uint64_t>> of) {
    handles.emplace_back();
    waitArrays.emplace_back();
    for (auto& [semaphore, value] : of) {
      handles.back().push_back(semaphore);
      waitArrays.back().emplace_back();
      waitArrays.back().back().params.fence.value = value;
    }
    return {handles.back().data(), waitArrays.back().data(), unsigned(of.size())};
  }
  CUgraphNode addSignal(CUexternalSemaphore semaphore, uint64_t value,
                        std::vector<CUgraphNode> before = {}) {
    auto params = signals({{semaphore, value}});
    CUgraphNode node = nullptr;
    EXPECT_CU(cuGraphAddExternalSemaphoresSignalNode(&node, graph, before.data(), before.size(),
                                                     &params));
    return node;
  }
  CUgraphNode addWait(CUexternalSemaphore semaphore, uint64_t value,
                      std::vector<CUgraphNode> before = {}) {
    auto params = waits({{semaphore, value}});
    CUgraphNode node = nullptr;
    EXPECT_CU(
        cuGraphAddExternalSemaphoresWaitNode(&node, graph, before.data(), before.size(), &params));
    return node;
  }
  static CUgraphNodeType typeOf(CUgraphNode node) {
    CUgraphNodeType type = CU_GRAPH_NODE_TYPE_EMPTY;
    EXPECT_CU(cuGraphNodeGetType(node, &type));
    return type;
  }

  std::vector<std::vector<CUexternalSemaphore>> handles;
  std::vector<std::vector<CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS>> signalArrays;
  std::vector<std::vector<CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS>> waitArrays;
};

TEST_F(SemaphoreNodes, a_signal_comes_after_what_is_before_it) {
  Timeline timeline = makeTimeline();
  data[0] = 2;
  CUgraphNode node = addSignal(timeline.handle, 7, {addBump(graph, 0, 1)});
  EXPECT_EQ(typeOf(node), CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL);
  CUgraphExec exec = instantiate(graph);
  EXPECT_CU(cuGraphLaunch(exec, stream));
  while (*timeline.word != 7)
    std::this_thread::yield();
  EXPECT_EQ(*static_cast<volatile int*>(data), 7); // 2 * 3 + 1
  EXPECT_CU(cuStreamSynchronize(stream));
}

TEST_F(SemaphoreNodes, a_wait_holds_back_what_is_behind_it) {
  Timeline timeline = makeTimeline();
  CUgraphNode node = addWait(timeline.handle, 3, {addBump(graph, 0, 1)});
  EXPECT_EQ(typeOf(node), CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT);
  addBump(graph, 1, 5, {node});
  CUgraphExec exec = instantiate(graph);
  *timeline.word = 2;
  EXPECT_CU(cuGraphLaunch(exec, stream));
  std::this_thread::sleep_for(60ms);
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
  EXPECT_EQ(data[1], 0);
  *timeline.word = 3;
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(data[0], 1);
  EXPECT_EQ(data[1], 5);
  run(exec); // a timeline stays signalled
  EXPECT_EQ(data[1], 20);
}

// Also where another branch gives the signal, and where the waits are in a child graph.
TEST_F(SemaphoreNodes, other_branches_do_not_stand_behind_a_wait) {
  Timeline timeline = makeTimeline();
  CUgraph child = nullptr;
  ASSERT_CU(cuGraphCreate(&child, 0));
  auto inside = waits({{timeline.handle, 9}});
  CUgraphNode wait = addWait(timeline.handle, 9), below = nullptr, node = nullptr;
  ASSERT_CU(cuGraphAddExternalSemaphoresWaitNode(&node, child, nullptr, 0, &inside));
  ASSERT_CU(cuGraphAddChildGraphNode(&below, graph, nullptr, 0, child));
  addBump(graph, 0, 1, {wait, addBump(graph, 0, 2), below});
  addSignal(timeline.handle, 9, {addBump(graph, 1, 5)});
  CUgraphExec exec = instantiate(graph);
  EXPECT_CU(cuGraphLaunch(exec, stream));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(data[0], 2 * 3 + 1);
  EXPECT_EQ(data[1], 5);
  EXPECT_CU(cuGraphDestroy(child));
}

TEST_F(SemaphoreNodes, a_binary_semaphore_is_taken_by_each_launch) {
  int file = eventfd(0, EFD_CLOEXEC);
  CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC desc = {};
  desc.type = CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD;
  desc.handle.fd = file;
  CUexternalSemaphore semaphore = nullptr;
  ASSERT_CU(cuImportExternalSemaphore(&semaphore, &desc));
  addBump(graph, 0, 1, {addWait(semaphore, 0)});
  CUgraphExec exec = instantiate(graph);
  for (int turn = 1, expected = 1; turn <= 3; ++turn, expected = expected * 3 + 1) {
    EXPECT_CU(cuGraphLaunch(exec, stream));
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
    eventfd_write(file, 1);
    EXPECT_CU(cuStreamSynchronize(stream));
    EXPECT_EQ(data[0], expected);
  }
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
}

TEST_F(SemaphoreNodes, waiting_graphs_keep_no_worker_from_its_work) {
  constexpr int kGraphs = 24; // more than this machine has workers, or enough
  Timeline timeline = makeTimeline();
  CUgraphNode wait = addWait(timeline.handle, 1);
  addSignal(timeline.handle, 1, {wait}); // nothing new
  std::vector<CUgraphExec> execs;
  std::vector<CUstream> streams;
  for (int i = 0; i < kGraphs; ++i) {
    execs.push_back(instantiate(graph));
    ASSERT_CU(cuStreamCreate(&streams.emplace_back(), CU_STREAM_NON_BLOCKING));
    ASSERT_CU(cuGraphLaunch(execs.back(), streams.back()));
  }
  CUgraph other = nullptr;
  ASSERT_CU(cuGraphCreate(&other, 0));
  addBump(other, 0, 9);
  CUgraphExec exec = instantiate(other);
  EXPECT_CU(cuGraphLaunch(exec, stream));
  for (int i = 0; i < 2000 && cuStreamQuery(stream) == CUDA_ERROR_NOT_READY; ++i)
    std::this_thread::sleep_for(5ms); // not synchronised: this thread would do the work itself
  EXPECT_CU(cuStreamQuery(stream));
  EXPECT_EQ(data[0], 9);
  for (CUstream waiting : streams)
    EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(waiting));
  *timeline.word = 1;
  for (CUstream waiting : streams)
    EXPECT_CU(cuStreamSynchronize(waiting));
}

TEST_F(SemaphoreNodes, captured_calls_become_nodes) {
  Timeline first = makeTimeline(), second = makeTimeline();
  CUexternalSemaphore both[] = {first.handle, second.handle};
  CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS signal[2] = {};
  signal[0].params.fence.value = 4;
  signal[1].params.fence.value = 5;
  CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS wait[2] = {};
  wait[0].params.fence.value = 2;
  wait[1].params.fence.value = 3;
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(cuWaitExternalSemaphoresAsync(both, wait, 2, stream));
  EXPECT_CU(cuSignalExternalSemaphoresAsync(both, signal, 2, stream));
  CUgraph captured = nullptr;
  ASSERT_CU(cuStreamEndCapture(stream, &captured));
  EXPECT_EQ(*first.word, 0u); // nothing has run
  CUgraphNode nodes[3] = {};
  size_t count = 3;
  ASSERT_CU(cuGraphGetNodes(captured, nodes, &count));
  ASSERT_EQ(count, 2u);
  EXPECT_EQ(typeOf(nodes[0]), CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT);
  EXPECT_EQ(typeOf(nodes[1]), CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL);
  CUDA_EXT_SEM_WAIT_NODE_PARAMS waited = {};
  ASSERT_CU(cuGraphExternalSemaphoresWaitNodeGetParams(nodes[0], &waited));
  ASSERT_EQ(waited.numExtSems, 2u);
  EXPECT_EQ(waited.extSemArray[1], second.handle);
  EXPECT_EQ(waited.paramsArray[1].params.fence.value, 3u);
  EXPECT_EQ(waited.paramsArray[1].flags, 0u);
  CUDA_EXT_SEM_WAIT_NODE_PARAMS again = {};
  ASSERT_CU(cuGraphExternalSemaphoresWaitNodeGetParams(nodes[0], &again));
  EXPECT_EQ(again.extSemArray, waited.extSemArray); // the node owns the arrays
  CUDA_EXT_SEM_SIGNAL_NODE_PARAMS signalled = {};
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeGetParams(nodes[1], &signalled));
  ASSERT_EQ(signalled.numExtSems, 2u);
  EXPECT_EQ(signalled.paramsArray[0].params.fence.value, 4u);
  *first.word = 2;
  *second.word = 3;
  run(instantiate(captured));
  EXPECT_EQ(*first.word, 4u);
  EXPECT_EQ(*second.word, 5u);
}

TEST_F(SemaphoreNodes, parameters_are_copied_read_and_changed) {
  Timeline first = makeTimeline(), second = makeTimeline();
  auto params = signals({{first.handle, 1}});
  CUgraphNode node = nullptr;
  ASSERT_CU(cuGraphAddExternalSemaphoresSignalNode(&node, graph, nullptr, 0, &params));
  params.extSemArray[0] = nullptr; // the node has its own
  signalArrays.back()[0].params.fence.value = 99;
  CUDA_EXT_SEM_SIGNAL_NODE_PARAMS read = {};
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeGetParams(node, &read));
  ASSERT_EQ(read.numExtSems, 1u);
  EXPECT_EQ(read.extSemArray[0], first.handle);
  EXPECT_EQ(read.paramsArray[0].params.fence.value, 1u);

  CUgraphExec before = instantiate(graph);
  auto other = signals({{second.handle, 6}});
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeSetParams(node, &other));
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeGetParams(node, &read));
  EXPECT_EQ(read.extSemArray[0], second.handle);
  run(before); // as it was
  EXPECT_EQ(*first.word, 1u);
  EXPECT_EQ(*second.word, 0u);
  auto later = signals({{second.handle, 8}});
  ASSERT_CU(cuGraphExecExternalSemaphoresSignalNodeSetParams(before, node, &later));
  run(before);
  EXPECT_EQ(*second.word, 8u);
  run(instantiate(graph)); // the node itself did not change
  EXPECT_EQ(*second.word, 6u);

  CUgraphNode wait = addWait(first.handle, 1);
  CUgraphExec exec = instantiate(graph);
  auto longer = waits({{first.handle, 2}});
  ASSERT_CU(cuGraphExecExternalSemaphoresWaitNodeSetParams(exec, wait, &longer));
  EXPECT_CU(cuGraphLaunch(exec, stream));
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
  *first.word = 2;
  EXPECT_CU(cuStreamSynchronize(stream));
  auto shorter = waits({{second.handle, 0}});
  ASSERT_CU(cuGraphExternalSemaphoresWaitNodeSetParams(wait, &shorter));
  CUDA_EXT_SEM_WAIT_NODE_PARAMS waited = {};
  ASSERT_CU(cuGraphExternalSemaphoresWaitNodeGetParams(wait, &waited));
  EXPECT_EQ(waited.extSemArray[0], second.handle);
}

TEST_F(SemaphoreNodes, are_made_and_changed_with_one_structure) {
  Timeline timeline = makeTimeline();
  auto signal = signals({{timeline.handle, 1}});
  auto wait = waits({{timeline.handle, 1}});
  CUgraphNodeParams params = {};
  params.type = CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL;
  params.extSemSignal = {signal.extSemArray, signal.paramsArray, signal.numExtSems};
  CUgraphNode first = nullptr, second = nullptr;
  ASSERT_CU(cuGraphAddNode(&first, graph, nullptr, nullptr, 0, &params));
  CUgraphNodeParams behind = {};
  behind.type = CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT;
  behind.extSemWait = {wait.extSemArray, wait.paramsArray, wait.numExtSems};
  ASSERT_CU(cuGraphAddNode(&second, graph, &first, nullptr, 1, &behind));
  EXPECT_EQ(typeOf(second), CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT);
  CUgraphExec exec = instantiate(graph);
  run(exec);
  EXPECT_EQ(*timeline.word, 1u);
  signalArrays[0][0].params.fence.value = 2;
  EXPECT_CU(cuGraphExecNodeSetParams(exec, first, &params));
  run(exec);
  EXPECT_EQ(*timeline.word, 2u);
  signalArrays[0][0].params.fence.value = 3;
  EXPECT_CU(cuGraphNodeSetParams(first, &params));
  run(instantiate(graph));
  EXPECT_EQ(*timeline.word, 3u);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeSetParams(first, &behind));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphExecNodeSetParams(exec, first, &behind));
  params.reserved2 = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphNodeSetParams(first, &params));
}

TEST_F(SemaphoreNodes, updates_keep_the_number_of_semaphores) {
  Timeline timeline = makeTimeline();
  CUgraphNode node = addSignal(timeline.handle, 1);
  CUgraphExec exec = instantiate(graph);
  auto two = signals({{timeline.handle, 1}, {timeline.handle, 2}});
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGraphExecExternalSemaphoresSignalNodeSetParams(exec, node, &two));
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeSetParams(node, &two)); // the graph may
  CUgraphExecUpdateResultInfo info = {};
  EXPECT_EQ(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, cuGraphExecUpdate(exec, graph, &info));
  EXPECT_EQ(info.result, CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED);
  EXPECT_EQ(info.errorNode, node);
  auto one = signals({{timeline.handle, 5}});
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeSetParams(node, &one));
  ASSERT_CU(cuGraphExecUpdate(exec, graph, &info));
  run(exec);
  EXPECT_EQ(*timeline.word, 5u);
}

TEST_F(SemaphoreNodes, work_in_clones_and_child_graphs) {
  Timeline timeline = makeTimeline();
  CUgraphNode node = addSignal(timeline.handle, 4);
  CUgraph clone = nullptr, parent = nullptr;
  ASSERT_CU(cuGraphClone(&clone, graph));
  CUgraphNode twin = nullptr;
  ASSERT_CU(cuGraphNodeFindInClone(&twin, node, clone));
  CUDA_EXT_SEM_SIGNAL_NODE_PARAMS read = {};
  ASSERT_CU(cuGraphExternalSemaphoresSignalNodeGetParams(twin, &read));
  EXPECT_EQ(read.paramsArray[0].params.fence.value, 4u);
  ASSERT_CU(cuGraphCreate(&parent, 0));
  CUgraphNode child = nullptr;
  ASSERT_CU(cuGraphAddChildGraphNode(&child, parent, nullptr, 0, clone));
  CUgraphExec exec = instantiate(parent);
  // CUDA leaves open what becomes of a node whose semaphore is destroyed; here it lives on.
  EXPECT_CU(cuDestroyExternalSemaphore(timeline.handle));
  run(exec);
  EXPECT_EQ(*timeline.word, 4u);
}

TEST_F(SemaphoreNodes, what_is_wrong_is_refused) {
  Timeline timeline = makeTimeline();
  CUgraphNode node = nullptr, signalNode = addSignal(timeline.handle, 1),
              waitNode = addWait(timeline.handle, 1);
  auto signal = signals({{timeline.handle, 1}});
  auto wait = waits({{timeline.handle, 1}});
  CUgraphExec exec = instantiate(graph);
  auto addS = [&](const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* p) {
    return cuGraphAddExternalSemaphoresSignalNode(&node, graph, nullptr, 0, p);
  };
  auto addW = [&](const CUDA_EXT_SEM_WAIT_NODE_PARAMS* p) {
    return cuGraphAddExternalSemaphoresWaitNode(&node, graph, nullptr, 0, p);
  };
  constexpr auto kInvalid = CUDA_ERROR_INVALID_VALUE;
  EXPECT_EQ(kInvalid, addS(nullptr));
  EXPECT_EQ(kInvalid, addW(nullptr));
  EXPECT_EQ(kInvalid, cuGraphAddExternalSemaphoresSignalNode(nullptr, graph, nullptr, 0, &signal));
  EXPECT_EQ(kInvalid, cuGraphAddExternalSemaphoresSignalNode(&node, nullptr, nullptr, 0, &signal));
  EXPECT_EQ(kInvalid, cuGraphAddExternalSemaphoresSignalNode(&node, graph, nullptr, 1, &signal));
  EXPECT_EQ(kInvalid, cuGraphAddExternalSemaphoresWaitNode(nullptr, graph, nullptr, 0, &wait));
  EXPECT_EQ(kInvalid, cuGraphAddExternalSemaphoresWaitNode(&node, nullptr, nullptr, 0, &wait));
  auto broken = signal;
  broken.extSemArray = nullptr;
  EXPECT_EQ(kInvalid, addS(&broken));
  broken = signal;
  broken.paramsArray = nullptr;
  EXPECT_EQ(kInvalid, addS(&broken));
  auto flagged = waits({{timeline.handle, 1}});
  waitArrays.back()[0].flags = 0x80;
  EXPECT_EQ(kInvalid, addW(&flagged));
  auto dead = waits({{reinterpret_cast<CUexternalSemaphore>(this), 1}});
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, addW(&dead));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphExternalSemaphoresWaitNodeSetParams(waitNode, &dead));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuGraphExecExternalSemaphoresWaitNodeSetParams(exec, waitNode, &dead));

  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresSignalNodeGetParams(signalNode, nullptr));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresSignalNodeGetParams(waitNode, &signal));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresWaitNodeGetParams(waitNode, nullptr));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresWaitNodeGetParams(signalNode, &wait));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresWaitNodeGetParams(nullptr, &wait));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresSignalNodeSetParams(signalNode, nullptr));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresSignalNodeSetParams(waitNode, &signal));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresWaitNodeSetParams(waitNode, nullptr));
  EXPECT_EQ(kInvalid, cuGraphExternalSemaphoresWaitNodeSetParams(signalNode, &wait));
  EXPECT_EQ(kInvalid,
            cuGraphExecExternalSemaphoresSignalNodeSetParams(nullptr, signalNode, &signal));
  EXPECT_EQ(kInvalid, cuGraphExecExternalSemaphoresSignalNodeSetParams(exec, waitNode, &signal));
  EXPECT_EQ(kInvalid, cuGraphExecExternalSemaphoresSignalNodeSetParams(exec, signalNode, nullptr));
  EXPECT_EQ(kInvalid, cuGraphExecExternalSemaphoresWaitNodeSetParams(exec, signalNode, &wait));
  EXPECT_EQ(kInvalid, cuGraphExecExternalSemaphoresWaitNodeSetParams(exec, waitNode, nullptr));
  EXPECT_EQ(kInvalid, cuGraphNodeSetEnabled(exec, waitNode, 0));
  CUgraphExec device = nullptr;
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            cuGraphInstantiate(&device, graph, CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH));

  // A bad call leaves a capture valid: it is refused before it reaches the stream.
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_EQ(kInvalid, cuWaitExternalSemaphoresAsync(nullptr, wait.paramsArray, 1, stream));
  CUgraph captured = nullptr;
  EXPECT_CU(cuStreamEndCapture(stream, &captured));
}

} // namespace
