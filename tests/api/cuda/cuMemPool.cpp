// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory pools: places, access, attributes, reuse, and pools of two processes.
#include "../two_processes.h"
#include "fixture.h"

namespace {

using anywarp::test::Peer;

class cuMemPoolTest : public WithContext {
protected:
  static constexpr auto kFile = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;

  void SetUp() override {
    WithContext::SetUp();
    props.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    props.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  }
  CUmemoryPool create() {
    CUmemoryPool pool = nullptr;
    EXPECT_CU(cuMemPoolCreate(&pool, &props));
    return pool;
  }
  CUstream stream() {
    CUstream made = nullptr;
    EXPECT_CU(cuStreamCreate(&made, CU_STREAM_NON_BLOCKING));
    return made;
  }
  static CUdeviceptr allocate(CUmemoryPool pool, size_t bytes, CUstream in) {
    CUdeviceptr pointer = 0;
    EXPECT_CU(cuMemAllocFromPoolAsync(&pointer, bytes, pool, in));
    return pointer;
  }
  static uint64_t number(CUmemoryPool pool, CUmemPool_attribute attribute) {
    cuuint64_t value = 0;
    EXPECT_CU(cuMemPoolGetAttribute(pool, attribute, &value));
    return value;
  }
  static void set(CUmemoryPool pool, CUmemPool_attribute attribute, int value) {
    EXPECT_CU(cuMemPoolSetAttribute(pool, attribute, &value));
  }
  static void keepAll(CUmemoryPool pool) {
    cuuint64_t most = ~cuuint64_t(0);
    EXPECT_CU(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &most));
  }
  static void* asHandle(int file) { return reinterpret_cast<void*>(intptr_t(file)); }
  CUmemPoolProps props = {};
};

} // namespace

TEST_F(cuMemPoolTest, every_place_has_a_default_pool) {
  struct Place {
    CUmemLocation location;
    CUmemAllocationType type;
  };
  const Place places[] = {
      {{CU_MEM_LOCATION_TYPE_DEVICE, 0}, CU_MEM_ALLOCATION_TYPE_PINNED},
      {{CU_MEM_LOCATION_TYPE_HOST, 0}, CU_MEM_ALLOCATION_TYPE_PINNED},
      {{CU_MEM_LOCATION_TYPE_HOST_NUMA, 0}, CU_MEM_ALLOCATION_TYPE_PINNED},
      {{CU_MEM_LOCATION_TYPE_DEVICE, 0}, CU_MEM_ALLOCATION_TYPE_MANAGED},
      {{CU_MEM_LOCATION_TYPE_HOST, 0}, CU_MEM_ALLOCATION_TYPE_MANAGED},
      {{CU_MEM_LOCATION_TYPE_HOST_NUMA, 0}, CU_MEM_ALLOCATION_TYPE_MANAGED},
      {{CU_MEM_LOCATION_TYPE_NONE, 0}, CU_MEM_ALLOCATION_TYPE_MANAGED},
  };
  std::vector<CUmemoryPool> seen;
  for (Place place : places) {
    CUmemoryPool builtIn = nullptr, again = nullptr, current = nullptr;
    ASSERT_CU(cuMemGetDefaultMemPool(&builtIn, &place.location, place.type));
    ASSERT_CU(cuMemGetDefaultMemPool(&again, &place.location, place.type));
    ASSERT_CU(cuMemGetMemPool(&current, &place.location, place.type));
    EXPECT_EQ(builtIn, again);
    EXPECT_EQ(builtIn, current);
    for (CUmemoryPool other : seen)
      EXPECT_NE(builtIn, other);
    seen.push_back(builtIn);
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolDestroy(builtIn));
    // A pool of the same place takes over, and gives back when it goes.
    props.location = place.location;
    props.allocType = place.type;
    CUmemoryPool own = create();
    EXPECT_CU(cuMemSetMemPool(&place.location, place.type, own));
    EXPECT_CU(cuMemGetMemPool(&current, &place.location, place.type));
    EXPECT_EQ(own, current);
    CUdeviceptr pointer = allocate(own, 4096, nullptr);
    unsigned type = 0, managed = 9;
    EXPECT_CU(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, pointer));
    EXPECT_CU(cuPointerGetAttribute(&managed, CU_POINTER_ATTRIBUTE_IS_MANAGED, pointer));
    bool isManaged = place.type == CU_MEM_ALLOCATION_TYPE_MANAGED;
    bool isHost = !isManaged && place.location.type != CU_MEM_LOCATION_TYPE_DEVICE;
    EXPECT_EQ(unsigned(isHost ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE), type);
    EXPECT_EQ(unsigned(isManaged), managed);
    CUmemoryPool owner = nullptr;
    EXPECT_CU(cuPointerGetAttribute(&owner, CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE, pointer));
    EXPECT_EQ(own, owner);
    EXPECT_CU(cuMemsetD32Async(pointer, 5, 1024, nullptr));
    EXPECT_CU(cuStreamSynchronize(nullptr));
    if (isHost || isManaged)
      EXPECT_EQ(5, reinterpret_cast<volatile int*>(pointer)[1023]);
    EXPECT_CU(cuMemFreeAsync(pointer, nullptr));
    EXPECT_CU(cuMemPoolDestroy(own));
    EXPECT_CU(cuMemGetMemPool(&current, &place.location, place.type));
    EXPECT_EQ(builtIn, current);
  }
  CUmemoryPool device0 = nullptr;
  EXPECT_CU(cuDeviceGetDefaultMemPool(&device0, 0));
  EXPECT_EQ(seen[0], device0);

  CUmemoryPool pool = nullptr;
  CUmemLocation here = places[0].location, none = {CU_MEM_LOCATION_TYPE_NONE, 0},
                nowhere = {CU_MEM_LOCATION_TYPE_DEVICE, 99},
                now = {CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT, 0};
  constexpr auto kPinned = CU_MEM_ALLOCATION_TYPE_PINNED;
  for (auto* get : {&cuMemGetDefaultMemPool, &cuMemGetMemPool}) {
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, get(nullptr, &here, kPinned));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, get(&pool, nullptr, kPinned));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, get(&pool, &none, kPinned));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, get(&pool, &now, kPinned));
    EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, get(&pool, &nowhere, kPinned));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, get(&pool, &here, CUmemAllocationType(7)));
  }
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetMemPool(&here, kPinned, seen[1]));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemSetMemPool(&here, CU_MEM_ALLOCATION_TYPE_MANAGED, seen[0]));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetMemPool(nullptr, kPinned, seen[0]));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemSetMemPool(&here, kPinned, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDeviceSetMemPool(0, seen[1]));
}

