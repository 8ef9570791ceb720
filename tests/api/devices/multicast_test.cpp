// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Multicast objects of two devices: what multimem instructions do to the memory of each, and the
// errors of the CUDA driver API manual.
#include <cuda.h>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>
#include <vector>

#define ASSERT_CU(expression) ASSERT_EQ(CUDA_SUCCESS, (expression))
#define EXPECT_CU(expression) EXPECT_EQ(CUDA_SUCCESS, (expression))

namespace {

// Each thread has 64 bytes. all_reduce: ld_reduce.add, then st of the sum to all, as NCCL does;
// add_f16: sums in f16 and in f32; reds: red.add and red.or.
constexpr const char* kPtx = R"(
.version 8.3
.target sm_90
.address_size 64

.visible .entry all_reduce(.param .u64 p) {
  .reg .b32 %r<3>;
  .reg .f32 %f<5>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p];
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd2, %r1, 64;
  add.s64 %rd1, %rd1, %rd2;
  multimem.ld_reduce.relaxed.sys.global.add.v4.f32 {%f1, %f2, %f3, %f4}, [%rd1];
  multimem.st.relaxed.sys.global.v4.f32 [%rd1], {%f1, %f2, %f3, %f4};
  multimem.ld_reduce.acquire.sys.global.max.s32 %r1, [%rd1+16];
  multimem.ld_reduce.weak.global.min.u32 %r2, [%rd1+16];
  multimem.st.weak.global.b32 [%rd1+20], %r1;
  multimem.st.release.gpu.global.b32 [%rd1+24], %r2;
  ret;
}

.visible .entry add_f16(.param .u64 p, .param .u64 out) {
  .reg .b32 %r<6>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p];
  ld.param.u64 %rd3, [out];
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd2, %r1, 64;
  add.s64 %rd1, %rd1, %rd2;
  add.s64 %rd3, %rd3, %rd2;
  multimem.ld_reduce.global.add.f16x2 %r2, [%rd1];
  multimem.ld_reduce.global.add.acc::f32.f16x2 %r3, [%rd1];
  multimem.ld_reduce.global.max.bf16x2 %r4, [%rd1+4];
  multimem.ld_reduce.global.xor.b32 %r5, [%rd1+8];
  st.global.v4.b32 [%rd3], {%r2, %r3, %r4, %r5};
  ret;
}

.visible .entry reds(.param .u64 p) {
  .reg .pred %p;
  .reg .b32 %r<3>;
  .reg .f32 %f;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p];
  mov.u32 %r1, %tid.x;
  mov.f32 %f, 0f3F000000;
  multimem.red.relaxed.sys.global.add.u32 [%rd1], %r1;
  multimem.red.relaxed.sys.global.add.f32 [%rd1+4], %f;
  setp.gt.u32 %p, %r1, 60;
  @%p multimem.red.release.gpu.global.or.b32 [%rd1+8], %r1;
  ret;
}
)";

