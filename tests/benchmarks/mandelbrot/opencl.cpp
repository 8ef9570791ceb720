// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::mandelbrot;

static int run(const char* name) {
  Problem p;
  Buffer counts(size_t(kImage) * kImage * 4);
  Program program("mandelbrot/kernel.cl", {{"IMAGE", kImage}, {"ITERATIONS", kIterations}});
  auto launch = program.launch("mandelbrot", {kImage, kImage}, {32, 8}, counts);
  return measureLaunch(name, launch, [&] { return p.check(counts.host<int>().data()); });
}
BENCHMARK("mandelbrot", run);
