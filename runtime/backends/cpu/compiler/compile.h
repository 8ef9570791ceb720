// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compile driver: one kernel from PTX (or from one-thread IR) to a shared object. Everything
// that may go wrong comes back as an Error, LLVM's fatal errors included. Safe from any thread;
// needs a deep stack (tens of MiB for large kernels).
#pragma once

#include "backends/cpu/compiler.h"

#include <memory>

namespace llvm {
class Module;
} // namespace llvm

namespace anywarp::cpu {

Result<CompiledCode> compile(const CompileRequest& request);

// From one-thread IR (spmd/INTRINSICS.md) on; request.index is not used.
Result<std::vector<char>> compileModule(std::unique_ptr<llvm::Module> module,
                                        const CompileRequest& request);

// As compileModule, but the relocatable object before it is linked.
Result<std::vector<char>> compileObject(std::unique_ptr<llvm::Module> module,
                                        const CompileRequest& request);

} // namespace anywarp::cpu
