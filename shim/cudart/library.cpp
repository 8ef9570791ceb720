// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device code loaded while the program runs (since CUDA 12.8).
#include "cudart/types.h"

#if CUDART_VERSION >= 12000
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/library.h"
#include "cudart/current.h"
#include "cudart/last_error.h"

#include <fmt/core.h>

namespace anywarp::cudart {
namespace {

Result<core::LibraryRef> find(cudaLibrary_t handle) {
  AW_TRY(initialize());
  auto library = core::Library::fromHandle(handle);
  if (!library)
    return makeError(Status::InvalidHandle, "library is none");
  return library;
}

Result<core::JitOptions> jitOptions(const cudaJitOption* options, void** values, unsigned count) {
  AW_ARG(count == 0 || (options && values), "a list of options is null");
  static_assert(sizeof(cudaJitOption) == sizeof(int));
  return core::JitOptions::parse(count, reinterpret_cast<const int*>(options), values);
}

// Whether the caller promises to keep the image.
Result<bool> preserved(const cudaLibraryOption* options, void** values, unsigned count) {
  AW_ARG(count == 0 || (options && values), "a list of options is null");
  bool result = false;
  for (unsigned i = 0; i < count; ++i) {
    if (options[i] == cudaLibraryBinaryIsPreserved)
      result = values[i] != nullptr;
    else
      AW_ARG(options[i] == cudaLibraryHostUniversalFunctionAndDataTable, "unknown library option");
  }
  return result;
}

} // namespace

Result<void> libraryLoadData(cudaLibrary_t* library, const void* code, cudaJitOption* options,
                             void** optionValues, unsigned int numJitOptions,
                             cudaLibraryOption* libraryOptions, void** libraryOptionValues,
                             unsigned int numLibraryOptions) {
  AW_ARG(library && code, "null argument");
  AW_TRY(initialize());
  AW_LET(jit, jitOptions(options, optionValues, numJitOptions));
  AW_LET(keep, preserved(libraryOptions, libraryOptionValues, numLibraryOptions));
  AW_LET(loaded, core::Library::load(code, keep, jit));
  *library = static_cast<cudaLibrary_t>(loaded->handle());
  return {};
}

Result<void> libraryLoadFromFile(cudaLibrary_t* library, const char* fileName,
                                 cudaJitOption* options, void** optionValues,
                                 unsigned int numJitOptions, cudaLibraryOption* libraryOptions,
                                 void** libraryOptionValues, unsigned int numLibraryOptions) {
  AW_ARG(library && fileName, "null argument");
  AW_TRY(initialize());
  AW_TRY(jitOptions(options, optionValues, numJitOptions));
  AW_TRY(preserved(libraryOptions, libraryOptionValues, numLibraryOptions));
  AW_LET(loaded, core::Library::loadFile(fileName));
  *library = static_cast<cudaLibrary_t>(loaded->handle());
  return {};
}

Result<void> libraryUnload(cudaLibrary_t library) {
  auto found = find(library);
  AW_ARG(found || found.status() != Status::InvalidHandle,
         "not a live library"); // the manual names no other error
  if (!found)
    return found.error();
  return (*found)->unload();
}

Result<void> libraryGetKernel(cudaKernel_t* pKernel, cudaLibrary_t library, const char* name) {
  AW_ARG(pKernel && name, "null argument");
  AW_LET(found, find(library));
  AW_LET(kernel, found->kernel(name));
  *pKernel = static_cast<cudaKernel_t>(kernel->handle());
  return {};
}

// No device has unified function pointers (CU_DEVICE_ATTRIBUTE_UNIFIED_FUNCTION_POINTERS).
Result<void> libraryGetUnifiedFunction(void** fptr, cudaLibrary_t library, const char* symbol) {
  AW_ARG(fptr && symbol, "null argument");
  AW_TRY(find(library));
  return makeError(Status::NotFound, fmt::format("{}: host and device share no functions", symbol));
}

Result<void> libraryGetKernelCount(unsigned int* count, cudaLibrary_t lib) {
  AW_ARG(count, "count is null");
  AW_LET(found, find(lib));
  AW_LET(kernels, found->kernelCount());
  *count = kernels;
  return {};
}

Result<void> libraryEnumerateKernels(cudaKernel_t* kernels, unsigned int numKernels,
                                     cudaLibrary_t lib) {
  AW_ARG(kernels && numKernels != 0, "no room for kernels");
  AW_LET(found, find(lib));
  AW_LET(all, found->kernels());
  for (unsigned i = 0; i < numKernels && i < all.size(); ++i)
    kernels[i] = static_cast<cudaKernel_t>(all[i]->handle());
  return {};
}

Result<void> libraryGetGlobal(void** dptr, size_t* bytes, cudaLibrary_t library, const char* name) {
  AW_ARG((dptr || bytes) && name, "null argument");
  AW_LET(found, find(library));
  AW_LET(context, currentContext());
  AW_LET(variable, found->global(*context, name));
  if (dptr)
    *dptr = variable.address;
  if (bytes)
    *bytes = variable.size;
  return {};
}

Result<void> libraryGetManaged(void** dptr, size_t* bytes, cudaLibrary_t library,
                               const char* name) {
  AW_ARG((dptr || bytes) && name, "null argument");
  AW_LET(found, find(library));
  AW_LET(context, currentContext());
  AW_LET(variable, found->managed(*context, name));
  if (dptr)
    *dptr = variable.address;
  if (bytes)
    *bytes = variable.size;
  return {};
}

Result<void> kernelSetAttributeForDevice(cudaKernel_t kernel, cudaFuncAttribute attr, int value,
                                         int device) {
  AW_LET(chosen, deviceAt(device));
  auto found = core::Kernel::fromHandle(kernel);
  if (!found)
    return makeError(RuntimeStatus::InvalidDeviceFunction, "kernel is none");
  return found->setAttribute(int(attr), value, *chosen);
}

} // namespace anywarp::cudart
#endif
