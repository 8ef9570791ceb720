// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture: what modes forbid, external events, edges and dependencies.
#include "graph_fixture.h"

#include <future>
#include <thread>

namespace {

class Capture : public GraphTest {
protected:
  void begin(CUstreamCaptureMode mode) { ASSERT_CU(cuStreamBeginCapture(stream, mode)); }
  CUresult end(CUgraph* out = nullptr) {
    CUgraph none = nullptr;
    return cuStreamEndCapture(stream, out ? out : &none);
  }
  CUstreamCaptureMode exchange(CUstreamCaptureMode mode) {
    EXPECT_CU(cuThreadExchangeStreamCaptureMode(&mode));
    return mode;
  }
  void launchBump(CUstream where, int i, int v) {
    auto k = kernel("bump", at(i), v);
    EXPECT_CU(cuLaunchKernel(k.func, 1, 1, 1, 1, 1, 1, 0, where, k.kernelParams, nullptr));
  }
  // In another thread, which has this mode.
  template <typename Call> CUresult elsewhere(CUstreamCaptureMode mode, Call call) {
    return std::async(std::launch::async,
                      [&] {
                        EXPECT_CU(cuCtxSetCurrent(context));
                        exchange(mode);
                        return call();
                      })
        .get();
  }
};

CUresult allocate() {
  CUdeviceptr pointer = 0;
  CUresult result = cuMemAlloc(&pointer, 64);
  if (result == CUDA_SUCCESS)
    EXPECT_CU(cuMemFree(pointer));
  return result;
}

TEST_F(Capture, unsafe_calls_of_the_capturing_thread_invalidate) {
  CUevent event = nullptr;
  CUdeviceptr pointer = 0;
  void* pinned = nullptr;
  ASSERT_CU(cuEventCreate(&event, 0));
  ASSERT_CU(cuMemAlloc(&pointer, 64));
  const std::function<CUresult()> calls[] = {
      [] { return allocate(); },
      [&] { return cuMemFree(pointer); },
      [&] { return cuMemAllocHost(&pinned, 64); },
      [&] { return cuMemFreeHost(memory); },
      [&] { return cuMemAllocManaged(&pointer, 64, CU_MEM_ATTACH_GLOBAL); },
      [] { return cuCtxSynchronize(); },
      [&] { return cuEventQuery(event); },
      [&] { return cuEventSynchronize(event); },
      [&] { return cuMemcpyDtoH(data, pointer, 4); },
      [&] { return cuMemsetD8(pointer, 0, 4); }};
  for (CUstreamCaptureMode mode :
       {CU_STREAM_CAPTURE_MODE_GLOBAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL})
    for (auto& call : calls) {
      begin(mode);
      EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, call()) << &call - calls;
      CUstreamCaptureStatus status;
      EXPECT_CU(cuStreamIsCapturing(stream, &status));
      EXPECT_EQ(CU_STREAM_CAPTURE_STATUS_INVALIDATED, status);
      EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, end());
    }
  EXPECT_CU(cuMemFree(pointer));
}

