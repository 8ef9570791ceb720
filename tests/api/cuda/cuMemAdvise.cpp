// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Advice, prefetches and discards of managed memory, and how they read back.
#include "fixture.h"

#include <sys/mman.h>

namespace {

class cuMemAdviseTest : public WithContext {
protected:
  static constexpr size_t kBytes = 1 << 20;
  static constexpr CUmemLocation kHere = {CU_MEM_LOCATION_TYPE_DEVICE, 0},
                                 kNowhere = {CU_MEM_LOCATION_TYPE_DEVICE, 99},
                                 kHost = {CU_MEM_LOCATION_TYPE_HOST, 0},
                                 kNode = {CU_MEM_LOCATION_TYPE_HOST_NUMA, 0},
                                 kBadNode = {CU_MEM_LOCATION_TYPE_HOST_NUMA, 77},
                                 kNearby = {CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT, 0},
                                 kNone = {CU_MEM_LOCATION_TYPE_INVALID, 0};

  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuMemAllocManaged(&memory, kBytes, CU_MEM_ATTACH_GLOBAL));
    ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  }
  void TearDown() override {
    EXPECT_CU(cuStreamDestroy(stream));
    EXPECT_CU(cuMemFree(memory));
    WithContext::TearDown();
  }
  int read(CUmem_range_attribute attribute, size_t offset = 0, size_t bytes = kBytes) {
    int value = -77;
    EXPECT_CU(cuMemRangeGetAttribute(&value, 4, attribute, memory + offset, bytes));
    return value;
  }
  CUresult advise(CUmem_advise advice, CUmemLocation location, size_t offset = 0,
                  size_t bytes = kBytes) {
    return cuMemAdvise(memory + offset, bytes, advice, location);
  }
  CUdeviceptr memory = 0;
  CUstream stream = nullptr;
};

} // namespace

TEST_F(cuMemAdviseTest, nothing_was_said_at_first) {
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE));
}

TEST_F(cuMemAdviseTest, advice_reads_back) {
  EXPECT_CU(advise(CU_MEM_ADVISE_SET_READ_MOSTLY, kNowhere)); // its location is ignored
  EXPECT_EQ(1, read(CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY));
  EXPECT_CU(advise(CU_MEM_ADVISE_UNSET_READ_MOSTLY, kNone, 0, 4096));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, 100, 4));
  EXPECT_EQ(1, read(CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, 4096, kBytes - 4096));

  EXPECT_CU(advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kHere));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_DEVICE, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID));
  EXPECT_CU(advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kHost, 8192, 1)); // its whole page
  EXPECT_EQ(CU_DEVICE_CPU, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION, 8192, 4096));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_HOST,
            read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE, 8192, 4096));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION, 8192, 4097));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION, 12288, kBytes - 12288));
  EXPECT_CU(advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kNode));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_HOST_NUMA, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE));
  EXPECT_EQ(CU_DEVICE_CPU, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION));
  EXPECT_CU(advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kNearby));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_HOST_NUMA, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE));
  EXPECT_CU(advise(CU_MEM_ADVISE_UNSET_PREFERRED_LOCATION, kNowhere));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION));

  EXPECT_CU(advise(CU_MEM_ADVISE_SET_ACCESSED_BY, kHere));
  EXPECT_CU(advise(CU_MEM_ADVISE_SET_ACCESSED_BY, kHost, 0, kBytes / 2));
  int by[3] = {9, 9, 9};
  EXPECT_CU(cuMemRangeGetAttribute(by, 12, CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY, memory, kBytes));
  EXPECT_EQ(0, by[0]); // the manual's own example
  EXPECT_EQ(CU_DEVICE_INVALID, by[1]);
  EXPECT_EQ(CU_DEVICE_INVALID, by[2]);
  EXPECT_CU(cuMemRangeGetAttribute(by, 12, CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY, memory, 4096));
  EXPECT_EQ(CU_DEVICE_CPU + 0, std::min(by[0], by[1]));
  EXPECT_EQ(0, std::max(by[0], by[1]));
  EXPECT_EQ(CU_DEVICE_INVALID, by[2]);
  EXPECT_CU(advise(CU_MEM_ADVISE_UNSET_ACCESSED_BY, kHere));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY));
}

