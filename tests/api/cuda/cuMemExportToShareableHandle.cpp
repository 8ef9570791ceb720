// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory of cuMemCreate in two processes, by a file descriptor that goes through a socket.
#include "../two_processes.h"
#include "fixture.h"

#include <fcntl.h>
#include <sys/mman.h>

namespace {

using anywarp::test::Peer;

class cuMemExportToShareableHandleTest : public WithContext {
protected:
  static constexpr size_t kBytes = 4 << 20;
  static constexpr auto kFile = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;

  void SetUp() override {
    WithContext::SetUp();
    prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    prop.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    prop.requestedHandleTypes = kFile;
  }
  CUdeviceptr map(CUmemGenericAllocationHandle handle) {
    CUdeviceptr range = 0;
    CUmemAccessDesc access = {{CU_MEM_LOCATION_TYPE_DEVICE, 0}, CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
    EXPECT_CU(cuMemAddressReserve(&range, kBytes, 0, 0, 0));
    EXPECT_CU(cuMemMap(range, kBytes, 0, handle, 0));
    EXPECT_CU(cuMemSetAccess(range, kBytes, &access, 1));
    return range;
  }
  void unmap(CUdeviceptr range) {
    EXPECT_CU(cuMemUnmap(range, kBytes));
    EXPECT_CU(cuMemAddressFree(range, kBytes));
  }
  static void* asHandle(int file) { return reinterpret_cast<void*>(intptr_t(file)); }
  CUmemAllocationProp prop = {};
};

} // namespace

// The other process.
TEST_F(cuMemExportToShareableHandleTest, DISABLED_imports) {
  Peer peer = Peer::other();
  int number = 0, file = peer.receive(number);
  ASSERT_GE(file, 0);
  CUmemGenericAllocationHandle handle = 0;
  ASSERT_CU(cuMemImportFromShareableHandle(&handle, asHandle(file), kFile));
  EXPECT_EQ(0, close(file)); // still ours to close
  CUmemAllocationProp read = {};
  EXPECT_CU(cuMemGetAllocationPropertiesFromHandle(&read, handle));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_DEVICE, read.location.type);
  EXPECT_EQ(0, read.location.id);
  CUdeviceptr range = map(handle);
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_EQ(number, download<int>(range + 4096, 1)[0]);
  EXPECT_CU(cuMemsetD32(range + 8192, unsigned(2 * number), 1));
  EXPECT_CU(cuCtxSynchronize());
  unmap(range);
}

TEST_F(cuMemExportToShareableHandleTest, memory_is_the_same_in_both_processes) {
  CUmemGenericAllocationHandle handle = 0;
  ASSERT_CU(cuMemCreate(&handle, kBytes, &prop, 0));
  CUdeviceptr range = map(handle);
  int file = -1;
  ASSERT_CU(cuMemExportToShareableHandle(&file, handle, kFile, 0));
  EXPECT_CU(cuMemRelease(handle));
  ASSERT_CU(cuMemsetD32(range + 4096, 21, 1));
  ASSERT_CU(cuCtxSynchronize());
  unsigned types = 0;
  uint64_t wide = 0;
  EXPECT_CU(cuPointerGetAttribute(&wide, CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES, range));
  types = unsigned(wide);
  EXPECT_EQ(unsigned(kFile), types);
  Peer peer = Peer::start("cuMemExportToShareableHandleTest.DISABLED_imports");
  ASSERT_TRUE(peer.send(21, file));
  EXPECT_EQ(0, close(file));
  EXPECT_EQ(0, peer.finish());
  EXPECT_EQ(42, download<int>(range + 8192, 1)[0]);
  unmap(range);
}

TEST_F(cuMemExportToShareableHandleTest, what_was_exported_outlives_its_maker) {
  CUmemGenericAllocationHandle handle = 0, imported = 0;
  ASSERT_CU(cuMemCreate(&handle, kBytes, &prop, 0));
  int file = -1;
  ASSERT_CU(cuMemExportToShareableHandle(&file, handle, kFile, 0));
  CUdeviceptr range = map(handle);
  ASSERT_CU(cuMemsetD32(range, 5, 1));
  ASSERT_CU(cuCtxSynchronize());
  unmap(range);
  EXPECT_CU(cuMemRelease(handle));
  ASSERT_CU(cuMemImportFromShareableHandle(&imported, asHandle(file), kFile));
  EXPECT_EQ(0, close(file));
  range = map(imported);
  EXPECT_EQ(5, download<int>(range, 1)[0]);
  // What was imported may be handed on.
  int again = -1;
  EXPECT_CU(cuMemExportToShareableHandle(&again, imported, kFile, 0));
  EXPECT_EQ(0, close(again));
  unmap(range);
  EXPECT_CU(cuMemRelease(imported));
}

TEST_F(cuMemExportToShareableHandleTest, arguments_are_checked) {
  CUmemGenericAllocationHandle handle = 0, plain = 0, none = 0;
  ASSERT_CU(cuMemCreate(&handle, kBytes, &prop, 0));
  prop.requestedHandleTypes = CU_MEM_HANDLE_TYPE_NONE;
  ASSERT_CU(cuMemCreate(&plain, kBytes, &prop, 0));
  int file = -1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemExportToShareableHandle(nullptr, handle, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemExportToShareableHandle(&file, handle, kFile, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemExportToShareableHandle(&file, 99, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemExportToShareableHandle(&file, plain, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemExportToShareableHandle(&file, handle, CU_MEM_HANDLE_TYPE_NONE, 0));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            cuMemExportToShareableHandle(&file, handle, CU_MEM_HANDLE_TYPE_FABRIC, 0));
  EXPECT_EQ(-1, file);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemImportFromShareableHandle(&none, asHandle(-1), kFile));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemImportFromShareableHandle(&none, asHandle(9999), kFile));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            cuMemImportFromShareableHandle(&none, asHandle(1), CU_MEM_HANDLE_TYPE_FABRIC));
  // Files of others: not sealed, or with nothing of ours in them.
  int foreign = memfd_create("foreign", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(0, ftruncate(foreign, kBytes + 4096));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemImportFromShareableHandle(&none, asHandle(foreign), kFile));
  ASSERT_EQ(0, fcntl(foreign, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemImportFromShareableHandle(&none, asHandle(foreign), kFile));
  EXPECT_EQ(0, close(foreign));
  ASSERT_CU(cuMemExportToShareableHandle(&file, handle, kFile, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemImportFromShareableHandle(nullptr, asHandle(file), kFile));
  EXPECT_EQ(0, close(file));
  EXPECT_CU(cuMemRelease(handle));
  EXPECT_CU(cuMemRelease(plain));
}
