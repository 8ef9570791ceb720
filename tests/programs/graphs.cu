// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA graphs: built node by node and captured from streams, launched, changed, asked. Prints "ok".
#include <cstdio>
#include <cstdlib>
#include <cuda_device_runtime_api.h>
#include <cuda_runtime.h>
#include <vector>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("line %d: %s is false (%s)\n", __LINE__, #condition,                                  \
             cudaGetErrorName(cudaPeekAtLastError()));                                             \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)
#define OK(call) CHECK((call) == cudaSuccess)

__global__ void step(int* p, int v) {
  *p = *p * 3 + v;
}
__global__ void sum(const int* a, const int* b, int* out) {
  *out = *a + *b;
}
static void host(void* p) {
  *static_cast<int*>(p) += 1000;
}

static int* p; // managed

static cudaKernelNodeParams stepParams(int** where, int* value) {
  static void* args[8][2];
  static int next = 0;
  void** list = args[next++ % 8];
  list[0] = where, list[1] = value;
  cudaKernelNodeParams params = {};
  params.func = (void*)step;
  params.gridDim = params.blockDim = dim3(1);
  params.kernelParams = list;
  return params;
}

static void explicitGraph() {
  cudaGraph_t graph;
  OK(cudaGraphCreate(&graph, 0));
  int one = 1, two = 2;
  int* where = p;
  cudaMemsetParams fill = {};
  fill.dst = p, fill.value = 5, fill.elementSize = 4, fill.width = 1, fill.height = 1;
  cudaKernelNodeParams first = stepParams(&where, &one), second = stepParams(&where, &two);
  cudaHostNodeParams call = {host, p};
  cudaGraphNode_t n[5];
  OK(cudaGraphAddMemsetNode(&n[0], graph, nullptr, 0, &fill));
  OK(cudaGraphAddKernelNode(&n[1], graph, &n[0], 1, &first));
  OK(cudaGraphAddKernelNode(&n[2], graph, &n[1], 1, &second));
  OK(cudaGraphAddHostNode(&n[3], graph, &n[2], 1, &call));
  OK(cudaGraphAddMemcpyNode1D(&n[4], graph, &n[3], 1, p + 1, p, 4, cudaMemcpyDefault));
  one = 77; // the node has its own copy

  cudaGraphNode_t list[8];
  size_t count = 0;
  OK(cudaGraphGetNodes(graph, nullptr, &count));
  CHECK(count == 5);
  count = 8;
  OK(cudaGraphGetNodes(graph, list, &count));
  CHECK(count == 5 && list[2] == n[2] && list[5] == nullptr);
  count = 8;
  OK(cudaGraphGetRootNodes(graph, list, &count));
  CHECK(count == 1 && list[0] == n[0]);
  cudaGraphNodeType type;
  OK(cudaGraphNodeGetType(n[3], &type));
  CHECK(type == cudaGraphNodeTypeHost);
  cudaKernelNodeParams got;
  OK(cudaGraphKernelNodeGetParams(n[1], &got));
  CHECK(*(int**)got.kernelParams[0] == p && *(int*)got.kernelParams[1] == 1);
  CHECK(got.func == (void*)step);

  cudaGraphExec_t exec;
  OK(cudaGraphInstantiateWithFlags(&exec, graph, 0));
  cudaStream_t stream;
  OK(cudaStreamCreate(&stream));
  for (int i = 0; i < 3; i++)
    OK(cudaGraphLaunch(exec, stream));
  OK(cudaStreamSynchronize(stream));
  CHECK(p[0] == (5 * 3 + 1) * 3 + 2 + 1000 && p[1] == p[0]);

  // The executable graph changes, the graph does not; then the other way round.
  int four = 4;
  cudaKernelNodeParams other = stepParams(&where, &four);
  OK(cudaGraphExecKernelNodeSetParams(exec, n[1], &other));
  OK(cudaGraphNodeSetEnabled(exec, n[2], 0));
  OK(cudaGraphLaunch(exec, stream));
  OK(cudaStreamSynchronize(stream));
  CHECK(p[0] == 5 * 3 + 4 + 1000);
  OK(cudaGraphNodeSetEnabled(exec, n[2], 1));
  cudaGraph_t clone;
  OK(cudaGraphClone(&clone, graph));
  cudaGraphNode_t twin;
  OK(cudaGraphNodeFindInClone(&twin, n[2], clone));
  OK(cudaGraphKernelNodeSetParams(twin, &other));
  cudaGraphExecUpdateResultInfo info;
  OK(cudaGraphExecUpdate(exec, clone, &info));
  CHECK(info.result == cudaGraphExecUpdateSuccess);
  OK(cudaGraphLaunch(exec, stream));
  OK(cudaStreamSynchronize(stream));
  CHECK(p[0] == (5 * 3 + 1) * 3 + 4 + 1000);
  OK(cudaGraphDestroyNode(twin));
  CHECK(cudaGraphExecUpdate(exec, clone, &info) == cudaErrorGraphExecUpdateFailure);
  CHECK(info.result == cudaGraphExecUpdateErrorTopologyChanged);
  CHECK(cudaGetLastError() == cudaErrorGraphExecUpdateFailure);

  // A child graph, and what cannot be.
  cudaGraph_t outer;
  OK(cudaGraphCreate(&outer, 0));
  cudaGraphNode_t child, empty, after;
  OK(cudaGraphAddEmptyNode(&empty, outer, nullptr, 0));
  OK(cudaGraphAddChildGraphNode(&child, outer, &empty, 1, graph));
  OK(cudaGraphAddKernelNode(&after, outer, &child, 1, &second));
  cudaGraph_t inside;
  OK(cudaGraphChildGraphNodeGetGraph(child, &inside));
  CHECK(inside != graph);
#if CUDART_VERSION >= 13000
  CHECK(cudaGraphAddDependencies(outer, &after, &empty, nullptr, 1) == cudaErrorInvalidValue);
#else
  CHECK(cudaGraphAddDependencies(outer, &after, &empty, 1) == cudaErrorInvalidValue); // a circle
#endif
  CHECK(cudaGraphAddKernelNode(&after, outer, &n[0], 1, &second) == cudaErrorInvalidValue);
  (void)cudaGetLastError();
  cudaGraphExec_t outerExec;
  OK(cudaGraphInstantiateWithFlags(&outerExec, outer, 0));
  OK(cudaGraphDestroy(graph)); // what was made of it lives on
  OK(cudaGraphDestroy(outer));
  OK(cudaGraphLaunch(outerExec, stream));
  OK(cudaStreamSynchronize(stream));
  CHECK(p[0] == ((5 * 3 + 1) * 3 + 2 + 1000) * 3 + 2);
  CHECK(cudaGraphDestroy(graph) == cudaErrorInvalidValue);
  (void)cudaGetLastError();
  OK(cudaGraphExecDestroy(outerExec));
  OK(cudaGraphExecDestroy(exec));
  OK(cudaGraphDestroy(clone));
  OK(cudaStreamDestroy(stream));
}

