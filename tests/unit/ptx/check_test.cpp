// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The check of bodies: each broken rule gives a place and a reason; what is legal gives nothing.
#include "ptx/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anywarp::ptx::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string checkText(const std::string& text) {
  auto index = Index::build({std::make_shared<const PtxText>(text)});
  if (!index)
    return index.error().message;
  Result<void> good = checkBodies(**index);
  if (good)
    return {};
  EXPECT_EQ(good.status(), Status::InvalidPtx);
  return good.error().message;
}

TEST(Check, the_place_says_where_the_text_came_from) {
  const std::string good = ".version 9.0\n.target sm_90\n.address_size 64\n";
  const std::string bad = good + ".func f() {\nfrob;\n}\n";
  auto message = [](std::vector<PtxUnit> units) {
    auto index = Index::build(std::move(units));
    return index ? checkBodies(**index).error().message : index.error().message;
  };
  auto named = [](const std::string& text, const char* name) {
    return std::make_shared<const PtxText>(text, name);
  };
  EXPECT_THAT(message({named(good, "a.ptx"), named(bad, "b.ptx")}),
              StartsWith("b.ptx:5:1: error:"));
  EXPECT_THAT(message({named(good, "a.ptx"), named(bad, "a.ptx")}),
              StartsWith("a.ptx[1]:5:1: error:"));
}

// The body stands from line 13 on.
std::string check(const std::string& body, const std::string& version = "9.0",
                  const std::string& target = "sm_90a") {
  return checkText(".version " + version + "\n.target " + target + R"(
.address_size 64
.extern .func (.param .b32 r) elsewhere(.param .b32 x);
.func (.param .b32 r) twice(.param .b32 x) { ret; }
.global .align 16 .b8 data[64];
.shared .align 16 .b8 tile[64];
.visible .entry k(.param .u64 out) {
.reg .pred %p<4>; .reg .b16 %h<4>; .reg .b32 %r<9>; .reg .b64 %d<9>;
.reg .f32 %f<9>; .reg .f64 %e<9>; .reg .u32 %u<4>; .reg .f16 %x<4>; .reg .v4 .f32 %v;
.param .b32 arg; .param .b32 back;
start:
)" + body + "\nret;\n}\n");
}

struct Wrong {
  const char *body, *place, *reason;
};

