// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core_fixture.h"

#include <cstring>
#include <numeric>
#include <vector>

namespace anywarp::test {
namespace {

class MemoryTest : public CoreTest {
protected:
  char* allocate(size_t bytes) { return static_cast<char*>(*Memory::allocate(*context, bytes)); }
  StreamRef legacy() { return context->legacyStream(); }
};

TEST_F(MemoryTest, table_finds_the_allocation_of_an_inner_address) {
  char* p = allocate(1000);
  auto a = Memory::find(p + 999);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->base, p);
  EXPECT_EQ(a->size, 1000u);
  EXPECT_EQ(a->kind, AllocationKind::Device);
  EXPECT_FALSE(Memory::find(p + 1000) && Memory::find(p + 1000)->base == p);
  EXPECT_EQ(Memory::addressRange(p + 5)->base, p);
  EXPECT_TRUE(bool(Memory::free(p)));
  EXPECT_FALSE(Memory::find(p));
}

TEST_F(MemoryTest, free_refuses_what_was_not_allocated) {
  char* p = allocate(64);
  int local;
  EXPECT_EQ(Memory::free(&local).status(), Status::InvalidValue);
  EXPECT_EQ(Memory::free(p + 1).status(), Status::InvalidValue);
  EXPECT_EQ(Memory::freeHost(p).status(), Status::InvalidValue);
  EXPECT_TRUE(bool(Memory::free(p)));
  EXPECT_EQ(Memory::free(p).status(), Status::InvalidValue);
  EXPECT_TRUE(bool(Memory::free(nullptr)));
  EXPECT_EQ(Memory::allocate(*context, 0).status(), Status::InvalidValue);
  EXPECT_EQ(Memory::allocate(*context, size_t(1) << 40).status(), Status::OutOfMemory);
}

TEST_F(MemoryTest, copies_in_every_direction) {
  std::vector<char> in(4096), out(4096);
  std::iota(in.begin(), in.end(), 0);
  char *a = allocate(4096), *b = allocate(4096);
  ASSERT_TRUE(bool(Memory::copy(*legacy(), a, in.data(), 4096, CopyKind::HostToDevice, false)));
  ASSERT_TRUE(bool(Memory::copy(*legacy(), b, a, 4096, CopyKind::DeviceToDevice, true)));
  ASSERT_TRUE(bool(Memory::copy(*legacy(), out.data(), b, 4096, CopyKind::Default, false)));
  EXPECT_EQ(in, out);
}

TEST_F(MemoryTest, copies_that_overrun_or_use_unknown_device_memory_are_refused) {
  std::vector<char> host(4096);
  char* a = allocate(100);
  auto status = [&](void* d, const void* s, size_t n, CopyKind k) {
    return Memory::copy(*legacy(), d, s, n, k, false).status();
  };
  EXPECT_EQ(status(a, host.data(), 101, CopyKind::HostToDevice), Status::InvalidValue);
  EXPECT_EQ(status(host.data(), a + 50, 51, CopyKind::DeviceToHost), Status::InvalidValue);
  EXPECT_EQ(status(a, nullptr, 4, CopyKind::Default), Status::InvalidValue);
  EXPECT_EQ(status(nullptr, a, 4, CopyKind::Default), Status::InvalidValue);
  EXPECT_EQ(status(host.data(), host.data(), 4, CopyKind::HostToDevice), Status::InvalidValue);
  EXPECT_EQ(status(a, host.data(), SIZE_MAX - 8, CopyKind::HostToDevice), Status::InvalidValue);
  EXPECT_EQ(status(a, nullptr, 0, CopyKind::Default), Status::Success);
  ASSERT_TRUE(bool(Memory::free(a)));
  EXPECT_EQ(status(host.data(), a, 4, CopyKind::DeviceToHost), Status::InvalidValue);
}

TEST_F(MemoryTest, pageable_source_may_be_reused_after_an_async_copy) {
  auto s = stream();
  char* d = allocate(1 << 20);
  Gate gate;
  ASSERT_TRUE(bool(s->enqueue([&] {
    gate.wait();
    return Result<void>();
  })));
  std::vector<char> source(1000, 'x');
  ASSERT_TRUE(bool(Memory::copy(*s, d, source.data(), 1000, CopyKind::HostToDevice, true)));
  std::fill(source.begin(), source.end(), 'y');
  gate.open();
  std::vector<char> big(1 << 20, 'z');
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(d[999], 'x');
  ASSERT_TRUE(bool(Memory::copy(*s, d, big.data(), big.size(), CopyKind::HostToDevice, true)));
  std::fill(big.begin(), big.end(), 'y');
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(d[(1 << 20) - 1], 'z');
}

TEST_F(MemoryTest, pinned_copies_return_before_they_are_done) {
  auto s = stream();
  char* d = allocate(64);
  char* h = static_cast<char*>(*Memory::allocateHost(*context, 64, 0));
  Gate gate;
  ASSERT_TRUE(bool(s->enqueue([&] {
    gate.wait();
    return Result<void>();
  })));
  ASSERT_TRUE(bool(Memory::copy(*s, h, d, 64, CopyKind::DeviceToHost, true)));
  EXPECT_EQ(s->query().status(), Status::NotReady);
  gate.open();
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_TRUE(bool(Memory::freeHost(h)));
}

TEST_F(MemoryTest, boxes_are_copied_row_by_row_and_checked) {
  // 3 slices of 4 rows of 10 bytes out of a host cube of 5 x 6 x 16.
  std::vector<unsigned char> cube(5 * 6 * 16);
  for (size_t i = 0; i < cube.size(); ++i)
    cube[i] = static_cast<unsigned char>(i);
  auto d = Memory::allocatePitch(*context, 10, 4 * 3, 4);
  ASSERT_TRUE(bool(d));
  EXPECT_EQ(d->pitch % 512, 0u);
  CopyBox src{cube.data(), 16, 6, 2, 1, 1}, dst{d->pointer, d->pitch, 4, 0, 0, 0};
  ASSERT_TRUE(bool(Memory::copyBox(*legacy(), dst, src, 10, 4, 3, CopyKind::HostToDevice, false)));
  auto* bytes = static_cast<unsigned char*>(d->pointer);
  for (size_t z = 0; z < 3; ++z)
    for (size_t y = 0; y < 4; ++y)
      for (size_t x = 0; x < 10; ++x)
        ASSERT_EQ(bytes[(z * 4 + y) * d->pitch + x], cube[((z + 1) * 6 + y + 1) * 16 + x + 2]);
  auto status = [&](CopyBox to, size_t w, size_t h, size_t depth) {
    return Memory::copyBox(*legacy(), to, src, w, h, depth, CopyKind::HostToDevice, false).status();
  };
  EXPECT_EQ(status(dst, 17, 4, 3), Status::InvalidValue); // wider than the source's pitch
  CopyBox last = dst;
  last.y = 9;
  EXPECT_EQ(status(last, 10, 4, 1), Status::InvalidValue); // runs over the end
  CopyBox absurd = dst;
  absurd.z = SIZE_MAX / 2;
  EXPECT_EQ(status(absurd, 10, 4, 1), Status::InvalidValue);
  EXPECT_EQ(Memory::allocatePitch(*context, SIZE_MAX / 2, 4, 4).status(), Status::OutOfMemory);
  EXPECT_EQ(Memory::allocatePitch(*context, 8, 4, 5).status(), Status::InvalidValue);
}

TEST_F(MemoryTest, fills_write_elements) {
  char* d = allocate(256);
  ASSERT_TRUE(bool(Memory::fill(*legacy(), d, 0, 1, 256, false)));
  ASSERT_TRUE(bool(Memory::fill2d(*legacy(), d, 16, 0x11223344, 4, 2, 3, false)));
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x) {
      uint32_t value;
      memcpy(&value, d + y * 16 + x * 4, 4);
      EXPECT_EQ(value, y < 3 && x < 2 ? 0x11223344u : 0u);
    }
  EXPECT_EQ(Memory::fill(*legacy(), d + 1, 0, 2, 1, false).status(), Status::InvalidValue);
  EXPECT_EQ(Memory::fill(*legacy(), d, 0, 1, 257, false).status(), Status::InvalidValue);
  int host;
  EXPECT_EQ(Memory::fill(*legacy(), &host, 0, 1, 1, false).status(), Status::InvalidValue);
}

