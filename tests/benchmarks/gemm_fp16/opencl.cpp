// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::gemm_fp16;

static int run(const char* name) {
  Problem p;
  Buffer a(p.a), b(p.b), c(p.a.size() * 4);
  Program program("gemm_fp16/kernel.cl", {});
  auto launch = program.launch("gemm", {kSize / 4, kSize / 4}, {16, 16}, kSize, kSize, a, b, c);
  return measureLaunch(name, launch, [&] { return p.check(c.host<float>().data()); });
}
BENCHMARK("gemm_fp16", run);
