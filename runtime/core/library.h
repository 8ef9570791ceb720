// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Context-independent code (cuLibrary*, CUlibrary and CUkernel): the image is kept and loaded into
// a context when it is first used there. Owned by the handle table. Safe from any thread; works
// with no current context.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "core/jit_options.h"
#include "support/result.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace anywarp::core {

class AW_API Library : public std::enable_shared_from_this<Library> {
public:
  Library(); // use load()
  ~Library();

  // cuLibraryLoadData. `preserved` (CU_LIBRARY_BINARY_IS_PRESERVED): the image stays valid and is
  // read when first needed; otherwise it is read now.
  static Result<LibraryRef> load(const void* image, bool preserved, const JitOptions& options = {});
  static Result<LibraryRef> loadFile(const char* path);
  Result<void> unload();
  static LibraryRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  Result<KernelRef> kernel(std::string_view name); // NotFound
  Result<ModuleRef> module(Context& context);      // loads it there if needed
  Result<ProgramVariable> global(Context& context, std::string_view name);  // NotFound
  Result<ProgramVariable> managed(Context& context, std::string_view name); // NotFound
  Result<unsigned> kernelCount();
  Result<std::vector<KernelRef>> kernels();

  // For Context: forget the module of a context that goes away.
  void contextGone(Context& context);

private:
  friend class Kernel;
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

} // namespace anywarp::core

#include "core/kernel.h" // whoever uses one uses the other
