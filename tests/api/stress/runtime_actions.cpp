// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"

#include <algorithm>
#include <cstring>

namespace stress {
namespace {

cudaStream_t someStream(Worker& w) {
  return w.shared.streams[w.below(uint32_t(w.shared.streams.size()))];
}

void memory(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  size_t bytes = 1 + w.below(w.below(30) ? 5000 : 3000000);
  char *a = nullptr, *b = nullptr;
  STRESS_OK(cudaMalloc(reinterpret_cast<void**>(&a), bytes));
  STRESS_OK(cudaMalloc(reinterpret_cast<void**>(&b), bytes));
  std::vector<char> out(bytes), back(bytes);
  for (size_t i = 0; i < bytes; i += 97)
    out[i] = char(i);
  STRESS_OK(cudaMemcpy(a, out.data(), bytes, cudaMemcpyHostToDevice));
  STRESS_OK(cudaMemcpy(b, a, bytes, cudaMemcpyDeviceToDevice));
  STRESS_OK(cudaMemcpy(back.data(), b, bytes, cudaMemcpyDefault));
  STRESS_TRUE(out == back);
  cudaPointerAttributes attributes;
  STRESS_OK(cudaPointerGetAttributes(&attributes, a));
  STRESS_TRUE(attributes.type == cudaMemoryTypeDevice);
  STRESS_OK(cudaFree(a));
  STRESS_OK(cudaFree(b));
}

void asynchronous(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  cudaStream_t stream = someStream(w);
  char *host = nullptr, *device = nullptr;
  size_t bytes = 1 + w.below(100000);
  STRESS_OK(cudaMallocHost(reinterpret_cast<void**>(&host), bytes));
  STRESS_OK(cudaMallocAsync(reinterpret_cast<void**>(&device), bytes, stream));
  std::memset(host, 5, bytes);
  STRESS_OK(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream));
  STRESS_OK(cudaMemsetAsync(device, 6, bytes / 2, stream));
  STRESS_OK(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream));
  STRESS_OK(cudaFreeAsync(device, stream));
  STRESS_OK(cudaStreamSynchronize(stream));
  STRESS_TRUE(std::all_of(host, host + bytes / 2, [](char c) { return c == 6; }));
  STRESS_TRUE(std::all_of(host + bytes / 2, host + bytes, [](char c) { return c == 5; }));
  STRESS_OK(cudaFreeHost(host));
}

void managed(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  int* p = nullptr;
  int count = 1 + int(w.below(2000));
  STRESS_OK(cudaMallocManaged(reinterpret_cast<void**>(&p), size_t(count) * 4));
  std::fill_n(p, count, 10);
  void* args[] = {&p, &count};
  cudaStream_t stream = someStream(w);
  STRESS_OK(cudaLaunchKernel(w.shared.kernel, dim3(unsigned(count + 31) / 32), dim3(32), args, 0,
                             stream));
  STRESS_OK(cudaStreamSynchronize(stream));
  STRESS_TRUE(std::all_of(p, p + count, [](int v) { return v == 11; }));
  STRESS_OK(cudaFree(p));
}

void sharedStreams(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  cudaStream_t a = someStream(w), b = someStream(w);
  cudaEvent_t event = w.shared.events[w.below(uint32_t(w.shared.events.size()))];
  STRESS_OK(cudaEventRecord(event, a));
  STRESS_OK(cudaStreamWaitEvent(b, event, 0));
  std::atomic<bool> ran{false};
  STRESS_OK(cudaLaunchHostFunc(
      b, [](void* data) { static_cast<std::atomic<bool>*>(data)->store(true); }, &ran));
  cudaError_t state = cudaStreamQuery(a);
  STRESS_TRUE(state == cudaSuccess || state == cudaErrorNotReady);
  state = cudaEventQuery(event);
  STRESS_TRUE(state == cudaSuccess || state == cudaErrorNotReady);
  STRESS_OK(cudaStreamSynchronize(b));
  STRESS_TRUE(ran);
}

