// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::flash_attention;

static int run(const char* name) {
  Problem p;
  Buffer q(p.q), k(p.k), v(p.v), out(p.q.size() * 4);
  Program program("flash_attention/kernel.cl", {{"DEPTH", kDepth}});
  float factor = 1 / std::sqrt(float(kDepth));
  auto launch = program.launch("attention", {kLength / 64 * 16, kHeads * 16}, {16, 16}, kLength,
                               factor, q, k, v, out);
  return measureLaunch(name, launch, [&] { return p.check(out.host<float>().data()); });
}
BENCHMARK("flash_attention", run);
