// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the coherent copy knows beyond the masked one: indices that went through loops and joins
// which lanes may leave or reach in different ways. Row sizes are such that lanes part in every
// place, and meet again with indices that fit and that do not.
#include "harness.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sstream>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

// Each thread adds in[t], in[t + 32], ... below n as nvcc writes such a loop: the count's remainder
// by 4 first, then four a round; %BETWEEN% stands between the two. `in` has `n` values.
constexpr const char* kStrided = R"(
define void @k() {
entry:
  %p = call ptr @aw.param.base()
  %out = load i64, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %in = load i64, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 16
  %n = load i32, ptr %p2
  %tx = call i32 @aw.tid.x()
  %ty = call i32 @aw.tid.y()
  %nx = call i32 @aw.ntid.x()
  %row = mul i32 %ty, %nx
  %t = add i32 %row, %tx
  %none = icmp sge i32 %t, %n
  br i1 %none, label %store, label %some
some:
  %nt = xor i32 %t, -1
  %span = add i32 %nt, %n
  %spans = lshr i32 %span, 5
  %count = add i32 %spans, 1
  %rest = and i32 %count, 3
  %even = icmp eq i32 %rest, 0
  %t64 = sext i32 %t to i64
  %t4 = shl i64 %t64, 2
  %start = add i64 %in, %t4
  br i1 %even, label %main, label %head
head:
  %c = phi i32 [ %t, %some ], [ %c1, %head ]
  %a = phi i64 [ %start, %some ], [ %a1, %head ]
  %left = phi i32 [ %rest, %some ], [ %left1, %head ]
  %s = phi i32 [ 0, %some ], [ %s1, %head ]
  %ap = inttoptr i64 %a to ptr
  %v = load i32, ptr %ap
  %s1 = add i32 %s, %v
  %c1 = add i32 %c, 32
  %a1 = add i64 %a, 128
  %left1 = add i32 %left, -1
  %again = icmp ne i32 %left1, 0
  br i1 %again, label %head, label %main
main:
  %cm = phi i32 [ %t, %some ], [ %c1, %head ]
  %sm = phi i32 [ 0, %some ], [ %s1, %head ]
%BETWEEN%
  %small = icmp ult i32 %span, 96
  br i1 %small, label %store, label %enter
enter:
  %cm64 = sext i32 %cm to i64
  %cm4 = shl i64 %cm64, 2
  %from = add i64 %in, %cm4
  br label %four
four:
  %cf = phi i32 [ %cm, %enter ], [ %cf1, %four ]
  %af = phi i64 [ %from, %enter ], [ %af1, %four ]
  %sf = phi i32 [ %sm, %enter ], [ %sf4, %four ]
  %q0 = inttoptr i64 %af to ptr
  %q1 = getelementptr i8, ptr %q0, i64 128
  %q2 = getelementptr i8, ptr %q0, i64 256
  %q3 = getelementptr i8, ptr %q0, i64 384
  %v0 = load i32, ptr %q0
  %v1 = load i32, ptr %q1
  %v2 = load i32, ptr %q2
  %v3 = load i32, ptr %q3
  %sf1 = add i32 %sf, %v0
  %sf2 = add i32 %sf1, %v1
  %sf3 = add i32 %sf2, %v2
  %sf4 = add i32 %sf3, %v3
  %af1 = add i64 %af, 512
  %cf1 = add i32 %cf, 128
  %more = icmp slt i32 %cf1, %n
  br i1 %more, label %four, label %store
store:
  %sum = phi i32 [ 0, %entry ], [ %sm, %main ], [ %sf4, %four ]
  %o64 = sext i32 %t to i64
  %o4 = shl i64 %o64, 2
  %o = add i64 %out, %o4
  %op = inttoptr i64 %o to ptr
  store i32 %sum, ptr %op
  ret void
}
)";

std::string strided(const std::string& between) {
  std::string ir = kStrided;
  size_t at = ir.find("%BETWEEN%");
  return ir.replace(at, strlen("%BETWEEN%"), between);
}

void check(const std::string& ir) {
  for (const char* features : kFeatureSets)
    for (int force : {-1, int(BlockShape::Generic)})
      for (Dim block : {Dim{32, 1, 1}, Dim{96, 1, 1}, Dim{45, 1, 1}, Dim{16, 6, 1}, Dim{8, 8, 1}})
        for (uint32_t n : {1u, 31u, 32u, 33u, 100u, 127u, 128u, 160u, 255u, 256u, 300u, 1000u}) {
          uint32_t threads = block.x * block.y;
          std::vector<int32_t> in(n), out(threads, -1);
          for (uint32_t i = 0; i < n; ++i)
            in[i] = int32_t((i + 1) * 2654435761u >> 18);
          Program r;
          r.ir = ir;
          r.block = block;
          r.params = {uint64_t(out.data()), uint64_t(in.data()), n};
          r.features = features;
          r.forceShape = force;
          auto done = run(r);
          ASSERT_TRUE(bool(done)) << done.error().message;
          ASSERT_FALSE(done->wrapped || done->trapped);
          for (uint32_t t = 0; t < threads; ++t) {
            int32_t want = 0;
            for (uint32_t c = t; c < n; c += 32)
              want += in[c];
            ASSERT_EQ(out[t], want)
                << "thread " << t << " of " << block.x << "x" << block.y << ", n " << n
                << ", features '" << features << "', force " << force;
          }
        }
}

// The loops of the coherent copy load vectors; what the masked copy cannot know is looked at, and
// gathered in a block of its own.
TEST(Refine, RemainderLoopKeepsItsShape) {
  for (Dim block : {Dim{64, 1, 1}, Dim{32, 4, 1}, Dim{16, 16, 1}, Dim{8, 8, 1}}) {
    Program r;
    r.ir = strided("");
    r.block = block;
    r.features = kAvx512;
    auto text = vectorizedText(r);
    ASSERT_TRUE(bool(text)) << text.error().message;
    std::istringstream lines(*text);
    std::string line, label;
    unsigned loads = 0;
    while (std::getline(lines, line)) {
      if (!line.empty() && line[0] != ' ' && line.find(':') != std::string::npos)
        label = line.substr(0, line.find(':'));
      if (line.find("call <32 x i32> @llvm.masked.gather") != std::string::npos)
        EXPECT_EQ(label.rfind("load.gather", 0), 0u) << label << ": " << line;
      loads += label.rfind("four.all", 0) == 0 && line.find("load <32 x i32>") != std::string::npos;
    }
    EXPECT_TRUE(loads && loads % 4 == 0) << loads; // the function may be there twice
  }
}

TEST(Refine, LanesThatPartAtLoopsAndJoins) {
  check(strided(""));
}

// The index lies in the frame while the gang waits: as a scalar if all came together.
TEST(Refine, IndexIsKeptAcrossABarrier) {
  std::string ir = strided(R"(
  br label %stop
stop:
  call void @aw.barrier(i32 0, i32 0)
  br label %behind
behind:)");
  // Phis behind the split block see its new name; lanes without work meet at the barrier, too.
  auto replace = [&](const std::string& from, const std::string& to) {
    size_t at = ir.find(from);
    ASSERT_NE(at, std::string::npos);
    ir.replace(at, from.size(), to);
  };
  replace("br i1 %none, label %store, label %some", "br i1 %none, label %idle, label %some");
  replace("store:", "idle:\n  call void @aw.barrier(i32 0, i32 0)\n  br label %store\nstore:");
  replace("[ 0, %entry ], [ %sm, %main ]", "[ 0, %idle ], [ %sm, %behind ]");
  check(ir);
}

} // namespace
