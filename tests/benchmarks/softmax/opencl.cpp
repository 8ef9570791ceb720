// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::softmax;

static int run(const char* name) {
  Problem p;
  Buffer in(p.in), out(p.in.size() * 4);
  Program program("softmax/kernel.cl", {});
  auto launch = program.launch("softmax", {size_t(kRows) * 256}, {256}, kColumns, in, out);
  return measureLaunch(name, launch, [&] { return p.check(out.host<float>().data()); });
}
BENCHMARK("softmax", run);
