// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Barriers: shared memory exchange, loops around barriers, partial gangs, barriers that the lanes
// of one gang reach at different places, reductions over the block.
#include "harness.h"

#include <gtest/gtest.h>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

const uint32_t kSizes[] = {1, 5, 32, 33, 64, 100, 256, 1000, 1024};

Program blockRun(const std::string& body, uint32_t threads, std::vector<int32_t>& out) {
  Program r;
  r.ir = R"(define void @k() {
  %p = call ptr @aw.param.base()
  %out = load ptr, ptr %p
  %t = call i32 @aw.tid.x()
  %n = call i32 @aw.ntid.x()
  %b = call i32 @aw.ctaid.x()
  %sh = call ptr @aw.shared.base()
  %t64 = sext i32 %t to i64
  %mine = getelementptr i32, ptr %sh, i64 %t64
  %bn = mul i32 %b, %n
  %i = add i32 %bn, %t
  %i64 = sext i32 %i to i64
  %dst = getelementptr i32, ptr %out, i64 %i64
)" + body +
         "}\n";
  r.grid.x = 3;
  r.block.x = threads;
  r.dynamicShared = 4 * 1024;
  out.assign(size_t(3) * threads, -1);
  r.params = {uint64_t(out.data())};
  return r;
}

TEST(Barrier, ReverseThroughSharedMemory) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  store i32 %i, ptr %mine
  call void @aw.barrier(i32 0, i32 0)
  %r0 = sub i32 %n, %t
  %r1 = sub i32 %r0, 1
  %r64 = sext i32 %r1 to i64
  %other = getelementptr i32, ptr %sh, i64 %r64
  %v = load i32, ptr %other
  store i32 %v, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (uint32_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], int32_t(i / threads * threads + (threads - 1 - i % threads)));
  }
}

// Hillis-Steele scan: barriers in a uniform loop, a divergent condition between them.
TEST(Barrier, ScanInALoop) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  %t1 = add i32 %t, 1
  store i32 %t1, ptr %mine
  br label %loop
loop:
  %d = phi i32 [ 1, %0 ], [ %d2, %latch ]
  call void @aw.barrier(i32 0, i32 0)
  %has = icmp sge i32 %t, %d
  br i1 %has, label %read, label %wait
read:
  %o = sub i32 %t, %d
  %o64 = sext i32 %o to i64
  %op = getelementptr i32, ptr %sh, i64 %o64
  %ov = load i32, ptr %op
  br label %wait
wait:
  %add = phi i32 [ %ov, %read ], [ 0, %loop ]
  call void @aw.barrier(i32 0, i32 0)
  %cur = load i32, ptr %mine
  %sum = add i32 %cur, %add
  store i32 %sum, ptr %mine
  br label %latch
latch:
  %d2 = shl i32 %d, 1
  %more = icmp slt i32 %d2, %n
  br i1 %more, label %loop, label %fin
fin:
  %res = load i32, ptr %mine
  store i32 %res, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (uint32_t i = 0; i < out.size(); ++i) {
      int32_t t = int32_t(i % threads) + 1;
      ASSERT_EQ(out[i], t * (t + 1) / 2) << "thread " << i << " of " << threads;
    }
  }
}

// Half of the lanes exit early: the rest still meets.
TEST(Barrier, ExitedThreadsDoNotCount) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  store i32 %t, ptr %mine
  %bit = and i32 %t, 1
  %odd = icmp ne i32 %bit, 0
  br i1 %odd, label %leave, label %stay
leave:
  ret void
stay:
  call void @aw.barrier(i32 0, i32 0)
  %x = xor i32 %t, 2
  %ok = icmp slt i32 %x, %n
  %y = select i1 %ok, i32 %x, i32 %t
  %y64 = sext i32 %y to i64
  %yp = getelementptr i32, ptr %sh, i64 %y64
  %v = load i32, ptr %yp
  store i32 %v, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (uint32_t i = 0; i < out.size(); ++i) {
      uint32_t t = i % threads;
      int32_t want = t & 1 ? -1 : int32_t((t ^ 2) < threads ? t ^ 2 : t);
      ASSERT_EQ(out[i], want) << "thread " << i << " of " << threads;
    }
  }
}

// __syncthreads() on both sides of a divergent branch: one rendezvous, as on real hardware.
TEST(Barrier, LanesArriveAtDifferentInstructions) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  %bit = and i32 %t, 1
  %odd = icmp ne i32 %bit, 0
  br i1 %odd, label %a, label %c
a:
  %va = mul i32 %t, 10
  store i32 %va, ptr %mine
  call void @aw.barrier(i32 0, i32 0)
  %oa = sub i32 %t, 1
  br label %join
c:
  %vc = mul i32 %t, 100
  store i32 %vc, ptr %mine
  call void @aw.barrier(i32 0, i32 0)
  %oc = add i32 %t, 1
  br label %join
join:
  %o = phi i32 [ %oa, %a ], [ %oc, %c ]
  %ok = icmp slt i32 %o, %n
  %y = select i1 %ok, i32 %o, i32 %t
  %y64 = sext i32 %y to i64
  %yp = getelementptr i32, ptr %sh, i64 %y64
  %v = load i32, ptr %yp
  store i32 %v, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (uint32_t i = 0; i < out.size(); ++i) {
      uint32_t t = i % threads;
      uint32_t o = t & 1 ? t - 1 : t + 1;
      if (o >= threads)
        o = t;
      ASSERT_EQ(out[i], int32_t(o & 1 ? o * 10 : o * 100)) << "thread " << i << " of " << threads;
    }
  }
}

