// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The benchmarks as CUDA programs: bench_cuda NAME. Built by aw-cc and, unchanged, by nvcc; plain
// kernels as people write them, with shared memory and shuffles where a GPU wants them.
#include "problems.h"

#include <cstdlib>
#include <cuda_runtime.h>

#ifndef VARIANT
#define VARIANT "cuda"
#endif

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));         \
      std::exit(2);                                                                                \
    }                                                                                              \
  } while (0)

using namespace bench;

template <class T> struct DeviceArray {
  T* data = nullptr;
  size_t n;
  explicit DeviceArray(size_t n) : n(n) { CHECK(cudaMalloc(&data, n * sizeof(T))); }
  explicit DeviceArray(const std::vector<T>& host) : DeviceArray(host.size()) {
    CHECK(cudaMemcpy(data, host.data(), n * sizeof(T), cudaMemcpyHostToDevice));
  }
  ~DeviceArray() { cudaFree(data); }
  std::vector<T> host() const {
    std::vector<T> out(n);
    CHECK(cudaMemcpy(out.data(), data, n * sizeof(T), cudaMemcpyDeviceToHost));
    return out;
  }
};

template <class F> static double timed(F launch) {
  return fastest([&] {
    launch();
    CHECK(cudaGetLastError());
    CHECK(cudaDeviceSynchronize());
  });
}

__global__ void saxpyKernel(int n, float a, const float* x, float* y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}

static int saxpy() {
  auto hostX = randoms(kSaxpyN, -1, 1);
  DeviceArray<float> x(hostX), y(std::vector<float>(kSaxpyN, 1.0f));
  int runs = 0;
  double seconds =
      timed([&] { saxpyKernel<<<kSaxpyN / 256, 256>>>(kSaxpyN, kSaxpyA, x.data, y.data), ++runs; });
  double worst = 0;
  auto result = y.host();
  for (size_t i = 0; i < kSaxpyN; i += stride(kSaxpyN))
    worst = std::fmax(worst, std::fabs(result[i] - (1 + double(kSaxpyA) * hostX[i] * runs)));
  return report("saxpy", VARIANT, seconds, worst, 1e-4);
}

// Abramowitz and Stegun 26.2.17
__device__ inline float normal(float d) {
  float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
  float tail =
      0.39894228f * __expf(-0.5f * d * d) *
      (k * (0.31938153f +
            k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
  return d > 0 ? 1.0f - tail : tail;
}
__global__ void blackScholesKernel(int n, const float* price, const float* strike,
                                   const float* years, float* call, float* put) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float s = price[i], x = strike[i], t = years[i];
  float root = kVolatility * sqrtf(t);
  float d1 = (logf(s / x) + (kRate + 0.5f * kVolatility * kVolatility) * t) / root, d2 = d1 - root;
  float n1 = normal(d1), n2 = normal(d2), discounted = x * expf(-kRate * t);
  call[i] = s * n1 - discounted * n2;
  put[i] = discounted * (1.0f - n2) - s * (1.0f - n1);
}

static int blackScholes() {
  auto hostPrice = randoms(kOptions, 5, 30, 1), hostStrike = randoms(kOptions, 1, 100, 2),
       hostYears = randoms(kOptions, 0.25f, 10, 3);
  DeviceArray<float> price(hostPrice), strike(hostStrike), years(hostYears), call(kOptions),
      put(kOptions);
  double seconds = timed([&] {
    blackScholesKernel<<<kOptions / 128, 128>>>(kOptions, price.data, strike.data, years.data,
                                                call.data, put.data);
  });
  double error = checkOptions(hostPrice.data(), hostStrike.data(), hostYears.data(),
                              call.host().data(), put.host().data());
  return report("black_scholes", VARIANT, seconds, error, 1e-4);
}

__global__ void nbodyKernel(int n, const float4* positions, float4* accelerations) {
  __shared__ float4 tile[256];
  int i = blockIdx.x * 256 + threadIdx.x;
  float4 me = positions[i];
  float ax = 0, ay = 0, az = 0;
  for (int first = 0; first < n; first += 256) {
    tile[threadIdx.x] = positions[first + threadIdx.x];
    __syncthreads();
#pragma unroll 8
    for (int j = 0; j < 256; ++j) {
      float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
      float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + kSoftening);
      float pull = tile[j].w * inverse * inverse * inverse;
      ax += dx * pull, ay += dy * pull, az += dz * pull;
    }
    __syncthreads();
  }
  accelerations[i] = make_float4(ax, ay, az, 0);
}

static int nbody() {
  auto hostP = bodies();
  DeviceArray<float> p(hostP), a(4 * kBodies);
  double seconds = timed([&] {
    nbodyKernel<<<kBodies / 256, 256>>>(kBodies, (const float4*)p.data, (float4*)a.data);
  });
  return report("nbody", VARIANT, seconds, checkBodies(hostP.data(), a.host().data()), 1e-3);
}

