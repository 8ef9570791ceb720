// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.5, 9.7.14.6 and 9.7.9.14: atom, red and multimem.red. Where nobody reads the old
// value, every second form has all lanes of a block meet at few places.
#include "ptx/lower/types.h"
#include "scene.h"

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

// Of one number; packed types go part by part.
uint64_t updatedPart(std::string_view op, Type t, uint64_t old, uint64_t x) {
  unsigned bits = ptx::isHalfPair(t) ? 16 : ptx::bitsOf(t);
  if (op == "and")
    return old & x;
  if (op == "or")
    return old | x;
  if (op == "xor")
    return old ^ x;
  if (op == "exch")
    return x;
  if (op == "inc")
    return old >= x ? 0 : old + 1;
  if (op == "dec")
    return old == 0 || old > x ? x : old - 1;
  if (ptx::isFloat(t) || ptx::isHalf(t) || ptx::isHalfPair(t)) {
    const Format& f = formatOf(t);
    Number a = decode(old, f), b = decode(x, f);
    if (op == "add")
      return encode(add(a, b, Rnd::Nearest), f, Rnd::Nearest);
    // A number wins over a NaN, +0 over -0.
    if (a.kind == Number::NaN || b.kind == Number::NaN)
      return a.kind != Number::NaN ? old : b.kind != Number::NaN ? x : f.nan;
    int order = compare(a, b);
    bool first = order == 0 ? a.negative == (op == "min") : (order < 0) == (op == "min");
    return first ? old : x;
  }
  if (op == "add")
    return (old + x) & maskOf(bits);
  bool less = valueOf(old, bits, ptx::isSigned(t)) < valueOf(x, bits, ptx::isSigned(t));
  return less == (op == "min") ? old : x;
}

bool commutes(std::string_view op, Type t) {
  bool integer = ptx::isInteger(t) || ptx::isBits(t);
  return integer &&
         (op == "and" || op == "or" || op == "xor" || op == "add" || op == "min" || op == "max");
}

struct Shape {
  Type type;
  unsigned count, bytes;
  bool returns;
};

// Code that makes `address` hold where the lane works.
std::string addressCode(const Form& form, Scene& s, bool together) {
  std::string_view space = form.text("space");
  unsigned variant = variantOf(form) / 2;
  bool shared = space.starts_with("shared") ||
                (space.empty() && !form.has("vec") && form.info->mnemonic != "multimem" &&
                 !form.has("hint") && variant % 2);
  s.space = shared ? Space::Shared : Space::Global;
  // Together: one of the first four slots, or all at one.
  std::string code = "  .reg .b64 %p;\n  mov.b64 %p, $a;\n";
  if (together)
    code = variant % 4 == 0 ? "  .reg .b64 %p;\n  add.u64 %p, $b, " + number(3 * s.stride) + ";\n"
                            : "  .reg .b64 %p;\n  .reg .b32 %n;\n  and.b32 %n, %tid, 3;\n"
                              "  mad.wide.u32 %p, %n, " +
                                  number(s.stride) + ", $b;\n";
  if (shared && space.empty())
    code += "  cvta.shared.u64 %p, %p;\n";
  return code;
}

unsigned placeOf(const Form& form, Block& b, unsigned t, bool together) {
  if (!together)
    return b.slotOf(t);
  return variantOf(form) / 2 % 4 == 0 ? 3 : t & 3;
}