TEST_F(cuMemPoolTest, properties_are_checked) {
  CUmemoryPool pool = nullptr;
  auto refused = [&](auto change) {
    CUmemPoolProps bad = props;
    change(bad);
    return cuMemPoolCreate(&pool, &bad);
  };
  using Props = CUmemPoolProps;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolCreate(nullptr, &props));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolCreate(&pool, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Props& p) { p.allocType = CU_MEM_ALLOCATION_TYPE_INVALID; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Props& p) { p.location.type = CU_MEM_LOCATION_TYPE_NONE; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Props& p) { p.location.type = CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, refused([](Props& p) { p.location.id = 99; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Props& p) {
              p.location.type = CU_MEM_LOCATION_TYPE_HOST;
              p.handleTypes = kFile;
            }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Props& p) {
              p.allocType = CU_MEM_ALLOCATION_TYPE_MANAGED;
              p.handleTypes = kFile;
            }));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            refused([](Props& p) { p.handleTypes = CU_MEM_HANDLE_TYPE_FABRIC; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Props& p) { p.handleTypes = CUmemAllocationHandleType(0x40); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Props& p) { p.usage = 0x40; }));
}

TEST_F(cuMemPoolTest, access_reads_back) {
  CUmemoryPool pool = create();
  CUmemAccess_flags flags = CUmemAccess_flags(9);
  CUmemLocation here = {CU_MEM_LOCATION_TYPE_DEVICE, 0}, host = {CU_MEM_LOCATION_TYPE_HOST, 0},
                nowhere = {CU_MEM_LOCATION_TYPE_DEVICE, 99};
  EXPECT_CU(cuMemPoolGetAccess(&flags, pool, &here));
  EXPECT_EQ(CU_MEM_ACCESS_FLAGS_PROT_READWRITE, flags);
  EXPECT_CU(cuMemPoolGetAccess(&flags, pool, &host));
  EXPECT_EQ(CU_MEM_ACCESS_FLAGS_PROT_NONE, flags);
  CUmemAccessDesc access = {here, CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
  EXPECT_CU(cuMemPoolSetAccess(pool, &access, 1));
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_NONE;
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMemPoolSetAccess(pool, &access, 1));
  access = {nowhere, CU_MEM_ACCESS_FLAGS_PROT_READ};
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMemPoolSetAccess(pool, &access, 1));
  access = {here, CUmemAccess_flags(2)};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolSetAccess(pool, &access, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolSetAccess(pool, nullptr, 1));
  EXPECT_CU(cuMemPoolSetAccess(pool, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMemPoolGetAccess(&flags, pool, &nowhere));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolGetAccess(nullptr, pool, &here));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolGetAccess(&flags, pool, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolGetAccess(&flags, nullptr, &here));
  EXPECT_CU(cuMemPoolDestroy(pool));

  props.location = host;
  pool = create();
  EXPECT_CU(cuMemPoolGetAccess(&flags, pool, &host));
  EXPECT_EQ(CU_MEM_ACCESS_FLAGS_PROT_READWRITE, flags);
  EXPECT_CU(cuMemPoolGetAccess(&flags, pool, &here));
  EXPECT_EQ(CU_MEM_ACCESS_FLAGS_PROT_NONE, flags);
  access = {here, CU_MEM_ACCESS_FLAGS_PROT_READ};
  EXPECT_CU(cuMemPoolSetAccess(pool, &access, 1));
  EXPECT_CU(cuMemPoolGetAccess(&flags, pool, &here));
  EXPECT_EQ(CU_MEM_ACCESS_FLAGS_PROT_READ, flags);
  EXPECT_CU(cuMemPoolDestroy(pool));
}

