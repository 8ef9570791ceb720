// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses whose shape is found at run time, by range or not at all: results against the same
// indices on the host, and the form of the code where speed depends on it.
#include "harness.h"

#include <cstring>
#include <functional>
#include <gtest/gtest.h>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

constexpr const char* kHead = R"(
define void @k() {
entry:
  %p = call ptr @aw.param.base()
  %out = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %in = load ptr, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 16
  %d = load i32, ptr %p2
  %tx = call i32 @aw.tid.x()
  %ty = call i32 @aw.tid.y()
  %nx = call i32 @aw.ntid.x()
  %row = mul i32 %ty, %nx
  %t = add i32 %row, %tx
)";

// `run` for every block, instruction set and value of the third parameter.
void forAll(const std::string& body, std::initializer_list<Dim> blocks,
            std::initializer_list<int32_t> values, size_t inSize, size_t outSize,
            std::function<void(uint32_t threads, int32_t d, const std::vector<int32_t>& in,
                               std::vector<int32_t>& out)>
                expected) {
  for (const char* features : kFeatureSets)
    for (int force : {-1, int(BlockShape::Generic)})
      for (Dim block : blocks)
        for (int32_t d : values) {
          uint32_t threads = block.x * block.y;
          std::vector<int32_t> in(inSize), out(outSize, -1), want(outSize, -1);
          for (size_t i = 0; i < inSize; ++i)
            in[i] = int32_t((uint32_t(i) + 3) * 2654435761u >> 9);
          Program r;
          r.ir = kHead + body;
          r.block = block;
          r.params = {uint64_t(out.data()), uint64_t(in.data()), uint32_t(d)};
          r.features = features;
          r.forceShape = force;
          r.dynamicShared = 4096;
          auto done = run(r);
          ASSERT_TRUE(bool(done)) << done.error().message;
          ASSERT_FALSE(done->wrapped || done->trapped);
          expected(threads, d, in, want);
          ASSERT_EQ(out, want) << block.x << "x" << block.y << ", d " << d << ", features '"
                               << features << "', force " << force;
        }
}

// The pairs of a bitonic step: contiguous for d >= 32, runs of d below, nothing for other d.
const std::string kPairs = R"(
  %d1 = add i32 %d, -1
  %low = and i32 %t, %d1
  %t2 = shl i32 %t, 1
  %i = sub i32 %t2, %low
  %j = add i32 %i, %d
  %i64 = sext i32 %i to i64
  %j64 = sext i32 %j to i64
  %ip = getelementptr i32, ptr %in, i64 %i64
  %jp = getelementptr i32, ptr %in, i64 %j64
  %a = load i32, ptr %ip
  %b = load i32, ptr %jp
)";

const std::string kSwap = kPairs + R"(
  %io = getelementptr i32, ptr %out, i64 %i64
  %jo = getelementptr i32, ptr %out, i64 %j64
  store i32 %a, ptr %io
  %less = icmp slt i32 %a, %b
  br i1 %less, label %swap, label %done
swap:
  store i32 %b, ptr %io
  store i32 %a, ptr %jo
  br label %done
done:
  ret void
}
)";

TEST(Address, StoresContiguousForSomeValues) {
  forAll(
      kSwap, {{32, 1, 1}, {64, 1, 1}, {50, 1, 1}, {16, 4, 1}}, {1, 2, 4, 8, 16, 32, 64, 128}, 512,
      512,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        for (uint32_t t = 0; t < threads; ++t) {
          size_t i = 2 * t - (t & uint32_t(d - 1)), j = i + size_t(d);
          out[i] = in[i];
          if (in[i] < in[j]) {
            out[i] = in[j];
            out[j] = in[i];
          }
        }
      });
}

