// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::convolution;

static int run(const char* name) {
  Problem p;
  Buffer image(p.image), taps(p.taps), between(p.image.size() * 4), out(p.image.size() * 4);
  Program program("convolution/kernel.cl", {{"RADIUS", kRadius}});
  auto rows = program.launch("rows", {kSize, kSize}, {64, 4}, kSize, taps, image, between);
  auto columns =
      program.launch("columns", {kSize, kSize / 4}, {32, 8}, kSize, kSize, taps, between, out);
  return measureLaunch(
      name, [&] { rows(), columns(); }, [&] { return p.check(out.host<float>().data()); });
}
BENCHMARK("convolution", run);
