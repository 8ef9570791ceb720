// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several gangs of a block side by side: blocks of 16 columns whose gangs read the same rows of a
// matrix. Numbers of gangs that fit and that do not, partial gangs, gangs that part at branches, in
// loops, at barriers and at the end.
#include "harness.h"

#include <functional>
#include <gtest/gtest.h>
#include <numeric>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

constexpr uint32_t kWidth = 48; // of the matrices: three blocks
const uint32_t kHeights[] = {2, 3, 8, 10, 16, 17, 20, 64};

// %row, %col: the thread's place; %a is a matrix of any height, %b of kWidth rows.
std::string kernel(const std::string& body) {
  return R"(define void @k() {
entry:
  %p = call ptr @aw.param.base()
  %out = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %a = load ptr, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 16
  %b = load ptr, ptr %p2
  %p3 = getelementptr i8, ptr %p, i64 24
  %n = load i32, ptr %p3
  %sh = call ptr @aw.shared.base()
  %tx = call i32 @aw.tid.x()
  %ty = call i32 @aw.tid.y()
  %ny = call i32 @aw.ntid.y()
  %cx = call i32 @aw.ctaid.x()
  %cy = call i32 @aw.ctaid.y()
  %c0 = shl i32 %cx, 4
  %col = add i32 %c0, %tx
  %r0 = mul i32 %cy, %ny
  %row = add i32 %r0, %ty
  %rown = mul i32 %row, %n
  %at = add i32 %rown, %col
  %at64 = sext i32 %at to i64
  %dst = getelementptr i32, ptr %out, i64 %at64
)" + body +
         "}\n";
}

// sum += a[row][k] * b[k][col] for k = 0 ... `count` - 1.
std::string product(const std::string& count) {
  return R"(
  br label %loop
loop:
  %k = phi i32 [ 0, %PRE ], [ %k1, %loop ]
  %sum = phi i32 [ 0, %PRE ], [ %sum1, %loop ]
  %ai = add i32 %rown, %k
  %ai64 = sext i32 %ai to i64
  %pa = getelementptr i32, ptr %a, i64 %ai64
  %x = load i32, ptr %pa
  %kn = mul i32 %k, %n
  %bi = add i32 %kn, %col
  %bi64 = sext i32 %bi to i64
  %pb = getelementptr i32, ptr %b, i64 %bi64
  %y = load i32, ptr %pb
  %xy = mul i32 %x, %y
  %sum1 = add i32 %sum, %xy
  %k1 = add i32 %k, 1
  %more = icmp slt i32 %k1, )" +
         count + R"(
  br i1 %more, label %loop, label %done
done:
)";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (size_t at; (at = text.find(what)) != std::string::npos;)
    text.replace(at, what.size(), with);
  return text;
}

struct Matrices {
  explicit Matrices(uint32_t height, uint32_t features = 0) {
    program.block = {16, height, 1};
    program.grid = {kWidth / 16, 2, 1};
    program.features = kFeatureSets[features];
    program.dynamicShared = 16 * height * 4;
    rows = 2 * height;
    a.resize(rows * kWidth), b.resize(kWidth * kWidth), out.assign(rows * kWidth, -1);
    std::iota(a.begin(), a.end(), 3), std::iota(b.begin(), b.end(), -700);
    program.params = {uint64_t(out.data()), uint64_t(a.data()), uint64_t(b.data()), kWidth};
  }
  int32_t product(uint32_t row, uint32_t col, uint32_t count) const {
    uint32_t sum = 0;
    for (uint32_t k = 0; k < count; ++k)
      sum += uint32_t(a[row * kWidth + k]) * uint32_t(b[k * kWidth + col]);
    return int32_t(sum);
  }
  // Row kk of the tile at k0 was loaded for the tile at written(k0, kk).
  int32_t tiledProduct(uint32_t row, uint32_t col, uint32_t count,
                       const std::function<uint32_t(uint32_t, uint32_t)>& written) const {
    uint32_t sum = 0, height = program.block.y;
    for (uint32_t k = 0; k < count; ++k) {
      uint32_t kk = k % height;
      sum += uint32_t(a[row * kWidth + k]) * uint32_t(b[(written(k - kk, kk) + kk) * kWidth + col]);
    }
    return int32_t(sum);
  }
  void expect(const std::function<int32_t(uint32_t row, uint32_t col)>& want) {
    auto done = run(program);
    ASSERT_TRUE(bool(done)) << done.error().message;
    outcome = *done;
    ASSERT_FALSE(outcome.trapped || outcome.wrapped);
    for (uint32_t row = 0; row < rows; ++row)
      for (uint32_t col = 0; col < kWidth; ++col)
        ASSERT_EQ(out[row * kWidth + col], want(row, col))
            << "row " << row << ", column " << col << ", block of " << program.block.y << " rows";
  }
  Program program;
  uint32_t rows;
  std::vector<int32_t> a, b, out;
  Outcome outcome;
};