TEST(Address, LoadsContiguousForSomeValues) {
  forAll(
      kPairs + R"(
  %a3 = mul i32 %a, 3
  %ab = add i32 %a3, %b
  %t64 = sext i32 %t to i64
  %o = getelementptr i32, ptr %out, i64 %t64
  store i32 %ab, ptr %o
  ret void
}
)",
      {{32, 1, 1}, {64, 1, 1}, {50, 1, 1}, {16, 4, 1}}, {0, 1, 2, 8, 32, 64, 3, 20, 33}, 512, 64,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        for (uint32_t t = 0; t < threads; ++t) {
          size_t i = 2 * t - (t & uint32_t(d - 1));
          out[t] = int32_t(uint32_t(in[i]) * 3 + uint32_t(in[i + size_t(d)]));
        }
      });
}

// An address that came from memory is gathered without a look, one computed from the lane's number
// is looked at first.
TEST(Address, LooksOnlyAtWhatIsComputed) {
  std::string text = avx512Text(kHead + kSwap);
  ASSERT_FALSE(text.empty());
  EXPECT_NE(count(text, "load.contiguous"), 0u);
  EXPECT_NE(count(text, "store.contiguous"), 0u);
  text = avx512Text(std::string(kHead) + R"(
  %t64 = sext i32 %t to i64
  %ip = getelementptr i32, ptr %in, i64 %t64
  %i = load i32, ptr %ip
  %i64 = sext i32 %i to i64
  %vp = getelementptr i32, ptr %in, i64 %i64
  %v = load i32, ptr %vp
  %o = getelementptr i32, ptr %out, i64 %t64
  store i32 %v, ptr %o
  ret void
})");
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(count(text, "load.contiguous"), 0u);
}

// A tile as CUDA code fills it: i counts up from the thread's number, i / 16 and i % 16 are signed.
constexpr const char* kTile = R"(
  br label %loop
loop:
  %i = phi i32 [ %t, %entry ], [ %i1, %loop ]
  %s = ashr i32 %i, 31
  %s4 = lshr i32 %s, 28
  %is = add i32 %i, %s4
  %q = ashr i32 %is, 4
  %q16 = and i32 %is, -16
  %m = sub i32 %i, %q16
  %row16 = mul i32 %q, %d
  %at = add i32 %row16, %m
  %at64 = sext i32 %at to i64
  %ip = getelementptr i32, ptr %in, i64 %at64
  %v = load i32, ptr %ip
  %o64 = sext i32 %i to i64
  %o = getelementptr i32, ptr %out, i64 %o64
  store i32 %v, ptr %o
  %i1 = add i32 %i, 64
  %more = icmp slt i32 %i1, 512
  br i1 %more, label %loop, label %done
done:
  ret void
}
)";

TEST(Address, TilesOfSignedIndices) {
  forAll(kTile, {{64, 1, 1}, {16, 4, 1}, {8, 8, 1}}, {16, 19, 40}, 2048, 512,
         [](uint32_t, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
           for (int32_t i = 0; i < 512; ++i)
             out[size_t(i)] = in[size_t(i / 16 * d + i % 16)];
         });
  std::string text = avx512Text(std::string(kHead) + kTile);
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(count(text, "gather"), 0u) << "two runs of 16";
}

// Bits of the thread's number: rows of a table, halves of a warp, one place for eight lanes.
TEST(Address, BitsOfTheLane) {
  constexpr const char* body = R"(
  %t4 = shl i32 %t, 2
  %a = and i32 %t4, 28
  %t3 = lshr i32 %t, 3
  %b = and i32 %t3, 4
  %c = xor i32 %t, 16
  %e = or i32 %t, 7
  %u = ashr i32 %t4, 6
  %a64 = sext i32 %a to i64
  %ap = getelementptr i8, ptr %in, i64 %a64
  %b64 = sext i32 %b to i64
  %bp = getelementptr i32, ptr %in, i64 %b64
  %c64 = sext i32 %c to i64
  %cp = getelementptr i32, ptr %in, i64 %c64
  %e64 = sext i32 %e to i64
  %ep = getelementptr i32, ptr %in, i64 %e64
  %u64 = sext i32 %u to i64
  %up = getelementptr i32, ptr %in, i64 %u64
  %va = load i32, ptr %ap
  %vb = load i32, ptr %bp
  %vc = load i32, ptr %cp
  %ve = load i32, ptr %ep
  %vu = load i32, ptr %up
  %s0 = mul i32 %va, %d
  %s1 = add i32 %s0, %vb
  %s2 = mul i32 %s1, %d
  %s3 = add i32 %s2, %vc
  %s4 = mul i32 %s3, %d
  %s5 = add i32 %s4, %ve
  %s6 = mul i32 %s5, %d
  %s7 = add i32 %s6, %vu
  %t64 = sext i32 %t to i64
  %o = getelementptr i32, ptr %out, i64 %t64
  store i32 %s7, ptr %o
  ret void
}
)";
  forAll(
      body, {{32, 1, 1}, {96, 1, 1}, {45, 1, 1}, {16, 4, 1}, {8, 12, 1}, {32, 3, 1}}, {3, -7}, 128,
      96,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        for (uint32_t t = 0; t < threads; ++t) {
          uint32_t s = 0, at[] = {t & 7, t >> 3 & 4, t ^ 16, t | 7, t >> 4};
          for (uint32_t i : at)
            s = s * uint32_t(d) + uint32_t(in[i]);
          out[t] = int32_t(s);
        }
      });
  std::string text = avx512Text(std::string(kHead) + body);
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(count(text, "gather"), 0u);
}

