// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.5, 9.7.9.6 and 9.7.14: shfl, vote, match, redux, elect, activemask, bar.warp.sync.
// The lanes that run name each other; in every second form, even and odd lanes only their like.
#include "ptx/lower/types.h"
#include "scene.h"

#include <bit>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr uint32_t kEven = 0x55555555;

std::string wide(unsigned i, const std::string& from) { // of a b32
  return "  cvt.u64.u32 %y, " + from + ";\n" + resultText(i, "%y");
}

bool parity(const Form& form) {
  return form.has("sync") && form.info->record != "BarWarpSync" && variantOf(form) % 2;
}

// Sets %m; declares what all scenes need.
std::string prologue(const Form& form) {
  return "  .reg .b64 %y;\n  .reg .b32 %m, %x, %d, %s;\n  .reg .pred %p, %q;\n  mov.b32 %m, 0;\n"
         "  mov.b32 %d, 0x5a5a5a5a;\n  setp.ne.u32 %p, %tid, %tid;\n  cvt.u32.u64 %x, $0;\n"
         "  $g activemask.b32 %m;\n" +
         std::string(parity(form) ? "  and.b32 %s, %lane, 1;\n  shl.b32 %s, 0x55555555, %s;\n"
                                    "  and.b32 %m, %m, %s;\n"
                                  : "");
}

uint32_t membersOf(const Block& b, unsigned t, bool parity) {
  return b.mask(t / 32) & (parity ? kEven << (t & 1) : ~0u);
}

// fn(members, thread) for each lane that comes; members is 0 where it does not run.
template <typename Fn> std::function<void(Block&)> eachMember(const Form& form, Fn fn) {
  bool split = parity(form);
  return [split, fn](Block& b) {
    for (unsigned t = 0; t < kThreads; ++t)
      if (b.comes(t))
        fn(b, t, b.runs(t) ? membersOf(b, t, split) : 0u);
  };
}

Scene shuffle(const Form& form) {
  Scene s;
  bool sync = form.has("sync");
  std::string mode(form.text("mode"));
  // Segments and clamps of all sizes; the lane operand from another input.
  s.text =
      prologue(form) +
      "  .reg .b32 %b, %c;\n  cvt.u32.u64 %b, $1;\n  and.b32 %b, %b, 31;\n  cvt.u32.u64 %c, $2;\n"
      "  and.b32 %c, %c, 0x1f1f;\n  $g " +
      form.name() + " %d|%p, %x, %b, %c" + (sync ? ", %m" : "") + ";\n" + wide(0, "%d") +
      "  selp.b64 %y, 1, 0, %p;\n" + resultText(1, "%y");
  s.compute = eachMember(form, [mode](Block& b, unsigned t, uint32_t members) {
    if (!members) {
      b.result(t, 0, kBefore & ~0u);
      return b.result(t, 1, 0);
    }
    int lane = int(t % 32), bval = int(b.in[t][1] & 31), cval = int(b.in[t][2] & 31),
        mask = int(b.in[t][2] >> 8 & 31);
    int most = (lane & mask) | (cval & ~mask), least = lane & mask, j = 0;
    bool in = false;
    if (mode == "up")
      j = lane - bval, in = j >= most;
    else if (mode == "down")
      j = lane + bval, in = j <= most;
    else if (mode == "bfly")
      j = lane ^ bval, in = j <= most;
    else
      j = least | (bval & ~mask), in = j <= most;
    if (!in)
      j = lane;
    b.result(t, 1, in);
    if (j < 0 || j > 31 || !(members >> j & 1))
      b.anything(t, 0);
    b.result(t, 0, b.in[t / 32 * 32 + unsigned(j & 31)][0] & 0xffffffff);
  });
  return s;
}

