// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shuffles, votes, matches and reductions against a lane-by-lane model written from the PTX ISA.
#include "harness.h"

#include <gtest/gtest.h>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

std::vector<int32_t> runLanes(const std::string& body, uint32_t threads = 32, uint32_t arg = 0) {
  std::vector<int32_t> out(threads, -1);
  Program r;
  r.ir = R"(define void @k() {
  %p = call ptr @aw.param.base()
  %out = load ptr, ptr %p
  %ap = getelementptr i8, ptr %p, i64 8
  %arg = load i32, ptr %ap
  %t = call i32 @aw.tid.x()
  %lane = call i32 @aw.laneid()
  %t64 = sext i32 %t to i64
  %dst = getelementptr i32, ptr %out, i64 %t64
  %v0 = mul i32 %t, %t
  %v = add i32 %v0, 5
)" + body +
         "  ret void\n}\n";
  r.block.x = threads;
  r.params = {uint64_t(out.data()), arg};
  auto done = run(r);
  EXPECT_TRUE(bool(done)) << done.error().message;
  return out;
}

int32_t value(int lane) {
  return lane * lane + 5;
}

struct Shfl {
  const char* name;
  int kind;
};

// PTX ISA 9.7.9.6 (shfl.sync), word for word.
void model(int kind, int lane, uint32_t b, uint32_t c, int& source, bool& in) {
  int bval = b & 31, cval = c & 31, mask = (c >> 8) & 31;
  int maxLane = (lane & mask) | (cval & ~mask), minLane = lane & mask;
  int j = lane;
  switch (kind) {
  case 0:
    j = lane - bval;
    in = j >= maxLane;
    break;
  case 1:
    j = lane + bval;
    in = j <= maxLane;
    break;
  case 2:
    j = lane ^ bval;
    in = j <= maxLane;
    break;
  default:
    j = minLane | (bval & ~mask);
    in = j <= maxLane;
    break;
  }
  source = in ? j : lane;
}

TEST(CrossLane, ShufflesOfEveryKind) {
  const Shfl kinds[] = {{"up", 0}, {"down", 1}, {"bfly", 2}, {"idx", 3}};
  for (auto& k : kinds)
    for (uint32_t width : {32u, 16u, 8u, 4u})
      for (uint32_t b : {0u, 1u, 2u, 5u, 16u, 31u})
        for (bool constant : {true, false}) {
          uint32_t c = ((32 - width) << 8) | (k.kind == 0 ? 0 : 31);
          std::string operand = constant ? std::to_string(b) : "%arg";
          auto out =
              runLanes("  %s = call { i32, i1 } @aw.shfl." + std::string(k.name) + "(i32 %v, i32 " +
                           operand + ", i32 " + std::to_string(c) + R"(, i32 -1)
  %r = extractvalue { i32, i1 } %s, 0
  %q = extractvalue { i32, i1 } %s, 1
  %q32 = zext i1 %q to i32
  %r2 = mul i32 %r, 2
  %o = add i32 %r2, %q32
  store i32 %o, ptr %dst
)",
                       32, b);
          for (int lane = 0; lane < 32; ++lane) {
            int source;
            bool in;
            model(k.kind, lane, b, c, source, in);
            ASSERT_EQ(out[lane], value(source) * 2 + in)
                << k.name << " width " << width << " b " << b << " lane " << lane << " constant "
                << constant;
          }
        }
}

TEST(CrossLane, ShuffleByALaneOfItsOwn) {
  auto out = runLanes(R"(
  %m = mul i32 %lane, 7
  %s = call { i32, i1 } @aw.shfl.idx(i32 %v, i32 %m, i32 31, i32 -1)
  %r = extractvalue { i32, i1 } %s, 0
  store i32 %r, ptr %dst
)");
  for (int lane = 0; lane < 32; ++lane)
    EXPECT_EQ(out[lane], value(lane * 7 % 32));
}

