// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Control flow and memory shapes: every result is compared with the same arithmetic on the host,
// for block sizes with full, partial and several gangs.
#include "harness.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

constexpr const char* kIndex = R"(
  %p = call ptr @aw.param.base()
  %out = load ptr, ptr %p
  %inp = getelementptr i8, ptr %p, i64 8
  %in = load ptr, ptr %inp
  %np = getelementptr i8, ptr %p, i64 16
  %n = load i32, ptr %np
  %tx = call i32 @aw.tid.x()
  %ty = call i32 @aw.tid.y()
  %tz = call i32 @aw.tid.z()
  %nx = call i32 @aw.ntid.x()
  %ny = call i32 @aw.ntid.y()
  %nz = call i32 @aw.ntid.z()
  %bx = call i32 @aw.ctaid.x()
  %a0 = mul i32 %tz, %ny
  %a1 = add i32 %a0, %ty
  %a2 = mul i32 %a1, %nx
  %t = add i32 %a2, %tx
  %b0 = mul i32 %nx, %ny
  %b1 = mul i32 %b0, %nz
  %b2 = mul i32 %b1, %bx
  %i = add i32 %b2, %t
  %i64 = sext i32 %i to i64
  %src = getelementptr i32, ptr %in, i64 %i64
  %dst = getelementptr i32, ptr %out, i64 %i64
  %inside = icmp slt i32 %i, %n
)";

struct Case {
  Dim block;
  uint32_t grid;
};
const Case kCases[] = {{{32, 1, 1}, 3}, {{1, 1, 1}, 5},   {{7, 1, 1}, 4},    {{33, 1, 1}, 2},
                       {{64, 1, 1}, 2}, {{100, 1, 1}, 3}, {{1024, 1, 1}, 2}, {{16, 16, 1}, 2},
                       {{16, 3, 5}, 2}, {{8, 8, 3}, 2},   {{32, 4, 2}, 2},   {{5, 7, 3}, 2},
                       {{1, 1, 64}, 2}, {{96, 2, 1}, 1},  {{2, 511, 1}, 1},  {{10, 10, 10}, 1}};

// Runs `body` for all cases; `expected(i, in)` is what thread i leaves in out (initially 7).
template <typename F> void check(const std::string& body, F expected, uint32_t slack = 5) {
  for (const char* features : kFeatureSets)
    for (int force : {-1, int(BlockShape::Generic)})
      for (const Case& c : kCases) {
        uint32_t total = c.block.x * c.block.y * c.block.z * c.grid;
        uint32_t n = total > slack ? total - slack : total;
        std::vector<int32_t> in(total), out(total, 7);
        for (uint32_t i = 0; i < total; ++i)
          in[i] = int32_t((i * 2654435761u) >> 20) - 2000;
        Program r;
        r.ir = "define void @k() {\n" + std::string(kIndex) + body + "\n}\n";
        r.grid.x = c.grid;
        r.block = c.block;
        r.params = {uint64_t(out.data()), uint64_t(in.data()), n};
        r.features = features;
        r.forceShape = force;
        auto done = run(r);
        ASSERT_TRUE(bool(done)) << done.error().message;
        for (uint32_t i = 0; i < total; ++i) {
          int32_t want = i < n ? expected(int32_t(i), in) : 7;
          ASSERT_EQ(out[i], want) << "thread " << i << " block " << c.block.x << "x" << c.block.y
                                  << "x" << c.block.z << " features '" << features << "' force "
                                  << force;
        }
      }
}

TEST(Control, GuardedBody) {
  check(R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  %w = mul i32 %v, 3
  store i32 %w, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) { return in[i] * 3; });
}

TEST(Control, IfElseMeetsAgain) {
  check(R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  %neg = icmp slt i32 %v, 0
  br i1 %neg, label %a, label %b
a:
  %va = sub i32 0, %v
  br label %join
b:
  %big = icmp sgt i32 %v, 1000
  br i1 %big, label %c, label %join
c:
  %vc = add i32 %v, 100000
  br label %join
join:
  %r = phi i32 [ %va, %a ], [ %v, %b ], [ %vc, %c ]
  store i32 %r, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) {
          int32_t v = in[i];
          return v < 0 ? -v : v > 1000 ? v + 100000 : v;
        });
}