// The four fields of a structure, by threads that are neighbours and that are not.
TEST(Address, NeighbouringFields) {
  constexpr const char* body = R"(
  %i = mul i32 %t, %d
  %j = shl i32 %t, 2
  %i64 = sext i32 %i to i64
  %j64 = sext i32 %j to i64
  %p0 = getelementptr i32, ptr %in, i64 %j64
  %pb = getelementptr i8, ptr %p0, i64 4
  %pc = getelementptr i8, ptr %p0, i64 8
  %pd = getelementptr i8, ptr %p0, i64 12
  %a = load i32, ptr %p0, align 16
  %b = load i32, ptr %pb, align 4
  %c = load i32, ptr %pc, align 8
  %e = load i32, ptr %pd, align 4
  %q0 = getelementptr i32, ptr %out, i64 %i64
  %q1 = getelementptr i8, ptr %q0, i64 4
  %q2 = getelementptr i8, ptr %q0, i64 8
  %q3 = getelementptr i8, ptr %q0, i64 12
  %ab = add i32 %a, %b
  %bc = sub i32 %b, %c
  %ce = add i32 %c, %e
  store i32 %ab, ptr %q0
  store i32 %bc, ptr %q1
  store i32 %ce, ptr %q2
  store i32 %e, ptr %q3
  ret void
}
)";
  forAll(
      body, {{32, 1, 1}, {64, 1, 1}, {45, 1, 1}, {16, 4, 1}}, {4, 5}, 256, 64 * 5 + 4,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        for (uint32_t t = 0; t < threads; ++t) {
          const int32_t* v = &in[4 * t];
          int32_t* to = &out[t * uint32_t(d)];
          to[0] = v[0] + v[1], to[1] = v[1] - v[2], to[2] = v[2] + v[3], to[3] = v[3];
        }
      });
  std::string text = avx512Text(std::string(kHead) + body);
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(count(text, "call <32 x i32> @llvm.masked.gather"), 0u);
  EXPECT_NE(count(text, "load <128 x i32>"), 0u);
}

// Vectors of halves and bytes, taken apart and put together as one number.
TEST(Address, VectorsOfNarrowElements) {
  constexpr const char* body = R"(
  %j = shl i32 %t, 1
  %j64 = sext i32 %j to i64
  %p0 = getelementptr i16, ptr %in, i64 %j64
  %pb = getelementptr i8, ptr %p0, i64 2
  %a = load i16, ptr %p0, align 4
  %b = load i16, ptr %pb, align 2
  %al = zext i16 %a to i32
  %bl = zext i16 %b to i32
  %bh = shl i32 %bl, 16
  %ab = or i32 %bh, %al
  %x = mul i32 %ab, %d
  %x0 = trunc i32 %x to i8
  %xs = lshr i32 %x, 8
  %x1 = trunc i32 %xs to i8
  %q0 = getelementptr i16, ptr %out, i64 %j64
  %q1 = getelementptr i8, ptr %q0, i64 1
  %q2 = getelementptr i8, ptr %q0, i64 2
  %q3 = getelementptr i8, ptr %q0, i64 3
  store i8 %x0, ptr %q0, align 4
  store i8 %x1, ptr %q1, align 1
  store i8 7, ptr %q2, align 2
  store i8 %x0, ptr %q3, align 1
  ret void
}
)";
  forAll(
      body, {{32, 1, 1}, {64, 1, 1}, {45, 1, 1}, {16, 4, 1}}, {3}, 64, 64,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        for (uint32_t t = 0; t < threads; ++t) {
          uint32_t x = uint32_t(in[t]) * uint32_t(d);
          out[t] = int32_t((x & 0xffff) | 7 << 16 | x << 24);
        }
      });
}

