// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Neighbouring elements that a lane accesses together, at addresses of every kind.
#include "harness.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

constexpr unsigned kRows = 256;

// Copies row index[t] of n elements (T of `size` bytes) to the same row elsewhere, element
// (k + turn) % n as element k.
std::string copyRows(unsigned n, const std::string& type, unsigned size,
                     const std::string& between = "", unsigned turn = 1) {
  std::string bytes = std::to_string(n * size), align = std::to_string(n * size);
  std::string s = R"(define void @k() {
  %p = call ptr @aw.param.base()
  %in = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %out = load ptr, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 16
  %index = load ptr, ptr %p2
  %t = call i32 @aw.tid.x()
  %t64 = sext i32 %t to i64
  %at = getelementptr i32, ptr %index, i64 %t64
  %row = load i32, ptr %at
  %row64 = sext i32 %row to i64
  %offset = mul i64 %row64, )" +
                  bytes + R"(
  %from = getelementptr i8, ptr %in, i64 %offset
  %to = getelementptr i8, ptr %out, i64 %offset
)";
  auto element = [&](const std::string& base, unsigned k) {
    std::string name = "%" + base + std::to_string(k);
    s += "  " + name + " = getelementptr i8, ptr %" + base + ", i64 " + std::to_string(k * size) +
         "\n";
    return name;
  };
  auto alignOf = [&](unsigned k) {
    return std::to_string(k == 0 ? n * size : k % 2 == 0 ? 2 * size : size);
  };
  for (unsigned k = 0; k < n; ++k) {
    std::string from = element("from", k);
    s += "  %v" + std::to_string(k) + " = load " + type + ", ptr " + from + ", align " +
         alignOf(k) + "\n";
    if (k == 0)
      s += between;
  }
  for (unsigned k = 0; k < n; ++k) {
    std::string to = element("to", k);
    s += "  store " + type + " %v" + std::to_string((k + turn) % n) + ", ptr " + to + ", align " +
         alignOf(k) + "\n";
  }
  return s + "  ret void\n}\n";
}

template <typename T>
void check(unsigned n, const std::string& type, uint32_t threads, const std::string& features,
           const std::vector<int32_t>& index, unsigned turn) {
  alignas(64) static T in[kRows * 4], out[kRows * 4];
  for (unsigned i = 0; i < kRows * 4; ++i)
    in[i] = T(i * 3 + 1), out[i] = T(0);
  Program r;
  r.ir = copyRows(n, type, sizeof(T), "", turn);
  r.block.x = threads;
  r.features = features;
  r.params = {uint64_t(in), uint64_t(out), uint64_t(index.data())};
  auto done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  std::vector<T> want(kRows * 4);
  for (uint32_t t = 0; t < threads; ++t)
    for (unsigned k = 0; k < n; ++k)
      want[unsigned(index[t]) * n + k] = in[unsigned(index[t]) * n + (k + turn) % n];
  for (unsigned i = 0; i < kRows * 4; ++i)
    ASSERT_EQ(out[i], want[i]) << type << " x " << n << " element " << i;
}

TEST(Rows, scattered_lanes_keep_their_elements) {
  std::vector<int32_t> index(128);
  std::iota(index.begin(), index.end(), 0);
  std::shuffle(index.begin(), index.end(), std::mt19937(5));
  for (uint32_t threads : {32u, 96u, 40u, 1u}) // partial gangs too
    for (const char* features : {"", "+avx2,+fma"})
      for (unsigned turn : {1u, 0u}) { // 0: rows stay as they are
        check<int32_t>(4, "i32", threads, features, index, turn);
        check<int32_t>(2, "i32", threads, features, index, turn);
        check<float>(4, "float", threads, features, index, turn);
        check<int64_t>(2, "i64", threads, features, index, turn);
        check<double>(2, "double", threads, features, index, turn);
      }
}

// Groups of lanes side by side and lanes a constant distance apart: rows of a tile.
std::string tileCopy(unsigned group, unsigned pitch) {
  return R"(define void @k() {
  %p = call ptr @aw.param.base()
  %in = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %out = load ptr, ptr %p1
  %t = call i32 @aw.tid.x()
  %low = and i32 %t, )" +
         std::to_string(group - 1) + R"(
  %high = udiv i32 %t, )" +
         std::to_string(group) + R"(
  %x = mul i32 %low, 16
  %y = mul i32 %high, )" +
         std::to_string(pitch) + R"(
  %sum = add i32 %x, %y
  %o = sext i32 %sum to i64
  %from = getelementptr i8, ptr %in, i64 %o
  %from1 = getelementptr i8, ptr %from, i64 4
  %from2 = getelementptr i8, ptr %from, i64 8
  %from3 = getelementptr i8, ptr %from, i64 12
  %a = load i32, ptr %from, align 16
  %b = load i32, ptr %from1, align 4
  %c = load i32, ptr %from2, align 8
  %d = load i32, ptr %from3, align 4
  %to = getelementptr i8, ptr %out, i64 %o
  %to1 = getelementptr i8, ptr %to, i64 4
  %to2 = getelementptr i8, ptr %to, i64 8
  %to3 = getelementptr i8, ptr %to, i64 12
  store i32 %d, ptr %to, align 16
  store i32 %c, ptr %to1, align 4
  store i32 %b, ptr %to2, align 8
  store i32 %a, ptr %to3, align 4
  ret void
})";
}

