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

// How much a kernel's code may cost to make (ANYWARP_TIER).
enum class Tier : uint8_t {
  Full,  // the best code
  Quick, // in a fraction of the time, correct and slower
  Auto,  // quick where the full compilation would keep the launch waiting
};

struct CompileRequest {
  std::shared_ptr<const ptx::Index> index;
  std::string kernel;
  spmd::VectorizeOptions vectorize;
  Tier tier = Tier::Full;
  std::string cpu;        // LLVM cpu name, "" = host
  std::string features;   // LLVM feature string, "" = host's
  std::string triple;     // LLVM target triple, "" = host; another one's code cannot be loaded
  std::string dumpPrefix; // write PREFIX.{ptx,scalar.ll,gang.ll,opt.ll,s}; "" = none
};

struct CompiledCode {
  std::vector<char> library; // an ELF shared object that exports aw_kernel_info (kernel_abi.h)
  bool quick = false;        // there is better code to be had, with Tier::Full
};
using CompileFn = Result<CompiledCode> (*)(const CompileRequest& request);

inline constexpr const char* kCompileSymbol = "anywarpCompile";

} // namespace anywarp::cpu