class MulticastTest : public ::testing::Test {
protected:
  static constexpr unsigned kThreads = 64;
  void SetUp() override {
    ASSERT_CU(cuInit(0));
    for (int i = 0; i < 2; ++i)
      ASSERT_CU(cuDevicePrimaryCtxRetain(&contexts[i], i));
    ASSERT_CU(cuCtxSetCurrent(contexts[0]));
    prop.numDevices = 2;
    ASSERT_CU(cuMulticastGetGranularity(&unit, &prop, CU_MULTICAST_GRANULARITY_MINIMUM));
    prop.size = 2 * unit;
  }
  void TearDown() override {
    for (int i = 0; i < 2; ++i)
      cuDevicePrimaryCtxRelease(i);
  }
  CUmemGenericAllocationHandle memory(int device, size_t bytes, CUdeviceptr* mapped = nullptr) {
    CUmemAllocationProp p = {};
    p.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    p.location = {CU_MEM_LOCATION_TYPE_DEVICE, device};
    p.requestedHandleTypes = CUmemAllocationHandleType(prop.handleTypes);
    CUmemGenericAllocationHandle handle = 0;
    EXPECT_CU(cuMemCreate(&handle, bytes, &p, 0));
    if (mapped)
      *mapped = map(handle, bytes);
    return handle;
  }
  CUdeviceptr map(CUmemGenericAllocationHandle handle, size_t bytes, size_t offset = 0) {
    CUdeviceptr at = 0;
    EXPECT_CU(cuMemAddressReserve(&at, bytes, 0, 0, 0));
    EXPECT_CU(cuMemMap(at, bytes, offset, handle, 0));
    CUmemAccessDesc access[2] = {};
    for (int i = 0; i < 2; ++i)
      access[i] = {{CU_MEM_LOCATION_TYPE_DEVICE, i}, CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
    EXPECT_CU(cuMemSetAccess(at, bytes, access, 2));
    return at;
  }
  void unmap(CUdeviceptr at, size_t bytes) {
    EXPECT_CU(cuMemUnmap(at, bytes));
    EXPECT_CU(cuMemAddressFree(at, bytes));
  }
  CUmemGenericAllocationHandle team() {
    CUmemGenericAllocationHandle object = 0;
    EXPECT_CU(cuMulticastCreate(&object, &prop));
    for (int i = 0; i < 2; ++i)
      EXPECT_CU(cuMulticastAddDevice(object, i));
    return object;
  }
  CUresult launch(int device, const char* kernel, std::vector<CUdeviceptr> arguments) {
    EXPECT_CU(cuCtxSetCurrent(contexts[device]));
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    EXPECT_CU(cuModuleLoadData(&module, kPtx));
    EXPECT_CU(cuModuleGetFunction(&function, module, kernel));
    std::vector<void*> params;
    for (CUdeviceptr& a : arguments)
      params.push_back(&a);
    EXPECT_CU(
        cuLaunchKernel(function, 1, 1, 1, kThreads, 1, 1, 0, nullptr, params.data(), nullptr));
    CUresult result = cuCtxSynchronize();
    cuModuleUnload(module); // an error when the context has failed
    EXPECT_CU(cuCtxSetCurrent(contexts[0]));
    return result;
  }
  template <typename T> std::vector<T> read(CUdeviceptr from, size_t count) {
    std::vector<T> values(count);
    EXPECT_CU(cuMemcpyDtoH(values.data(), from, count * sizeof(T)));
    return values;
  }

  CUcontext contexts[2] = {};
  CUmulticastObjectProp prop = {};
  size_t unit = 0;
};

} // namespace

TEST_F(MulticastTest, devices_say_that_they_can) {
  for (int i = 0; i < 2; ++i) {
    int value = 0;
    EXPECT_CU(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MULTICAST_SUPPORTED, i));
    EXPECT_EQ(1, value);
  }
}

