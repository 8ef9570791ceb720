// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::sgemm;

static int run(const char* name, const char* kernel, int perThread) {
  Problem p;
  Buffer a(p.a), b(p.b), c(p.a.size() * 4);
  Program program("sgemm/kernel.cl", {});
  size_t threads = size_t(kSize) / perThread;
  auto launch = program.launch(kernel, {threads, threads}, {16, 16}, kSize, a, b, c);
  return measureLaunch(name, launch, [&] { return p.check(c.host<float>().data()); });
}
static int naive(const char* name) {
  return run(name, "naive", 1);
}
static int tiled(const char* name) {
  return run(name, "tiled", 1);
}
static int registers(const char* name) {
  return run(name, "registers", 4);
}
BENCHMARK("sgemm_naive", naive);
BENCHMARK("sgemm_tiled", tiled);
BENCHMARK("sgemm_register", registers);
