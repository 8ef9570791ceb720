// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs through the runtime API; what they do is tested with the driver API. Compiled for each
// library.
#include "fixture.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <unistd.h>

namespace anywarp::test {
namespace {

std::atomic<int> runs{0};

class GraphTest : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    FakeKernelSpec spec;
    spec.body = [](const LaunchConfig&) {
      ++runs;
      return Result<void>();
    };
    declareKernel("count", spec);
    FakeKernelSpec set;
    set.params = {{0, 8}, {8, 4}};
    set.body = [](const LaunchConfig& config) {
      config.graph->setCondition(param<uint64_t>(config, 0), param<uint32_t>(config, 8));
      return Result<void>();
    };
    declareKernel("set", set);
    unit = std::make_unique<Unit>(std::vector<std::string>{"count", "set"});
    runs = 0;
    ASSERT_OK(cudaGraphCreate(&graph, 0));
    ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  }
  cudaGraphNode_t addKernel(cudaGraph_t to, const char* name = "count", void** args = nullptr) {
    cudaKernelNodeParams params = {};
    params.func = const_cast<void*>(unit->host(name));
    params.gridDim = params.blockDim = dim3(1);
    params.kernelParams = args;
    cudaGraphNode_t node = nullptr;
    EXPECT_OK(cudaGraphAddKernelNode(&node, to, nullptr, 0, &params));
    return node;
  }
  cudaGraphExec_t instantiate(cudaGraph_t of) {
    cudaGraphExec_t exec = nullptr;
    EXPECT_OK(cudaGraphInstantiateWithFlags(&exec, of, 0));
    return exec;
  }
  void run(cudaGraphExec_t exec) {
    EXPECT_OK(cudaGraphLaunch(exec, stream));
    EXPECT_OK(cudaStreamSynchronize(stream));
  }

  std::unique_ptr<Unit> unit;
  cudaGraph_t graph = nullptr;
  cudaStream_t stream = nullptr;
};

TEST_F(GraphTest, attributes_of_kernel_nodes) {
  cudaGraphNode_t a = addKernel(graph), b = addKernel(graph);
  cudaLaunchAttributeValue value = {};
  value.priority = -2;
  EXPECT_OK(cudaGraphKernelNodeSetAttribute(a, cudaLaunchAttributePriority, &value));
  EXPECT_OK(cudaGraphKernelNodeCopyAttributes(b, a));
  value.priority = 0;
  EXPECT_OK(cudaGraphKernelNodeGetAttribute(b, cudaLaunchAttributePriority, &value));
  EXPECT_EQ(value.priority, -2);
  EXPECT_EQ(cudaGraphKernelNodeGetAttribute(nullptr, cudaLaunchAttributePriority, &value),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphKernelNodeGetAttribute(a, cudaLaunchAttributePriority, nullptr),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphKernelNodeSetAttribute(a, cudaLaunchAttributeID(90), &value),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphKernelNodeCopyAttributes(a, nullptr), cudaErrorInvalidValue);
}

