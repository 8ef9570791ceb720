// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and semaphores that come by file descriptor.
#include "../two_processes.h"
#include "fixture.h"

#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <thread>

namespace {

using anywarp::test::Peer;
using namespace std::chrono_literals;

class cuImportExternalMemoryTest : public WithContext {
protected:
  static constexpr size_t kBytes = 1 << 20;
  static int makeFile(size_t bytes) {
    int file = memfd_create("external", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    EXPECT_EQ(0, ftruncate(file, off_t(bytes)));
    return file;
  }
  static CUDA_EXTERNAL_MEMORY_HANDLE_DESC describe(int file, size_t bytes = kBytes) {
    CUDA_EXTERNAL_MEMORY_HANDLE_DESC desc = {};
    desc.type = CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD;
    desc.handle.fd = file;
    desc.size = bytes;
    return desc;
  }
  CUexternalMemory import(int file) {
    CUexternalMemory memory = nullptr;
    auto desc = describe(file);
    EXPECT_CU(cuImportExternalMemory(&memory, &desc));
    return memory;
  }
};

class cuImportExternalSemaphoreTest : public WithContext {
protected:
  static constexpr auto kOpaque = CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD;
  static constexpr auto kTimeline = CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD;

  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    ASSERT_CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  }
  void TearDown() override {
    EXPECT_CU(cuStreamDestroy(stream));
    EXPECT_CU(cuStreamDestroy(other));
    WithContext::TearDown();
  }
  CUexternalSemaphore import(CUexternalSemaphoreHandleType type, int file) {
    CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC desc = {};
    desc.type = type;
    desc.handle.fd = file;
    CUexternalSemaphore semaphore = nullptr;
    EXPECT_CU(cuImportExternalSemaphore(&semaphore, &desc));
    return semaphore;
  }
  static int makeWord() {
    int file = memfd_create("semaphore", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    EXPECT_EQ(0, ftruncate(file, 8));
    return file;
  }
  void signal(CUexternalSemaphore semaphore, uint64_t value, CUstream in) {
    CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS params = {};
    params.params.fence.value = value;
    EXPECT_CU(cuSignalExternalSemaphoresAsync(&semaphore, &params, 1, in));
  }
  void wait(CUexternalSemaphore semaphore, uint64_t value, CUstream in) {
    CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS params = {};
    params.params.fence.value = value;
    EXPECT_CU(cuWaitExternalSemaphoresAsync(&semaphore, &params, 1, in));
  }
  static bool standsStill(CUstream stream) {
    std::this_thread::sleep_for(60ms);
    return cuStreamQuery(stream) == CUDA_ERROR_NOT_READY;
  }
  CUstream stream = nullptr, other = nullptr;
};

} // namespace

TEST_F(cuImportExternalMemoryTest, buffers_are_the_file) {
  int file = makeFile(kBytes), ours = dup(file);
  CUexternalMemory memory = import(file); // takes `file`
  CUDA_EXTERNAL_MEMORY_BUFFER_DESC desc = {};
  desc.offset = 100; // at no page
  desc.size = 5000;
  CUdeviceptr buffer = 0, base = 0;
  ASSERT_CU(cuExternalMemoryGetMappedBuffer(&buffer, memory, &desc));
  size_t size = 0;
  EXPECT_CU(cuMemGetAddressRange(&base, &size, buffer + 4999));
  EXPECT_EQ(buffer, base);
  EXPECT_EQ(5000u, size);
  unsigned type = 0;
  EXPECT_CU(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, buffer));
  EXPECT_EQ(unsigned(CU_MEMORYTYPE_DEVICE), type);
  ASSERT_CU(cuMemsetD32(buffer, 0x01020304, 1250));
  EXPECT_CU(cuCtxSynchronize());
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemsetD32(buffer, 0, 1251));
  EXPECT_CU(cuDestroyExternalMemory(memory)); // its buffers live on
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuDestroyExternalMemory(memory));
  uint32_t words[2] = {};
  EXPECT_EQ(8, pread(ours, words, 8, 100));
  EXPECT_EQ(0x01020304u, words[1]);
  words[0] = 7;
  EXPECT_EQ(4, pwrite(ours, words, 4, 104));
  EXPECT_EQ(7u, download<uint32_t>(buffer + 4, 1)[0]);
  EXPECT_CU(cuMemFree(buffer));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(buffer));
  close(ours);
}