// Results of two calls meet: at the end of a branch, in a select, and around a loop.
TEST(CrossLane, StructuresJoin) {
  auto out = runLanes(R"(
  %small = icmp slt i32 %arg, 3
  br i1 %small, label %up, label %down
up:
  %a = call { i32, i1 } @aw.shfl.up(i32 %v, i32 1, i32 0, i32 -1)
  br label %join
down:
  %b = call { i32, i1 } @aw.shfl.down(i32 %v, i32 1, i32 31, i32 -1)
  br label %join
join:
  %s = phi { i32, i1 } [ %a, %up ], [ %b, %down ]
  %w = call { i32, i1 } @aw.shfl.bfly(i32 %v, i32 2, i32 31, i32 -1)
  %low = icmp slt i32 %lane, 7
  %c = select i1 %low, { i32, i1 } %s, { i32, i1 } %w
  br label %loop
loop:
  %n = phi i32 [ 0, %join ], [ %n1, %loop ]
  %l = phi { i32, i1 } [ %c, %join ], [ %l1, %loop ]
  %lv = extractvalue { i32, i1 } %l, 0
  %l1 = call { i32, i1 } @aw.shfl.up(i32 %lv, i32 1, i32 0, i32 -1)
  %n1 = add i32 %n, 1
  %again = icmp slt i32 %n1, 3
  br i1 %again, label %loop, label %end
end:
  %r = extractvalue { i32, i1 } %l, 0
  %q = extractvalue { i32, i1 } %l, 1
  %q32 = zext i1 %q to i32
  %r2 = mul i32 %r, 2
  %o = add i32 %r2, %q32
  store i32 %o, ptr %dst
)",
                      32, 5);
  // Before the loop: lanes below 7 take the next lane's value, the others that of lane ^ 2. Then
  // everything moves up by two lanes, as far as there is a lane below.
  for (int lane = 0; lane < 32; ++lane) {
    int from = std::max(lane - 2, 0);
    int source = from < 7 ? from + 1 : from ^ 2;
    EXPECT_EQ(out[lane], value(source) * 2 + (lane > 0)) << lane;
  }
}

TEST(CrossLane, VotesCountActiveLanesOnly) {
  for (uint32_t threads : {32u, 20u, 50u}) {
    auto out = runLanes(R"(
  %b = and i32 %lane, 3
  %q = icmp eq i32 %b, 1
  %ball = call i32 @aw.vote.ballot(i1 %q, i32 -1)
  %all = call i1 @aw.vote.all(i1 %q, i32 -1)
  %any = call i1 @aw.vote.any(i1 %q, i32 -1)
  %act = call i32 @aw.activemask()
  %x = xor i32 %ball, %act
  %a1 = zext i1 %any to i32
  %a2 = zext i1 %all to i32
  %a3 = shl i32 %a2, 1
  %a4 = or i32 %a1, %a3
  %y = xor i32 %x, %a4
  store i32 %y, ptr %dst
)",
                        threads);
    for (uint32_t t = 0; t < threads; ++t) {
      uint32_t lanes = std::min(32u, threads - t / 32 * 32);
      uint32_t active = lanes == 32 ? ~0u : (1u << lanes) - 1;
      uint32_t ball = 0x22222222u & active;
      EXPECT_EQ(uint32_t(out[t]), ball ^ active ^ (ball != 0)) << t << " of " << threads;
    }
  }
}

TEST(CrossLane, MatchGroupsEqualValues) {
  auto out = runLanes(R"(
  %g = urem i32 %lane, 5
  %m = call i32 @aw.match.any.i32(i32 %g, i32 -1)
  %a = call { i32, i1 } @aw.match.all.i32(i32 %arg, i32 -1)
  %am = extractvalue { i32, i1 } %a, 0
  %x = xor i32 %m, %am
  store i32 %x, ptr %dst
)");
  for (int lane = 0; lane < 32; ++lane) {
    uint32_t group = 0;
    for (int l = 0; l < 32; ++l)
      group |= uint32_t(l % 5 == lane % 5) << l;
    EXPECT_EQ(uint32_t(out[lane]), ~group);
  }
}

TEST(CrossLane, MatchAllAnswersTheThreadsThatExist) {
  auto out = runLanes(R"(
  %a = call { i32, i1 } @aw.match.all.i32(i32 %arg, i32 -1)
  %am = extractvalue { i32, i1 } %a, 0
  store i32 %am, ptr %dst
)",
                      42);
  for (int t = 0; t < 42; ++t)
    EXPECT_EQ(uint32_t(out[t]), t < 32 ? ~0u : 0x3ffu) << t;
}

TEST(CrossLane, ReductionOfDisjointGroups) {
  auto out = runLanes(R"(
  %low = icmp ult i32 %lane, 10
  %mask = select i1 %low, i32 1023, i32 -1024
  %r = call i32 @aw.redux.add(i32 %v, i32 %mask)
  store i32 %r, ptr %dst
)");
  int32_t low = 0, high = 0;
  for (int l = 0; l < 32; ++l)
    (l < 10 ? low : high) += value(l);
  for (int l = 0; l < 32; ++l)
    EXPECT_EQ(out[l], l < 10 ? low : high);
}

TEST(CrossLane, WarpSumInADivergentBranch) {
  auto out = runLanes(R"(
  %in = icmp slt i32 %t, 16
  br i1 %in, label %a, label %c
a:
  %s = call { i32, i1 } @aw.shfl.bfly(i32 %v, i32 8, i32 31, i32 65535)
  %sv = extractvalue { i32, i1 } %s, 0
  %sum = add i32 %sv, %v
  br label %c
c:
  %r = phi i32 [ %sum, %a ], [ %v, %0 ]
  store i32 %r, ptr %dst
)",
                      64);
  for (int t = 0; t < 64; ++t)
    EXPECT_EQ(out[t], t < 16 ? value(t) + value(t ^ 8) : value(t));
}

} // namespace
