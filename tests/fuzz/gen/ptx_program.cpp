// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx_program.h"

#include "ptx_instruction.h"

#include <algorithm>
#include <utility>

namespace anywarp::fuzz {

using ptx::Type;

namespace {

constexpr unsigned kLabels = 4; // of a function, for branches from anywhere to anywhere
constexpr int kMaxDepth = 4;

struct Signature {
  std::vector<std::string> returns, params; // ".b32", ".b8[16]"
};

class ProgramWriter {
public:
  explicit ProgramWriter(Choices& c) : c_(c), code_(c, false) {}

  std::string write() {
    text_ = ".version 9.0\n.target sm_100a\n.address_size 64\n";
    globals();
    unsigned functions = c_.chance(40) ? 1 + c_.below(3) : 1;
    for (unsigned i = 0; i < functions; ++i)
      signatures_.push_back(signature());
    for (unsigned i = 0; i < functions; ++i)
      text_ += header(i) + ";\n";
    if (c_.chance(30))
      text_ +=
          ".extern .func (.param .b32 r) vprintf(.param .b64 format, .param .b64 arguments);\n";
    for (unsigned i = 0; i < functions; ++i) {
      text_ += header(i) + "\n";
      body(false, i, i == 0 ? 2 : 6);
    }
    text_ += ".visible .entry k(.param .u64 in, .param .align 16 .b8 block[256], .param .f32 x, "
             ".param .u64 out)\n";
    if (c_.chance(20))
      text_ += c_.pick({".maxntid 128, 1, 1\n", ".reqntid 64\n", ".reqnctapercluster 2\n",
                        ".minnctapersm 2\n", ".maxnreg 32\n"});
    body(true, 0, 30);
    return text_;
  }

private:
  void globals() {
    text_ += ".global .align 128 .b8 gdata[512];\n"
             ".const .align 16 .b8 cdata[256];\n"
             ".shared .align 128 .b8 sdata[1024];\n"
             ".extern .shared .align 16 .b8 dynamic[];\n"
             ".global .u32 counter[4] = {1, 2};\n"
             ".global .texref tex;\n.global .samplerref smp;\n.global .surfref surf;\n";
    if (c_.chance(10))
      text_ += ".global .u64 table[2] = {gdata, generic(counter)};\n";
    if (c_.chance(5))
      text_ += ".visible .global .align 8 .f64 number = 0d3FF0000000000000;\n";
  }

  Signature signature() {
    Signature s;
    auto type = [&] {
      return std::string(c_.pick(
          {".b32", ".b64", ".f32", ".f64", ".u32", ".u16", ".b8[16]", ".b8[6]", ".s8", ".b128"}));
    };
    if (c_.chance(60))
      s.returns.push_back(type());
    for (unsigned n = c_.below(3); n > 0; --n)
      s.params.push_back(type());
    return s;
  }

  static std::string parameter(const std::string& type, const std::string& name) {
    size_t array = type.find('[');
    return ".param " + (array == type.npos ? type + " " + name
                                           : ".align 8 " + type.substr(0, array) + " " + name +
                                                 type.substr(array));
  }

  static std::string list(const std::vector<std::string>& types, const char* prefix) {
    std::string text;
    for (size_t i = 0; i < types.size(); ++i)
      text += (i ? ", " : "") + parameter(types[i], prefix + std::to_string(i));
    return text;
  }

  std::string header(unsigned i) const {
    const Signature& s = signatures_[i];
    return ".func " + (s.returns.empty() ? "" : "(" + list(s.returns, "ret") + ") ") + "f" +
           std::to_string(i) + "(" + list(s.params, "arg") + ")";
  }

  void line(const std::string& s) { text_ += "  " + s + "\n"; }
  std::string newLabel() { return "$n" + std::to_string(count_++); }
  std::string anyLabel() { return "$L" + std::to_string(c_.below(kLabels)); }

  // A register of the size of a parameter, and ld.param or st.param of it.
  void moveParameter(const char* verb, const std::string& type, const std::string& name) {
    bool load = verb[0] == 'l', array = type.find('[') != type.npos;
    std::string t = array ? ".b16" : type;
    static const std::pair<const char*, Type> types[] = {
        {".b32", Type::B32}, {".b64", Type::B64},   {".f32", Type::F32},
        {".f64", Type::F64}, {".u32", Type::U32},   {".u16", Type::U16},
        {".s8", Type::S16},  {".b128", Type::B128}, {".b16", Type::B16}};
    std::string r = code_.reg(std::ranges::find(types, t, [](auto& x) { return x.first; })->second);
    std::string place = "[" + name + (array ? "+2" : "") + "]";
    line(load ? std::string("ld.param") + t + " " + r + ", " + place + ";"
              : std::string("st.param") + t + " " + place + ", " + r + ";");
  }

  void body(bool kernel, unsigned function, unsigned budget) {
    text_ += "{\n" + InstructionWriter::declarations();
    line(".local .align 16 .b8 stack[256];");
    line(".shared .align 16 .b8 inner[64];");
    if (kernel) {
      line(".param .align 16 .b8 pass[256];");
      line("ld.param.u64 %d0, [in];");
    } else {
      const Signature& s = signatures_[function];
      line(".param .align 16 .b8 pass[256];");
      line(".param .align 16 .b8 block[256];");
      line(".param .align 16 .b8 out[256];");
      for (size_t i = 0; i < s.params.size(); ++i)
        moveParameter("ld", s.params[i], "arg" + std::to_string(i));
    }
    placed_ = 0;
    budget_ = int(budget);
    while (budget_ > 0 && !c_.done())
      statement(0);
    while (placed_ < kLabels)
      line("$L" + std::to_string(placed_++) + ":");
    if (kernel) {
      line("ld.param.u64 %d4, [out];");
      line("st.global.u32 [%d4], %r0;");
      line("st.global.f32 [%d4+4], %f0;");
      line("st.global.f64 [%d4+8], %e0;");
    } else {
      const Signature& s = signatures_[function];
      for (size_t i = 0; i < s.returns.size(); ++i)
        moveParameter("st", s.returns[i], "ret" + std::to_string(i));
    }
    line("ret;");
    text_ += "}\n";
  }