TEST_F(cuMemAdviseTest, advice_goes_with_its_memory) {
  CUdeviceptr other = 0;
  ASSERT_CU(cuMemAllocManaged(&other, 600, CU_MEM_ATTACH_GLOBAL));
  for (int round = 0; round < 2; ++round) {
    CUdeviceptr small = 0;
    ASSERT_CU(cuMemAllocManaged(&small, 600, CU_MEM_ATTACH_GLOBAL));
    int value = -1;
    EXPECT_CU(cuMemRangeGetAttribute(&value, 4, CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, small, 600));
    EXPECT_EQ(0, value);
    EXPECT_CU(cuMemAdvise(small, 1, CU_MEM_ADVISE_SET_READ_MOSTLY, kHere));
    EXPECT_CU(cuMemRangeGetAttribute(&value, 4, CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, small, 600));
    EXPECT_EQ(1, value);
    // An allocation that may lie on the same page has nothing to do with it.
    EXPECT_CU(cuMemRangeGetAttribute(&value, 4, CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, other, 600));
    EXPECT_EQ(0, value);
    EXPECT_CU(cuMemFree(small));
  }
  EXPECT_CU(cuMemFree(other));
}

TEST_F(cuMemAdviseTest, errors_of_advice) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CUmem_advise(0), kHere));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CUmem_advise(7), kHere));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kNowhere));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kNone));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CU_MEM_ADVISE_SET_PREFERRED_LOCATION, kBadNode));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CU_MEM_ADVISE_SET_ACCESSED_BY, kNode));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CU_MEM_ADVISE_UNSET_ACCESSED_BY, kNearby));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, advise(CU_MEM_ADVISE_UNSET_ACCESSED_BY, kNowhere));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CU_MEM_ADVISE_SET_READ_MOSTLY, kHere, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, advise(CU_MEM_ADVISE_SET_READ_MOSTLY, kHere, 8, kBytes));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAdvise(0, 64, CU_MEM_ADVISE_SET_READ_MOSTLY, kHere));
  CUdeviceptr device = 0;
  ASSERT_CU(cuMemAlloc(&device, 4096));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemAdvise(device, 4096, CU_MEM_ADVISE_SET_READ_MOSTLY, kHere));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPrefetchAsync(device, 4096, kHere, 0, stream));
  EXPECT_CU(cuMemFree(device));
  std::vector<char> pageable(10000);
  CUdeviceptr host = CUdeviceptr(pageable.data());
  EXPECT_CU(cuMemAdvise(host, 10000, CU_MEM_ADVISE_SET_READ_MOSTLY, kHere));
  EXPECT_CU(cuMemPrefetchAsync(host, 10000, kHere, 0, stream));
  void* gone = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(gone, 8192);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemAdvise(CUdeviceptr(gone), 8192, CU_MEM_ADVISE_SET_READ_MOSTLY, kHere));

  int value = 0;
  constexpr auto kMostly = CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttribute(nullptr, 4, kMostly, memory, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttribute(&value, 8, kMostly, memory, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttribute(&value, 0, kMostly, memory, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemRangeGetAttribute(&value, 4, CUmem_range_attribute(99), memory, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemRangeGetAttribute(&value, 3, CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY, memory, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemRangeGetAttribute(&value, 4, kMostly, memory, kBytes + 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttribute(&value, 4, kMostly, host, 4));
}

TEST_F(cuMemAdviseTest, prefetches_read_back) {
  EXPECT_CU(cuMemPrefetchAsync(memory, kBytes, kHere, 0, stream));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_DEVICE, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID));
  EXPECT_CU(cuMemPrefetchAsync(memory, 4096, kHost, 0, nullptr));
  EXPECT_EQ(CU_DEVICE_CPU, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION, 0, 4096));
  EXPECT_EQ(CU_DEVICE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION));
  EXPECT_EQ(CU_MEM_LOCATION_TYPE_INVALID, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPrefetchAsync(memory, kBytes, kHere, 1, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuMemPrefetchAsync(memory, kBytes, kNowhere, 0, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPrefetchAsync(memory, kBytes, kNone, 0, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemPrefetchAsync(memory, 2 * kBytes, kHere, 0, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuMemPrefetchAsync(memory, kBytes, kHere, 0, CUstream(&context)));
  // Several at once.
  int mostly = -1, last = -1;
  void* data[] = {&mostly, &last};
  size_t sizes[] = {4, 4};
  CUmem_range_attribute what[] = {CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY,
                                  CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION};
  EXPECT_CU(cuMemRangeGetAttributes(data, sizes, what, 2, memory, 4096));
  EXPECT_EQ(0, mostly);
  EXPECT_EQ(CU_DEVICE_CPU, last);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttributes(nullptr, sizes, what, 2, memory, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttributes(data, nullptr, what, 2, memory, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttributes(data, sizes, nullptr, 2, memory, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemRangeGetAttributes(data, sizes, what, 0, memory, 64));
}

TEST_F(cuMemAdviseTest, batches) {
  auto* words = reinterpret_cast<volatile int*>(memory);
  words[0] = 5;
  words[kBytes / 8] = 6;
  CUdeviceptr pointers[] = {memory, memory + kBytes / 2, memory + kBytes / 2 + 4096};
  size_t sizes[] = {kBytes / 2, 4096, kBytes / 2 - 4096};
  CUmemLocation places[] = {kHere, kHost};
  size_t from[] = {0, 1};
  ASSERT_CU(cuMemPrefetchBatchAsync(pointers, sizes, 3, places, from, 2, 0, stream));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION, 0, kBytes / 2));
  EXPECT_EQ(CU_DEVICE_CPU,
            read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION, kBytes / 2, kBytes / 2));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(5, words[0]); // a prefetch changes nothing
  EXPECT_EQ(6, words[kBytes / 8]);
  ASSERT_CU(cuMemDiscardBatchAsync(pointers, sizes, 1, 0, stream));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(6, words[kBytes / 8]); // not in the discarded range
  words[0] = 7;
  EXPECT_EQ(7, download<int>(memory, 1)[0]);
  size_t all = 0;
  ASSERT_CU(cuMemDiscardAndPrefetchBatchAsync(pointers, sizes, 3, places, &all, 1, 0, stream));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(0, read(CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION));

  constexpr auto kBad = CUDA_ERROR_INVALID_VALUE;
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 3, places, from, 2, 0, nullptr));
  EXPECT_EQ(kBad, cuMemDiscardBatchAsync(pointers, sizes, 3, 0, nullptr));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 3, places, from, 2, 1, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(nullptr, sizes, 3, places, from, 2, 0, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, nullptr, 3, places, from, 2, 0, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 0, places, from, 2, 0, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 3, nullptr, from, 2, 0, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 3, places, nullptr, 2, 0, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 3, places, from, 0, 0, stream));
  EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 1, places, from, 2, 0, stream));
  size_t late[] = {1, 2}, same[] = {0, 0}, beyond[] = {0, 3};
  for (size_t* wrong : {late, same, beyond})
    EXPECT_EQ(kBad, cuMemPrefetchBatchAsync(pointers, sizes, 3, places, wrong, 2, 0, stream));
  places[1] = kNowhere;
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuMemDiscardAndPrefetchBatchAsync(pointers, sizes, 3, places, from, 2, 0, stream));
  sizes[2] = kBytes;
  EXPECT_EQ(kBad, cuMemDiscardBatchAsync(pointers, sizes, 3, 0, stream));
}

