// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

#include <memory>

using namespace bench;
using namespace bench::bitonic_sort;

static int run(const char* name) {
  Problem p;
  Buffer in(p.keys), out(size_t(kN) * 4);
  Program program("bitonic_sort/kernel.cl", {});
  std::vector<std::unique_ptr<Launch>> steps; // arguments belong to a kernel object
  auto shared = [&](const Buffer& from, int first, int last) {
    steps.emplace_back(new Launch(
        program.launch("bitonicShared", {kN / 2}, {kPerBlock / 2}, from, out, first, last)));
  };
  shared(in, 2, kPerBlock);
  for (int run = 2 * kPerBlock; run <= kN; run *= 2) {
    for (int distance = run / 2; distance >= kPerBlock; distance /= 2)
      steps.emplace_back(
          new Launch(program.launch("bitonicGlobal", {kN / 2}, {256}, out, run, distance)));
    shared(out, run, run);
  }
  return measureLaunch(
      name,
      [&] {
        for (auto& step : steps)
          (*step)();
      },
      [&] { return p.check(out.host<uint32_t>().data()); });
}
BENCHMARK("bitonic_sort", run);