TEST_F(cuImportExternalMemoryTest, arrays_lie_in_the_file) {
  int file = makeFile(kBytes), ours = dup(file);
  CUexternalMemory memory = import(file);
  CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC desc = {};
  desc.offset = 4096;
  desc.arrayDesc.Width = 16;
  desc.arrayDesc.Height = 4;
  desc.arrayDesc.Format = CU_AD_FORMAT_UNSIGNED_INT32;
  desc.arrayDesc.NumChannels = 1;
  desc.numLevels = 2;
  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuExternalMemoryGetMappedMipmappedArray(&mipmap, memory, &desc));
  CUarray level = nullptr;
  ASSERT_CU(cuMipmappedArrayGetLevel(&level, mipmap, 0));
  std::vector<uint32_t> texels(64), read(64);
  for (size_t i = 0; i < 64; ++i)
    texels[i] = uint32_t(i) + 1;
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = texels.data();
  copy.srcPitch = 64;
  copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.dstArray = level;
  copy.WidthInBytes = 64;
  copy.Height = 4;
  ASSERT_CU(cuMemcpy2D(&copy));
  // Rows of 64 bytes, one behind the other: the layout that the header promises.
  EXPECT_EQ(256, pread(ours, read.data(), 256, 4096));
  EXPECT_EQ(texels, read);
  EXPECT_CU(cuDestroyExternalMemory(memory));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));

  memory = import(ours);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuExternalMemoryGetMappedMipmappedArray(nullptr, memory, &desc));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuExternalMemoryGetMappedMipmappedArray(&mipmap, memory, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuExternalMemoryGetMappedMipmappedArray(&mipmap, nullptr, &desc));
  desc.offset = kBytes - 256;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, // no room for the second level
            cuExternalMemoryGetMappedMipmappedArray(&mipmap, memory, &desc));
  desc.offset = kBytes;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuExternalMemoryGetMappedMipmappedArray(&mipmap, memory, &desc));
  desc.offset = 0;
  desc.numLevels = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuExternalMemoryGetMappedMipmappedArray(&mipmap, memory, &desc));
  EXPECT_CU(cuDestroyExternalMemory(memory));
}

