// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For the tests of the errors that the manuals name for each function: one line for a pair of
// function and error. error_coverage.py finds out which pairs are still without one.
#pragma once

#include "../cuda/fixture.h"
#include "../cuda/graph_fixture.h"
#include "../two_processes.h"

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#define FAILS(error, call) EXPECT_EQ(CUDA_ERROR_##error, (call))

// Calls in a situation of which all of them have to tell.
struct ErrorCase {
  const char* name;
  std::function<CUresult()> call;
};
#define CASE(call)                                                                                 \
  ErrorCase {                                                                                      \
    #call, [&] { return call; }                                                                    \
  }

inline void expectAll(CUresult error, const std::vector<ErrorCase>& cases) {
  for (const ErrorCase& c : cases)
    EXPECT_EQ(error, c.call()) << c.name;
}

// Runs in another thread, which has no context.
template <typename F> void elsewhere(F f) {
  std::thread(f).join();
}

// Runs a test (disabled otherwise) in a process that starts with this in its environment; its exit
// status.
inline int inProcessWith(const char* name, const char* value, const char* test) {
  const char* before = getenv(name);
  std::string kept = before ? before : "";
  setenv(name, value, 1);
  int status = anywarp::test::Peer::start(test).finish();
  before ? setenv(name, kept.c_str(), 1) : unsetenv(name);
  return status;
}

// Objects of the current context, with a kernel that traps and one that never ends.
class CudaErrors : public GraphTest {
protected:
  static constexpr size_t kTooMuch = size_t(1) << 50; // bytes; less than 2^64 when counted in tiles

  void SetUp() override {
    GraphTest::SetUp();
    if (HasFatalFailure())
      return;
    ASSERT_CU(cuMemAlloc(&pointer, 4096));
    ASSERT_CU(cuEventCreate(&event, 0));
    bump = function("bump");
  }
  static CUmemAllocationProp pinned() {
    CUmemAllocationProp prop = {};
    prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    prop.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    return prop;
  }
  // cuLaunchKernel of one thread without parameters.
  static CUresult launch(CUfunction f, CUstream on = nullptr, unsigned threads = 1,
                         unsigned shared = 0) {
    return cuLaunchKernel(f, 1, 1, 1, threads, 1, 1, shared, on, nullptr, nullptr);
  }

  CUdeviceptr pointer = 0;
  CUevent event = nullptr;
  CUfunction bump = nullptr;
};
