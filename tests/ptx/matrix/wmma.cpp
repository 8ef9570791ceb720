// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wmma (PTX ISA 9.7.14.4). The layout of fragments is open, so a case is a program: load A, B and
// C, multiply, store D, and memory is compared. Every wmma.mma form comes once; layouts of C and D,
// state spaces and leading dimensions take turns, and programs are added until every load and store
// form is in one. Lines of a matrix lie farther apart than they must in three of four programs.
#include "case.h"

#include <cstring>
#include <map>
#include <memory>

namespace anywarp::ptxmatrix {

namespace {

constexpr unsigned kTurns = 8;
constexpr uint8_t kUntouched = 0xcc;

// A matrix in memory: lines are rows or columns, `stride` elements from start to start.
struct Image {
  const Element* type = nullptr;
  unsigned rows = 0, columns = 0, stride = 0;
  bool byRows = true;
  size_t offset = 0; // in the unit's memory

  unsigned lines() const { return byRows ? rows : columns; }
  unsigned along() const { return byRows ? columns : rows; }
  size_t bytes() const { return size_t(lines()) * stride * type->bits / 8; }
  size_t position(unsigned r, unsigned c) const {
    return byRows ? size_t(r) * stride + c : size_t(c) * stride + r;
  }
  void put(uint8_t* base, unsigned r, unsigned c, uint64_t code) const {
    size_t at = position(r, c) * type->bits;
    uint8_t* p = base + offset + at / 8;
    if (type->bits >= 8)
      memcpy(p, &code, type->bits / 8);
    else
      *p = uint8_t((*p & ~(type->mask() << at % 8)) | code << at % 8);
  }
  uint64_t get(const uint8_t* base, unsigned r, unsigned c) const {
    uint64_t code = 0;
    memcpy(&code, base + position(r, c) * type->bits / 8, type->bits / 8);
    return code;
  }
};

// Registers of a fragment (tables of 9.7.14.4.1): f16 operands always have eight.
Registers fragmentOf(const Image& image, bool isAccumulator) {
  const Element& t = *image.type;
  unsigned bits = t.bits == 64 ? 64 : 32;
  if (t.name == "f16" && !isAccumulator)
    return {8};
  return {image.rows * image.columns * t.bits / bits / 32, bits};
}

// Loads and stores by what they move: matrix, shape, type, layout, space.
using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;

Key keyOf(const Form& f) {
  auto text = [&](std::string_view slot) { return std::string(f.text(slot)); };
  return {text("matrix"), text("shape"), text("type"), text("layout"), text("space")};
}

struct Move {
  Image image;
  Form form;
  std::string name; // of the registers
  bool isShared = false, hasStride = true;
};

std::string moveText(const Move& m, const Registers& r) {
  std::string address = m.isShared ? "%base" : "%in", at = "%p" + m.name;
  bool narrow = m.form.text("space").starts_with("shared");
  std::string s = "  .reg .b" + std::string(narrow ? "32" : "64") + " " + at + ";\n  add.u" +
                  (narrow ? "32 " : "64 ") + at + ", " +
                  (narrow       ? "%base"
                   : m.isShared ? "%shared"
                                : "%in") +
                  ", " + number(m.image.offset) + ";\n";
  std::string stride;
  if (m.hasStride) { // in a register
    s += "  .reg .b32 %s" + m.name + ";\n  mov.b32 %s" + m.name + ", " + number(m.image.stride) +
         ";\n";
    stride = ", %s" + m.name;
  }
  bool isStore = m.form.has("store");
  return s + (isStore ? "" : r.declare(m.name)) + "  " + m.form.name() + " " +
         (isStore ? "[" + at + "], " + r.list(m.name) : r.list(m.name) + ", [" + at + "]") +
         stride + ";\n";
}

struct Program {
  Form mma;
  Move a, b, c, d;
  size_t bytes = 0;
  bool usesShared() const { return a.isShared || b.isShared || c.isShared || d.isShared; }
};

class Maker {
public:
  explicit Maker(const std::vector<Form>& forms) {
    for (const Form& f : forms)
      if (f.info->mnemonic == "wmma" && !f.has("mma"))
        moves_[keyOf(f)] = f;
  }

