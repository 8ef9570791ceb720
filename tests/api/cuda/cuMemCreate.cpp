// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Virtual memory management: memory, addresses, mappings and access, and the errors of each.
#include "fixture.h"
#include "kernels.h"

#include <thread>

namespace {

class cuMemCreateTest : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    prop.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    ASSERT_CU(cuMemGetAllocationGranularity(&unit, &prop, CU_MEM_ALLOC_GRANULARITY_MINIMUM));
  }
  CUmemGenericAllocationHandle create(size_t bytes) {
    CUmemGenericAllocationHandle handle = 0;
    EXPECT_CU(cuMemCreate(&handle, bytes, &prop, 0));
    return handle;
  }
  CUdeviceptr reserve(size_t bytes) {
    CUdeviceptr range = 0;
    EXPECT_CU(cuMemAddressReserve(&range, bytes, 0, 0, 0));
    return range;
  }
  void allow(CUdeviceptr pointer, size_t bytes, CUmemAccess_flags flags) {
    CUmemAccessDesc access = {{CU_MEM_LOCATION_TYPE_DEVICE, 0}, flags};
    EXPECT_CU(cuMemSetAccess(pointer, bytes, &access, 1));
  }
  // add_one on `count` integers; the error of the synchronisation.
  CUresult addOne(CUdeviceptr data, unsigned count) {
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    EXPECT_CU(cuModuleLoadData(&module, kPtx));
    EXPECT_CU(cuModuleGetFunction(&function, module, "add_one"));
    void* params[] = {&data, &count};
    EXPECT_CU(
        cuLaunchKernel(function, (count + 63) / 64, 1, 1, 64, 1, 1, 0, nullptr, params, nullptr));
    CUresult result = cuCtxSynchronize();
    cuModuleUnload(module); // an error when the context has failed
    return result;
  }
  CUmemAllocationProp prop = {};
  size_t unit = 0;
};

template <typename T> T attribute(CUpointer_attribute code, CUdeviceptr pointer) {
  T value = {};
  EXPECT_CU(cuPointerGetAttribute(&value, code, pointer));
  return value;
}

} // namespace

TEST_F(cuMemCreateTest, memory_is_used_at_its_mapping) {
  size_t before = 0, during = 0, total = 0;
  ASSERT_CU(cuMemGetInfo(&before, &total));
  CUmemGenericAllocationHandle handle = create(unit);
  ASSERT_CU(cuMemGetInfo(&during, &total));
  EXPECT_EQ(before - unit, during);
  CUdeviceptr range = reserve(2 * unit);
  EXPECT_EQ(0u, range % unit);
  ASSERT_CU(cuMemMap(range + unit, unit, 0, handle, 0));
  allow(range + unit, unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  EXPECT_CU(cuMemRelease(handle)); // the mapping keeps it
  ASSERT_CU(cuMemsetD32(range + unit, 41, unit / 4));
  EXPECT_CU(addOne(range + unit, 1000));
  std::vector<int> values = download<int>(range + unit, 1001);
  EXPECT_EQ(42, values[0]);
  EXPECT_EQ(42, values[999]);
  EXPECT_EQ(41, values[1000]);

  CUdeviceptr base = 0;
  size_t size = 0;
  EXPECT_CU(cuMemGetAddressRange(&base, &size, range + unit + 12));
  EXPECT_EQ(range + unit, base);
  EXPECT_EQ(unit, size);
  CUdeviceptr at = range + unit + 100;
  EXPECT_EQ(range, attribute<CUdeviceptr>(CU_POINTER_ATTRIBUTE_RANGE_START_ADDR, at));
  EXPECT_EQ(2 * unit, attribute<size_t>(CU_POINTER_ATTRIBUTE_RANGE_SIZE, at));
  EXPECT_EQ(range + unit, attribute<CUdeviceptr>(CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR, at));
  EXPECT_EQ(unit, attribute<size_t>(CU_POINTER_ATTRIBUTE_MAPPING_SIZE, at));
  EXPECT_EQ(1u, attribute<unsigned>(CU_POINTER_ATTRIBUTE_MAPPED, at));
  EXPECT_EQ(unsigned(CU_MEMORYTYPE_DEVICE),
            attribute<unsigned>(CU_POINTER_ATTRIBUTE_MEMORY_TYPE, at));
  EXPECT_EQ(3u, attribute<unsigned>(CU_POINTER_ATTRIBUTE_ACCESS_FLAGS, at));
  EXPECT_EQ(nullptr, attribute<CUcontext>(CU_POINTER_ATTRIBUTE_CONTEXT, at));
  // Addresses without memory.
  EXPECT_EQ(0u, attribute<unsigned>(CU_POINTER_ATTRIBUTE_MAPPED, range));
  EXPECT_EQ(2 * unit, attribute<size_t>(CU_POINTER_ATTRIBUTE_RANGE_SIZE, range));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuMemGetAddressRange(&base, &size, range));
  int host = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH(&host, range, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(range + unit));

  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressFree(range, 2 * unit)); // still mapped
  EXPECT_CU(cuMemUnmap(range + unit, unit));
  EXPECT_CU(cuMemGetInfo(&during, &total));
  EXPECT_EQ(before, during);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressFree(range, unit));
  EXPECT_CU(cuMemAddressFree(range, 2 * unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressFree(range, 2 * unit));
}