TEST_F(cuMemPoolTest, attributes_count) {
  CUmemoryPool pool = create();
  CUstream a = stream();
  keepAll(pool);
  CUdeviceptr first = allocate(pool, 1 << 20, a), second = allocate(pool, 1 << 20, a);
  EXPECT_EQ(uint64_t(2) << 20, number(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT));
  EXPECT_EQ(uint64_t(2) << 20, number(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT));
  EXPECT_CU(cuMemFreeAsync(first, a));
  EXPECT_CU(cuStreamSynchronize(a));
  EXPECT_EQ(uint64_t(1) << 20, number(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT));
  EXPECT_EQ(uint64_t(2) << 20, number(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH));
  EXPECT_EQ(uint64_t(2) << 20, number(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT));
  EXPECT_CU(cuMemPoolTrimTo(pool, 0));
  EXPECT_EQ(uint64_t(1) << 20, number(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT));
  EXPECT_EQ(uint64_t(2) << 20, number(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH));
  cuuint64_t zero = 0, one = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH, &one));
  EXPECT_CU(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH, &zero));
  EXPECT_CU(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH, &zero));
  EXPECT_EQ(uint64_t(1) << 20, number(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH));
  EXPECT_EQ(uint64_t(1) << 20, number(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &zero));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolGetAttribute(pool, CUmemPool_attribute(99), &zero));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH, nullptr));
  EXPECT_CU(cuMemFreeAsync(second, a));
  EXPECT_CU(cuMemPoolDestroy(pool)); // while memory is on its way back
  EXPECT_CU(cuStreamSynchronize(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolDestroy(pool));
  EXPECT_CU(cuStreamDestroy(a));
}

// What another stream is about to free goes to a stream that waits for it, and to nobody else.
TEST_F(cuMemPoolTest, reuse_follows_events) {
  for (int follow : {1, 0}) {
    CUmemoryPool pool = create();
    keepAll(pool);
    set(pool, CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES, follow);
    set(pool, CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC, 0);
    set(pool, CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES, 0);
    CUstream a = stream(), b = stream(), c = stream();
    CUevent freed = nullptr;
    ASSERT_CU(cuEventCreate(&freed, CU_EVENT_DISABLE_TIMING));
    CUdeviceptr block = allocate(pool, 1 << 20, a);
    Gate gate(a);
    EXPECT_CU(cuMemFreeAsync(block, a));
    EXPECT_CU(cuEventRecord(freed, a));
    EXPECT_NE(block, allocate(pool, 1 << 20, c)); // knows nothing of a
    EXPECT_CU(cuStreamWaitEvent(b, freed, 0));
    CUdeviceptr got = allocate(pool, 1 << 20, b);
    EXPECT_EQ(follow == 1, got == block);
    gate.open();
    EXPECT_CU(cuCtxSynchronize());
    if (!follow) // nobody but a may have it back
      EXPECT_NE(block, allocate(pool, 1 << 20, b));
    if (!follow)
      EXPECT_EQ(block, allocate(pool, 1 << 20, a));
    EXPECT_CU(cuEventDestroy(freed));
    for (CUstream s : {a, b, c})
      EXPECT_CU(cuStreamDestroy(s));
    EXPECT_CU(cuMemPoolDestroy(pool));
  }
}

