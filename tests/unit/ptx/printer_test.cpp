// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ast_equal.h"
#include "parse_text.h"
#include "ptx/printer.h"

namespace anywarp::ptx::test {
namespace {

void expectRoundTrip(std::string_view body) {
  Module first = parseModule(body);
  auto text = std::make_shared<const std::string>(print(first));
  auto second = parse(text);
  ASSERT_TRUE(second) << second.error().message << "\n" << *text;
  EXPECT_TRUE(equal(first, *second)) << *text;
  EXPECT_EQ(print(*second), *text);
}

TEST(Printer, module_round_trip) {
  expectRoundTrip(R"(
.file 1 "x.cu"
.extern .func (.param .b32 r) vprintf (.param .b64 a, .param .b64 b);
.visible .global .align 16 .v4 .f32 a[2] = {{1.0, 0f7FC00001}, {2}};
.global .u64 p[] = {a, a+8, generic(a)+-4, 0xff00(a), 18446744073709551615, -9223372036854775808};
.global .u8 q[4] = {0xff(a), 0xff00(generic(a)+4), 3};
.const .f64 c = -0.0;
.global .attribute(.managed, .unified(1, 2)) .u32 m;
.global .samplerref s = { addr_mode_0 = wrap, filter_mode = linear };
.extern .shared .align 16 .b8 dyn[];
.weak .func al(.param .b32 x);
.func (.reg .f32 out) g (.reg .f32 in) .noreturn { mov.f32 out, in; }
.alias al, g;
.visible .entry k(.param .u64 .ptr .global .align 16 x, .param .u64 .ptr y)
.maxntid 64, 2 .minnctapersm 2 .explicitcluster .reqnctapercluster 2
{
  .pragma "nounroll";
  .reg .b32 %r<10>, t;
  .loc 1 5 6
  @!%p1 mad.lo.s32 %r1, %r2, -3, t;
  { .reg .pred p; setp.lt.and.f32 p|%p2, %f1, 0f3F800000, !%p3; }
  .loc 1 6 1
L:
  st.global.v4.f32 [%rd1+-8], {%f1, %f2, _, 0d3FF0000000000000};
  tex.2d.v4.f32.s32 {%f1, %f2, %f3, %f4}|%p4, [a, s, {%r1, %r2}];
  vadd.u32.u32.u32 %r1, -%r2.b1, %r3.h0;
  mov.u32 %r1, a[%r2+4];
  ld.u32 %r1, [a[3]+4];
  P: .callprototype (.param .b32 _) _ (.param .b64 _);
  C: .calltargets g, al;
  B: .branchtargets L;
  call (t), %rd1, (%r1, _, 4), P;
  call g;
  brx.idx %r1, B;
}
)");
}

TEST(Printer, instructions_read_like_ptx) {
  Module module = parseBody("@!p ld.global.v2.f32 {%f1,_},[%rd1 + 8];");
  EXPECT_EQ(print(parseInstruction(module)), "@!p ld.global.v2.f32 {%f1, _}, [%rd1+8];");
  Module call = parseBody("call.uni (r), f, (a,b);");
  EXPECT_EQ(print(parseInstruction(call)), "call.uni (r), f, (a, b);");
}

} // namespace
} // namespace anywarp::ptx::test