// Bytes and halves from anywhere, up to the last of their memory.
TEST(Address, NarrowGathers) {
  constexpr const char* body = R"(
  %t64 = sext i32 %t to i64
  %ip = getelementptr i32, ptr %in, i64 %t64
  %i = load i32, ptr %ip
  %b = and i32 %i, 511
  %h = and i32 %i, 255
  %b64 = zext i32 %b to i64
  %h64 = zext i32 %h to i64
  %bp = getelementptr i8, ptr %in, i64 %b64
  %hp = getelementptr i16, ptr %in, i64 %h64
  %up = getelementptr i8, ptr %hp, i64 1
  %bv = load i8, ptr %bp
  %hv = load i16, ptr %hp
  %uv = load i16, ptr %up, align 1
  %odd = and i32 %i, 1
  %isOdd = icmp ne i32 %odd, 0
  %o = getelementptr i32, ptr %out, i64 %t64
  br i1 %isOdd, label %more, label %done
more:
  %bm = load i8, ptr %bp
  %x = sext i8 %bm to i32
  br label %done
done:
  %y = phi i32 [ %d, %entry ], [ %x, %more ]
  %be = zext i8 %bv to i32
  %he = sext i16 %hv to i32
  %ue = zext i16 %uv to i32
  %r0 = mul i32 %be, 77
  %r1 = add i32 %r0, %he
  %r2 = xor i32 %r1, %y
  %r3 = add i32 %r2, %ue
  store i32 %r3, ptr %o
  ret void
}
)";
  forAll(
      body, {{128, 1, 1}, {45, 1, 1}, {16, 4, 1}}, {5}, 129, 128,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        auto at = [&](auto value, size_t byte) {
          memcpy(&value, reinterpret_cast<const char*>(in.data()) + byte, sizeof value);
          return value;
        };
        for (uint32_t t = 0; t < threads; ++t) {
          uint32_t i = uint32_t(in[t]), b = i & 511, h = i & 255;
          int32_t y = i & 1 ? at(int8_t(), b) : d;
          out[t] = ((int32_t(at(uint8_t(), b)) * 77 + at(int16_t(), 2 * h)) ^ y) +
                   at(uint16_t(), 2 * h + 1);
        }
      });
}

// The same shifts of numbers that are negative.
TEST(Address, NegativeNumbersKeepTheirSigns) {
  constexpr const char* body = R"(
  %start = sub i32 %t, %d
  br label %loop
loop:
  %i = phi i32 [ %start, %entry ], [ %i1, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %sum1, %loop ]
  %s = ashr i32 %i, 31
  %s4 = lshr i32 %s, 28
  %is = add i32 %i, %s4
  %q = ashr i32 %is, 4
  %sum1 = add i32 %sum, %q
  %i1 = add i32 %i, 64
  %more = icmp slt i32 %i1, 512
  br i1 %more, label %loop, label %done
done:
  %o64 = sext i32 %t to i64
  %o = getelementptr i32, ptr %out, i64 %o64
  store i32 %sum1, ptr %o
  ret void
}
)";
  forAll(body, {{64, 1, 1}}, {0, 100, 1000}, 1, 64,
         [](uint32_t threads, int32_t d, const std::vector<int32_t>&, std::vector<int32_t>& out) {
           for (uint32_t t = 0; t < threads; ++t) {
             out[t] = 0;
             int32_t i = int32_t(t) - d;
             do
               out[t] += i / 16;
             while ((i += 64) < 512);
           }
         });
}

