// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device memory, the heap of kernels, copies and fills.
#include "backends/cpu/fault.h"
#include "backends/cpu/heap.h"
#include "backends/cpu/memory.h"
#include "backends/cpu/pool.h"
#include "backends/cpu/transfer.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <thread>

namespace anywarp::cpu {
namespace {

constexpr uint64_t kLimit = 256 << 20;

bool writable(void* pointer) {
  installFaultHandlers();
  Fault fault;
  auto body = [&] { *static_cast<volatile char*>(pointer) = 1; };
  return runGuarded(body, fault);
}

TEST(Memory, blocks_are_aligned_and_apart) {
  Memory memory(kLimit);
  std::mt19937 random(1);
  struct Block {
    char* p;
    size_t size;
    char tag;
  };
  std::vector<Block> live;
  for (int i = 0; i < 3000; i++) {
    if (live.size() > 100 || (!live.empty() && random() % 3 == 0)) {
      size_t k = random() % live.size();
      Block block = live[k];
      for (size_t at : {size_t(0), block.size / 2, block.size - 1})
        ASSERT_EQ(block.p[at], block.tag);
      memory.release(block.p, block.size, MemoryKind::Device);
      live.erase(live.begin() + long(k));
      continue;
    }
    size_t size = 1 + random() % (size_t(1) << (random() % 20));
    auto pointer = memory.allocate(size, MemoryKind::Device);
    ASSERT_TRUE(pointer) << pointer.error().message;
    ASSERT_EQ(uintptr_t(*pointer) % 512, 0u);
    Block block{static_cast<char*>(*pointer), size, char(i)};
    for (size_t at : {size_t(0), block.size / 2, block.size - 1})
      block.p[at] = block.tag;
    live.push_back(block);
  }
  for (const Block& block : live)
    memory.release(block.p, block.size, MemoryKind::Device);
  EXPECT_EQ(memory.free(), kLimit);
}

TEST(Memory, the_limit_holds) {
  Memory memory(kLimit);
  EXPECT_EQ(memory.allocate(kLimit + 1, MemoryKind::Device).status(), Status::OutOfMemory);
  EXPECT_EQ(memory.allocate(SIZE_MAX, MemoryKind::Device).status(), Status::OutOfMemory);
  auto most = memory.allocate(kLimit - 4096, MemoryKind::Device);
  ASSERT_TRUE(most);
  EXPECT_EQ(memory.free(), 4096u);
  EXPECT_EQ(memory.allocate(8192, MemoryKind::Device).status(), Status::OutOfMemory);
  EXPECT_TRUE(memory.allocate(8192, MemoryKind::HostPinned)); // not the device's
  memory.release(*most, kLimit - 4096, MemoryKind::Device);
  EXPECT_EQ(memory.free(), kLimit);
}

TEST(Memory, freed_large_blocks_are_gone) {
  Memory memory(kLimit);
  auto pointer = memory.allocate(16 << 20, MemoryKind::Device);
  ASSERT_TRUE(pointer);
  EXPECT_TRUE(writable(*pointer));
  EXPECT_TRUE(writable(static_cast<char*>(*pointer) + (16 << 20) - 1));
  EXPECT_FALSE(writable(static_cast<char*>(*pointer) + (16 << 20)));
  memory.release(*pointer, 16 << 20, MemoryKind::Device);
  EXPECT_FALSE(writable(*pointer));
}

TEST(Memory, fragments_grow_together_again) {
  Memory memory(kLimit);
  std::vector<void*> blocks;
  for (int i = 0; i < 64; i++)
    blocks.push_back(*memory.allocate(2 << 20, MemoryKind::Device));
  for (size_t i : {0, 2, 1})
    memory.release(blocks[i], 2 << 20, MemoryKind::Device);
  for (size_t i = 3; i < 64; i++)
    memory.release(blocks[i], 2 << 20, MemoryKind::Device);
  EXPECT_TRUE(memory.allocate(kLimit - (1 << 20), MemoryKind::Device));
}

TEST(Memory, size_classes_hold_what_is_asked) {
  // Two neighbours of each size near the class borders do not overlap.
  Memory memory(kLimit);
  for (size_t size = 1; size < 300'000; size = size * 5 / 4 + 1)
    for (size_t bytes : {size, (size + 511) / 512 * 512}) {
      auto a = memory.allocate(bytes, MemoryKind::Device),
           b = memory.allocate(bytes, MemoryKind::Device);
      ASSERT_TRUE(a && b);
      auto x = uintptr_t(*a), y = uintptr_t(*b);
      ASSERT_GE(x > y ? x - y : y - x, bytes);
      memset(*a, 1, bytes);
      memset(*b, 2, bytes);
    }
}

TEST(DeviceHeap, exhausts_and_recovers) {
  DeviceHeap heap;
  ASSERT_TRUE(heap.setLimit(1 << 20));
  std::vector<void*> blocks;
  while (void* p = heap.allocate(1000)) {
    ASSERT_EQ(uintptr_t(p) % 16, 0u);
    blocks.push_back(p);
  }
  EXPECT_GT(blocks.size(), 900u);
  EXPECT_EQ(heap.allocate(~uint64_t(0)), nullptr);
  for (void* p : blocks)
    EXPECT_TRUE(heap.release(p));
  EXPECT_NE(heap.allocate(1 << 20), nullptr);
}

TEST(DeviceHeap, garbage_is_refused) {
  DeviceHeap heap;
  int local;
  EXPECT_TRUE(heap.release(nullptr));
  EXPECT_FALSE(heap.release(&local));
  void* p = heap.allocate(64);
  EXPECT_FALSE(heap.release(static_cast<char*>(p) + 16));
  EXPECT_TRUE(heap.release(p));
  EXPECT_FALSE(heap.release(p));
}

TEST(DeviceHeap, limit_is_fixed_once_used) {
  DeviceHeap heap;
  EXPECT_EQ(heap.limit(), size_t(8) << 20); // CUDA programming guide: 8 MB by default
  heap.allocate(1);
  EXPECT_EQ(heap.setLimit(1 << 20).status(), Status::InvalidValue);
}

TEST(Transfer, copies_of_all_sizes) {
  Pool pool(3);
  for (size_t bytes :
       {size_t(0), size_t(1), size_t(4096), size_t(5) << 20, (size_t(9) << 20) + 13}) {
    std::vector<char> from(bytes), to(bytes + 1, 'x');
    for (size_t i = 0; i < bytes; i++)
      from[i] = char(i * 7 + i / 251);
    ASSERT_TRUE(transfer::copy(pool, to.data(), from.data(), bytes));
    EXPECT_TRUE(std::equal(from.begin(), from.end(), to.begin()));
    EXPECT_EQ(to[bytes], 'x');
  }
}

TEST(Transfer, overlapping_copies_move) {
  Pool pool(2);
  std::vector<char> data(8 << 20);
  for (size_t i = 0; i < data.size(); i++)
    data[i] = char(i % 253);
  ASSERT_TRUE(transfer::copy(pool, data.data() + 1, data.data(), data.size() - 1));
  for (size_t i = 1; i < data.size(); i++)
    ASSERT_EQ(data[i], char((i - 1) % 253));
}

TEST(Transfer, pitched_copies) {
  Pool pool(2);
  for (size_t height : {1, 3, 3000}) {
    size_t width = 2000, fromPitch = 2048, toPitch = 3000;
    std::vector<char> from(fromPitch * height), to(toPitch * height, 'x');
    for (size_t i = 0; i < from.size(); i++)
      from[i] = char(i % 127);
    ASSERT_TRUE(transfer::copy2d(pool, to.data(), toPitch, from.data(), fromPitch, width, height));
    for (size_t y = 0; y < height; y++) {
      ASSERT_EQ(memcmp(&to[y * toPitch], &from[y * fromPitch], width), 0);
      ASSERT_EQ(to[y * toPitch + width], 'x');
    }
  }
}

TEST(Transfer, fills) {
  Pool pool(2);
  for (size_t count : {1u, 1000u, 3u << 20}) {
    std::vector<uint32_t> data(count + 1, 7);
    ASSERT_TRUE(transfer::fill(pool, data.data(), 0x12345678, 4, count));
    for (size_t i = 0; i < count; i++)
      ASSERT_EQ(data[i], 0x12345678u);
    EXPECT_EQ(data[count], 7u);
    auto* halves = reinterpret_cast<uint16_t*>(data.data());
    ASSERT_TRUE(transfer::fill(pool, halves, 0xabcd1234, 2, count));
    EXPECT_EQ(halves[0], 0x1234);
    EXPECT_EQ(halves[count - 1], 0x1234);
    auto* bytes = reinterpret_cast<uint8_t*>(data.data());
    ASSERT_TRUE(transfer::fill(pool, bytes, 0x1ab, 1, count));
    EXPECT_EQ(bytes[count - 1], 0xab);
  }
}

TEST(Transfer, bad_pointers_are_errors) {
  Pool pool(2);
  std::vector<char> data(8 << 20);
  for (size_t bytes : {size_t(16), data.size()}) {
    EXPECT_EQ(transfer::copy(pool, data.data(), reinterpret_cast<void*>(4096), bytes).status(),
              Status::IllegalAddress);
    EXPECT_EQ(transfer::fill(pool, reinterpret_cast<void*>(4096), 0, 1, bytes).status(),
              Status::IllegalAddress);
  }
}

} // namespace
} // namespace anywarp::cpu
