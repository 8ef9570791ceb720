// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::nbody;

static int run(const char* name) {
  Problem p;
  Buffer positions(p.bodies), accelerations(p.bodies.size() * 4);
  Program program("nbody/kernel.cl", {{"SOFTENING", kSoftening}});
  auto launch = program.launch("nbody", {kBodies}, {256}, kBodies, positions, accelerations);
  return measureLaunch(name, launch, [&] { return p.check(accelerations.host<float>().data()); });
}
BENCHMARK("nbody", run);
