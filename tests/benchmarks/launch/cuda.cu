// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::launch;

__global__ void emptyKernel() {}

static Accuracy nothing() {
  return {};
}

static int async(const char* name) {
  return measureLaunch(
      name,
      [] {
        for (int i = 0; i < kLaunches; ++i)
          emptyKernel<<<1, 32>>>();
      },
      nothing, kLaunches);
}
static int sync(const char* name) {
  return measureLaunch(name, [] { emptyKernel<<<1, 32>>>(); }, nothing);
}
static int blocks(const char* name) {
  return measureLaunch(name, [] { emptyKernel<<<kBlocks, 256>>>(); }, nothing);
}
// A node of a chain of empty kernels.
static int graph(const char* name) {
  cudaStream_t stream;
  cudaGraph_t captured;
  cudaGraphExec_t exec;
  CHECK(cudaStreamCreate(&stream));
  CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  for (int i = 0; i < kLaunches; ++i)
    emptyKernel<<<1, 32, 0, stream>>>();
  CHECK(cudaStreamEndCapture(stream, &captured));
  CHECK(cudaGraphInstantiateWithFlags(&exec, captured, 0));
  return measureLaunch(name, [&] { CHECK(cudaGraphLaunch(exec, stream)); }, nothing, kLaunches);
}
BENCHMARK("launch_async", async);
BENCHMARK("launch_graph_node", graph);
BENCHMARK("launch_sync", sync);
BENCHMARK("launch_1000_blocks", blocks);
