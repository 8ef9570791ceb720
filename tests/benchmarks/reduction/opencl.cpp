// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::reduction;

static int run(const char* name) {
  Problem p;
  Buffer values(p.values), sums(kBlocks * 4), total(4);
  Program program("reduction/kernel.cl", {});
  auto blocks = program.launch("reduce", {kBlocks * 256}, {256}, values, kN, sums);
  auto last = program.launch("reduce", {256}, {256}, sums, kBlocks, total);
  return measureLaunch(
      name, [&] { blocks(), last(); }, [&] { return p.check(total.host<float>()[0]); });
}
BENCHMARK("reduction", run);
