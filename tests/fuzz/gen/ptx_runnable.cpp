// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs whose result PTX defines: every thread writes memory of its own, loops count down, what
// lanes or threads exchange they exchange where all of them meet.
#include "ptx/names.h"
#include "ptx_instruction.h"
#include "ptx_program.h"

#include <cctype>
#include <utility>

namespace anywarp::fuzz {

using ptx::Type;

namespace {

constexpr int kMaxDepth = 4;

class RunnableWriter {
public:
  RunnableWriter(Choices& c, bool scalar) : c_(c), code_(c, true), scalar_(scalar) {}

  std::string write() {
    text_ = ".version 9.0\n.target sm_100a\n.address_size 64\n";
    hasFunction_ = c_.chance(40);
    if (hasFunction_)
      function();
    std::string before = std::exchange(text_, {});
    budget_ = 18;
    while (budget_ > 0 && !c_.done())
      statement(0, true);
    std::string body = std::exchange(text_, before);
    text_ += ".visible .entry k(.param .u64 in, .param .u64 out)\n{\n"
             ".shared .align 16 .b8 sdata[1024];\n";
    declarations();
    line("mov.u32 %t0, %ctaid.x; mov.u32 %t1, %ntid.x; mov.u32 %t2, %tid.x;");
    line("mad.lo.u32 %index, %t0, %t1, %t2;");
    line("ld.param.u64 %in, [in]; ld.param.u64 %counters, [out];");
    line("mul.wide.u32 %a0, %index, " + std::to_string(8 * kRunnableInputs) +
         "; add.u64 %in, %in, %a0;");
    line("mul.wide.u32 %a0, %index, " + std::to_string(8 * kRunnableOutputs) +
         "; add.u64 %out, %counters, %a0; add.u64 %out, %out, 64;");
    initialise(body);
    text_ += body;
    results(body);
    line("ret;");
    return text_ + "}\n";
  }

private:
  void line(const std::string& s) { text_ += "  " + s + "\n"; }
  std::string newLabel() { return "$n" + std::to_string(count_++); }

  void declarations() {
    text_ += InstructionWriter::declarations();
    line(".reg .b32 %t<4>, %index, %mask; .reg .b64 %in, %out, %counters, %a<4>; .reg .pred %pa, "
         "%pb;");
    line(".reg .b16 %s<4>; .reg .u32 %loop<64>;");
    line(".local .align 16 .b8 stack[128];");
  }

  // Whether the code names this register: the others only cost time.
  static bool uses(const std::string& code, const std::string& name) {
    for (size_t at = 0; (at = code.find(name, at)) != code.npos; at += name.size())
      if (at + name.size() == code.size() ||
          !isalnum(static_cast<unsigned char>(code[at + name.size()])))
        return true;
    return false;
  }

  // The registers of `code` from the words at %in; predicates from their bits.
  void initialise(const std::string& code) {
    const std::string before = "[%in+", after = "]";
    unsigned n = 0;
    for (const RegisterPool& pool : registerPools()) {
      if (pool.type == Type::Pred)
        continue;
      for (unsigned i = 0; i < kRegistersOfPool; ++i, ++n) {
        std::string name = pool.nameOf(i);
        unsigned bits = pool.bits;
        if (!uses(code, name))
          continue;
        std::string type = "b" + std::to_string(bits);
        std::string place = before + std::to_string(n % (kRunnableInputs - 1) * 8) + after;
        if (bits == 128)
          line("ld.global.b64 %a0, " + place + "; mov.b128 " + name + ", {%a0, %a0};");
        else
          line("ld.global." + type + " " + name + ", " + place + ";");
      }
    }
    line("ld.global.u32 %t3, " + before + "0" + after + ";");
    for (unsigned i = 0; i < kRegistersOfPool; ++i)
      line("and.b32 %t0, %t3, " + std::to_string(1u << (3 * i)) + "; setp.ne.u32 %p" +
           std::to_string(i) + ", %t0, 0;");
    for (unsigned i = 0; i < 16 && code.find("stack") != code.npos; ++i)
      line("st.local.v2.u32 [stack+" + std::to_string(8 * i) + "], {%t3, %t0};");
    line("add.cc.u32 %t0, %t3, %t3;"); // the carry is known
  }

