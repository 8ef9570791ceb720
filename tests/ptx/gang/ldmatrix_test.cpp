// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ldmatrix and stmatrix (PTX ISA 9.7.14.5.15, 9.7.14.5.16).
#include "matrix_fixture.h"

namespace anywarp::ptxtest {
namespace {

class MatrixMoveTest : public GangTest {};

// Loads `n` matrices from rows that lie in shared memory in the order of `order`, and stores them
// to another place in shared memory.
std::string kernelFor(unsigned n, bool trans, bool generic) {
  std::string x = ".x" + std::to_string(n) + (trans ? ".trans" : ""), count = std::to_string(n);
  std::string space = generic ? "" : trans ? ".shared::cta" : ".shared";
  std::string base = generic ? "%rd" : "%r";
  std::string s = ".visible .entry k_" + count + (trans ? "t" : "n") + (generic ? "g" : "s") + R"((
  .param .u64 registers, .param .u64 stored, .param .u64 in, .param .u64 rows)
{
  .reg .b64 %rd<16>; .reg .b32 %r<16>, %m<4>; .reg .pred %p;
  .shared .align 16 .b8 tiles[512];
  .shared .align 16 .b8 copy[512];
  mov.u32 %r0, %tid.x;
  mul.wide.u32 %rd0, %r0, 4;
  mul.wide.u32 %rd1, %r0, 16;
  ld.param.u64 %rd2, [in];
  add.s64 %rd2, %rd2, %rd1;
  ld.global.v2.b64 {%rd3, %rd4}, [%rd2];
  mov.u32 %r1, tiles;
  shl.b32 %r2, %r0, 4;
  add.u32 %r3, %r1, %r2;
  st.shared.v2.b64 [%r3], {%rd3, %rd4};
  mov.u32 %r9, copy;
  add.u32 %r10, %r9, %r2;
  st.shared.v2.b64 [%r10], {%rd3, %rd4};
  bar.warp.sync -1;
  ld.param.u64 %rd5, [rows];
  add.s64 %rd5, %rd5, %rd0;
  ld.global.b32 %r4, [%rd5];
  shl.b32 %r4, %r4, 4;
  add.u32 %r5, %r1, %r4;
  add.u32 %r6, %r9, %r4;
  cvt.u64.u32 %rd6, %r5;
  cvta.shared.u64 %rd6, %rd6;
  cvt.u64.u32 %rd7, %r6;
  cvta.shared.u64 %rd7, %rd7;
)";
  s += "  ldmatrix.sync.aligned.m8n8" + x + space + ".b16 " + registerList("m", n) + ", [" +
       (generic ? "%rd6" : "%r5") + "];\n";
  s += "  stmatrix.sync.aligned.m8n8" + x + space + ".b16 [" + (generic ? "%rd7" : "%r6") + "], " +
       registerList("m", n) + ";\n";
  s += "  bar.warp.sync -1;\n  ld.param.u64 %rd8, [registers];\n  add.s64 %rd8, %rd8, %rd0;\n";
  for (unsigned i = 0; i < n; i++)
    s += "  st.global.b32 [%rd8+" + std::to_string(128 * i) + "], %m" + std::to_string(i) + ";\n";
  return s + R"(  ld.shared.v2.b64 {%rd9, %rd10}, [%r10];
  ld.param.u64 %rd11, [stored];
  add.s64 %rd11, %rd11, %rd1;
  st.global.v2.b64 [%rd11], {%rd9, %rd10};
  ret;
}
)";
}

TEST_F(MatrixMoveTest, every_form) {
  std::string text = kModuleHead;
  for (unsigned n : {1, 2, 4})
    for (bool trans : {false, true})
      for (bool generic : {false, true})
        text += kernelFor(n, trans, generic);
  loadText(text);
  uint16_t in[32][8]; // a row a line
  uint32_t rows[32];  // which line each thread points to, all different
  for (unsigned i = 0; i < 32; i++) {
    rows[i] = (i * 13 + 5) % 32;
    for (unsigned j = 0; j < 8; j++)
      in[i][j] = uint16_t(i * 100 + j);
  }
  for (unsigned n : {1, 2, 4})
    for (bool trans : {false, true})
      for (bool generic : {false, true}) {
        std::string name = "k_" + std::to_string(n) + (trans ? "t" : "n") + (generic ? "g" : "s");
        uint32_t registers[4][32] = {};
        uint16_t stored[32][8] = {};
        auto ok = launch(name.c_str(), 1, 32, &registers[0], &stored[0], &in[0], &rows[0]);
        ASSERT_TRUE(ok) << name << ": " << ok.error().message;
        for (unsigned i = 0; i < n; i++)
          for (unsigned lane = 0; lane < 32; lane++)
            for (unsigned half = 0; half < 2; half++) {
              unsigned row = lane / 4, column = lane % 4 * 2 + half;
              if (trans)
                std::swap(row, column);
              ASSERT_EQ(registers[i][lane] >> (16 * half) & 0xffff, in[rows[8 * i + row]][column])
                  << name << " matrix " << i << " lane " << lane;
            }
        // Stored with the same layout to the same rows: everything is as before.
        ASSERT_EQ(memcmp(stored, in, sizeof in), 0) << name;
      }
}

// stmatrix against its own table, not against ldmatrix.
TEST_F(MatrixMoveTest, stmatrix_layout) {
  loadText(std::string(kModuleHead) + R"(
.visible .entry k(.param .u64 out)
{
  .reg .b64 %rd<4>; .reg .b32 %r<8>;
  .shared .align 16 .b8 tiles[256];
  mov.u32 %r0, %tid.x;
  and.b32 %r1, %r0, 15;
  shl.b32 %r1, %r1, 4;
  mov.u32 %r2, tiles;
  add.u32 %r1, %r1, %r2;
  shl.b32 %r3, %r0, 1;
  add.u32 %r4, %r3, 1;
  shl.b32 %r4, %r4, 16;
  or.b32 %r3, %r3, %r4;
  add.u32 %r5, %r3, 0x00400040;
  stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%r1], {%r3, %r5};
  bar.warp.sync -1;
  shl.b32 %r6, %r0, 3;
  add.u32 %r7, %r2, %r6;
  ld.shared.b64 %rd1, [%r7];
  ld.param.u64 %rd2, [out];
  cvt.u64.u32 %rd3, %r6;
  add.s64 %rd2, %rd2, %rd3;
  st.global.b64 [%rd2], %rd1;
  ret;
})");
  uint16_t out[2][8][8] = {};
  auto ok = launch("k", 1, 32, &out[0]);
  ASSERT_TRUE(ok) << ok.error().message;
  for (unsigned i = 0; i < 2; i++)
    for (unsigned row = 0; row < 8; row++)
      for (unsigned column = 0; column < 8; column++)
        EXPECT_EQ(out[i][row][column], 64 * i + 8 * column + row);
}

} // namespace
} // namespace anywarp::ptxtest
