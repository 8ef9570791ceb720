// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.8 to 9.7.9.14: ld, ldu, st, st.bulk, multimem.ld_reduce and multimem.st. On one
// device a multicast object is its memory.
#include "ptx/lower/types.h"
#include "scene.h"

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr uint64_t kStep = 0x0123456789abcdefull; // between the elements that a store writes

// How the registers of an access are declared: as wide as the type, or all 64 bits.
struct Registers {
  Type type;
  unsigned count;
  bool wide;

  unsigned bits() const { return ptx::bitsOf(type); }
  std::string declaration() const {
    return "  .reg ." + std::string(wide ? "b64" : exactRegister(type)) + " %x<" + number(count) +
           ">;\n  .reg .b64 %y;\n";
  }
  std::string list() const {
    if (count == 1)
      return "%x0";
    std::string s;
    for (unsigned i = 0; i < count; ++i)
      s += (i ? ", %x" : "{%x") + number(i);
    return s + "}";
  }
  std::string set(unsigned i, const std::string& from) const {
    std::string x = "%x" + number(i);
    return wide ? "  mov.b64 " + x + ", " + from + ";\n" : toExact(type, x, from);
  }
  std::string get(unsigned i, const std::string& to) const {
    std::string x = "%x" + number(i);
    return wide ? "  mov.b64 " + to + ", " + x + ";\n" : fromExact(type, to, x);
  }
  // What get() gives after a load of these bytes, and after set().
  uint64_t loaded(const uint8_t* p) const {
    if (bits() == 128)
      return loadBits(p, 8) ^ loadBits(p + 8, 8) << 1;
    uint64_t x = loadBits(p, bits() / 8);
    return wide && ptx::isSigned(type) ? uint64_t(signedValue(x, bits())) : x;
  }
  uint64_t kept(uint64_t x) const {
    if (bits() == 128)
      return x ^ ~x << 1;
    return wide ? x : x & maskOf(bits());
  }
};

Registers registersOf(const Form& form, bool mayBeWide) {
  Type t = form.type();
  bool wide = mayBeWide && ptx::bitsOf(t) <= 64 && (ptx::isInteger(t) || ptx::isBits(t)) &&
              variantOf(form) % 2;
  return {t, vectorOf(form), wide};
}

// Where an access goes: the space of the region, and the address as text with its code.
struct Place {
  Space space;
  std::string code, address;
};

Place placeOf(const Form& form, unsigned bytes) {
  std::string_view space = form.text("space");
  unsigned variant = variantOf(form) / 2;
  Place p{Space::Global, "", "$a"};
  if (space.starts_with("shared"))
    p.space = Space::Shared;
  else if (space == "local")
    p.space = Space::Local;
  else if (space == "const")
    p.space = Space::Const;
  else if (space.starts_with("param"))
    p.space = Space::Param;
  else if (space.empty() && bytes <= 16 && !form.has("hint") && form.info->mnemonic != "multimem" &&
           form.info->mnemonic != "ldu")
    p.space = variant % 3 == 0 ? Space::Shared : variant % 3 == 1 ? Space::Local : Space::Global;
  if (space.empty() && p.space != Space::Global) { // generic addresses of a window
    p.code = std::string("  .reg .b64 %p;\n  cvta.") +
             (p.space == Space::Shared ? "shared" : "local") + ".u64 %p, $a;\n";
    p.address = "%p";
  } else if (p.space == Space::Shared && variant % 2) {
    p.code = "  .reg .b32 %p;\n  cvt.u32.u64 %p, $a;\n";
    p.address = "%p";
  } else if (variant % 4 == 3) {
    p.code = "  .reg .b64 %p;\n  sub.u64 %p, $a, 48;\n";
    p.address = "%p+48";
  }
  return p;
}

void resultsOf(Block& b, unsigned t, const uint8_t* slot, const Registers& r) {
  for (unsigned i = 0; i < r.count; ++i)
    b.result(t, i, b.runs(t) ? r.loaded(slot + i * r.bits() / 8) : r.kept(kBefore));
}

Scene load(const Form& form) {
  Registers r = registersOf(form, form.info->mnemonic != "multimem");
  unsigned bytes = r.count * r.bits() / 8;
  Place p = placeOf(form, bytes);
  Scene s;
  s.space = p.space;
  s.stride = bytes;
  s.text = r.declaration() + p.code + "  mov.b64 %y, " + number(kBefore) + ";\n";
  for (unsigned i = 0; i < r.count; ++i)
    s.text += r.set(i, "%y");
  s.text +=
      "  $g " + form.name() + " " + r.list() + ", [" + p.address + "]" + cachePolicy(form) + ";\n";
  for (unsigned i = 0; i < r.count; ++i)
    s.text += r.get(i, "%y") + resultText(i, "%y");
  s.compute =
      eachLane(bytes, [r](Block& b, unsigned t, const uint8_t* slot) { resultsOf(b, t, slot, r); });
  return s;
}

std::string copyWords(const std::string& load, const std::string& from, const std::string& store,
                      const std::string& to) {
  std::string s;
  for (unsigned i = 0; i < kSlot; i += 8)
    s += "  " + load + ".b64 %y, [" + from + "+" + number(i) + "];\n  " + store + ".b64 [" + to +
         "+" + number(i * (to == "$o" ? kPitch / 8 : 1)) + "], %y;\n";
  return s;
}