  // A NaN is a NaN: which bits it has is nobody's promise.
  void canonical(const RegisterPool& pool, const std::string& name) {
    std::string type(ptx::nameOf(pool.type));
    switch (pool.type) {
    case Type::F32:
      return line("setp.nan.f32 %pa, " + name + ", " + name + "; @%pa mov.b32 " + name +
                  ", 0x7fffffff;");
    case Type::F64:
      return line("setp.nan.f64 %pa, " + name + ", " + name + "; @%pa mov.b64 " + name +
                  ", 0x7fffffffffffffff;");
    case Type::F16:
    case Type::BF16:
      return line("setp.nan." + type + " %pa, " + name + ", " + name + "; @%pa mov.b16 " + name +
                  ", 0x7fff;");
    case Type::F16x2:
    case Type::BF16x2:
      return line("setp.nan." + type + " %pa|%pb, " + name + ", " + name +
                  "; mov.b32 {%s0, %s1}, " + name +
                  "; @%pa mov.b16 %s0, 0x7fff; @%pb mov.b16 %s1, 0x7fff; mov.b32 " + name +
                  ", {%s0, %s1};");
    default:
      return;
    }
  }

  void results(const std::string& code) {
    unsigned n = 0;
    for (const RegisterPool& pool : registerPools())
      for (unsigned i = 0; i < kRegistersOfPool; ++i) {
        std::string name = pool.nameOf(i), place = "[%out+" + std::to_string(8 * n) + "]";
        n += pool.bits == 128 ? 2 : 1;
        if (!uses(code, name))
          continue;
        canonical(pool, name);
        if (pool.type == Type::Pred)
          line("selp.u32 %t0, 1, 0, " + name + "; st.global.u32 " + place + ", %t0;");
        else if (pool.bits == 128)
          line("mov.b128 {%a0, %a1}, " + name + "; st.global.v2.b64 " + place + ", {%a0, %a1};");
        else
          line("st.global.b" + std::to_string(pool.bits) + " " + place + ", " + name + ";");
      }
  }

  void statements(int depth, bool uniform, unsigned n) {
    for (; n > 0 && budget_ > 0 && !c_.done(); --n)
      statement(depth, uniform);
  }

  // `uniform`: all threads of the block come here, together.
  void statement(int depth, bool uniform) {
    --budget_;
    unsigned kind = depth < kMaxDepth ? c_.below(24) : 0;
    if (uniform && !scalar_ && c_.chance(20))
      return exchange();
    switch (kind) {
    case 14:
    case 15:
      return ifStatement(depth, uniform);
    case 16:
    case 17:
      return loop(depth, uniform);
    case 18:
      return switchStatement(depth);
    case 19:
      return memory();
    case 20:
      return atomic();
    case 21:
      return call();
    case 22:
      return enteredLoop(depth);
    case 23:
      if (scalar_ && c_.chance(20))
        return line("@" + code_.predicate() + " " + c_.pick({"ret;", "exit;"}));
      return memory();
    default:
      return line(code_.guard() + code_.write());
    }
  }

  void condition() {
    if (c_.chance(70))
      line("setp." + std::string(c_.pick({"lt", "eq", "ne", "ge"})) + ".s32 " + code_.predicate() +
           ", " + code_.reg(Type::S32) + ", " + code_.value(Type::S32) + ";");
  }

  void ifStatement(int depth, bool uniform) {
    std::string otherwise = newLabel(), end = newLabel();
    std::string p = code_.predicate();
    bool together = uniform && c_.chance(30);
    if (together) { // the same for all threads of a block
      line("mov.u32 %t0, %ctaid.x; setp.eq.u32 %pa, %t0, " + std::to_string(c_.below(2)) + ";");
      p = "%pa";
    } else {
      condition();
    }
    line("@" + p + " bra " + otherwise + ";");
    statements(depth + 1, together, 1 + c_.below(4));
    if (c_.chance(50)) {
      line("bra" + std::string(together ? ".uni " : " ") + end + ";");
      line(otherwise + ":");
      statements(depth + 1, together, 1 + c_.below(4));
      line(end + ":");
    } else {
      line(otherwise + ":");
    }
  }

  std::string counter(bool uniform) {
    std::string name = "%loop" + std::to_string(loops_++ % 64);
    if (uniform)
      line("mov.u32 " + name + ", " + std::to_string(1 + c_.below(4)) + ";");
    else
      line("and.b32 " + name + ", " + code_.reg(Type::U32) + ", " + c_.pick({"3", "7"}) +
           "; add.u32 " + name + ", " + name + ", 1;");
    return name;
  }

  void countDown(const std::string& counter, const std::string& head) {
    line("sub.u32 " + counter + ", " + counter + ", 1; setp.ne.u32 %pa, " + counter +
         ", 0; @%pa bra " + head + ";");
  }