// 16 x 16 threads, each 4 x 4 results of a 64 x 64 block; tiles of 16 along the inner dimension.
__global__ void sgemmKernel(const float* a, const float* b, float* c) {
  __shared__ float tileA[16][64], tileB[16][64]; // tileA transposed
  int tx = threadIdx.x, ty = threadIdx.y, t = ty * 16 + tx;
  int row0 = blockIdx.y * 64, column0 = blockIdx.x * 64;
  float sum[4][4] = {};
  for (int k0 = 0; k0 < kMatrix; k0 += 16) {
    for (int i = t; i < 1024; i += 256) {
      tileA[i % 16][i / 16] = a[(row0 + i / 16) * kMatrix + k0 + i % 16];
      tileB[i / 64][i % 64] = b[(k0 + i / 64) * kMatrix + column0 + i % 64];
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < 16; ++k) {
      float x[4], y[4];
      for (int i = 0; i < 4; ++i)
        x[i] = tileA[k][ty + 16 * i], y[i] = tileB[k][tx + 16 * i];
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
          sum[i][j] += x[i] * y[j];
    }
    __syncthreads();
  }
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      c[(row0 + ty + 16 * i) * kMatrix + column0 + tx + 16 * j] = sum[i][j];
}

static int sgemm() {
  auto hostA = randoms(kMatrix * kMatrix, -1, 1, 1), hostB = randoms(kMatrix * kMatrix, -1, 1, 2);
  DeviceArray<float> a(hostA), b(hostB), c(kMatrix * kMatrix);
  double seconds = timed([&] {
    sgemmKernel<<<dim3(kMatrix / 64, kMatrix / 64), dim3(16, 16)>>>(a.data, b.data, c.data);
  });
  return report("sgemm", VARIANT, seconds, checkMatrix(hostA.data(), hostB.data(), c.host().data()),
                1e-3);
}

__global__ void reduceKernel(const float* values, int n, float* blockSums) {
  __shared__ float warpSums[8];
  float sum = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    sum += values[i];
  for (int offset = 16; offset > 0; offset /= 2)
    sum += __shfl_down_sync(0xffffffffu, sum, offset);
  if (threadIdx.x % 32 == 0)
    warpSums[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x < 32) {
    sum = threadIdx.x < blockDim.x / 32 ? warpSums[threadIdx.x] : 0;
    for (int offset = 4; offset > 0; offset /= 2)
      sum += __shfl_down_sync(0xffffffffu, sum, offset);
    if (threadIdx.x == 0)
      blockSums[blockIdx.x] = sum;
  }
}

static int reduction() {
  const int blocks = 256;
  auto hostValues = randoms(kReduceN, 0, 1);
  DeviceArray<float> values(hostValues), sums(blocks);
  double seconds = timed([&] { reduceKernel<<<blocks, 256>>>(values.data, kReduceN, sums.data); });
  double sum = 0;
  for (float s : sums.host())
    sum += s;
  return report("reduction", VARIANT, seconds, checkSum(hostValues, sum), 1e-4);
}

__global__ void mandelbrotKernel(int* counts) {
  int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  float cx = -2.0f + 3.0f * column / kImage, cy = -1.5f + 3.0f * row / kImage, x = 0, y = 0;
  int n = 0;
  for (; n < kIterations && x * x + y * y <= 4; ++n) {
    float t = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = t;
  }
  counts[row * kImage + column] = n;
}

static int mandelbrot() {
  DeviceArray<int> counts(kImage * kImage);
  double seconds =
      timed([&] { mandelbrotKernel<<<dim3(kImage / 32, kImage / 8), dim3(32, 8)>>>(counts.data); });
  return report("mandelbrot", VARIANT, seconds, checkImage(counts.host().data()), kImageAllowed);
}

__global__ void emptyKernel() {}

static int empty() {
  double seconds = timed([] { emptyKernel<<<1, 32>>>(); });
  return report("empty_launch", VARIANT, seconds, 0, 0);
}

// A node of a chain of empty kernels.
static int graphLaunch() {
  const int nodes = 1000;
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  cudaStream_t stream;
  CHECK(cudaStreamCreate(&stream));
  CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  for (int i = 0; i < nodes; ++i)
    emptyKernel<<<1, 32, 0, stream>>>();
  CHECK(cudaStreamEndCapture(stream, &graph));
  CHECK(cudaGraphInstantiateWithFlags(&exec, graph, 0));
  double seconds = timed([&] { CHECK(cudaGraphLaunch(exec, stream)); });
  return report("graph_launch", VARIANT, seconds / nodes, 0, 0);
}

#define BENCH_GRAPHS
#include "main.h"