TEST_F(Capture, a_relaxed_capture_or_thread_forbids_nothing) {
  begin(CU_STREAM_CAPTURE_MODE_RELAXED);
  EXPECT_CU(allocate());
  EXPECT_CU(end());
  begin(CU_STREAM_CAPTURE_MODE_GLOBAL);
  EXPECT_EQ(CU_STREAM_CAPTURE_MODE_GLOBAL, exchange(CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(allocate());
  EXPECT_EQ(CU_STREAM_CAPTURE_MODE_RELAXED, exchange(CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(end());
  EXPECT_CU(allocate());
  // But for what would wait for the captured stream itself.
  begin(CU_STREAM_CAPTURE_MODE_RELAXED);
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuCtxSynchronize());
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, end());
  CUstreamCaptureMode wrong = CUstreamCaptureMode(7);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuThreadExchangeStreamCaptureMode(&wrong));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuThreadExchangeStreamCaptureMode(nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamBeginCapture(stream, CUstreamCaptureMode(7)));
}

TEST_F(Capture, other_threads_are_held_by_global_captures_only) {
  struct {
    CUstreamCaptureMode capture, thread;
    bool allowed;
  } const cases[] = {{CU_STREAM_CAPTURE_MODE_GLOBAL, CU_STREAM_CAPTURE_MODE_GLOBAL, false},
                     {CU_STREAM_CAPTURE_MODE_GLOBAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL, true},
                     {CU_STREAM_CAPTURE_MODE_GLOBAL, CU_STREAM_CAPTURE_MODE_RELAXED, true},
                     {CU_STREAM_CAPTURE_MODE_THREAD_LOCAL, CU_STREAM_CAPTURE_MODE_GLOBAL, true},
                     {CU_STREAM_CAPTURE_MODE_RELAXED, CU_STREAM_CAPTURE_MODE_GLOBAL, true}};
  for (auto& c : cases) {
    begin(c.capture);
    EXPECT_EQ(c.allowed ? CUDA_SUCCESS : CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
              elsewhere(c.thread, allocate));
    EXPECT_EQ(c.allowed ? CUDA_SUCCESS : CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, end());
  }
}

// cuMemUnmap waits for the device, but nothing says that it may not be called.
TEST_F(Capture, mappings_may_go_meanwhile) {
  constexpr size_t kUnit = 2 << 20;
  CUmemAllocationProp prop = {};
  prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  prop.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  CUmemGenericAllocationHandle handle = 0;
  CUdeviceptr range = 0;
  ASSERT_CU(cuMemCreate(&handle, kUnit, &prop, 0));
  ASSERT_CU(cuMemAddressReserve(&range, kUnit, 0, 0, 0));
  ASSERT_CU(cuMemMap(range, kUnit, 0, handle, 0));
  begin(CU_STREAM_CAPTURE_MODE_GLOBAL);
  launchBump(stream, 0, 1);
  EXPECT_CU(cuMemUnmap(range, kUnit));
  EXPECT_CU(end());
  EXPECT_CU(cuMemAddressFree(range, kUnit));
  EXPECT_CU(cuMemRelease(handle));
}

TEST_F(Capture, ends_in_its_thread_unless_relaxed) {
  begin(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD,
            elsewhere(CU_STREAM_CAPTURE_MODE_GLOBAL, [&] { return end(); }));
  EXPECT_CU(end());
  begin(CU_STREAM_CAPTURE_MODE_RELAXED);
  EXPECT_CU(elsewhere(CU_STREAM_CAPTURE_MODE_GLOBAL, [&] { return end(); }));
}

TEST_F(Capture, the_legacy_stream_cannot_wait_for_a_captured_one) {
  CUstream blocking = nullptr;
  ASSERT_CU(cuStreamCreate(&blocking, 0));
  ASSERT_CU(cuStreamBeginCapture(blocking, CU_STREAM_CAPTURE_MODE_RELAXED));
  auto k = kernel("bump", at(0), 1);
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
            cuLaunchKernel(k.func, 1, 1, 1, 1, 1, 1, 0, nullptr, k.kernelParams, nullptr));
  CUgraph none = nullptr;
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(blocking, &none));
  CUdeviceptr word = 0;
  ASSERT_CU(cuMemAlloc(&word, 4));
  const std::function<CUresult()> others[] = {
      [&] { return cuStreamWriteValue32(nullptr, word, 1, 0); },
      [] { return cuStreamAddCallback(nullptr, [](CUstream, CUresult, void*) {}, nullptr, 0); },
  };
  for (const auto& call : others) {
    ASSERT_CU(cuStreamBeginCapture(blocking, CU_STREAM_CAPTURE_MODE_RELAXED));
    EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, call());
    EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(blocking, &none));
    EXPECT_CU(call());
  }
  EXPECT_CU(cuMemFree(word));
  begin(CU_STREAM_CAPTURE_MODE_RELAXED); // not one that the legacy stream waits for
  launchBump(nullptr, 0, 1);
  EXPECT_CU(end());
  EXPECT_CU(cuCtxSynchronize());
  EXPECT_EQ(1, data[0]);
}

