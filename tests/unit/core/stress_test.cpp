// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many threads on shared and own streams; mainly for the thread sanitizer.
#include "core_fixture.h"

#include <random>
#include <vector>

namespace anywarp::test {
namespace {

using StressTest = CoreTest;
constexpr int kThreads = 16;

TEST_F(StressTest, threads_share_streams_events_and_memory) {
  std::vector<StreamRef> streams = {context->legacyStream()};
  for (int i = 0; i < 4; ++i)
    streams.push_back(stream(i % 2 ? Stream::kNonBlocking : 0));
  std::vector<EventRef> events;
  for (int i = 0; i < 4; ++i)
    events.push_back(*Event::create(*context, 0));
  std::atomic<int> ran{0};
  std::atomic<int> pushed{0};
  onThreads(kThreads, context, [&](int t) {
    std::mt19937 random{unsigned(t)};
    auto own = *Stream::create(*context, 0, 0);
    for (int i = 0; i < 300; ++i) {
      Stream& s = random() % 3 ? *streams[random() % streams.size()] : *own;
      switch (random() % 9) {
      case 0:
        EXPECT_TRUE(bool(s.synchronize()));
        break;
      case 1:
        EXPECT_TRUE(bool(events[random() % events.size()]->record(s)));
        break;
      case 2:
        EXPECT_TRUE(bool(s.waitEvent(events[random() % events.size()])));
        break;
      case 3: {
        void* p = *Memory::allocate(*context, 64 + random() % 1000);
        EXPECT_TRUE(bool(Memory::fill(s, p, 7, 1, 64, true)));
        EXPECT_TRUE(bool(s.synchronize()));
        EXPECT_TRUE(bool(Memory::free(p)));
        break;
      }
      case 4: {
        void* p = *device->currentPool()->allocate(s, 64 + random() % 1000);
        EXPECT_TRUE(bool(Memory::fill(s, p, 7, 1, 64, true)));
        EXPECT_TRUE(bool(Pool::freeAsync(s, p)));
        break;
      }
      case 5:
        EXPECT_TRUE(bool(events[random() % events.size()]->synchronize()));
        break;
      case 6: {
        auto passing = *Stream::create(*context, unsigned(random() % 2), 0);
        ++pushed;
        EXPECT_TRUE(bool(passing->enqueue([&] {
          ++ran;
          return Result<void>();
        })));
        EXPECT_TRUE(bool(passing->destroy()));
        break;
      }
      default:
        ++pushed;
        EXPECT_TRUE(bool(s.enqueue([&] {
          ++ran;
          return Result<void>();
        })));
      }
      (void)s.query();
    }
    ++pushed;
    EXPECT_TRUE(bool(context->perThreadStream()->enqueue([&] {
      ++ran;
      return Result<void>();
    })));
  });
  EXPECT_TRUE(bool(context->synchronize()));
  EXPECT_EQ(ran, pushed);
}

TEST_F(StressTest, legacy_order_holds_under_contention) {
  // Every legacy operation must see all earlier blocking work of its own thread, and the other way.
  auto legacy = context->legacyStream();
  std::atomic<int> wrong{0};
  onThreads(kThreads, context, [&](int) {
    auto mine = *Stream::create(*context, 0, 0);
    auto step = std::make_shared<std::atomic<int>>(0);
    for (int i = 0; i < 200; ++i) {
      Stream& s = i % 2 ? *legacy : *mine;
      EXPECT_TRUE(bool(s.enqueue([step, i, &wrong] {
        if (step->fetch_add(1) != i)
          ++wrong;
        return Result<void>();
      })));
    }
    EXPECT_TRUE(bool((step.use_count() % 2 ? legacy : mine)->synchronize()));
    EXPECT_TRUE(bool(context->synchronize()));
    EXPECT_EQ(step->load(), 200);
  });
  EXPECT_EQ(wrong, 0);
}

TEST_F(StressTest, contexts_modules_and_libraries_come_and_go) {
  FakeKernelSpec spec;
  static std::atomic<int> runs{0};
  runs = 0;
  spec.body = [](const LaunchConfig&) {
    ++runs;
    return Result<void>();
  };
  declareKernel("tick", spec);
  std::string ptx = fakePtx({"tick"});
  auto library = *Library::load(ptx.c_str(), true);
  onThreads(kThreads, context, [&](int t) {
    for (int i = 0; i < 20; ++i) {
      auto c = *Context::create(**Runtime::get().device(t % 2), 0);
      auto s = *Stream::create(*c, 0, 0);
      auto module = *Module::load(*c, ptx.c_str());
      EXPECT_TRUE(bool(launch(*module->function("tick"), *s, {})));
      EXPECT_TRUE(bool(launch(*(*library->kernel("tick"))->function(*c), *s, {})));
      (void)Memory::allocate(*c, 100);
      if (i % 2)
        EXPECT_TRUE(bool(module->unload()));
      EXPECT_TRUE(bool(c->destroy()));
      auto primary = *device->primaryRetain();
      EXPECT_TRUE(bool(
          launch(*(*library->kernel("tick"))->function(*primary), *primary->legacyStream(), {})));
      EXPECT_TRUE(bool(device->primaryRelease()));
    }
  });
  EXPECT_TRUE(bool(library->unload()));
  EXPECT_EQ(runs, kThreads * 20 * 3);
}

} // namespace
} // namespace anywarp::test
