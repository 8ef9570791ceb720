// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What waits for what, and which errors stay (CUDA Runtime API manual, "API synchronization
// behavior", "Stream synchronization behavior", "Error Handling").
#include "fixture.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace anywarp::test {
namespace {

using namespace std::chrono_literals;
using Semantics = CudartTest;

// Holds a stream until opened.
class Gate {
public:
  explicit Gate(cudaStream_t stream) {
    EXPECT_OK(cudaLaunchHostFunc(
        stream,
        [](void* data) {
          auto* gate = static_cast<Gate*>(data);
          while (!gate->open_)
            std::this_thread::yield();
        },
        this));
  }
  ~Gate() {
    open();
    EXPECT_OK(cudaDeviceSynchronize());
  }
  void open() { open_ = true; }

private:
  std::atomic<bool> open_{false};
};

// Whether the call comes back while the gate is shut. One that should gets its time: the machine
// may be busy.
bool waitsFor(cudaStream_t stream, const std::function<cudaError_t()>& call, bool expected) {
  std::atomic<bool> returned{false};
  std::thread caller;
  bool early;
  {
    Gate gate(stream);
    caller = std::thread([&] {
      EXPECT_OK(call());
      returned = true;
    });
    auto end = std::chrono::steady_clock::now() + (expected ? 40ms : 5000ms);
    while (!returned && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    early = returned;
    gate.open();
    caller.join();
  }
  return !early;
}

struct Memory {
  char *device = nullptr, *other = nullptr, *pinned = nullptr;
  std::vector<char> pageable = std::vector<char>(1 << 20);
  Memory() {
    EXPECT_OK(cudaMalloc(reinterpret_cast<void**>(&device), 1 << 20));
    EXPECT_OK(cudaMalloc(reinterpret_cast<void**>(&other), 1 << 20));
    EXPECT_OK(cudaMallocHost(reinterpret_cast<void**>(&pinned), 1 << 20));
  }
  ~Memory() {
    EXPECT_OK(cudaFree(device));
    EXPECT_OK(cudaFree(other));
    EXPECT_OK(cudaFreeHost(pinned));
  }
};

TEST_F(Semantics, what_the_host_waits_for) {
  Memory m;
  cudaStream_t blocking, nonBlocking, third;
  ASSERT_OK(cudaStreamCreate(&blocking));
  ASSERT_OK(cudaStreamCreateWithFlags(&nonBlocking, cudaStreamNonBlocking));
  ASSERT_OK(cudaStreamCreateWithFlags(&third, cudaStreamNonBlocking));
  constexpr size_t kSmall = 1000, kLarge = 200000; // 64 KB and less of pageable memory is staged
  struct Case {
    const char* name;
    std::function<cudaError_t()> call;
    bool forBlocking, forNonBlocking; // does the call wait for such a stream?
  };
  const Case cases[] = {
      {"cudaDeviceSynchronize", [] { return cudaDeviceSynchronize(); }, true, true},
      {"cudaStreamSynchronize(legacy)", [] { return cudaStreamSynchronize(nullptr); }, true, false},
      {"cudaStreamSynchronize(other)", [&] { return cudaStreamSynchronize(third); }, false, false},
      {"cudaMemcpy to device",
       [&] { return cudaMemcpy(m.device, m.pageable.data(), kLarge, cudaMemcpyHostToDevice); },
       true, false},
      {"cudaMemcpy from device",
       [&] { return cudaMemcpy(m.pageable.data(), m.device, kLarge, cudaMemcpyDeviceToHost); },
       true, false},
      {"cudaMemcpy from device, pinned",
       [&] { return cudaMemcpy(m.pinned, m.device, kLarge, cudaMemcpyDeviceToHost); }, true, false},
      // "For transfers from device memory to device memory, no host-side synchronization is
      // performed."
      {"cudaMemcpy on the device",
       [&] { return cudaMemcpy(m.device, m.other, kLarge, cudaMemcpyDeviceToDevice); }, false,
       false},
      {"cudaMemcpy on the device, default",
       [&] { return cudaMemcpy(m.device, m.other, kLarge, cudaMemcpyDefault); }, false, false},
      // "The synchronous memset functions are asynchronous with respect to the host except when the
      // target memory is pinned host memory or a Unified Memory region."
      {"cudaMemset", [&] { return cudaMemset(m.device, 1, kLarge); }, false, false},
      {"cudaMemset, pinned", [&] { return cudaMemset(m.pinned, 1, kLarge); }, true, false},
      {"cudaMemsetAsync", [&] { return cudaMemsetAsync(m.device, 1, kLarge, third); }, false,
       false},
      {"cudaMemcpyAsync, pinned",
       [&] { return cudaMemcpyAsync(m.device, m.pinned, kLarge, cudaMemcpyHostToDevice, nullptr); },
       false, false},
      {"cudaMemcpyAsync from pageable memory, small",
       [&] {
         return cudaMemcpyAsync(m.device, m.pageable.data(), kSmall, cudaMemcpyHostToDevice,
                                nullptr);
       },
       false, false},
      // "For transfers from device memory to pageable host memory, the function will return only
      // once the copy has completed."
      {"cudaMemcpyAsync to pageable memory",
       [&] {
         return cudaMemcpyAsync(m.pageable.data(), m.device, kSmall, cudaMemcpyDeviceToHost,
                                nullptr);
       },
       true, false},
      {"cudaMalloc",
       [] {
         void* p = nullptr;
         return cudaMalloc(&p, 256);
       },
       false, false},
      {"cudaFree(null)", [] { return cudaFree(nullptr); }, false, false},
      {"cudaEventCreate",
       [] {
         cudaEvent_t e;
         return cudaEventCreate(&e);
       },
       false, false},
      {"cudaStreamCreate and destroy",
       [] {
         cudaStream_t s;
         cudaError_t error = cudaStreamCreate(&s);
         return error ? error : cudaStreamDestroy(s);
       },
       false, false},
      {"cudaGetLastError", [] { return cudaGetLastError(); }, false, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.forBlocking, waitsFor(blocking, c.call, c.forBlocking))
        << c.name << ", a blocking stream";
    EXPECT_EQ(c.forNonBlocking, waitsFor(nonBlocking, c.call, c.forNonBlocking))
        << c.name << ", a non-blocking one";
  }
  // cudaFree waits for all work that may use the memory.
  void* mine;
  ASSERT_OK(cudaMalloc(&mine, 256));
  EXPECT_TRUE(waitsFor(nonBlocking, [&] { return cudaFree(mine); }, true));
  for (cudaStream_t each : {blocking, nonBlocking, third})
    EXPECT_OK(cudaStreamDestroy(each));
}

// The order of the legacy default stream and created ones, as seen by what runs.
TEST_F(Semantics, the_legacy_stream_and_the_others) {
  cudaStream_t blocking, nonBlocking;
  ASSERT_OK(cudaStreamCreate(&blocking));
  ASSERT_OK(cudaStreamCreateWithFlags(&nonBlocking, cudaStreamNonBlocking));
  static std::atomic<int> ran;
  auto count = [](void*) { ++ran; };
  auto runsBeside = [&](cudaStream_t held, cudaStream_t other, bool expected) {
    ran = 0;
    Gate gate(held);
    EXPECT_OK(cudaLaunchHostFunc(other, count, nullptr));
    auto end = std::chrono::steady_clock::now() + (expected ? 5000ms : 40ms);
    while (!ran && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return ran == 1;
  };
  EXPECT_FALSE(runsBeside(cudaStreamLegacy, blocking, false));
  EXPECT_FALSE(runsBeside(blocking, cudaStreamLegacy, false));
  EXPECT_FALSE(runsBeside(blocking, nullptr, false));
  EXPECT_TRUE(runsBeside(cudaStreamLegacy, nonBlocking, true));
  EXPECT_TRUE(runsBeside(nonBlocking, cudaStreamLegacy, true));
  EXPECT_TRUE(runsBeside(blocking, nonBlocking, true));
  // "The per-thread default stream is not a non-blocking stream and will synchronize with the
  // legacy default stream."
  EXPECT_FALSE(runsBeside(cudaStreamPerThread, cudaStreamLegacy, false));
  EXPECT_FALSE(runsBeside(cudaStreamLegacy, cudaStreamPerThread, false));
  EXPECT_TRUE(runsBeside(cudaStreamPerThread, blocking, true));
  // Each thread has its own.
  EXPECT_TRUE([&] {
    ran = 0;
    Gate gate(cudaStreamPerThread);
    std::thread([&] {
      EXPECT_OK(cudaLaunchHostFunc(cudaStreamPerThread, count, nullptr));
      EXPECT_OK(cudaStreamSynchronize(cudaStreamPerThread));
    }).join();
    return ran == 1;
  }());
  EXPECT_OK(cudaStreamDestroy(blocking));
  EXPECT_OK(cudaStreamDestroy(nonBlocking));
}

// "This leaves the process in an inconsistent state and any further CUDA work will return the same
// error": the codes of which the manual says so, and those that are the call's alone.
TEST_F(Semantics, which_errors_stay) {
  static Status status;
  FakeKernelSpec spec;
  spec.body = [](const LaunchConfig&) { return Result<void>(makeError(status, "test")); };
  declareKernel("fails", spec);
  Unit unit({"fails"});
  const std::pair<Status, cudaError_t> sticky[] = {
      {Status::IllegalAddress, cudaErrorIllegalAddress},
      {Status::LaunchTimeout, cudaErrorLaunchTimeout},
      {Status::Assert, cudaErrorAssert},
      {Status::HardwareStackError, cudaErrorHardwareStackError},
      {Status::IllegalInstruction, cudaErrorIllegalInstruction},
      {Status::MisalignedAddress, cudaErrorMisalignedAddress},
      {Status::InvalidAddressSpace, cudaErrorInvalidAddressSpace},
      {Status::InvalidPc, cudaErrorInvalidPc},
      {Status::LaunchFailed, cudaErrorLaunchFailure}};
  for (auto [core, runtime] : sticky) {
    status = core;
    void* p = nullptr;
    int device = -1;
    EXPECT_OK(cudaLaunchKernel(unit.host("fails"), dim3(1), dim3(1), nullptr, 0, nullptr));
    EXPECT_EQ(cudaDeviceSynchronize(), runtime);
    EXPECT_EQ(cudaGetLastError(), runtime);
    EXPECT_EQ(cudaGetLastError(), runtime); // getting it does not clear it
    EXPECT_EQ(cudaPeekAtLastError(), runtime);
    EXPECT_EQ(cudaMalloc(&p, 4), runtime);
    EXPECT_EQ(cudaStreamSynchronize(nullptr), runtime);
    EXPECT_EQ(cudaLaunchKernel(unit.host("fails"), dim3(1), dim3(1), nullptr, 0, nullptr), runtime);
    EXPECT_OK(cudaGetDevice(&device)); // needs no context
    EXPECT_OK(cudaDeviceReset());
    EXPECT_OK(cudaMalloc(&p, 4));
    EXPECT_OK(cudaFree(p));
    cudaGetLastError();
    EXPECT_OK(cudaGetLastError());
  }
  // An error of the launch alone is reported once.
  status = Status::LaunchOutOfResources;
  EXPECT_OK(cudaLaunchKernel(unit.host("fails"), dim3(1), dim3(1), nullptr, 0, nullptr));
  EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorLaunchOutOfResources);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchOutOfResources);
  EXPECT_OK(cudaGetLastError());
  EXPECT_OK(cudaDeviceSynchronize());
}

TEST_F(Semantics, callbacks_after_a_failure) {
  FakeKernelSpec spec;
  spec.body = [](const LaunchConfig&) {
    return Result<void>(makeError(Status::IllegalAddress, "test"));
  };
  declareKernel("fault", spec);
  Unit unit({"fault"});
  static std::atomic<int> called, plain;
  called = -1;
  plain = 0;
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreate(&stream));
  {
    std::atomic<bool> open{false};
    EXPECT_OK(cudaLaunchHostFunc(
        stream,
        [](void* data) {
          while (!*static_cast<std::atomic<bool>*>(data))
            std::this_thread::yield();
        },
        &open));
    EXPECT_OK(cudaLaunchKernel(unit.host("fault"), dim3(1), dim3(1), nullptr, 0, stream));
    // "The callback may be passed cudaSuccess or an error code."
    EXPECT_OK(cudaStreamAddCallback(
        stream, [](cudaStream_t, cudaError_t error, void*) { called = int(error); }, nullptr, 0));
    // "the function is not called in the event of an error in the CUDA context"
    EXPECT_OK(cudaLaunchHostFunc(stream, [](void*) { ++plain; }, nullptr));
    open = true;
    EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorIllegalAddress);
  }
  EXPECT_EQ(called, cudaErrorIllegalAddress);
  EXPECT_EQ(plain, 0);
  EXPECT_EQ(cudaStreamAddCallback(nullptr, nullptr, nullptr, 0), cudaErrorInvalidValue);
  EXPECT_OK(cudaDeviceReset());
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorInvalidResourceHandle); // it went with it
  cudaGetLastError();
}