TEST(Control, DivergentLoopWithBreakAndContinue) {
  // Collatz steps of |v| + 1, at most 300, skipping the count of every third even step.
  check(R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  %neg = icmp slt i32 %v, 0
  %m = sub i32 0, %v
  %abs = select i1 %neg, i32 %m, i32 %v
  %start = add i32 %abs, 1
  br label %loop
loop:
  %x = phi i32 [ %start, %body ], [ %next, %latch ]
  %k = phi i32 [ 0, %body ], [ %k1, %latch ]
  %count = phi i32 [ 0, %body ], [ %count1, %latch ]
  %one = icmp eq i32 %x, 1
  br i1 %one, label %out1, label %step
step:
  %odd = and i32 %x, 1
  %isodd = icmp eq i32 %odd, 1
  br i1 %isodd, label %o, label %e
o:
  %x3 = mul i32 %x, 3
  %xo = add i32 %x3, 1
  %co = add i32 %count, 1
  br label %latch
e:
  %xe = lshr i32 %x, 1
  %r = urem i32 %k, 3
  %skip = icmp eq i32 %r, 0
  br i1 %skip, label %latch, label %e2
e2:
  %ce = add i32 %count, 1
  br label %latch
latch:
  %next = phi i32 [ %xo, %o ], [ %xe, %e ], [ %xe, %e2 ]
  %count1 = phi i32 [ %co, %o ], [ %count, %e ], [ %ce, %e2 ]
  %k1 = add i32 %k, 1
  %more = icmp slt i32 %k1, 300
  br i1 %more, label %loop, label %out2
out1:
  %s1 = mul i32 %count, 10
  br label %fin
out2:
  %s2 = add i32 %count1, 1000000
  br label %fin
fin:
  %s = phi i32 [ %s1, %out1 ], [ %s2, %out2 ]
  store i32 %s, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) {
          uint32_t x = uint32_t(std::abs(in[i])) + 1;
          int32_t count = 0;
          for (int k = 0;; ++k) {
            if (x == 1)
              return count * 10;
            if (x & 1) {
              x = 3 * x + 1;
              ++count;
            } else {
              x >>= 1;
              if (k % 3)
                ++count;
            }
            if (k + 1 >= 300)
              return count + 1000000;
          }
        });
}

TEST(Control, NestedDivergentLoops) {
  check(R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  %lim = and i32 %v, 7
  br label %outer
outer:
  %a = phi i32 [ 0, %body ], [ %aa1, %outerlatch ]
  %sum = phi i32 [ 0, %body ], [ %sum2, %outerlatch ]
  %lim2 = add i32 %a, %lim
  br label %inner
inner:
  %b = phi i32 [ 0, %outer ], [ %bb1, %innerlatch ]
  %s = phi i32 [ %sum, %outer ], [ %s1, %innerlatch ]
  %prod = mul i32 %a, %b
  %s1 = add i32 %s, %prod
  %stop = icmp sgt i32 %s1, 60
  br i1 %stop, label %far, label %innerlatch
innerlatch:
  %bb1 = add i32 %b, 1
  %moreb = icmp sle i32 %bb1, %lim2
  br i1 %moreb, label %inner, label %outerlatch
outerlatch:
  %sum2 = phi i32 [ %s1, %innerlatch ]
  %aa1 = add i32 %a, 1
  %morea = icmp sle i32 %aa1, %lim
  br i1 %morea, label %outer, label %near
far:
  %f = phi i32 [ %s1, %inner ]
  %f2 = add i32 %f, 5000
  br label %fin
near:
  %nv = phi i32 [ %sum2, %outerlatch ]
  br label %fin
fin:
  %r = phi i32 [ %f2, %far ], [ %nv, %near ]
  store i32 %r, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) {
          int32_t lim = in[i] & 7, s = 0;
          for (int a = 0; a <= lim; ++a)
            for (int b = 0; b <= a + lim; ++b) {
              s += a * b;
              if (s > 60)
                return s + 5000;
            }
          return s;
        });
}

