// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::launch;

static Accuracy nothing() {
  return {};
}

static void region() {
#pragma omp parallel
  asm volatile("");
}
static int async(const char* name) {
  return measure(
      name,
      [] {
        for (int i = 0; i < kLaunches; ++i)
          region();
      },
      nothing, kLaunches);
}
static int sync(const char* name) {
  return measure(name, region, nothing);
}
static int blocks(const char* name) {
  return measure(
      name,
      [] {
#pragma omp parallel for schedule(dynamic, 1)
        for (int i = 0; i < kBlocks; ++i)
          asm volatile("");
      },
      nothing);
}
BENCHMARK("launch_async", async);
BENCHMARK("launch_sync", sync);
BENCHMARK("launch_1000_blocks", blocks);
