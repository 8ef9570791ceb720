// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::random_walk;

static int run(const char* name) {
  Problem p;
  Buffer map(p.map), ends(kWalkers * 4);
  Program program("random_walk/kernel.cl", {{"SIDE", kSide}, {"ENERGY", kEnergy}});
  auto launch = program.launch("randomWalk", {kWalkers}, {128}, kWalkers, map, ends);
  return measureLaunch(name, launch, [&] { return p.check(ends.host<uint32_t>().data()); });
}
BENCHMARK("random_walk", run);
