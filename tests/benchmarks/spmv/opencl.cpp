// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::spmv;

static int run(const char* name, const char* kernel, size_t threads) {
  Problem p;
  Buffer starts(p.starts), columns(p.columns), values(p.values), x(p.x), y(kRows * 4);
  Program program("spmv/kernel.cl", {});
  auto launch = program.launch(kernel, {threads}, {256}, kRows, starts, columns, values, x, y);
  return measureLaunch(name, launch, [&] { return p.check(y.host<float>().data()); });
}
static int thread(const char* name) {
  return run(name, "perThread", kRows);
}
static int warp(const char* name) {
  return run(name, "perWarp", size_t(kRows) * 32);
}
BENCHMARK("spmv_thread", thread);
BENCHMARK("spmv_warp", warp);
