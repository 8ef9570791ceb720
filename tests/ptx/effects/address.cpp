// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9: mov, cvta, isspacep, mapa, getctarank, prefetches and cache policies.
#include "ptx/lower/types.h"
#include "scene.h"

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

const std::string kKept = number(kBefore);

std::string vectorText(const char* name, unsigned count) {
  std::string s = "{";
  for (unsigned i = 0; i < count; ++i)
    s += (i ? ", " : "") + std::string(name) + number(i);
  return s + "}";
}

Scene copy(const Form& form) {
  Scene s;
  Type t = form.type();
  unsigned n = vectorOf(form);
  if (t == Type::Pred) {
    s.text =
        "  .reg .pred %x, %d;\n  .reg .b64 %y;\n  and.b64 %y, $0, 1;\n  setp.ne.u64 %x, %y, 0;\n"
        "  setp.ne.u64 %d, $0, $0;\n  $g mov.pred %d, %x;\n  selp.b64 %y, 1, 0, %d;\n" +
        resultText(0, "%y");
    s.compute = eachLane(kSlot, [](Block& b, unsigned t, uint8_t*) {
      b.result(t, 0, b.runs(t) ? b.in[t][0] & 1 : 0);
    });
    return s;
  }
  unsigned bits = ptx::bitsOf(t);
  s.text = "  .reg ." + std::string(exactRegister(t)) +
           " %x<4>, %d<4>;\n  .reg .b64 %y;\n  mov.b64 %y, " + kKept + ";\n";
  for (unsigned i = 0; i < n; ++i)
    s.text += toExact(t, "%x" + number(i), "$" + number(i)) + toExact(t, "%d" + number(i), "%y");
  s.text += "  $g " + form.name() + " " +
            (n == 1 ? "%d0, %x0" : vectorText("%d", n) + ", " + vectorText("%x", n)) + ";\n";
  for (unsigned i = 0; i < n; ++i)
    s.text += fromExact(t, "%y", "%d" + number(i)) + resultText(i, "%y");
  s.compute = eachLane(kSlot, [n, bits](Block& b, unsigned t, uint8_t*) {
    for (unsigned i = 0; i < n; ++i) {
      uint64_t x = b.runs(t) ? b.in[t][i] : kBefore;
      b.result(t, i, bits == 128 ? x ^ ~x << 1 : x & maskOf(bits));
    }
  });
  return s;
}

// mov.b32 d, {a, b} and mov.b32 {d, e}, a; `parts` to a register.
Scene pack(const Form& form, unsigned parts) {
  Scene s;
  unsigned bits = ptx::bitsOf(form.type()), small = bits / parts;
  std::string part = "b" + number(std::max(small, 16u));
  s.text = "  .reg ." + std::string(exactRegister(form.type())) + " %d;\n  .reg ." + part +
           " %x<4>, %e<4>;\n  .reg .b64 %y;\n";
  for (unsigned i = 0; i < parts; ++i) {
    std::string n = number(i);
    s.text += small == 64
                  ? "  mov.b64 %x" + n + ", $" + n + ";\n"
                  : "  cvt.u" + number(std::max(small, 16u)) + ".u64 %x" + n + ", $" + n + ";\n";
    s.text += "  mov." + part + " %e" + n + ", 0;\n";
  }
  s.text += "  " + form.name() + " %d, " + vectorText("%x", parts) + ";\n  $g " + form.name() +
            " " + vectorText("%e", parts) + ", %d;\n";
  for (unsigned i = 0; i < parts; ++i) {
    std::string e = "%e" + number(i);
    s.text += (small == 64 ? "  mov.b64 %y, " + e
                           : "  cvt.u64.u" + number(std::max(small, 16u)) + " %y, " + e) +
              ";\n" + resultText(i, "%y");
  }
  s.text += fromExact(form.type(), "%y", "%d") + resultText(parts, "%y");
  s.compute = eachLane(kSlot, [=](Block& b, unsigned t, uint8_t*) {
    uint64_t all = 0;
    for (unsigned i = 0; i < parts; ++i) {
      uint64_t x = b.in[t][i] & maskOf(small);
      b.result(t, i, b.runs(t) ? x : 0);
      all |= bits == 128 ? 0 : x << i * small;
    }
    b.result(t, parts, bits == 128 ? b.in[t][0] ^ b.in[t][1] << 1 : all);
  });
  return s;
}

Space spaceOf(std::string_view name) {
  return name.starts_with("shared")  ? Space::Shared
         : name.starts_with("param") ? Space::Param
         : name == "local"           ? Space::Local
         : name == "const"           ? Space::Const
                                     : Space::Global;
}

// The address must lead to the slot from the other side.
Scene convert(const Form& form) {
  Scene s;
  std::string space(form.text("space"));
  s.space = spaceOf(space);
  s.stride = 8;
  bool to = form.has("to"), narrow = form.type() == Type::U32;
  std::string generic = "  cvta." + space + ".u64 %q, $a;\n";
  s.text = "  .reg .b64 %p, %q, %y;\n  .reg .b32 %n, %m;\n  mov.b64 %y, " + kKept + ";\n" + generic;
  if (!narrow) {
    s.text += to ? "  $g " + form.name() + " %p, %q;\n  $g ld." + space + ".b64 %y, [%p];\n"
                 : "  $g " + form.name() + " %p, $a;\n  $g ld.b64 %y, [%p];\n";
  } else {
    // Half of an address: the lower half of what the other gives.
    std::string from = to ? "%q" : "$a", want = to ? "$a" : "%q";
    s.text += "  cvt.u32.u64 %n, " + from + ";\n  cvt.u32.u64 %m, " + want + ";\n  $g " +
              form.name() + " %n, %n;\n  $g sub.u32 %n, %n, %m;\n  $g cvt.u64.u32 %y, %n;\n";
  }
  s.text += resultText(0, "%y");
  s.compute = eachLane(8, [narrow](Block& b, unsigned t, uint8_t* slot) {
    b.result(t, 0, !b.runs(t) ? kBefore : narrow ? 0 : loadBits(slot, 8));
  });
  return s;
}

