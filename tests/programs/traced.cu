// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Something of everything that a trace shows, for trace_test.py. The first argument chooses how it
// ends: nothing, "abort", "kill", "fork", "range", "many N" (empty launches).
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_profiler_api.h>
#include <cuda_runtime.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

template <typename T> __global__ void scale(T* data, T factor, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] *= factor;
}
__global__ void nothing() {}
__global__ void inRange() {}

static int failures = 0;
static void check(cudaError_t error) {
  if (error != cudaSuccess && ++failures)
    std::fprintf(stderr, "%s\n", cudaGetErrorString(error));
}

static void work(cudaStream_t stream) {
  constexpr int kCount = 1 << 16;
  std::vector<float> host(kCount, 1.0f);
  float* data = nullptr;
  check(cudaMalloc(&data, kCount * sizeof(float)));
  check(cudaMemcpyAsync(data, host.data(), kCount * sizeof(float), cudaMemcpyHostToDevice, stream));
  for (int i = 0; i < 3; ++i)
    scale<float><<<kCount / 256, 256, 0, stream>>>(data, 2.0f, kCount);
  check(cudaMemcpyAsync(host.data(), data, kCount * sizeof(float), cudaMemcpyDeviceToHost, stream));
  check(cudaMemsetAsync(data, 0, kCount * sizeof(float), stream));
  check(cudaLaunchHostFunc(stream, [](void*) { usleep(1000); }, nullptr));
  check(cudaStreamSynchronize(stream));
  check(cudaFree(data));
  if (host[7] != 8.0f)
    ++failures;
}

static void graph(cudaStream_t stream) {
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  nothing<<<1, 1, 0, stream>>>();
  nothing<<<1, 1, 0, stream>>>();
  check(cudaStreamEndCapture(stream, &graph));
  check(cudaGraphInstantiate(&exec, graph, 0));
  check(cudaGraphLaunch(exec, stream));
  check(cudaStreamSynchronize(stream));
  check(cudaGraphExecDestroy(exec));
  check(cudaGraphDestroy(graph));
}

// Work of two branches at the same time, three times.
static void branches() {
  cudaStream_t stream, other;
  cudaEvent_t fork, join;
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  auto pause = [](void*) { usleep(5000); };
  check(cudaStreamCreate(&stream));
  check(cudaStreamCreate(&other));
  check(cudaEventCreate(&fork));
  check(cudaEventCreate(&join));
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  check(cudaEventRecord(fork, stream));
  check(cudaStreamWaitEvent(other, fork, 0));
  check(cudaLaunchHostFunc(stream, pause, nullptr));
  check(cudaLaunchHostFunc(other, pause, nullptr));
  check(cudaEventRecord(join, other));
  check(cudaStreamWaitEvent(stream, join, 0));
  nothing<<<1, 1, 0, stream>>>();
  check(cudaStreamEndCapture(stream, &graph));
  check(cudaGraphInstantiate(&exec, graph, 0));
  for (int i = 0; i < 3; ++i)
    check(cudaGraphLaunch(exec, stream));
  check(cudaStreamSynchronize(stream));
}

static void many(int count) {
  nothing<<<1, 1>>>();
  check(cudaDeviceSynchronize());
  for (int i = 0; i < count; ++i)
    nothing<<<1, 1>>>();
  check(cudaDeviceSynchronize());
}

static void everything() {
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([] {
      cudaStream_t stream;
      check(cudaStreamCreate(&stream));
      work(stream);
      check(cudaStreamDestroy(stream));
    });
  for (std::thread& thread : threads)
    thread.join();
  cudaStream_t stream;
  check(cudaStreamCreate(&stream));
  graph(stream);
  check(cudaStreamDestroy(stream));
  many(2000); // more than a thread's buffer holds
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (!strcmp(mode, "branches")) {
    branches();
    return failures;
  }
  if (!strcmp(mode, "fork")) { // both use CUDA, the child after the fork
    pid_t child = fork();
    work(nullptr);
    if (child == 0)
      return failures;
    int status = 0;
    waitpid(child, &status, 0);
    return failures || status;
  }
  if (!strcmp(mode, "range")) {
    many(10);
    check(cudaProfilerStart());
    inRange<<<1, 1>>>();
    check(cudaDeviceSynchronize());
    check(cudaProfilerStop());
    many(10);
    return failures;
  }
  if (!strcmp(mode, "many")) {
    many(argc > 2 ? atoi(argv[2]) : 1000);
    return failures;
  }
  everything();
  if (!strcmp(mode, "abort"))
    abort();
  if (!strcmp(mode, "kill")) {
    usleep(300000);
    raise(SIGKILL);
  }
  std::puts("done");
  return failures;
}