void callbacks(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  cudaStream_t stream;
  STRESS_OK(cudaStreamCreateWithPriority(&stream, cudaStreamNonBlocking, -1));
  std::atomic<int> count{0};
  for (int i = 0; i < 5; ++i)
    STRESS_OK(cudaStreamAddCallback(
        stream,
        [](cudaStream_t, cudaError_t error, void* data) {
          static_cast<std::atomic<int>*>(data)->fetch_add(error == cudaSuccess ? 1 : 100);
        },
        &count, 0));
  STRESS_OK(cudaStreamSynchronize(stream));
  STRESS_TRUE(count == 5);
  STRESS_OK(cudaStreamDestroy(stream));
}

void pitched(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  size_t width = 1 + w.below(300), height = 1 + w.below(30), pitch = 0;
  char* p = nullptr;
  STRESS_OK(cudaMallocPitch(reinterpret_cast<void**>(&p), &pitch, width, height));
  std::vector<char> out(width * height, 3), back(width * height);
  STRESS_OK(cudaMemset2D(p, pitch, 1, width, height));
  STRESS_OK(cudaMemcpy2D(p, pitch, out.data(), width, width, height, cudaMemcpyHostToDevice));
  STRESS_OK(cudaMemcpy2D(back.data(), width, p, pitch, width, height, cudaMemcpyDeviceToHost));
  STRESS_TRUE(out == back);
  STRESS_OK(cudaFree(p));
}

void errors(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  STRESS_TRUE(cudaSetDevice(77) == cudaErrorInvalidDevice);
  STRESS_TRUE(cudaPeekAtLastError() == cudaErrorInvalidDevice);
  STRESS_TRUE(cudaGetLastError() == cudaErrorInvalidDevice);
  STRESS_OK(cudaGetLastError());
  int local = 0;
  STRESS_TRUE(cudaLaunchKernel(&local, dim3(1), dim3(1), nullptr, 0, nullptr) ==
              cudaErrorInvalidDeviceFunction);
  (void)cudaGetLastError();
}

void device(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  int value = 0;
  cudaDeviceProp properties;
  size_t bytes = 0;
  STRESS_OK(cudaGetDevice(&value));
  STRESS_OK(cudaGetDeviceProperties(&properties, 0));
  STRESS_OK(cudaDeviceGetAttribute(&value, cudaDevAttrMaxThreadsPerBlock, 0));
  STRESS_TRUE(value == properties.maxThreadsPerBlock);
  STRESS_OK(cudaMemGetInfo(&bytes, &bytes));
  if (w.below(4) == 0) {
    std::unique_lock noCapture(w.shared.captures);
    STRESS_OK(cudaDeviceSynchronize());
  }
}

void arrays(Worker& w) {
  STRESS_OK(cudaSetDevice(0));
  cudaChannelFormatDesc desc = {32, 0, 0, 0, cudaChannelFormatKindFloat};
  cudaArray_t array = nullptr;
  size_t width = 1 + w.below(60), height = 1 + w.below(60);
  STRESS_OK(cudaMallocArray(&array, &desc, width, height, 0));
  std::vector<float> out(width * height, 1.5f), back(width * height);
  STRESS_OK(cudaMemcpy2DToArray(array, 0, 0, out.data(), width * 4, width * 4, height,
                                cudaMemcpyHostToDevice));
  STRESS_OK(cudaMemcpy2DFromArray(back.data(), width * 4, array, 0, 0, width * 4, height,
                                  cudaMemcpyDeviceToHost));
  STRESS_TRUE(out == back);
  STRESS_OK(cudaFreeArray(array));
}

} // namespace

const std::vector<Action>& runtimeActions() {
  static const std::vector<Action> list = {memory,  asynchronous, managed, sharedStreams, callbacks,
                                           pitched, errors,       device,  arrays};
  return list;
}

} // namespace stress