TEST(Check, what_breaks_a_rule_has_place_and_reason) {
  const Wrong all[] = {
      {"add.s32 %r0, %r1;", "13:1", "number of operands: 2 instead of 3"},
      {"add.s32 %r0, %r1, %f0;", "13:19", "register '%f0' of type .f32 does not fit type .s32"},
      {"add.s32 %r0, %r1, %d0;", "13:19", "does not fit"},
      {"add.f32 %f0, %f1, %u0;", "13:19", "register '%u0' of type .u32 does not fit type .f32"},
      {"add.f16 %x0, %x1, %u0;", "13:19", "does not fit"},
      {"add.f32 %f0, %f1, 1;", "13:19", "an integer constant does not fit type .f32"},
      {"add.s32 %r0, %r1, 1.5;", "13:19", "a floating-point constant does not fit type .s32"},
      {"add.s32 3, %r0, %r1;", "13:9", "a constant cannot be written"},
      {"add.s32 %r0, %r77, %r1;", "13:14", "unknown name '%r77'"},
      {"add.s32 %r0, data, %r1;", "13:14", "'data' must be a register here"},
      {"add.s32 %tid.x, %r0, %r1;", "13:9", "special register '%tid.x' cannot be written"},
      {"mov.u32 %r0, %nosuch;", "13:14", "unknown name '%nosuch'"},
      {"mov.u32 %r0, %f0;", "13:14", "does not fit type .u32"},
      {"mov.u32 %ctaid.x, %r0;", "13:9", "cannot be written"},
      {"frob.s32 %r0, %r1;", "13:1", "unknown instruction 'frob.s32'"},
      {"add.frob.s32 %r0, %r1, %r2;", "13:1", "'add.frob.s32' is no form of 'add'"},
      {"add.ftz.f64 %e0, %e1, %e2;", "13:1", "'.f64' with '.ftz' do not go together"},
      {"fma.f32 %f0, %f1, %f2, %f3;", "13:1", "it needs one of '.rn', ..."},
      {"cvt.f32.s32 %f0, %r0;", "13:1", "is no form of 'cvt'"},
      {"ld.gpu.f32 %f0, [%d0];", "13:1", "is no form of 'ld'"},
      {"ld.acquire.global.f32 %f0, [%d0];", "13:1", "'.acquire' needs one of '.cta', ..."},
      {"ld.global.u64 %r0, [%d0];", "13:15", "does not fit type .u64"},
      {"ld.global.v2.f32 {%f0, %f1, %f2}, [%d0];", "13:18", "expected 2 elements, not 3"},
      {"ld.global.v2.f32 %f0, [%d0];", "13:18", "expected a vector of 2 operands"},
      {"ld.global.f32 %f0, %d0;", "13:20", "expected an [address]"},
      {"ld.global.f32 %f0, [%e0];", "13:21", "holds no address"},
      {"ld.shared.f32 %f0, [data];", "13:21", "'data' lies in .global, not in .shared"},
      {"st.const.u32 [%d0], %r0;", "13:1", "is no form of 'st'"},
      {"setp.eq.s32 %r0, %r1, %r2;", "13:13", "does not fit type .pred"},
      {"setp.eq.s32 %p0, %r1, %r2, %p1;", "13:1", "operand 4 needs one of '.and', ..."},
      {"@%r0 add.s32 %r0, %r1, %r2;", "13:1", "'%r0' is no predicate"},
      {"@%q bra start;", "13:1", "unknown name '%q'"},
      {"bra nowhere;", "13:5", "unknown label 'nowhere'"},
      {"bra data;", "13:5", "'data' is no label"},
      {"start: ret;", "13:1", "'start' is declared twice"},
      {".reg .b32 same; .reg .b32 same;", "13:", "'same' is declared twice"},
      {"lop3.b32 %r0, %r1, %r2, %r3, 256;", "13:30", "constant 256 is not in 0 ... 255"},
      {"lop3.b32 %r0, %r1, %r2, %r3, %r4;", "13:30", "must be an integer constant"},
      {"setmaxnreg.inc.sync.aligned.u32 12;", "13:33", "constant 12 is not in 24 ... 256"},
      {"atom.global.and.u32 %r0, [%d0], %r1;", "13:1", "'.and' needs '.b32' or '.b64'"},
      {"atom.global.add.u32 %r0, [%d0], %f0;", "13:33", "does not fit"},
      {"wmma.mma.sync.aligned.row.col.m8n8k32.s32.s4.u4.s32 {%r0,%r1}, {%r2}, {%r3}, {%r4,%r5};",
       "13:1", "atype '.s4' needs btype '.s4'"},
      {"wmma.load.c.sync.aligned.row.m8n8k32.shared::cluster.s32 {%r0,%r1}, [%r2];", "13:1",
       "is no form of 'wmma'"},
      {"mma.sync.aligned.m8n8k4.row.col.f16.f16.f16.f32 {%r0,%r1,%r2,%r3}, {%r0,%r1}, {%r0,%r1}, "
       "{%f0,%f1,%f2,%f3,%f4,%f5,%f6,%f7};",
       "13:1", "ctype '.f32' needs dtype '.f32'"},
      {"call (back), nothing, (arg);", "13:14", "unknown function 'nothing'"},
      {"call (back), elsewhere, (arg);", "13:14", "function 'elsewhere' is not defined"},
      {"call (back), twice, (arg, arg);", "13:1", "'twice' has 1 parameters, not 2"},
      {"call (back), %d0, (arg);", "13:14", "an indirect call needs a prototype"},
      {"{ .reg .b32 inner; } mov.u32 inner, 1;", "13:", "unknown name 'inner'"},
      {"add.f32 %f0, %v, %f1;", "13:14", "does not fit"},
      {"vadd.s32.s32.s32.max %r0.b1, %r1, %r2, %r3;", "13:22", "do not go together"},
      {"vmad.s32.s32.s32 %r0.b1, %r1, %r2, %r3;", "13:18", "'%r0.b1' must be a register here"},
      {"alloca.u64 %d0, %d1, 24;", "13:22", "must be a power of two"},
      {"alloca.u64 %d0, %d1, 256;", "13:22", "constant 256 is not in 1 ... 128"},
      {"cp.async.ca.shared.global [%r0], [%d0], 12;", "13:41", "must be a power of two"},
      {"cp.async.ca.shared.global [%r0], %d0, 8;", "13:34", "expected an [address]"},
      {"cp.reduce.async.bulk.global.shared::cta.bulk_group.inc.s32 [%d0], [%r0], %r1;", "13:1",
       "'.inc' needs '.u32'"},
      {"cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f16 [%d0], [%r0], %r1;", "13:1",
       "'.add' with '.f16' needs '.noftz'"},
      {"mbarrier.init.shared.b64 %r0, 4;", "13:26", "expected an [address]"},
      {"tensormap.replace.tile.rank.global.b1024.b64 [%d0], %d1;", "13:1",
       "needs '.global_address'"},
      {"txq.level.width.b32 %r0, [%d0];", "13:1", "'.level' needs operand 3"},
      {"tex.cube.v4.f32.s32 {%f0, %f1, %f2, %f3}, [%d0, {%r0, %r1, %r2, %r3}];", "13:1",
       "do not go together"},
      {"sured.b.or.1d.u32.trap [%d0, {%r0}], %r1;", "13:1", "'.or' needs '.b32'"},
      {"mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%f0,%f1,%f2,%f3}, "
       "{%r0,%r1,%r2,%r3}, {%r0,%r1,%r2,%r3}, {%f0,%f1,%f2,%f3}, %r4, 2;",
       "13:", "the sparsity selector must be a constant below 2"},
      {"wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 {%f0,%f1,%f2,%f3}, %d0, %d1, %p0, 1, 1, "
       "0;",
       "13:1", "expected 8 operands"},
      {"tensormap.replace.tile.elemtype.global.b1024.b32 [%d0], %r0;", "13:57",
       "the new value of this field must be a constant"},
      {"vmad.s32.s32.s32 %r0, -%r1, %r2, -%r3;", "13:1", "at most one operand may be negated"},
      {"vadd2.s32.s32.s32 %p0.h0, %r1, %r2, %r3;", "13:", "of type .pred has no 32 bits"},
      {"tex.2d.v4.f32.f32 {%f0,%f1,%f2,%f3}, [%d0, {%f0}];", "13:", "too few elements"},
      {"tex.grad.3d.v4.f32.f32 {%f0,%f1,%f2,%f3}, [%d0, {%f0,%f1,%f2,%f3}], {%f0,%f1}, {%f2,%f3};",
       "13:", "too few elements"},
      {"suld.b.a2d.b32.trap {%r0}, [%d0, {%r0, %r1}];", "13:", "too few elements"},
      {"cp.async.bulk.tensor.1d.global.shared::cta.bulk_group [%e0, {%r0}], [%d0];",
       "13:", "holds no address"},
      {"call %p0, (), start;", "13:6", "does not fit type .b64"},
      {"call %d0, (), start, %r0;", "13:1", "malformed call"},
      {".local .b8 big[1073741825];", "13:", "'big' is too large"},
  };
  for (const Wrong& w : all) {
    std::string message = check(w.body);
    EXPECT_THAT(message, StartsWith(std::string("ptx:") + w.place)) << w.body;
    EXPECT_THAT(message, HasSubstr(": error: ")) << w.body;
    EXPECT_THAT(message, HasSubstr(w.reason)) << w.body;
  }
}

