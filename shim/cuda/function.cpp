// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes of kernels, and the launch state of the calls from before CUDA 4.0 (launch.cpp).
#include "cuda/old_launch.h"
#include "cuda/support.h"

#include <cstring>
#include <map>
#include <mutex>

namespace anywarp::cuda {

Result<void> funcGetAttribute(int* value, CUfunction_attribute attribute, CUfunction handle) {
  AW_ARG(value, "pi is null");
  AW_LET(function, findFunction(handle));
  AW_LET(answer, function->attribute(attribute));
  *value = answer;
  return {};
}

Result<void> funcSetAttribute(CUfunction handle, CUfunction_attribute attribute, int value) {
  AW_LET(function, findFunction(handle));
  return function->setAttribute(attribute, value);
}

Result<void> funcSetCacheConfig(CUfunction handle, CUfunc_cache config) {
  AW_LET(function, findFunction(handle));
  return function->setCacheConfig(config);
}

Result<void> funcSetSharedMemConfig(CUfunction handle, CUsharedconfig config) {
  AW_LET(function, findFunction(handle));
  return function->setSharedMemConfig(config);
}

Result<void> funcGetModule(CUmodule* module, CUfunction handle) {
  AW_ARG(module, "hmod is null");
  AW_LET(function, findFunction(handle));
  *module = static_cast<CUmodule>(function->module().handle());
  return {};
}

Result<void> funcGetName(const char** name, CUfunction handle) {
  AW_ARG(name, "name is null");
  AW_LET(function, findFunction(handle));
  *name = function->name().c_str();
  return {};
}

Result<void> funcGetParamInfo(CUfunction handle, size_t index, size_t* offset, size_t* size) {
  AW_ARG(offset, "paramOffset is null");
  AW_LET(function, findFunction(handle));
  AW_LET(param, function->param(index));
  *offset = param.offset;
  if (size)
    *size = param.size;
  return {};
}

// A kernel is compiled when first launched; to the caller it is loaded from the start.
Result<void> funcIsLoaded(CUfunctionLoadingState* state, CUfunction handle) {
  AW_ARG(state, "state is null");
  AW_LET(function, findFunction(handle));
  (void)function;
  *state = CU_FUNCTION_LOADING_STATE_LOADED;
  return {};
}

Result<void> funcLoad(CUfunction handle) {
  AW_LET(function, findFunction(handle));
  (void)function;
  return {};
}

namespace {

std::mutex oldMutex; // guards oldLaunches()
std::map<CUfunction, OldLaunch>& oldLaunches() {
  static auto* table = new std::map<CUfunction, OldLaunch>;
  return *table;
}

constexpr size_t kMaxParamBytes =
    32764; // what a kernel may take (PTX ISA, "Kernel Function Parameters")

Result<void> setParam(CUfunction handle, int offset, const void* data, size_t bytes) {
  AW_LET(function, findFunction(handle));
  (void)function;
  AW_ARG(data && offset >= 0 && size_t(offset) + bytes <= kMaxParamBytes,
         "the parameter lies outside the parameter block");
  std::lock_guard lock(oldMutex);
  auto& params = oldLaunches()[handle].params;
  if (params.size() < size_t(offset) + bytes)
    params.resize(size_t(offset) + bytes);
  std::memcpy(params.data() + offset, data, bytes);
  return {};
}

} // namespace

OldLaunch oldLaunch(CUfunction handle) {
  std::lock_guard lock(oldMutex);
  return oldLaunches()[handle];
}

Result<void> funcSetBlockShape(CUfunction handle, int x, int y, int z) {
  AW_LET(function, findFunction(handle));
  (void)function;
  AW_ARG(x > 0 && y > 0 && z > 0, "block dimensions must be positive");
  std::lock_guard lock(oldMutex);
  OldLaunch& old = oldLaunches()[handle];
  old.block[0] = unsigned(x), old.block[1] = unsigned(y), old.block[2] = unsigned(z);
  return {};
}

Result<void> funcSetSharedSize(CUfunction handle, unsigned int bytes) {
  AW_LET(function, findFunction(handle));
  AW_ARG(bytes <= function->device().info().maxSharedPerBlockOptin,
         "more shared memory than a block can have");
  std::lock_guard lock(oldMutex);
  oldLaunches()[handle].dynamicShared = bytes;
  return {};
}

Result<void> paramSetSize(CUfunction handle, unsigned int bytes) {
  AW_LET(function, findFunction(handle));
  (void)function;
  AW_ARG(bytes <= kMaxParamBytes, "too many parameter bytes");
  std::lock_guard lock(oldMutex);
  oldLaunches()[handle].params.resize(bytes);
  return {};
}

Result<void> paramSeti(CUfunction handle, int offset, unsigned int value) {
  return setParam(handle, offset, &value, sizeof value);
}

Result<void> paramSetf(CUfunction handle, int offset, float value) {
  return setParam(handle, offset, &value, sizeof value);
}

Result<void> paramSetv(CUfunction handle, int offset, void* data, unsigned int bytes) {
  return setParam(handle, offset, data, bytes);
}

// A module's texture references reach its kernels by name; there is nothing else to set.
Result<void> paramSetTexRef(CUfunction handle, int unit, CUtexref reference) {
  AW_LET(function, findFunction(handle));
  (void)function;
  AW_ARG(unit == CU_PARAM_TR_DEFAULT, "texunit is not CU_PARAM_TR_DEFAULT");
  AW_LET(found, findTextureReference(reference));
  (void)found;
  return {};
}

} // namespace anywarp::cuda
