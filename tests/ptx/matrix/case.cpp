// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "case.h"

#include "../matrix/fragment.h"

#include <cstdio>
#include <cstring>

namespace anywarp::ptxmatrix {

bool isMatrix(const ptx::InstrInfo& info) {
  for (const char* m : {"wmma", "mma", "ldmatrix", "stmatrix", "movmatrix", "wgmma"})
    if (info.mnemonic == m)
      return true;
  return false;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    std::vector<Form> forms;
    for (const ptx::InstrInfo& info : ptx::instructions())
      if (isMatrix(info))
        for (const Form& form : ptxsweep::formsOf(info))
          if (ptxsweep::isLegal(form))
            forms.push_back(form);
    std::vector<Case> list;
    for (auto* factory : {mmaCases, wmmaCases, moveCases, wgmmaCases})
      for (Case& c : factory(forms))
        list.push_back(std::move(c));
    return list;
  }();
  return all;
}

const std::set<std::string>& testedForms() {
  static const std::set<std::string> all = [] {
    std::set<std::string> names;
    for (const Case& c : cases())
      for (const Form& f : c.forms)
        names.insert(std::string(f.info->record) + " " + f.name());
    return names;
  }();
  return all;
}

void Registers::put(uint8_t* base, unsigned lane, unsigned i, unsigned elementBits,
                    uint64_t code) const {
  unsigned per = bits / elementBits;
  uint8_t* at = base + (size_t(i / per) * lanes + lane) * bits / 8;
  uint64_t word = 0;
  memcpy(&word, at, bits / 8);
  word |= code << (i % per * elementBits);
  memcpy(at, &word, bits / 8);
}

uint64_t Registers::get(const uint8_t* base, unsigned lane, unsigned i,
                        unsigned elementBits) const {
  unsigned per = bits / elementBits;
  uint64_t word = 0;
  memcpy(&word, base + (size_t(i / per) * lanes + lane) * bits / 8, bits / 8);
  uint64_t mask = elementBits == 64 ? ~0ull : (1ull << elementBits) - 1;
  return word >> (i % per * elementBits) & mask;
}

std::string Registers::declare(const std::string& name) const {
  return "  .reg ." + std::string(bits == 64 ? "f64" : "b32") + " %" + name + "<" + number(count) +
         ">;\n";
}

std::string Registers::load(const std::string& name, size_t offset) const {
  std::string s = declare(name), type = bits == 64 ? "f64" : "b32";
  for (unsigned i = 0; i < count; ++i)
    s += "  ld.global." + type + " %" + name + number(i) + ", [%i" + number(bits / 8) + "+" +
         number(offset + size_t(i) * lanes * bits / 8) + "];\n";
  return s;
}

std::string Registers::store(const std::string& name, size_t offset) const {
  std::string s, type = bits == 64 ? "f64" : "b32";
  for (unsigned i = 0; i < count; ++i)
    s += "  st.global." + type + " [%o" + number(bits / 8) + "+" +
         number(offset + size_t(i) * lanes * bits / 8) + "], %" + name + number(i) + ";\n";
  return s;
}

std::string Registers::list(const std::string& name) const {
  std::string s = "{";
  for (unsigned i = 0; i < count; ++i)
    s += (i ? ", %" : "%") + name + number(i);
  return s + "}";
}

void putMetadata(uint8_t* base, const Registers& e, const Problem& p, unsigned selector,
                 Random& random) {
  using namespace ptxtest;
  unsigned bits = p.spec.a->bits, choices = selectorsOf(std::string(p.spec.a->name), p.spec.k);
  unsigned chunks = p.spec.k / chunkOf(bits), threads = 4 / choices;
  for (unsigned thread = 0; thread < e.lanes; ++thread) // nobody may read the others' words
    if (thread % 4 / threads != selector)
      e.put(base, thread, 0, 32, uint32_t(random()));
  for (unsigned row = 0; row < e.lanes / 2; ++row)
    for (unsigned chunk = 0; chunk < chunks; ++chunk) {
      MetadataPlace at = placeOfMetadata(bits, choices, selector, row % 16, chunk);
      e.put(base, row / 16 * 32 + at.lane, at.shift / 4, 4, p.metadata[row * chunks + chunk]);
    }
}

Spec specOf(const Form& form) {
  Spec s;
  sscanf(std::string(form.text("shape")).c_str(), "m%un%uk%u", &s.m, &s.n, &s.k);
  std::string_view d = form.text("dtype"), c = form.text("ctype");
  s.a = &elementOf(form.has("atype") ? form.text("atype") : "f16");
  s.b = &elementOf(form.has("btype") ? form.text("btype") : "f16");
  s.d = &elementOf(d);
  s.c = &elementOf(c.empty() ? d : c);
  s.op = form.text("op");
  s.rnd = form.text("rnd");
  s.satfinite = form.has("satfinite");
  s.sparse = form.has("sp");
  s.ordered = form.text("sp") != "sp" || form.info->mnemonic == "wgmma";
  return s;
}

std::string number(uint64_t x) {
  return std::to_string(x);
}

std::string copyText(const std::string& label, const std::string& from, const std::string& to,
                     size_t bytes, unsigned lanes) {
  std::string s = "  { .reg .b64 %f, %t; .reg .b32 %n, %x; .reg .pred %more;\n"
                  "  shl.b32 %n, %lane, 2;\n" +
                  label + ":\n  cvt.u64.u32 %f, %n;\n  add.u64 %t, %f, " + to +
                  ";\n  add.u64 %f, %f, " + from + ";\n  ld.b32 %x, [%f];\n  st.b32 [%t], %x;\n" +
                  "  add.u32 %n, %n, " + number(4 * lanes) + ";\n  setp.lt.u32 %more, %n, " +
                  number(bytes) + ";\n  @%more bra " + label + ";\n  }\n";
  return s;
}

} // namespace anywarp::ptxmatrix
