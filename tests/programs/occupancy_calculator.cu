// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuda_occupancy.h against cases worked out from the programming guide's table of compute
// capabilities: blocks per multiprocessor, and which resource ends them.
#include <cstdio>
#include <cuda_occupancy.h>

static cudaOccDeviceProp device(int major, int minor, int threads, size_t shared, size_t optin,
                                size_t reserved) {
  cudaOccDeviceProp p;
  p.computeMajor = major;
  p.computeMinor = minor;
  p.maxThreadsPerBlock = 1024;
  p.maxThreadsPerMultiprocessor = threads;
  p.regsPerBlock = p.regsPerMultiprocessor = 65536;
  p.warpSize = 32;
  p.sharedMemPerBlock = 49152;
  p.sharedMemPerMultiprocessor = shared;
  p.numSms = 10;
  p.sharedMemPerBlockOptin = optin;
  p.reservedSharedMemPerBlock = reserved;
  return p;
}
static cudaOccFuncAttributes kernel(int registers, size_t shared, size_t dynamic = 0) {
  cudaOccFuncAttributes a;
  a.maxThreadsPerBlock = 1024;
  a.numRegs = registers;
  a.sharedSizeBytes = shared;
  a.partitionedGCConfig = PARTITIONED_GC_OFF;
  a.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
  a.maxDynamicSharedSizeBytes = dynamic;
  a.numBlockBarriers = 1;
  return a;
}

static void show(const char* what, const cudaOccDeviceProp& p, const cudaOccFuncAttributes& a,
                 int threads, size_t dynamic) {
  cudaOccDeviceState state;
  cudaOccResult r;
  int error = cudaOccMaxActiveBlocksPerMultiprocessor(&r, &p, &a, &state, threads, dynamic);
  if (error)
    std::printf("%s: error %d\n", what, error);
  else
    std::printf("%s: %d blocks, limits %x\n", what, r.activeBlocksPerMultiprocessor,
                r.limitingFactors);
}

int main() {
  cudaOccDeviceProp h100 = device(9, 0, 2048, 233472, 232448, 1024);
  cudaOccDeviceProp ga102 = device(8, 6, 1536, 102400, 101376, 1024);
  cudaOccDeviceProp t4 = device(7, 5, 1024, 65536, 65536, 0);
  show("9.0, 256 threads", h100, kernel(32, 0), 256, 0);
  show("9.0, 64 threads", h100, kernel(16, 0), 64, 0);
  show("9.0, 32 threads", h100, kernel(16, 0), 32, 0);
  // 40 registers * 32 = 1280 a warp, 12 warps of each scheduler: 48 warps, 6 blocks of 8.
  show("9.0, 40 registers", h100, kernel(40, 0), 256, 0);
  // 255 -> 256 * 32 = 8192 a warp: 8 warps a multiprocessor, and 1024 threads want 32.
  show("9.0, 255 registers, 128 threads", h100, kernel(255, 0), 128, 0);
  show("9.0, 255 registers, 1024 threads", h100, kernel(255, 0), 1024, 0);
  // 48 KiB + 1 KiB of the system: 4 of 49 KiB in 228.
  show("9.0, 48 KiB", h100, kernel(32, 49152), 128, 0);
  show("9.0, 49 KiB without leave", h100, kernel(32, 0), 128, 50176);
  show("9.0, 100 KiB with leave", h100, kernel(32, 0, 102400), 128, 102400);
  show("8.6, 1024 threads", ga102, kernel(32, 0), 1024, 0);
  show("8.6, 32 threads", ga102, kernel(16, 0), 32, 0);
  show("7.5, 1024 threads", t4, kernel(64, 0), 1024, 0);
  // 12300 -> 12544 in units of 256: 5 in 64 KiB.
  show("7.5, 12300 bytes", t4, kernel(32, 12300), 64, 0);
  show("unknown", device(99, 0, 2048, 65536, 65536, 0), kernel(32, 0), 64, 0);
  show("no threads", t4, kernel(32, 0), 0, 0);

  cudaOccDeviceState state;
  cudaOccFuncAttributes heavy = kernel(80, 0);
  int grid = 0, block = 0;
  // 80 registers: 2560 a warp, 6 warps of each scheduler, 24 warps: 768 threads are the most.
  cudaOccMaxPotentialOccupancyBlockSize(&grid, &block, &h100, &heavy, &state, nullptr, 0);
  std::printf("80 registers: %d blocks of %d\n", grid, block);
  cudaOccFuncAttributes light = kernel(32, 0, 232448);
  cudaOccMaxPotentialOccupancyBlockSizeVariableSMem(&grid, &block, &h100, &light, &state,
                                                    [](int size) { return size * 100; });
  std::printf("100 bytes a thread: %d blocks of %d\n", grid, block);
  size_t bytes = 0;
  cudaOccAvailableDynamicSMemPerBlock(&bytes, &h100, &light, &state, 4, 128);
  std::printf("a quarter: %zu bytes\n", bytes);
  return 0;
}
