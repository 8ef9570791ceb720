// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "batch.h"

#include "ptx/lower/types.h"

#include <cstring>
#include <random>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr size_t kChunk = 4096;         // rows of one launch
constexpr size_t kPitch = 8 * kChunk;   // bytes from one output to the next
constexpr uint32_t kThreads = 64;       // of a block: two gangs
constexpr uint64_t kBefore = 0x5a5a5a5a5a5a5a5aull; // in registers that a guard may leave alone
constexpr char kUntouched = char(0xcc);

// Memory types of results: predicates become numbers.
unsigned storedBytes(const Value& v) {
  return v.type == Type::Pred ? 4 : bytesOf(v);
}

std::string replaceAll(std::string s, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = s.find(what, at)) != std::string::npos; at += by.size())
    s.replace(at, what.size(), by);
  return s;
}

std::string loadInput(size_t i, const Value& v) {
  std::string n = std::to_string(i), bytes = std::to_string(bytesOf(v));
  std::string text = "  ld.param.u64 %pa, [in" + n + "];\n  mul.wide.u32 %pb, %row, " + bytes +
                     ";\n  add.u64 %pa, %pa, %pb;\n";
  if (v.type == Type::Pred)
    return text + "  ld.global.u8 %byte, [%pa];\n  setp.ne.u16 %i" + n + ", %byte, 0;\n";
  return text + "  ld.global." + std::string(registerOf(v)) + " %i" + n + ", [%pa];\n";
}

std::string bitOfMask(const char* param, const char* predicate) {
  std::string p(param), q(predicate);
  return "  ld.param.u64 %pa, [" + p + "];\n  add.u64 %pa, %pa, %word;\n  ld.global.u32 %m, [%pa];\n"
         "  shr.u32 %m, %m, %lane;\n  and.b32 %m, %m, 1;\n  setp.ne.u32 " + q + ", %m, 0;\n";
}

} // namespace

size_t Batch::outputs() const {
  size_t n = 0;
  for (const Case& c : cases)
    n += c.reference.out.size();
  return n;
}

std::string Batch::caseText(const Case& c, size_t firstOutput) const {
  const Reference& r = c.reference;
  std::string text = "  {\n  .reg .b64 %t0;\n";
  bool small = !r.out.empty() && bytesOf(r.out[0]) <= 4;
  if (small)
    text = "  {\n  .reg .b32 %t0;\n";
  for (size_t i = 0; i < r.out.size(); ++i) {
    std::string name = "%o" + std::to_string(i), type(registerOf(r.out[i]));
    text += "  .reg ." + type + " " + name + ";\n";
    if (!config.guarded)
      continue;
    if (r.out[i].type == Type::Pred) {
      text += "  setp.ne.u32 " + name + ", %row, 0xffffffff;\n";
    } else {
      char number[32];
      uint64_t bits = kBefore & maskOf(8 * bytesOf(r.out[i]));
      snprintf(number, sizeof number, type == "f32" ? "0f%08llx" : type == "f64" ? "0d%016llx" : "0x%llx",
               static_cast<unsigned long long>(bits));
      text += "  mov." + type + " " + name + ", " + number + ";\n";
    }
  }
  text += config.guarded ? "  @%guard " + replaceAll(r.text, ";\n  ", ";\n  @%guard ") : "  " + r.text;
  text += ";\n";
  for (size_t i = 0; i < r.out.size(); ++i) {
    std::string name = "%o" + std::to_string(i);
    std::string type(registerOf(r.out[i]));
    if (r.out[i].type == Type::Pred) {
      text += "  .reg .b32 %s" + std::to_string(i) + ";\n  selp.u32 %s" + std::to_string(i) + ", 1, 0, " +
              name + ";\n";
      name = "%s" + std::to_string(i);
      type = "b32";
    }
    text += "  st.global." + type + " [%out+" + std::to_string((firstOutput + i) * kPitch) + "], " + name + ";\n";
  }
  return text + "  }\n";
}

std::string Batch::kernelText() const {
  const std::vector<Value>& in = cases[0].reference.in;
  std::string text = ".version 9.0\n.target sm_100a\n.address_size 64\n.visible .entry k(";
  for (size_t i = 0; i < in.size(); ++i)
    text += ".param .u64 in" + std::to_string(i) + ", ";
  text += ".param .u64 results, .param .u64 masks, .param .u64 guards)\n{\n"
          "  .reg .pred %active, %guard;\n  .reg .b16 %byte;\n"
          "  .reg .b32 %a, %b, %c, %row, %lane, %m;\n  .reg .b64 %pa, %pb, %word, %out;\n";
  for (size_t i = 0; i < in.size(); ++i)
    text += "  .reg ." + std::string(registerOf(in[i])) + " %i" + std::to_string(i) + ";\n";
  text += "  mov.u32 %a, %ctaid.x;\n  mov.u32 %b, %ntid.x;\n  mov.u32 %c, %tid.x;\n"
          "  mad.lo.u32 %row, %a, %b, %c;\n  and.b32 %lane, %c, 31;\n"
          "  shr.u32 %a, %row, 5;\n  mul.wide.u32 %word, %a, 4;\n";
  text += bitOfMask("masks", "%active");
  if (config.guarded)
    text += bitOfMask("guards", "%guard");
  for (size_t i = 0; i < in.size(); ++i)
    text += loadInput(i, in[i]);
  text += "  ld.param.u64 %out, [results];\n  mul.wide.u32 %pb, %row, 8;\n  add.u64 %out, %out, %pb;\n";
  if (config.barrier)
    text += "  bar.sync 0;\n";
  text += "  @!%active bra DONE;\n";
  size_t output = 0;
  for (const Case& c : cases) {
    text += caseText(c, output);
    output += c.reference.out.size();
  }
  return text + "DONE:\n  ret;\n}\n";
}

