// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stacks of contexts: what stays where when contexts are destroyed or reset while they are current,
// here or elsewhere; flags, ids, limits and preferences of the current one.
#include "fixture.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace {

CUcontext current() {
  CUcontext context = nullptr;
  EXPECT_CU(cuCtxGetCurrent(&context));
  return context;
}

CUcontext make() {
  CUcontext context = nullptr;
  EXPECT_CU(cuCtxCreate(&context, nullptr, 0, 0));
  return context;
}

// A thread that keeps its stack of contexts between the things it is told to do.
class Other {
public:
  ~Other() {
    tell(nullptr);
    thread_.join();
  }
  void run(std::function<void()> fn) {
    tell(&fn);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !told_; });
  }

private:
  void tell(std::function<void()>* fn) {
    std::lock_guard lock(mutex_);
    fn_ = fn;
    told_ = true;
    changed_.notify_all();
  }
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return told_; });
      if (fn_)
        (*fn_)();
      told_ = false;
      changed_.notify_all();
      if (!fn_)
        return;
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()>* fn_ = nullptr;
  bool told_ = false;
  std::thread thread_{[this] { serve(); }};
};

class cuCtxStack : public Driver {
protected:
  // Each test leaves the stack empty.
  void TearDown() override { EXPECT_EQ(nullptr, current()); }
};

TEST_F(cuCtxStack, push_pop_and_set) {
  CUcontext a = make(), b = make(), popped = nullptr; // a, b
  EXPECT_CU(cuCtxPushCurrent(a));                     // a, b, a
  EXPECT_EQ(a, current());
  EXPECT_CU(cuCtxPushCurrent(a)); // a, b, a, a: a context may be there more than once
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(a, popped);
  EXPECT_EQ(a, current());
  EXPECT_CU(cuCtxSetCurrent(b)); // replaces the top: a, b, b
  EXPECT_EQ(b, current());
  EXPECT_CU(cuCtxSetCurrent(nullptr)); // pops: a, b
  EXPECT_EQ(b, current());
  EXPECT_CU(cuCtxPopCurrent(nullptr)); // a
  EXPECT_EQ(a, current());
  EXPECT_CU(cuCtxSetCurrent(nullptr));
  EXPECT_EQ(nullptr, current());
  EXPECT_CU(cuCtxSetCurrent(nullptr)); // no-op
  EXPECT_CU(cuCtxSetCurrent(b));       // on an empty stack it pushes
  EXPECT_EQ(b, current());
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(b, popped);
  popped = a;
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxPopCurrent(&popped));
  EXPECT_EQ(a, popped); // not written
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxPushCurrent(nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxPushCurrent(reinterpret_cast<CUcontext>(this)));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCurrent(reinterpret_cast<CUcontext>(this)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetCurrent(nullptr));
  EXPECT_CU(cuCtxDestroy(a)); // neither is current
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxPushCurrent(a));
}

TEST_F(cuCtxStack, destroying_the_current_one_pops_it) {
  CUcontext a = make(), b = make();
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_EQ(a, current());
  EXPECT_CU(cuCtxSynchronize());
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(nullptr, current());
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxDestroy(nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(a));
}

TEST_F(cuCtxStack, one_destroyed_below_the_top_stays_as_a_ruin) {
  CUcontext a = make(), b = make();
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(b, current());
  CUdeviceptr memory = 0;
  EXPECT_CU(cuMemAlloc(&memory, 16)); // b is untouched
  EXPECT_CU(cuMemFree(memory));
  EXPECT_CU(cuCtxDestroy(b));
  // Now a is current again.
  EXPECT_EQ(a, current());
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemAlloc(&memory, 16));
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuCtxSynchronize());
  unsigned long long id = 0;
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuCtxGetId(nullptr, &id));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetId(a, &id));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCurrent(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(a));
  CUcontext popped = nullptr;
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(a, popped);
}