TEST_F(cuMemAdviseTest, memory_is_attached_to_streams) {
  EXPECT_CU(cuStreamAttachMemAsync(stream, memory, 0, CU_MEM_ATTACH_SINGLE));
  EXPECT_CU(cuStreamAttachMemAsync(stream, memory, kBytes, CU_MEM_ATTACH_HOST));
  EXPECT_CU(cuStreamAttachMemAsync(nullptr, memory, 0, CU_MEM_ATTACH_GLOBAL));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamAttachMemAsync(nullptr, memory, 0, CU_MEM_ATTACH_SINGLE));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamAttachMemAsync(stream, memory, 4096, CU_MEM_ATTACH_SINGLE));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamAttachMemAsync(stream, memory, 0, 3));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuStreamAttachMemAsync(CUstream(&context), memory, 0, CU_MEM_ATTACH_GLOBAL));
  std::vector<char> pageable(100);
  CUdeviceptr host = CUdeviceptr(pageable.data());
  EXPECT_CU(cuStreamAttachMemAsync(stream, host, 100, CU_MEM_ATTACH_SINGLE));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamAttachMemAsync(stream, host, 0, CU_MEM_ATTACH_SINGLE));
  CUdeviceptr device = 0;
  ASSERT_CU(cuMemAlloc(&device, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamAttachMemAsync(stream, device, 0, CU_MEM_ATTACH_SINGLE));
  EXPECT_CU(cuMemFree(device));
}
