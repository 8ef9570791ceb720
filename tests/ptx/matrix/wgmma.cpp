// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wgmma.mma_async (PTX ISA 9.7.15): every type and N. Where A lies, swizzles, majors, gaps between
// core matrices, scales, and selectors are drawn anew for each form.
#include "../matrix/fragment.h"
#include "../matrix/shared_layout.h"
#include "case.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace anywarp::ptxmatrix {

using namespace ptxtest;

namespace {

constexpr uint8_t kUntouched = 0x7f; // in shared memory: NaN or large in every type
constexpr size_t kMostShared = 48 * 1024;

// What the text of an instruction leaves open.
struct Setup {
  bool registersA = false;
  Layout a, b;
  int scaleA = 1, scaleB = 1;
  unsigned selector = 0;
  size_t sharedBytes = 0;
};

unsigned pick(Random& random, std::initializer_list<unsigned> choices) {
  return *(choices.begin() + random() % choices.size());
}

// One past the last byte of an operand.
size_t endOf(const Layout& l, unsigned lines, unsigned k, unsigned bits) {
  size_t end = 0;
  for (unsigned line = 0; line < (l.across ? lines / 8 : lines); ++line)
    for (unsigned at = 0; at < (l.across ? k : k * bits / 8); at += l.across ? 1 : 16)
      end = std::max(end, size_t(l.address(line, at)) + 16);
  return end;
}

// An operand of `lines` rows or columns with k elements.
Layout drawLayout(unsigned start, unsigned lines, unsigned k, unsigned bits, Random& random) {
  unsigned bytes = k * bits / 8; // of a line: 32, or 64 for B of sparse products
  bool across = bits == 16 && random() % 2;
  // Where K is contiguous a line lies within one row of the swizzle's pattern.
  unsigned swizzle =
      bytes > 32 && !across ? pick(random, {0, 64, 128}) : pick(random, {0, 32, 64, 128});
  unsigned offset = 0;
  if (!across && swizzle > bytes) // inside of a row
    offset = unsigned(random() % (swizzle / bytes)) * bytes;
  Layout l = arrange(swizzle, across, start + offset, lines, k);
  if (random() % 2 && (swizzle == 0 || lines <= 64)) { // gaps
    unsigned gap = swizzle ? 8 * swizzle : 16;
    l.stride += gap;
    l.leading += gap + (swizzle == 0 && !across ? lines / 8 * gap : 0);
    if (swizzle && across)
      l.leading += k / 8 * gap;
    if (swizzle == 0 && across)
      l.stride += k / 8 * gap;
  }
  return l;
}

Setup drawSetup(const Spec& s, unsigned storedK, Random& random) {
  Setup x;
  x.registersA = random() % 2;
  x.a = drawLayout(0, 64, storedK, s.a->bits, random);
  size_t end = x.registersA ? 0 : endOf(x.a, 64, storedK, s.a->bits);
  x.b = drawLayout(unsigned((end + 1023) / 1024 * 1024), s.n, s.k, s.b->bits, random);
  x.sharedBytes = (endOf(x.b, s.n, s.k, s.b->bits) + 1023) / 1024 * 1024;
  x.scaleA = random() % 2 ? 1 : -1;
  x.scaleB = random() % 2 ? 1 : -1;
  if (s.sparse)
    x.selector = unsigned(random() % selectorsOf(std::string(s.a->name), s.k));
  return x.sharedBytes <= kMostShared ? x : drawSetup(s, storedK, random);
}

// at(line, k): code of an element of a row of A or a column of B.
template <typename Fn>
void place(uint8_t* shared, const Layout& l, unsigned lines, unsigned k, unsigned bits, Fn at) {
  for (unsigned line = 0; line < lines; ++line)
    for (unsigned i = 0; i < k; ++i) {
      uint64_t code = at(line, i);
      if (bits < 8) {
        uint8_t& byte = shared[l.address(line, i * bits / 8 / 16 * 16) + i * bits / 8 % 16];
        unsigned bit = i * bits % 8;
        byte = uint8_t((byte & ~(1u << bit)) | code << bit);
      } else {
        unsigned byte = l.across ? l.address(line / 8, i) + line % 8 * 2
                                 : l.address(line, i * bits / 8 / 16 * 16) + i * bits / 8 % 16;
        memcpy(shared + byte, &code, bits / 8);
      }
    }
}

// Element i of D in a thread of the warpgroup (9.7.15.5.1.1).
Place placeOfD(unsigned thread, unsigned i) {
  Place at = placeOfC(thread % 32, i % 4);
  return {thread / 32 * 16 + at.row, i / 4 * 8 + at.column};
}

struct Memory { // of a unit
  Registers a{4, 32, 128}, e{1, 32, 128}, d;
  size_t atA, atE, atD, atFlag, bytes;
  Memory(const Spec& s, const Setup& x) : d{s.n * s.d->bits / 64, 32, 128} {
    atA = x.sharedBytes, atE = atA + a.bytes(), atD = atE + e.bytes();
    atFlag = atD + d.bytes(), bytes = atFlag + 4;
  }
};

std::string descriptorText(const std::string& name, const Layout& l) {
  return "  .reg .b64 " + name + ";\n  shr.u64 " + name + ", %window, 4;\n  add.u64 " + name +
         ", " + name + ", " + number(l.descriptor()) + ";\n";
}

std::string textOf(const Form& form, const Spec& s, const Setup& x, const Memory& m) {
  std::string t = copyText("IN$u", "%in", "%shared", x.sharedBytes, 128) +
                  "  bar.sync 0;\n  .reg .b64 %window;\n  cvt.u64.u32 %window, %base;\n" +
                  descriptorText("%da", x.a) + descriptorText("%db", x.b) + m.a.load("a", m.atA) +
                  m.e.load("e", m.atE) + m.d.load("d", m.atD) +
                  "  .reg .b32 %flag;\n  .reg .pred %accumulate;\n  ld.global.b32 %flag, [%in+" +
                  number(m.atFlag) + "];\n  setp.ne.b32 %accumulate, %flag, 0;\n" +
                  "  wgmma.fence.sync.aligned;\n  " + form.name() + " " + m.d.list("d") + ", " +
                  (x.registersA ? m.a.list("a") : "%da") + ", %db" +
                  (s.sparse ? ", %e0, " + number(x.selector) : "") + ", %accumulate";
  if (s.d->isFloat())
    t += ", " + std::to_string(x.scaleA) + ", " + std::to_string(x.scaleB);
  if (s.a->bits == 16)
    t += (x.registersA ? std::string() : x.a.across ? ", 1" : ", 0") + (x.b.across ? ", 1" : ", 0");
  return t + ";\n  wgmma.commit_group.sync.aligned;\n  wgmma.wait_group.sync.aligned 0;\n" +
         m.d.store("d", 0);
}

std::vector<uint8_t> inputOf(const Problem& p, const Setup& x, const Memory& m, bool accumulates,
                             Random& random) {
  const Spec& s = p.spec;
  const Codes& a = s.sparse ? p.kept : p.a;
  unsigned bits = s.a->bits;
  std::vector<uint8_t> in(m.bytes);
  memset(in.data(), kUntouched, x.sharedBytes);
  place(in.data(), x.b, s.n, s.k, s.b->bits, [&](unsigned n, unsigned k) { return p.b.at(k, n); });
  if (!x.registersA)
    place(in.data(), x.a, 64, a.columns, bits, [&](unsigned r, unsigned k) { return a.at(r, k); });
  for (unsigned thread = 0; thread < 128; ++thread) {
    for (unsigned i = 0; i < 16 * a.columns / 32 && x.registersA; ++i) { // as A of mma
      Place at = placeOfA(16, a.columns, bits, thread % 32, i);
      m.a.put(&in[m.atA], thread, i, bits, a.at(thread / 32 * 16 + at.row, at.column));
    }
    for (unsigned i = 0; i < s.n / 2; ++i) {
      Place at = placeOfD(thread, i);
      m.d.put(&in[m.atD], thread, i, s.d->bits,
              accumulates ? p.c.at(at.row, at.column) : random() & s.d->mask());
    }
  }
  if (s.sparse)
    putMetadata(&in[m.atE], m.e, p, x.selector, random);
  in[m.atFlag] = accumulates;
  return in;
}

Case caseOf(const Form& form, Random& random) {
  Spec s = specOf(form);
  unsigned storedK = s.sparse ? s.k / 2 : s.k;
  Setup x = drawSetup(s, storedK, random);
  if (s.d->isFloat())
    s.sign = x.scaleA * x.scaleB;
  Memory m(s, x);
  Case c;
  c.name = form.name();
  c.forms = {form};
  c.lanes = 128;
  c.inBytes = m.bytes;
  c.outBytes = m.d.bytes();
  c.sharedBytes = x.sharedBytes;
  c.text = textOf(form, s, x, m);
  c.unit = [=](Kind kind, Random& numbers) {
    auto p = std::make_shared<Problem>(s, kind, numbers);
    bool accumulates = numbers() % 4;
    Unit u;
    u.in = inputOf(*p, x, m, accumulates, numbers);
    if (!accumulates)
      p->dropC();
    u.check = [=](const uint8_t* out) {
      Codes d(64, s.n);
      for (unsigned thread = 0; thread < 128; ++thread)
        for (unsigned i = 0; i < s.n / 2; ++i) {
          Place at = placeOfD(thread, i);
          d.at(at.row, at.column) = m.d.get(out, thread, i, s.d->bits);
        }
      return p->check([&](unsigned row, unsigned column) { return d.at(row, column); });
    };
    return u;
  };
  return c;
}

} // namespace

std::vector<Case> wgmmaCases(const std::vector<Form>& forms) {
  std::vector<Form> order; // fence, commit_group and wait_group are around each
  for (const Form& form : forms)
    if (form.info->mnemonic == "wgmma" && !form.has("mma_async"))
      order.push_back(form);
  std::vector<Case> all;
  Random random(1);
  for (const Form& form : forms)
    if (form.info->mnemonic == "wgmma" && form.has("mma_async")) {
      all.push_back(caseOf(form, random));
      all.back().forms.insert(all.back().forms.end(), order.begin(), order.end());
    }
  return all;
}

} // namespace anywarp::ptxmatrix
