// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cp.async.bulk, cp.reduce.async.bulk, st.async, red.async and remote mbarrier arrivals.
#include "gang_fixture.h"

#include <cmath>
#include <cstring>
#include <fmt/core.h>
#include <functional>
#include <vector>

namespace anywarp::ptxtest {
namespace {

using Words = std::vector<uint32_t>;

class BulkTest : public GangTest {};

TEST_F(BulkTest, blocks_exchange_memory) {
  load("bulk.ptx");
  alignas(16) uint32_t data[16];
  for (uint32_t i = 0; i < 16; i++)
    data[i] = 1000 + i;
  Words out(4 * 24, ~0u);
  auto ok = launchClusters("exchange", 4, 4, 64, out.data(), &data[0]);
  ASSERT_TRUE(ok) << ok.error().message;
  for (uint32_t rank = 0; rank < 4; rank++) {
    for (uint32_t i = 0; i < 16; i++)
      EXPECT_EQ(out[rank * 24 + i], rank == 1 ? 7 : 1000 + i) << rank << " " << i;
    EXPECT_EQ(out[rank * 24 + 16], rank == 2 ? 1010u : 1000u) << rank;
    for (uint32_t i = 0; i < 7; i++)
      EXPECT_EQ(out[rank * 24 + 17 + i], rank != 2 ? 0
                                         : i % 2   ? 100 + i / 2
                                                   : i / 2)
          << rank << " " << i;
  }
}

TEST_F(BulkTest, remote_arrivals) {
  load("bulk.ptx");
  Words out(3, 0);
  auto ok = launchClusters("remote_arrive", 15, 5, 40, out.data());
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(out, Words(3, 1));
}

// Bits of a and b to bits of the result, element by element.
using Reference = std::function<uint64_t(uint64_t, uint64_t)>;

float bf16(uint64_t x) {
  return __builtin_bit_cast(float, uint32_t(x) << 16);
}
float f16(uint64_t x) {
  return float(__builtin_bit_cast(_Float16, uint16_t(x)));
}

struct Case {
  const char *op, *type;
  unsigned bytes;
  Reference expected;
};

std::vector<Case> cases() {
  auto f32 = [](uint64_t x) { return __builtin_bit_cast(float, uint32_t(x)); };
  auto f64 = [](uint64_t x) { return __builtin_bit_cast(double, x); };
  auto toF16 = [](float x) { return uint64_t(__builtin_bit_cast(uint16_t, _Float16(x))); };
  auto toBf16 = [](float x) { // inputs are chosen so that results are exact
    return uint64_t(__builtin_bit_cast(uint32_t, x) >> 16);
  };
  using S32 = int32_t;
  using S64 = int64_t;
  using A = uint64_t;
  return {
      {"and", "b32", 4, [](A a, A b) { return a & b; }},
      {"or", "b64", 8, [](A a, A b) { return a | b; }},
      {"xor", "b64", 8, [](A a, A b) { return a ^ b; }},
      {"add", "u32", 4, [](A a, A b) { return a + b; }},
      {"add", "s32", 4, [](A a, A b) { return a + b; }},
      {"add", "u64", 8, [](A a, A b) { return a + b; }},
      {"inc", "u32", 4, [](A a, A b) { return a >= b ? 0 : a + 1; }},
      {"dec", "u32", 4, [](A a, A b) { return a == 0 || a > b ? b : a - 1; }},
      {"min", "u32", 4, [](A a, A b) { return std::min(a, b); }},
      {"max", "s32", 4, [](A a, A b) { return A(std::max(S32(a), S32(b))); }},
      {"min", "s64", 8, [](A a, A b) { return A(std::min(S64(a), S64(b))); }},
      {"max", "u64", 8, [](A a, A b) { return std::max(a, b); }},
      {"add", "f32", 4,
       [f32](A a, A b) { return A(__builtin_bit_cast(uint32_t, f32(a) + f32(b))); }},
      {"add", "f64", 8, [f64](A a, A b) { return __builtin_bit_cast(A, f64(a) + f64(b)); }},
      {"add.noftz", "f16", 2, [toF16](A a, A b) { return toF16(f16(a) + f16(b)); }},
      {"min", "f16", 2, [toF16](A a, A b) { return toF16(std::fmin(f16(a), f16(b))); }},
      {"add.noftz", "bf16", 2, [toBf16](A a, A b) { return toBf16(bf16(a) + bf16(b)); }},
      {"max", "bf16", 2, [toBf16](A a, A b) { return toBf16(std::fmax(bf16(a), bf16(b))); }},
  };
}

uint64_t value(const Case& c, unsigned i) {
  std::string_view type = c.type;
  float small = float(int(i * 7 % 23) - 11);
  if (type == "f32")
    return __builtin_bit_cast(uint32_t, small * 0.25f);
  if (type == "f64")
    return __builtin_bit_cast(uint64_t, double(small) / 3);
  if (type == "f16")
    return __builtin_bit_cast(uint16_t, _Float16(small));
  if (type == "bf16")
    return __builtin_bit_cast(uint32_t, small) >> 16;
  uint64_t bits = (i + 1) * 0x9e3779b97f4a7c15ull;
  return c.bytes == 8 ? bits : uint32_t(bits);
}

// From shared to global memory; the shared one is `b`.
TEST_F(BulkTest, reductions_into_global_memory) {
  for (const Case& c : cases()) {
    loadText(fmt::format(R"(
.version 8.6
.target sm_90a
.address_size 64
.visible .entry reduce(.param .u64 a, .param .u64 b) {{
  .shared .align 16 .b8 buffer[128];
  .shared .align 8 .b64 bar;
  .reg .b64 %rd<3>;
  .reg .b32 %r<3>;
  .reg .pred %p<2>;
  ld.param.u64 %rd0, [a];
  ld.param.u64 %rd1, [b];
  mov.u32 %r0, buffer;
  mov.u32 %r1, bar;
  mbarrier.init.shared.b64 [%r1], 1;
  mbarrier.arrive.expect_tx.shared.b64 _, [%r1], 128;
  cp.async.bulk.shared::cta.global.mbarrier::complete_tx::bytes [%r0], [%rd1], 128, [%r1];
wait:
  mbarrier.try_wait.parity.shared.b64 %p0, [%r1], 0;
  @!%p0 bra wait;
  cp.reduce.async.bulk.global.shared::cta.bulk_group.{}.{} [%rd0], [%r0], 128;
  cp.async.bulk.commit_group;
  cp.async.bulk.wait_group 0;
  ret;
}}
)",
                         c.op, c.type));
    alignas(16) char a[128], b[128], expected[128];
    unsigned n = 128 / c.bytes;
    for (unsigned i = 0; i < n; i++) {
      uint64_t x = value(c, i), y = value(c, i * 3 + 5);
      if (i % 5 == 0)
        y = x;
      uint64_t r = c.expected(x, y);
      memcpy(a + i * c.bytes, &x, c.bytes);
      memcpy(b + i * c.bytes, &y, c.bytes);
      memcpy(expected + i * c.bytes, &r, c.bytes);
    }
    auto ok = launch("reduce", 1, 1, &a[0], &b[0]);
    ASSERT_TRUE(ok) << c.op << "." << c.type << ": " << ok.error().message;
    EXPECT_EQ(memcmp(a, expected, 128), 0) << c.op << "." << c.type;
  }
}

// The operations that exist between blocks of a cluster are a part of them.
TEST_F(BulkTest, reductions_into_another_block) {
  for (const Case& c : cases()) {
    std::string_view type = c.type, op = c.op;
    bool exists = type == "b32" || type == "u32" || type == "s32" || (type == "u64" && op == "add");
    loadText(fmt::format(R"(
.version 8.6
.target sm_90a
.address_size 64
.visible .entry reduce(.param .u64 a, .param .u64 b) {{
  .shared .align 16 .b8 buffer[128];
  .shared .align 8 .b64 bar;
  .reg .b64 %rd<6>;
  .reg .b32 %r<8>;
  .reg .pred %p<4>;
  ld.param.u64 %rd0, [a];
  ld.param.u64 %rd1, [b];
  mov.u32 %r0, buffer;
  mov.u32 %r1, bar;
  mov.u32 %r2, %cluster_ctarank;
  setp.eq.u32 %p1, %r2, 0;
  selp.b64 %rd2, %rd0, %rd1, %p1;
  mbarrier.init.shared.b64 [%r1], 1;
  mbarrier.arrive.expect_tx.shared.b64 _, [%r1], 128;
  cp.async.bulk.shared::cta.global.mbarrier::complete_tx::bytes [%r0], [%rd2], 128, [%r1];
  barrier.cluster.arrive;
  barrier.cluster.wait;
  mbarrier.arrive.expect_tx.shared.b64 _, [%r1], 128;
  @%p1 bra last;
  mapa.shared::cluster.u32 %r3, %r0, 0;
  mapa.shared::cluster.u32 %r4, %r1, 0;
  cp.reduce.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes.{}.{} [%r3], [%r0], 128, [%r4];
  bra end;
last:
  mbarrier.try_wait.parity.shared.b64 %p0, [%r1], 1;
  @!%p0 bra last;
  cp.async.bulk.global.shared::cta.bulk_group [%rd0], [%r0], 128;
end:
  barrier.cluster.arrive;
  barrier.cluster.wait;
  ret;
}}
)",
                         c.op, c.type));
    alignas(16) char a[128], b[128], expected[128];
    for (unsigned i = 0; i < 128 / c.bytes; i++) {
      uint64_t x = value(c, i), y = value(c, i * 3 + 5), r = c.expected(x, y);
      memcpy(a + i * c.bytes, &x, c.bytes);
      memcpy(b + i * c.bytes, &y, c.bytes);
      memcpy(expected + i * c.bytes, &r, c.bytes);
    }
    auto ok = launchClusters("reduce", 2, 2, 1, &a[0], &b[0]);
    EXPECT_EQ(bool(ok), exists) << c.op << "." << c.type << (ok ? "" : ok.error().message);
    if (exists && ok)
      EXPECT_EQ(memcmp(a, expected, 128), 0) << c.op << "." << c.type;
  }
}

} // namespace
} // namespace anywarp::ptxtest