// What a file descriptor of our own memory is good for as well.
TEST_F(cuImportExternalMemoryTest, takes_what_cuMemCreate_exports) {
  CUmemAllocationProp prop = {};
  prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  prop.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  prop.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  constexpr size_t kUnit = 2 << 20;
  CUmemGenericAllocationHandle handle = 0;
  ASSERT_CU(cuMemCreate(&handle, kUnit, &prop, 0));
  int file = -1;
  ASSERT_CU(cuMemExportToShareableHandle(&file, handle, prop.requestedHandleTypes, 0));
  CUdeviceptr range = 0, buffer = 0;
  CUmemAccessDesc access = {prop.location, CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
  ASSERT_CU(cuMemAddressReserve(&range, kUnit, 0, 0, 0));
  ASSERT_CU(cuMemMap(range, kUnit, 0, handle, 0));
  ASSERT_CU(cuMemSetAccess(range, kUnit, &access, 1));
  ASSERT_CU(cuMemsetD32(range + 64, 33, 1));
  auto desc = describe(file, kUnit);
  CUexternalMemory memory = nullptr;
  ASSERT_CU(cuImportExternalMemory(&memory, &desc));
  CUDA_EXTERNAL_MEMORY_BUFFER_DESC whole = {};
  whole.size = kUnit;
  ASSERT_CU(cuExternalMemoryGetMappedBuffer(&buffer, memory, &whole));
  EXPECT_EQ(33, download<int>(buffer + 64, 1)[0]);
  EXPECT_CU(cuDestroyExternalMemory(memory));
  EXPECT_CU(cuMemFree(buffer));
  EXPECT_CU(cuMemUnmap(range, kUnit));
  EXPECT_CU(cuMemAddressFree(range, kUnit));
  EXPECT_CU(cuMemRelease(handle));
}

TEST_F(cuImportExternalMemoryTest, arguments_are_checked) {
  int file = makeFile(kBytes);
  CUexternalMemory memory = nullptr;
  auto refused = [&](auto change) {
    auto desc = describe(file);
    change(desc);
    return cuImportExternalMemory(&memory, &desc);
  };
  using Desc = CUDA_EXTERNAL_MEMORY_HANDLE_DESC;
  auto desc = describe(file);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuImportExternalMemory(nullptr, &desc));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuImportExternalMemory(&memory, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Desc& d) { d.size = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Desc& d) { d.size = kBytes + 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Desc& d) { d.flags = 2; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Desc& d) { d.type = CUexternalMemoryHandleType(0); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Desc& d) { d.type = CUexternalMemoryHandleType(10); }));
  for (int type = 2; type <= 8; ++type)
    EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
              refused([&](Desc& d) { d.type = CUexternalMemoryHandleType(type); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([](Desc& d) { d.handle.fd = -1; }));
  int ends[2];
  ASSERT_EQ(0, pipe(ends)); // a file descriptor, but no memory
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([&](Desc& d) { d.handle.fd = ends[0]; }));
  close(ends[0]);
  close(ends[1]);
  EXPECT_GE(fcntl(file, F_GETFD), 0); // what is refused stays the caller's
  EXPECT_CU(refused([](Desc& d) { d.flags = CUDA_EXTERNAL_MEMORY_DEDICATED; }));

  CUDA_EXTERNAL_MEMORY_BUFFER_DESC buffer = {};
  CUdeviceptr pointer = 0;
  auto map = [&](unsigned long long offset, unsigned long long size, unsigned flags = 0) {
    buffer.offset = offset;
    buffer.size = size;
    buffer.flags = flags;
    return cuExternalMemoryGetMappedBuffer(&pointer, memory, &buffer);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, map(0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, map(0, kBytes + 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, map(8, kBytes));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, map(~0ull, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, map(0, 64, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuExternalMemoryGetMappedBuffer(nullptr, memory, &buffer));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuExternalMemoryGetMappedBuffer(&pointer, memory, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuExternalMemoryGetMappedBuffer(&pointer, nullptr, &buffer));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuDestroyExternalMemory(nullptr));
  EXPECT_CU(map(0, kBytes)); // goes with the context
  EXPECT_CU(cuDestroyExternalMemory(memory));
}

TEST_F(cuImportExternalSemaphoreTest, an_eventfd_is_a_binary_semaphore) {
  int file = eventfd(0, EFD_CLOEXEC), ours = dup(file);
  CUexternalSemaphore semaphore = import(kOpaque, file);
  CUdeviceptr word = upload(std::vector<int>{0});
  wait(semaphore, 0, stream);
  ASSERT_CU(cuMemsetD32Async(word, 5, 1, stream));
  EXPECT_TRUE(standsStill(stream));
  ASSERT_CU(cuMemsetD32Async(word, 4, 1, other)); // nobody else is held up
  EXPECT_CU(cuStreamSynchronize(other));
  uint64_t count = 1;
  EXPECT_EQ(8, write(ours, &count, 8));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(5, download<int>(word, 1)[0]);
  // The wait has reset it; a signal of ours sets it once more.
  wait(semaphore, 0, stream);
  EXPECT_TRUE(standsStill(stream));
  signal(semaphore, 0, other);
  EXPECT_CU(cuStreamSynchronize(stream));
  signal(semaphore, 0, other);
  EXPECT_CU(cuStreamSynchronize(other));
  EXPECT_EQ(8, read(ours, &count, 8));
  EXPECT_EQ(1u, count);
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuDestroyExternalSemaphore(semaphore));
  EXPECT_CU(cuMemFree(word));
  close(ours);
}