Scene vote(const Form& form) {
  Scene s;
  std::string mode(form.text("mode"));
  bool ballot = mode == "ballot", negated = variantOf(form) / 2 % 2;
  // Mostly one way, so that all and uni have something to say.
  s.text = prologue(form) +
           "  and.b32 %x, %x, %block;\n  and.b32 %x, %x, 1;\n  setp.ne.u32 %q, %x, 0;\n  $g " +
           form.name() + (ballot ? " %d, " : " %p, ") + (negated ? "!%q" : "%q") +
           (form.has("sync") ? ", %m" : "") + ";\n" +
           (ballot ? wide(0, "%d") : "  selp.b64 %y, 1, 0, %p;\n" + resultText(0, "%y"));
  s.compute = eachMember(form, [=](Block& b, unsigned t, uint32_t members) {
    uint32_t votes = 0;
    for (unsigned l = 0; l < 32; ++l)
      votes |= uint32_t((b.in[t / 32 * 32 + l][0] & b.number & 1) != negated) << l;
    votes &= members;
    if (!members)
      return b.result(t, 0, ballot ? kBefore & ~0u : 0);
    b.result(t, 0,
             ballot          ? votes
             : mode == "all" ? votes == members
             : mode == "any" ? votes != 0
                             : votes == members || votes == 0);
  });
  return s;
}

Scene matching(const Form& form) {
  Scene s;
  bool all = form.text("mode") == "all", wide64 = form.type() == Type::B64;
  // Four values, or one in every second block; those of 64 bits differ in their upper halves.
  s.text = prologue(form) +
           "  .reg .b64 %v;\n  .reg .b32 %k;\n  and.b32 %k, %block, 1;\n  mul.lo.u32 %k, %k, 3;\n"
           "  and.b32 %x, %x, %k;\n  cvt.u64.u32 %v, %x;\n  shl.b64 %v, %v, 40;\n  $g " +
           form.name() + (all ? " %d|%p, " : " %d, ") + (wide64 ? "%v" : "%x") + ", %m;\n" +
           wide(0, "%d") + "  selp.b64 %y, 1, 0, %p;\n" + resultText(1, "%y");
  s.compute = eachMember(form, [=](Block& b, unsigned t, uint32_t members) {
    auto value = [&](unsigned lane) { return b.in[t / 32 * 32 + lane][0] & (b.number & 1) * 3; };
    uint32_t same = 0;
    for (unsigned l = 0; l < 32; ++l)
      same |= uint32_t(value(l) == value(t % 32)) << l;
    same &= members;
    bool agree = same == members;
    b.result(t, 0, !members ? kBefore & ~0u : !all ? same : agree ? members : 0);
    b.result(t, 1, members && all && agree);
  });
  return s;
}

Scene reduce(const Form& form) {
  Scene s;
  std::string op(form.text("op"));
  bool isSigned = form.type() == Type::S32;
  s.text = prologue(form) + "  $g " + form.name() + " %d, %x, %m;\n" + wide(0, "%d");
  s.compute = eachMember(form, [=](Block& b, unsigned t, uint32_t members) {
    if (!members)
      return b.result(t, 0, kBefore & ~0u);
    bool first = true;
    uint64_t r = 0;
    for (unsigned l = 0; l < 32; ++l) {
      if (!(members >> l & 1))
        continue;
      uint64_t x = b.in[t / 32 * 32 + l][0] & 0xffffffff;
      bool less = valueOf(x, 32, isSigned) < valueOf(r, 32, isSigned);
      r = first         ? x
          : op == "add" ? (r + x) & 0xffffffff
          : op == "and" ? r & x
          : op == "or"  ? r | x
          : op == "xor" ? r ^ x
          : op == "min" ? (less ? x : r)
                        : (less ? r : x);
      first = false;
    }
    b.result(t, 0, r);
  });
  return s;
}