// As frameworks grow a tensor: pieces one behind the other in one range.
TEST_F(cuMemCreateTest, copies_and_kernels_go_over_the_ends_of_mappings) {
  CUdeviceptr range = reserve(4 * unit);
  for (size_t i = 0; i < 3; ++i) {
    CUmemGenericAllocationHandle handle = create(unit);
    ASSERT_CU(cuMemMap(range + i * unit, unit, 0, handle, 0));
    EXPECT_CU(cuMemRelease(handle));
  }
  allow(range, 3 * unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  std::vector<int> values(3 * unit / 4);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = int(i);
  ASSERT_CU(cuMemcpyHtoD(range, values.data(), 3 * unit));
  EXPECT_CU(addOne(range, unsigned(values.size())));
  std::vector<int> after = download<int>(range, values.size());
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(int(i) + 1, after[i]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(range, values.data(), 3 * unit + 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemsetD8(range + 3 * unit, 0, 1));
  // One of them goes and comes back empty-handed of its access.
  EXPECT_CU(cuMemUnmap(range + unit, unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH(values.data(), range, 3 * unit));
  CUmemGenericAllocationHandle handle = create(unit);
  ASSERT_CU(cuMemMap(range + unit, unit, 0, handle, 0));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH(values.data(), range, 3 * unit));
  allow(range + unit, unit, CU_MEM_ACCESS_FLAGS_PROT_READ);
  EXPECT_CU(cuMemcpyDtoH(values.data(), range, 3 * unit));
  EXPECT_EQ(int(unit / 4), values[unit / 4 - 1]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(range, values.data(), 3 * unit)); // read only
  EXPECT_CU(cuMemUnmap(range, 3 * unit));
  EXPECT_CU(cuMemAddressFree(range, 4 * unit));
}

TEST_F(cuMemCreateTest, memory_may_be_at_two_addresses) {
  CUmemGenericAllocationHandle handle = create(2 * unit);
  CUdeviceptr range = reserve(4 * unit);
  ASSERT_CU(cuMemMap(range, 2 * unit, 0, handle, 0));
  ASSERT_CU(cuMemMap(range + 3 * unit, unit, unit, handle, 0)); // its second half
  allow(range, 2 * unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  allow(range + 3 * unit, unit, CU_MEM_ACCESS_FLAGS_PROT_READ);
  ASSERT_CU(cuMemsetD32(range + unit + 8, 77, 1));
  EXPECT_EQ(77, download<int>(range + 3 * unit + 8, 1)[0]);
  unsigned long long flags = 9;
  CUmemLocation here = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  EXPECT_CU(cuMemGetAccess(&flags, &here, range + unit));
  EXPECT_EQ(3u, flags);
  EXPECT_CU(cuMemGetAccess(&flags, &here, range + 3 * unit + 5));
  EXPECT_EQ(1u, flags);
  CUmemLocation host = {CU_MEM_LOCATION_TYPE_HOST, 0};
  EXPECT_CU(cuMemGetAccess(&flags, &host, range));
  EXPECT_EQ(0u, flags);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAccess(&flags, &here, range + 2 * unit));
  EXPECT_CU(cuMemUnmap(range, 2 * unit));
  EXPECT_CU(cuMemUnmap(range + 3 * unit, unit));
  EXPECT_CU(cuMemAddressFree(range, 4 * unit));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRelease(handle));
}

TEST_F(cuMemCreateTest, kernels_fault_where_nothing_is_mapped) {
  CUdeviceptr range = reserve(unit);
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_ADDRESS, addOne(range, 64));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); // it sticks
  EXPECT_CU(cuMemAddressFree(range, unit));
  cuCtxDestroy(context);
  context = nullptr;
}

