// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A kernel of so much code that it starts with quickly made code (ANYWARP_TIER=auto).
//   tiers until LOGFILE   launches until the log says that better code is there, then once more
//   tiers leave MILLIS    launches once and ends that much later, whatever is still being compiled
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

constexpr unsigned kRounds = 110, kThreads = 1000;

// Any function whose rounds are all different.
__host__ __device__ inline unsigned mixed(unsigned seed) {
  unsigned a = seed, b = ~seed;
#pragma clang loop unroll(full)
  for (unsigned i = 0; i < kRounds; i++) {
    unsigned c = (a ^ (b >> (i % 13 + 1))) * (2654435761u + 2 * i);
    float f = float(c >> 20) * float(i + 1) + float(b & 255); // exact, fused or not
    if (c & (1u << (i % 31)))
      b += a + unsigned(f * 0.25f);
    else
      b ^= c;
    a = c + (b << (i % 7 + 1)) + unsigned(f > 2e5f);
  }
  return a ^ b;
}

__global__ void mix(unsigned* out, unsigned salt) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < kThreads)
    out[i] = mixed(i * 17 + salt);
}

static unsigned* deviceOut;

static void launch(unsigned salt) {
  std::vector<unsigned> out(kThreads);
  mix<<<(kThreads + 127) / 128, 128>>>(deviceOut, salt);
  if (cudaMemcpy(out.data(), deviceOut, kThreads * sizeof(unsigned), cudaMemcpyDeviceToHost) !=
      cudaSuccess) {
    printf("error: %s\n", cudaGetErrorString(cudaGetLastError()));
    exit(1);
  }
  for (unsigned i = 0; i < kThreads; i++)
    if (out[i] != mixed(i * 17 + salt)) {
      printf("wrong at %u with salt %u\n", i, salt);
      exit(1);
    }
}

static bool says(const char* file, const char* text) {
  std::ifstream stream(file);
  std::string all((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  return all.find(text) != all.npos;
}

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  if (cudaMalloc(&deviceOut, kThreads * sizeof(unsigned)) != cudaSuccess)
    return 1;
  launch(0);
  printf("started\n");
  fflush(stdout);
  if (!strcmp(argv[1], "leave")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(atoi(argv[2])));
    return 0;
  }
  for (unsigned salt = 1; salt < 8000 && !says(argv[2], "compiled better"); salt++) {
    launch(salt);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (unsigned salt = 5000; salt < 5003; salt++)
    launch(salt);
  printf("ended\n");
}