TEST_F(Capture, a_thread_s_own_stream_is_captured) {
  ASSERT_CU(cuStreamBeginCapture(CU_STREAM_PER_THREAD, CU_STREAM_CAPTURE_MODE_GLOBAL));
  launchBump(CU_STREAM_PER_THREAD, 0, 4);
  CUgraph captured = nullptr;
  ASSERT_CU(cuStreamEndCapture(CU_STREAM_PER_THREAD, &captured));
  run(instantiate(captured));
  EXPECT_EQ(4, data[0]);
}

TEST_F(Capture, external_events_become_nodes) {
  CUevent event = nullptr, other = nullptr;
  ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  ASSERT_CU(cuEventCreate(&other, CU_EVENT_DISABLE_TIMING));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE,
            cuEventRecordWithFlags(event, stream, CU_EVENT_RECORD_EXTERNAL));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE, cuStreamWaitEvent(stream, event, CU_EVENT_WAIT_EXTERNAL));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuEventRecordWithFlags(event, stream, 2));
  ASSERT_CU(cuEventRecord(other, stream));
  begin(CU_STREAM_CAPTURE_MODE_GLOBAL);
  launchBump(stream, 0, 1);
  EXPECT_CU(cuStreamWaitEvent(stream, other, CU_EVENT_WAIT_EXTERNAL));
  EXPECT_CU(cuEventRecordWithFlags(event, stream, CU_EVENT_RECORD_EXTERNAL));
  CUgraph captured = nullptr;
  ASSERT_CU(end(&captured));
  CUgraphNode nodes[3];
  size_t count = 3;
  ASSERT_CU(cuGraphGetNodes(captured, nodes, &count));
  ASSERT_EQ(3u, count);
  CUevent got = nullptr;
  EXPECT_CU(cuGraphEventWaitNodeGetEvent(nodes[1], &got));
  EXPECT_EQ(other, got);
  EXPECT_CU(cuGraphEventRecordNodeGetEvent(nodes[2], &got));
  EXPECT_EQ(event, got);
  CUgraphExec exec = instantiate(captured);
  EXPECT_CU(cuGraphLaunch(exec, stream));
  EXPECT_CU(cuEventSynchronize(event));
  EXPECT_EQ(1, data[0]);
}