TEST(Control, UniformLoopWithDivergentBody) {
  check(R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  br label %loop
loop:
  %k = phi i32 [ 0, %body ], [ %k1, %latch ]
  %s = phi i32 [ 0, %body ], [ %s2, %latch ]
  %sh = lshr i32 %v, %k
  %bit = and i32 %sh, 1
  %set = icmp ne i32 %bit, 0
  br i1 %set, label %yes, label %latch
yes:
  %s1 = add i32 %s, %k
  br label %latch
latch:
  %s2 = phi i32 [ %s1, %yes ], [ %s, %loop ]
  %k1 = add i32 %k, 1
  %more = icmp slt i32 %k1, 20
  br i1 %more, label %loop, label %fin
fin:
  store i32 %s2, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) {
          int32_t s = 0;
          for (int k = 0; k < 20; ++k)
            if ((uint32_t(in[i]) >> k) & 1)
              s += k;
          return s;
        });
}

// Arms that lanes take apart, run under a mask with all lanes present: addresses of lanes that stay
// out are not touched, what they hold at the join is their own, and stores are theirs alone.
const std::string kArms = R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  %odd = and i32 %v, 1
  %isodd = icmp ne i32 %odd, 0
  %here = select i1 %isodd, ptr %src, ptr null
  br i1 %isodd, label %fetch, label %fetched
fetch:
  %w = load volatile i32, ptr %here
  store i32 %w, ptr %dst
  %w3 = mul i32 %w, 3
  br label %fetched
fetched:
  %x = phi i32 [ %w3, %fetch ], [ %i, %body ]
  %neg = icmp slt i32 %v, 0
  br i1 %neg, label %low, label %high
low:
  %xl = sub i32 %x, %v
  store i32 %xl, ptr %dst
  br label %both
high:
  %old = load i32, ptr %dst
  %xh = add i32 %x, %old
  store i32 %xh, ptr %dst
  br label %both
both:
  %y = phi i32 [ %xl, %low ], [ %v, %high ]
  %last = load i32, ptr %dst
  %y2 = shl i32 %y, 1
  %sum = add i32 %last, %y2
  store i32 %sum, ptr %dst
  br label %end
end:
  ret void)";

TEST(Control, ArmsUnderAMask) {
  check(kArms, [](int32_t i, auto& in) {
    int32_t v = in[i], dst = 7, x = i, y = v;
    if (v & 1)
      dst = v, x = 3 * v;
    if (v < 0)
      dst = y = x - v;
    else
      dst += x;
    return dst + 2 * y;
  });
}

// A loop with barriers, in which neighbours swap what is out of order: odd-even transposition sort.
TEST(Control, ArmsBetweenBarriers) {
  for (const char* features : kFeatureSets)
    for (uint32_t threads : {32u, 64u, 50u}) {
      std::vector<int32_t> keys(2 * threads);
      for (uint32_t i = 0; i < keys.size(); ++i)
        keys[i] = int32_t((i * 2654435761u) >> 20);
      std::vector<int32_t> want = keys;
      Program r;
      r.ir = R"(
define void @k() {
  %p = call ptr @aw.param.base()
  %keys = load ptr, ptr %p
  %np = getelementptr i8, ptr %p, i64 8
  %n = load i32, ptr %np
  %t = call i32 @aw.tid.x()
  %t2 = shl i32 %t, 1
  %end = add i32 %n, -1
  br label %loop
loop:
  %round = phi i32 [ 0, %0 ], [ %next, %latch ]
  %shift = and i32 %round, 1
  %i = add i32 %t2, %shift
  %j = add i32 %i, 1
  %i64 = sext i32 %i to i64
  %j64 = sext i32 %j to i64
  %ip = getelementptr i32, ptr %keys, i64 %i64
  %jp = getelementptr i32, ptr %keys, i64 %j64
  %fits = icmp slt i32 %i, %end
  br i1 %fits, label %look, label %latch
look:
  %a = load i32, ptr %ip
  %b = load i32, ptr %jp
  %swap = icmp sgt i32 %a, %b
  br i1 %swap, label %order, label %latch
order:
  store i32 %b, ptr %ip
  store i32 %a, ptr %jp
  br label %latch
latch:
  call void @aw.barrier(i32 0, i32 0)
  %next = add i32 %round, 1
  %more = icmp slt i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
)";
      r.block = {threads, 1, 1};
      r.params = {uint64_t(keys.data()), keys.size()};
      r.features = features;
      auto done = run(r);
      ASSERT_TRUE(bool(done)) << done.error().message;
      std::sort(want.begin(), want.end());
      ASSERT_EQ(keys, want) << threads << " threads, features '" << features << "'";
    }
}

