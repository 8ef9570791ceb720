// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync and mma.sp (PTX ISA 9.7.14.5, 9.7.14.6): fragments filled as the manual's tables say.
#include "../matrix/fragment.h"
#include "case.h"

#include <memory>

namespace anywarp::ptxmatrix {

using namespace ptxtest;

namespace {

// Registers of A, B, C, metadata and D and where they are in memory.
struct Fragments {
  Registers a, b, c, d, e{1};
  size_t atA, atB, atC, atE, bytes;

  Fragments(const Spec& s, unsigned k) {
    auto of = [](unsigned elements, const Element& t) {
      unsigned bits = t.bits == 64 ? 64 : 32;
      return Registers{elements * t.bits / bits / 32, bits};
    };
    a = of(s.m * k, *s.a), b = of(s.k * s.n, *s.b), c = of(s.m * s.n, *s.c);
    d = of(s.m * s.n, *s.d);
    place();
  }
  void place() {
    atA = 0, atB = a.bytes(), atC = atB + b.bytes(), atE = atC + c.bytes();
    bytes = atE + e.bytes();
  }
};

Case caseOf(const Form& form, const Fragments& r, const std::string& more) {
  Case c;
  c.name = form.name() + more;
  c.forms = {form};
  c.inBytes = r.bytes;
  c.outBytes = r.d.bytes();
  c.text = r.a.load("a", r.atA) + r.b.load("b", r.atB) + r.c.load("c", r.atC) +
           r.e.load("e", r.atE) + r.d.declare("d") + "  " + form.name() + " " + r.d.list("d") +
           ", " + r.a.list("a") + ", " + r.b.list("b") + ", " + r.c.list("c") + more + ";\n" +
           r.d.store("d", 0);
  return c;
}

Case warpCase(const Form& form, unsigned selector) {
  Spec s = specOf(form);
  unsigned k = s.sparse ? s.k / 2 : s.k; // of A as it is stored
  Fragments r(s, k);
  Case c = caseOf(form, r, s.sparse ? ", %e0, " + number(selector) : "");
  c.unit = [=](Kind kind, Random& random) {
    auto p = std::make_shared<Problem>(s, kind, random);
    Unit u;
    u.in.resize(r.bytes);
    const Codes& a = s.sparse ? p->kept : p->a;
    for (unsigned lane = 0; lane < 32; ++lane) {
      for (unsigned i = 0; i < s.m * k / 32; ++i) {
        Place at = placeOfA(s.m, k, s.a->bits, lane, i);
        r.a.put(&u.in[r.atA], lane, i, s.a->bits, a.at(at.row, at.column));
      }
      unsigned per = 32 / std::min(s.b->bits, 32u);
      for (unsigned i = 0; i < s.k * s.n / 32; ++i) {
        // Sparse products have up to four registers of B, each of the next 4 * per rows.
        Place at = s.sparse ? Place{lane % 4 * per + i % per + i / per * 4 * per, lane / 4}
                            : placeOfB(s.b->bits, lane, i);
        r.b.put(&u.in[r.atB], lane, i, s.b->bits, p->b.at(at.row, at.column));
      }
      for (unsigned i = 0; i < s.m * s.n / 32; ++i) {
        Place at = placeOfC(lane, i);
        r.c.put(&u.in[r.atC], lane, i, s.c->bits, p->c.at(at.row, at.column));
      }
    }
    if (s.sparse)
      putMetadata(&u.in[r.atE], r.e, *p, selector, random);
    u.check = [=](const uint8_t* out) {
      Codes d(s.m, s.n);
      for (unsigned lane = 0; lane < 32; ++lane)
        for (unsigned i = 0; i < s.m * s.n / 32; ++i) {
          Place at = placeOfC(lane, i);
          d.at(at.row, at.column) = r.d.get(out, lane, i, s.d->bits);
        }
      return p->check([&](unsigned row, unsigned column) { return d.at(row, column); });
    };
    return u;
  };
  return c;
}

// m8n8k4 of f16: four products, each in eight lanes.
Case voltaCase(const Form& form) {
  Spec s = specOf(form);
  bool byRowsA = form.text("alayout") == "row", byRowsB = form.text("blayout") == "row";
  Fragments r(s, s.k);
  auto halfOf = [](const Element& t) { return t.name == "f16"; };
  r.a = r.b = {2};
  r.c = {halfOf(*s.c) ? 4u : 8u}, r.d = {halfOf(*s.d) ? 4u : 8u};
  r.place();
  Case c = caseOf(form, r, "");
  constexpr unsigned kLanes[] = {0, 1, 2, 3, 16, 17, 18, 19};
  c.unit = [=](Kind kind, Random& random) {
    auto problems = std::make_shared<std::vector<Problem>>();
    Unit u;
    u.in.resize(r.bytes);
    for (unsigned pair = 0; pair < 16; pair += 4) {
      const Problem& p = problems->emplace_back(s, kind, random);
      for (unsigned lane : kLanes) {
        for (unsigned i = 0; i < 4; ++i) {
          Place a = placeOfVoltaA(byRowsA, lane, i), b = placeOfVoltaB(byRowsB, lane, i);
          r.a.put(&u.in[r.atA], lane + pair, i, 16, p.a.at(a.row, a.column));
          r.b.put(&u.in[r.atB], lane + pair, i, 16, p.b.at(b.row, b.column));
        }
        for (unsigned i = 0; i < 8; ++i) {
          Place at = placeOfVoltaC(halfOf(*s.c), lane, i);
          r.c.put(&u.in[r.atC], lane + pair, i, s.c->bits, p.c.at(at.row, at.column));
        }
      }
    }
    u.check = [=](const uint8_t* out) {
      for (unsigned pair = 0; pair < 16; pair += 4) {
        Codes d(8, 8);
        for (unsigned lane : kLanes)
          for (unsigned i = 0; i < 8; ++i) {
            Place at = placeOfVoltaC(halfOf(*s.d), lane, i);
            d.at(at.row, at.column) = r.d.get(out, lane + pair, i, s.d->bits);
          }
        std::string error = (*problems)[pair / 4].check(
            [&](unsigned row, unsigned column) { return d.at(row, column); });
        if (!error.empty())
          return "product " + number(pair / 4) + ": " + error;
      }
      return std::string();
    };
    return u;
  };
  return c;
}

} // namespace

std::vector<Case> mmaCases(const std::vector<Form>& forms) {
  std::vector<Case> all;
  for (const Form& form : forms) {
    if (form.info->mnemonic != "mma")
      continue;
    if (form.has("alayout")) {
      all.push_back(voltaCase(form));
      continue;
    }
    Spec s = specOf(form);
    unsigned selectors = s.sparse ? selectorsOf(std::string(s.a->name), s.k) : 1;
    for (unsigned selector = 0; selector < selectors; ++selector)
      all.push_back(warpCase(form, selector));
  }
  return all;
}

} // namespace anywarp::ptxmatrix