// Where the value that both sides read behind their barriers is computed lies behind another
// barrier of the same number, so lanes that go on pass that block by.
TEST(Barrier, ValuesFromBeforeOutliveADivergentBarrier) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  store i32 %t, ptr %dst
  %first = icmp eq i32 %t, 0
  br i1 %first, label %clear, label %start
clear:
  store i32 0, ptr %sh
  br label %start
start:
  call void @aw.barrier(i32 0, i32 0)
  %count = getelementptr i8, ptr %sh, i64 0
  %ignored = atomicrmw add ptr %count, i32 1 monotonic
  %base = load i32, ptr %dst
  %m = urem i32 %t, 3
  %third = icmp eq i32 %m, 0
  br i1 %third, label %left, label %right
left:
  call void @aw.barrier(i32 0, i32 0)
  %va = load volatile i32, ptr %count
  br label %end
right:
  call void @aw.barrier(i32 0, i32 0)
  %vb = load volatile i32, ptr %count
  %vb2 = add i32 %vb, 10000
  br label %end
end:
  %v = phi i32 [ %va, %left ], [ %vb2, %right ]
  %sum = add i32 %v, %base
  store i32 %sum, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (uint32_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], int32_t(threads + i % threads + (i % threads % 3 == 0 ? 0 : 10000)))
          << threads;
  }
}

// Numbers of barriers that only a run can show to be the same for all lanes; even lanes wait at one
// barrier while their gang stops for the odd ones at another.
TEST(Barrier, NumbersFromMemory) {
  constexpr uint32_t kThreads = 64;
  std::vector<int32_t> out;
  auto r = blockRun(R"(
  %pn = getelementptr i64, ptr %p, i64 1
  %numbers = load ptr, ptr %pn
  %at = getelementptr i32, ptr %numbers, i64 %t64
  %id = load i32, ptr %at
  store i32 %i, ptr %mine
  call void @aw.barrier(i32 %id, i32 0)
  %r0 = sub i32 %n, %t
  %r1 = sub i32 %r0, 1
  %r64 = sext i32 %r1 to i64
  %other = getelementptr i32, ptr %sh, i64 %r64
  %v = load i32, ptr %other
  call void @aw.barrier(i32 0, i32 0)
  %bit = and i32 %t, 1
  %odd = icmp ne i32 %bit, 0
  %id2 = add i32 %id, 1
  %id3 = add i32 %id, 2
  br i1 %odd, label %a, label %b1
a:
  store i32 %v, ptr %mine
  call void @aw.barrier(i32 %id2, i32 32)
  br label %end
b1:
  store i32 %t, ptr %mine
  call void @aw.barrier(i32 %id3, i32 32)
  br label %end
end:
  %far = xor i32 %t, 32
  %f64 = sext i32 %far to i64
  %theirs = getelementptr i32, ptr %sh, i64 %f64
  %w = load i32, ptr %theirs
  %sum = add i32 %w, %v
  store i32 %sum, ptr %dst
  ret void
)",
                    kThreads, out);
  std::vector<int32_t> numbers(kThreads, 5);
  r.params.push_back(uint64_t(numbers.data()));
  auto done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  for (uint32_t i = 0; i < out.size(); ++i) {
    uint32_t first = i / kThreads * kThreads, t = i % kThreads, far = t ^ 32;
    uint32_t v = first + kThreads - 1 - t, theirs = first + kThreads - 1 - far;
    ASSERT_EQ(out[i], int32_t(v + (t % 2 ? theirs : far))) << i;
  }
}

TEST(Barrier, ReductionOverTheBlock) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  %m = urem i32 %t, 3
  %third = icmp eq i32 %m, 0
  %c = call i32 @aw.barrier.red.popc(i32 0, i32 0, i1 %third)
  %small = icmp slt i32 %t, 1000
  %all = call i1 @aw.barrier.red.and(i32 0, i32 0, i1 %small)
  %a = select i1 %all, i32 10000, i32 0
  %s = add i32 %a, %c
  store i32 %s, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (int32_t v : out)
      ASSERT_EQ(v, int32_t((threads + 2) / 3) + (threads <= 1000 ? 10000 : 0));
  }
}

// Local memory and many live values survive the stop.
TEST(Barrier, LocalMemoryOutlivesAStop) {
  for (uint32_t threads : kSizes) {
    std::vector<int32_t> out;
    auto r = blockRun(R"(
  %arr = alloca [4 x i32], align 16
  %w = and i32 %t, 3
  %w64 = zext i32 %w to i64
  %ap = getelementptr [4 x i32], ptr %arr, i64 0, i64 %w64
  store i32 %i, ptr %ap
  store i32 %t, ptr %mine
  call void @aw.barrier(i32 0, i32 0)
  %first = load i32, ptr %sh
  %got = load i32, ptr %ap
  %s = add i32 %got, %first
  store i32 %s, ptr %dst
  ret void
)",
                      threads, out);
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    for (uint32_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], int32_t(i));
  }
}

} // namespace