TEST_F(cuMemCreateTest, kernels_fault_without_access) {
  CUdeviceptr range = reserve(unit);
  CUmemGenericAllocationHandle handle = create(unit);
  ASSERT_CU(cuMemMap(range, unit, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_ADDRESS, addOne(range, 64));
  EXPECT_CU(cuMemUnmap(range, unit));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_CU(cuMemAddressFree(range, unit));
  cuCtxDestroy(context);
  context = nullptr;
}

TEST_F(cuMemCreateTest, kernels_fault_when_they_write_what_they_may_read) {
  CUdeviceptr range = reserve(unit);
  CUmemGenericAllocationHandle handle = create(unit);
  ASSERT_CU(cuMemMap(range, unit, 0, handle, 0));
  allow(range, unit, CU_MEM_ACCESS_FLAGS_PROT_READ);
  EXPECT_EQ(0, download<int>(range, 1)[0]);
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_ADDRESS, addOne(range, 64));
  EXPECT_CU(cuMemUnmap(range, unit));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_CU(cuMemAddressFree(range, unit));
  cuCtxDestroy(context);
  context = nullptr;
}

TEST_F(cuMemCreateTest, properties_read_back_and_are_checked) {
  prop.allocFlags.usage = CU_MEM_CREATE_USAGE_HW_DECOMPRESS;
  CUmemGenericAllocationHandle handle = create(unit);
  CUmemAllocationProp read;
  memset(&read, 0xff, sizeof read);
  EXPECT_CU(cuMemGetAllocationPropertiesFromHandle(&read, handle));
  EXPECT_EQ(CU_MEM_ALLOCATION_TYPE_PINNED, read.type);
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_DEVICE, read.location.type);
  EXPECT_EQ(0, read.location.id);
  EXPECT_EQ(CU_MEM_HANDLE_TYPE_NONE, read.requestedHandleTypes);
  EXPECT_EQ(CU_MEM_CREATE_USAGE_HW_DECOMPRESS, read.allocFlags.usage);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAllocationPropertiesFromHandle(nullptr, handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAllocationPropertiesFromHandle(&read, 12345));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAllocationPropertiesFromHandle(&read, handle));

  auto refused = [&](auto change) {
    CUmemAllocationProp bad = {};
    bad.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    bad.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    change(bad);
    CUmemGenericAllocationHandle none = 0;
    size_t granularity = 0;
    CUresult result = cuMemCreate(&none, unit, &bad, 0);
    EXPECT_EQ(result, cuMemGetAllocationGranularity(&granularity, &bad,
                                                    CU_MEM_ALLOC_GRANULARITY_RECOMMENDED));
    return result;
  };
  using Prop = CUmemAllocationProp;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.type = CUmemAllocationType(0); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Prop& p) { p.type = CU_MEM_ALLOCATION_TYPE_MANAGED; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, refused([](Prop& p) { p.location.id = 99; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Prop& p) { p.location.type = CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Prop& p) { p.location.type = CU_MEM_LOCATION_TYPE_INVALID; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Prop& p) { p.location = {CU_MEM_LOCATION_TYPE_HOST_NUMA, 77}; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) {
              p.location.type = CU_MEM_LOCATION_TYPE_HOST;
              p.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
            }));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            refused([](Prop& p) { p.requestedHandleTypes = CU_MEM_HANDLE_TYPE_FABRIC; }));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            refused([](Prop& p) { p.requestedHandleTypes = CU_MEM_HANDLE_TYPE_WIN32; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Prop& p) { p.requestedHandleTypes = CUmemAllocationHandleType(0x100); }));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            refused([](Prop& p) { p.allocFlags.gpuDirectRDMACapable = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Prop& p) { p.allocFlags.usage = 0x80; }));
}