// One stream forks into another and joins it again.
static cudaGraph_t record(cudaStream_t a, cudaStream_t b, int v, bool join) {
  cudaEvent_t fork, joined;
  OK(cudaEventCreateWithFlags(&fork, cudaEventDisableTiming));
  OK(cudaEventCreateWithFlags(&joined, cudaEventDisableTiming));
  OK(cudaStreamBeginCapture(a, cudaStreamCaptureModeGlobal));
  OK(cudaMemsetAsync(p, 0, 8, a));
  OK(cudaEventRecord(fork, a));
  OK(cudaStreamWaitEvent(b, fork, 0));
  cudaStreamCaptureStatus status;
  OK(cudaStreamIsCapturing(b, &status));
  CHECK(status == cudaStreamCaptureStatusActive);
  step<<<1, 1, 0, a>>>(p, v);
  step<<<1, 1, 0, b>>>(p + 1, 10);
  step<<<1, 1, 0, b>>>(p + 1, 20);
  if (join) {
    OK(cudaEventRecord(joined, b));
    OK(cudaStreamWaitEvent(a, joined, 0));
  }
  sum<<<1, 1, 0, a>>>(p, p + 1, p + 2);
  OK(cudaLaunchHostFunc(a, host, p + 2));
  cudaGraph_t graph;
  cudaError_t error = cudaStreamEndCapture(a, &graph);
  CHECK(error == (join ? cudaSuccess : cudaErrorStreamCaptureUnjoined));
  (void)cudaGetLastError();
  OK(cudaStreamIsCapturing(b, &status));
  CHECK(status == cudaStreamCaptureStatusNone);
  OK(cudaEventDestroy(fork));
  OK(cudaEventDestroy(joined));
  return graph;
}