// Generic addresses of global and shared memory.
Scene isInSpace(const Form& form, Space where) {
  Scene s;
  s.space = where;
  std::string_view asked = form.text("space");
  bool yes = where == Space::Shared ? asked.starts_with("shared") : asked == "global";
  s.text =
      std::string("  .reg .b64 %p, %y;\n  .reg .pred %d;\n  setp.ne.u64 %d, $0, $0;\n  cvta.") +
      (where == Space::Shared ? "shared" : "global") + ".u64 %p, $a;\n  $g " + form.name() +
      " %d, %p;\n  selp.b64 %y, 1, 0, %d;\n" + resultText(0, "%y");
  s.compute =
      eachLane(kSlot, [yes](Block& b, unsigned t, uint8_t*) { b.result(t, 0, b.runs(t) && yes); });
  return s;
}

// Nothing to see but that memory is as before.
Scene hint(const Form& form, const std::string& operands) {
  Scene s;
  std::string_view space = form.text("space");
  s.space = spaceOf(space);
  s.text = "  $g " + form.name() + " " + operands + ";\n";
  s.compute = [](Block&) {};
  return s;
}

Scene policy(const Form& form) {
  Scene s;
  std::string_view record = form.info->record;
  s.text = "  .reg .b64 %p, %y;\n  mov.b64 %p, 0;\n  mov.b64 %y, " + kKept + ";\n  $g " +
           form.name() + " %p" +
           (record == "CreatepolicyRange" ? ", [$b], 1024, 2048"
            : record == "CreatepolicyCvt" ? ", %pol"
            : variantOf(form) % 2         ? ", 0f3f000000"
                                          : "") +
           ";\n  $g ld.global.L2::cache_hint.b64 %y, [$a], %p;\n" + resultText(0, "%y");
  s.stride = 8;
  s.compute = eachLane(8, [](Block& b, unsigned t, uint8_t* slot) {
    b.result(t, 0, b.runs(t) ? loadBits(slot, 8) : kBefore);
  });
  return s;
}

// Two blocks: the rank in an address of either, and the slot through the own one.
Scene inCluster(const Form& form) {
  bool maps = form.info->mnemonic == "mapa", window = form.has("space"),
       wide = form.type() == Type::U64;
  Scene s;
  s.space = Space::Shared;
  s.cluster = true;
  s.stride = 8;
  std::string type = wide ? "u64" : "u32", scope = window ? ".shared::cluster." : ".";
  std::string reg = wide ? "b64" : "b32";
  // A generic address fits a register of 32 bits only in part, so .u32 asks for the window.
  s.text = "  .reg .b64 %p, %y;\n  .reg .b32 %r, %own, %k;\n  .reg ." + reg +
           " %q, %d;\n  mov.u32 %own, %cluster_ctarank;\n"
           "  cvt.u32.u64 %r, $0;\n  and.b32 %r, %r, 1;\n  mov.b64 %y, " +
           kKept + ";\n  mov.b32 %k, 77;\n" +
           (window ? "  mov.b64 %p, $a;\n" : "  cvta.shared.u64 %p, $a;\n") +
           (wide ? "  mov.b64 %q, %p;\n" : "  cvt.u32.u64 %q, %p;\n");
  std::string rank = maps ? "getctarank" + scope + type : form.name();
  std::string map = maps ? form.name() : "mapa" + scope + type;
  s.text += "  $g " + map + " %d, %q, %r;\n  $g " + rank + " %k, %d;\n";
  if (wide || window)
    s.text += "  $g " + map + " %d, %q, %own;\n  $g ld" +
              (window ? std::string(".shared::cluster") : "") + ".b64 %y, [%d];\n";
  s.text += resultText(0, "%y") + "  cvt.u64.u32 %y, %k;\n" + resultText(1, "%y");
  bool loads = wide || window;
  s.compute = eachLane(8, [loads](Block& b, unsigned t, uint8_t* slot) {
    b.result(t, 0, loads && b.runs(t) ? loadBits(slot, 8) : kBefore);
    b.result(t, 1, b.runs(t) ? b.in[t][0] & 1 : 77);
  });
  return s;
}

} // namespace

std::vector<Scene> addressScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "Mov") {
    std::vector<Scene> all{copy(form)};
    if (ptx::isBits(form.type()) && !form.has("vec")) {
      unsigned bits = ptx::bitsOf(form.type());
      if (bits > 16)
        all.push_back(pack(form, 2));
      if (bits == 64)
        all.push_back(pack(form, 4));
    }
    return all;
  }
  if (record == "Cvta")
    return {convert(form)};
  if (record == "Isspacep")
    return {isInSpace(form, Space::Global), isInSpace(form, Space::Shared)};
  if (record == "Prefetch" || record == "Prefetchu")
    return {hint(form, "[$a]")};
  if (record == "PrefetchTensormap")
    return {hint(form, "[$b]")};
  if (record == "Applypriority" || record == "Discard")
    return {hint(form, "[$b], 128")};
  if (record.starts_with("Createpolicy"))
    return {policy(form)};
  if (record == "Mapa" || record == "Getctarank")
    return {inCluster(form)};
  return {};
}

} // namespace anywarp::ptxsweep