TEST_F(cuMemCreateTest, host_memory_is_memory_of_the_host) {
  for (CUmemLocationType type : {CU_MEM_LOCATION_TYPE_HOST, CU_MEM_LOCATION_TYPE_HOST_NUMA}) {
    prop.location = {type, 0};
    CUmemGenericAllocationHandle handle = create(unit);
    CUdeviceptr range = reserve(unit);
    ASSERT_CU(cuMemMap(range, unit, 0, handle, 0));
    CUmemAccessDesc access[] = {{{type, 0}, CU_MEM_ACCESS_FLAGS_PROT_READWRITE},
                                {{CU_MEM_LOCATION_TYPE_DEVICE, 0}, CU_MEM_ACCESS_FLAGS_PROT_READ}};
    EXPECT_CU(cuMemSetAccess(range, unit, access, 2));
    reinterpret_cast<volatile int*>(range)[7] = 9;
    EXPECT_EQ(9, download<int>(range + 28, 1)[0]);
    EXPECT_EQ(unsigned(CU_MEMORYTYPE_HOST),
              attribute<unsigned>(CU_POINTER_ATTRIBUTE_MEMORY_TYPE, range));
    EXPECT_CU(cuMemUnmap(range, unit));
    EXPECT_CU(cuMemRelease(handle));
    EXPECT_CU(cuMemAddressFree(range, unit));
  }
}

