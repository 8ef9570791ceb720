// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A fresh context of device 0 that is current for the test's thread.
#pragma once

#include "core/context.h"
#include "core/device.h"
#include "core/event.h"
#include "core/function.h"
#include "core/launch.h"
#include "core/library.h"
#include "core/linker.h"
#include "core/memory.h"
#include "core/module.h"
#include "core/pool.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "fake_backend.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace anywarp::test {

using namespace anywarp::core;

class CoreTest : public testing::Test {
protected:
  void SetUp() override {
    initRuntime();
    device = *Runtime::get().device(0);
    auto created = Context::create(*device, 0);
    ASSERT_TRUE(bool(created));
    context = *created;
  }
  void TearDown() override {
    if (context->active())
      EXPECT_TRUE(bool(context->destroy()));
  }
  StreamRef stream(unsigned flags = 0) { return *Stream::create(*context, flags, 0); }
  Device* device = nullptr;
  ContextRef context;
};

// Calls f(0) ... f(count - 1), each on a thread of its own with this context.
template <typename F> void onThreads(int count, const ContextRef& context, F f) {
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t)
    threads.emplace_back([&, t] {
      Context::setCurrent(context);
      f(t);
    });
  for (std::thread& t : threads)
    t.join();
}

// Something another thread opens.
class Gate {
public:
  void open() { open_.store(true); }
  void wait() const {
    while (!open_.load())
      std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

private:
  std::atomic<bool> open_{false};
};

} // namespace anywarp::test
