// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gravity between all pairs of bodies: tiles of positions in dynamic shared memory, rsqrtf, float4
// loads, and a leapfrog step that keeps the total momentum. Compared with the same steps in double
// precision on the host.
#include "../common.h"

#include <cmath>
#include <vector>

constexpr float kSoftening = 0.01f, kStep = 0.001f;

// position.w is the mass.
__global__ void accelerate(int n, const float4* positions, float4* velocities) {
  extern __shared__ float4 tile[];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  float4 me = i < n ? positions[i] : make_float4(0, 0, 0, 0);
  float3 sum = make_float3(0, 0, 0);
  for (int first = 0; first < n; first += blockDim.x) {
    int other = first + threadIdx.x;
    tile[threadIdx.x] = other < n ? positions[other] : make_float4(0, 0, 0, 0); // no mass, no force
    __syncthreads();
    for (int j = 0; j < blockDim.x; ++j) {
      float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
      float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + kSoftening);
      float pull = tile[j].w * inverse * inverse * inverse;
      sum.x += dx * pull;
      sum.y += dy * pull;
      sum.z += dz * pull;
    }
    __syncthreads();
  }
  if (i < n) {
    velocities[i].x += sum.x * kStep;
    velocities[i].y += sum.y * kStep;
    velocities[i].z += sum.z * kStep;
  }
}

__global__ void move(int n, float4* positions, const float4* velocities) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    positions[i].x += velocities[i].x * kStep;
    positions[i].y += velocities[i].y * kStep;
    positions[i].z += velocities[i].z * kStep;
  }
}

int main() {
  const int n = 600, steps = 5, block = 128, grid = (n + block - 1) / block;
  std::vector<float4> positions(n), velocities(n, make_float4(0, 0, 0, 0));
  unsigned state = 42;
  auto random = [&] {
    state = state * 1664525u + 1013904223u;
    return float(state >> 8) / float(1 << 24) - 0.5f;
  };
  for (float4& p : positions) {
    p.x = random(), p.y = random(), p.z = random();
    p.w = 1.0f + random();
  }
  std::vector<double> x(3 * n), v(3 * n, 0.0);
  for (int i = 0; i < n; ++i)
    x[3 * i] = positions[i].x, x[3 * i + 1] = positions[i].y, x[3 * i + 2] = positions[i].z;

  float4 *devicePositions, *deviceVelocities;
  CHECK(cudaMalloc(&devicePositions, n * sizeof(float4)));
  CHECK(cudaMalloc(&deviceVelocities, n * sizeof(float4)));
  CHECK(cudaMemcpy(devicePositions, positions.data(), n * sizeof(float4), cudaMemcpyHostToDevice));
  CHECK(
      cudaMemcpy(deviceVelocities, velocities.data(), n * sizeof(float4), cudaMemcpyHostToDevice));
  for (int step = 0; step < steps; ++step) {
    accelerate<<<grid, block, block * sizeof(float4)>>>(n, devicePositions, deviceVelocities);
    move<<<grid, block>>>(n, devicePositions, deviceVelocities);
  }
  CHECK(cudaGetLastError());
  CHECK(
      cudaMemcpy(velocities.data(), deviceVelocities, n * sizeof(float4), cudaMemcpyDeviceToHost));

  for (int step = 0; step < steps; ++step) {
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        double d[3], r2 = kSoftening;
        for (int k = 0; k < 3; ++k)
          d[k] = x[3 * j + k] - x[3 * i + k], r2 += d[k] * d[k];
        for (int k = 0; k < 3; ++k)
          v[3 * i + k] += kStep * positions[j].w * d[k] / (r2 * std::sqrt(r2));
      }
    for (int i = 0; i < 3 * n; ++i)
      x[i] += kStep * v[i];
  }
  double largest = 0;
  for (int i = 0; i < n; ++i) {
    largest = std::fmax(largest, std::fabs(velocities[i].x - v[3 * i]));
    largest = std::fmax(largest, std::fabs(velocities[i].y - v[3 * i + 1]));
    largest = std::fmax(largest, std::fabs(velocities[i].z - v[3 * i + 2]));
  }
  std::printf("nbody: %d bodies, %d steps\n", n, steps);
  CHECK(cudaFree(devicePositions));
  CHECK(cudaFree(deviceVelocities));
  return verdict(largest, 2e-4);
}
