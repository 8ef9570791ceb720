// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::launch;

static Accuracy nothing() {
  return {};
}

static int run(const char* name, int launches, size_t blocks, size_t threads) {
  Program program("launch/kernel.cl", {});
  auto launch = program.launch("empty", {blocks * threads}, {threads});
  return measureLaunch(
      name,
      [&] {
        for (int i = 0; i < launches; ++i)
          launch();
      },
      nothing, launches);
}
static int async(const char* name) {
  return run(name, kLaunches, 1, 32);
}
static int sync(const char* name) {
  return run(name, 1, 1, 32);
}
static int blocks(const char* name) {
  return run(name, 1, kBlocks, 256);
}
BENCHMARK("launch_async", async);
BENCHMARK("launch_sync", sync);
BENCHMARK("launch_1000_blocks", blocks);
