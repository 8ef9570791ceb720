// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What calls of the API cost: launches, waits, allocations, copies, events. Against libcuda and
// libcudart as programs use them; a memcpy of the C library stands beside the copies.
//   build/release/benchmarks/api_bench [--benchmark_filter=...]
#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <vector>

namespace {

void must(int code, const char* what) {
  if (code == 0)
    return;
  fprintf(stderr, "%s gave %d\n", what, code);
  exit(1);
}
#define MUST(call) must(int(call), #call)

// A kernel that does nothing, and a stub address that stands for it.
struct Setup {
  CUlibrary library = nullptr;
  CUkernel kernel = nullptr;
  CUfunction function = nullptr;
  cudaStream_t stream = nullptr;
  Setup() {
    MUST(cudaSetDevice(0));
    MUST(cudaFree(nullptr));
    MUST(cuLibraryLoadData(&library,
                           ".version 8.0\n.target sm_70\n.address_size 64\n"
                           ".visible .entry nothing() { ret; }\n",
                           nullptr, nullptr, 0, nullptr, nullptr, 0));
    MUST(cuLibraryGetKernel(&kernel, library, "nothing"));
    MUST(cuKernelGetFunction(&function, kernel));
    MUST(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    MUST(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, nullptr, nullptr));
    MUST(cudaDeviceSynchronize());
  }
};
Setup& setup() {
  static Setup setup;
  return setup;
}

// Batches, as programs have them: the queue never fills up.
void launchAsync(benchmark::State& state) {
  Setup& s = setup();
  constexpr int kBatch = 500;
  for (auto _ : state) {
    for (int i = 0; i < kBatch; ++i)
      MUST(cuLaunchKernel(s.function, 1, 1, 1, 32, 1, 1, 0, s.stream, nullptr, nullptr));
    state.PauseTiming();
    MUST(cudaStreamSynchronize(s.stream));
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(launchAsync)->UseRealTime();

void launchAndSynchronize(benchmark::State& state) {
  Setup& s = setup();
  for (auto _ : state) {
    MUST(cuLaunchKernel(s.function, 1, 1, 1, 32, 1, 1, 0, s.stream, nullptr, nullptr));
    MUST(cudaStreamSynchronize(s.stream));
  }
}
BENCHMARK(launchAndSynchronize)->UseRealTime();

void launchByRuntime(benchmark::State& state) {
  Setup& s = setup();
  for (auto _ : state) {
    MUST(cudaLaunchKernel(s.kernel, dim3(1), dim3(32), nullptr, 0, s.stream));
    MUST(cudaStreamSynchronize(s.stream));
  }
}
BENCHMARK(launchByRuntime)->UseRealTime();

void mallocAndFree(benchmark::State& state) {
  setup();
  size_t bytes = size_t(state.range(0));
  for (auto _ : state) {
    void* p;
    MUST(cudaMalloc(&p, bytes));
    MUST(cudaFree(p));
  }
}
BENCHMARK(mallocAndFree)->Arg(256)->Arg(4096)->Arg(65536)->Arg(1 << 20);

void mallocAsyncAndFree(benchmark::State& state) {
  Setup& s = setup();
  for (auto _ : state) {
    void* p;
    MUST(cudaMallocAsync(&p, size_t(state.range(0)), s.stream));
    MUST(cudaFreeAsync(p, s.stream));
  }
  MUST(cudaStreamSynchronize(s.stream));
}
BENCHMARK(mallocAsyncAndFree)->Arg(4096);

void copyToDevice(benchmark::State& state) {
  setup();
  size_t bytes = size_t(state.range(0));
  std::vector<char> host(bytes, 1);
  void* p;
  MUST(cudaMalloc(&p, bytes));
  for (auto _ : state)
    MUST(cudaMemcpy(p, host.data(), bytes, cudaMemcpyHostToDevice));
  state.SetBytesProcessed(state.iterations() * int64_t(bytes));
  MUST(cudaFree(p));
}
BENCHMARK(copyToDevice)->Range(4, 64 << 20)->UseRealTime();

void copyOfTheHost(benchmark::State& state) {
  size_t bytes = size_t(state.range(0));
  std::vector<char> from(bytes, 1), to(bytes);
  for (auto _ : state) {
    memcpy(to.data(), from.data(), bytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * int64_t(bytes));
}
BENCHMARK(copyOfTheHost)->Range(4, 64 << 20)->UseRealTime();

void eventRecordAndQuery(benchmark::State& state) {
  Setup& s = setup();
  cudaEvent_t event;
  MUST(cudaEventCreate(&event));
  for (auto _ : state) {
    MUST(cudaEventRecord(event, s.stream));
    benchmark::DoNotOptimize(cudaEventQuery(event));
  }
  MUST(cudaEventDestroy(event));
}
BENCHMARK(eventRecordAndQuery);

void streamCreateAndDestroy(benchmark::State& state) {
  setup();
  for (auto _ : state) {
    cudaStream_t stream;
    MUST(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    MUST(cudaStreamDestroy(stream));
  }
}
BENCHMARK(streamCreateAndDestroy);

void getDevice(benchmark::State& state) {
  setup();
  for (auto _ : state) {
    int device;
    MUST(cudaGetDevice(&device));
  }
}
BENCHMARK(getDevice);

// Between two streams of which each waits for the other's value.
void passAValue(benchmark::State& state) {
  Setup& s = setup();
  cudaStream_t other;
  void* word;
  MUST(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
  MUST(cudaMalloc(&word, 8));
  MUST(cudaMemset(word, 0, 8));
  unsigned round = 0;
  for (auto _ : state) {
    ++round;
    MUST(cuStreamWaitValue32(other, CUdeviceptr(word), round, CU_STREAM_WAIT_VALUE_EQ));
    MUST(cuStreamWriteValue32(s.stream, CUdeviceptr(word), round, 0));
    MUST(cudaStreamSynchronize(other));
  }
  MUST(cudaStreamDestroy(other));
  MUST(cudaFree(word));
}
BENCHMARK(passAValue)->UseRealTime();

} // namespace

BENCHMARK_MAIN();
