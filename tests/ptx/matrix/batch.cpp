// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "batch.h"

#include <cstring>

namespace anywarp::ptxmatrix {

namespace {

constexpr unsigned kUnits = 2 * kKinds; // of a launch
constexpr unsigned kUnitsOfBlock = 2;
constexpr size_t kAlign = 256;

size_t aligned(size_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

// The memory that all cases together want of `member`.
size_t total(const std::vector<const Case*>& cases, size_t Case::* member) {
  size_t sum = 0;
  for (const Case* c : cases)
    sum += aligned(c->*member);
  return sum;
}

std::string caseText(const Case& c, size_t index, size_t in, size_t out) {
  std::string s = "  {\n  .reg .b64 %in, %out, %i4, %i8, %o4, %o8;\n  add.u64 %in, %unitin, " +
                  number(in) + ";\n  add.u64 %out, %unitout, " + number(out) + ";\n";
  for (const char* bytes : {"4", "8"})
    s += std::string("  mad.wide.u32 %i") + bytes + ", %lane, " + bytes +
         ", %in;\n  mad.wide.u32 %o" + bytes + ", %lane, " + bytes + ", %out;\n";
  std::string text = c.text;
  for (size_t at; (at = text.find("$u")) != std::string::npos;)
    text.replace(at, 2, number(index));
  return s + text + "  }\n  bar.sync 0;\n"; // the next one overwrites shared memory
}

} // namespace

size_t Batch::inBytes() const {
  return total(cases, &Case::inBytes);
}
size_t Batch::outBytes() const {
  return total(cases, &Case::outBytes);
}

std::string Batch::kernelText() const {
  size_t shared = 1024;
  for (const Case* c : cases)
    shared = std::max(shared, (c->sharedBytes + 1023) / 1024 * 1024);
  unsigned lanes = cases[0]->lanes;
  std::string s = ".version 9.0\n.target sm_90a\n.address_size 64\n.shared .align 1024 .b8 S[" +
                  number(kUnitsOfBlock * shared) +
                  "];\n.visible .entry k(.param .u64 pin, .param .u64 pout)\n{\n"
                  "  .reg .b32 %lane, %unit, %base;\n  .reg .b64 %unitin, %unitout, %shared;\n"
                  "  mov.u32 %lane, %tid.x;\n  mov.u32 %unit, %ctaid.x;\n  mov.u32 %base, S;\n"
                  "  { .reg .b32 %w; div.u32 %w, %lane, " +
                  number(lanes) + "; mad.lo.u32 %base, %w, " + number(shared) +
                  ", %base; mad.lo.u32 %unit, %unit, " + number(kUnitsOfBlock) +
                  ", %w; rem.u32 %lane, %lane, " + number(lanes) +
                  "; }\n  cvt.u64.u32 %shared, %base;\n  cvta.shared.u64 %shared, %shared;\n"
                  "  ld.param.u64 %unitin, [pin];\n  mad.wide.u32 %unitin, %unit, " +
                  number(inBytes()) +
                  ", %unitin;\n  ld.param.u64 %unitout, [pout];\n  mad.wide.u32 %unitout, %unit, " +
                  number(outBytes()) + ", %unitout;\n";
  size_t in = 0, out = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    s += caseText(*cases[i], i, in, out);
    in += aligned(cases[i]->inBytes), out += aligned(cases[i]->outBytes);
  }
  return s + "  ret;\n}\n";
}

std::string Batch::launch(BackendDevice& device, std::vector<uint8_t>& in,
                          std::vector<uint8_t>& out) const {
  auto program = device.load({std::make_shared<const PtxText>(kernelText())});
  if (!program)
    return program.error().message;
  BackendKernel* kernel = (*program)->kernel("k");
  if (!kernel)
    return "no kernel";
  auto start = [](std::vector<uint8_t>& bytes) { // with room at the end
    auto address = reinterpret_cast<uintptr_t>(bytes.data());
    return bytes.data() + (kAlign - address % kAlign) % kAlign;
  };
  uint8_t* pointers[] = {start(in), start(out)};
  memmove(pointers[0], in.data(), in.size() - kAlign);
  std::vector<std::byte> params(sizeof pointers);
  memcpy(params.data(), pointers, sizeof pointers);
  LaunchConfig config;
  config.grid[0] = kUnits / kUnitsOfBlock;
  config.block[0] = kUnitsOfBlock * cases[0]->lanes;
  config.params = params;
  auto done = device.run(*kernel, config);
  memmove(out.data(), pointers[1], out.size() - kAlign);
  return done ? "" : "fault " + done.error().message;
}

void Batch::run(BackendDevice& device) {
  std::vector<uint8_t> in(kUnits * inBytes() + kAlign), out(kUnits * outBytes() + kAlign, 0xee);
  std::vector<std::vector<Unit>> units(cases.size());
  size_t at = 0;
  Random random(seed);
  for (size_t i = 0; i < cases.size(); ++i) {
    for (unsigned u = 0; u < kUnits; ++u) {
      Unit& unit = units[i].emplace_back(cases[i]->unit(Kind(u % kKinds), random));
      memcpy(&in[u * inBytes() + at], unit.in.data(), unit.in.size());
    }
    at += aligned(cases[i]->inBytes);
  }
  if (std::string error = launch(device, in, out); !error.empty()) {
    if (cases.size() == 1) {
      failures[cases[0]->name] = "    " + error + "\n" + cases[0]->text;
      return;
    }
    for (const Case* c : cases) { // which one was it?
      Batch one{{c}, seed, {}, 0};
      one.run(device);
      failures.merge(one.failures);
      checked += one.checked;
    }
    return;
  }
  at = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    for (unsigned u = 0; u < kUnits; ++u, ++checked) {
      std::string error = units[i][u].check(&out[u * outBytes() + at]);
      if (!error.empty())
        failures[cases[i]->name] += "    unit " + number(u) + ": " + error + "\n";
    }
    at += aligned(cases[i]->outBytes);
  }
}

} // namespace anywarp::ptxmatrix
