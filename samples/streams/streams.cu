// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Work in pieces on four streams: copy in, two kernels and copy out overlap between the pieces,
// order holds within one. An event makes the last stream wait for all others, and its elapsed time
// is a time.
#include "../common.h"

#include <cmath>

constexpr int kStreams = 4, kPiece = 100000;

__global__ void square(int n, float* values) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    values[i] = values[i] * values[i];
}

__global__ void addOne(int n, float* values) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    values[i] += 1.0f;
}

__global__ void sumPieces(const float* values, float* result) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < kPiece) {
    float sum = 0;
    for (int piece = 0; piece < kStreams; ++piece)
      sum += values[piece * kPiece + i];
    result[i] = sum;
  }
}

int main() {
  const int n = kStreams * kPiece, block = 256, grid = (kPiece + block - 1) / block;
  float *values, *result, *device, *deviceResult;
  CHECK(cudaMallocHost(&values, n * sizeof(float))); // pinned: asynchronous copies want it
  CHECK(cudaMallocHost(&result, kPiece * sizeof(float)));
  CHECK(cudaMalloc(&device, n * sizeof(float)));
  CHECK(cudaMalloc(&deviceResult, kPiece * sizeof(float)));
  for (int i = 0; i < n; ++i)
    values[i] = float(i % 100);

  cudaStream_t streams[kStreams];
  cudaEvent_t done[kStreams], start, stop;
  CHECK(cudaEventCreate(&start));
  CHECK(cudaEventCreate(&stop));
  CHECK(cudaEventRecord(start));
  for (int s = 0; s < kStreams; ++s) {
    CHECK(cudaStreamCreate(&streams[s]));
    CHECK(cudaEventCreateWithFlags(&done[s], cudaEventDisableTiming));
    float* piece = device + s * kPiece;
    CHECK(cudaMemcpyAsync(piece, values + s * kPiece, kPiece * sizeof(float),
                          cudaMemcpyHostToDevice, streams[s]));
    square<<<grid, block, 0, streams[s]>>>(kPiece, piece);
    addOne<<<grid, block, 0, streams[s]>>>(kPiece, piece);
    CHECK(cudaEventRecord(done[s], streams[s]));
  }
  cudaStream_t last = streams[kStreams - 1];
  for (cudaEvent_t event : done)
    CHECK(cudaStreamWaitEvent(last, event, 0));
  sumPieces<<<grid, block, 0, last>>>(device, deviceResult);
  CHECK(cudaGetLastError());
  CHECK(
      cudaMemcpyAsync(result, deviceResult, kPiece * sizeof(float), cudaMemcpyDeviceToHost, last));
  CHECK(cudaEventRecord(stop, last));
  CHECK(cudaEventSynchronize(stop));

  float milliseconds = -1;
  CHECK(cudaEventElapsedTime(&milliseconds, start, stop));
  double largest = milliseconds >= 0 ? 0 : INFINITY;
  for (int i = 0; i < kPiece; ++i) {
    double expected = 0;
    for (int s = 0; s < kStreams; ++s)
      expected += double(values[s * kPiece + i]) * values[s * kPiece + i] + 1;
    largest = std::fmax(largest, std::fabs(result[i] - expected));
  }
  std::printf("streams: %d pieces of %d, result[99] = %g\n", kStreams, kPiece, result[99]);
  for (int s = 0; s < kStreams; ++s) {
    CHECK(cudaEventDestroy(done[s]));
    CHECK(cudaStreamDestroy(streams[s]));
  }
  CHECK(cudaEventDestroy(start));
  CHECK(cudaEventDestroy(stop));
  CHECK(cudaFreeHost(values));
  CHECK(cudaFreeHost(result));
  CHECK(cudaFree(device));
  CHECK(cudaFree(deviceResult));
  return verdict(largest, 0);
}