static void capture() {
  cudaStream_t a, b;
  OK(cudaStreamCreate(&a));
  OK(cudaStreamCreate(&b));
  p[2] = -1;
  cudaGraph_t graph = record(a, b, 7, true);
  OK(cudaDeviceSynchronize());
  CHECK(p[2] == -1); // nothing ran yet
  size_t nodes = 0, edges = 0;
  OK(cudaGraphGetNodes(graph, nullptr, &nodes));
#if CUDART_VERSION >= 13000
  OK(cudaGraphGetEdges(graph, nullptr, nullptr, nullptr, &edges));
#else
  OK(cudaGraphGetEdges(graph, nullptr, nullptr, &edges));
#endif
  CHECK(nodes == 6 && edges == 6);
  cudaGraphExec_t exec;
  OK(cudaGraphInstantiateWithFlags(&exec, graph, 0));
  for (int i = 0; i < 2; i++) {
    OK(cudaGraphLaunch(exec, i ? a : b));
    OK(cudaDeviceSynchronize());
    CHECK(p[0] == 7 && p[1] == 50 && p[2] == 1057);
  }
  cudaGraph_t again = record(a, b, 9, true);
  cudaGraphExecUpdateResultInfo info;
  OK(cudaGraphExecUpdate(exec, again, &info));
  OK(cudaGraphLaunch(exec, a));
  OK(cudaStreamSynchronize(a));
  CHECK(p[2] == 1059);

  CHECK(record(a, b, 1, false) == nullptr);
  OK(cudaStreamBeginCapture(a, cudaStreamCaptureModeRelaxed));
  CHECK(cudaStreamSynchronize(a) == cudaErrorStreamCaptureUnsupported);
  cudaGraph_t none;
  CHECK(cudaStreamEndCapture(a, &none) == cudaErrorStreamCaptureInvalidated && !none);
  CHECK(cudaStreamBeginCapture(cudaStreamLegacy, cudaStreamCaptureModeRelaxed) ==
        cudaErrorStreamCaptureUnsupported);
  CHECK(cudaStreamEndCapture(a, &none) == cudaErrorIllegalState);
  (void)cudaGetLastError();
  step<<<1, 1, 0, a>>>(p, 1); // the streams are as they were
  OK(cudaStreamSynchronize(a));
  CHECK(p[0] == 9 * 3 + 1);
  OK(cudaGraphDestroy(graph));
  OK(cudaGraphDestroy(again));
  OK(cudaGraphExecDestroy(exec));
}

static void memoryAndEvents() {
  cudaGraph_t graph;
  OK(cudaGraphCreate(&graph, 0));
  cudaMemAllocNodeParams alloc = {};
  alloc.poolProps.allocType = cudaMemAllocationTypePinned;
  alloc.poolProps.location.type = cudaMemLocationTypeDevice;
  alloc.bytesize = 1000;
  cudaGraphNode_t n[6];
  OK(cudaGraphAddMemAllocNode(&n[0], graph, nullptr, 0, &alloc));
  CHECK(alloc.dptr != nullptr);
  cudaMemsetParams fill = {};
  fill.dst = alloc.dptr, fill.value = 3, fill.elementSize = 1, fill.width = 4, fill.height = 1;
  OK(cudaGraphAddMemsetNode(&n[1], graph, &n[0], 1, &fill));
  OK(cudaGraphAddMemcpyNode1D(&n[2], graph, &n[1], 1, p, alloc.dptr, 4, cudaMemcpyDefault));
  cudaEvent_t event;
  OK(cudaEventCreate(&event));
  OK(cudaGraphAddEventRecordNode(&n[3], graph, &n[2], 1, event));
  OK(cudaGraphAddMemFreeNode(&n[4], graph, &n[2], 1, alloc.dptr));
  cudaGraphExec_t exec;
  OK(cudaGraphInstantiateWithFlags(&exec, graph, 0));
  for (int i = 0; i < 2; i++) {
    *p = 0;
    OK(cudaGraphLaunch(exec, 0));
    OK(cudaEventSynchronize(event));
    CHECK(*p == 0x03030303);
  }
  OK(cudaGraphExecDestroy(exec));
  OK(cudaGraphDestroy(graph));
  OK(cudaDeviceSynchronize());
}

