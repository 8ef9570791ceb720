// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::scan;

static int run(const char* name) {
  constexpr size_t kBlocks = kN / kPerBlock, kBlocks2 = kBlocks / kPerBlock;
  const int blocks = kBlocks, blocks2 = kBlocks2;
  Problem p;
  Buffer in(p.values), out(size_t(kN) * 4), sums(kBlocks * 4), scanned(kBlocks * 4),
      sums2(kBlocks2 * 4), scanned2(kBlocks2 * 4), total(4);
  Program program("scan/kernel.cl", {});
  auto scan1 = program.launch("scanBlocks", {kBlocks * 256}, {256}, in, out, sums, kN);
  auto scan2 = program.launch("scanBlocks", {kBlocks2 * 256}, {256}, sums, scanned, sums2, blocks);
  auto scan3 = program.launch("scanBlocks", {256}, {256}, sums2, scanned2, total, blocks2);
  auto add2 =
      program.launch("addOffsets", {(kBlocks2 - 1) * 256}, {256}, scanned, scanned2, blocks);
  auto add1 = program.launch("addOffsets", {(kBlocks - 1) * 256}, {256}, out, scanned, kN);
  return measureLaunch(
      name, [&] { scan1(), scan2(), scan3(), add2(), add1(); },
      [&] { return p.check(out.host<uint32_t>().data()); });
}
BENCHMARK("scan", run);