// In a function: its parameter is the slot.
Scene loadInFunction(const Form& form) {
  Registers r = registersOf(form, true);
  Scene s;
  s.stride = kSlot;
  s.module = ".func (.param .align 16 .b8 r[128]) f$u(.param .align 32 .b8 p[32])\n{\n" +
             r.declaration() + "  .reg .b64 %pol;\n  " + form.name() + " " + r.list() + ", [p];\n";
  for (unsigned i = 0; i < r.count; ++i)
    s.module += r.get(i, "%y") + "  st.param.b64 [r+" + number(8 * i) + "], %y;\n";
  s.module += "  ret;\n}\n";
  s.text = "  .reg .b64 %y;\n  .param .align 32 .b8 p[32];\n  .param .align 16 .b8 r[128];\n" +
           copyWords("ld.global", "$a", "st.param", "p") + "  $g call (r), f$u, (p);\n";
  for (unsigned i = 0; i < r.count; ++i)
    s.text += "  mov.b64 %y, " + number(r.kept(kBefore)) + ";\n  $g ld.param.b64 %y, [r+" +
              number(8 * i) + "];\n" + resultText(i, "%y");
  s.compute =
      eachLane(kSlot, [r](Block& b, unsigned t, const uint8_t* slot) { resultsOf(b, t, slot, r); });
  return s;
}

std::string storeText(const Form& form, const Registers& r, const std::string& address) {
  std::string s;
  for (unsigned i = 0; i < r.count; ++i)
    s += "  add.u64 %y, $" + number(i % 4) + ", " + number(i * kStep) + ";\n" + r.set(i, "%y");
  return s + "  $g " + form.name() + " [" + address + "], " + r.list() + cachePolicy(form) + ";\n";
}

void storeTo(uint8_t* slot, const uint64_t* in, const Registers& r) {
  unsigned bytes = r.bits() / 8;
  for (unsigned i = 0; i < r.count; ++i) {
    uint64_t x = in[i % 4] + i * kStep, parts[2] = {x, ~x};
    memcpy(slot + i * bytes, parts, bytes);
  }
}

Scene store(const Form& form) {
  Registers r = registersOf(form, form.info->mnemonic != "multimem");
  unsigned bytes = r.count * r.bits() / 8;
  Place p = placeOf(form, bytes);
  Scene s;
  s.space = p.space;
  s.stride = bytes;
  s.text = r.declaration() + p.code + storeText(form, r, p.address);
  s.compute = eachLane(bytes, [r](Block& b, unsigned t, uint8_t* slot) {
    if (b.runs(t))
      storeTo(slot, b.in[t], r);
  });
  return s;
}

// The argument of a call, which gives it back.
Scene storeArgument(const Form& form) {
  Registers r = registersOf(form, true);
  Scene s;
  s.stride = kSlot;
  s.module = ".func (.param .align 32 .b8 r[32]) f$u(.param .align 32 .b8 p[32])\n{\n"
             "  .reg .b64 %y;\n" +
             copyWords("ld.param", "p", "st.param", "r") + "  ret;\n}\n";
  s.text = r.declaration() + "  .param .align 32 .b8 p[32];\n  .param .align 32 .b8 r[32];\n" +
           copyWords("ld.global", "$a", "st.param", "p") + storeText(form, r, "p") +
           "  call.uni (r), f$u, (p);\n" + copyWords("ld.param", "r", "st.global", "$o");
  s.compute = eachLane(kSlot, [r](Block& b, unsigned t, uint8_t* slot) {
    uint8_t argument[kSlot];
    memcpy(argument, slot, kSlot);
    if (b.runs(t))
      storeTo(argument, b.in[t], r);
    for (unsigned i = 0; i < kSlot / 8; ++i)
      b.result(t, i, loadBits(argument + 8 * i, 8));
  });
  return s;
}

// 16 or 32 bytes.
Scene fillWithZeros(const Form& form) {
  Scene s;
  s.space = Space::Shared;
  s.text =
      "  .reg .b64 %p, %n;\n  and.b64 %n, $0, 1;\n  add.u64 %n, %n, 1;\n  shl.b64 %n, %n, 4;\n" +
      std::string(form.has("space") ? "  mov.b64 %p, $a;\n" : "  cvta.shared.u64 %p, $a;\n") +
      "  $g " + form.name() + " [%p], %n, 0;\n";
  s.compute = eachLane(kSlot, [](Block& b, unsigned t, uint8_t* slot) {
    if (b.runs(t))
      memset(slot, 0, b.in[t][0] & 1 ? 32 : 16);
  });
  return s;
}

} // namespace

std::vector<Scene> memoryScenes(const Form& form) {
  std::string_view record = form.info->record, space = form.text("space");
  if (record == "StBulk")
    return {fillWithZeros(form)};
  if (record == "Ldu" || record.starts_with("MultimemLdReduce"))
    return {load(form)};
  if (record == "MultimemSt")
    return {store(form)};
  if (record == "Ld") {
    std::vector<Scene> all;
    if (space != "param::func")
      all.push_back(load(form));
    if (space == "param" || space == "param::func")
      all.push_back(loadInFunction(form));
    return all;
  }
  if (record == "St")
    return {space.starts_with("param") ? storeArgument(form) : store(form)};
  return {};
}

} // namespace anywarp::ptxsweep
