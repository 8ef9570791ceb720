// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For the CUDA variants, built by our nvcc and, unchanged, by NVIDIA's.
#pragma once

#include "bench.h"

#include <cstdlib>
#include <cuda_runtime.h>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));         \
      std::exit(2);                                                                                \
    }                                                                                              \
  } while (0)

namespace bench {

template <class T> struct DeviceArray {
  T* data = nullptr;
  size_t n;
  explicit DeviceArray(size_t n) : n(n) { CHECK(cudaMalloc(&data, n * sizeof(T))); }
  explicit DeviceArray(const std::vector<T>& host) : DeviceArray(host.size()) {
    CHECK(cudaMemcpy(data, host.data(), n * sizeof(T), cudaMemcpyHostToDevice));
  }
  DeviceArray(const DeviceArray&) = delete;
  ~DeviceArray() { cudaFree(data); }
  operator T*() const { return data; }
  std::vector<T> host() const {
    std::vector<T> out(n);
    CHECK(cudaMemcpy(out.data(), data, n * sizeof(T), cudaMemcpyDeviceToHost));
    return out;
  }
};

// measure() for launches: each run ends when the device has finished.
template <class Launch, class Check>
int measureLaunch(const char* name, Launch launch, Check check, int repeats = 1) {
  return measure(
      name,
      [&] {
        launch();
        CHECK(cudaGetLastError());
        CHECK(cudaDeviceSynchronize());
      },
      check, repeats);
}

} // namespace bench
