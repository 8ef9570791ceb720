// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One thread of the stress test: its random numbers and what it shares with the others. Each action
// leaves no work of its own behind and checks what can be known whatever the others do.
#pragma once

#include <atomic>
#include <cstdint>
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <vector>

namespace stress {

// Made before the threads start, used by all of them.
struct Shared {
  CUcontext primary = nullptr;
  CUlibrary library = nullptr;
  CUkernel kernel = nullptr; // add_one(int*, int)
  std::vector<cudaStream_t> streams;
  std::vector<cudaEvent_t> events;
  // Waiting for a whole context is an error while one of its streams is captured.
  std::shared_mutex captures;
  std::atomic<uint64_t> failures{0}, actions{0};
};

class Worker {
public:
  Worker(Shared& shared, unsigned seed) : shared(shared), random_(seed) {}
  Shared& shared;

  uint32_t below(uint32_t n) { return uint32_t(random_() % n); }
  // Says what was wrong, once in a while.
  void fail(const char* file, int line, const char* what, int code);

private:
  std::mt19937 random_;
};

// Both APIs' success is 0.
#define STRESS_OK(call)                                                                            \
  do {                                                                                             \
    if (int stressCode = int(call); stressCode != 0)                                               \
      w.fail(__FILE__, __LINE__, #call, stressCode);                                               \
  } while (0)
#define STRESS_TRUE(condition)                                                                     \
  do {                                                                                             \
    if (!(condition))                                                                              \
      w.fail(__FILE__, __LINE__, #condition, -1);                                                  \
  } while (0)

using Action = void (*)(Worker&);
// The tables of actions: driver_actions.cpp, runtime_actions.cpp.
const std::vector<Action>& driverActions();
const std::vector<Action>& runtimeActions();

} // namespace stress
