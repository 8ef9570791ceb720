// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// grid_group and multi_grid_group as the headers have them before CUDA 13: a reduction over a grid,
// and one over the grids of two devices.
#include <cooperative_groups.h>
#include <cstdio>
#include <cstdlib>
#include <cuda.h>

namespace cg = cooperative_groups;

#define CHECK(call)                                                                                \
  do {                                                                                             \
    if (int error_ = int(call)) {                                                                  \
      std::printf("%s:%d: error %d\n", __FILE__, __LINE__, error_);                                \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

// partial[r] = r + 1 for all threads, then out[r] = their sum.
__global__ void sumOfGrid(unsigned* partial, unsigned* out) {
  cg::grid_group grid = cg::this_grid();
  unsigned rank = unsigned(grid.thread_rank());
  partial[rank] = rank + 1;
  grid.sync();
  unsigned sum = 0;
  for (unsigned i = 0; i < grid.size(); i++)
    sum += partial[i];
  out[rank] = grid.is_valid() && grid.num_blocks() == gridDim.x ? sum : 0;
}

__global__ void sumOfDevices(unsigned* partial, unsigned* out) {
  cg::multi_grid_group all = cg::this_multi_grid();
  unsigned rank = all.thread_rank();
  partial[rank] = rank + 1;
  cg::sync(all);
  unsigned sum = 0;
  for (unsigned i = 0; i < all.size(); i++)
    sum += partial[i];
  out[rank] = sum + 1000000 * all.grid_rank() + 10000000 * all.num_grids();
}

constexpr unsigned kBlocks = 3, kThreads = 40, kGrid = kBlocks * kThreads;

int main() {
  unsigned *partial = nullptr, *out = nullptr;
  CHECK(cudaMallocManaged(&partial, 2 * kGrid * sizeof(unsigned)));
  CHECK(cudaMallocManaged(&out, 2 * kGrid * sizeof(unsigned)));
  void* arguments[] = {&partial, &out};
  CHECK(cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(sumOfGrid), dim3(kBlocks),
                                    dim3(kThreads), arguments, 0, nullptr));
  CHECK(cudaDeviceSynchronize());
  unsigned wrong = 0;
  for (unsigned i = 0; i < kGrid; i++)
    wrong += out[i] != kGrid * (kGrid + 1) / 2;
  std::printf("grid: %u wrong\n", wrong);

  CUDA_LAUNCH_PARAMS list[2] = {};
  cudaStream_t streams[2];
  for (int device = 0; device < 2; device++) {
    CHECK(cudaSetDevice(device));
    CHECK(cudaStreamCreate(&streams[device]));
    cudaFunction_t function;
    CHECK(cudaGetFuncBySymbol(&function, reinterpret_cast<const void*>(sumOfDevices)));
    list[device] = {reinterpret_cast<CUfunction>(function),
                    kBlocks,
                    1,
                    1,
                    kThreads,
                    1,
                    1,
                    0,
                    streams[device],
                    arguments};
  }
  CHECK(cuLaunchCooperativeKernelMultiDevice(list, 2, 0));
  for (int device = 0; device < 2; device++)
    CHECK(cudaStreamSynchronize(streams[device]));
  wrong = 0;
  for (unsigned i = 0; i < 2 * kGrid; i++)
    wrong += out[i] != 2 * kGrid * (2 * kGrid + 1) / 2 + 1000000 * (i / kGrid) + 20000000;
  std::printf("devices: %u wrong\n", wrong);
}