TEST(Rows, tiles_of_rows) {
  for (unsigned group : {4u, 8u, 16u, 32u})
    for (unsigned pitch : {16 * group, 16 * group + 16, 1024u})
      for (const char* features : {"", "+avx2,+fma"}) {
        std::vector<int32_t> memory(20000), result(20000, -1);
        std::iota(memory.begin(), memory.end(), 0);
        auto aligned = [](std::vector<int32_t>& v) {
          return reinterpret_cast<int32_t*>((uint64_t(v.data()) + 63) & ~63ull);
        };
        Program r;
        r.ir = tileCopy(group, pitch);
        r.block.x = 64;
        r.features = features;
        r.params = {uint64_t(aligned(memory)), uint64_t(aligned(result))};
        auto done = run(r);
        ASSERT_TRUE(bool(done)) << done.error().message;
        std::vector<int32_t> want(16000, -1);
        for (unsigned t = 0; t < 64; ++t) {
          unsigned at = (t % group * 16 + t / group * pitch) / 4;
          for (unsigned k = 0; k < 4; ++k)
            want[at + k] = aligned(memory)[at + 3 - k];
        }
        for (unsigned i = 0; i < want.size(); ++i)
          ASSERT_EQ(aligned(result)[i], want[i]) << group << " " << pitch << " " << i;
      }
}

// What another store may have changed in between is loaded behind it.
TEST(Rows, stores_between_the_elements_are_seen) {
  std::string ir = copyRows(4, "i32", 4,
                            "  %mid = getelementptr i8, ptr %from, i64 8\n"
                            "  store i32 77, ptr %mid, align 8\n");
  alignas(64) int32_t in[kRows * 4], out[kRows * 4] = {};
  std::iota(in, in + kRows * 4, 1000);
  std::vector<int32_t> index(32);
  std::iota(index.begin(), index.end(), 3);
  std::reverse(index.begin(), index.end());
  std::swap(index[3], index[9]);
  Program r;
  r.ir = ir;
  r.block.x = 32;
  r.params = {uint64_t(in), uint64_t(out), uint64_t(index.data())};
  auto done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  for (int32_t row : index) {
    EXPECT_EQ(out[4 * row + 0], 1000 + 4 * row + 1);
    EXPECT_EQ(out[4 * row + 1], 77);
    EXPECT_EQ(out[4 * row + 2], 1000 + 4 * row + 3);
    EXPECT_EQ(out[4 * row + 3], 1000 + 4 * row + 0);
  }
}

// Four words at any multiple of 4, of some lanes; the others would read where nothing is.
TEST(Rows, unaligned_words_of_some_lanes) {
  const char* ir = R"(define void @k() {
  %p = call ptr @aw.param.base()
  %in = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %out = load ptr, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 16
  %index = load ptr, ptr %p2
  %t = call i32 @aw.tid.x()
  %t64 = sext i32 %t to i64
  %at = getelementptr i32, ptr %index, i64 %t64
  %row = load i32, ptr %at
  %low = and i32 %t, 5
  %some = icmp ne i32 %low, 0
  br i1 %some, label %then, label %end
then:
  %row64 = sext i32 %row to i64
  %from = getelementptr i32, ptr %in, i64 %row64
  %from1 = getelementptr i8, ptr %from, i64 4
  %from2 = getelementptr i8, ptr %from, i64 8
  %from3 = getelementptr i8, ptr %from, i64 12
  %a = load i32, ptr %from, align 4
  %b = load i32, ptr %from1, align 4
  %c = load i32, ptr %from2, align 4
  %d = load i32, ptr %from3, align 4
  %ab = mul i32 %a, 3
  %abc = add i32 %ab, %b
  %bc = mul i32 %c, 7
  %sum = add i32 %abc, %bc
  %all = sub i32 %sum, %d
  %to = getelementptr i32, ptr %out, i64 %t64
  store i32 %all, ptr %to, align 4
  br label %end
end:
  ret void
})";
  std::vector<int32_t> in(kRows * 4), index(128);
  for (unsigned i = 0; i < in.size(); ++i)
    in[i] = int32_t(i * i + 11);
  for (unsigned t = 0; t < index.size(); ++t)
    index[t] = t & 5 ? int32_t(t * 37 % 1000) : 1 << 30;
  for (uint32_t threads : {128u, 40u})
    for (const char* features : kFeatureSets) {
      std::vector<int32_t> out(128, -1), want = out;
      Program r;
      r.ir = ir;
      r.block.x = threads;
      r.features = features;
      r.params = {uint64_t(in.data()), uint64_t(out.data()), uint64_t(index.data())};
      auto done = run(r);
      ASSERT_TRUE(bool(done)) << done.error().message;
      for (unsigned t = 0; t < threads; ++t)
        if (t & 5) {
          const int32_t* v = in.data() + index[t];
          want[t] = v[0] * 3 + v[1] + v[2] * 7 - v[3];
        }
      ASSERT_EQ(out, want) << threads << " " << features;
    }
  // Two gathers of two words for all lanes, and the row numbers are no gather.
  std::string text = avx512Text(ir);
  EXPECT_NE(text.find("gather.v32i64"), std::string::npos) << text;
  EXPECT_EQ(text.find("gather.v32i32"), std::string::npos) << text;
}

// A lane's 16 bytes move at once: no gather of single elements is left.
TEST(Rows, one_access_a_lane) {
  Program r;
  r.ir = copyRows(4, "i32", 4);
  r.block.x = 32;
  auto text = vectorizedText(r);
  ASSERT_TRUE(bool(text)) << text.error().message;
  EXPECT_NE(text->find("load <4 x i32>"), std::string::npos) << *text;
  EXPECT_NE(text->find("store <4 x i32>"), std::string::npos) << *text;
}

} // namespace
