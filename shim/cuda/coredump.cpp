// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Settings of core dumps, of the process and of the current context.
#include "core/coredump.h"

#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> coredumpGetAttribute(CUcoredumpSettings setting, void* value, size_t* size) {
  AW_LET(context, core::Context::require());
  return core::Coredump::get(context, setting, value, size);
}

Result<void> coredumpGetAttributeGlobal(CUcoredumpSettings setting, void* value, size_t* size) {
  return core::Coredump::get(nullptr, setting, value, size);
}

Result<void> coredumpSetAttribute(CUcoredumpSettings setting, void* value, size_t* size) {
  AW_LET(context, core::Context::require());
  return core::Coredump::set(context, setting, value, size);
}

Result<void> coredumpSetAttributeGlobal(CUcoredumpSettings setting, void* value, size_t* size) {
  return core::Coredump::set(nullptr, setting, value, size);
}

} // namespace anywarp::cuda