TEST_F(GraphTest, user_objects_and_dot_files) {
  static std::atomic<int> gone;
  gone = 0;
  cudaUserObject_t object = nullptr;
  ASSERT_OK(cudaUserObjectCreate(
      &object, nullptr, [](void*) { ++gone; }, 1, cudaUserObjectNoDestructorSync));
  EXPECT_OK(cudaUserObjectRetain(object, 1));
  EXPECT_OK(cudaUserObjectRelease(object, 1));
  EXPECT_OK(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
  EXPECT_OK(cudaGraphReleaseUserObject(graph, object, 1));
  for (int i = 0; i < 20000 && !gone; i++) // the machine may be busy
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(gone, 1);
  EXPECT_EQ(cudaUserObjectCreate(&object, nullptr, nullptr, 1, cudaUserObjectNoDestructorSync),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaUserObjectRetain(nullptr, 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaUserObjectRelease(nullptr, 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphRetainUserObject(graph, nullptr, 1, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphReleaseUserObject(graph, nullptr, 1), cudaErrorInvalidValue);
  addKernel(graph);
  std::string path = testing::TempDir() + "/anywarp_cudart_dot_" + std::to_string(getpid());
  EXPECT_OK(cudaGraphDebugDotPrint(graph, path.c_str(), cudaGraphDebugDotFlagsVerbose));
  EXPECT_EQ(0, std::remove(path.c_str()));
  EXPECT_EQ(cudaGraphDebugDotPrint(graph, nullptr, 0), cudaErrorInvalidValue);
}

TEST_F(GraphTest, memory_of_graphs) {
  cudaMemAllocNodeParams alloc = {};
  alloc.poolProps.allocType = cudaMemAllocationTypePinned;
  alloc.poolProps.location.type = cudaMemLocationTypeDevice;
  alloc.bytesize = 4096;
  cudaGraphNode_t node = nullptr, free = nullptr;
  ASSERT_OK(cudaGraphAddMemAllocNode(&node, graph, nullptr, 0, &alloc));
  ASSERT_OK(cudaGraphAddMemFreeNode(&free, graph, &node, 1, alloc.dptr));
  void* back = nullptr;
  EXPECT_OK(cudaGraphMemFreeNodeGetParams(free, &back));
  EXPECT_EQ(back, alloc.dptr);
  EXPECT_EQ(cudaGraphMemFreeNodeGetParams(node, &back), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphMemFreeNodeGetParams(free, nullptr), cudaErrorInvalidValue);
  uint64_t used = 0, zero = 0;
  EXPECT_OK(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrUsedMemCurrent, &used));
  EXPECT_GE(used, 4096u);
  EXPECT_OK(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, &zero));
  EXPECT_OK(cudaDeviceGraphMemTrim(0));
  EXPECT_EQ(cudaDeviceGraphMemTrim(99), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, nullptr),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemCurrent, &zero),
            cudaErrorInvalidValue);
  cudaGraph_t clone = nullptr;
  EXPECT_EQ(cudaGraphClone(&clone, graph), cudaErrorInvalidValue);
}

TEST_F(GraphTest, captured_nodes_tell_their_parameters) {
  void *device = nullptr, *host = nullptr;
  ASSERT_OK(cudaMalloc(&device, 64));
  ASSERT_OK(cudaMallocHost(&host, 64));
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  ASSERT_OK(cudaMemcpyAsync(host, device, 64, cudaMemcpyDeviceToHost, stream));
  ASSERT_OK(cudaMemsetAsync(device, 5, 32, stream));
  cudaGraph_t captured = nullptr;
  ASSERT_OK(cudaStreamEndCapture(stream, &captured));
  cudaGraphNode_t nodes[2];
  size_t count = 2;
  ASSERT_OK(cudaGraphGetNodes(captured, nodes, &count));
  ASSERT_EQ(count, 2u);
  cudaMemcpy3DParms copy = {};
  EXPECT_OK(cudaGraphMemcpyNodeGetParams(nodes[0], &copy));
  EXPECT_EQ(copy.srcPtr.ptr, device);
  EXPECT_EQ(copy.dstPtr.ptr, host);
  EXPECT_EQ(copy.extent.width, 64u);
  EXPECT_EQ(copy.kind, cudaMemcpyDeviceToHost);
  cudaMemsetParams fill = {};
  EXPECT_OK(cudaGraphMemsetNodeGetParams(nodes[1], &fill));
  EXPECT_EQ(fill.dst, device);
  EXPECT_EQ(fill.value, 5u);
  EXPECT_EQ(fill.width, 32u);
}