TEST_F(MulticastTest, multimem_reaches_the_memory_of_each_device) {
  CUdeviceptr at[2];
  CUmemGenericAllocationHandle object = team(), parts[2];
  for (int i = 0; i < 2; ++i) {
    parts[i] = memory(i, 2 * unit, &at[i]);
    EXPECT_CU(cuMulticastBindMem(object, unit, parts[i], i * unit, unit, 0));
  }
  CUdeviceptr all = map(object, unit, unit); // the half with memory
  std::vector<float> values[2];
  for (int i = 0; i < 2; ++i) {
    values[i].resize(kThreads * 16);
    for (unsigned k = 0; k < kThreads; ++k) {
      for (unsigned j = 0; j < 4; ++j)
        values[i][16 * k + j] = float(k * (i ? 100 : 1) + j);
      int word = i ? int(k) : -int(k) - 1;
      memcpy(&values[i][16 * k + 4], &word, 4);
    }
    EXPECT_CU(cuMemcpyHtoD(at[i] + i * unit, values[i].data(), 4 * values[i].size()));
  }
  EXPECT_CU(launch(1, "all_reduce", {all}));
  for (int i = 0; i < 2; ++i) {
    auto floats = read<float>(at[i] + i * unit, kThreads * 16);
    auto words = read<int>(at[i] + i * unit, kThreads * 16);
    for (unsigned k = 0; k < kThreads; ++k) {
      for (unsigned j = 0; j < 4; ++j)
        ASSERT_EQ(float(101 * k + 2 * j), floats[16 * k + j]) << i << " " << k;
      EXPECT_EQ(i ? int(k) : -int(k) - 1, words[16 * k + 4]); // nobody wrote there
      EXPECT_EQ(int(k), words[16 * k + 5]);                   // signed: the negative one is less
      EXPECT_EQ(int(k), words[16 * k + 6]);                   // unsigned: it is more
    }
    EXPECT_EQ(0, read<int>(at[i] + (1 - i) * unit, 1)[0]); // the other half is not bound
  }

  EXPECT_CU(cuMemsetD32(at[0], 0, 16));
  EXPECT_CU(cuMemsetD32(at[1] + unit, 10, 16));
  EXPECT_CU(launch(0, "reds", {all}));
  auto zero = read<uint32_t>(at[0], 4), ten = read<uint32_t>(at[1] + unit, 4);
  EXPECT_EQ(kThreads * (kThreads - 1) / 2, zero[0]);
  EXPECT_EQ(kThreads * (kThreads - 1) / 2 + 10, ten[0]);
  float sum = kThreads / 2.0f, got = 0;
  memcpy(&got, &zero[1], 4);
  EXPECT_EQ(sum, got);
  memcpy(&got, &ten[1], 4);
  EXPECT_EQ(sum, got);     // 10 as bits of a float is next to nothing
  EXPECT_EQ(63u, zero[2]); // 61 | 62 | 63
  EXPECT_EQ(63u, ten[2]);

  // What is not mapped any more cannot be reached; memory that is unbound keeps what it has.
  EXPECT_CU(cuMulticastUnbind(object, 0, unit, unit));
  EXPECT_EQ(zero, read<uint32_t>(at[0], 4));
  EXPECT_CU(cuMulticastBindMem(object, unit, parts[0], unit, unit, 0)); // elsewhere
  EXPECT_CU(launch(0, "reds", {all}));
  EXPECT_EQ(zero, read<uint32_t>(at[0], 4));
  EXPECT_EQ(kThreads * (kThreads - 1) / 2, read<uint32_t>(at[0] + unit, 1)[0]);
  unmap(all, unit);
  EXPECT_CU(cuMemRelease(object));
  for (int i = 0; i < 2; ++i) {
    unmap(at[i], 2 * unit);
    EXPECT_CU(cuMemRelease(parts[i]));
  }
}

// PTX ISA 9.7.9.14: .acc::f32 keeps the bits of a sum until its end. Three terms would show it; of
// two, a sum is rounded once either way, so the same comes out of both.
TEST_F(MulticastTest, narrow_numbers) {
  CUdeviceptr at[2], out = 0;
  CUmemGenericAllocationHandle object = team();
  for (int i = 0; i < 2; ++i) {
    EXPECT_CU(cuMulticastBindMem(object, 0, memory(i, unit, &at[i]), 0, unit, 0));
    // 2048 + 1.5 = 2049.5 -> 2050 (f16 has 11 bits); -0.5 + 1.
    uint32_t words[3] = {i ? 0x3c003e00u : 0xb8006800u, i ? 0xbf803f80u : 0xc0004000u,
                         i ? 0xff00ff00u : 0x0ff00ff0u};
    for (unsigned k = 0; k < kThreads; ++k)
      EXPECT_CU(cuMemcpyHtoD(at[i] + 64 * k, words, sizeof words));
  }
  CUdeviceptr all = map(object, unit);
  EXPECT_CU(cuMemAlloc(&out, 64 * kThreads));
  EXPECT_CU(launch(0, "add_f16", {all, out}));
  auto words = read<uint32_t>(out, 16 * kThreads);
  for (unsigned k = 0; k < kThreads; ++k) {
    EXPECT_EQ(0x38006801u, words[16 * k]); // 0.5, 2050
    EXPECT_EQ(0x38006801u, words[16 * k + 1]);
    EXPECT_EQ(0xbf804000u, words[16 * k + 2]); // max(-1, -2), max(1, 2)
    EXPECT_EQ(0xf0f0f0f0u, words[16 * k + 3]);
  }
  EXPECT_CU(cuMemFree(out));
  unmap(all, unit);
  EXPECT_CU(cuMemRelease(object));
  for (CUdeviceptr a : at)
    unmap(a, unit);
}