TEST_F(cuMemPoolTest, what_was_freed_is_reused) {
  CUmemoryPool pool = create();
  keepAll(pool);
  CUstream a = stream(), b = stream();
  CUdeviceptr block = allocate(pool, 1 << 20, a);
  EXPECT_CU(cuMemFreeAsync(block, a));
  EXPECT_EQ(block, allocate(pool, 1 << 20, a)); // in the same stream at once
  EXPECT_CU(cuMemFreeAsync(block, a));
  EXPECT_CU(cuStreamSynchronize(a));
  EXPECT_EQ(block, allocate(pool, 1 << 20, b)); // elsewhere when it is free
  EXPECT_CU(cuMemFreeAsync(block, b));
  EXPECT_CU(cuStreamSynchronize(b));
  EXPECT_CU(cuStreamDestroy(a));
  EXPECT_CU(cuStreamDestroy(b));
  EXPECT_CU(cuMemPoolDestroy(pool));
}

// A pool that may not grow makes the stream wait for what another stream is about to free.
TEST_F(cuMemPoolTest, a_full_pool_waits_for_other_streams_frees) {
  for (int internal : {1, 0}) {
    props.maxSize = 1 << 20;
    CUmemoryPool pool = create();
    set(pool, CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES, internal);
    CUstream a = stream(), b = stream();
    CUdeviceptr block = allocate(pool, 1 << 20, a), got = 0;
    EXPECT_EQ(CUDA_ERROR_OUT_OF_MEMORY, cuMemAllocFromPoolAsync(&got, 1 << 20, pool, b));
    Gate gate(a);
    EXPECT_CU(cuMemsetD32Async(block, 1, 1, a));
    EXPECT_CU(cuMemFreeAsync(block, a));
    CUresult result = cuMemAllocFromPoolAsync(&got, 1 << 20, pool, b);
    if (!internal) {
      EXPECT_EQ(CUDA_ERROR_OUT_OF_MEMORY, result);
    } else {
      EXPECT_CU(result);
      EXPECT_EQ(block, got);
      EXPECT_CU(cuMemsetD32Async(got, 2, 1, b));
      EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(b));
    }
    gate.open();
    EXPECT_CU(cuStreamSynchronize(b));
    EXPECT_CU(cuStreamSynchronize(a));
    if (internal) {
      EXPECT_EQ(2, download<int>(got, 1)[0]);
      EXPECT_CU(cuMemFreeAsync(got, b));
    }
    EXPECT_CU(cuStreamDestroy(a));
    EXPECT_CU(cuStreamDestroy(b));
    EXPECT_CU(cuMemPoolDestroy(pool));
  }
}

// The other process: opens the pool and two of its allocations.
TEST_F(cuMemPoolTest, DISABLED_imports) {
  Peer peer = Peer::other();
  CUmemPoolPtrExportData data[2];
  int file = peer.receive(data);
  ASSERT_GE(file, 0);
  CUmemoryPool pool = nullptr;
  ASSERT_CU(cuMemPoolImportFromShareableHandle(&pool, asHandle(file), kFile, 0));
  EXPECT_EQ(0, close(file));
  CUdeviceptr first = 0, second = 0, again = 0, none = 0;
  ASSERT_CU(cuMemPoolImportPointer(&first, pool, &data[0]));
  ASSERT_CU(cuMemPoolImportPointer(&second, pool, &data[1]));
  ASSERT_CU(cuMemPoolImportPointer(&again, pool, &data[1]));
  EXPECT_EQ(second, again);
  size_t size = 0;
  EXPECT_CU(cuMemGetAddressRange(nullptr, &size, first + 100));
  EXPECT_EQ(10000u, size);
  EXPECT_EQ(7, download<int>(first, 1)[0]);
  EXPECT_EQ(8, download<int>(second, 1)[0]);
  EXPECT_CU(cuMemsetD32(second + 4, 9, 1));
  EXPECT_CU(cuCtxSynchronize());
  // An imported pool is for its owner's allocations only.
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAllocFromPoolAsync(&none, 64, pool, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDeviceSetMemPool(0, pool));
  int other = -1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportToShareableHandle(&other, pool, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportPointer(&data[0], first));
  CUmemPoolPtrExportData damaged = data[0];
  damaged.reserved[0] ^= 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolImportPointer(&none, pool, &damaged));
  damaged = data[0];
  damaged.reserved[23] = 0x7f; // far behind the end
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolImportPointer(&none, pool, &damaged));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolImportPointer(nullptr, pool, &data[0]));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolImportPointer(&none, pool, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolImportPointer(&none, nullptr, &data[0]));
  EXPECT_CU(cuMemFree(second));
  EXPECT_EQ(9, download<int>(second + 4, 1)[0]); // it was opened twice
  EXPECT_CU(cuMemFreeAsync(second, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(second));
  EXPECT_CU(cuMemPoolDestroy(pool)); // with memory that is open
  EXPECT_EQ(7, download<int>(first, 1)[0]);
  EXPECT_CU(cuMemFreeAsync(first, nullptr));
  EXPECT_CU(cuStreamSynchronize(nullptr));
}