TEST_F(Semantics, host_functions_may_not_call_the_runtime) {
  static std::atomic<int> results[3];
  EXPECT_OK(cudaLaunchHostFunc(
      nullptr,
      [](void*) {
        void* p;
        results[0] = cudaMalloc(&p, 4);
        results[1] = cudaStreamSynchronize(nullptr);
        results[2] = cudaGetLastError(); // is no call on a device
      },
      nullptr));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(results[0], cudaErrorNotPermitted);
  EXPECT_EQ(results[1], cudaErrorNotPermitted);
  EXPECT_EQ(results[2], cudaErrorNotPermitted);
  cudaGetLastError(); // of a worker thread, or of this one where it helped
  void* p;
  EXPECT_OK(cudaMalloc(&p, 4));
  EXPECT_OK(cudaFree(p));
}

TEST_F(Semantics, destroying_a_stream_with_work) {
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  static std::atomic<int> ran;
  ran = 0;
  std::atomic<bool> open{false};
  EXPECT_OK(cudaLaunchHostFunc(
      stream,
      [](void* data) {
        while (!*static_cast<std::atomic<bool>*>(data))
          std::this_thread::yield();
        ++ran;
      },
      &open));
  EXPECT_OK(cudaLaunchHostFunc(stream, [](void*) { ++ran; }, nullptr));
  // "In case the device is still doing work in the stream when cudaStreamDestroy() is called, the
  // function will return immediately and the resources associated with stream will be released
  // automatically once the device has completed all work in stream."
  EXPECT_OK(cudaStreamDestroy(stream));
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaErrorInvalidResourceHandle);
  open = true;
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(ran, 2);
  EXPECT_NE(cudaStreamDestroy(nullptr), cudaSuccess);
  cudaGetLastError();
}