TEST_F(MulticastTest, memory_is_bound_by_its_address) {
  CUmemGenericAllocationHandle object = team(), handle = memory(0, 2 * unit);
  CUdeviceptr mapped = map(handle, unit, unit), pool = 0; // the second half
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_CU(cuMulticastBindAddr(object, 0, mapped, unit, 0));
  EXPECT_CU(cuCtxSetCurrent(contexts[1]));
  EXPECT_CU(cuMemAllocAsync(&pool, 3 * unit, nullptr));
  EXPECT_CU(cuMemsetD32(pool, 5, 3 * unit / 4));
  CUdeviceptr aligned = (pool + unit - 1) / unit * unit;
  EXPECT_CU(cuMulticastBindAddr(object, 0, aligned, unit, 0));
  CUdeviceptr all = map(object, unit);
  EXPECT_CU(launch(0, "reds", {all}));
  EXPECT_EQ(kThreads * (kThreads - 1) / 2, read<uint32_t>(mapped, 1)[0]);
  EXPECT_EQ(kThreads * (kThreads - 1) / 2 + 5, read<uint32_t>(aligned, 1)[0]);
  if (aligned != pool)
    EXPECT_EQ(5u, read<uint32_t>(aligned - 4, 1)[0]);

  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindAddr(object, 0, mapped, unit, 0)); // is bound
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindAddr(object, unit, mapped, 2 * unit, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindAddr(object, unit, mapped + 4096, unit, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindAddr(object, unit, mapped, unit, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindAddr(object, unit, 0, unit, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindAddr(object, unit, all, unit, 0));
  unmap(all, unit);
  EXPECT_CU(cuMemRelease(object));
  unmap(mapped, unit);
  EXPECT_CU(cuCtxSetCurrent(contexts[1]));
  EXPECT_CU(cuMemFreeAsync(pool, nullptr));
  EXPECT_CU(cuCtxSynchronize());
}

// CUDA driver API manual, cuMulticastAddDevice: binding and mapping block until the team is there.
TEST_F(MulticastTest, binding_waits_for_the_team) {
  CUmemGenericAllocationHandle object = 0, handle = memory(0, unit);
  ASSERT_CU(cuMulticastCreate(&object, &prop));
  EXPECT_CU(cuMulticastAddDevice(object, 0));
  std::atomic<bool> bound{false};
  std::thread other([&] {
    EXPECT_CU(cuMulticastBindMem(object, 0, handle, 0, unit, 0));
    bound = true;
  });
  usleep(30'000);
  EXPECT_FALSE(bound);
  EXPECT_CU(cuMulticastAddDevice(object, 1));
  other.join();
  EXPECT_TRUE(bound);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastAddDevice(object, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastAddDevice(object, 2)); // there are two
  EXPECT_CU(cuMemRelease(object));
  EXPECT_CU(cuMemRelease(handle));
}

TEST_F(MulticastTest, where_no_memory_is_bound_kernels_fault) {
  CUmemGenericAllocationHandle object = team(), handle = memory(0, unit);
  EXPECT_CU(cuMulticastBindMem(object, 0, handle, 0, unit, 0)); // of one device only
  CUdeviceptr all = map(object, unit);
  CUcontext own = nullptr;
  ASSERT_CU(cuCtxCreate(&own, nullptr, 0, 0));
  std::swap(own, contexts[0]);
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_ADDRESS, launch(0, "reds", {all}));
  std::swap(own, contexts[0]);
  cuCtxDestroy(own);
  EXPECT_CU(cuCtxSetCurrent(contexts[0]));
  unmap(all, unit);
  EXPECT_CU(cuMemRelease(object));
  EXPECT_CU(cuMemRelease(handle));
}

TEST_F(MulticastTest, handles_are_exported_and_kept) {
  prop.handleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  CUmemGenericAllocationHandle object = team(), same = 0;
  int file = -1;
  ASSERT_CU(
      cuMemExportToShareableHandle(&file, object, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0));
  EXPECT_CU(cuMemImportFromShareableHandle(&same, reinterpret_cast<void*>(intptr_t(file)),
                                           CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR));
  EXPECT_EQ(object, same);
  CUdeviceptr all = map(object, 2 * unit);
  EXPECT_CU(cuMemRelease(object));
  EXPECT_CU(cuMemRelease(same));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRelease(object));
  EXPECT_CU(cuMemRetainAllocationHandle(&same, reinterpret_cast<void*>(all)));
  EXPECT_EQ(object, same); // while it is mapped
  unsigned long long flags = 0;
  CUmemLocation here = {CU_MEM_LOCATION_TYPE_DEVICE, 1};
  EXPECT_CU(cuMemGetAccess(&flags, &here, all));
  EXPECT_EQ(3u, flags);
  int host = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH(&host, all, 4)); // for multimem only
  // Memory that cannot be shared cannot be bound to an object that can.
  prop.handleTypes = 0;
  CUmemGenericAllocationHandle handle = memory(0, unit);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastBindMem(same, 0, handle, 0, unit, 0));
  EXPECT_CU(cuMemRelease(handle));
  unmap(all, 2 * unit);
  EXPECT_CU(cuMemRelease(same));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemImportFromShareableHandle(&same, reinterpret_cast<void*>(intptr_t(file)),
                                           CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR));
  close(file);
}