  void loop(int depth, bool uniform) {
    bool together = uniform && c_.chance(40);
    std::string n = counter(together), head = newLabel(), end = newLabel();
    line(head + ":");
    statements(depth + 1, together, 1 + c_.below(4));
    if (!together && c_.chance(40)) {
      condition();
      line("@" + code_.predicate() + " bra " + end + ";");
      statements(depth + 1, false, 1 + c_.below(3));
    }
    if (!together && c_.chance(15)) { // continue
      std::string next = newLabel();
      line("@" + code_.predicate() + " bra " + next + ";");
      statements(depth + 1, false, 1);
      line(next + ":");
    }
    countDown(n, head);
    line(end + ":");
  }

  // A loop with two entries.
  void enteredLoop(int depth) {
    std::string n = counter(false), head = newLabel(), middle = newLabel();
    condition();
    line("@" + code_.predicate() + " bra " + middle + ";");
    line(head + ":");
    statements(depth + 1, false, 1 + c_.below(3));
    line(middle + ":");
    statements(depth + 1, false, 1 + c_.below(3));
    countDown(n, head);
  }

  void switchStatement(int depth) {
    std::string list = newLabel(), a = newLabel(), b = newLabel(), d = newLabel(), end = newLabel();
    line(list + ": .branchtargets " + a + ", " + b + ", " + d + ", " + end + ";");
    line("and.b32 %t0, " + code_.reg(Type::U32) + ", 3;");
    line(code_.guard() + "brx.idx %t0, " + list + ";");
    for (const std::string& label : {a, b, d}) {
      line(label + ":");
      statements(depth + 1, false, 1 + c_.below(3));
      if (c_.chance(60))
        line("bra " + end + ";");
    }
    line(end + ":");
  }

  // Eight words of local memory, or of the thread's part of global memory.
  void memory() {
    bool local = inFunction_ || c_.chance(60); // a function does not know the others
    std::string where = local ? ".local" : c_.pick({".global", ""});
    line("and.b32 %t0, " + code_.reg(Type::U32) + ", 7; mul.wide.u32 %a0, %t0, 8;");
    line(local ? "mov.u64 %a1, stack; add.u64 %a0, %a0, %a1;" : "add.u64 %a0, %a0, %out;");
    std::string place = local ? "[%a0" : "[%a0+" + std::to_string(8 * (kRunnableOutputs - 16));
    unsigned bits = c_.pick({32u, 64u, 16u, 8u});
    std::string offset = c_.chance(50) ? "" : "+" + std::to_string(c_.below(64 / bits) * bits / 8);
    // What global memory holds at first is part of the input.
    if (c_.chance(50))
      return line("st" + where + ".b" + std::to_string(bits) + " " + place + offset + "], " +
                  code_.reg(bits == 64   ? Type::U64
                            : bits == 32 ? Type::U32
                                         : Type::U16) +
                  ";");
    std::string type = (c_.chance(50) ? "s" : "u") + std::to_string(bits);
    line(code_.guard() + "ld" + where + "." + type + " " +
         code_.reg(type[0] == 's' ? (bits == 64   ? Type::S64
                                     : bits == 32 ? Type::S32
                                                  : Type::S16)
                                  : (bits == 64   ? Type::U64
                                     : bits == 32 ? Type::U32
                                                  : Type::U16)) +
         ", " + place + offset + "];");
  }

  // Updates whose order does not matter. One operation for each word.
  void atomic() {
    if (inFunction_)
      return memory();
    unsigned n = c_.below(8);
    static const char* const operations[8] = {"add.u32", "add.u64", "xor.b32", "or.b32",
                                              "min.s32", "max.u64", "max.s32", "and.b32"};
    Type t = n == 1 || n == 5 ? Type::U64 : n == 4 || n == 6 ? Type::S32 : Type::U32;
    line(code_.guard() + "red." + c_.pick({"global.", "global.", ""}) + operations[n] +
         " [%counters+" + std::to_string(8 * n) + "], " + code_.reg(t) + ";");
  }

  // Recursive with a bounded depth, not inlined then.
  void function() {
    recursive_ = c_.chance(50);
    size_t start = text_.size();
    std::string header =
        ".func (.param .b32 ret0) f0(.param .b32 arg0, .param .f32 arg1, .param .b64 arg2, "
        ".param .b32 depth, .param .b64 inputs)";
    inFunction_ = true;
    budget_ = 8;
    statements(1, false, 6);
    if (recursive_) {
      std::string end = newLabel();
      line("setp.eq.u32 %pa, %mask, 0; @%pa bra " + end + ";");
      line("sub.u32 %mask, %mask, 1;");
      callFunction("%mask");
      line(end + ":");
    }
    statements(1, false, 2);
    inFunction_ = false;
    std::string body = std::exchange(text_, text_.substr(0, start));
    body = body.substr(start);
    text_ += header + ";\n" + header + "\n{\n";
    declarations();
    line("ld.param.b64 %in, [inputs];");
    initialise(body + " %d0 ");
    line("ld.param.b32 %r0, [arg0]; ld.param.f32 %f0, [arg1]; ld.param.b64 %d0, [arg2];");
    line("ld.param.b32 %mask, [depth];");
    text_ += body;
    line("st.param.b32 [ret0], %r1;");
    line("ret;");
    text_ += "}\n";
  }

