// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "batch.h"

#include "ptx/lower/types.h"

#include <random>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr unsigned kBlocks = 6;
constexpr size_t kCaseResults = kResults * kPitch;
constexpr uint8_t kUntouched = 0xcc;
constexpr const char* kFailed = "failed as it should";

uint8_t tableByte(unsigned i) {
  return uint8_t((i * 2654435761u + 12345) >> 13);
}

std::string tableText() {
  std::string s = ".const .align 32 .b8 C[" + number(kRegion) + "] = {";
  for (unsigned i = 0; i < kRegion; ++i)
    s += (i ? "," : "") + number(tableByte(i));
  return s + "};\n";
}

std::string loop(const std::string& label, const std::string& body, unsigned bytes) {
  return "  shl.b32 %n, %tid, 3;\n" + label +
         ":\n  cvt.u64.u32 %p, %n;\n  add.u64 %q, %p, %regions;\n" + body + "  add.u32 %n, %n, " +
         number(8 * kThreads) + ";\n  setp.lt.u32 %more, %n, " + number(bytes) +
         ";\n  @%more bra " + label + ";\n";
}

} // namespace

struct EffectBatch::Memory {
  std::vector<uint64_t> in;    // [block][thread][4]
  std::vector<uint32_t> masks; // [block][gang][2]
  uint8_t* regions;            // [block][case][kRegion]
  std::vector<uint8_t> before, space, results, parameter;
};

// Between the region and where the scenes' space is, by all lanes.
std::string EffectBatch::copies(bool in) const {
  Space space = cases[0].space;
  unsigned bytes = unsigned(cases.size()) * kRegion;
  if (space == Space::Shared) {
    std::string move = in ? "  ld.global.b64 %w, [%q];\n  mov.u64 %q, R;\n  add.u64 %q, %q, %p;\n"
                            "  st.shared.b64 [%q], %w;\n"
                          : "  mov.u64 %r, R;\n  add.u64 %r, %r, %p;\n  ld.shared.b64 %w, [%r];\n"
                            "  st.global.b64 [%q], %w;\n";
    return (in ? "" : "  bar.sync 0;\n") + loop(in ? "IN" : "OUT", move, bytes) +
           (in ? "  bar.sync 0;\n" : "");
  }
  if (space != Space::Local)
    return "";
  std::string s;
  for (size_t i = 0; i < cases.size(); ++i) {
    unsigned stride = cases[i].stride, step = std::min(stride, 8u);
    s += "  mad.wide.u32 %p, %slot, " + number(stride) + ", %regions;\n";
    for (unsigned at = 0; at < stride; at += step) {
      std::string type = ".u" + number(8 * step) + " ",
                  local = "[L+" + number(i * kSlot + at) + "]",
                  global = "[%p+" + number(i * kRegion + at) + "]";
      s += in ? "  ld.global" + type + "%w, " + global + ";\n  st.local" + type + local + ", %w;\n"
              : "  ld.local" + type + "%w, " + local + ";\n  st.global" + type + global + ", %w;\n";
    }
  }
  return s;
}

std::string EffectBatch::caseText(size_t i, size_t place) const {
  const Scene& c = cases[i];
  std::string base = c.space == Space::Shared  ? "R"
                     : c.space == Space::Const ? "C"
                     : c.space == Space::Param ? "P"
                                               : "";
  std::string s = "  {\n  .reg .b64 %ca, %cb, %co;\n";
  if (c.space == Space::Local)
    s += "  mov.u64 %cb, L;\n  add.u64 %ca, %cb, " + number(place * kSlot) + ";\n";
  else
    s += (base.empty()
              ? "  add.u64 %cb, %regions, " + number(place * kRegion)
              : "  mov.u64 %cb, " + base +
                    (c.space == Space::Shared ? ";\n  add.u64 %cb, %cb, " + number(place * kRegion)
                                              : "")) +
         ";\n  mad.wide.u32 %ca, %slot, " + number(c.stride) + ", %cb;\n";
  s += "  add.u64 %co, %results, " + number(place * kCaseResults) + ";\n  {\n";
  std::string text = replaced(c.text, "$g ", way.guarded && !c.whole ? "@%guard " : "");
  text = replaced(replaced(replaced(text, "$a", "%ca"), "$b", "%cb"), "$o", "%co");
  text = replaced(text, "$u", number(i));
  for (const char* n : {"0", "1", "2", "3"})
    text = replaced(text, std::string("$") + n, std::string("%in") + n);
  return s + text + "  }\n  }\n";
}

