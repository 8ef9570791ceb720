// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wgmma.mma_async (PTX ISA 9.7.15): all types and N, operands in registers and in shared memory
// with every swizzle and both majors, sparse A, scale, negation. The test places matrices in shared
// memory by its own account of the canonical layouts (PTX ISA 9.7.15.5.1).
#include "../matrix/shared_layout.h"
#include "sparse_fixture.h"

namespace anywarp::ptxtest {
namespace {

constexpr unsigned kSharedBytes = 96 * 1024, kOffsetB = 40 * 1024;

// at(line, k): element of a row of A or a column of B.
template <typename Fn>
void place(std::vector<std::byte>& shared, const Layout& l, unsigned lines, unsigned k,
           const std::string& type, Fn at) {
  unsigned bits = bitsOfElement(type);
  for (unsigned line = 0; line < lines; line++)
    for (unsigned i = 0; i < k; i++) {
      unsigned byte, bit = 0;
      if (l.across) {
        byte = l.address(line / 8, i) + line % 8 * 2;
      } else {
        byte = l.address(line, i * bits / 8 / 16 * 16) + i * bits / 8 % 16;
        bit = i * bits % 8;
      }
      uint64_t code = encode(type, at(line, i));
      if (bits < 8)
        shared[byte] |= std::byte(code << bit);
      else
        memcpy(&shared[byte], &code, bits / 8);
    }
}

struct Form {
  unsigned n, k;
  std::string d, a, b;
  bool registersA = false, sparse = false;
  unsigned swizzleA = 0, swizzleB = 0;
  bool acrossA = false, acrossB = false;
  int scaleA = 1, scaleB = 1;
  bool accumulate = true;
  std::string more;
  unsigned selector = 0;
  unsigned offsetK = 0; // bytes that the descriptors start inside the pattern's row

  bool hasScales() const { return d != "s32"; }
  bool hasTrans() const { return a == "f16" || a == "bf16"; }
  std::string text() const {
    std::string s = std::string("wgmma.mma_async") + (sparse ? ".sp" : "") + ".sync.aligned.m64n" +
                    std::to_string(n) + "k" + std::to_string(k) + more + "." + d + "." + a + "." +
                    b + (a == "b1" ? ".and.popc" : "");
    return s;
  }
  std::string show() const {
    return text() + (registersA ? " registers" : " A" + std::to_string(swizzleA)) +
           (acrossA ? "t" : "") + " B" + std::to_string(swizzleB) + (acrossB ? "t" : "") + " " +
           std::to_string(scaleA) + " " + std::to_string(scaleB) + " " + std::to_string(accumulate);
  }
};

class WgmmaTest : public GangTest {
protected:
  static unsigned registersOfD(const Form& f) { return f.n * (f.d == "f16" ? 16 : 32) / 64; }

  static std::string kernelFor(const Form& f, const std::string& name) {
    Registers a(4, 32, 128), d(registersOfD(f), 32, 128), e(1, 32, 128);
    RegisterKernel kernel(128);
    kernel.input("a", a);
    kernel.input("e", e);
    kernel.input("d", d);
    std::string fill = R"(
  .reg .b32 %i, %x, %to; .reg .b64 %from, %da, %db; .reg .b32 %scale;
  .shared .align 1024 .b8 window[)" +
                       std::to_string(kSharedBytes) + R"(]; // at 0, the only one
  ld.param.u64 %from, [image];
  ld.param.u64 %da, [da];
  ld.param.u64 %db, [db];
  ld.param.u32 %scale, [accumulate];
  setp.ne.b32 %p1, %scale, 0;
  mov.u32 %i, %tid.x;
  shl.b32 %i, %i, 2;
  cvt.u64.u32 %rd3, %i;
  add.s64 %from, %from, %rd3;
LOOP:
  ld.global.b32 %x, [%from];
  mov.u32 %to, window;
  add.u32 %to, %to, %i;
  st.shared.b32 [%to], %x;
  add.s64 %from, %from, 512;
  add.u32 %i, %i, 512;
  setp.lt.u32 %p0, %i, )" +
                       std::to_string(kSharedBytes) + R"(;
  @%p0 bra LOOP;
  bar.sync 0;
)";
    std::string body = "wgmma.fence.sync.aligned;\n  " + f.text() + " " +
                       registerList("d", d.count) + ", " +
                       (f.registersA ? registerList("a", 4) : "%da") + ", %db" +
                       (f.sparse ? ", %e0, " + std::to_string(f.selector) : "") + ", %p1";
    if (f.hasScales())
      body += ", " + std::to_string(f.scaleA) + ", " + std::to_string(f.scaleB);
    if (f.hasTrans())
      body += (f.registersA ? ""
               : f.acrossA  ? ", 1"
                            : ", 0") +
              std::string(f.acrossB ? ", 1" : ", 0");
    body += ";\n  wgmma.commit_group.sync.aligned;\n  wgmma.wait_group.sync.aligned 0;";
    return kernel.text(
        name, body, "d", d, fill,
        ", .param .u64 image, .param .u64 da, .param .u64 db, .param .u32 accumulate");
  }

