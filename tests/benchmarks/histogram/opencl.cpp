// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::histogram;

static int run(const char* name) {
  Problem p;
  Buffer words(p.words), counts(kBins * 4);
  Program program("histogram/kernel.cl", {});
  auto clear = program.launch("clear", {kBins}, {kBins}, counts);
  auto count = program.launch("histogram", {256 * 256}, {256}, words, kN / 4, counts);
  return measureLaunch(
      name, [&] { clear(), count(); }, [&] { return p.check(counts.host<uint32_t>().data()); });
}
BENCHMARK("histogram", run);
