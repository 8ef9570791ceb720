// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync in every shape and type (PTX ISA 9.7.14.5), fragments as the manual's tables give them.
#include "../matrix/fragment.h"
#include "matrix_fixture.h"

#include <limits>

namespace anywarp::ptxtest {
namespace {

struct Form {
  unsigned m, k;
  std::string d, a, b, c, op, more; // op: of bits; more: .satfinite or a rounding
  std::string name() const {
    return "m" + std::to_string(m) + "n8k" + std::to_string(k) + ".row.col" +
           (more == ".satfinite" ? more : "") + "." + d + "." + a + "." + b + "." + c +
           (op.empty() ? "" : "." + op + ".popc") + (more == ".satfinite" ? "" : more);
  }
  unsigned accumulators() const { return m / 4; }
};

std::vector<Form> forms() {
  std::vector<Form> all;
  auto add = [&all](std::initializer_list<std::pair<unsigned, unsigned>> shapes, std::string d,
                    std::string a, std::string b, std::string op = "", std::string more = "") {
    for (auto [m, k] : shapes)
      all.push_back({m, k, d, a, b, d, op, more});
  };
  for (std::string acc : {"f16", "f32"}) {
    add({{16, 8}, {16, 16}}, acc, "f16", "f16");
    for (std::string a : {"e4m3", "e5m2"})
      for (std::string b : {"e4m3", "e5m2"})
        add({{16, 16}, {16, 32}}, acc, a, b);
  }
  add({{16, 8}, {16, 16}}, "f32", "bf16", "bf16");
  add({{16, 4}, {16, 8}}, "f32", "tf32", "tf32");
  for (std::string rounding : {"", ".rn", ".rz", ".rm", ".rp"})
    add({{8, 4}, {16, 4}, {16, 8}, {16, 16}}, "f64", "f64", "f64", "", rounding);
  for (std::string more : {"", ".satfinite"}) {
    for (std::string a : {"s8", "u8"})
      for (std::string b : {"s8", "u8"})
        add({{8, 16}, {16, 16}, {16, 32}}, "s32", a, b, "", more);
    for (std::string a : {"s4", "u4"})
      for (std::string b : {"s4", "u4"})
        add({{8, 32}, {16, 32}, {16, 64}}, "s32", a, b, "", more);
  }
  for (std::string op : {"xor", "and"})
    add({{8, 128}, {16, 128}, {16, 256}}, "s32", "b1", "b1", op);
  return all;
}

class MmaTest : public GangTest {
protected:
  static unsigned registerBits(const std::string& type) { return type == "f64" ? 64 : 32; }

  // Loads one module with a kernel for each form: "k0", "k1", ...
  void loadForms(const std::vector<Form>& list) {
    std::string text = kModuleHead;
    for (size_t n = 0; n < list.size(); n++) {
      const Form& f = list[n];
      Registers a = emptyA(f), b = emptyB(f), c = emptyC(f);
      RegisterKernel kernel;
      kernel.input("a", a);
      kernel.input("b", b);
      kernel.input("c", c);
      text += kernel.text("k" + std::to_string(n),
                          "mma.sync.aligned." + f.name() + " " + registerList("d", c.count) + ", " +
                              registerList("a", a.count) + ", " + registerList("b", b.count) +
                              ", " + registerList("c", c.count) + ";",
                          "d", c);
    }
    loadText(text);
  }
  static Registers emptyA(const Form& f) {
    return {f.m * f.k * bitsOfElement(f.a) / registerBits(f.a) / 32, registerBits(f.a)};
  }
  static Registers emptyB(const Form& f) {
    return {8 * f.k * bitsOfElement(f.b) / registerBits(f.b) / 32, registerBits(f.b)};
  }
  static Registers emptyC(const Form& f) {
    return {f.accumulators() * bitsOfElement(f.c) / registerBits(f.c), registerBits(f.c)};
  }

