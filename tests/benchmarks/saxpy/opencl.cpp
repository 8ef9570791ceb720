// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::saxpy;

static int run(const char* name) {
  Problem p;
  Buffer x(p.x), y(p.y);
  Program program("saxpy/kernel.cl", {});
  auto launch = program.launch("saxpy", {kN}, {256}, kN, kA, x, y);
  return measureLaunch(name, launch, [&] { return p.check(y.host<float>().data()); });
}
BENCHMARK("saxpy", run);