  // The program of `turn` with this product.
  Program make(const Form& mma, unsigned turn) const {
    Spec s = specOf(mma);
    // Those of single bits are fixed.
    bool byRowsA = mma.text("alayout") != "col", byRowsB = mma.text("blayout") == "row";
    std::string shape(mma.text("shape"));
    Program p{mma, {}, {}, {}, {}};
    auto set = [&](Move& m, const char* name, const Element& type, unsigned rows, unsigned columns,
                   bool byRows, unsigned space) {
      static constexpr const char* kSpaces[] = {"", "global", "shared", "shared::cta"};
      m.name = name;
      m.image = {&type, rows, columns, 0, byRows, p.bytes};
      m.hasStride = space != 1 || turn % 2;
      // A multiple of 16 bytes: lines stay aligned.
      m.image.stride = m.image.along() + (m.hasStride && turn % 4 ? turn % 4 * 128 / type.bits : 0);
      m.isShared = space > 1 || (space == 0 && turn % 2);
      m.form =
          moves_.at({name, shape, std::string(type.name), byRows ? "row" : "col", kSpaces[space]});
      p.bytes += (m.image.bytes() + 31) / 32 * 32;
    };
    set(p.a, "a", *s.a, s.m, s.k, byRowsA, turn % 4);
    set(p.b, "b", *s.b, s.k, s.n, byRowsB, (turn + 1) % 4);
    set(p.c, "c", *s.c, s.m, s.n, turn / 4 % 2, (turn + 2) % 4);
    set(p.d, "d", *s.d, s.m, s.n, (turn / 4 + turn) % 2, (turn + 3) % 4);
    return p;
  }

private:
  std::map<Key, Form> moves_;
};

Case caseOf(const Program& p) {
  Registers ra = fragmentOf(p.a.image, false), rb = fragmentOf(p.b.image, false),
            rc = fragmentOf(p.c.image, true), rd = fragmentOf(p.d.image, true);
  Case c;
  c.name = p.mma.name() + " (" + p.a.form.name() + ", " + p.b.form.name() + ", " + p.c.form.name() +
           ", " + p.d.form.name() + ")";
  c.forms = {p.mma, p.a.form, p.b.form, p.c.form, p.d.form};
  c.inBytes = p.bytes;
  c.outBytes = p.d.image.bytes();
  if (p.usesShared()) {
    c.sharedBytes = p.bytes;
    c.text = copyText("IN$u", "%in", "%shared", p.bytes, 32) + "  bar.warp.sync -1;\n";
  }
  c.text += moveText(p.a, ra) + moveText(p.b, rb) + moveText(p.c, rc) + rd.declare("d") + "  " +
            p.mma.name() + " " + rd.list("d") + ", " + ra.list("a") + ", " + rb.list("b") + ", " +
            rc.list("c") + ";\n" + moveText(p.d, rd) +
            "  bar.warp.sync -1;\n  .reg .b64 %result;\n" + "  add.u64 %result, " +
            (p.d.isShared ? "%shared" : "%in") + ", " + number(p.d.image.offset) + ";\n" +
            copyText("OUT$u", "%result", "%out", c.outBytes, 32);
  Spec s = specOf(p.mma);
  c.unit = [=](Kind kind, Random& random) {
    auto problem = std::make_shared<Problem>(s, kind, random);
    Unit u;
    u.in.assign(p.bytes, kUntouched);
    for (auto [image, codes] :
         {std::pair{&p.a.image, &problem->a}, {&p.b.image, &problem->b}, {&p.c.image, &problem->c}})
      for (unsigned row = 0; row < image->rows; ++row)
        for (unsigned column = 0; column < image->columns; ++column)
          image->put(u.in.data(), row, column, codes->at(row, column));
    u.check = [problem, image = p.d.image](const uint8_t* out) {
      std::string error = problem->check(
          [&](unsigned row, unsigned column) { return image.get(out, row, column); });
      size_t line = image.stride * image.type->bits / 8,
             used = image.along() * image.type->bits / 8;
      for (size_t i = 0; i < image.bytes() && error.empty(); ++i)
        if (i % line >= used && out[i] != kUntouched)
          error = "byte " + number(i) + " between the lines of D has changed";
      return error;
    };
    return u;
  };
  return c;
}

} // namespace

std::vector<Case> wmmaCases(const std::vector<Form>& forms) {
  Maker maker(forms);
  std::vector<Case> all;
  std::set<std::string> covered;
  unsigned turn = 0;
  // First every product, then what else loads and stores need.
  for (unsigned round = 0; round <= kTurns; ++round)
    for (const Form& form : forms) {
      if (form.info->mnemonic != "wmma" || !form.has("mma"))
        continue;
      Case c = caseOf(maker.make(form, round ? round - 1 : turn++));
      bool isNew = false;
      for (const Form& f : c.forms)
        isNew |= covered.insert(f.name()).second;
      if (isNew)
        all.push_back(std::move(c));
    }
  return all;
}

} // namespace anywarp::ptxmatrix