void Batch::check(const Inputs& inputs, size_t first, size_t count, const std::vector<char>& results,
                  const std::vector<uint32_t>& masks, const std::vector<uint32_t>& guards) {
  size_t output = 0, n = inputs.values.size();
  for (const Case& c : cases) {
    const Reference& r = c.reference;
    Failure failure{c.form, r.text, "", 0};
    for (size_t row = 0; row < count; ++row) {
      bool active = masks[row / 32] >> row % 32 & 1;
      bool guard = !config.guarded || (guards[row / 32] >> row % 32 & 1);
      uint64_t in[8] = {}, want[4] = {};
      for (size_t i = 0; i < n; ++i)
        in[i] = inputs.values[i][first + row];
      if (active && guard && r.compute)
        r.compute(in, want);
      for (size_t o = 0; o < r.out.size(); ++o) {
        uint64_t got = 0;
        unsigned bytes = storedBytes(r.out[o]);
        const char* at = results.data() + (output + o) * kPitch + 8 * row;
        memcpy(&got, at, bytes);
        bool ok;
        if (!active) {
          memset(&want[o], kUntouched, bytes);
          ok = got == want[o];
        } else if (!guard) {
          want[o] = r.out[o].type == Type::Pred ? 1 : kBefore & maskOf(8 * bytes);
          ok = got == want[o];
        } else if (r.accept) {
          ok = r.accept(in, got);
        } else {
          ok = sameResult(want[o], got, r.out[o], r.exactNan);
        }
        if (ok)
          continue;
        if (failure.count++ < 3) {
          char text[160];
          std::string operands;
          for (size_t i = 0; i < n; ++i) {
            snprintf(text, sizeof text, " 0x%llx", static_cast<unsigned long long>(in[i]));
            operands += text;
          }
          snprintf(text, sizeof text, "result %zu is 0x%llx, expected 0x%llx%s\n", o,
                   static_cast<unsigned long long>(got), static_cast<unsigned long long>(want[o]),
                   !active ? " (lane not active)" : !guard ? " (guard false)" : "");
          failure.details += "    inputs" + operands + ": " + text;
        }
      }
    }
    compared += count * r.out.size();
    if (failure.count)
      failures.push_back(failure);
    output += r.out.size();
  }
}

void Batch::compileAndRun(const Inputs& inputs) {
  GangRunner runner;
  spmd::VectorizeOptions options{spmd::BlockShape::Row, config.barriers, false};
  std::string error = runner.compile(kernelText(), "k", options, config.avx2 ? "+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,+sse4.2" : "");
  if (!error.empty()) {
    if (cases.size() == 1) {
      failures.push_back({cases[0].form, cases[0].reference.text, "    " + error + "\n", 1});
      return;
    }
    // Somebody spoils it for the others: find out who.
    for (const Case& c : cases) {
      Batch single{{c}, config, rows, seed, {}, 0};
      single.compileAndRun(inputs);
      failures.insert(failures.end(), single.failures.begin(), single.failures.end());
      compared += single.compared;
    }
    return;
  }
  const std::vector<Value>& in = cases[0].reference.in;
  std::vector<std::vector<char>> memory(in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    unsigned bytes = bytesOf(in[i]);
    memory[i].resize(inputs.count * bytes);
    for (size_t row = 0; row < inputs.count; ++row)
      memcpy(memory[i].data() + row * bytes, &inputs.values[i][row], bytes);
  }
  std::mt19937 random(uint32_t(seed + 17));
  std::vector<char> results(outputs() * kPitch);
  std::vector<uint32_t> masks(kChunk / 32), guards(kChunk / 32);
  auto randomMask = [&]() -> uint32_t {
    switch (random() % 5) {
    case 0:
      return 1u << random() % 32;
    case 1:
      return 0;
    case 2:
      return ~0u;
    default:
      return random();
    }
  };
  for (size_t first = 0; first < inputs.count; first += kChunk)
    for (bool partial : {false, true}) {
      if (partial && first >= 4 * kChunk)
        continue;
      size_t count = std::min(kChunk, inputs.count - first);
      for (size_t i = 0; i < masks.size(); ++i) {
        masks[i] = partial ? randomMask() : ~0u;
        guards[i] = partial ? randomMask() : ~0u;
      }
      memset(results.data(), kUntouched, results.size());
      std::vector<uint64_t> params;
      for (size_t i = 0; i < in.size(); ++i)
        params.push_back(uint64_t(memory[i].data() + first * bytesOf(in[i])));
      params.push_back(uint64_t(results.data()));
      params.push_back(uint64_t(masks.data()));
      params.push_back(uint64_t(guards.data()));
      runner.run(uint32_t(count / kThreads), kThreads, params);
      check(inputs, first, count, results, masks, guards);
    }
}

void Batch::run() {
  compileAndRun(makeInputs(cases[0].reference.in, rows, seed));
}

} // namespace anywarp::ptxsweep