  void check(const std::vector<Form>& list) {
    std::string text = kModuleHead;
    for (size_t i = 0; i < list.size(); i++)
      text += kernelFor(list[i], "k" + std::to_string(i));
    loadText(text);
    std::mt19937 random(7);
    for (size_t i = 0; i < list.size(); i++) {
      checkOne(i, list[i], random);
      if (HasFatalFailure())
        return;
    }
  }

  void checkOne(size_t number, const Form& f, std::mt19937& random) {
    SparseMatrix sparse = f.sparse ? randomSparse(64, f.k, f.a, random)
                                   : SparseMatrix{MatrixOf(0, 0), MatrixOf(0, 0), {}, 0};
    MatrixOf a = f.sparse ? sparse.dense : randomMatrix(64, f.k, f.a, random);
    const MatrixOf& storedA = f.sparse ? sparse.kept : a;
    MatrixOf b = randomMatrix(f.k, f.n, f.b, random), c = randomMatrix(64, f.n, "s8", random);
    std::vector<std::byte> shared(kSharedBytes);
    Layout la = arrange(f.swizzleA, f.acrossA, f.offsetK, 64, storedA.columns),
           lb = arrange(f.swizzleB, f.acrossB, kOffsetB + f.offsetK, f.n, f.k);
    place(shared, lb, f.n, f.k, f.b, [&](unsigned n, unsigned k) { return b.at(k, n); });
    Registers ra(4, 32, 128), re(1, 32, 128), rd(registersOfD(f), 32, 128);
    unsigned bits = bitsOfElement(f.a), per = 32 / bits;
    if (!f.registersA)
      place(shared, la, 64, storedA.columns, f.a,
            [&](unsigned m, unsigned k) { return storedA.at(m, k); });
    for (unsigned thread = 0; thread < 128; thread++) {
      unsigned row = thread / 32 * 16 + thread % 32 / 4, t = thread % 4;
      if (f.registersA && !f.sparse)
        for (unsigned i = 0; i < 4 * per; i++) { // PTX ISA 9.7.15.5.1.1: as A of mma
          unsigned r = i / per;
          ra.put(
              thread, i, bits,
              encode(f.a, a.at(row + (r % 2 ? 8 : 0), t * per + i % per + (r >= 2 ? 4 * per : 0))));
        }
      for (unsigned i = 0; i < f.n / 2; i++)
        rd.put(thread, i, bitsOfElement(f.d),
               encode(f.d, c.at(row + (i / 2 % 2 ? 8 : 0), i / 4 * 8 + t * 2 + i % 2)));
    }
    if (f.sparse)
      for (unsigned warp = 0; warp < 4; warp++) {
        Registers ignored(4, 32, 128);
        placeSparse(sparse, 16 * warp, f.a, f.k, f.selector, f.registersA ? ra : ignored, re,
                    32 * warp, random);
      }
    auto ba = ra.bytes(), be = re.bytes(), bd = rd.bytes();
    auto ok =
        launch(("k" + std::to_string(number)).c_str(), 1, 128, bd.data(), ba.data(), be.data(),
               bd.data(), shared.data(), la.descriptor(), lb.descriptor(), uint32_t(f.accumulate));
    ASSERT_TRUE(ok) << f.show() << ": " << ok.error().message;
    rd.fromBytes(bd);
    for (double& x : a.values)
      x *= f.scaleA * f.scaleB;
    if (!f.accumulate)
      c = MatrixOf(64, f.n);
    MatrixOf want = productOf(a, b, c, f.a == "b1" ? "and" : "");
    for (unsigned thread = 0; thread < 128; thread++)
      for (unsigned i = 0; i < f.n / 2; i++) {
        unsigned row = thread / 32 * 16 + thread % 32 / 4 + (i / 2 % 2 ? 8 : 0),
                 column = i / 4 * 8 + thread % 4 * 2 + i % 2;
        ASSERT_EQ(decode(f.d, rd.get(thread, i, bitsOfElement(f.d))), want.at(row, column))
            << f.show() << " row " << row << " column " << column;
      }
  }
};

