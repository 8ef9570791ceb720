// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::gemm_int8;

static int run(const char* name) {
  Problem p;
  Buffer a(p.a), b(p.b), c(p.a.size() * 4);
  Program program("gemm_int8/kernel.cl", {});
  auto launch = program.launch("gemm", {kSize / 4, kSize / 4}, {16, 16}, kSize, kSize, a, b, c);
  return measureLaunch(name, launch, [&] { return p.check(c.host<int32_t>().data()); });
}
BENCHMARK("gemm_int8", run);
