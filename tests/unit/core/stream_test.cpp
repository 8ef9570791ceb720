// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core_fixture.h"

#include <vector>

namespace anywarp::test {
namespace {

using StreamTest = CoreTest;

Stream::Operation waitFor(Gate& gate) {
  return [&gate] {
    gate.wait();
    return Result<void>();
  };
}

TEST_F(StreamTest, operations_run_in_order) {
  auto s = stream();
  std::vector<int> seen;
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(bool(s->enqueue([&seen, i] {
      seen.push_back(i);
      return Result<void>();
    })));
  ASSERT_TRUE(bool(s->synchronize()));
  ASSERT_EQ(seen.size(), 1000u);
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(seen[size_t(i)], i);
}

TEST_F(StreamTest, a_full_queue_makes_the_caller_wait) {
  auto s = stream();
  std::atomic<int> ran{0};
  int most = 0;
  for (int i = 1; i <= 20000; ++i) {
    ASSERT_TRUE(bool(s->enqueue([&] {
      ++ran;
      return Result<void>();
    })));
    most = std::max(most, i - ran.load());
  }
  EXPECT_LE(most, 5000);
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(ran, 20000);
}

TEST_F(StreamTest, work_starts_without_synchronising) {
  auto s = stream();
  Gate ran;
  ASSERT_TRUE(bool(s->enqueue([&] {
    ran.open();
    return Result<void>();
  })));
  ran.wait();
}

TEST_F(StreamTest, query_says_not_ready_until_done) {
  auto s = stream();
  Gate gate;
  ASSERT_TRUE(bool(s->enqueue(waitFor(gate))));
  EXPECT_EQ(s->query().status(), Status::NotReady);
  gate.open();
  EXPECT_TRUE(bool(s->synchronize()));
  EXPECT_TRUE(bool(s->query()));
}

TEST_F(StreamTest, streams_overlap) {
  auto a = stream(Stream::kNonBlocking), b = stream(Stream::kNonBlocking);
  Gate gate;
  // a's operation can only end when b's has run.
  ASSERT_TRUE(bool(a->enqueue(waitFor(gate))));
  ASSERT_TRUE(bool(b->enqueue([&] {
    gate.open();
    return Result<void>();
  })));
  EXPECT_TRUE(bool(a->synchronize()));
}

TEST_F(StreamTest, event_orders_two_streams) {
  auto a = stream(Stream::kNonBlocking), b = stream(Stream::kNonBlocking);
  auto event = *Event::create(*context, 0);
  Gate gate;
  std::atomic<int> value{0};
  ASSERT_TRUE(bool(a->enqueue(waitFor(gate))));
  ASSERT_TRUE(bool(a->enqueue([&] {
    value = 1;
    return Result<void>();
  })));
  ASSERT_TRUE(bool(event->record(*a)));
  ASSERT_TRUE(bool(b->waitEvent(event)));
  int seen = -1;
  ASSERT_TRUE(bool(b->enqueue([&] {
    seen = value;
    return Result<void>();
  })));
  EXPECT_EQ(event->query().status(), Status::NotReady);
  EXPECT_EQ(b->query().status(), Status::NotReady);
  gate.open();
  EXPECT_TRUE(bool(b->synchronize()));
  EXPECT_EQ(seen, 1);
  EXPECT_TRUE(bool(event->query()));
}

TEST_F(StreamTest, waiting_uses_the_record_at_the_time_of_the_call) {
  auto a = stream(Stream::kNonBlocking), b = stream(Stream::kNonBlocking);
  auto event = *Event::create(*context, 0);
  ASSERT_TRUE(bool(b->waitEvent(event))); // never recorded: nothing to wait for
  Gate gate;
  ASSERT_TRUE(bool(a->enqueue(waitFor(gate))));
  ASSERT_TRUE(bool(event->record(*a)));
  EXPECT_TRUE(bool(b->synchronize()));
  gate.open();
  EXPECT_TRUE(bool(event->synchronize()));
}

// CUDA programming guide, "Default Stream": kernels 1 (blocking stream), 2 (legacy), 3 (blocking)
// run one after the other.
TEST_F(StreamTest, legacy_stream_waits_and_is_waited_for) {
  auto a = stream(), b = stream();
  auto legacy = context->legacyStream();
  Gate gate;
  std::vector<int> order;
  ASSERT_TRUE(bool(a->enqueue([&] {
    gate.wait();
    order.push_back(1);
    return Result<void>();
  })));
  ASSERT_TRUE(bool(legacy->enqueue([&] {
    order.push_back(2);
    return Result<void>();
  })));
  ASSERT_TRUE(bool(b->enqueue([&] {
    order.push_back(3);
    return Result<void>();
  })));
  EXPECT_EQ(b->query().status(), Status::NotReady);
  gate.open();
  ASSERT_TRUE(bool(b->synchronize()));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST_F(StreamTest, synchronising_legacy_waits_for_blocking_streams) {
  auto a = stream(), n = stream(Stream::kNonBlocking);
  auto legacy = context->legacyStream();
  Gate gate, other;
  std::atomic<bool> ran{false};
  ASSERT_TRUE(bool(n->enqueue(waitFor(other))));
  EXPECT_TRUE(bool(legacy->synchronize()));
  ASSERT_TRUE(bool(a->enqueue([&] {
    gate.wait();
    ran = true;
    return Result<void>();
  })));
  EXPECT_EQ(legacy->query().status(), Status::NotReady);
  gate.open();
  EXPECT_TRUE(bool(legacy->synchronize()));
  EXPECT_TRUE(ran);
  EXPECT_TRUE(bool(legacy->query()));
  other.open();
  EXPECT_TRUE(bool(n->synchronize()));
}

TEST_F(StreamTest, non_blocking_stream_ignores_the_legacy_stream) {
  auto n = stream(Stream::kNonBlocking);
  auto legacy = context->legacyStream();
  Gate gate;
  ASSERT_TRUE(bool(legacy->enqueue(waitFor(gate))));
  ASSERT_TRUE(bool(n->enqueue([] { return Result<void>(); })));
  EXPECT_TRUE(bool(n->synchronize()));
  EXPECT_EQ(legacy->query().status(), Status::NotReady);
  gate.open();
  EXPECT_TRUE(bool(legacy->synchronize()));
}

TEST_F(StreamTest, per_thread_stream_is_a_blocking_stream) {
  auto mine = context->perThreadStream();
  EXPECT_EQ(mine, context->perThreadStream());
  StreamRef others;
  std::thread([&] {
    Context::setCurrent(context);
    others = context->perThreadStream();
  }).join();
  EXPECT_NE(mine, others);
  auto legacy = context->legacyStream();
  Gate gate;
  ASSERT_TRUE(bool(legacy->enqueue(waitFor(gate))));
  ASSERT_TRUE(bool(mine->enqueue([] { return Result<void>(); })));
  EXPECT_EQ(mine->query().status(), Status::NotReady);
  gate.open();
  EXPECT_TRUE(bool(mine->synchronize()));
}

TEST_F(StreamTest, synchronising_helps_a_blocked_stream) {
  auto a = stream(), legacy = context->legacyStream();
  int count = 0;
  for (int i = 0; i < 200; ++i) {
    auto& s = i % 2 ? a : legacy;
    ASSERT_TRUE(bool(s->enqueue([&count, i] {
      EXPECT_EQ(count, i);
      ++count;
      return Result<void>();
    })));
  }
  ASSERT_TRUE(bool(a->synchronize()));
  EXPECT_EQ(count, 200);
}

TEST_F(StreamTest, event_times_what_lies_between) {
  auto s = stream();
  auto start = *Event::create(*context, 0), end = *Event::create(*context, 0);
  EXPECT_EQ(Event::elapsed(*start, *end).status(), Status::InvalidHandle); // never recorded
  ASSERT_TRUE(bool(start->record(*s)));
  ASSERT_TRUE(bool(s->enqueue([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return Result<void>();
  })));
  ASSERT_TRUE(bool(end->record(*s)));
  ASSERT_TRUE(bool(end->synchronize()));
  auto ms = Event::elapsed(*start, *end);
  ASSERT_TRUE(bool(ms));
  EXPECT_GE(*ms, 19.9f);
  auto untimed = *Event::create(*context, Event::kDisableTiming);
  ASSERT_TRUE(bool(untimed->record(*s)));
  EXPECT_EQ(Event::elapsed(*start, *untimed).status(), Status::InvalidHandle);
}

TEST_F(StreamTest, destroyed_stream_still_runs_its_work) {
  auto s = stream();
  void* handle = s->handle();
  Gate gate;
  std::atomic<bool> ran{false};
  ASSERT_TRUE(bool(s->enqueue(waitFor(gate))));
  ASSERT_TRUE(bool(s->enqueue([&] {
    ran = true;
    return Result<void>();
  })));
  ASSERT_TRUE(bool(s->destroy()));
  EXPECT_EQ(Stream::fromHandle(handle), nullptr);
  EXPECT_EQ(s->destroy().status(), Status::InvalidHandle);
  s.reset();
  gate.open();
  ASSERT_TRUE(bool(context->synchronize()));
  EXPECT_TRUE(ran);
}

TEST_F(StreamTest, fault_sticks_to_the_context) {
  auto s = stream();
  bool later = false, told = false;
  ASSERT_TRUE(
      bool(s->enqueue([] { return makeError(Status::IllegalAddress, "kernel k: bad read"); })));
  ASSERT_TRUE(bool(s->enqueue([&] {
                later = true;
                return Result<void>();
              })) ||
              context->stickyStatus() == Status::IllegalAddress);
  (void)s->addCallback([](void*, int status, void* p) { *static_cast<bool*>(p) = status == 700; },
                       &told);
  EXPECT_EQ(s->synchronize().status(), Status::IllegalAddress);
  EXPECT_FALSE(later);
  EXPECT_EQ(Memory::allocate(*context, 16).status(), Status::IllegalAddress);
  EXPECT_EQ(Context::require().status(), Status::IllegalAddress);
  EXPECT_EQ(context->synchronize().status(), Status::IllegalAddress);
}

TEST_F(StreamTest, other_errors_are_reported_once_and_do_not_stick) {
  auto s = stream();
  bool later = false;
  ASSERT_TRUE(bool(
      s->enqueue([] { return makeError(Status::LaunchOutOfResources, "kernel k: too big"); })));
  ASSERT_TRUE(bool(s->enqueue([&] {
    later = true;
    return Result<void>();
  })));
  EXPECT_EQ(s->synchronize().status(), Status::LaunchOutOfResources);
  EXPECT_TRUE(later);
  EXPECT_TRUE(bool(s->synchronize()));
  EXPECT_TRUE(bool(context->check()));
}

TEST_F(StreamTest, resolve_knows_special_and_refuses_garbage_handles) {
  auto legacy = context->legacyStream(), mine = context->perThreadStream();
  EXPECT_EQ(*Stream::resolve(nullptr, *context, false), legacy);
  EXPECT_EQ(*Stream::resolve(nullptr, *context, true), mine);
  EXPECT_EQ(*Stream::resolve(reinterpret_cast<void*>(1), *context, true), legacy);
  EXPECT_EQ(*Stream::resolve(reinterpret_cast<void*>(2), *context, false), mine);
  int garbage[64] = {};
  EXPECT_EQ(Stream::resolve(garbage, *context, false).status(), Status::InvalidHandle);
  EXPECT_EQ(Stream::create(*context, 0xf0, 0).status(), Status::InvalidValue);
  EXPECT_EQ((*Stream::create(*context, 0, -100))->priority(), Stream::kGreatestPriority);
}

TEST_F(StreamTest, host_functions_run_in_order_and_may_take_the_callers_locks) {
  auto s = stream();
  struct Data {
    std::mutex mutex;
    int value = 0;
  } data;
  ASSERT_TRUE(bool(s->enqueue([&] {
    data.value = 41;
    return Result<void>();
  })));
  ASSERT_TRUE(bool(s->launchHostFunc(
      [](void* p) {
        auto* d = static_cast<Data*>(p);
        std::lock_guard lock(d->mutex);
        ++d->value;
      },
      &data)));
  ASSERT_TRUE(bool(s->synchronize()));
  EXPECT_EQ(data.value, 42);
  EXPECT_EQ(s->launchHostFunc(nullptr, nullptr).status(), Status::InvalidValue);
}

} // namespace
} // namespace anywarp::test
