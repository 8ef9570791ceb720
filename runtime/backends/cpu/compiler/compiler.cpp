// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door of libanywarp_compiler.so (backends/cpu/compiler.h).
#include "compile.h"

extern "C" __attribute__((visibility("default"))) anywarp::Result<anywarp::cpu::CompiledCode>
anywarpCompile(const anywarp::cpu::CompileRequest& request) {
  return anywarp::cpu::compile(request);
}