Scene update(const Form& form) {
  Scene s;
  Type t = form.type();
  std::string op(form.text("op"));
  Shape shape{t, vectorOf(form), ptx::bitsOf(t) / 8, form.info->mnemonic == "atom"};
  bool together = !shape.returns && commutes(op, t) && variantOf(form) % 2;
  s.stride = shape.count * shape.bytes;
  s.element = t;
  std::string type = " ." + std::string(exactRegister(t));
  s.text = addressCode(form, s, together) + "  .reg" + type + " %x<8>, %d<8>;\n  .reg .b64 %y;\n";
  for (unsigned i = 0; i < shape.count; ++i)
    s.text += toExact(t, "%x" + number(i), "$" + number(i % 4));
  if (shape.returns) {
    s.text += "  mov.b64 %y, " + number(kBefore) + ";\n";
    for (unsigned i = 0; i < shape.count; ++i)
      s.text += toExact(t, "%d" + number(i), "%y");
  }
  s.text += "  $g " + form.name() + " " +
            (shape.returns ? registerList("%d", shape.count) + ", " : std::string()) + "[%p], " +
            registerList("%x", shape.count) + cachePolicy(form) + ";\n";
  for (unsigned i = 0; shape.returns && i < shape.count; ++i)
    s.text += fromExact(t, "%y", "%d" + number(i)) + resultText(i, "%y");
  s.compute = [=](Block& b) {
    for (unsigned lane = 0; lane < kThreads; ++lane) {
      if (!b.comes(lane))
        continue;
      uint8_t* slot = b.region + placeOf(form, b, lane, together) * s.stride;
      for (unsigned i = 0; i < shape.count; ++i) {
        uint8_t* p = slot + i * shape.bytes;
        uint64_t x = b.in[lane][i % 4];
        if (shape.bytes == 16) { // exch
          uint64_t parts[2] = {x, ~x};
          if (shape.returns)
            b.result(lane, i,
                     b.runs(lane) ? loadBits(p, 8) ^ loadBits(p + 8, 8) << 1
                                  : kBefore ^ ~kBefore << 1);
          if (b.runs(lane))
            memcpy(p, parts, 16);
          continue;
        }
        uint64_t mask = maskOf(8 * shape.bytes), old = loadBits(p, shape.bytes);
        if (shape.returns)
          b.result(lane, i, b.runs(lane) ? old : kBefore & mask);
        uint64_t next = updatedBits(op, t, old, x & mask);
        if (b.runs(lane))
          memcpy(p, &next, shape.bytes);
      }
    }
  };
  return s;
}

// Compares with what is there (every second lane) or with something else.
Scene compareAndSwap(const Form& form) {
  Scene s;
  Type t = form.type();
  unsigned bytes = ptx::bitsOf(t) / 8;
  s.stride = bytes;
  std::string type = " ." + std::string(exactRegister(t));
  s.text = addressCode(form, s, false) + "  .reg" + type +
           " %x<3>;\n  .reg .b64 %y;\n  .reg .pred %q;\n" + toExact(t, "%x0", "$0") +
           toExact(t, "%x1", "$1") +
           "  { .reg .b32 %n; and.b32 %n, %lane, 1; setp.eq.u32 %q, %n, 0; }\n  @%q ld." +
           std::string(s.space == Space::Shared ? "shared" : "global") + ".b" + number(8 * bytes) +
           " %x0, [$a];\n  mov.b64 %y, " + number(kBefore) + ";\n" + toExact(t, "%x2", "%y") +
           "  $g " + form.name() + " %x2, [%p], %x0, %x1;\n" + fromExact(t, "%y", "%x2") +
           resultText(0, "%y");
  s.compute = eachLane(bytes, [bytes](Block& b, unsigned t, uint8_t* slot) {
    uint64_t x = b.in[t][1], parts[2] = {x, ~x}, low = loadBits(slot, std::min(bytes, 8u)),
             high = bytes == 16 ? loadBits(slot + 8, 8) : 0, before = kBefore;
    uint64_t old = bytes == 16 ? low ^ high << 1 : low;
    if (!b.runs(t))
      old = bytes == 16 ? before ^ ~before << 1 : before & maskOf(8 * bytes);
    b.result(t, 0, old);
    uint64_t other = b.in[t][0] & maskOf(8 * bytes);
    bool same = t % 2 == 0 || (other == low && (bytes < 16 || high == ~other));
    if (b.runs(t) && same)
      memcpy(slot, parts, bytes);
  });
  return s;
}

} // namespace

uint64_t updatedBits(std::string_view op, Type t, uint64_t old, uint64_t x) {
  if (!ptx::isHalfPair(t))
    return updatedPart(op, t, old, x);
  return updatedPart(op, t, old & 0xffff, x & 0xffff) |
         updatedPart(op, t, old >> 16 & 0xffff, x >> 16 & 0xffff) << 16;
}

std::vector<Scene> atomicScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "AtomCas")
    return {compareAndSwap(form)};
  if (record == "Atom" || record == "AtomVec" || record == "RedOp" || record == "RedVec" ||
      record == "MultimemRed")
    return {update(form)};
  return {};
}

} // namespace anywarp::ptxsweep
