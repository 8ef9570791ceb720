// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sp in every shape and type (PTX ISA 9.7.14.6). A is drawn at random with the structure that
// the type asks for; the kept elements and the metadata are placed as the manual's tables say.
#include "sparse_fixture.h"

namespace anywarp::ptxtest {
namespace {

struct Form {
  unsigned k;
  std::string d, a, b, more, word;
  unsigned selector = 0;
  std::string name() const {
    return "mma." + word + ".sync.aligned.m16n8k" + std::to_string(k) + ".row.col" + more + "." +
           d + "." + a + "." + b + "." + d;
  }
};

std::vector<Form> forms() {
  std::vector<Form> all;
  auto add = [&all](std::initializer_list<unsigned> ks, std::string d, std::string a, std::string b,
                    std::string more = "") {
    for (unsigned k : ks)
      for (unsigned selector = 0; selector < selectorsOf(a, k); selector++)
        all.push_back(
            {k, d, a, b, more, (all.size() & 1) ? "sp" : "sp::ordered_metadata", selector});
  };
  for (std::string acc : {"f16", "f32"}) {
    add({16, 32}, acc, "f16", "f16");
    for (std::string a : {"e4m3", "e5m2"})
      for (std::string b : {"e4m3", "e5m2"})
        add({64}, acc, a, b);
  }
  add({16, 32}, "f32", "bf16", "bf16");
  add({8, 16}, "f32", "tf32", "tf32");
  for (std::string a : {"s8", "u8"})
    for (std::string b : {"s8", "u8"})
      add({32, 64}, "s32", a, b, a == b ? ".satfinite" : "");
  for (std::string a : {"s4", "u4"})
    for (std::string b : {"s4", "u4"})
      add({64, 128}, "s32", a, b, a == b ? "" : ".satfinite");
  return all;
}

class MmaSparseTest : public GangTest {};

TEST_F(MmaSparseTest, every_form) {
  auto list = forms();
  std::string text = kModuleHead;
  auto registers = [](const std::string& type, unsigned elements) {
    return Registers(elements * bitsOfElement(type) / 32 / 32, 32);
  };
  for (size_t n = 0; n < list.size(); n++) {
    const Form& f = list[n];
    Registers a = registers(f.a, 16 * f.k / 2), b = registers(f.b, 8 * f.k),
              c = registers(f.d, 16 * 8), e(1, 32);
    RegisterKernel kernel;
    kernel.input("a", a);
    kernel.input("b", b);
    kernel.input("c", c);
    kernel.input("e", e);
    text +=
        kernel.text("k" + std::to_string(n),
                    f.name() + " " + registerList("d", c.count) + ", " +
                        registerList("a", a.count) + ", " + registerList("b", b.count) + ", " +
                        registerList("c", c.count) + ", %e0, " + std::to_string(f.selector) + ";",
                    "d", c);
  }
  loadText(text);
  std::mt19937 random(6);
  for (size_t n = 0; n < list.size(); n++) {
    const Form& f = list[n];
    SparseMatrix a = randomSparse(16, f.k, f.a, random);
    MatrixOf b = randomMatrix(f.k, 8, f.b, random), c = randomMatrix(16, 8, "s8", random);
    Registers ra = registers(f.a, 16 * f.k / 2), rb = registers(f.b, 8 * f.k),
              rc = registers(f.d, 16 * 8), re(1, 32);
    placeSparse(a, 0, f.a, f.k, f.selector, ra, re, 0, random);
    unsigned bits = bitsOfElement(f.a), per = 32 / bits, accBits = bitsOfElement(f.d);
    for (unsigned lane = 0; lane < 32; lane++) {
      unsigned group = lane >> 2, t = lane % 4;
      // B: register r of a thread has the rows t * per ... of the r-th part of 4 * per rows.
      for (unsigned i = 0; i < 8 * f.k / 32; i++)
        rb.put(lane, i, bits, encode(f.b, b.at(t * per + i % per + i / per * 4 * per, group)));
      for (unsigned i = 0; i < 4; i++)
        rc.put(lane, i, accBits, encode(f.d, c.at(i < 2 ? group : group + 8, t * 2 + (i & 1))));
    }
    auto ba = ra.bytes(), bb = rb.bytes(), bc = rc.bytes(), be = re.bytes(), bd = bc;
    auto ok = launch(("k" + std::to_string(n)).c_str(), 1, 32, bd.data(), ba.data(), bb.data(),
                     bc.data(), be.data());
    ASSERT_TRUE(ok) << f.name() << ": " << ok.error().message;
    rc.fromBytes(bd);
    MatrixOf want = productOf(a.dense, b, c);
    for (unsigned lane = 0; lane < 32; lane++)
      for (unsigned i = 0; i < 4; i++)
        ASSERT_EQ(decode(f.d, rc.get(lane, i, accBits)),
                  want.at(i < 2 ? lane / 4 : lane / 4 + 8, lane % 4 * 2 + (i & 1)))
            << f.name() << " selector " << f.selector << " lane " << lane << " element " << i;
  }
}

TEST_F(MmaSparseTest, wrong_selector_is_refused) {
  std::string text = std::string(kModuleHead) + R"(
.visible .entry k()
{
  .reg .b32 %a<4>, %b<4>, %e; .reg .f32 %c<4>;
  mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%c0,%c1,%c2,%c3}, {%a0,%a1,%a2,%a3}, {%b0,%b1,%b2,%b3}, {%c0,%c1,%c2,%c3}, %e, 2;
  ret;
})";
  loadText(text);
  auto ok = launch("k", 1, 32);
  ASSERT_FALSE(ok);
  EXPECT_NE(ok.error().message.find("selector"), std::string::npos) << ok.error().message;
}

} // namespace
} // namespace anywarp::ptxtest