bool isFused(const Program& program) {
  auto text = vectorizedText(program);
  EXPECT_TRUE(bool(text)) << text.error().message;
  return text && count(*text, "gangs.fused") > 0;
}

class Fuse : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(features, Fuse, testing::Values(0u, 1u));

TEST_P(Fuse, GangsThatReadTheSameRows) {
  for (uint32_t height : kHeights) {
    Matrices m(height, GetParam());
    m.program.ir =
        kernel(replaced(product("%n"), "%PRE", "%entry") + "store i32 %sum1, ptr %dst\nret void\n");
#if defined(__x86_64__)
    EXPECT_TRUE(isFused(m.program));
#endif
    m.expect([&](uint32_t row, uint32_t col) { return m.product(row, col, kWidth); });
  }
}

// Nothing is shared where rows are columns.
TEST(FuseGangs, OnlyWhatSharesLoads) {
  Matrices m(16);
  std::string text = replaced(product("%n"), "%PRE", "%entry");
  text = replaced(text, "add i32 %kn, %col", "add i32 %kn, %ty");
  m.program.ir = kernel(text + "store i32 %sum1, ptr %dst\nret void\n");
  EXPECT_FALSE(isFused(m.program));
  m.expect([&](uint32_t row, uint32_t) { return m.product(row, row % 16, kWidth); });
}

// Gangs disagree: some rows do more in front of the loop, in a loop of their own and behind it.
TEST_P(Fuse, BranchesOnWhichGangsDisagree) {
  for (uint32_t height : kHeights) {
    Matrices m(height, GetParam());
    m.program.ir = kernel(R"(
  %pair = lshr i32 %ty, 1
  %high = icmp ugt i32 %pair, 2
  br i1 %high, label %more.first, label %start
more.first:
  br label %spin
spin:
  %s = phi i32 [ 0, %more.first ], [ %s1, %spin ]
  %acc = phi i32 [ %row, %more.first ], [ %acc1, %spin ]
  %acc2 = mul i32 %acc, 3
  %acc1 = add i32 %acc2, %col
  %s1 = add i32 %s, 1
  %again = icmp ult i32 %s1, %pair
  br i1 %again, label %spin, label %start
start:
  %extra = phi i32 [ 7, %entry ], [ %acc1, %spin ]
)" + replaced(product("%n"), "%PRE", "%start") +
                          R"(
  %both = add i32 %sum1, %extra
  %four = and i32 %pair, 2
  %odd = icmp eq i32 %four, 0
  br i1 %odd, label %negate, label %end
negate:
  %neg = sub i32 0, %both
  store i32 %neg, ptr %dst
  ret void
end:
  store i32 %both, ptr %dst
  ret void
)");
#if defined(__x86_64__)
    EXPECT_TRUE(isFused(m.program));
#endif
    m.expect([&](uint32_t row, uint32_t col) {
      uint32_t ty = row % height, extra = 7;
      if (ty > 5) {
        extra = row;
        for (uint32_t s = 0; s < ty / 2; ++s)
          extra = extra * 3 + col;
      }
      uint32_t both = uint32_t(m.product(row, col, kWidth)) + extra;
      return int32_t(ty & 4 ? both : -both);
    });
  }
}

// As many steps as a gang's rows say: the loop is not the same for all.
TEST_P(Fuse, LoopsThatGangsLeaveAtDifferentTimes) {
  for (uint32_t height : kHeights) {
    Matrices m(height, GetParam());
    m.program.ir = kernel(R"(
  %pair = lshr i32 %ty, 1
  %own = and i32 %pair, 7
  %steps = add i32 %own, 1
)" + replaced(product("%steps"), "%PRE", "%entry") +
                          "store i32 %sum1, ptr %dst\nret void\n");
    m.expect([&](uint32_t row, uint32_t col) {
      return m.product(row, col, (row % height / 2 & 7) + 1);
    });
  }
}