// Of cases that end the launch each has a launch of its own.
std::string EffectBatch::chosenText(size_t i) const {
  std::string label = "NEXT" + number(i);
  return "  ld.param.u32 %n, [chosen];\n  setp.ne.u32 %more, %n, " + number(i) +
         ";\n  @%more bra " + label + ";\n" + caseText(i, i) + label + ":\n";
}

std::string EffectBatch::moduleHead() const {
  std::string s = ".version 9.0\n.target sm_100a" +
                  std::string(cases[0].independent ? ", texmode_independent" : "") +
                  "\n.address_size 64\n";
  Space space = cases[0].space;
  if (space == Space::Const)
    s += tableText();
  if (space == Space::Shared)
    s += ".shared .align 128 .b8 R[" + number(cases.size() * kRegion) + "];\n";
  if (cases[0].scratch)
    s += ".shared .align 128 .b8 X[" + number(kRegion) + "];\n.shared .align 8 .b8 M[" +
         number(8 * kThreads) + "];\n";
  for (size_t i = 0; i < cases.size(); ++i)
    s += replaced(cases[i].module, "$u", number(i));
  return s;
}

std::string EffectBatch::registers() const {
  return "  .reg .b32 %tid, %lane, %slot, %block, %n, %m;\n  .reg .pred %active, %guard, %more;\n"
         "  .reg .b64 %in<4>, %p, %q, %r, %w, %regions, %results, %pol, %source;\n";
}

std::string EffectBatch::localVariable() const {
  return cases[0].space == Space::Local
             ? "  .local .align 32 .b8 L[" + number(cases.size() * kSlot) + "];\n"
             : "";
}

std::string EffectBatch::kernelText() const {
  const Scene& first = cases[0];
  std::string s = moduleHead() + ".visible .entry k(.param .u64 inputs, .param .u64 regions, "
                                 ".param .u64 results, .param .u64 masks";
  if (first.fails)
    s += ", .param .u32 chosen";
  if (first.space == Space::Param)
    s += ", .param .align 32 .b8 P[" + number(kRegion) + "]";
  s += ")\n{\n" + localVariable() + registers() +
       "  mov.u32 %tid, %tid.x;\n  and.b32 %lane, %tid, 31;\n  mov.u32 %block, %ctaid.x;\n"
       "  mov.b64 %pol, 0;\n  mov.u32 %slot, %tid;\n";
  if (way.permuted && !first.whole)
    s += "  mad.lo.u32 %slot, %tid, 5, 3;\n  and.b32 %slot, %slot, " + number(kThreads - 1) + ";\n";
  s += "  mad.lo.u32 %n, %block, " + number(kThreads) +
       ", %tid;\n  ld.param.u64 %p, [inputs];\n  mad.wide.u32 %p, %n, 32, %p;\n"
       "  mov.b64 %source, %p;\n  ld.global.v2.u64 {%in0, %in1}, [%p];\n  ld.global.v2.u64 {%in2, "
       "%in3}, [%p+16];\n"
       "  ld.param.u64 %p, [masks];\n  shr.u32 %n, %n, 5;\n  mad.wide.u32 %p, %n, 8, %p;\n";
  int offset = 0;
  for (const char* predicate : {"%active", "%guard"}) {
    s += "  ld.global.u32 %m, [%p+" + std::to_string(offset) +
         "];\n  shr.u32 %m, %m, %lane;\n  and.b32 %m, %m, 1;\n  setp.ne.u32 " + predicate +
         ", %m, 0;\n";
    offset += 4;
  }
  s += "  ld.param.u64 %p, [regions];\n  mad.wide.u32 %regions, %block, " +
       number(cases.size() * kRegion) +
       ", %p;\n  ld.param.u64 %p, [results];\n  mad.wide.u32 %p, %block, " +
       number(cases.size() * kCaseResults) + ", %p;\n  mad.wide.u32 %results, %tid, 8, %p;\n" +
       copies(true);
  if (way.barrier)
    s += "  bar.sync 0;\n";
  if (!first.whole)
    s += "  @!%active bra DONE;\n";
  for (size_t i = 0; i < cases.size(); ++i)
    s += first.fails ? chosenText(i) : caseText(i, i);
  return s + "DONE:\n" + copies(false) + "  ret;\n}\n";
}