TEST_F(MemoryTest, registered_memory_is_known_until_unregistered) {
  std::vector<char> host(8192);
  ASSERT_TRUE(bool(Memory::registerHost(*context, host.data(), 8192, 0)));
  EXPECT_EQ(Memory::registerHost(*context, host.data() + 10, 10, 0).status(),
            Status::HostMemoryAlreadyRegistered);
  EXPECT_EQ(*Memory::devicePointer(host.data() + 8), host.data() + 8);
  EXPECT_EQ(Memory::unregisterHost(host.data() + 8).status(), Status::HostMemoryNotRegistered);
  EXPECT_TRUE(bool(Memory::unregisterHost(host.data())));
  EXPECT_EQ(Memory::unregisterHost(host.data()).status(), Status::HostMemoryNotRegistered);
  EXPECT_EQ(Memory::devicePointer(host.data()).status(), Status::InvalidValue);
}

// Codes and types: CUDA driver API manual, cuPointerGetAttribute.
TEST_F(MemoryTest, pointer_attributes) {
  char* d = allocate(100);
  void* m = *Memory::allocateManaged(*context, 100, 1);
  void* h = *Memory::allocateHost(*context, 100, 0);
  auto number = [](int code, const void* p) {
    uint64_t value = 0;
    EXPECT_TRUE(bool(Memory::pointerAttribute(&value, code, p))) << code;
    return value;
  };
  EXPECT_EQ(number(1, d), uint64_t(context->handle()));
  EXPECT_EQ(number(2, d), 2u);
  EXPECT_EQ(number(2, h), 1u);
  EXPECT_EQ(number(3, d + 7), uint64_t(d + 7));
  EXPECT_EQ(number(4, h), uint64_t(h));
  EXPECT_EQ(number(4, m), uint64_t(m));
  EXPECT_EQ(number(8, m), 1u);
  EXPECT_EQ(number(8, d), 0u);
  EXPECT_EQ(number(9, d), 0u);
  EXPECT_EQ(number(11, d + 7), uint64_t(d));
  EXPECT_EQ(number(12, d + 7), 100u);
  EXPECT_NE(number(7, d), number(7, h));
  uint64_t value;
  EXPECT_EQ(Memory::pointerAttribute(&value, 4, d).status(), Status::InvalidValue);
  EXPECT_EQ(Memory::pointerAttribute(&value, 99, d).status(), Status::InvalidValue);
  EXPECT_EQ(Memory::pointerAttribute(&value, 2, &value).status(), Status::InvalidValue);
  uint32_t on = 1;
  EXPECT_TRUE(bool(Memory::setPointerAttribute(&on, 6, d)));
  EXPECT_EQ(number(6, d), 1u);
  EXPECT_TRUE(bool(Memory::free(m)));
}

