// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many threads on pools, mappings, hints and semaphores; for the thread sanitizer, and because a
// block of a pool that two streams have at once shows as a pattern that is not one's own.
#include "core/external_semaphore.h"
#include "core/memory_hints.h"
#include "core/virtual_memory.h"
#include "core_fixture.h"

#include <cstring>
#include <random>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace anywarp::test {
namespace {

using MemoryStress = CoreTest;
constexpr int kThreads = 8;

// Writes a value, looks whether it is still there, and frees, all in the order of the stream.
void useBlock(Pool& pool, Stream& stream, size_t bytes, int value, std::atomic<int>& spoiled) {
  Result<void*> block = pool.allocate(stream, bytes);
  if (!block) {
    EXPECT_EQ(Status::OutOfMemory, block.status());
    return;
  }
  auto* p = static_cast<unsigned char*>(*block);
  EXPECT_TRUE(bool(stream.enqueue([=] {
    std::memset(p, value, bytes);
    return Result<void>();
  })));
  EXPECT_TRUE(bool(stream.enqueue([=, &spoiled] {
    for (size_t i = 0; i < bytes; ++i)
      spoiled += p[i] != value;
    return Result<void>();
  })));
  EXPECT_TRUE(bool(Pool::freeAsync(stream, p)));
}

TEST_F(MemoryStress, a_block_of_a_pool_is_never_with_two) {
  PoolProperties properties;
  properties.location = {kLocationDevice, 0};
  for (unsigned policy = 0; policy < 8; ++policy) {
    for (bool shared : {false, true}) {
      properties.handleTypes = shared ? kHandleFile : 0;
      properties.maxSize = 64 << 10; // so that streams must wait for each other's blocks
      PoolRef pool = *Pool::create(properties);
      for (int code = 1; code <= 3; ++code)
        EXPECT_TRUE(bool(pool->setAttribute(code, policy >> (code - 1) & 1)));
      EXPECT_TRUE(bool(pool->setAttribute(4, UINT64_MAX)));
      std::vector<EventRef> events;
      for (int i = 0; i < 4; ++i)
        events.push_back(*Event::create(*context, Event::kDisableTiming));
      std::atomic<int> spoiled{0};
      onThreads(kThreads, context, [&](int t) {
        std::mt19937 random{unsigned(t)};
        StreamRef own = *Stream::create(*context, Stream::kNonBlocking, 0);
        for (int i = 0; i < 60; ++i) {
          useBlock(*pool, *own, 2000 + random() % 3000, t * 16 + i % 16, spoiled);
          if (random() % 3 == 0)
            EXPECT_TRUE(bool(events[random() % events.size()]->record(*own)));
          if (random() % 3 == 0)
            EXPECT_TRUE(bool(own->waitEvent(events[random() % events.size()])));
          if (random() % 16 == 0)
            EXPECT_TRUE(bool(pool->trimTo(0)));
        }
        EXPECT_TRUE(bool(own->synchronize()));
        EXPECT_TRUE(bool(own->destroy()));
      });
      EXPECT_EQ(0, spoiled);
      EXPECT_EQ(0u, *pool->attribute(7)); // used
      EXPECT_TRUE(bool(pool->trimTo(0)));
      EXPECT_EQ(0u, *pool->attribute(5)); // reserved
      EXPECT_TRUE(bool(pool->destroy()));
    }
  }
}

TEST_F(MemoryStress, threads_map_copy_and_look_up) {
  constexpr size_t kUnit = VirtualMemory::kGranularity;
  auto* range = static_cast<char*>(*VirtualMemory::reserve(kThreads * kUnit, 0, nullptr));
  PhysicalProperties properties;
  properties.type = 1;
  properties.location = {kLocationDevice, 0};
  onThreads(kThreads, context, [&](int t) {
    char* mine = range + size_t(t) * kUnit;
    StreamRef own = *Stream::create(*context, Stream::kNonBlocking, 0);
    AccessDescription access = {{kLocationDevice, 0}, 3};
    for (int i = 0; i < 20; ++i) {
      PhysicalMemoryRef memory = *VirtualMemory::create(kUnit, properties);
      EXPECT_TRUE(bool(VirtualMemory::map(mine, kUnit, 0, memory)));
      EXPECT_TRUE(bool(VirtualMemory::setAccess(mine, kUnit, {&access, 1})));
      EXPECT_TRUE(bool(VirtualMemory::release(memory->handle())));
      memory = nullptr;
      EXPECT_TRUE(bool(Memory::fill(*own, mine, uint32_t(t), 1, 4096, true)));
      char got = -1;
      EXPECT_TRUE(bool(Memory::copy(*own, &got, mine + 4095, 1, CopyKind::Default, false)));
      EXPECT_EQ(t, got);
      // Whatever the neighbour is doing just now: an answer, no harm.
      char* other = range + size_t((t + 1) % kThreads) * kUnit;
      (void)Memory::find(other);
      (void)VirtualMemory::access(access.location, other);
      EXPECT_TRUE(VirtualMemory::reserved(other).has_value());
      EXPECT_TRUE(bool(VirtualMemory::unmap(mine, kUnit)));
    }
    EXPECT_TRUE(bool(own->destroy()));
  });
  EXPECT_TRUE(bool(VirtualMemory::unreserve(range, kThreads * kUnit)));
}

TEST_F(MemoryStress, threads_advise_and_prefetch) {
  constexpr size_t kBytes = 64 << 10;
  auto* memory = static_cast<char*>(*Memory::allocateManaged(*context, kBytes, 1));
  onThreads(kThreads, context, [&](int t) {
    std::mt19937 random{unsigned(t)};
    StreamRef own = *Stream::create(*context, Stream::kNonBlocking, 0);
    for (int i = 0; i < 200; ++i) {
      size_t begin = random() % kBytes, bytes = 1 + random() % (kBytes - begin);
      MemoryLocation where = {random() % 2 ? kLocationDevice : kLocationHost, 0};
      EXPECT_TRUE(bool(MemoryHints::advise(memory + begin, bytes, 1 + int(random() % 6), where)));
      if (i % 8 == 0)
        EXPECT_TRUE(bool(MemoryHints::prefetch(*own, memory + begin, bytes, where)));
      int value = 0;
      EXPECT_TRUE(
          bool(MemoryHints::attribute(&value, 4, 1 + int(random() % 8), memory + begin, bytes)));
    }
    EXPECT_TRUE(bool(own->synchronize()));
    EXPECT_TRUE(bool(own->destroy()));
  });
  EXPECT_TRUE(bool(Memory::free(memory)));
}

TEST_F(MemoryStress, streams_hand_a_token_round) {
  constexpr uint64_t kRounds = 20;
  std::vector<StreamRef> streams;
  for (int i = 0; i < 3; ++i)
    streams.push_back(stream(Stream::kNonBlocking));
  int file = memfd_create("token", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(0, ftruncate(file, 8));
  ExternalSemaphoreRef token = *ExternalSemaphore::import(9, file, 0);
  uint64_t order = 0; // no atomic: the token keeps them apart
  for (uint64_t turn = 0; turn < 3 * kRounds; ++turn) {
    Stream& s = *streams[turn % 3];
    EXPECT_TRUE(bool(ExternalSemaphore::wait(s, {{token, turn}})));
    EXPECT_TRUE(bool(s.enqueue([&order, turn] {
      order = order == turn ? turn + 1 : UINT64_MAX;
      return Result<void>();
    })));
    EXPECT_TRUE(bool(ExternalSemaphore::signal(s, {{token, turn + 1}})));
  }
  for (const StreamRef& s : streams)
    EXPECT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(3 * kRounds, order);
  EXPECT_TRUE(bool(token->destroy()));
}

} // namespace
} // namespace anywarp::test