  MatrixOf run(size_t n, const Form& f, const MatrixOf& a, const MatrixOf& b, const MatrixOf& c) {
    Registers ra = emptyA(f), rb = emptyB(f), rc = emptyC(f), rd = rc;
    unsigned bits = bitsOfElement(f.a);
    for (unsigned lane = 0; lane < 32; lane++) {
      for (unsigned i = 0; i < f.m * f.k / 32; i++) {
        Place p = placeOfA(f.m, f.k, bits, lane, i);
        ra.put(lane, i, bits, encode(f.a, a.at(p.row, p.column)));
      }
      for (unsigned i = 0; i < 8 * f.k / 32; i++) {
        Place p = placeOfB(bits, lane, i);
        rb.put(lane, i, bits, encode(f.b, b.at(p.row, p.column)));
      }
      for (unsigned i = 0; i < f.accumulators(); i++) {
        Place p = placeOfC(lane, i);
        rc.put(lane, i, bitsOfElement(f.c), encode(f.c, c.at(p.row, p.column)));
      }
    }
    auto ba = ra.bytes(), bb = rb.bytes(), bc = rc.bytes(), bd = bc;
    auto ok = launch(("k" + std::to_string(n)).c_str(), 1, 32, bd.data(), ba.data(), bb.data(),
                     bc.data());
    EXPECT_TRUE(ok) << f.name() << ": " << (ok ? "" : ok.error().message);
    rd.fromBytes(bd);
    MatrixOf d(f.m, 8);
    for (unsigned lane = 0; lane < 32; lane++)
      for (unsigned i = 0; i < f.accumulators(); i++) {
        Place p = placeOfC(lane, i);
        d.at(p.row, p.column) = decode(f.d, rd.get(lane, i, bitsOfElement(f.d)));
      }
    return d;
  }
};

TEST_F(MmaTest, every_form) {
  auto list = forms();
  loadForms(list);
  std::mt19937 random(1);
  for (size_t n = 0; n < list.size(); n++) {
    const Form& f = list[n];
    MatrixOf a = randomMatrix(f.m, f.k, f.a, random), b = randomMatrix(f.k, 8, f.b, random),
             c = randomMatrix(f.m, 8, "s8", random);
    MatrixOf want = productOf(a, b, c, f.op), got = run(n, f, a, b, c);
    ASSERT_EQ(got.values, want.values) << f.name();
  }
}

TEST_F(MmaTest, integers_saturate_or_wrap) {
  std::vector<Form> list = {{16, 32, "s32", "s8", "s8", "s32", "", ".satfinite"},
                            {16, 32, "s32", "s8", "s8", "s32", "", ""}};
  loadForms(list);
  MatrixOf a(16, 32), b(32, 8), c(16, 8);
  for (double& v : a.values)
    v = -128;
  for (unsigned k = 0; k < 32; k++)
    for (unsigned n = 0; n < 8; n++)
      b.at(k, n) = n % 2 ? 127 : -128;
  for (unsigned m = 0; m < 16; m++)
    for (unsigned n = 0; n < 8; n++)
      c.at(m, n) = n % 2 ? std::numeric_limits<int32_t>::min() + int(m)
                         : std::numeric_limits<int32_t>::max() - int(m);
  MatrixOf saturated = run(0, list[0], a, b, c), wrapped = run(1, list[1], a, b, c);
  for (unsigned m = 0; m < 16; m++)
    for (unsigned n = 0; n < 8; n++) {
      int64_t sum = int64_t(c.at(m, n)) + 32 * (n % 2 ? -128 * 127 : 128 * 128);
      EXPECT_EQ(saturated.at(m, n),
                n % 2 ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int32_t>::max());
      EXPECT_EQ(wrapped.at(m, n), double(int32_t(uint32_t(uint64_t(sum)))));
    }
}

// Full-range operands of the unsigned types: the largest sums that there are.
TEST_F(MmaTest, largest_integers) {
  std::vector<Form> list = {{16, 32, "s32", "u8", "u8", "s32", "", ""},
                            {16, 64, "s32", "u4", "s4", "s32", "", ""},
                            {16, 64, "s32", "s4", "u4", "s32", "", ""}};
  loadForms(list);
  double largest[][2] = {{255, 255}, {15, -8}, {-8, 15}};
  for (size_t n = 0; n < list.size(); n++) {
    MatrixOf a(16, list[n].k), b(list[n].k, 8), c(16, 8);
    for (double& v : a.values)
      v = largest[n][0];
    for (double& v : b.values)
      v = largest[n][1];
    EXPECT_EQ(run(n, list[n], a, b, c).values, productOf(a, b, c).values) << list[n].name();
  }
}

TEST_F(MmaTest, f64_rounds_as_asked) {
  std::vector<Form> list;
  for (std::string rounding : {".rn", ".rz", ".rm", ".rp"})
    list.push_back({16, 4, "f64", "f64", "f64", "f64", "", rounding});
  loadForms(list);
  MatrixOf a(16, 4), b(4, 8), c(16, 8);
  for (unsigned m = 0; m < 16; m++)
    a.at(m, 2) = m % 2 ? -0x1p-60 : 0x1p-60;
  for (unsigned n = 0; n < 8; n++)
    b.at(2, n) = 1;
  for (double& v : c.values)
    v = 1;
  double below = std::nextafter(1.0, 0), above = std::nextafter(1.0, 2);
  // 1 + 2^-60 and 1 - 2^-60; every other step adds zero, exactly.
  double want[4][2] = {{1, 1}, {1, below}, {1, below}, {above, 1}};
  for (size_t r = 0; r < list.size(); r++) {
    MatrixOf d = run(r, list[r], a, b, c);
    for (unsigned m = 0; m < 16; m++)
      for (unsigned n = 0; n < 8; n++)
        EXPECT_EQ(d.at(m, n), want[r][m % 2]) << list[r].name() << " " << m << " " << n;
  }
}

// One form of each record compiles and runs; products of zeros are zero.
TEST_F(MmaTest, all_records) {
  load("matrix_forms.ptx");
  std::vector<float> out(128, 5);
  auto ok = launch("forms", 1, 128, out.data());
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(out, std::vector<float>(128, 1));
}

// f16 accumulators overflow to infinity and round to nearest even; tf32 ignores the low 13 bits;
// NaN and infinity of the 8-bit formats.
TEST_F(MmaTest, special_values) {
  std::vector<Form> list = {{16, 8, "f16", "f16", "f16", "f16", "", ""},
                            {16, 4, "f32", "tf32", "tf32", "f32", "", ""}};
  loadForms(list);
  MatrixOf a(16, 8), b(8, 8), c(16, 8);
  a.at(0, 0) = 60000, b.at(0, 0) = 2;
  a.at(1, 1) = 1, b.at(1, 1) = 1, c.at(1, 1) = 2048; // 2049 ties to 2048
  a.at(2, 2) = 3, b.at(2, 2) = 1, c.at(2, 2) = 2048; // 2051 ties to 2052
  MatrixOf d = run(0, list[0], a, b, c);
  EXPECT_EQ(d.at(0, 0), HUGE_VAL);
  EXPECT_EQ(d.at(1, 1), 2048);
  EXPECT_EQ(d.at(2, 2), 2052);
  MatrixOf x(16, 4), y(4, 8), z(16, 8);
  x.at(0, 0) = 1 + 0x1p-23, x.at(1, 0) = 1 + 0x1p-10, y.at(0, 0) = 1;
  MatrixOf e = run(1, list[1], x, y, z);
  EXPECT_EQ(e.at(0, 0), 1);
  EXPECT_EQ(e.at(1, 0), 1 + 0x1p-10);
}

TEST_F(MmaTest, fp8_specials) {
  std::vector<Form> list = {{16, 16, "f32", "e4m3", "e5m2", "f32", "", ""}};
  loadForms(list);
  Registers a = emptyA(list[0]), b = emptyB(list[0]), c = emptyC(list[0]);
  // Row 0 of A: element (0, 0) runs over all codes; B (0, 0) is 1.
  b.put(0, 0, 8, encode("e5m2", 1));
  for (unsigned code = 0; code < 256; code++) {
    Registers x = a;
    x.put(0, 0, 8, code);
    auto bx = x.bytes(), bb = b.bytes(), bc = c.bytes(), bd = bc;
    ASSERT_TRUE(launch("k0", 1, 32, bd.data(), bx.data(), bb.data(), bc.data()));
    float got;
    memcpy(&got, bd.data(), 4);
    if ((code & 0x7f) == 0x7f)
      EXPECT_TRUE(std::isnan(got)) << code;
    else
      EXPECT_EQ(got, float(fp8Value(code, 3, 7))) << code;
  }
}

// PTX ISA 9.7.14.5.1: four 8x8x4 products, lanes 0-3 and 16-19 and so on.
TEST_F(MmaTest, m8n8k4_f16) {
  struct Case {
    std::string d, c;
    bool rowA, rowB;
  };
  std::vector<Case> cases;
  for (auto [d, c] :
       {std::pair<std::string, std::string>{"f16", "f16"}, {"f32", "f32"}, {"f32", "f16"}})
    for (bool rowA : {false, true})
      for (bool rowB : {false, true})
        cases.push_back({d, c, rowA, rowB});
  auto countOf = [](const std::string& type) { return type == "f16" ? 4u : 8u; };
  std::string text = kModuleHead;
  for (size_t n = 0; n < cases.size(); n++) {
    Registers a(2, 32), b(2, 32), c(countOf(cases[n].c), 32), d(countOf(cases[n].d), 32);
    RegisterKernel kernel;
    kernel.input("a", a);
    kernel.input("b", b);
    kernel.input("c", c);
    text += kernel.text("k" + std::to_string(n),
                        std::string("mma.sync.aligned.m8n8k4") + (cases[n].rowA ? ".row" : ".col") +
                            (cases[n].rowB ? ".row." : ".col.") + cases[n].d + ".f16.f16." +
                            cases[n].c + " " + registerList("d", d.count) + ", " +
                            registerList("a", 2) + ", " + registerList("b", 2) + ", " +
                            registerList("c", c.count) + ";",
                        "d", d);
  }
  loadText(text);
  std::mt19937 random(2);
  for (size_t n = 0; n < cases.size(); n++) {
    const Case& k = cases[n];
    Registers ra(2, 32), rb(2, 32), rc(countOf(k.c), 32), rd(countOf(k.d), 32);
    std::vector<MatrixOf> want;
    for (unsigned pair = 0; pair < 4; pair++) {
      MatrixOf a = randomMatrix(8, 4, "f16", random), b = randomMatrix(4, 8, "f16", random),
               c = randomMatrix(8, 8, "f16", random);
      for (unsigned lane : {0, 1, 2, 3, 16, 17, 18, 19}) {
        unsigned at = lane + 4 * pair;
        for (unsigned i = 0; i < 4; i++) {
          Place pa = placeOfVoltaA(k.rowA, lane, i), pb = placeOfVoltaB(k.rowB, lane, i);
          ra.put(at, i, 16, encode("f16", a.at(pa.row, pa.column)));
          rb.put(at, i, 16, encode("f16", b.at(pb.row, pb.column)));
        }
        for (unsigned i = 0; i < 8; i++) {
          Place p = placeOfVoltaC(k.c == "f16", lane, i);
          rc.put(at, i, bitsOfElement(k.c), encode(k.c, c.at(p.row, p.column)));
        }
      }
      want.push_back(productOf(a, b, c));
    }
    auto ba = ra.bytes(), bb = rb.bytes(), bc = rc.bytes(), bd = rd.bytes();
    auto ok = launch(("k" + std::to_string(n)).c_str(), 1, 32, bd.data(), ba.data(), bb.data(),
                     bc.data());
    ASSERT_TRUE(ok) << ok.error().message;
    rd.fromBytes(bd);
    for (unsigned lane = 0; lane < 32; lane++)
      for (unsigned i = 0; i < 8; i++) {
        Place p = placeOfVoltaC(k.d == "f16", lane, i);
        ASSERT_EQ(decode(k.d, rd.get(lane, i, bitsOfElement(k.d))),
                  want[lane % 16 / 4].at(p.row, p.column))
            << k.d << k.c << k.rowA << k.rowB << " lane " << lane << " element " << i;
      }
  }
}

} // namespace
} // namespace anywarp::ptxtest