PoolProperties onDevice(size_t maxSize) {
  PoolProperties properties;
  properties.location = {kLocationDevice, 0};
  properties.maxSize = maxSize;
  return properties;
}

TEST_F(MemoryTest, pool_memory_is_reused_in_stream_order) {
  size_t before = liveAllocations();
  auto s = stream(Stream::kNonBlocking), other = stream(Stream::kNonBlocking);
  auto pool = *Pool::create(onDevice(0));
  ASSERT_TRUE(bool(pool->setAttribute(4, UINT64_MAX))); // release threshold
  Gate gate;
  void* a = *pool->allocate(*s, 1000);
  EXPECT_EQ(Memory::find(a)->kind, AllocationKind::Pool);
  EXPECT_EQ(*pool->attribute(7), 1024u);
  ASSERT_TRUE(bool(s->enqueue([&] {
    gate.wait();
    return Result<void>();
  })));
  ASSERT_TRUE(bool(Pool::freeAsync(*s, a)));
  EXPECT_EQ(Pool::freeAsync(*s, a).status(), Status::InvalidValue);
  // Not free for another stream yet; for its own it is.
  void* b = *pool->allocate(*other, 1000);
  EXPECT_NE(b, a);
  void* c = *pool->allocate(*s, 1000);
  EXPECT_EQ(c, a);
  gate.open();
  ASSERT_TRUE(bool(s->synchronize()));
  ASSERT_TRUE(bool(Pool::freeAsync(*s, c)));
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(*pool->allocate(*other, 1000), a);
  EXPECT_EQ(*pool->attribute(5), 2048u); // reserved
  EXPECT_EQ(*pool->attribute(7), 2048u); // used
  EXPECT_TRUE(bool(Memory::free(a)));
  EXPECT_TRUE(bool(Memory::free(b)));
  ASSERT_TRUE(bool(pool->trimTo(0)));
  EXPECT_EQ(*pool->attribute(5), 0u);
  EXPECT_EQ(liveAllocations(), before);
  EXPECT_TRUE(bool(pool->destroy()));
  EXPECT_EQ(pool->destroy().status(), Status::InvalidValue);
}

TEST_F(MemoryTest, default_pool_gives_memory_back_at_synchronisation) {
  size_t before = liveAllocations();
  auto s = stream();
  void* a = *device->currentPool()->allocate(*s, 4096);
  ASSERT_TRUE(bool(Pool::freeAsync(*s, a)));
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(liveAllocations(), before);
  EXPECT_EQ(device->defaultPool()->destroy().status(), Status::InvalidValue);
  auto pool = *Pool::create(onDevice(2048));
  device->setCurrentPool(pool);
  EXPECT_EQ(device->currentPool(), pool);
  EXPECT_EQ(pool->allocate(*s, 4096).status(), Status::OutOfMemory);
  void* live = *pool->allocate(*s, 512);
  ASSERT_TRUE(bool(pool->destroy()));
  EXPECT_EQ(device->currentPool(), device->defaultPool());
  pool.reset();
  EXPECT_TRUE(bool(Pool::freeAsync(*s, live))); // outlives its pool's handle
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(liveAllocations(), before);
}

} // namespace
} // namespace anywarp::test
