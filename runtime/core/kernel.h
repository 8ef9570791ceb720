// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A kernel of a Library (CUkernel): stands for the function of that name in whatever context it is
// used in. Owned by its library and the handle table. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace anywarp::core {

class AW_API Kernel {
public:
  Kernel(LibraryRef library, std::string name);
  ~Kernel();
  static KernelRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  const std::string& name() const { return name_; }
  Library& library() const { return *library_; }
  // cuKernelGetFunction: the function in this context (loads the module there).
  Result<FunctionRef> function(Context& context);
  // cuKernelGet/SetAttribute for all contexts of a device.
  Result<int> attribute(int code, Device& device);
  Result<void> setAttribute(int code, int value, Device& device);
  Result<void> setCacheConfig(int config, Device& device);
  Result<KernelParam> param(size_t index);

  void forget(); // the library was unloaded

private:
  template <typename F> auto onDevice(Device& device, F f) -> decltype(f(*FunctionRef()));

  const LibraryRef library_; // a circle, broken by Library::unload()
  const std::string name_;
  std::mutex mutex_; // guards what follows
  struct InContext {
    uint64_t contextId;
    std::weak_ptr<Function> function;
  };
  std::unordered_map<const Context*, InContext> functions_;
  std::unordered_map<int, std::map<int, int>> attributes_; // by device, then code
};

} // namespace anywarp::core