TEST_F(Capture, programmatic_launches_leave_edge_data) {
  begin(CU_STREAM_CAPTURE_MODE_GLOBAL);
  launchBump(stream, 0, 1);
  auto k = kernel("bump", at(0), 2);
  CUlaunchAttribute attributes[2] = {};
  attributes[0].id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
  attributes[0].value.programmaticStreamSerializationAllowed = 1;
  attributes[1].id = CU_LAUNCH_ATTRIBUTE_PRIORITY;
  attributes[1].value.priority = -4;
  CUlaunchConfig config = {};
  config.gridDimX = config.gridDimY = config.gridDimZ = 1;
  config.blockDimX = config.blockDimY = config.blockDimZ = 1;
  config.hStream = stream;
  config.attrs = attributes;
  config.numAttrs = 2;
  EXPECT_CU(cuLaunchKernelEx(&config, k.func, k.kernelParams, nullptr));
  CUgraph captured = nullptr;
  ASSERT_CU(end(&captured));
  CUgraphNode from, to;
  CUgraphEdgeData edge = {};
  size_t count = 1;
  EXPECT_CU(cuGraphGetEdges(captured, &from, &to, &edge, &count));
  EXPECT_EQ(CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC, edge.from_port);
  EXPECT_EQ(CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC, edge.type);
  CUlaunchAttributeValue value = {};
  EXPECT_CU(cuGraphKernelNodeGetAttribute(to, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
  EXPECT_EQ(-4, value.priority);
  run(instantiate(captured));
  EXPECT_EQ(1 * 3 + 2, data[0]);
}

TEST_F(Capture, a_node_has_the_priority_of_its_stream) {
  CUstream urgent = nullptr;
  ASSERT_CU(cuStreamCreateWithPriority(&urgent, CU_STREAM_NON_BLOCKING, -3));
  ASSERT_CU(cuStreamBeginCapture(urgent, CU_STREAM_CAPTURE_MODE_GLOBAL));
  launchBump(urgent, 0, 1);
  CUgraph captured = nullptr;
  ASSERT_CU(cuStreamEndCapture(urgent, &captured));
  CUgraphNode node = nullptr;
  size_t count = 1;
  ASSERT_CU(cuGraphGetNodes(captured, &node, &count));
  CUlaunchAttributeValue value = {};
  EXPECT_CU(cuGraphKernelNodeGetAttribute(node, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
  EXPECT_EQ(-3, value.priority);
}

TEST_F(Capture, dependencies_are_told_and_set) {
  CUgraphNode root = addBump(graph, 0, 1);
  CUgraphEdgeData edge = {};
  edge.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC;
  edge.type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;
  ASSERT_CU(
      cuStreamBeginCaptureToGraph(stream, graph, &root, &edge, 1, CU_STREAM_CAPTURE_MODE_GLOBAL));
  CUstreamCaptureStatus status;
  cuuint64_t id = 0;
  CUgraph into = nullptr;
  const CUgraphNode* nodes = nullptr;
  const CUgraphEdgeData* edges = nullptr;
  size_t count = 0;
  EXPECT_CU(cuStreamGetCaptureInfo(stream, &status, &id, &into, &nodes, &edges, &count));
  EXPECT_EQ(CU_STREAM_CAPTURE_STATUS_ACTIVE, status);
  EXPECT_EQ(graph, into);
  ASSERT_EQ(1u, count);
  EXPECT_EQ(root, nodes[0]);
  ASSERT_NE(nullptr, edges);
  EXPECT_EQ(CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC, edges[0].from_port);
  EXPECT_EQ(CUDA_ERROR_LOSSY_QUERY,
            cuStreamGetCaptureInfo(stream, &status, &id, &into, &nodes, nullptr, &count));
  EXPECT_CU(cuStreamUpdateCaptureDependencies(stream, nullptr, nullptr, 0,
                                              CU_STREAM_SET_CAPTURE_DEPENDENCIES));
  launchBump(stream, 1, 1);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamUpdateCaptureDependencies(stream, &root, nullptr, 1, 7));
  EXPECT_CU(cuStreamUpdateCaptureDependencies(stream, &root, nullptr, 1,
                                              CU_STREAM_ADD_CAPTURE_DEPENDENCIES));
  launchBump(stream, 0, 2);
  EXPECT_CU(end(&into));
  size_t roots = 0;
  EXPECT_CU(cuGraphGetRootNodes(graph, nullptr, &roots));
  EXPECT_EQ(2u, roots);
  run(instantiate(graph));
  EXPECT_EQ(1 * 3 + 2, data[0]);
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE,
            cuStreamUpdateCaptureDependencies(stream, &root, nullptr, 1, 0));
}

// A graph of the application's own outlives a capture that failed.
TEST_F(Capture, into_a_graph_leaves_the_graph_when_it_fails) {
  ASSERT_CU(cuStreamBeginCaptureToGraph(stream, graph, nullptr, nullptr, 0,
                                        CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamSynchronize(stream));
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, end());
  size_t count = 9;
  EXPECT_CU(cuGraphGetNodes(graph, nullptr, &count));
  EXPECT_EQ(0u, count);
}

} // namespace