std::string EffectBatch::runEachFailing(BackendDevice& device, BackendKernel& kernel,
                                        LaunchConfig& config, std::vector<std::byte>& params) {
  params.resize(36);
  for (uint32_t i = 0; i <= cases.size(); ++i) {
    memcpy(params.data() + 32, &i, 4);
    config.params = params;
    auto done = device.run(kernel, config);
    if (i == cases.size()) // none
      return done ? kFailed : "fault " + done.error().message;
    ++compared;
    if (done || done.error().status != Status::LaunchFailed)
      failures.push_back(
          {cases[i].form,
           "    " + (done ? "ran without an error" : "fails with " + done.error().message) + "\n" +
               cases[i].module + cases[i].text});
  }
  return kFailed;
}

std::string EffectBatch::launch(BackendDevice& device, Memory& memory) {
  auto program = device.load({std::make_shared<const PtxText>(kernelText())});
  if (!program)
    return program.error().message;
  BackendKernel* kernel = (*program)->kernel("k");
  if (!kernel)
    return "no kernel";
  for (size_t i = 0; i < cases.size(); ++i)
    for (auto& [name, handle] : cases[i].variables) {
      const ProgramVariable* v = (*program)->variable(replaced(name, "$u", number(i)));
      if (!v)
        return "no variable " + name;
      memcpy(v->address, &handle, 8);
    }
  std::vector<std::byte> params(32);
  const void* pointers[] = {memory.in.data(), memory.regions, memory.results.data(),
                            memory.masks.data()};
  memcpy(params.data(), pointers, 32);
  if (cases[0].space == Space::Param)
    for (unsigned i = 0; i < kRegion; ++i)
      params.push_back(std::byte(tableByte(i)));
  LaunchConfig config;
  config.grid[0] = kBlocks;
  config.block[0] = kThreads;
  if (cases[0].cluster)
    config.cluster[0] = 2, config.cluster[1] = config.cluster[2] = 1;
  config.params = params;
  if (cases[0].fails)
    return runEachFailing(device, *kernel, config, params);
  auto done = device.run(*kernel, config);
  return done ? "" : "fault " + done.error().message;
}

void EffectBatch::split(BackendDevice& device, const std::string& error) {
  if (cases.size() == 1) {
    failures.push_back({cases[0].form, "    " + error + "\n" + cases[0].module + cases[0].text});
    return;
  }
  size_t half = cases.size() / 2;
  for (auto [first, last] : {std::pair(size_t(0), half), std::pair(half, cases.size())}) {
    EffectBatch part{{cases.begin() + long(first), cases.begin() + long(last)}, way, seed, {}, 0};
    part.run(device);
    failures.insert(failures.end(), part.failures.begin(), part.failures.end());
    compared += part.compared;
  }
}