// "If ctx is current to other threads, then ctx will remain current to those threads".
TEST_F(cuCtxStack, one_destroyed_elsewhere_stays_current_there) {
  CUcontext a = make(), b = make();
  EXPECT_CU(cuCtxPopCurrent(nullptr));
  EXPECT_CU(cuCtxPopCurrent(nullptr));
  Other top, middle;
  CUdeviceptr memory = 0;
  top.run([&] { EXPECT_CU(cuCtxPushCurrent(a)); });
  middle.run([&] {
    EXPECT_CU(cuCtxPushCurrent(b));
    EXPECT_CU(cuCtxPushCurrent(a));
    EXPECT_CU(cuCtxPushCurrent(b));
    EXPECT_CU(cuMemAlloc(&memory, 16));
  });
  EXPECT_CU(cuCtxDestroy(a));
  top.run([&] {
    CUdeviceptr none = 0;
    EXPECT_EQ(a, current());
    EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemAlloc(&none, 16));
    CUstream stream = nullptr;
    EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuStreamCreate(&stream, 0));
    CUmodule module = nullptr;
    EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuModuleLoadData(&module, ".version 8.0"));
    EXPECT_CU(cuCtxSetCurrent(b)); // it can be replaced
    EXPECT_CU(cuCtxSynchronize());
    EXPECT_CU(cuCtxPopCurrent(nullptr));
    EXPECT_EQ(nullptr, current());
  });
  middle.run([&] {
    EXPECT_EQ(b, current());
    EXPECT_CU(cuMemFree(memory));
    EXPECT_CU(cuCtxPopCurrent(nullptr));
    EXPECT_EQ(a, current());
    EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuCtxSynchronize());
    EXPECT_CU(cuCtxPopCurrent(nullptr));
    EXPECT_EQ(b, current());
    EXPECT_CU(cuCtxSynchronize());
    EXPECT_CU(cuCtxPopCurrent(nullptr));
  });
  EXPECT_CU(cuCtxDestroy(b));
}

TEST_F(cuCtxStack, what_a_destroyed_context_owned_is_gone) {
  CUcontext a = make();
  CUdeviceptr memory = 0;
  CUstream stream = nullptr;
  CUevent event = nullptr;
  CUmodule module = nullptr;
  EXPECT_CU(cuMemAlloc(&memory, 16));
  EXPECT_CU(cuStreamCreate(&stream, 0));
  EXPECT_CU(cuEventCreate(&event, 0));
  EXPECT_CU(cuModuleLoadData(&module, ".version 8.0\n.target sm_70\n.address_size 64\n"));
  EXPECT_CU(cuCtxDestroy(a));
  CUcontext b = make();
  EXPECT_NE(CUDA_SUCCESS, cuMemFree(memory));
  EXPECT_NE(CUDA_SUCCESS, cuStreamSynchronize(stream));
  EXPECT_NE(CUDA_SUCCESS, cuStreamDestroy(stream));
  EXPECT_NE(CUDA_SUCCESS, cuModuleUnload(module));
  EXPECT_CU(cuCtxSynchronize()); // none of it hurts
  EXPECT_CU(cuCtxDestroy(b));
}

TEST_F(cuCtxStack, a_primary_context_that_is_reset_while_current) {
  CUcontext primary = nullptr, again = nullptr;
  ASSERT_CU(cuDevicePrimaryCtxRetain(&primary, 0));
  EXPECT_CU(cuCtxSetCurrent(primary));
  CUdeviceptr memory = 0;
  EXPECT_CU(cuMemAlloc(&memory, 16));
  unsigned long long before = 0, after = 0;
  EXPECT_CU(cuCtxGetId(primary, &before));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(primary));
  EXPECT_CU(cuDevicePrimaryCtxReset(0));
  unsigned flags = 0;
  int active = 1;
  EXPECT_CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
  EXPECT_EQ(0, active);
  EXPECT_EQ(primary, current());
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemAlloc(&memory, 16));
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuCtxGetId(primary, &after));
  // Retaining it makes it usable again, with the same handle and another id.
  ASSERT_CU(cuDevicePrimaryCtxRetain(&again, 0));
  EXPECT_EQ(primary, again);
  EXPECT_EQ(primary, current());
  EXPECT_CU(cuMemAlloc(&memory, 16));
  EXPECT_CU(cuCtxGetId(primary, &after));
  EXPECT_NE(before, after);
  EXPECT_CU(cuMemFree(memory));
  // Until nobody holds it; "resetting does not release it" is for those who had it before.
  CUresult released = CUDA_SUCCESS;
  for (int i = 0; i < 3 && released == CUDA_SUCCESS; ++i)
    released = cuDevicePrimaryCtxRelease(0);
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, released);
  EXPECT_EQ(primary, current());
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuCtxSynchronize());
  EXPECT_CU(cuCtxPopCurrent(nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDevicePrimaryCtxReset(999));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDevicePrimaryCtxRelease(999));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDevicePrimaryCtxRetain(&again, -1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevicePrimaryCtxRetain(nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevicePrimaryCtxGetState(0, nullptr, &active));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevicePrimaryCtxGetState(0, &flags, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDevicePrimaryCtxGetState(999, &flags, &active));
}