TEST_F(cuImportExternalSemaphoreTest, a_word_is_a_binary_or_a_timeline_semaphore) {
  int file = makeWord();
  auto* word = static_cast<std::atomic<uint64_t>*>(
      mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  CUexternalSemaphore binary = import(kOpaque, dup(file));
  wait(binary, 0, stream);
  EXPECT_TRUE(standsStill(stream));
  word->store(1);
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(0u, word->load());
  signal(binary, 99, stream); // the value is a timeline's
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(1u, word->load());
  EXPECT_CU(cuDestroyExternalSemaphore(binary));

  word->store(0);
  CUexternalSemaphore timeline = import(kTimeline, file);
  wait(timeline, 3, stream);
  signal(timeline, (uint64_t(1) << 40) + 1, stream);
  EXPECT_TRUE(standsStill(stream));
  word->store(2);
  EXPECT_TRUE(standsStill(stream));
  signal(timeline, 4, other);
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ((uint64_t(1) << 40) + 1, word->load());
  wait(timeline, 17, stream); // long reached
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_CU(cuDestroyExternalSemaphore(timeline));
  munmap(word, 8);
}

TEST_F(cuImportExternalSemaphoreTest, streams_play_ping_pong) {
  CUexternalSemaphore semaphores[2] = {import(kTimeline, makeWord()),
                                       import(kTimeline, makeWord())};
  CUdeviceptr word = upload(std::vector<int>{0});
  static std::atomic<int> turns;
  turns = 0;
  for (uint64_t turn = 1; turn <= 10; ++turn) {
    wait(semaphores[0], turn, stream);
    ASSERT_CU(cuLaunchHostFunc(stream, [](void*) { turns += turns % 2 == 0 ? 1 : 100; }, nullptr));
    signal(semaphores[1], turn, stream);
    wait(semaphores[1], turn, other);
    ASSERT_CU(cuLaunchHostFunc(other, [](void*) { turns += turns % 2 == 1 ? 1 : 100; }, nullptr));
    signal(semaphores[0], turn + 1, other);
  }
  EXPECT_EQ(0, turns);
  CUstream third = nullptr;
  ASSERT_CU(cuStreamCreate(&third, CU_STREAM_NON_BLOCKING));
  signal(semaphores[0], 1, third);
  EXPECT_CU(cuStreamSynchronize(other));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(20, turns);
  EXPECT_CU(cuStreamDestroy(third));
  for (CUexternalSemaphore semaphore : semaphores)
    EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
  EXPECT_CU(cuMemFree(word));
}

TEST_F(cuImportExternalSemaphoreTest, a_context_goes_although_a_signal_never_comes) {
  CUexternalSemaphore semaphore = import(kTimeline, makeWord());
  CUcontext own = nullptr;
  ASSERT_CU(cuCtxCreate(&own, nullptr, 0, device));
  CUstream waiting = nullptr;
  ASSERT_CU(cuStreamCreate(&waiting, CU_STREAM_NON_BLOCKING));
  wait(semaphore, 1, waiting);
  EXPECT_CU(cuCtxDestroy(own));
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
}

// The other process: waits for 1, answers with 2.
TEST_F(cuImportExternalSemaphoreTest, DISABLED_answers) {
  Peer peer = Peer::other();
  int number = 0;
  CUexternalSemaphore semaphore = import(kTimeline, peer.receive(number));
  wait(semaphore, 1, stream);
  signal(semaphore, 2, stream);
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
}

TEST_F(cuImportExternalSemaphoreTest, works_between_processes) {
  int file = makeWord();
  Peer peer = Peer::start("cuImportExternalSemaphoreTest.DISABLED_answers");
  ASSERT_TRUE(peer.send(1, file));
  CUexternalSemaphore semaphore = import(kTimeline, file);
  wait(semaphore, 2, other);
  signal(semaphore, 1, stream);
  EXPECT_CU(cuStreamSynchronize(other));
  EXPECT_EQ(0, peer.finish());
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
}

TEST_F(cuImportExternalSemaphoreTest, arguments_are_checked) {
  int file = makeWord();
  CUexternalSemaphore semaphore = nullptr;
  CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC good = {};
  good.type = kTimeline;
  good.handle.fd = file;
  auto refused = [&](auto change) {
    auto desc = good;
    change(desc);
    return cuImportExternalSemaphore(&semaphore, &desc);
  };
  using Desc = CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuImportExternalSemaphore(nullptr, &good));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuImportExternalSemaphore(&semaphore, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Desc& d) { d.flags = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Desc& d) { d.type = CUexternalSemaphoreHandleType(11); }));
  for (int type : {2, 3, 4, 5, 6, 7, 8, 10})
    EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
              refused([&](Desc& d) { d.type = CUexternalSemaphoreHandleType(type); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([](Desc& d) { d.handle.fd = -1; }));
  int event = eventfd(0, 0), empty = memfd_create("empty", MFD_ALLOW_SEALING);
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([&](Desc& d) { d.handle.fd = event; })); // no value
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([&](Desc& d) { d.handle.fd = empty; }));
  close(event);
  close(empty);
  semaphore = import(kTimeline, file);
  CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS signalParams = {};
  CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS waitParams = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuSignalExternalSemaphoresAsync(nullptr, &signalParams, 1, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuSignalExternalSemaphoresAsync(&semaphore, nullptr, 1, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuWaitExternalSemaphoresAsync(nullptr, &waitParams, 1, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuWaitExternalSemaphoresAsync(&semaphore, nullptr, 1, stream));
  CUexternalSemaphore none = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuSignalExternalSemaphoresAsync(&none, &signalParams, 1, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuWaitExternalSemaphoresAsync(&none, &waitParams, 1, stream));
  signalParams.flags = CUDA_EXTERNAL_SEMAPHORE_SIGNAL_SKIP_NVSCIBUF_MEMSYNC;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuSignalExternalSemaphoresAsync(&semaphore, &signalParams, 1, stream));
  CUstream garbage = CUstream(&semaphore);
  waitParams = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuWaitExternalSemaphoresAsync(&semaphore, &waitParams, 1, garbage));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuDestroyExternalSemaphore(nullptr));
  EXPECT_CU(cuDestroyExternalSemaphore(semaphore));
}
