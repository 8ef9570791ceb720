// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stress_api SECONDS [SEED [THREADS]]: random calls of both APIs from many threads.
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

constexpr const char* kPtx = R"(
.version 8.0
.target sm_70
.address_size 64
.visible .global .align 4 .u32 counter;
.visible .entry add_one(.param .u64 p_data, .param .u32 p_count)
{
  .reg .pred %p;
  .reg .b32 %r<8>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p_data];
  ld.param.u32 %r1, [p_count];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.s32 %p, %r5, %r1;
  @%p bra done;
  cvta.to.global.u64 %rd2, %rd1;
  mul.wide.s32 %rd3, %r5, 4;
  add.s64 %rd2, %rd2, %rd3;
  ld.global.u32 %r6, [%rd2];
  add.s32 %r7, %r6, 1;
  st.global.u32 [%rd2], %r7;
done:
  ret;
}
)";

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
