// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The behaviour that static cudart depends on: sizes, the unretained primary context, storage that
// ends with its context.
#include "fixture.h"

#include <cstdint>

namespace {

constexpr CUuuid kCudartInterface = {{0x6b, char(0xd5), char(0xfb), 0x6c, 0x5b, char(0xf4),
                                      char(0xe7), 0x4a, char(0x89), char(0x87), char(0xd9), 0x39,
                                      0x12, char(0xfd), char(0x9d), char(0xf9)}};
constexpr CUuuid kStorage = {{char(0xc6), char(0x93), 0x33, 0x6e, 0x11, 0x21, char(0xdf), 0x11,
                              char(0xa8), char(0xc3), 0x68, char(0xf3), 0x55, char(0xd8),
                              char(0x95), char(0x93)}};

void* const* table(const CUuuid& id) {
  const void* found = nullptr;
  EXPECT_CU(cuGetExportTable(&found, &id));
  return static_cast<void* const*>(found);
}

int destroyed = 0;
void countDestruction(CUcontext, void*, void*) {
  ++destroyed;
}

using cuGetExportTableTest = Driver;

TEST(cuGetExportTable, unknown_table_is_not_found) {
  CUuuid id = {{1, 2, 3}};
  const void* found = &id;
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuGetExportTable(&found, &id));
  EXPECT_EQ(nullptr, found);
}

TEST(cuGetExportTable, first_slot_is_the_size_in_bytes) {
  ASSERT_NE(nullptr, table(kCudartInterface));
  EXPECT_EQ(13 * sizeof(void*), reinterpret_cast<uintptr_t>(table(kCudartInterface)[0]));
}

TEST_F(cuGetExportTableTest, primary_context_is_handed_out_inactive) {
  auto primary = reinterpret_cast<CUresult (*)(CUcontext*, CUdevice)>(table(kCudartInterface)[2]);
  CUcontext context = nullptr, retained = nullptr;
  ASSERT_CU(primary(&context, 0));
  unsigned flags = 1;
  int active = 1;
  EXPECT_CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
  EXPECT_EQ(0u, flags);
  EXPECT_EQ(0, active);
  EXPECT_CU(cuDevicePrimaryCtxRetain(&retained, 0));
  EXPECT_EQ(context, retained);
  EXPECT_CU(cuDevicePrimaryCtxRelease(0));
}

TEST_F(cuGetExportTableTest, storage_ends_with_its_context) {
  void* const* slots = table(kStorage);
  auto put =
      reinterpret_cast<CUresult (*)(CUcontext, void*, void*, void (*)(CUcontext, void*, void*))>(
          slots[0]);
  auto remove = reinterpret_cast<CUresult (*)(CUcontext, void*)>(slots[1]);
  auto get = reinterpret_cast<CUresult (*)(void**, CUcontext, void*)>(slots[2]);
  CUcontext context = nullptr;
  ASSERT_CU(cuCtxCreate(&context, nullptr, 0, 0));
  int key1 = 0, key2 = 0, value = 7;
  void* found = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, get(&found, context, &key1));
  EXPECT_CU(put(context, &key1, &value, countDestruction));
  EXPECT_CU(put(nullptr, &key2, &value, countDestruction)); // null: the current context
  EXPECT_CU(get(&found, context, &key1));
  EXPECT_EQ(&value, found);
  EXPECT_CU(remove(context, &key2));
  destroyed = 0;
  EXPECT_CU(cuCtxDestroy(context));
  EXPECT_EQ(1, destroyed);
}

} // namespace
