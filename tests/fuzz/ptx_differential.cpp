// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs without races, compiled in different ways and run: all ways must leave the same
// memory. Where threads do not meet, one of the ways is the scalar code before the vectoriser.
// Options: gen/seed_driver.h.
#include "../ptx/sweep/gang_runner.h"
#include "gen/choices.h"
#include "gen/ptx_program.h"
#include "gen/seed_driver.h"
#include "ptx/check.h"
#include "scalar_runner.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <random>

using namespace anywarp;
using namespace anywarp::fuzz;

namespace {

constexpr uint32_t kBlocks = 2;
constexpr char kUntouched = char(0xcc);

struct Config {
  const char* name;
  spmd::BlockShape shape;
  spmd::BarrierMode barriers;
  bool avx2;
};

// 64 threads a block: every shape holds but the tiles. Others need the shapes for any size.
constexpr Config kConfigs[] = {
    {"row, resumed", spmd::BlockShape::Row, spmd::BarrierMode::Resume, false},
    {"row, fibers", spmd::BlockShape::Row, spmd::BarrierMode::Fiber, false},
    {"any shape, AVX2, resumed", spmd::BlockShape::Generic, spmd::BarrierMode::Resume, true},
    {"any row, fibers", spmd::BlockShape::RaggedRow, spmd::BarrierMode::Fiber, false},
};

bool hasAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

bool isScalar(const std::string& text) {
  return text.find(".sync") == text.npos && text.find("bar.") == text.npos;
}

Case make(std::span<const uint8_t> bytes) {
  Choices choices(bytes);
  Case c;
  c.generated = true;
  c.effort = choices.below(256);
  c.text = makeRunnable(choices, choices.chance(60));
  return c;
}

std::string compare(const std::vector<uint64_t>& want, const std::vector<uint64_t>& got,
                    const char* first, const char* second) {
  for (size_t i = 0; i < want.size(); ++i)
    if (want[i] != got[i]) {
      char text[200];
      snprintf(text, sizeof text,
               "error: results differ: %s and %s\nword %zu of thread %zu: %016llx, %016llx", first,
               second, i < 8 ? i : (i - 8) % kRunnableOutputs,
               i < 8 ? 0 : (i - 8) / kRunnableOutputs, static_cast<unsigned long long>(want[i]),
               static_cast<unsigned long long>(got[i]));
      return text;
    }
  return {};
}

Outcome judge(const Case& c) {
  auto index = ptx::Index::build({std::make_shared<const PtxText>(c.text)});
  if (!index)
    return {Outcome::Refused, index.error().message};
  if (auto good = ptx::checkBodies(**index); !good)
    return {Outcome::Refused, good.error().message};
  bool scalar = isScalar(c.text);
  uint32_t threads = scalar && c.effort % 3 == 0 ? 45 : 64;
  std::mt19937_64 random(c.effort);
  static const uint64_t edges[] = {0,
                                   1,
                                   ~0ull,
                                   0x8000000080000000,
                                   0x7fffffff7fffffff,
                                   0x3f8000003f800000,
                                   0x7f8000007f800000,
                                   0x7fc000007fc00000,
                                   0x0000000100000001,
                                   0x00800000007fffff,
                                   0x3c003c00bc00bc00};
  std::vector<uint64_t> in(kBlocks * threads * kRunnableInputs);
  for (uint64_t& x : in)
    x = random() % 3 ? random() >> (random() % 4 * 16) : edges[random() % std::size(edges)];
  std::vector<uint64_t> first;
  const char* firstName = nullptr;
  auto start = [&](std::vector<uint64_t>& out) {
    out.resize(8 + kBlocks * threads * kRunnableOutputs);
    memset(out.data(), kUntouched, out.size() * 8);
    return std::vector<uint64_t>{reinterpret_cast<uint64_t>(in.data()),
                                 reinterpret_cast<uint64_t>(out.data())};
  };
  if (scalar) {
    std::vector<uint64_t> out, params = start(out);
    if (std::string error = runScalar(c.text, "k", kBlocks, threads, params); !error.empty())
      return {Outcome::Late, error};
    first = std::move(out);
    firstName = "scalar";
  }
  // Each program in two ways; which, the seed decides.
  std::vector<const Config*> ways;
  for (const Config& config : kConfigs)
    if ((config.shape != spmd::BlockShape::Row || threads == 64) && (!config.avx2 || hasAvx2()))
      ways.push_back(&config);
  std::rotate(ways.begin(), ways.begin() + c.effort / 4 % long(ways.size()), ways.end());
  ways.resize(scalar ? 1 : 2);
  for (const Config* way : ways) {
    const Config& config = *way;
    ptxsweep::GangRunner runner;
    std::string error =
        runner.compile(c.text, "k", {config.shape, config.barriers, true},
                       config.avx2 ? "+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,+sse4.2" : "");
    if (!error.empty())
      return {hasPosition(error) ? Outcome::Late : Outcome::Finding, error};
    std::vector<uint64_t> out, params = start(out);
    runner.run(kBlocks, threads, params);
    if (!firstName) {
      first = std::move(out);
      firstName = config.name;
    } else if (std::string difference = compare(first, out, firstName, config.name);
               !difference.empty()) {
      return {Outcome::Finding, difference};
    }
  }
  return {};
}

} // namespace

int main(int argc, char** argv) {
  return seedMain(argc, argv, {make, judge});
}
