// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Thread block clusters and tensor maps from source: a histogram whose bins are spread over the
// shared memory of a cluster, and a matrix transposed through swizzled tiles that tensor copies
// bring and take. Clang 19 has no builtins for these; the instructions are written as they are.
#include <cstdio>
#include <cuda.h>
#include <cuda_runtime.h>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    if (auto error = (call)) {                                                                     \
      printf("%s: error %d\n", #call, int(error));                                                 \
      return 1;                                                                                    \
    }                                                                                              \
  } while (0)

constexpr int kBins = 512, kValues = 40000;

__device__ unsigned sharedAddress(const void* p) {
  return unsigned(__cvta_generic_to_shared(p));
}
__device__ void clusterBarrier() {
  asm volatile("barrier.cluster.arrive.release.aligned;\n"
               "barrier.cluster.wait.acquire.aligned;" ::
                   : "memory");
}
__device__ unsigned clusterRank() {
  unsigned rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}

// Each block of the cluster has kBins / blocks bins in its shared memory.
__global__ void histogram(const int* values, int* bins, int blocks) {
  extern __shared__ int own[];
  int each = kBins / blocks;
  for (int i = threadIdx.x; i < each; i += blockDim.x)
    own[i] = 0;
  clusterBarrier();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < kValues; i += gridDim.x * blockDim.x) {
    unsigned local = sharedAddress(own + values[i] % each), remote;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(remote) : "r"(local), "r"(values[i] / each));
    asm volatile("red.relaxed.cluster.shared::cluster.add.u32 [%0], 1;" ::"r"(remote) : "memory");
  }
  clusterBarrier();
  for (int i = threadIdx.x; i < each; i += blockDim.x)
    atomicAdd(&bins[int(clusterRank()) * each + i], own[i]);
}

constexpr int kTile = 32, kSize = 96;

// A 128-byte swizzle: the 16-byte piece p of row r lies at p ^ (r % 8).
__device__ float& swizzled(float* tile, int row, int column) {
  int piece = column / 4 ^ row % 8;
  return tile[row * kTile + piece * 4 + column % 4];
}

__global__ void transpose(const __grid_constant__ CUtensorMap from,
                          const __grid_constant__ CUtensorMap to) {
  alignas(1024) __shared__ float in[kTile * kTile];
  alignas(1024) __shared__ float out[kTile * kTile];
  alignas(8) __shared__ unsigned long long bar;
  unsigned b = sharedAddress(&bar);
  int x = blockIdx.x * kTile, y = blockIdx.y * kTile;
  if (threadIdx.x == 0) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(b) : "memory");
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(b),
                 "r"(unsigned(sizeof in))
                 : "memory");
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
                 "[%0], [%1, {%2, %3}], [%4];" ::"r"(sharedAddress(in)),
                 "l"(&from), "r"(x), "r"(y), "r"(b)
                 : "memory");
  }
  __syncthreads();
  int done = 0;
  while (!done)
    asm volatile("{ .reg .pred p;\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], 0;\n"
                 "selp.b32 %0, 1, 0, p; }"
                 : "=r"(done)
                 : "r"(b)
                 : "memory");
  for (int i = threadIdx.x; i < kTile * kTile; i += blockDim.x)
    swizzled(out, i % kTile, i / kTile) = swizzled(in, i / kTile, i % kTile);
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncthreads();
  if (threadIdx.x == 0) {
    asm volatile(
        "cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%0, {%1, %2}], [%3];\n"
        "cp.async.bulk.commit_group;\n"
        "cp.async.bulk.wait_group 0;" ::"l"(&to),
        "r"(y), "r"(x), "r"(sharedAddress(out))
        : "memory");
  }
}

int testHistogram() {
  std::vector<int> values(kValues), expected(kBins), bins(kBins);
  for (int i = 0; i < kValues; i++)
    expected[values[i] = int(unsigned(i) * 2654435761u >> 23)]++;
  int *d = nullptr, *result = nullptr;
  CHECK(cudaMalloc(&d, kValues * sizeof(int)));
  CHECK(cudaMalloc(&result, kBins * sizeof(int)));
  CHECK(cudaMemcpy(d, values.data(), kValues * sizeof(int), cudaMemcpyHostToDevice));
  for (int blocks : {1, 2, 4, 8}) {
    CHECK(cudaMemset(result, 0, kBins * sizeof(int)));
    cudaLaunchAttribute attribute = {};
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = unsigned(blocks);
    attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(16);
    config.blockDim = dim3(96);
    config.dynamicSmemBytes = kBins / blocks * sizeof(int);
    config.attrs = &attribute;
    config.numAttrs = 1;
    const int* in = d;
    void* args[] = {&in, &result, &blocks};
    CHECK(cudaLaunchKernelExC(&config, reinterpret_cast<const void*>(histogram), args));
    CHECK(cudaMemcpy(bins.data(), result, kBins * sizeof(int), cudaMemcpyDeviceToHost));
    printf("histogram over %d blocks: %s\n", blocks, bins == expected ? "ok" : "wrong");
  }
  return 0;
}

using Encode = CUresult (*)(CUtensorMap*, CUtensorMapDataType, cuuint32_t, void*, const cuuint64_t*,
                            const cuuint64_t*, const cuuint32_t*, const cuuint32_t*,
                            CUtensorMapInterleave, CUtensorMapSwizzle, CUtensorMapL2promotion,
                            CUtensorMapFloatOOBfill);

int testTranspose() {
  void* entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault,
                                         &found));
  auto encode = reinterpret_cast<Encode>(entry);
  std::vector<float> matrix(kSize * kSize), result(kSize * kSize);
  for (int i = 0; i < kSize * kSize; i++)
    matrix[size_t(i)] = float(i);
  float *from = nullptr, *to = nullptr;
  size_t bytes = matrix.size() * sizeof(float);
  CHECK(cudaMalloc(&from, bytes));
  CHECK(cudaMalloc(&to, bytes));
  CHECK(cudaMemcpy(from, matrix.data(), bytes, cudaMemcpyHostToDevice));
  CUtensorMap maps[2];
  cuuint64_t sizes[2] = {kSize, kSize}, stride = kSize * sizeof(float);
  cuuint32_t box[2] = {kTile, kTile}, steps[2] = {1, 1};
  for (int i = 0; i < 2; i++)
    CHECK(encode(&maps[i], CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 2, i ? to : from, sizes, &stride, box,
                 steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                 CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE));
  transpose<<<dim3(kSize / kTile, kSize / kTile), 128>>>(maps[0], maps[1]);
  CHECK(cudaMemcpy(result.data(), to, bytes, cudaMemcpyDeviceToHost));
  int wrong = 0;
  for (int i = 0; i < kSize; i++)
    for (int j = 0; j < kSize; j++)
      wrong += result[size_t(i * kSize + j)] != matrix[size_t(j * kSize + i)];
  printf("transposed by tensor copies: %d wrong\n", wrong);
  return 0;
}

int main() {
  return testHistogram() || testTranspose();
}
