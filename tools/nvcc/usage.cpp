// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See usage.h.
#include "usage.h"

#include "ptx/index.h"
#include "ptx/layout.h"

#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace anywarp::nvcc {

void reportUsage(const std::string& text, const std::string& source, const std::string& arch) {
  auto index = ptx::Index::build({std::make_shared<const PtxText>(text, source)});
  if (!index)
    return void(std::fprintf(stderr, "ptxas info    : %s\n", index.error().message.c_str()));
  uint64_t global = 0;
  for (const ptx::IndexedVariable& variable : (*index)->variables())
    global += variable.size;
  fmt::print(stderr, "ptxas info    : {} bytes gmem\n", global);
  for (const ptx::IndexedFunction* kernel : (*index)->kernels()) {
    uint64_t shared = 0;
    if (auto slice = (*index)->slice(kernel->header.name))
      for (const ptx::Variable& variable : slice->module.variables)
        if (variable.space == ptx::Space::Shared)
          shared += ptx::sizeOf(variable);
    fmt::print(
        stderr,
        "ptxas info    : Compiling entry function '{}' for '{}'\n"
        "ptxas info    : Used 0 registers (Anywarp's devices have none to count), {} bytes smem\n",
        kernel->header.name, arch, shared);
  }
}

} // namespace anywarp::nvcc