const std::pair<std::string, unsigned> kTypes[] = {{"f16", 16},  {"bf16", 16}, {"tf32", 8},
                                                   {"e4m3", 32}, {"e5m2", 32}, {"s8", 32},
                                                   {"u8", 32},   {"b1", 256}};

std::string accumulatorOf(const std::string& a) {
  return a == "s8" || a == "u8" || a == "b1" ? "s32" : "f32";
}

TEST_F(WgmmaTest, every_type) {
  std::vector<Form> list;
  for (auto& [type, k] : kTypes)
    for (bool registers : {false, true}) {
      Form f{24, k, accumulatorOf(type), type, type, registers};
      list.push_back(f);
      f.n = 32;
      if (type == "f16" || type == "e4m3" || type == "e5m2") {
        f.d = "f16";
        f.b = type == "f16" ? "f16" : type == "e4m3" ? "e5m2" : "e4m3";
        list.push_back(f);
      }
      if (type == "s8" || type == "u8") {
        f.b = type == "s8" ? "u8" : "s8";
        f.more = ".satfinite";
        list.push_back(f);
      }
    }
  check(list);
}

TEST_F(WgmmaTest, every_swizzle_and_major) {
  std::vector<Form> list;
  for (unsigned swizzle : {0, 32, 64, 128}) {
    for (bool across : {false, true}) {
      Form f{48, 16, "f32", "f16", "f16"};
      f.swizzleA = swizzle, f.swizzleB = swizzle;
      f.acrossA = across, f.acrossB = !across;
      list.push_back(f);
      f.acrossB = across;
      f.a = f.b = "bf16";
      list.push_back(f);
      f.registersA = true;
      list.push_back(f);
    }
    Form g{16, 8, "f32", "tf32", "tf32"};
    g.swizzleA = swizzle, g.swizzleB = swizzle;
    list.push_back(g);
    if (swizzle == 128) { // the third 32 bytes of a row of 128
      g.offsetK = 64;
      list.push_back(g);
    }
  }
  check(list);
}

TEST_F(WgmmaTest, scale_and_negation) {
  std::vector<Form> list;
  for (int scaleA : {1, -1})
    for (int scaleB : {1, -1})
      for (bool accumulate : {false, true}) {
        Form f{8, 16, scaleA < 0 ? "f32" : "f16", "f16", "f16", scaleB < 0};
        f.scaleA = scaleA, f.scaleB = scaleB, f.accumulate = accumulate;
        list.push_back(f);
      }
  Form g{16, 32, "s32", "s8", "s8"};
  g.accumulate = false;
  list.push_back(g);
  check(list);
}

TEST_F(WgmmaTest, sparse) {
  std::vector<Form> list;
  for (auto& [type, k] : kTypes) {
    if (type == "b1")
      continue;
    unsigned selectors = type == "f16" || type == "bf16" || type == "tf32" ? 2 : 1;
    for (bool registers : {false, true}) {
      Form f{24, 2 * k, accumulatorOf(type), type, type, registers, true};
      f.selector = registers ? selectors - 1 : 0;
      f.swizzleB = type == "tf32" ? 64 : 128;
      list.push_back(f);
    }
  }
  check(list);
}

// A few of the largest; every N is accepted and computes.
TEST_F(WgmmaTest, every_n) {
  std::vector<Form> list;
  for (unsigned n = 8; n <= 256; n += 8) {
    Form f{n, 8, "f32", "tf32", "tf32", true};
    f.swizzleB = 128;
    if (n % 64 == 0 || n == 8 || n == 200)
      list.push_back(f);
  }
  Form g{256, 16, "f16", "f16", "f16"};
  list.push_back(g);
  check(list);
}

TEST_F(WgmmaTest, bad_shape_is_refused) {
  loadText(std::string(kModuleHead) + R"(
.visible .entry k()
{
  .reg .b32 %r<8>; .reg .b64 %rd<2>; .reg .pred %p;
  wgmma.mma_async.sync.aligned.m64n12k32.s32.s8.s8 {%r0,%r1,%r2,%r3}, {%r4,%r5,%r6,%r7}, %rd1, %p;
  ret;
})");
  auto ok = launch("k", 1, 128);
  ASSERT_FALSE(ok);
  EXPECT_NE(ok.error().message.find("m64n12k32"), std::string::npos) << ok.error().message;
}

} // namespace
} // namespace anywarp::ptxtest
