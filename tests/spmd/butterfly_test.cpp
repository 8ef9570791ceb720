// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element 2 * t - (t & (d - 1)) and the one d further: what sorting networks and Fourier transforms
// read and write, for distances that only the launch knows.
#include "harness.h"

#include <gtest/gtest.h>

using namespace anywarp::spmd;
using namespace anywarp::spmd::test;

namespace {

// i = 2 * t - (t & cut); a = in[i], b = in[i + distance]. Where a > b, or of every lane if
// `always`, out[i] = b and out[i + distance] = a.
std::string exchange(const std::string& type, bool always) {
  std::string compare = type == "i32" ? "icmp ugt i32" : "fcmp ogt float";
  return R"(define void @k() {
  %p = call ptr @aw.param.base()
  %in = load ptr, ptr %p
  %p1 = getelementptr i8, ptr %p, i64 8
  %out = load ptr, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 16
  %cut = load i32, ptr %p2
  %p3 = getelementptr i8, ptr %p, i64 24
  %distance = load i32, ptr %p3
  %t = call i32 @aw.tid.x()
  %rest = and i32 %t, %cut
  %twice = shl i32 %t, 1
  %i = sub i32 %twice, %rest
  %j = add i32 %i, %distance
  %i64 = sext i32 %i to i64
  %j64 = sext i32 %j to i64
  %ia = getelementptr i32, ptr %in, i64 %i64
  %ib = getelementptr i32, ptr %in, i64 %j64
  %oa = getelementptr i32, ptr %out, i64 %i64
  %ob = getelementptr i32, ptr %out, i64 %j64
  %a = load )" +
         type + ", ptr %ia, align 4\n  %b = load " + type + ", ptr %ib, align 4\n" +
         (always ? std::string("  br label %swap\n")
                 : "  %greater = " + compare + " %a, %b\n" +
                       "  br i1 %greater, label %swap, label %end\n") +
         "swap:\n  store " + type + " %b, ptr %oa, align 4\n  store " + type +
         " %a, ptr %ob, align 4\n  br label %end\nend:\n  ret void\n}\n";
}

template <typename T>
void check(const std::string& type, bool always, uint32_t cut, uint32_t distance, uint32_t threads,
           const char* features) {
  constexpr unsigned kElements = 1024;
  std::vector<T> in(kElements), out(kElements, T(7)), want = out;
  for (unsigned i = 0; i < kElements; ++i)
    in[i] = T((i * 2654435761u) >> 8 & 0xfffff);
  Program r;
  r.ir = exchange(type, always);
  r.block.x = threads;
  r.features = features;
  r.params = {uint64_t(in.data()), uint64_t(out.data()), cut, distance};
  auto done = run(r);
  ASSERT_TRUE(bool(done)) << done.error().message;
  for (uint32_t t = 0; t < threads; ++t) {
    uint32_t i = 2 * t - (t & cut), j = i + distance;
    if (always || in[i] > in[j])
      want[i] = in[j], want[j] = in[i];
  }
  for (unsigned i = 0; i < kElements; ++i)
    ASSERT_EQ(out[i], want[i]) << type << " " << cut << " " << distance << " " << threads << " "
                               << features << " element " << i;
}

TEST(Butterfly, all_distances) {
  for (const char* features : kFeatureSets)
    for (bool always : {false, true})
      for (uint32_t threads : {128u, 40u}) // partial gangs too
        for (uint32_t distance = 1; distance <= 128; distance *= 2) {
          check<uint32_t>("i32", always, distance - 1, distance, threads, features);
          check<float>("float", always, distance - 1, distance, threads, features);
        }
}

// Two loads at any distance; elements that no thread shares where they are written.
TEST(Butterfly, other_cuts_are_no_butterflies) {
  for (const char* features : kFeatureSets)
    for (uint32_t cut : {0u, 1u, 3u, 7u, 15u, 31u})
      for (uint32_t distance : {256u, 257u, 300u})
        check<uint32_t>("i32", true, cut, distance, 96, features);
}

TEST(Butterfly, vectors_instead_of_gathers) {
  std::string text = avx512Text(exchange("i32", false));
  EXPECT_EQ(count(text, "i32 65535, label %butterfly"), 6u)
      << text; // loads; stores of all lanes and of some
}

} // namespace
