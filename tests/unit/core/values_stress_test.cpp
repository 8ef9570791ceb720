// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many threads on streams that wait for values, green contexts, and events of whole contexts;
// mainly for the thread sanitizer.
#include "core/error_log.h"
#include "core/green_context.h"
#include "core/stream_attributes.h"
#include "core/stream_mem_ops.h"
#include "core_fixture.h"

#include <vector>

namespace anywarp::test {
namespace {

using ValuesStress = CoreTest;
constexpr int kThreads = 16;

Result<void> queue(Stream& stream, StreamMemOp::Type type, void* address, uint64_t value,
                   unsigned flags = 0) {
  auto ops = StreamMemOps::create(stream.context(), {{type, address, value, flags}});
  return ops ? StreamMemOps::enqueue(stream, *ops) : Result<void>(ops.error());
}

TEST_F(ValuesStress, pairs_of_streams_pass_values) {
  onThreads(kThreads, context, [&](int t) {
    auto* words = static_cast<uint32_t*>(*Memory::allocate(*context, 64));
    words[0] = words[2] = 0;
    auto a = *Stream::create(*context, Stream::kNonBlocking, 0);
    auto b = *Stream::create(*context, Stream::kNonBlocking, 0);
    std::atomic<int> steps{0};
    for (uint32_t i = 1; i <= 30; ++i) {
      EXPECT_TRUE(bool(queue(*a, StreamMemOp::Type::Wait32, &words[0], i)));
      EXPECT_TRUE(bool(queue(*a, StreamMemOp::Type::Write64, &words[2], i)));
      EXPECT_TRUE(bool(queue(*b, StreamMemOp::Type::Write32, &words[0], i)));
      EXPECT_TRUE(bool(queue(*b, StreamMemOp::Type::Wait64, &words[2], i, 1)));
      EXPECT_TRUE(bool(
          b->launchHostFunc([](void* data) { ++*static_cast<std::atomic<int>*>(data); }, &steps)));
      if (t % 2)
        EXPECT_TRUE(bool(b->synchronize()));
    }
    EXPECT_TRUE(bool(a->synchronize()));
    EXPECT_TRUE(bool(b->synchronize()));
    EXPECT_EQ(steps, 30);
    EXPECT_TRUE(bool(a->destroy()));
    EXPECT_TRUE(bool(b->destroy()));
    EXPECT_TRUE(bool(Memory::free(words)));
  });
}

TEST_F(ValuesStress, green_contexts_and_events_of_contexts) {
  auto primary = *device->primaryRetain();
  const Multiprocessors all = {device->ordinal(), 0, uint32_t(device->info().multiprocessors), 0};
  onThreads(kThreads, primary, [&](int t) {
    for (int i = 0; i < 20; ++i) {
      auto green = *GreenContext::create(*device, all);
      auto event = *Event::create(*primary, 0);
      Context::push(primary, green);
      auto own = *Stream::create(*primary, unsigned(t % 2), 0);
      EXPECT_EQ(own->green(), green.get());
      std::atomic<int> ran{0};
      auto count = [&ran] {
        ++ran;
        return Result<void>();
      };
      EXPECT_TRUE(bool(own->enqueue(count)));
      EXPECT_TRUE(bool(green->legacyStream()->enqueue(count)));
      EXPECT_TRUE(bool(primary->recordEvent(*event, i % 2 ? green.get() : nullptr)));
      EXPECT_TRUE(bool(event->synchronize()));
      EXPECT_EQ(ran, 2);
      EXPECT_TRUE(bool(primary->waitEvent(event, i % 3 ? green.get() : nullptr)));
      EXPECT_TRUE(bool(primary->synchronize(green.get())));
      char value[StreamAttributes::kBytes];
      EXPECT_TRUE(bool(StreamAttributes::get(*own, 3, value)));
      EXPECT_TRUE(bool(StreamAttributes::set(*own, 3, value)));
      EXPECT_TRUE(bool(own->destroy()));
      EXPECT_TRUE(bool(Context::pop()));
      EXPECT_TRUE(bool(event->destroy()));
      EXPECT_TRUE(bool(green->destroy()));
      ErrorLog::add(ErrorLog::Level::Warning, "stress");
      char text[200];
      size_t size = sizeof text;
      (void)ErrorLog::dump(nullptr, text, &size);
    }
  });
  EXPECT_TRUE(bool(device->primaryRelease()));
}

} // namespace
} // namespace anywarp::test