  void callFunction(const std::string& depth) {
    line("{ .param .b32 r; .param .b32 a; .param .f32 b; .param .b64 c; .param .b32 n; .param .b64 "
         "i;");
    line("st.param.b32 [a], " + code_.reg(Type::U32) + "; st.param.f32 [b], " +
         code_.reg(Type::F32) + "; st.param.b64 [c], " + code_.reg(Type::U64) +
         "; st.param.b32 [n], " + depth + "; st.param.b64 [i], %in;");
    bool indirect = c_.chance(30);
    if (indirect)
      line("proto: .callprototype (.param .b32 _) _ (.param .b32 _, .param .f32 _, .param .b64 _, "
           ".param .b32 _, "
           ".param .b64 _); mov.u64 %a1, f0;");
    std::string guard = code_.guard();
    if (!guard.empty())
      line("st.param.b32 [r], 5;");
    line(guard + "call (r), " + (indirect ? "%a1" : "f0") + ", (a, b, c, n, i)" +
         (indirect ? ", proto;" : ";"));
    line("ld.param.b32 " + code_.reg(Type::U32) + ", [r]; }");
  }

  void call() {
    if (!hasFunction_ || inFunction_)
      return line(code_.guard() + code_.write());
    line("and.b32 %mask, " + code_.reg(Type::U32) + ", 3;");
    callFunction("%mask");
  }

  // All threads of the block are here.
  void exchange() {
    std::string r = code_.reg(Type::U32), v = code_.reg(Type::U32);
    switch (c_.below(8)) {
    case 0:
      return line("shfl.sync." + std::string(c_.pick({"up", "down", "bfly", "idx"})) + ".b32 " + r +
                  "|" + code_.predicate() + ", " + v + ", " + std::to_string(c_.below(32)) + ", " +
                  c_.pick({"31", "7199", "6175", "0"}) + ", -1;");
    case 1:
      return line("vote.sync." + std::string(c_.pick({"all", "any", "uni"})) + ".pred " +
                  code_.predicate() + ", " + code_.predicate() + ", -1;");
    case 2:
      return line("vote.sync.ballot.b32 " + r + ", " + code_.predicate() + ", -1;");
    case 3:
      return line("match.any.sync.b32 " + r + ", " + v + ", -1;");
    case 4:
      return line("redux.sync." + std::string(c_.pick({"add", "min", "max"})) + ".u32 " + r + ", " +
                  v + ", -1;");
    case 5:
      return line("bar.red.popc.u32 " + r + ", 0, " + code_.predicate() + ";");
    case 6: { // some lanes by themselves
      std::string p = code_.predicate(), end = newLabel();
      line("vote.sync.ballot.b32 %mask, " + p + ", -1; @!" + p + " bra " + end + ";");
      line("redux.sync.add.u32 " + r + ", " + v + ", %mask;");
      line("shfl.sync.idx.b32 %t0, " + v + ", %t2, 31, %mask; match.any.sync.b32 %t0, " + v +
           ", %mask;");
      line("xor.b32 " + r + ", " + r + ", %t0;");
      return line(end + ":");
    }
    default: // through shared memory, from another warp
      line("mov.u32 %t0, %tid.x; mul.lo.u32 %t1, %t0, 8; mov.u32 %t3, sdata; add.u32 %t1, %t1, "
           "%t3;");
      line("bar.sync 0; st.shared.u64 [%t1], " + code_.reg(Type::U64) + "; bar.sync 0;");
      line("add.u32 %t0, %t0, " + std::to_string(1 + c_.below(63)) +
           "; and.b32 %t0, %t0, 63; mad.lo.u32 %t0, %t0, 8, %t3;");
      return line("ld.shared.u64 " + code_.reg(Type::U64) + ", [%t0];");
    }
  }

  Choices& c_;
  InstructionWriter code_;
  bool scalar_;
  std::string text_;
  unsigned count_ = 0, loops_ = 0;
  int budget_ = 0;
  bool hasFunction_ = false, recursive_ = false, inFunction_ = false;
};

} // namespace

std::string makeRunnable(Choices& choices, bool scalar) {
  return RunnableWriter(choices, scalar).write();
}

} // namespace anywarp::fuzz
