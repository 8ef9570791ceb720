// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A kernel of a loaded module (CUfunction). Owned by its Module and the handle table, and keeps the
// module: a launch on its way outlives an unload. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <atomic>
#include <memory>
#include <string>

namespace anywarp::core {

class AW_API Function {
public:
  Function(ModuleRef module, BackendKernel& kernel);
  ~Function();

  // A CUfunction, or a CUkernel that stands for one in `context` (CUDA allows it); InvalidHandle.
  static Result<FunctionRef> resolve(const void* handle, Context& context);
  static FunctionRef fromHandle(const void* handle); // CUfunction only; null: not live
  void* handle() { return this; }

  const std::string& name() const { return kernel_.name(); }
  Module& module() const { return *module_; }
  Context& context() const;
  Device& device() const;
  BackendKernel& kernel() const { return kernel_; }

  // CU_FUNC_ATTRIBUTE_*.
  Result<int> attribute(int code);
  Result<void> setAttribute(int code, int value);
  Result<KernelAttributes> attributes() { return kernel_.attributes(); }
  void runtimeCluster(uint32_t (&size)[3]) const; // set by setAttribute(); 0: not
  bool nonPortableCluster() const { return nonPortableCluster_.load() != 0; }
  uint32_t maxDynamicShared(); // bytes that a launch may ask for
  // The CUkernel that this is the function of; null: of a module that was loaded by itself.
  void* kernelHandle() const { return kernelHandle_.load(std::memory_order_relaxed); }
  void setKernelHandle(void* handle) { kernelHandle_.store(handle, std::memory_order_relaxed); }
  Result<void> setCacheConfig(int config);
  Result<void> setSharedMemConfig(int config);
  // cuFuncGetParamInfo: InvalidValue past the last one.
  Result<KernelParam> param(size_t index);
  // Compiles it for this block shape if need be; an operation in a stream could not tell the
  // caller what went wrong. Logs a failure once.
  Result<void> prepare(const uint32_t (&block)[3]);

private:
  static constexpr uint32_t kNotSet = UINT32_MAX;
  const ModuleRef module_; // a circle, broken when the module forgets its functions
  BackendKernel& kernel_;
  std::atomic<uint64_t> prepared_{0}; // block shape that was prepared last
  std::atomic<void*> kernelHandle_{nullptr};
  std::atomic<uint32_t> maxDynamicShared_{kNotSet};
  std::atomic<int> carveout_{-1}, nonPortableCluster_{0}, clusterPolicy_{0};
  std::atomic<uint32_t> cluster_[3] = {}; // set at run time; 0: not
};

} // namespace anywarp::core