// Memory in stream order, and a graph in a graph.
static void captureMore() {
  cudaStream_t a;
  OK(cudaStreamCreate(&a));
  OK(cudaStreamBeginCapture(a, cudaStreamCaptureModeGlobal));
  void* memory = nullptr;
  OK(cudaMallocAsync(&memory, 64, a));
  OK(cudaMemsetAsync(memory, 1, 4, a));
  OK(cudaMemcpyAsync(p, memory, 4, cudaMemcpyDefault, a));
  OK(cudaFreeAsync(memory, a));
  cudaGraph_t inner, outer;
  OK(cudaStreamEndCapture(a, &inner));
  size_t nodes = 0;
  OK(cudaGraphGetNodes(inner, nullptr, &nodes));
  CHECK(nodes == 4);
  cudaGraphExec_t innerExec, outerExec;
  OK(cudaGraphInstantiateWithFlags(&innerExec, inner, 0));
  OK(cudaStreamBeginCapture(a, cudaStreamCaptureModeGlobal));
  OK(cudaGraphLaunch(innerExec, a));
  step<<<1, 1, 0, a>>>(p, 2);
  OK(cudaStreamEndCapture(a, &outer));
  OK(cudaGraphInstantiateWithFlags(&outerExec, outer, 0));
  OK(cudaGraphExecDestroy(innerExec));
  OK(cudaGraphDestroy(inner));
  *p = 0;
  OK(cudaGraphLaunch(outerExec, a));
  OK(cudaStreamSynchronize(a));
  CHECK(*p == 0x01010101 * 3 + 2);
  OK(cudaGraphExecDestroy(outerExec));
  OK(cudaGraphDestroy(outer));
  OK(cudaStreamDestroy(a));
}

#if CUDART_VERSION >= 12030
__global__ void countDown(cudaGraphConditionalHandle handle, int* n) {
  *n -= 1;
  cudaGraphSetConditional(handle, *n);
}
__global__ void launchFrom(cudaGraphExec_t exec, int* result) {
  *result = cudaGraphLaunch(exec, cudaStreamGraphFireAndForget);
}

// A loop whose end a kernel decides, and a graph that a kernel launches.
static void deviceSide() {
  cudaGraph_t graph, inner;
  cudaGraphConditionalHandle handle;
  OK(cudaGraphCreate(&graph, 0));
  OK(cudaGraphConditionalHandleCreate(&handle, graph, 1, cudaGraphCondAssignDefault));
  cudaGraphNodeParams loop = {};
  loop.type = cudaGraphNodeTypeConditional;
  loop.conditional.handle = handle;
  loop.conditional.type = cudaGraphCondTypeWhile;
  loop.conditional.size = 1;
  cudaGraphNode_t node;
#if CUDART_VERSION >= 13000
  OK(cudaGraphAddNode(&node, graph, nullptr, nullptr, 0, &loop));
#else
  OK(cudaGraphAddNode(&node, graph, nullptr, 0, &loop));
#endif
  cudaStream_t stream;
  OK(cudaStreamCreate(&stream));
  OK(cudaStreamBeginCaptureToGraph(stream, loop.conditional.phGraph_out[0], nullptr, nullptr, 0,
                                   cudaStreamCaptureModeGlobal));
  step<<<1, 1, 0, stream>>>(p + 1, 1);
  countDown<<<1, 1, 0, stream>>>(handle, p);
  OK(cudaStreamEndCapture(stream, &inner));
  cudaGraphExec_t exec, device;
  OK(cudaGraphInstantiate(&exec, graph, 0));
  for (int round = 0; round < 2; round++) {
    p[0] = 3, p[1] = 0;
    OK(cudaGraphLaunch(exec, stream));
    OK(cudaStreamSynchronize(stream));
    CHECK(p[0] == 0 && p[1] == (1 * 3 + 1) * 3 + 1);
  }
  OK(cudaGraphExecDestroy(exec));
  OK(cudaGraphDestroy(graph));

  OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  step<<<1, 1, 0, stream>>>(p + 1, 5);
  OK(cudaStreamEndCapture(stream, &inner));
  OK(cudaGraphInstantiate(&device, inner, cudaGraphInstantiateFlagDeviceLaunch));
  OK(cudaGraphUpload(device, stream));
  OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  launchFrom<<<1, 1, 0, stream>>>(device, p);
  OK(cudaStreamEndCapture(stream, &graph));
  OK(cudaGraphInstantiate(&exec, graph, 0));
  p[0] = -1, p[1] = 2;
  OK(cudaGraphLaunch(exec, stream));
  OK(cudaStreamSynchronize(stream));
  CHECK(p[0] == cudaSuccess && p[1] == 2 * 3 + 5);
  OK(cudaGraphExecDestroy(exec));
  OK(cudaGraphExecDestroy(device));
  OK(cudaGraphDestroy(graph));
  OK(cudaGraphDestroy(inner));
  OK(cudaStreamDestroy(stream));
}
#else
static void deviceSide() {}
#endif

int main() {
  OK(cudaMallocManaged(&p, 4096));
  explicitGraph();
  capture();
  memoryAndEvents();
  captureMore();
  deviceSide();
  printf("ok\n");
}