// Every eighth input is a NaN, or all of a block's with number 5.
Scene reduceFloat(const Form& form) {
  Scene s;
  s.element = Type::F32;
  bool isMax = form.text("op") == "max", abs = form.has("abs"), nan = form.has("NaN");
  s.text = prologue(form) +
           "  .reg .f32 %f, %e;\n  .reg .b32 %k;\n  and.b32 %k, %x, 56;\n  setp.eq.u32 %q, %k, 0;\n"
           "  setp.eq.or.u32 %q, %block, 5, %q;\n"
           "  selp.b32 %x, 0x7fc00000, %x, %q;\n  mov.b32 %f, %x;\n  mov.b32 %e, %d;\n  $g " +
           form.name() + " %e, %f, %m;\n  mov.b32 %d, %e;\n" + wide(0, "%d");
  s.compute = eachMember(form, [=](Block& b, unsigned t, uint32_t members) {
    if (!members)
      return b.result(t, 0, kBefore & ~0u);
    uint64_t best = kF32.nan;
    bool sawNan = false;
    for (unsigned l = 0; l < 32; ++l) {
      if (!(members >> l & 1))
        continue;
      uint64_t x = b.in[t / 32 * 32 + l][0] & 0xffffffff;
      if ((x & 56) == 0 || b.number == 5)
        x = 0x7fc00000;
      if (abs)
        x &= 0x7fffffff;
      Number n = decode(x, kF32), old = decode(best, kF32);
      if (n.kind == Number::NaN) {
        sawNan = true;
        continue;
      }
      int order = compare(n, old); // 2: there is none yet
      bool better = order == 2 || (order == 0 ? n.negative != isMax && old.negative == isMax
                                              : (order > 0) == isMax);
      if (better)
        best = x;
    }
    b.result(t, 0, nan && sawNan ? kF32.nan : best);
  });
  return s;
}

// Any one of the members may lead; ours is the lowest.
Scene elect(const Form& form) {
  Scene s;
  s.text = prologue(form) + "  $g " + form.name() + " %d|%p, %m;\n" + wide(0, "%d") +
           "  selp.b64 %y, 1, 0, %p;\n" + resultText(1, "%y");
  s.compute = eachMember(form, [](Block& b, unsigned t, uint32_t members) {
    unsigned leader = unsigned(std::countr_zero(members));
    b.result(t, 0, members ? leader : kBefore & ~0u);
    b.result(t, 1, members && leader == t % 32);
  });
  return s;
}

Scene activeMask(const Form& form) {
  Scene s;
  s.text = prologue(form) + "  $g " + form.name() + " %d;\n" + wide(0, "%d");
  s.compute = eachMember(form, [](Block& b, unsigned t, uint32_t members) {
    b.result(t, 0, members ? members : kBefore & ~0u);
  });
  return s;
}

// What a neighbour wrote before.
Scene warpBarrier(const Form& form) {
  Scene s;
  s.stride = 8;
  s.space = Space::Shared;
  s.text = prologue(form) + "  .reg .b64 %n;\n  mov.b64 %y, " + number(kBefore) +
           ";\n  xor.b32 %s, %slot, 1;\n  mad.wide.u32 %n, %s, 8, $b;\n  $g st.shared.b64 [$a], "
           "$0;\n  $g " +
           form.name() + " %m;\n  $g ld.shared.b64 %y, [%n];\n" + resultText(0, "%y");
  s.compute = [](Block& b) {
    for (unsigned t = 0; t < kThreads; ++t)
      if (b.runs(t))
        memcpy(b.region + b.slotOf(t) * 8, b.in[t], 8);
    for (unsigned t = 0; t < kThreads; ++t) {
      if (!b.comes(t))
        continue;
      unsigned other = b.slotOf(t) ^ 1;
      b.result(t, 0, b.runs(t) ? loadBits(b.region + other * 8, 8) : kBefore);
      if (b.permuted) // the neighbour may be of another warp
        b.anything(t, 0);
    }
  };
  return s;
}

} // namespace

std::vector<Scene> warpScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "Shfl" || record == "ShflSync")
    return {shuffle(form)};
  if (record.starts_with("Vote"))
    return {vote(form)};
  if (record == "Match")
    return {matching(form)};
  if (record == "ReduxInt" || record == "ReduxBits")
    return {reduce(form)};
  if (record == "ReduxFloat")
    return {reduceFloat(form)};
  if (record == "Elect")
    return {elect(form)};
  if (record == "Activemask")
    return {activeMask(form)};
  if (record == "BarWarpSync")
    return {warpBarrier(form)};
  return {};
}

} // namespace anywarp::ptxsweep
