// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::stencil;

static int run(const char* name) {
  Problem p;
  Buffer in(p.in), out(p.in.size() * 4);
  Program program("stencil/kernel.cl", {{"FLOW", kFlow}});
  auto launch = program.launch("stencil", {kSize, kSize}, {32, 8}, kSize, kSize, in, out);
  return measureLaunch(name, launch, [&] { return p.check(out.host<float>().data()); });
}
BENCHMARK("stencil", run);
