// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiler module's interface: PTX in, a shared object out. libanywarp_compiler.so holds
// ptx/lower, spmd/ and LLVM; the cpu backend dlopens it on the first cache miss only, so a warm
// start never loads LLVM. Safe from any thread.
#pragma once

#include "ptx/index.h"
#include "spmd/vectorize.h"
#include "support/result.h"

#include <memory>
#include <string>
#include <vector>

namespace anywarp::cpu {

struct CompileRequest {
  std::shared_ptr<const ptx::Index> index;
  std::string kernel;
  spmd::VectorizeOptions vectorize;
  std::string cpu;        // LLVM cpu name, "" = host
  std::string features;   // LLVM feature string, "" = host's
  std::string triple;     // LLVM target triple, "" = host; another one's code cannot be loaded
  std::string dumpPrefix; // write PREFIX.{ptx,scalar.ll,gang.ll,opt.ll,s}; "" = none
};

// The bytes of an ELF shared object that exports aw_kernel_info (spmd/kernel_abi.h).
using CompileFn = Result<std::vector<char>> (*)(const CompileRequest& request);

inline constexpr const char* kCompileSymbol = "anywarpCompile";

} // namespace anywarp::cpu