TEST_F(cuMemCreateTest, arguments_are_checked) {
  CUmemGenericAllocationHandle handle = 0;
  CUdeviceptr range = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemCreate(nullptr, unit, &prop, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&handle, unit, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&handle, unit, &prop, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&handle, 0, &prop, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&handle, unit + 1, &prop, 0));
  EXPECT_EQ(CUDA_ERROR_OUT_OF_MEMORY, cuMemCreate(&handle, unit << 32, &prop, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRelease(0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(nullptr, unit, 0, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&range, 0, 0, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&range, 100, 0, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&range, unit, 3, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&range, unit, 0, 7, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&range, unit, 0, 0, 1));
  EXPECT_EQ(CUDA_ERROR_OUT_OF_MEMORY,
            cuMemAddressReserve(&range, ~size_t(0) / 4096 * 4096, 0, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAddressFree(0, unit));

  ASSERT_CU(cuMemAddressReserve(&range, 4 * unit, 16 * unit, 0, 0));
  EXPECT_EQ(0u, range % (16 * unit));
  CUdeviceptr hint = range + 64 * unit, other = 0;
  ASSERT_CU(cuMemAddressReserve(&other, unit, 0, hint, 0)); // a wish: wherever it is
  EXPECT_CU(cuMemAddressFree(other, unit));
  handle = create(2 * unit);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, 2 * unit, 0, handle, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, 2 * unit, 0, 4711, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, 0, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range + 4096, unit, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, unit + 4096, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, unit, 4096, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, 4 * unit, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, 2 * unit, unit, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range + 3 * unit, 2 * unit, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(unit, unit, 0, handle, 0)); // not reserved
  ASSERT_CU(cuMemMap(range + unit, 2 * unit, 0, handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, 2 * unit, 0, handle, 0)); // overlaps
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemUnmap(range + unit, unit));          // a part
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemUnmap(range, 3 * unit));             // a gap
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemUnmap(range + unit, 0));

  CUmemAccessDesc access = {{CU_MEM_LOCATION_TYPE_DEVICE, 0}, CU_MEM_ACCESS_FLAGS_PROT_READ};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(range + unit, unit, &access, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(range, 4 * unit, &access, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(range + unit, 2 * unit, nullptr, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(range + unit, 2 * unit, &access, 0));
  access.flags = CUmemAccess_flags(2);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(range + unit, 2 * unit, &access, 1));
  access = {{CU_MEM_LOCATION_TYPE_DEVICE, 99}, CU_MEM_ACCESS_FLAGS_PROT_READ};
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMemSetAccess(range + unit, 2 * unit, &access, 1));
  access.location = {CU_MEM_LOCATION_TYPE_HOST_NUMA, 0}; // for memory of such a node only
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(range + unit, 2 * unit, &access, 1));
  unsigned long long flags = 0;
  CUmemLocation here = {CU_MEM_LOCATION_TYPE_DEVICE, 0},
                nowhere = {CU_MEM_LOCATION_TYPE_DEVICE, 99};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAccess(nullptr, &here, range + unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetAccess(&flags, nullptr, range + unit));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMemGetAccess(&flags, &nowhere, range + unit));

  CUmemGenericAllocationHandle same = 0;
  EXPECT_CU(cuMemRetainAllocationHandle(&same, reinterpret_cast<void*>(range + 2 * unit + 3)));
  EXPECT_EQ(handle, same);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemRetainAllocationHandle(&same, reinterpret_cast<void*>(range)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRetainAllocationHandle(&same, nullptr));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRelease(handle));
  EXPECT_CU(cuMemRetainAllocationHandle(&same, reinterpret_cast<void*>(range + unit)));
  EXPECT_EQ(handle, same); // while it is mapped
  EXPECT_CU(cuMemRelease(same));
  EXPECT_CU(cuMemUnmap(range + unit, 2 * unit));
  EXPECT_CU(cuMemAddressFree(range, 4 * unit));

  size_t granularity = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemGetAllocationGranularity(nullptr, &prop, CU_MEM_ALLOC_GRANULARITY_MINIMUM));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemGetAllocationGranularity(&granularity, nullptr, CU_MEM_ALLOC_GRANULARITY_MINIMUM));
  EXPECT_EQ(
      CUDA_ERROR_INVALID_VALUE,
      cuMemGetAllocationGranularity(&granularity, &prop, CUmemAllocationGranularity_flags(7)));
}

TEST_F(cuMemCreateTest, threads_map_and_unmap_in_one_range) {
  CUdeviceptr range = reserve(4 * unit);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 4; ++i)
    threads.emplace_back([&, at = range + i * unit] {
      CUmemAccessDesc access = {{CU_MEM_LOCATION_TYPE_DEVICE, 0},
                                CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
      for (int round = 0; round < 50; ++round) {
        CUmemGenericAllocationHandle handle = 0, again = 0;
        EXPECT_CU(cuMemCreate(&handle, unit, &prop, 0));
        EXPECT_CU(cuMemMap(at, unit, 0, handle, 0));
        EXPECT_CU(cuMemSetAccess(at, unit, &access, 1));
        EXPECT_CU(cuMemRelease(handle));
        EXPECT_CU(cuMemRetainAllocationHandle(&again, reinterpret_cast<void*>(at)));
        EXPECT_EQ(0, *reinterpret_cast<volatile int*>(at)); // what was given back comes as zeros
        *reinterpret_cast<volatile int*>(at) = round + 1;
        EXPECT_CU(cuMemRelease(again));
        EXPECT_CU(cuMemUnmap(at, unit));
      }
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_CU(cuMemAddressFree(range, 4 * unit));
}
