// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs what fuzz_ptx_compile does for numbered seeds, without libFuzzer: a test of every build, and
// the tool to look at one seed (gen/seed_driver.h).
#include "gen/seed_driver.h"

int main(int argc, char** argv) {
  using namespace anywarp::fuzz;
  return seedMain(argc, argv,
                  {makeCase, [](const Case& c) { return compileText(c.text, c.effort); }});
}
