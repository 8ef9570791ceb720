// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX to LLVM IR of one thread (spmd/INTRINSICS.md). Knows no device. One LLVMContext, one thread.
#pragma once

#include "ptx/index.h"
#include "support/result.h"

#include <memory>
#include <string_view>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace anywarp::ptx {

struct LowerOptions {
  int smVersion = 90;    // what %cluster-like queries and arch-dependent semantics assume
  bool debugInfo = true; // line tables from .loc
  // Arithmetic of f32 and f64 that does not round to nearest is left to the backend as calls of
  // aw.lane.NAME_rz_f32 and such; otherwise it is spelled out.
  bool directedRounding = false;
};

// Lowers kernel `name` of the slice and everything it reaches. An instruction that is not supported
// makes this fail with InvalidPtx/UnsupportedPtxVersion and a message "unit:line:col: error: ...".
Result<std::unique_ptr<llvm::Module>> lower(const Index::Slice& slice, std::string_view name,
                                            const LowerOptions& options,
                                            llvm::LLVMContext& context);

// Links the bodies of the ptx_gang_* functions that a vectorised module calls.
Result<void> linkGangFunctions(llvm::Module& module);

} // namespace anywarp::ptx
