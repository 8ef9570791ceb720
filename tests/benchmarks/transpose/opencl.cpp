// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::transpose;

static int run(const char* name) {
  Problem p;
  Buffer in(p.in), out(p.in.size() * 4);
  Program program("transpose/kernel.cl", {});
  auto launch = program.launch("transpose", {kSize, kSize / 4}, {32, 8}, kSize, in, out);
  return measureLaunch(name, launch, [&] { return p.check(out.host<float>().data()); });
}
BENCHMARK("transpose", run);
