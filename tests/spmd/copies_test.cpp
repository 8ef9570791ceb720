// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structs that are copied byte by byte, as clang does where it knows no alignment.
#include "harness.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

constexpr unsigned kThreads = 96, kPitch = 48; // bytes between the places of neighbouring threads

// Thread t copies `count` elements of `bits` bits from in + t * 48 + 4 to out + (95 - t) * 48 + 1,
// a load and a store at a time, from the last to the first. `apart`: the IR says that the two never
// overlap. `between`: what follows the copy of element 5.
std::string copyElements(unsigned count, unsigned bits, bool apart,
                         const std::string& between = "") {
  unsigned size = bits / 8;
  std::string type = "i" + std::to_string(bits);
  std::string loaded = apart ? ", !alias.scope !1, !noalias !3" : "";
  std::string stored = apart ? ", !alias.scope !3, !noalias !1" : "";
  std::string s = R"(define void @k() {
  %p = call ptr @aw.param.base()
  %in = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %out = load ptr, ptr %p1
  %t = call i32 @aw.tid.x()
  %t64 = sext i32 %t to i64
  %offset = mul i64 %t64, 48
  %from = getelementptr i8, ptr %in, i64 %offset
  %back = sub i64 4560, %offset
  %to = getelementptr i8, ptr %out, i64 %back
)";
  for (unsigned k = count; k-- > 0;) {
    std::string n = std::to_string(k);
    s += "  %f" + n + " = getelementptr i8, ptr %from, i64 " + std::to_string(4 + k * size) + "\n";
    s += "  %v" + n + " = load " + type + ", ptr %f" + n + ", align 1" + loaded + "\n";
    s += "  %t" + n + " = getelementptr i8, ptr %to, i64 " + std::to_string(1 + k * size) + "\n";
    s += "  store " + type + " %v" + n + ", ptr %t" + n + ", align 1" + stored + "\n";
    if (k == 5)
      s += between;
  }
  return s + R"(  ret void
}
!0 = !{!"spaces"}
!1 = !{!2}
!2 = !{!"global", !0}
!3 = !{!4}
!4 = !{!"shared", !0}
)";
}

Program program(const std::string& ir, const uint8_t* in, uint8_t* out, uint32_t threads) {
  Program r;
  r.ir = ir;
  r.block.x = threads;
  r.params = {uint64_t(in), uint64_t(out)};
  return r;
}

TEST(Copies, elements_arrive) {
  std::vector<uint8_t> in(kThreads * kPitch);
  for (unsigned i = 0; i < in.size(); ++i)
    in[i] = uint8_t(i * 7 + i / 251);
  for (bool apart : {true, false})
    for (unsigned bits : {8u, 16u})
      for (unsigned count : {3u, 7u, 16u, 20u})
        for (uint32_t threads : {kThreads, 40u})
          for (const char* features : {"", "+avx2,+fma"}) {
            std::vector<uint8_t> out(kThreads * kPitch, 0xee), want = out;
            Program r = program(copyElements(count, bits, apart), in.data(), out.data(), threads);
            r.features = features;
            auto done = run(r);
            ASSERT_TRUE(bool(done)) << done.error().message;
            for (unsigned t = 0; t < threads; ++t)
              for (unsigned k = 0; k < count * bits / 8; ++k)
                want[(kThreads - 1 - t) * kPitch + 1 + k] = in[t * kPitch + 4 + k];
            ASSERT_EQ(out, want) << apart << " " << bits << " x " << count << " " << threads;
          }
}

TEST(Copies, one_access_for_sixteen_bytes) {
  auto merged = vectorizedText(program(copyElements(16, 8, true), nullptr, nullptr, 32));
  ASSERT_TRUE(bool(merged)) << merged.error().message;
  EXPECT_NE(merged->find("i128"), std::string::npos) << *merged;
}

// Each byte is read after its neighbour was written, which may be the same place.
TEST(Copies, overlapping_copies_keep_their_order) {
  std::vector<uint8_t> memory(kThreads * kPitch + 64);
  std::iota(memory.begin(), memory.end(), uint8_t(1));
  std::vector<uint8_t> want = memory;
  // One thread; its place is 0 in `in` and 4560 in `out`: `to` + 1 is two bytes above `from` + 4.
  for (unsigned k = 16; k-- > 0;)
    want[4 + k + 2] = want[4 + k];
  Program r = program(copyElements(16, 8, false), memory.data(), memory.data() + 5 - 4560, 1);
  auto done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  EXPECT_EQ(memory, want);
  // Downwards, what was written is read again.
  std::iota(memory.begin(), memory.end(), uint8_t(1));
  want = memory;
  for (unsigned k = 16; k-- > 0;)
    want[4 + k - 2] = want[4 + k];
  r = program(copyElements(16, 8, false), memory.data(), memory.data() + 1 - 4560, 1);
  done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  EXPECT_EQ(memory, want);
}

// A store of which nothing is known, in the middle of a copy: elements below 5 are loaded behind
// it.
TEST(Copies, other_stores_are_seen) {
  std::string between = "  %other = getelementptr i8, ptr %from, i64 6\n"
                        "  store i8 77, ptr %other, align 1\n";
  std::vector<uint8_t> in(kThreads * kPitch), out(kThreads * kPitch, 0xee);
  std::iota(in.begin(), in.end(), uint8_t(0));
  std::vector<uint8_t> before = in;
  auto done = run(program(copyElements(16, 8, true, between), in.data(), out.data(), kThreads));
  ASSERT_TRUE(bool(done)) << done.error().message;
  for (unsigned t = 0; t < kThreads; ++t)
    for (unsigned k = 0; k < 16; ++k)
      ASSERT_EQ(out[(kThreads - 1 - t) * kPitch + 1 + k], k == 2 ? 77 : before[t * kPitch + 4 + k])
          << t << " " << k;
}

} // namespace