TEST_F(GraphTest, modes_forbid_unsafe_calls) {
  void* pointer = nullptr;
  cudaGraph_t none = nullptr;
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  EXPECT_EQ(cudaMalloc(&pointer, 64), cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(cudaStreamEndCapture(stream, &none), cudaErrorStreamCaptureInvalidated);
  cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
  EXPECT_OK(cudaThreadExchangeStreamCaptureMode(&mode));
  EXPECT_EQ(mode, cudaStreamCaptureModeGlobal);
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  EXPECT_OK(cudaMalloc(&pointer, 64));
  EXPECT_OK(cudaStreamEndCapture(stream, &none));
  EXPECT_OK(cudaThreadExchangeStreamCaptureMode(&mode));
  EXPECT_EQ(cudaThreadExchangeStreamCaptureMode(nullptr), cudaErrorInvalidValue);
  cudaEvent_t event = nullptr;
  ASSERT_OK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  EXPECT_EQ(cudaEventRecordWithFlags(event, stream, cudaEventRecordExternal),
            cudaErrorIllegalState);
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  EXPECT_OK(cudaEventRecordWithFlags(event, stream, cudaEventRecordExternal));
  EXPECT_OK(cudaStreamEndCapture(stream, &none));
  size_t count = 0;
  EXPECT_OK(cudaGraphGetNodes(none, nullptr, &count));
  EXPECT_EQ(count, 1u);
}

#if CUDART_VERSION >= 12000
TEST_F(GraphTest, conditions) {
  cudaGraphConditionalHandle handle = 0;
  ASSERT_OK(cudaGraphConditionalHandleCreate(&handle, graph, 1, cudaGraphCondAssignDefault));
  cudaGraphNodeParams params = {};
  params.type = cudaGraphNodeTypeConditional;
  params.conditional.handle = handle;
  params.conditional.type = cudaGraphCondTypeWhile;
  params.conditional.size = 1;
  cudaGraphNode_t node = nullptr;
#if CUDART_VERSION >= 13000
  ASSERT_OK(cudaGraphAddNode(&node, graph, nullptr, nullptr, 0, &params));
#else
  ASSERT_OK(cudaGraphAddNode(&node, graph, nullptr, 0, &params));
#endif
  cudaGraph_t body = params.conditional.phGraph_out[0];
  addKernel(body);
  uint32_t zero = 0;
  void* args[] = {&handle, &zero};
  addKernel(body, "set", args);
  run(instantiate(graph));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(cudaGraphConditionalHandleCreate(nullptr, graph, 0, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphConditionalHandleCreate(&handle, nullptr, 0, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphConditionalHandleCreate(&handle, graph, 0, 4), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphNodeSetParams(node, &params), cudaErrorNotSupported);
}

TEST_F(GraphTest, instantiation_tells_what_is_wrong) {
  cudaGraphExec_t exec = nullptr;
  cudaGraphInstantiateParams params = {};
  params.flags = cudaGraphInstantiateFlagDeviceLaunch | cudaGraphInstantiateFlagUpload;
  params.uploadStream = stream;
  addKernel(graph);
  EXPECT_OK(cudaGraphInstantiateWithParams(&exec, graph, &params));
  EXPECT_EQ(params.result_out, cudaGraphInstantiateSuccess);
  run(exec);
  cudaHostNodeParams host = {[](void*) {}, nullptr};
  cudaGraphNode_t node = nullptr;
  ASSERT_OK(cudaGraphAddHostNode(&node, graph, nullptr, 0, &host));
  EXPECT_NE(cudaGraphInstantiateWithParams(&exec, graph, &params), cudaSuccess);
  EXPECT_EQ(params.result_out, cudaGraphInstantiateNodeOperationNotSupported);
  EXPECT_EQ(params.errNode_out, node);
  EXPECT_EQ(cudaGraphInstantiateWithParams(&exec, graph, nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphInstantiateWithFlags(&exec, graph, cudaGraphInstantiateFlagUpload),
            cudaErrorInvalidValue);
  cudaGraphExecUpdateResultInfo info = {};
  exec = instantiate(graph);
  cudaGraph_t other = nullptr;
  ASSERT_OK(cudaGraphCreate(&other, 0));
  addKernel(other);
  EXPECT_EQ(cudaGraphExecUpdate(exec, other, &info), cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(info.result, cudaGraphExecUpdateErrorTopologyChanged);
}
#endif

} // namespace
} // namespace anywarp::test
