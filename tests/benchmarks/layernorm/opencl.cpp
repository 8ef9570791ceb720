// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::layernorm;

static int run(const char* name) {
  Problem p;
  Buffer in(p.in), scale(p.scale), shift(p.shift), out(p.in.size() * 4);
  Program program("layernorm/kernel.cl", {{"EPSILON", kEpsilon}});
  auto launch = program.launch("layernorm", {32, kRows}, {32, 8}, kColumns, in, scale, shift, out);
  return measureLaunch(name, launch, [&] { return p.check(out.host<float>().data()); });
}
BENCHMARK("layernorm", run);