TEST_F(Semantics, events) {
  cudaEvent_t timed, untimed, never;
  ASSERT_OK(cudaEventCreate(&timed));
  ASSERT_OK(cudaEventCreateWithFlags(&untimed, cudaEventDisableTiming));
  ASSERT_OK(cudaEventCreate(&never));
  float ms = -1;
  // "Before the first call to cudaEventRecord(), an event represents an empty set of work."
  EXPECT_OK(cudaEventQuery(never));
  EXPECT_OK(cudaEventSynchronize(never));
  EXPECT_OK(cudaStreamWaitEvent(nullptr, never, 0));
  EXPECT_OK(cudaEventRecord(timed, nullptr));
  EXPECT_OK(cudaEventRecord(untimed, nullptr));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(cudaEventElapsedTime(&ms, timed, never), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventElapsedTime(&ms, timed, untimed), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventElapsedTime(nullptr, timed, timed), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventElapsedTime(&ms, timed, nullptr), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaEventElapsedTime(&ms, timed, timed));
  EXPECT_EQ(ms, 0);
  EXPECT_EQ(cudaEventRecordWithFlags(timed, nullptr, 8), cudaErrorInvalidValue);
  EXPECT_OK(cudaEventRecordWithFlags(timed, nullptr, cudaEventRecordDefault));
  // "if only cudaEventRecordExternal is given outside of a capture ..."
  cudaGetLastError();
  {
    Gate gate(nullptr);
    EXPECT_OK(cudaEventRecord(timed, nullptr));
    EXPECT_EQ(cudaEventQuery(timed), cudaErrorNotReady);
    EXPECT_EQ(cudaEventElapsedTime(&ms, timed, timed), cudaErrorNotReady);
    EXPECT_OK(cudaGetLastError());      // NotReady is no error to remember
    EXPECT_OK(cudaEventDestroy(timed)); // returns at once
    EXPECT_EQ(cudaEventQuery(timed), cudaErrorInvalidResourceHandle);
    cudaGetLastError();
  }
  EXPECT_OK(cudaEventDestroy(untimed));
  EXPECT_OK(cudaEventDestroy(never));
  EXPECT_EQ(cudaEventDestroy(never), cudaErrorInvalidResourceHandle);
  cudaGetLastError();
}

