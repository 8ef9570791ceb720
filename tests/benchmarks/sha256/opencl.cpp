// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::sha256;

static int run(const char* name) {
  Problem p;
  Buffer messages(p.messages), hashes(size_t(kMessages) * kHash * 4);
  Program program("sha256/kernel.cl", {});
  auto launch = program.launch("sha256", {kMessages}, {256}, kMessages, messages, hashes);
  return measureLaunch(name, launch, [&] { return p.check(hashes.host<uint32_t>().data()); });
}
BENCHMARK("sha256", run);
