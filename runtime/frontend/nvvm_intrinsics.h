// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Intrinsics that NVVM IR has and LLVM 19 does not, or spells otherwise: warp shuffles, votes and
// matches that take their mode as an argument (NVVM IR specification, "Warp-level Intrinsics").
#pragma once

#include <llvm/IR/Module.h>

namespace anywarp::frontend {

// Gives those that the module calls a body of LLVM's intrinsics.
void defineNvvmIntrinsics(llvm::Module& module);

} // namespace anywarp::frontend