TEST_F(cuCtxStack, flags_are_set_and_read) {
  CUcontext a = nullptr;
  ASSERT_CU(cuCtxCreate(&a, nullptr, CU_CTX_SCHED_YIELD | CU_CTX_MAP_HOST, 0));
  unsigned flags = 0;
  EXPECT_CU(cuCtxGetFlags(&flags));
  EXPECT_EQ(unsigned(CU_CTX_SCHED_YIELD | CU_CTX_MAP_HOST), flags);
  EXPECT_CU(cuCtxSetFlags(CU_CTX_SCHED_BLOCKING_SYNC));
  EXPECT_CU(cuCtxGetFlags(&flags));
  EXPECT_EQ(unsigned(CU_CTX_SCHED_BLOCKING_SYNC), flags & CU_CTX_SCHED_MASK);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxSetFlags(3)); // two ways to wait
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxSetFlags(0x1000));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetFlags(nullptr));
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetFlags(&flags));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetFlags(0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxCreate(&a, nullptr, 0x1000, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxCreate(nullptr, nullptr, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuCtxCreate(&a, nullptr, 0, 999));
  // The primary context's are the device's, and can be set before it is active.
  int active = 1;
  EXPECT_CU(cuDevicePrimaryCtxSetFlags(0, CU_CTX_SCHED_SPIN));
  EXPECT_CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
  EXPECT_EQ(unsigned(CU_CTX_SCHED_SPIN), flags & CU_CTX_SCHED_MASK);
  EXPECT_EQ(0, active);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevicePrimaryCtxSetFlags(0, 7));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDevicePrimaryCtxSetFlags(999, 0));
  EXPECT_CU(cuDevicePrimaryCtxSetFlags(0, 0));
}

TEST_F(cuCtxStack, ids_and_versions) {
  CUcontext a = make(), b = make();
  unsigned long long idA = 0, idB = 0, again = 0;
  EXPECT_CU(cuCtxGetId(a, &idA));
  EXPECT_CU(cuCtxGetId(nullptr, &idB)); // the current one
  EXPECT_NE(idA, idB);
  EXPECT_CU(cuCtxGetId(b, &again));
  EXPECT_EQ(idB, again);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetId(a, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetId(reinterpret_cast<CUcontext>(this), &again));
  unsigned version = 0;
  EXPECT_CU(cuCtxGetApiVersion(nullptr, &version));
  EXPECT_EQ(3020u, version);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetApiVersion(a, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT,
            cuCtxGetApiVersion(reinterpret_cast<CUcontext>(this), &version));
  CUdevice device = -1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetDevice(nullptr));
  EXPECT_CU(cuCtxGetDevice(&device));
  EXPECT_EQ(0, device);
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetId(nullptr, &again));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetApiVersion(nullptr, &version));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetDevice(&device));
}