TEST(Check, what_is_legal_passes) {
  for (const char* body : {
           "add.f32 %f0, %r1, 0f3F800000;", // bits hold anything
           "add.f16 %h0, %h1, %x0;",
           "ld.global.u8 %r0, [%d0];", // a wider register
           "ld.global.f32 %d0, [data+4];",
           "cvt.u32.u8 %r0, %r1;",
           "mov.b64 {%r0, %r1}, %d0;",
           "mov.v4.u32 {%r0, %r1, %r2, %r3}, %tid;",
           "ld.global.v4.f32 %v, [%d0]; add.f32 %f0, %v.x, %v.y;",
           "mov.u64 %d0, data; mov.u64 %d1, twice; mov.u32 %r0, tile;",
           "call (back), twice, (arg);",
           "@!%p0 bra later; later: bra.uni start;",
           "setp.lt.and.f32 %p0|%p1, %f0, %f1, !%p2;",
           "vadd.s32.s32.u32 %r0, %r1.b2, -%r2.h1; vadd2.s32.s32.s32 %r0.h1, %r1.h10, %r2.h32, "
           "%r3;",
           "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [%r0], 32;",
           "{ .reg .b32 inner; mov.u32 inner, 1; }",
           "ts: .branchtargets start; brx.idx %r0, ts;",
           "mov.u32 %r0, WARP_SZ; mov.u32 %r1, %envreg3; mov.u64 %d0, %clock64;",
           "atom.global.add.noftz.f16x2 %r0, [%d0], %r1; red.global.add.f32 [%d0], %f0;",
       }) {
    // tcgen05 exists for sm_100a.
    std::string text(body);
    bool blackwell = text.starts_with("tcgen05");
    EXPECT_EQ(check(text, "9.0", blackwell ? "sm_100a" : "sm_90a"), "") << text;
  }
}