  void statements(int depth, unsigned n) {
    for (; n > 0 && budget_ > 0 && !c_.done(); --n)
      statement(depth);
  }

  void statement(int depth) {
    --budget_;
    if (depth == 0 && placed_ < kLabels && c_.chance(12))
      return line("$L" + std::to_string(placed_++) + ":");
    switch (depth < kMaxDepth ? c_.below(20) : 0) {
    case 12:
      return ifStatement(depth);
    case 13:
      return loop(depth);
    case 14:
      return jump();
    case 15:
      return indexedJump();
    case 16:
      return scope(depth);
    case 17:
      return call();
    case 18:
      return barrier();
    case 19:
      return leave();
    default:
      return line(code_.guard() + code_.write());
    }
  }

  void condition() {
    if (c_.chance(60))
      line("setp." + std::string(c_.pick({"lt", "eq", "ne", "ge"})) + ".s32 " + code_.predicate() +
           ", " + code_.reg(Type::S32) + ", " + code_.value(Type::S32) + ";");
  }

  void ifStatement(int depth) {
    std::string otherwise = newLabel(), end = newLabel();
    condition();
    line("@" + code_.predicate() + " bra " + otherwise + ";");
    statements(depth + 1, 1 + c_.below(4));
    if (c_.chance(50)) {
      line("bra" + std::string(c_.chance(30) ? ".uni " : " ") + end + ";");
      line(otherwise + ":");
      statements(depth + 1, 1 + c_.below(4));
      line(end + ":");
    } else {
      line(otherwise + ":");
    }
  }

  void loop(int depth) {
    std::string head = newLabel();
    line(head + ":");
    statements(depth + 1, 1 + c_.below(4));
    if (c_.chance(10))
      return line("bra " + head + ";"); // for ever
    condition();
    line("@" + std::string(c_.chance(30) ? "!" : "") + code_.predicate() + " bra " + head + ";");
  }

  void jump() {
    condition();
    line((c_.chance(80) ? "@" + code_.predicate() + " " : std::string()) + "bra " + anyLabel() +
         ";");
  }

  void indexedJump() {
    std::string name = newLabel();
    std::string targets = anyLabel();
    for (unsigned n = c_.below(4); n > 0; --n)
      targets += ", " + anyLabel();
    line(name + ": .branchtargets " + targets + ";");
    line(code_.guard() + "brx.idx " + code_.reg(Type::U32) + ", " + name + ";");
  }

  void scope(int depth) {
    line("{");
    line(c_.pick({".reg .b32 %r0;", ".reg .pred %p1;", ".reg .f32 %f<3>;",
                  ".local .align 8 .b8 stack[64];", ".reg .b64 %d<8>;"}));
    statements(depth + 1, 1 + c_.below(4));
    line("}");
  }

  void call() {
    unsigned i = c_.below(uint32_t(signatures_.size()));
    const Signature& s = signatures_[i];
    line("{");
    std::string returns, arguments;
    for (size_t k = 0; k < s.returns.size(); ++k) {
      line(parameter(s.returns[k], "r" + std::to_string(k)) + ";");
      returns += (k ? ", r" : "r") + std::to_string(k);
    }
    for (size_t k = 0; k < s.params.size(); ++k) {
      std::string name = "a" + std::to_string(k);
      line(parameter(s.params[k], name) + ";");
      moveParameter("st", s.params[k], name);
      arguments += (k ? ", " : "") + name;
    }
    std::string name = "f" + std::to_string(i), prototype;
    if (c_.chance(30)) {
      line("proto: .callprototype " +
           ("(" + (s.returns.empty() ? "" : list(s.returns, "x")) + ")") + " _ (" +
           list(s.params, "y") + ");");
      if (c_.chance(70))
        line("mov.u64 %d1, " + name + ";");
      name = "%d1";
      prototype = ", proto";
    }
    line(code_.guard() + "call" + (c_.chance(20) ? ".uni " : " ") +
         (returns.empty() ? "" : "(" + returns + "), ") + name + ", (" + arguments + ")" +
         prototype + ";");
    for (size_t k = 0; k < s.returns.size(); ++k)
      moveParameter("ld", s.returns[k], "r" + std::to_string(k));
    line("}");
  }

  void barrier() {
    line(code_.guard() +
         c_.pick({"bar.sync 0;", "bar.sync 1, 64;", "bar.warp.sync -1;", "barrier.sync %r1;",
                  "bar.red.popc.u32 %r2, 0, %p1;", "bar.arrive 2, 96;", "barrier.cluster.arrive;",
                  "barrier.cluster.wait;", "membar.gl;", "bar.sync 0;"}));
  }

  void leave() {
    line((c_.chance(85) ? "@" + code_.predicate() + " " : std::string()) +
         c_.pick({"ret;", "exit;", "trap;", "ret.uni;", "brkpt;"}));
  }

  Choices& c_;
  InstructionWriter code_;
  std::string text_;
  std::vector<Signature> signatures_;
  unsigned placed_ = 0, count_ = 0;
  int budget_ = 0;
};

} // namespace

Program makeProgram(Choices& choices) {
  bool breaks = choices.chance(40);
  Program p;
  p.text = ProgramWriter(choices).write();
  if (breaks)
    p.broken = breakRule(p.text, choices);
  return p;
}

} // namespace anywarp::fuzz
