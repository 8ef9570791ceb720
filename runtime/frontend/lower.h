// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an LLVM module for NVPTX to PTX text: libdevice, LLVM's optimiser, the code generator.
// Knows no clang.
#pragma once

#include "frontend/frontend.h"

#include <functional>
#include <llvm/IR/Module.h>
#include <memory>
#include <string>

namespace anywarp::frontend {

// Links what the module calls of libdevice into it. False: `log` says why.
bool linkLibdevice(llvm::Module& module, const Target& target, std::string& log);

enum class Lowered { Done, Failed, Cancelled };
// The module is used up. `log` gets a line when it fails.
Lowered lowerToPtx(llvm::Module& module, const Target& target,
                   const std::function<bool()>& cancelled, std::string& ptx, std::string& log);

} // namespace anywarp::frontend
