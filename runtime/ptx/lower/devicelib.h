// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The device library's bitcode (runtime/ptx/devicelib compiled at build time) inside this library.
// Private to lower/.
#pragma once

#include "support/result.h"

#include <string>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace anywarp::ptx {

// Links the declared ptx_* functions and what they need into `module`, as internal functions that
// are always inlined and bound to no CPU.
Result<void> linkDeviceLibrary(llvm::Module& module);
std::string deviceLibraryDataLayout(llvm::LLVMContext& context);

} // namespace anywarp::ptx
