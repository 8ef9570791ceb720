// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Large outputs are written past the caches: the same values at the same places, whatever the
// buffer's alignment and the block, and only where nothing orders or reads them.
#include "harness.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

constexpr uint64_t kVast = uint64_t(1) << 40; // threads

// out[i] = in[i] + 1 for `type`; `more` comes before the store.
std::string increment(const std::string& type, const std::string& more = "") {
  return R"(define void @k() {
  %p = call ptr @aw.param.base()
  %out64 = load i64, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %in = load ptr, ptr %p1
  %t = call i32 @aw.tid.x()
  %nt = call i32 @aw.ntid.x()
  %b = call i32 @aw.ctaid.x()
  %bt = mul i32 %b, %nt
  %i = add i32 %bt, %t
  %i64 = sext i32 %i to i64
  %from = getelementptr )" +
         type + R"(, ptr %in, i64 %i64
  %out = inttoptr i64 %out64 to ptr
  %to = getelementptr )" +
         type + R"(, ptr %out, i64 %i64
  %v = load )" +
         type + R"(, ptr %from
  %w = add )" +
         type + " %v, 1\n" + more + "  store " + type + R"( %w, ptr %to
  ret void
}
)";
}

template <typename T> void copies(const std::string& type) {
  for (const char* features : {"", "+avx2,+fma,+bmi", "+avx512f,+avx512vl,+avx512bw,+avx512dq"}) {
    if (features[0] == '+' && features[4] == '5' && !__builtin_cpu_supports("avx512f"))
      continue;
    for (uint32_t threads : {32u, 96u, 50u})
      for (size_t shift : {0, 1, 16}) {
        constexpr uint32_t kBlocks = 3;
        size_t n = threads * kBlocks;
        std::unique_ptr<T, void (*)(void*)> memory(
            static_cast<T*>(aligned_alloc(128, (n + 64) * sizeof(T) / 128 * 128 + 128)), free);
        T* out = memory.get() + shift;
        std::vector<T> in(n);
        for (size_t i = 0; i < n; ++i)
          in[i] = T(i * 2654435761u), out[i] = 0;
        out[n] = 55;
        Program r;
        r.ir = increment(type);
        r.grid.x = kBlocks;
        r.block.x = threads;
        r.params = {uint64_t(out), uint64_t(in.data())};
        r.features = features;
        r.allThreads = kVast;
        auto done = run(r);
        ASSERT_TRUE(bool(done)) << done.error().message;
        for (size_t i = 0; i < n; ++i)
          ASSERT_EQ(out[i], T(in[i] + 1))
              << type << ", thread " << i << " of " << threads << ", shift " << shift;
        ASSERT_EQ(out[n], T(55));
      }
  }
}

TEST(Stream, ElementsOfAnySizeAndAlignment) {
  copies<uint16_t>("i16");
  copies<uint32_t>("i32");
  copies<uint64_t>("i64");
}

bool streams(const std::string& ir) {
  Program r;
  r.ir = ir;
  r.block.x = 64;
  auto text = vectorizedText(r);
  EXPECT_TRUE(bool(text)) << text.error().message;
  return text && text->find("!nontemporal") != std::string::npos;
}

TEST(Stream, OutputsThatAreNotReadOrOrdered) {
  EXPECT_TRUE(streams(increment("i32")));
  EXPECT_TRUE(streams(increment("i32", "  call void @aw.barrier(i32 0, i32 0)\n")));
  EXPECT_FALSE(streams(increment("i8"))); // half a cache line
  // The buffer is read, by way of another index, or what is read is not known.
  EXPECT_FALSE(streams(increment("i32", "  %other = getelementptr i8, ptr %out, i64 4096\n"
                                        "  %x = load volatile i32, ptr %other\n")));
  EXPECT_FALSE(streams(increment("i32", "  %other = getelementptr i8, ptr %out, i64 4096\n"
                                        "  %x = load i32, ptr %other\n"
                                        "  store i32 %x, ptr %from\n")));
  EXPECT_FALSE(streams(increment("i32", "  %there = load ptr, ptr %in\n"
                                        "  %x = load i32, ptr %there\n"
                                        "  store i32 %x, ptr %from\n")));
  // Other threads may be told of the store.
  EXPECT_FALSE(streams(increment("i32", "  fence release\n")));
  EXPECT_FALSE(streams(increment("i32", "  fence acq_rel\n")));
  EXPECT_FALSE(streams(increment("i32", "  %x = atomicrmw add ptr %in, i32 1 monotonic\n")));
  EXPECT_FALSE(streams(increment("i32", "  store volatile i32 1, ptr %in\n")));
  EXPECT_FALSE(streams(increment("i32", "  store atomic i32 1, ptr %in release, align 4\n")));
}

} // namespace