TEST_F(cuCtxStack, limits) {
  CUcontext a = make();
  size_t value = 0;
  for (CUlimit limit :
       {CU_LIMIT_STACK_SIZE, CU_LIMIT_PRINTF_FIFO_SIZE, CU_LIMIT_MALLOC_HEAP_SIZE}) {
    ASSERT_CU(cuCtxGetLimit(&value, limit)) << limit;
    EXPECT_GT(value, 0u) << limit;
    EXPECT_CU(cuCtxSetLimit(limit, value * 2)) << limit;
    size_t now = 0;
    EXPECT_CU(cuCtxGetLimit(&now, limit));
    EXPECT_GE(now, value * 2) << limit; // the driver may round up
    EXPECT_CU(cuCtxSetLimit(limit, value));
  }
  EXPECT_CU(cuCtxSetLimit(CU_LIMIT_MAX_L2_FETCH_GRANULARITY, 64)); // a hint, 0 to 128
  EXPECT_CU(cuCtxGetLimit(&value, CU_LIMIT_MAX_L2_FETCH_GRANULARITY));
  EXPECT_EQ(value, 64u);
  EXPECT_CU(cuCtxSetLimit(CU_LIMIT_MAX_L2_FETCH_GRANULARITY, 4096)); // "clamped"
  EXPECT_CU(cuCtxGetLimit(&value, CU_LIMIT_MAX_L2_FETCH_GRANULARITY));
  EXPECT_EQ(value, 128u);
  int persisting = -1; // what the limit is clamped to
  EXPECT_CU(cuDeviceGetAttribute(&persisting, CU_DEVICE_ATTRIBUTE_MAX_PERSISTING_L2_CACHE_SIZE, 0));
  EXPECT_CU(cuCtxSetLimit(CU_LIMIT_PERSISTING_L2_CACHE_SIZE, 1 << 20));
  EXPECT_CU(cuCtxGetLimit(&value, CU_LIMIT_PERSISTING_L2_CACHE_SIZE));
  EXPECT_LE(value, size_t(persisting));
  EXPECT_EQ(CUDA_ERROR_UNSUPPORTED_LIMIT, cuCtxSetLimit(CUlimit(99), 1));
  EXPECT_EQ(CUDA_ERROR_UNSUPPORTED_LIMIT, cuCtxGetLimit(&value, CUlimit(99)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetLimit(nullptr, CU_LIMIT_STACK_SIZE));
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetLimit(&value, CU_LIMIT_STACK_SIZE));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetLimit(CU_LIMIT_STACK_SIZE, 1024));
}

// CUDA driver API manual, cuCtxSetLimit: "a limit of the current context".
TEST_F(cuCtxStack, limits_are_of_one_context) {
  CUcontext a = make(), b = make();
  for (CUlimit limit : {CU_LIMIT_STACK_SIZE, CU_LIMIT_PRINTF_FIFO_SIZE, CU_LIMIT_MALLOC_HEAP_SIZE,
                        CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH, CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT,
                        CU_LIMIT_MAX_L2_FETCH_GRANULARITY}) {
    size_t before = 0, own = 0, other = 0;
    EXPECT_CU(cuCtxSetCurrent(b));
    ASSERT_CU(cuCtxGetLimit(&before, limit)) << limit;
    EXPECT_CU(cuCtxSetCurrent(a));
    size_t wanted = limit == CU_LIMIT_MAX_L2_FETCH_GRANULARITY ? 32 : before * 2;
    EXPECT_CU(cuCtxSetLimit(limit, wanted)) << limit;
    EXPECT_CU(cuCtxGetLimit(&own, limit));
    EXPECT_EQ(wanted, own) << limit;
    EXPECT_CU(cuCtxSetCurrent(b));
    EXPECT_CU(cuCtxGetLimit(&other, limit));
    EXPECT_EQ(before, other) << limit;
  }
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_CU(cuCtxDestroy(a));
}