void EffectBatch::check(const Memory& memory) {
  for (size_t i = 0; i < cases.size(); ++i) {
    const Scene& c = cases[i];
    std::string details;
    for (unsigned number = 0; number < kBlocks; ++number) {
      std::vector<uint8_t> region(
          memory.before.begin() + long((number * cases.size() + i) * kRegion),
          memory.before.begin() + long((number * cases.size() + i + 1) * kRegion));
      std::vector<uint8_t> results(kCaseResults, kUntouched);
      Block block{};
      bool anyResult[kCaseResults / 8] = {};
      block.anyResult = anyResult;
      for (unsigned g = 0; g < 2; ++g) {
        block.active[g] = c.whole ? ~0u : memory.masks[number * 4 + g * 2];
        block.guards[g] = c.whole || !way.guarded ? ~0u : memory.masks[number * 4 + g * 2 + 1];
      }
      block.number = number;
      block.permuted = way.permuted && !c.whole;
      block.in = reinterpret_cast<uint64_t(*)[4]>(const_cast<uint64_t*>(memory.in.data()) +
                                                  number * kThreads * 4);
      block.region = region.data();
      block.results = results.data();
      c.compute(block);
      unsigned width = c.element == Type::None ? 1 : ptx::bitsOf(c.element) / 8;
      auto compare = [&](const char* what, const uint8_t* want, const uint8_t* got, size_t bytes,
                         unsigned step, unsigned size, unsigned row, const bool* any) {
        compared += bytes / step;
        for (size_t at = 0; at < bytes; at += step) {
          uint64_t w = loadBits(want + at, size), g = loadBits(got + at, size);
          if (sameResult(w, g, {c.element}, false) || details.size() > 600 || (any && any[at / 8]))
            continue;
          char text[200];
          snprintf(text, sizeof text,
                   "    %s: block %u, row %zu + %zu: 0x%llx, expected 0x%llx (active %08x, guards "
                   "%08x)\n",
                   what, number, at / row, at % row, static_cast<unsigned long long>(g),
                   static_cast<unsigned long long>(w), block.active[at / row / 32 % 2],
                   block.guards[at / row / 32 % 2]);
          details += text;
        }
      };
      size_t index = number * cases.size() + i;
      bool pieces = width < 16; // results lie 8 bytes apart
      compare("memory", region.data(), memory.regions + index * kRegion, kRegion,
              pieces ? width : 1, pieces ? width : 1, c.stride, nullptr);
      compare("result", results.data(), memory.results.data() + index * kCaseResults, kCaseResults,
              8, 8, 8, anyResult);
    }
    if (!details.empty())
      failures.push_back(
          {c.form, std::string("  (") + way.name + ")\n" + details + c.module + c.text});
  }
}

void EffectBatch::run(BackendDevice& device) {
  std::mt19937_64 random(seed * 1000003 + cases.size());
  Memory memory;
  memory.in.resize(kBlocks * kThreads * 4);
  for (uint64_t& x : memory.in) {
    x = random();
    if (random() % 4 == 0) // small numbers and edges
      x = random() % 2 ? x % 40 : ~(x % 40);
  }
  memory.masks.resize(kBlocks * 4, ~0u);
  for (size_t i = 4; i < memory.masks.size(); ++i)
    memory.masks[i] = random() % 5 == 0   ? 0
                      : random() % 5 == 0 ? 1u << random() % 32
                                          : uint32_t(random());
  size_t bytes = kBlocks * cases.size() * kRegion;
  memory.before.resize(bytes);
  for (size_t i = 0; i < bytes; ++i)
    memory.before[i] = cases[0].space == Space::Const || cases[0].space == Space::Param
                           ? tableByte(unsigned(i % kRegion))
                           : uint8_t(random() >> 32);
  memory.space.resize(bytes + 128);
  memory.regions =
      memory.space.data() + (128 - reinterpret_cast<uintptr_t>(memory.space.data()) % 128) % 128;
  for (size_t i = 0; i < kBlocks * cases.size(); ++i)
    if (auto& prepare = cases[i % cases.size()].prepare)
      prepare(memory.before.data() + i * kRegion,
              reinterpret_cast<uint64_t>(memory.regions + i * kRegion));
  memcpy(memory.regions, memory.before.data(), bytes);
  memory.results.assign(kBlocks * cases.size() * kCaseResults, kUntouched);
  std::string error = launch(device, memory);
  if (error == kFailed)
    return;
  if (!error.empty())
    return split(device, error);
  check(memory);
}

} // namespace anywarp::ptxsweep