// Lanes of a gang count into few bins, some of them into the same one.
TEST(Address, SharedCountersOfAllLanes) {
  constexpr const char* body = R"(
  %sh = call ptr @aw.shared.base()
  %t64 = sext i32 %t to i64
  %mine = getelementptr i32, ptr %sh, i64 %t64
  store i32 0, ptr %mine
  call void @aw.barrier(i32 0, i32 0)
  %ip = getelementptr i32, ptr %in, i64 %t64
  %v = load i32, ptr %ip
  %bin = urem i32 %v, %d
  %bin64 = zext i32 %bin to i64
  %bp = getelementptr i32, ptr %sh, i64 %bin64
  %old0 = atomicrmw add ptr %bp, i32 3 monotonic
  %top = getelementptr i32, ptr %sh, i64 700
  %old1 = atomicrmw umax ptr %top, i32 %v monotonic
  call void @aw.barrier(i32 0, i32 0)
  %n = load i32, ptr %mine
  %o = getelementptr i32, ptr %out, i64 %t64
  store i32 %n, ptr %o
  ret void
}
)";
  forAll(
      body, {{64, 1, 1}, {256, 1, 1}, {40, 1, 1}}, {1, 7, 40}, 256, 256,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        std::fill(out.begin(), out.begin() + threads, 0);
        for (uint32_t t = 0; t < threads; ++t)
          out[uint32_t(in[t]) % uint32_t(d)] += 3;
      });
}

// Rows that are far apart, with a barrier in every round: the next one is asked for, also behind
// the last row, where there may be nothing.
TEST(Address, NextTileIsPrefetched) {
  constexpr const char* body = R"(
  %sh = call ptr @aw.shared.base()
  %t64 = sext i32 %t to i64
  %mine = getelementptr i32, ptr %sh, i64 %t64
  %back = sub i32 63, %t
  %back64 = sext i32 %back to i64
  %other = getelementptr i32, ptr %sh, i64 %back64
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %k1, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %sum1, %loop ]
  %rowk = mul i32 %k, %d
  %at = add i32 %rowk, %t
  %at64 = sext i32 %at to i64
  %ip = getelementptr i32, ptr %in, i64 %at64
  %v = load i32, ptr %ip
  store i32 %v, ptr %mine
  call void @aw.barrier(i32 0, i32 0)
  %w = load i32, ptr %other
  %sum3 = mul i32 %sum, 3
  %sum1 = add i32 %sum3, %w
  call void @aw.barrier(i32 0, i32 0)
  %k1 = add i32 %k, 1
  %more = icmp slt i32 %k1, 9
  br i1 %more, label %loop, label %done
done:
  %o = getelementptr i32, ptr %out, i64 %t64
  store i32 %sum1, ptr %o
  ret void
}
)";
  forAll(
      body, {{64, 1, 1}, {16, 4, 1}}, {64, 5000}, 64 + 8 * 5000, 64,
      [](uint32_t threads, int32_t d, const std::vector<int32_t>& in, std::vector<int32_t>& out) {
        for (uint32_t t = 0; t < threads; ++t) {
          uint32_t sum = 0;
          for (int32_t k = 0; k < 9; ++k)
            sum = sum * 3 + uint32_t(in[size_t(k * d) + 63 - t]);
          out[t] = int32_t(sum);
        }
      });
  Program r;
  r.block = {64, 1, 1};
  r.ir = std::string(kHead) + body;
  auto text = vectorizedText(r);
  ASSERT_TRUE(bool(text)) << text.error().message;
  EXPECT_NE(count(*text, "call void @llvm.prefetch"), 0u);
  // Rows that are neighbours are for the hardware.
  while (r.ir.find("mul i32 %k, %d") != std::string::npos)
    r.ir.replace(r.ir.find("mul i32 %k, %d"), 14, "mul i32 %k, 64");
  text = vectorizedText(r);
  ASSERT_TRUE(bool(text)) << text.error().message;
  EXPECT_EQ(count(*text, "call void @llvm.prefetch"), 0u);
}

} // namespace
