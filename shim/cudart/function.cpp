// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes of kernels, by host stub, kernel or function handle.
#include "core/function.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"
#include "cudart/last_error.h"
#include "cudart/registry.h"

namespace anywarp::cudart {
namespace {

Result<core::FunctionRef> resolve(const void* func) {
  AW_LET(context, currentContext());
  return Registry::get().function(func, *context);
}

} // namespace

Result<void> funcGetAttributes(cudaFuncAttributes* attr, const void* func) {
  AW_ARG(attr, "attr is null");
  AW_LET(function, resolve(func));
  // CU_FUNC_ATTRIBUTE_* numbers.
  auto get = [&](int code) {
    auto value = function->attribute(code);
    return value ? *value : 0;
  };
  *attr = {};
  attr->maxThreadsPerBlock = get(0);
  attr->sharedSizeBytes = size_t(get(1));
  attr->constSizeBytes = size_t(get(2));
  attr->localSizeBytes = size_t(get(3));
  attr->numRegs = get(4);
  attr->ptxVersion = get(5);
  attr->binaryVersion = get(6);
  attr->cacheModeCA = get(7);
  attr->maxDynamicSharedSizeBytes = get(8);
  attr->preferredShmemCarveout = get(9);
#if CUDART_VERSION >= 12000
  attr->clusterDimMustBeSet = get(10);
  attr->requiredClusterWidth = get(11);
  attr->requiredClusterHeight = get(12);
  attr->requiredClusterDepth = get(13);
  attr->nonPortableClusterSizeAllowed = get(14);
  attr->clusterSchedulingPolicyPreference = get(15);
#endif
  return {};
}

Result<void> funcSetAttribute(const void* func, cudaFuncAttribute attr, int value) {
  AW_LET(function, resolve(func));
  return function->setAttribute(int(attr), value);
}

Result<void> funcSetCacheConfig(const void* func, cudaFuncCache cacheConfig) {
  AW_LET(function, resolve(func));
  return function->setCacheConfig(int(cacheConfig));
}

Result<void> funcSetSharedMemConfig(const void* func, cudaSharedMemConfig config) {
  AW_LET(function, resolve(func));
  return function->setSharedMemConfig(int(config));
}

Result<void> getFuncBySymbol(cudaFunction_t* functionPtr, const void* symbolPtr) {
  AW_ARG(functionPtr, "functionPtr is null");
  AW_LET(function, resolve(symbolPtr));
  *functionPtr = static_cast<cudaFunction_t>(function->handle());
  return {};
}

#if CUDART_VERSION >= 12000
Result<void> getKernel(cudaKernel_t* kernelPtr, const void* entryFuncAddr) {
  AW_ARG(kernelPtr, "kernelPtr is null");
  AW_LET(kernel, Registry::get().kernel(entryFuncAddr));
  *kernelPtr = static_cast<cudaKernel_t>(kernel->handle());
  return {};
}

Result<void> funcGetName(const char** name, const void* func) {
  AW_ARG(name, "name is null");
  AW_LET(function, resolve(func));
  *name = function->name().c_str();
  return {};
}

Result<void> funcGetParamInfo(const void* func, size_t paramIndex, size_t* paramOffset,
                              size_t* paramSize) {
  AW_ARG(paramOffset, "paramOffset is null");
  AW_LET(function, resolve(func));
  AW_LET(param, function->param(paramIndex));
  *paramOffset = param.offset;
  if (paramSize)
    *paramSize = param.size;
  return {};
}
#endif

} // namespace anywarp::cudart
