// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libFuzzer target: bytes become PTX (a generated program, or a damaged test file), which must
// compile or be refused with a position. Run: build/fuzz/fuzz/fuzz_ptx_compile CORPUS
#include "gen/cases.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anywarp::fuzz;
  Case c = makeCase({data, size});
  Outcome outcome = compileText(c.text, c.effort);
  if (outcome.verdict != Outcome::Finding)
    return 0;
  std::fprintf(stderr, "%s\n%s\n", c.text.c_str(), outcome.message.c_str());
  std::abort();
}