// take(out, n, size): out[i] = malloc(size) for i < n, in one thread.
TEST_F(cuCtxStack, kernels_have_a_heap_of_their_context) {
  constexpr const char* kTake = R"(
.version 8.0
.target sm_70
.address_size 64
.extern .func (.param .b64 r) malloc (.param .b64 n);
.visible .entry take(.param .u64 p_out, .param .u32 p_n, .param .u64 p_size) {
  .reg .pred %p;
  .reg .b32 %r;
  .reg .b64 %rd<5>;
  ld.param.u64 %rd1, [p_out];
  ld.param.u32 %r, [p_n];
  ld.param.u64 %rd2, [p_size];
again:
  { .param .b64 n; .param .b64 r;
    st.param.b64 [n], %rd2;
    call.uni (r), malloc, (n);
    ld.param.b64 %rd3, [r]; }
  st.global.u64 [%rd1], %rd3;
  add.s64 %rd1, %rd1, 8;
  sub.u32 %r, %r, 1;
  setp.ne.u32 %p, %r, 0;
  @%p bra again;
  ret;
}
)";
  constexpr unsigned kBlocks = 3;
  auto taken = [&](unsigned long long size) { // how many of kBlocks there were
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    CUdeviceptr out = 0;
    EXPECT_CU(cuModuleLoadData(&module, kTake));
    EXPECT_CU(cuModuleGetFunction(&function, module, "take"));
    EXPECT_CU(cuMemAlloc(&out, 8 * kBlocks));
    unsigned n = kBlocks;
    void* params[] = {&out, &n, &size};
    EXPECT_CU(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
    unsigned long long pointers[kBlocks] = {};
    EXPECT_CU(cuMemcpyDtoH(pointers, out, sizeof pointers));
    EXPECT_CU(cuMemFree(out));
    EXPECT_CU(cuModuleUnload(module));
    return std::count_if(pointers, pointers + kBlocks, [](auto p) { return p != 0; });
  };
  CUcontext a = make(), b = make();
  EXPECT_CU(cuCtxSetCurrent(a));
  EXPECT_CU(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 1 << 20));
  EXPECT_EQ(1, taken(600'000));
  EXPECT_EQ(0, taken(600'000)); // a later kernel finds what was taken
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 4 << 20)); // in use
  EXPECT_CU(cuCtxSetCurrent(b));
  EXPECT_CU(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 2 << 20)); // this one's is not
  EXPECT_EQ(3, taken(600'000));
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_CU(cuCtxDestroy(a));
}

TEST_F(cuCtxStack, preferences_are_kept) {
  CUcontext a = make();
  CUfunc_cache cache = CU_FUNC_CACHE_PREFER_L1;
  EXPECT_CU(cuCtxGetCacheConfig(&cache));
  EXPECT_EQ(CU_FUNC_CACHE_PREFER_NONE, cache);
  EXPECT_CU(cuCtxSetCacheConfig(CU_FUNC_CACHE_PREFER_EQUAL));
  EXPECT_CU(cuCtxGetCacheConfig(&cache));
  EXPECT_EQ(CU_FUNC_CACHE_PREFER_EQUAL, cache);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxSetCacheConfig(CUfunc_cache(4)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetCacheConfig(nullptr));
  CUsharedconfig shared = CU_SHARED_MEM_CONFIG_DEFAULT_BANK_SIZE;
  EXPECT_CU(cuCtxSetSharedMemConfig(CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE));
  EXPECT_CU(cuCtxGetSharedMemConfig(&shared));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxSetSharedMemConfig(CUsharedconfig(3)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxGetSharedMemConfig(nullptr));
  CUcontext b = make(); // has its own
  EXPECT_CU(cuCtxGetCacheConfig(&cache));
  EXPECT_EQ(CU_FUNC_CACHE_PREFER_NONE, cache);
  EXPECT_CU(cuCtxResetPersistingL2Cache());
  int least = 1, greatest = 1;
  EXPECT_CU(cuCtxGetStreamPriorityRange(&least, nullptr)); // "may be NULL"
  EXPECT_CU(cuCtxGetStreamPriorityRange(nullptr, &greatest));
  EXPECT_EQ(0, least);
  EXPECT_LE(greatest, 0);
  CUexecAffinityParam affinity = {};
  EXPECT_CU(cuCtxGetExecAffinity(&affinity, CU_EXEC_AFFINITY_TYPE_SM_COUNT));
  int multiprocessors = 0;
  EXPECT_CU(cuDeviceGetAttribute(&multiprocessors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 0));
  EXPECT_EQ(unsigned(multiprocessors), affinity.param.smCount.val);
  EXPECT_EQ(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY,
            cuCtxGetExecAffinity(&affinity, CUexecAffinityType(5)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuCtxGetExecAffinity(nullptr, CU_EXEC_AFFINITY_TYPE_SM_COUNT));
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetCacheConfig(&cache));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCacheConfig(CU_FUNC_CACHE_PREFER_L1));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetSharedMemConfig(&shared));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetSharedMemConfig(CUsharedconfig(0)));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxResetPersistingL2Cache());
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxGetStreamPriorityRange(&least, &greatest));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT,
            cuCtxGetExecAffinity(&affinity, CU_EXEC_AFFINITY_TYPE_SM_COUNT));
}

TEST_F(cuCtxStack, attach_counts) {
  CUcontext a = make(), attached = nullptr;
  EXPECT_CU(cuCtxAttach(&attached, 0));
  EXPECT_EQ(a, attached);
  EXPECT_CU(cuCtxDetach(a));
  EXPECT_CU(cuCtxSynchronize()); // the first reference is left
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxAttach(nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCtxAttach(&attached, 1));
  EXPECT_CU(cuCtxDetach(a));
  EXPECT_EQ(nullptr, current());
  EXPECT_NE(CUDA_SUCCESS, cuCtxDetach(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxAttach(&attached, 0));
}

} // namespace