TEST(Check, runtime_functions_need_no_definition) {
  EXPECT_EQ(checkText(R"(.version 8.0
.target sm_80
.address_size 64
.extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);
.visible .entry k() {
.param .b64 a; .param .b64 b; .param .b32 r;
call (r), vprintf, (a, b);
ret;
})"),
            "");
}

TEST(Check, forms_need_their_version_and_target) {
  EXPECT_THAT(check("redux.sync.add.u32 %r0, %r1, %r2;", "6.5", "sm_80"),
              HasSubstr("13:1: error: this form of 'redux' needs .version 7.0 or later"));
  EXPECT_THAT(check("redux.sync.add.u32 %r0, %r1, %r2;", "8.0", "sm_75"),
              HasSubstr("needs .target sm_80 or higher"));
  EXPECT_THAT(check("setmaxnreg.inc.sync.aligned.u32 32;", "8.0", "sm_90"),
              HasSubstr("needs a .target with a letter, such as sm_90a"));
  EXPECT_EQ(check("redux.sync.add.u32 %r0, %r1, %r2;", "7.0", "sm_80"), "");
  // Only some types of an instruction are younger.
  EXPECT_EQ(check("add.f16 %h0, %h1, %h2;", "4.2", "sm_53"), "");
  EXPECT_THAT(check("add.bf16 %h0, %h1, %h2;", "4.2", "sm_53"), HasSubstr(".version 7.8"));
  // What PTX of the future brings is not known, so it is not wrong.
  EXPECT_EQ(check("frobnicate.s32 %r0, %r1;", "9.3", "sm_90"), "");
}

TEST(Check, all_problems_are_told_at_once) {
  std::string message = check("add.s32 %r0, %r1;\nbra nowhere;\nmov.u32 %r0, %nosuch;");
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 2);
  EXPECT_THAT(message, HasSubstr("ptx:14:5: error: unknown label 'nowhere'"));
}

TEST(Check, a_body_that_does_not_parse) {
  EXPECT_THAT(check("add.s32 %r0 %r1;"), StartsWith("ptx:13:13: error: "));
}

} // namespace
} // namespace anywarp::ptx::test
