// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that change device-updatable nodes: of the graph that they are in and of another one, by
// handles of captured and of explicit nodes. Prints "ok".
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

struct Range {
  int first;
  float scale;
  short add;
};

// Parameters at 0, 8 and 20.
__global__ void fill(int* out, Range range, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count)
    out[range.first + i] = int(i * range.scale) + range.add;
}
constexpr size_t kRangeAt = 8, kCountAt = 20;
constexpr int kBlock = 64;

__global__ void mark(int* place, int value) {
  atomicAdd(place, value);
}

// Sets the work of `target` from what is known on the device only; `done` runs in the first turn.
__global__ void plan(cudaGraphDeviceNode_t target, cudaGraphDeviceNode_t done, const int* sizes,
                     int* turn, cudaError_t* errors) {
  int now = (*turn)++;
  int count = sizes[now];
  Range range = {now * 1000, now + 0.5f, short(-now)};
  errors[0] = cudaGraphKernelNodeSetParam(target, kRangeAt, range);
  errors[1] = cudaGraphKernelNodeSetParam(target, kCountAt, &count, sizeof count);
  errors[2] = cudaGraphKernelNodeSetGridDim(target, dim3(count / kBlock + 1)); // never 0
  errors[3] = cudaGraphKernelNodeSetEnabled(target, count != 0);
  errors[4] = cudaGraphKernelNodeSetEnabled(done, now == 0);
}

// The same in one call.
__global__ void planAtOnce(cudaGraphDeviceNode_t target, int first, int count,
                           cudaError_t* errors) {
  Range range = {first, 2.0f, 7};
  dim3 grid((count + kBlock - 1) / kBlock, 1, 1);
  cudaGraphKernelNodeUpdate updates[3] = {{target, cudaGraphKernelNodeFieldGridDim, {grid}},
                                          {target, cudaGraphKernelNodeFieldParam, {grid}},
                                          {target, cudaGraphKernelNodeFieldParam, {grid}}};
  updates[1].updateData.param.pValue = &range;
  updates[1].updateData.param.offset = kRangeAt;
  updates[1].updateData.param.size = sizeof range;
  updates[2].updateData.param.pValue = &count;
  updates[2].updateData.param.offset = kCountAt;
  updates[2].updateData.param.size = sizeof count;
  errors[0] = cudaGraphKernelNodeUpdatesApply(updates, 3);
  updates[1].updateData.param.offset = kCountAt + 1;
  errors[1] = cudaGraphKernelNodeUpdatesApply(updates + 1, 1);
  errors[2] = cudaGraphKernelNodeSetGridDim(target, dim3(0));
}

// Each thread changes a value of its own.
__global__ void spread(cudaGraphDeviceNode_t target, int factor) {
  int value = int(threadIdx.x + 1) * factor;
  cudaGraphKernelNodeSetParam(target, 4 * threadIdx.x, value);
}
struct Many {
  int v[64];
};
__global__ void total(Many many, int* out) {
  int sum = 0;
  for (int value : many.v)
    sum += value;
  *out = sum;
}

static cudaStream_t stream;
static int *out, *place, *sizes, *turn; // managed
static cudaError_t* errors;

// Launches into the stream, which captures; the node is device-updatable.
template <typename... Params, typename... Args>
static cudaGraphDeviceNode_t capture(void (*kernel)(Params...), int grid, int block, Args... args) {
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeDeviceUpdatableKernelNode;
  attribute.val.deviceUpdatableKernelNode.deviceUpdatable = 1;
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(grid), config.blockDim = dim3(block);
  config.stream = stream, config.attrs = &attribute, config.numAttrs = 1;
  void* list[] = {&args...};
  OK(cudaLaunchKernelExC(&config, (const void*)kernel, list));
  CHECK(attribute.val.deviceUpdatableKernelNode.devNode);
  return attribute.val.deviceUpdatableKernelNode.devNode;
}

static void expectRange(std::vector<int>& expected, int first, int count, float scale, int add) {
  for (int i = 0; i < count; i++)
    expected[first + i] = int(i * scale) + add;
}

