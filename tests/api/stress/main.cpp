// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stress_api SECONDS [SEED [THREADS]]: random calls of both APIs from many threads.
#include "../cuda/kernels.h"
#include "worker.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace stress {

void Worker::fail(const char* file, int line, const char* what, int code) {
  if (shared.failures.fetch_add(1) < 20)
    fprintf(stderr, "%s:%d: %s gave %d\n", file, line, what, code);
}

} // namespace stress

namespace {

#define MUST(call)                                                                                 \
  if (int code = int(call); code != 0) {                                                           \
    fprintf(stderr, "%s gave %d\n", #call, code);                                                  \
    return 1;                                                                                      \
  }

} // namespace

int main(int argc, char** argv) {
  setenv("ANYWARP_LOG", "error", 0); // mistakes are part of it
  double seconds = argc > 1 ? atof(argv[1]) : 3;
  unsigned seed = argc > 2 ? unsigned(atoi(argv[2])) : 1;
  unsigned threads = argc > 3 ? unsigned(atoi(argv[3])) : 16;
  stress::Shared shared;
  MUST(cuInit(0));
  MUST(cuDevicePrimaryCtxRetain(&shared.primary, 0));
  MUST(cuCtxSetCurrent(shared.primary));
  MUST(cuLibraryLoadData(&shared.library, kPtx, nullptr, nullptr, 0, nullptr, nullptr, 0));
  MUST(cuLibraryGetKernel(&shared.kernel, shared.library, "add_one"));
  for (unsigned i = 0; i < 4; ++i) {
    cudaStream_t stream;
    cudaEvent_t event;
    MUST(cudaStreamCreateWithFlags(&stream, i % 2 ? cudaStreamNonBlocking : cudaStreamDefault));
    MUST(cudaEventCreate(&event));
    shared.streams.push_back(stream);
    shared.events.push_back(event);
  }
  shared.streams.push_back(nullptr);
  shared.streams.push_back(cudaStreamPerThread);

  std::vector<stress::Action> actions = stress::driverActions();
  actions.insert(actions.end(), stress::runtimeActions().begin(), stress::runtimeActions().end());
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::vector<std::thread> list;
  for (unsigned i = 0; i < threads; ++i)
    list.emplace_back([&, i] {
      stress::Worker worker(shared, seed * 1000 + i);
      while (std::chrono::steady_clock::now() < end) {
        actions[worker.below(uint32_t(actions.size()))](worker);
        shared.actions.fetch_add(1, std::memory_order_relaxed);
      }
    });
  for (std::thread& thread : list)
    thread.join();
  MUST(cudaDeviceSynchronize());
  printf("%llu actions, %llu failures\n", (unsigned long long)shared.actions.load(),
         (unsigned long long)shared.failures.load());
  return shared.failures ? 1 : 0;
}