// Nothing of that needs the masked copy.
TEST(Control, ArmsStayInTheCoherentCopy) {
  Program r;
  r.ir = "define void @k() {\n" + std::string(kIndex) + kArms + "\n}\n";
  r.block = {64, 1, 1};
  auto text = vectorizedText(r);
  ASSERT_TRUE(bool(text)) << text.error().message;
  EXPECT_NE(text->find("fetched.all"), std::string::npos);
  size_t mixed = 0;
  for (size_t at = text->find("both.guard"); at != std::string::npos;
       at = text->find("both.guard", at + 1))
    ++mixed;
  EXPECT_GT(mixed, 0u); // `inside` parts lanes for a long body
  size_t body = r.ir.find("  br i1 %inside");
  r.ir.replace(body, r.ir.find('\n', body) - body, "  br label %body");
  text = vectorizedText(r);
  ASSERT_TRUE(bool(text)) << text.error().message;
  EXPECT_EQ(text->find(".guard"), std::string::npos);
}

TEST(Control, GatherAndLocalArray) {
  check(R"(
  %arr = alloca [8 x i32], align 16
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  br label %fill
fill:
  %k = phi i32 [ 0, %body ], [ %k1, %fill ]
  %sq = mul i32 %k, %v
  %k64 = sext i32 %k to i64
  %ap = getelementptr [8 x i32], ptr %arr, i64 0, i64 %k64
  store i32 %sq, ptr %ap
  %k1 = add i32 %k, 1
  %more = icmp slt i32 %k1, 8
  br i1 %more, label %fill, label %pick
pick:
  %which = and i32 %v, 7
  %w64 = zext i32 %which to i64
  %wp = getelementptr [8 x i32], ptr %arr, i64 0, i64 %w64
  %got = load i32, ptr %wp
  %rev = sub i32 %n, %i
  %rev1 = sub i32 %rev, 1
  %rev64 = sext i32 %rev1 to i64
  %rp = getelementptr i32, ptr %in, i64 %rev64
  %rv = load i32, ptr %rp
  %r = add i32 %got, %rv
  store i32 %r, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) {
          int32_t n = int32_t(in.size() > 5 ? in.size() - 5 : in.size());
          return (in[i] & 7) * in[i] + in[n - 1 - i];
        });
}

TEST(Control, DivisionNeverTraps) {
  check(R"(
  br i1 %inside, label %body, label %end
body:
  %v = load i32, ptr %src
  %d = and i32 %v, 3
  %z = icmp eq i32 %d, 0
  %safe = select i1 %z, i32 1, i32 %d
  %q = sdiv i32 %v, %safe
  %m = urem i32 %v, %safe
  %s = add i32 %q, %m
  %r = select i1 %z, i32 -1, i32 %s
  store i32 %r, ptr %dst
  br label %end
end:
  ret void)",
        [](int32_t i, auto& in) {
          int32_t v = in[i], d = v & 3;
          return d ? v / d + int32_t(uint32_t(v) % uint32_t(d)) : -1;
        });
}