// The node in front needs the handles of those behind it, so it is made last.
static void sameGraph() {
  cudaGraph_t graph;
  OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  cudaGraphDeviceNode_t target = capture(fill, 1, kBlock, out, Range{0, 1.0f, 0}, 0);
  cudaGraphDeviceNode_t done = capture(mark, 1, 1, place, 1);
  OK(cudaStreamEndCapture(stream, &graph));
  cudaGraphNode_t nodes[2], first;
  size_t count = 2;
  OK(cudaGraphGetRootNodes(graph, nodes, &count));
  CHECK(count == 1);
  void* args[] = {&target, &done, &sizes, &turn, &errors};
  cudaKernelNodeParams params = {};
  params.func = (void*)plan;
  params.gridDim = params.blockDim = dim3(1);
  params.kernelParams = args;
  OK(cudaGraphAddKernelNode(&first, graph, nullptr, 0, &params));
#if CUDART_VERSION >= 13000
  OK(cudaGraphAddDependencies(graph, &first, nodes, nullptr, 1));
#else
  OK(cudaGraphAddDependencies(graph, &first, nodes, 1));
#endif
  cudaGraphExec_t exec, second;
  OK(cudaGraphInstantiate(&exec, graph, 0));
  CHECK(cudaGraphInstantiate(&second, graph, 0) == cudaErrorInvalidValue);
  CHECK(cudaGraphDestroyNode(nodes[0]) == cudaErrorInvalidValue);
  (void)cudaGetLastError();
  OK(cudaGraphUpload(exec, stream));
  static const int kSizes[] = {100, 0, 1, 64, 900};
  std::vector<int> expected(5000, -1);
  for (int i = 0; i < 5; i++)
    sizes[i] = kSizes[i];
  for (int i = 0; i < 5000; i++)
    out[i] = -1;
  *turn = 0, *place = 0;
  for (int i = 0; i < 5; i++) {
    for (int k = 0; k < 5; k++)
      errors[k] = cudaErrorUnknown;
    OK(cudaGraphLaunch(exec, stream));
    OK(cudaStreamSynchronize(stream));
    for (int k = 0; k < 5; k++)
      OK(errors[k]);
    expectRange(expected, i * 1000, kSizes[i], float(i) + 0.5f, -i);
    for (int k = 0; k < 5000; k++)
      CHECK(out[k] == expected[k]);
    CHECK(*place == 1); // the second node ran once only
  }
  OK(cudaGraphExecDestroy(exec));
  OK(cudaGraphDestroy(graph));
}

static cudaGraphDeviceNode_t handleOf(cudaGraphNode_t node) {
  cudaLaunchAttributeValue value = {};
  value.deviceUpdatableKernelNode.deviceUpdatable = 1;
  OK(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeDeviceUpdatableKernelNode, &value));
  cudaLaunchAttributeValue back = {};
  OK(cudaGraphKernelNodeGetAttribute(node, cudaLaunchAttributeDeviceUpdatableKernelNode, &back));
  CHECK(back.deviceUpdatableKernelNode.deviceUpdatable == 1);
  CHECK(back.deviceUpdatableKernelNode.devNode == value.deviceUpdatableKernelNode.devNode);
  return value.deviceUpdatableKernelNode.devNode;
}

static void otherGraph() {
  cudaGraph_t graph;
  OK(cudaGraphCreate(&graph, 0));
  Range range = {0, 1.0f, 0};
  Many many = {};
  int none = 0;
  void *fillArgs[] = {&out, &range, &none}, *totalArgs[] = {&many, &place};
  cudaKernelNodeParams params = {};
  params.func = (void*)fill;
  params.gridDim = dim3(1), params.blockDim = dim3(kBlock);
  params.kernelParams = fillArgs;
  cudaGraphNode_t filler, summer;
  OK(cudaGraphAddKernelNode(&filler, graph, nullptr, 0, &params));
  params.func = (void*)total;
  params.blockDim = dim3(1), params.kernelParams = totalArgs;
  OK(cudaGraphAddKernelNode(&summer, graph, nullptr, 0, &params));
  cudaGraphDeviceNode_t fillHandle = handleOf(filler), sumHandle = handleOf(summer);
  cudaGraphExec_t exec;
  OK(cudaGraphInstantiate(&exec, graph, 0));
  OK(cudaGraphUpload(exec, stream));
  std::vector<int> expected(5000, -1);
  for (int i = 0; i < 5000; i++)
    out[i] = -1;
  for (int factor = 1; factor <= 3; factor++) {
    planAtOnce<<<1, 1, 0, stream>>>(fillHandle, factor * 500, factor * 100, errors);
    spread<<<1, 64, 0, stream>>>(sumHandle, factor);
    OK(cudaGraphLaunch(exec, stream));
    OK(cudaStreamSynchronize(stream));
    OK(errors[0]);
    CHECK(errors[1] == cudaErrorInvalidValue && errors[2] == cudaErrorInvalidValue);
    expectRange(expected, factor * 500, factor * 100, 2.0f, 7);
    for (int k = 0; k < 5000; k++)
      CHECK(out[k] == expected[k]);
    CHECK(*place == 64 * 65 / 2 * factor);
  }
  OK(cudaGraphExecDestroy(exec));
  OK(cudaGraphDestroy(graph));
}

int main() {
  OK(cudaStreamCreate(&stream));
  OK(cudaMallocManaged(&out, 5000 * sizeof(int)));
  OK(cudaMallocManaged(&place, sizeof(int)));
  OK(cudaMallocManaged(&sizes, 5 * sizeof(int)));
  OK(cudaMallocManaged(&turn, sizeof(int)));
  OK(cudaMallocManaged(&errors, 5 * sizeof(cudaError_t)));
  sameGraph();
  otherGraph();
  puts("ok");
}