TEST_F(Semantics, after_a_reset) {
  void* p;
  cudaStream_t stream;
  cudaEvent_t event;
  ASSERT_OK(cudaMalloc(&p, 64));
  ASSERT_OK(cudaStreamCreate(&stream));
  ASSERT_OK(cudaEventCreate(&event));
  EXPECT_OK(cudaDeviceReset());
  EXPECT_EQ(cudaFree(p), cudaErrorInvalidValue);
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventQuery(event), cudaErrorInvalidResourceHandle);
  cudaGetLastError();
  EXPECT_OK(cudaMalloc(&p, 64)); // a new context
  EXPECT_OK(cudaFree(p));
  EXPECT_OK(cudaDeviceReset());
  EXPECT_OK(cudaDeviceReset());
}

TEST_F(Semantics, entry_points_by_name) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult status;
  EXPECT_OK(
      cudaGetDriverEntryPointByVersion("cuMemAlloc", &function, 12000, cudaEnableDefault, &status));
  EXPECT_EQ(status, cudaDriverEntryPointSuccess);
  EXPECT_NE(function, nullptr);
  EXPECT_OK(cudaGetDriverEntryPointByVersion("cuGreenCtxCreate", &function, 11000,
                                             cudaEnableDefault, &status));
  EXPECT_EQ(status, cudaDriverEntryPointVersionNotSufficent);
  EXPECT_EQ(function, nullptr);
  EXPECT_OK(cudaGetDriverEntryPointByVersion("cuNoSuchThing", &function, 13000, cudaEnableDefault,
                                             &status));
  EXPECT_EQ(status, cudaDriverEntryPointSymbolNotFound);
  EXPECT_EQ(cudaGetDriverEntryPointByVersion(nullptr, &function, 13000, 0, &status),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetDriverEntryPointByVersion("cuInit", nullptr, 13000, 0, &status),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetDriverEntryPointByVersion("cuInit", &function, 13000, 77, &status),
            cudaErrorInvalidValue);
  cudaGetLastError();
}

} // namespace
} // namespace anywarp::test
