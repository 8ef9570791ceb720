// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compiler module for anywarp-compile. It does what the kernel is called and leaves traces in the
// folder that the first text is from: a byte more in "done" for each call; it waits while there is
// a file "wait".
#include "backends/cpu/compiler.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace anywarp;

extern "C" __attribute__((visibility("default"))) Result<cpu::CompiledCode>
anywarpCompile(const cpu::CompileRequest& request) {
  std::string folder = request.index->units().front()->origin;
  while (access((folder + "/wait").c_str(), F_OK) == 0)
    usleep(2000);
  std::ofstream(folder + "/done", std::ios::app) << '.';
  if (request.kernel == "fails")
    return makeError(Status::InvalidPtx, "fails makes no sense");
  if (request.kernel == "garbage")
    return cpu::CompiledCode{std::vector<char>(1000, 'x')};
  if (request.kernel == "crashes")
    raise(SIGSEGV);
  std::ifstream file(AW_KERNEL_TWO, std::ios::binary);
  return cpu::CompiledCode{{std::istreambuf_iterator<char>(file), {}}};
}