TEST_F(MulticastTest, arguments_are_checked) {
  CUmemGenericAllocationHandle object = 0;
  auto refused = [&](auto change) {
    CUmulticastObjectProp bad = prop;
    change(bad);
    return cuMulticastCreate(&object, &bad);
  };
  using Prop = CUmulticastObjectProp;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastCreate(nullptr, &prop));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastCreate(&object, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.numDevices = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.numDevices = 6; })); // there are 5
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.size = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.size += 4096; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.flags = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.handleTypes = 0x100; }));
  size_t granularity = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMulticastGetGranularity(nullptr, &prop, CU_MULTICAST_GRANULARITY_MINIMUM));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMulticastGetGranularity(&granularity, nullptr, CU_MULTICAST_GRANULARITY_MINIMUM));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMulticastGetGranularity(&granularity, &prop, CUmulticastGranularity_flags(2)));

  object = team();
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastAddDevice(4711, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMulticastAddDevice(object, 99));
  CUmemGenericAllocationHandle handle = memory(0, unit), outside = memory(2, unit), none = 0;
  auto bind = [&](CUmemGenericAllocationHandle to, size_t at, CUmemGenericAllocationHandle what,
                  size_t from, size_t size, unsigned long long flags = 0) {
    return cuMulticastBindMem(to, at, what, from, size, flags);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(4711, 0, handle, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, 4711, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, object, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, handle, 0, unit, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 4096, handle, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, handle, 4096, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, handle, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, handle, 0, 2 * unit));    // more than it has
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 2 * unit, handle, 0, unit)); // behind the end
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, bind(object, 0, outside, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastUnbind(object, 0, 0, unit)); // nothing is bound
  ASSERT_CU(bind(object, 0, handle, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, bind(object, 0, handle, 0, unit)); // twice
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastUnbind(object, 1, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMulticastUnbind(object, 2, 0, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastUnbind(object, 0, 4096, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastUnbind(object, 0, 0, 4 * unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastUnbind(4711, 0, 0, unit));
  EXPECT_CU(cuMulticastUnbind(object, 0, 0, unit));
  CUmemAllocationProp p = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAllocationPropertiesFromHandle(&p, object));
  EXPECT_EQ(
      CUDA_ERROR_INVALID_VALUE,
      cuMemExportToShareableHandle(&none, object, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0));
  for (CUmemGenericAllocationHandle h : {object, handle, outside})
    EXPECT_CU(cuMemRelease(h));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMulticastAddDevice(object, 0));
}