// Rows of b through shared memory, as many at a time as the block has rows. `behind` follows the
// second barrier; the loop goes on from %next while %k0n < %last.
std::string tiled(const std::string& behind, const std::string& first = "br label %tile",
                  const std::string& last = "%n") {
  return kernel(first + R"(
tile:
  %k0 = phi i32 [ 0, %entry ], [ %k0n, %next ]
  %sum = phi i32 [ 0, %entry ], [ %sum2, %next ]
  %kr = add i32 %k0, %ty
  %krn = mul i32 %kr, %n
  %bi = add i32 %krn, %col
  %bi64 = sext i32 %bi to i64
  %pb = getelementptr i32, ptr %b, i64 %bi64
  %y = load i32, ptr %pb
  %t16 = shl i32 %ty, 4
  %ti = add i32 %t16, %tx
  %ti64 = sext i32 %ti to i64
  %ps = getelementptr i32, ptr %sh, i64 %ti64
  store i32 %y, ptr %ps
  call void @aw.barrier(i32 0, i32 0)
  br label %inner
inner:
  %kk = phi i32 [ 0, %tile ], [ %kk1, %inner ]
  %sum1 = phi i32 [ %sum, %tile ], [ %sum2, %inner ]
  %ak = add i32 %k0, %kk
  %ai = add i32 %rown, %ak
  %ai64 = sext i32 %ai to i64
  %pa = getelementptr i32, ptr %a, i64 %ai64
  %x = load i32, ptr %pa
  %s16 = shl i32 %kk, 4
  %si = add i32 %s16, %tx
  %si64 = sext i32 %si to i64
  %py = getelementptr i32, ptr %sh, i64 %si64
  %z = load i32, ptr %py
  %xz = mul i32 %x, %z
  %sum2 = add i32 %sum1, %xz
  %kk1 = add i32 %kk, 1
  %morek = icmp slt i32 %kk1, %ny
  br i1 %morek, label %inner, label %ready
ready:
  call void @aw.barrier(i32 0, i32 0)
)" + behind + R"(
next:
  %k0n = add i32 %k0, %ny
  %more = icmp slt i32 %k0n, )" +
                last + R"(
  br i1 %more, label %tile, label %done
done:
  store i32 %sum2, ptr %dst
  ret void
)");
}

const uint32_t kTiles[] = {2, 4, 6, 8, 12, 16, 24, 48}; // divisors of the width

TEST_P(Fuse, TilesBetweenBarriers) {
  for (uint32_t height : kTiles) {
    Matrices m(height, GetParam());
    m.program.ir = tiled("br label %next");
    m.expect([&](uint32_t row, uint32_t col) { return m.product(row, col, kWidth); });
#if defined(__x86_64__)
    EXPECT_EQ(m.outcome.fused > 0, height >= (GetParam() ? 4 : 8)) << height;
#endif
  }
}

// Some gangs end behind the second tile, in the middle of the fused ones; the others go on without
// them.
TEST_P(Fuse, GangsThatEndEarlier) {
  for (uint32_t height : {8u, 12u, 16u}) {
    Matrices m(height, GetParam());
    m.program.ir = tiled(R"(
  %second = icmp eq i32 %k0, %ny
  %pair = lshr i32 %ty, 1
  %late = icmp uge i32 %pair, 3
  %leaves = and i1 %second, %late
  br i1 %leaves, label %leave, label %next
leave:
  store i32 %sum2, ptr %dst
  ret void
)");
    m.expect([&](uint32_t row, uint32_t col) {
      bool leaves = row % height >= 6; // whose rows of the tile stay what they were
      return m.tiledProduct(row, col, leaves ? 2 * height : kWidth, [&](uint32_t k0, uint32_t kk) {
        return kk >= 6 && k0 > height ? height : k0;
      });
    });
  }
}

// Gangs with their own number of tiles: at one resume point they have different counters.
TEST_P(Fuse, GangsWithTheirOwnNumberOfTiles) {
  for (uint32_t height : {8u, 12u, 16u}) {
    Matrices m(height, GetParam());
    m.program.ir = tiled("br label %next", R"(
  %pair = lshr i32 %ty, 1
  %early = icmp ult i32 %pair, 2
  %last = select i1 %early, i32 %ny, i32 %n
  br label %tile
)",
                         "%last");
    m.expect([&](uint32_t row, uint32_t col) {
      return m.tiledProduct(row, col, row % height < 4 ? height : kWidth,
                            [](uint32_t k0, uint32_t kk) { return kk < 4 ? 0 : k0; });
    });
  }
}

// A lane alone takes another way at the barrier and comes back.
TEST_P(Fuse, LanesThatPartBetweenBarriers) {
  for (uint32_t height : {8u, 16u}) {
    Matrices m(height, GetParam());
    m.program.ir = tiled(R"(
  %five = icmp eq i32 %tx, 5
  %third = icmp eq i32 %ty, 3
  %alone = and i1 %five, %third
  br i1 %alone, label %apart, label %next
apart:
  call void @aw.rt.trap()
  unreachable
)");
    m.program.ir = replaced(m.program.ir, "  call void @aw.rt.trap()\n  unreachable\n", R"(
  br label %turn
turn:
  %t = phi i32 [ 0, %apart ], [ %t1, %turn ]
  %pt = getelementptr i32, ptr %b, i64 0
  %tv = load volatile i32, ptr %pt
  %t1 = add i32 %t, 1
  %on = icmp slt i32 %t1, %k0
  br i1 %on, label %turn, label %next
)");
    m.expect([&](uint32_t row, uint32_t col) { return m.product(row, col, kWidth); });
  }
}

} // namespace
