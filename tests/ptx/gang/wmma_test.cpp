// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wmma in every shape, type and layout (PTX ISA 9.7.14.4): load A, B and C, multiply, store D. The
// fragments' layout is open, so memory is compared; strides are wider than the matrices.
#include "matrix_fixture.h"

namespace anywarp::ptxtest {
namespace {

struct Form {
  unsigned m, n, k;
  std::string a, b, c, d;
  bool rowA, rowB, rowC, rowD;
  std::string op;    // of bits
  std::string space; // of all pointers
  std::string shape() const {
    return "m" + std::to_string(m) + "n" + std::to_string(n) + "k" + std::to_string(k);
  }
  std::string mma() const {
    std::string s = "wmma.mma" + (op.empty() ? "" : "." + op + ".popc") + ".sync.aligned" +
                    layout(rowA) + layout(rowB) + "." + shape() + "." + d;
    return a == "f16" ? s + "." + c : s + "." + a + "." + b + "." + c;
  }
  static std::string layout(bool row) { return row ? ".row" : ".col"; }
};

std::vector<Form> forms() {
  std::vector<Form> all;
  struct Shape {
    unsigned m, n, k;
  };
  unsigned turn = 0; // layouts and spaces take turns where they are independent
  auto add = [&](std::vector<Shape> shapes, std::string a, std::string b, std::string c,
                 std::string d, bool fixed = false, std::string op = "") {
    for (Shape s : shapes)
      for (unsigned layouts = 0; layouts < (fixed ? 1 : 4); layouts++, turn++)
        all.push_back({s.m, s.n, s.k, a, b, c, d, fixed || !(layouts & 1), !fixed && !(layouts & 2),
                       turn % 2 == 0, turn % 3 == 0, op, turn % 4 == 1 ? ".global" : ""});
  };
  std::vector<Shape> usual = {{16, 16, 16}, {8, 32, 16}, {32, 8, 16}};
  for (std::string c : {"f16", "f32"})
    for (std::string d : {"f16", "f32"})
      add(usual, "f16", "f16", c, d);
  add(usual, "bf16", "bf16", "f32", "f32");
  add({{16, 16, 8}}, "tf32", "tf32", "f32", "f32");
  add({{8, 8, 4}}, "f64", "f64", "f64", "f64");
  for (std::string t : {"s8", "u8"})
    add(usual, t, t, "s32", "s32");
  for (std::string t : {"s4", "u4"})
    add({{8, 8, 32}}, t, t, "s32", "s32", true);
  for (std::string op : {"xor", "and"})
    for (int twice = 0; twice < 2; twice++)
      add({{8, 8, 128}}, "b1", "b1", "s32", "s32", true, op);
  return all;
}

// Registers of a fragment, from the tables of wmma.load and wmma.mma.
unsigned registersOf(const std::string& type, unsigned rows, unsigned columns, bool accumulator) {
  if (type == "f64")
    return rows * columns / 32;
  if (type == "f16" && !accumulator)
    return 8;
  return rows * columns * bitsOfElement(type) / 32 / 32;
}

// A matrix in memory with `extra` elements between lines, filled with 0xff.
struct Image {
  bool row;
  unsigned stride, bits;
  std::vector<std::byte> bytes;
  std::string type;
  Image(const std::string& t, unsigned rows, unsigned columns, bool isRow)
      : row(isRow), bits(bitsOfElement(t)), type(t) {
    unsigned inner = row ? columns : rows, outer = row ? rows : columns;
    stride = inner + 128 / bits;
    bytes.assign(size_t(outer) * stride * bits / 8, std::byte(0xff));
  }
  size_t position(unsigned r, unsigned c) const {
    return row ? size_t(r) * stride + c : size_t(c) * stride + r;
  }
  void put(unsigned r, unsigned c, double x) {
    uint64_t code = encode(type, x);
    size_t at = position(r, c) * bits;
    for (unsigned bit = 0; bit < bits; bit++) {
      auto mask = std::byte(1u << ((at + bit) % 8));
      auto& byte = bytes[(at + bit) / 8];
      byte = code >> bit & 1 ? byte | mask : byte & ~mask;
    }
  }
  double get(unsigned r, unsigned c) const {
    uint64_t code = 0;
    memcpy(&code, bytes.data() + position(r, c) * bits / 8, bits / 8);
    return decode(type, code);
  }
};

std::string kernelFor(const Form& f, const std::string& name) {
  unsigned na = registersOf(f.a, f.m, f.k, false), nb = registersOf(f.b, f.k, f.n, false),
           nc = registersOf(f.c, f.m, f.n, true), nd = registersOf(f.d, f.m, f.n, true);
  std::string wide = f.a == "f64" ? "f64" : "b32";
  auto accumulatorType = [&](const std::string& t) {
    return t == "f64" ? "f64" : t == "f32" ? "f32" : "b32";
  };
  auto declare = [](const std::string& type, const std::string& reg, unsigned n) {
    return "  .reg ." + type + " %" + reg + "<" + std::to_string(n) + ">;\n";
  };
  std::string s =
      ".visible .entry " + name + "(.param .u64 pd, .param .u64 pa, .param .u64 pb, " +
      ".param .u64 pc, .param .u32 sd, .param .u32 sa, .param .u32 sb, .param .u32 sc)\n{\n" +
      "  .reg .b64 %p<4>; .reg .b32 %s<4>;\n" + declare(wide, "a", na) + declare(wide, "b", nb) +
      declare(accumulatorType(f.c), "c", nc) + declare(accumulatorType(f.d), "d", nd);
  const char* names[] = {"d", "a", "b", "c"};
  for (unsigned i = 0; i < 4; i++)
    s += "  ld.param.u64 %p" + std::to_string(i) + ", [p" + names[i] + "];\n  ld.param.u32 %s" +
         std::to_string(i) + ", [s" + names[i] + "];\n";
  auto load = [&](const char* matrix, bool row, const std::string& type, unsigned n, unsigned i) {
    return std::string("  wmma.load.") + matrix + ".sync.aligned" + Form::layout(row) + "." +
           f.shape() + f.space + "." + type + " " + registerList(matrix, n) + ", [%p" +
           std::to_string(i) + "], %s" + std::to_string(i) + ";\n";
  };
  s +=
      load("a", f.rowA, f.a, na, 1) + load("b", f.rowB, f.b, nb, 2) + load("c", f.rowC, f.c, nc, 3);
  s += "  " + f.mma() + " " + registerList("d", nd) + ", " + registerList("a", na) + ", " +
       registerList("b", nb) + ", " + registerList("c", nc) + ";\n";
  s += "  wmma.store.d.sync.aligned" + Form::layout(f.rowD) + "." + f.shape() + f.space + "." +
       f.d + " [%p0], " + registerList("d", nd) + ", %s0;\n  ret;\n}\n";
  return s;
}

class WmmaTest : public GangTest {};

TEST_F(WmmaTest, every_form) {
  auto list = forms();
  std::string text = kModuleHead;
  for (size_t i = 0; i < list.size(); i++)
    text += kernelFor(list[i], "k" + std::to_string(i));
  loadText(text);
  std::mt19937 random(3);
  for (size_t i = 0; i < list.size(); i++) {
    const Form& f = list[i];
    std::string where = f.mma() + (f.rowC ? " c row" : " c col") + (f.rowD ? " d row" : " d col");
    MatrixOf a = randomMatrix(f.m, f.k, f.a, random), b = randomMatrix(f.k, f.n, f.b, random),
             c = randomMatrix(f.m, f.n, "s8", random);
    Image ia(f.a, f.m, f.k, f.rowA), ib(f.b, f.k, f.n, f.rowB), ic(f.c, f.m, f.n, f.rowC),
        id(f.d, f.m, f.n, f.rowD);
    for (auto [image, matrix] : {std::pair{&ia, &a}, {&ib, &b}, {&ic, &c}})
      for (unsigned r = 0; r < matrix->rows; r++)
        for (unsigned column = 0; column < matrix->columns; column++)
          image->put(r, column, matrix->at(r, column));
    auto ok = launch(("k" + std::to_string(i)).c_str(), 1, 32, id.bytes.data(), ia.bytes.data(),
                     ib.bytes.data(), ic.bytes.data(), id.stride, ia.stride, ib.stride, ic.stride);
    ASSERT_TRUE(ok) << where << ": " << ok.error().message;
    MatrixOf want = productOf(a, b, c, f.op);
    Image expected(f.d, f.m, f.n, f.rowD);
    for (unsigned r = 0; r < f.m; r++)
      for (unsigned column = 0; column < f.n; column++) {
        ASSERT_EQ(id.get(r, column), want.at(r, column)) << where << " " << r << " " << column;
        expected.put(r, column, want.at(r, column));
      }
    ASSERT_EQ(id.bytes, expected.bytes) << where << ": bytes between the lines";
  }
}

// Without a stride, lines follow each other; shared memory; f64 rounding; .satfinite.
TEST_F(WmmaTest, shared_memory_and_defaults) {
  loadText(std::string(kModuleHead) + R"(
.visible .entry k(.param .u64 out, .param .u64 in)
{
  .reg .b64 %rd<8>; .reg .b32 %r<8>, %a<2>, %b<2>, %c<8>;
  .shared .align 16 .b8 tile[256];
  ld.param.u64 %rd1, [out];
  ld.param.u64 %rd2, [in];
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd3, %r1, 8;
  add.s64 %rd4, %rd2, %rd3;
  ld.global.b64 %rd5, [%rd4];
  mov.u32 %r2, tile;
  shl.b32 %r3, %r1, 3;
  add.u32 %r4, %r2, %r3;
  st.shared.b64 [%r4], %rd5;
  bar.warp.sync -1;
  wmma.load.a.sync.aligned.row.m16n16k16.shared.s8 {%a0, %a1}, [tile];
  wmma.load.b.sync.aligned.col.m16n16k16.shared::cta.s8 {%b0, %b1}, [%r2];
  mov.b32 %c0, 0x7fffffff; mov.b32 %c1, %c0; mov.b32 %c2, %c0; mov.b32 %c3, %c0;
  mov.b32 %c4, %c0; mov.b32 %c5, %c0; mov.b32 %c6, %c0; mov.b32 %c7, %c0;
  wmma.mma.sync.aligned.row.col.m16n16k16.s32.s8.s8.s32.satfinite {%c0,%c1,%c2,%c3,%c4,%c5,%c6,%c7},
    {%a0,%a1}, {%b0,%b1}, {%c0,%c1,%c2,%c3,%c4,%c5,%c6,%c7};
  wmma.store.d.sync.aligned.row.m16n16k16.global.s32 [%rd1], {%c0,%c1,%c2,%c3,%c4,%c5,%c6,%c7};
  ret;
})");
  int8_t in[16][16];
  int32_t out[16][16] = {};
  std::mt19937 random(4);
  for (auto& row : in)
    for (auto& x : row)
      x = int8_t(random());
  auto ok = launch("k", 1, 32, &out[0], &in[0]);
  ASSERT_TRUE(ok) << ok.error().message;
  for (unsigned i = 0; i < 16; i++)
    for (unsigned j = 0; j < 16; j++) {
      int64_t sum = 0x7fffffff;
      for (unsigned k = 0; k < 16; k++)
        sum += in[i][k] * in[j][k];
      EXPECT_EQ(out[i][j], std::min<int64_t>(sum, 0x7fffffff)) << i << " " << j;
    }
}

// Every element of a fragment may be changed alike, also the repeated ones of f16.
TEST_F(WmmaTest, elementwise_on_fragments) {
  std::string text = std::string(kModuleHead) + R"(
.visible .entry k(.param .u64 out, .param .u64 in)
{
  .reg .b64 %rd<4>; .reg .b32 %a<8>, %b<8>, %two; .reg .f32 %c<8>;
  ld.param.u64 %rd1, [out];
  ld.param.u64 %rd2, [in];
  wmma.load.a.sync.aligned.row.m8n32k16.f16 {%a0,%a1,%a2,%a3,%a4,%a5,%a6,%a7}, [%rd2];
  wmma.load.b.sync.aligned.row.m8n32k16.f16 {%b0,%b1,%b2,%b3,%b4,%b5,%b6,%b7}, [%rd2];
  mov.b32 %two, 0x40004000;
)";
  for (int i = 0; i < 8; i++)
    text += "  mul.f16x2 %a" + std::to_string(i) + ", %a" + std::to_string(i) +
            ", %two;\n  mov.f32 %c" + std::to_string(i) + ", 0f40400000;\n";
  text += R"(
  wmma.mma.sync.aligned.row.row.m8n32k16.f32.f32 {%c0,%c1,%c2,%c3,%c4,%c5,%c6,%c7},
    {%a0,%a1,%a2,%a3,%a4,%a5,%a6,%a7}, {%b0,%b1,%b2,%b3,%b4,%b5,%b6,%b7}, {%c0,%c1,%c2,%c3,%c4,%c5,%c6,%c7};
  wmma.store.d.sync.aligned.row.m8n32k16.f32 [%rd1], {%c0,%c1,%c2,%c3,%c4,%c5,%c6,%c7};
  ret;
})";
  loadText(text);
  uint16_t in[512];
  float out[8][32] = {};
  std::mt19937 random(5);
  for (auto& x : in)
    x = uint16_t(encode("f16", int(random() % 5) - 2));
  auto ok = launch("k", 1, 32, &out[0], &in[0]);
  ASSERT_TRUE(ok) << ok.error().message;
  for (unsigned i = 0; i < 8; i++)
    for (unsigned j = 0; j < 32; j++) {
      double sum = 3;
      for (unsigned k = 0; k < 16; k++)
        sum += 2 * decode("f16", in[i * 16 + k]) * decode("f16", in[k * 32 + j]);
      EXPECT_EQ(out[i][j], sum) << i << " " << j;
    }
}

} // namespace
} // namespace anywarp::ptxtest