TEST(Control, AtomicsCountEveryThread) {
  for (const Case& c : kCases) {
    int32_t counters[4] = {};
    uint32_t total = c.block.x * c.block.y * c.block.z * c.grid;
    std::vector<int32_t> in(total, 3);
    Program r;
    r.ir = "define void @k() {\n" + std::string(kIndex) + R"(
  %unused = atomicrmw add ptr %out, i32 1 monotonic
  %three = and i32 %t, 1
  %w = zext i32 %three to i64
  %cp = getelementptr i32, ptr %out, i64 1
  %at = getelementptr i32, ptr %cp, i64 %w
  %old = atomicrmw add ptr %at, i32 2 monotonic
  %mp = getelementptr i32, ptr %out, i64 3
  %x = atomicrmw umax ptr %mp, i32 %old monotonic
  ret void
})";
    r.grid.x = c.grid;
    r.block = c.block;
    r.params = {uint64_t(counters), uint64_t(in.data()), total};
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    uint32_t perBlock = total / c.grid;
    uint32_t odd = perBlock / 2 * c.grid, even = total - odd;
    EXPECT_EQ(uint32_t(counters[0]), total);
    EXPECT_EQ(uint32_t(counters[1]), 2 * even);
    EXPECT_EQ(uint32_t(counters[2]), 2 * odd);
    EXPECT_EQ(uint32_t(counters[3]), even ? 2 * (even - 1) : 0);
  }
}

TEST(Control, RecursiveFunction) {
  for (const Case& c : kCases) {
    uint32_t total = c.block.x * c.block.y * c.block.z * c.grid;
    std::vector<int32_t> in(total), out(total, 7);
    Program r;
    r.ir = R"(
define i32 @fib(i32 %x) {
  %small = icmp slt i32 %x, 2
  br i1 %small, label %leaf, label %rec
leaf:
  ret i32 %x
rec:
  %a = sub i32 %x, 1
  %b = sub i32 %x, 2
  %fa = call i32 @fib(i32 %a)
  %fb = call i32 @fib(i32 %b)
  %s = add i32 %fa, %fb
  ret i32 %s
}
define void @k() {
)" + std::string(kIndex) +
           R"(
  %m = urem i32 %i, 9
  %f = call i32 @fib(i32 %m)
  store i32 %f, ptr %dst
  ret void
})";
    r.grid.x = c.grid;
    r.block = c.block;
    r.params = {uint64_t(out.data()), uint64_t(in.data()), total};
    auto done = run(r);
    ASSERT_TRUE(bool(done)) << done.error().message;
    const int32_t fib[] = {0, 1, 1, 2, 3, 5, 8, 13, 21};
    for (uint32_t i = 0; i < total; ++i)
      ASSERT_EQ(out[i], fib[i % 9]) << i;
  }
}

TEST(Control, UnsignedIndexThatWrapsInsideTheGang) {
  // i = tid - 16 unsigned: lanes 0..15 wrap and are off, lanes 16..31 read in[0..15].
  std::vector<int32_t> in(64), out(64, 7);
  for (int i = 0; i < 64; ++i)
    in[i] = i * i;
  Program r;
  r.ir = "define void @k() {\n" + std::string(kIndex) + R"(
  %u = sub i32 %t, 16
  %ok = icmp ult i32 %u, 48
  br i1 %ok, label %body, label %end
body:
  %u64 = zext i32 %u to i64
  %sp = getelementptr i32, ptr %in, i64 %u64
  %v = load i32, ptr %sp
  store i32 %v, ptr %dst
  br label %end
end:
  ret void
})";
  r.block.x = 64;
  r.params = {uint64_t(out.data()), uint64_t(in.data()), 64};
  auto done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i < 16 ? 7 : (i - 16) * (i - 16)) << i;
}

// Whole blocks and single gangs (of clusters) run the same copy of the kernel.
TEST(Control, a_kernel_without_barriers_is_compiled_once) {
  std::string text = avx512Text(R"(define void @k() {
  %p = call ptr @aw.param.base()
  %q = getelementptr i8, ptr %p, i64 4568
  %out = load ptr, ptr %q
  %t = call i32 @aw.tid.x()
  %i = sext i32 %t to i64
  %to = getelementptr i32, ptr %out, i64 %i
  store i32 %t, ptr %to
  ret void
}
)");
  EXPECT_EQ(count(text, "i64 4568"), 1u) << text;
}

} // namespace