TEST_F(cuMemPoolTest, two_processes_share_a_pool) {
  size_t before = 0, during = 0, total = 0;
  ASSERT_CU(cuMemGetInfo(&before, &total));
  props.handleTypes = kFile;
  props.maxSize = 64 << 20;
  CUmemoryPool pool = create();
  CUdeviceptr first = allocate(pool, 10000, nullptr), second = allocate(pool, 1 << 20, nullptr);
  ASSERT_CU(cuMemsetD32(first, 7, 1));
  ASSERT_CU(cuMemsetD32(second, 8, 1));
  ASSERT_CU(cuCtxSynchronize());
  EXPECT_CU(cuMemGetInfo(&during, &total));
  EXPECT_LE(during, before - (1 << 20) - 10000);
  int file = -1;
  ASSERT_CU(cuMemPoolExportToShareableHandle(&file, pool, kFile, 0));
  CUmemPoolPtrExportData data[2];
  ASSERT_CU(cuMemPoolExportPointer(&data[0], first));
  ASSERT_CU(cuMemPoolExportPointer(&data[1], second));
  Peer peer = Peer::start("cuMemPoolTest.DISABLED_imports");
  ASSERT_TRUE(peer.send(data, file));
  EXPECT_EQ(0, close(file));
  EXPECT_EQ(0, peer.finish());
  EXPECT_EQ((std::vector<int>{8, 9}), download<int>(second, 2));
  EXPECT_CU(cuMemFreeAsync(first, nullptr));
  EXPECT_CU(cuMemFree(second));
  EXPECT_CU(cuStreamSynchronize(nullptr));
  EXPECT_CU(cuMemPoolTrimTo(pool, 0));
  EXPECT_EQ(0u, number(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT));
  EXPECT_CU(cuMemGetInfo(&during, &total));
  EXPECT_EQ(before, during);
  EXPECT_CU(cuMemPoolDestroy(pool));
}

TEST_F(cuMemPoolTest, what_cannot_be_exported_or_imported) {
  CUmemoryPool plain = create(), none = nullptr;
  props.handleTypes = kFile;
  CUmemoryPool shared = create();
  int file = -1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportToShareableHandle(&file, plain, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportToShareableHandle(nullptr, shared, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportToShareableHandle(&file, shared, kFile, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportToShareableHandle(&file, nullptr, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolExportToShareableHandle(&file, shared, CU_MEM_HANDLE_TYPE_NONE, 0));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            cuMemPoolExportToShareableHandle(&file, shared, CU_MEM_HANDLE_TYPE_FABRIC, 0));
  CUdeviceptr ofPlain = allocate(plain, 64, nullptr), ofShared = allocate(shared, 64, nullptr);
  CUmemPoolPtrExportData data = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportPointer(&data, ofPlain));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportPointer(nullptr, ofShared));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportPointer(&data, ofShared + 8));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPoolExportPointer(&data, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolImportFromShareableHandle(&none, asHandle(-1), kFile, 0));
  ASSERT_CU(cuMemPoolExportToShareableHandle(&file, shared, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolImportFromShareableHandle(nullptr, asHandle(file), kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemPoolImportFromShareableHandle(&none, asHandle(file), kFile, 1));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            cuMemPoolImportFromShareableHandle(&none, asHandle(file), CU_MEM_HANDLE_TYPE_WIN32, 0));
  CUmemGenericAllocationHandle memory = 0; // a pool is no single piece of memory
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemImportFromShareableHandle(&memory, asHandle(file), kFile));
  EXPECT_EQ(0, close(file));
  EXPECT_CU(cuMemFree(ofPlain));
  EXPECT_CU(cuMemFree(ofShared));
  EXPECT_CU(cuMemPoolDestroy(plain));
  EXPECT_CU(cuMemPoolDestroy(shared));
}
