// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Libraries and their kernels: code that belongs to no context until it is used in one.
#include "cuda/support.h"

#include <fmt/core.h>

namespace anywarp::cuda {
namespace {

// A device as cuKernel* take it: CU_DEVICE_INVALID and the like mean the current context's.
Result<core::Device*> deviceOrCurrent(CUdevice dev) {
  if (dev >= 0)
    return findDevice(dev);
  AW_LET(context, core::Context::require());
  return &context->device();
}

Result<void> checkOptions(const CUlibraryOption* names, unsigned count) {
  AW_ARG(count == 0 || names, "library options are null");
  for (unsigned i = 0; i < count; ++i)
    AW_ARG(names[i] < CU_LIBRARY_NUM_OPTIONS, "unknown library option");
  return {};
}

} // namespace

Result<void> libraryLoadData(CUlibrary* library, const void* code, CUjit_option* jitNames,
                             void** jitValues, unsigned int jitCount, CUlibraryOption* names,
                             void** values, unsigned int count) {
  AW_ARG(library && code, "null pointer");
  AW_TRY(checkOptions(names, count));
  AW_LET(jit, jitOptions(jitCount, jitNames, jitValues));
  bool preserved = false;
  for (unsigned i = 0; i < count; ++i) {
    // A host function table only matters to unified functions, which cuLibraryGetUnifiedFunction
    // refuses; its values are accepted.
    if (names[i] == CU_LIBRARY_BINARY_IS_PRESERVED)
      preserved = !values || values[i];
  }
  AW_LET(loaded, core::Library::load(code, preserved, jit));
  *library = asHandle<CUlibrary>(loaded);
  return {};
}

Result<void> libraryLoadFromFile(CUlibrary* library, const char* path, CUjit_option* jitNames,
                                 void** jitValues, unsigned int jitCount, CUlibraryOption* names,
                                 void**, unsigned int count) {
  AW_ARG(library && path, "null pointer");
  AW_TRY(checkOptions(names, count));
  AW_TRY(jitOptions(jitCount, jitNames, jitValues));
  AW_LET(loaded, core::Library::loadFile(path));
  *library = asHandle<CUlibrary>(loaded);
  return {};
}

Result<void> libraryUnload(CUlibrary handle) {
  auto library = findLibrary(handle);
  AW_ARG(library, "not a live library"); // the manual names no other error
  return (*library)->unload();
}

Result<void> libraryGetKernel(CUkernel* kernel, CUlibrary handle, const char* name) {
  AW_ARG(kernel && name, "null pointer");
  AW_LET(library, findLibrary(handle));
  AW_LET(found, library->kernel(name));
  *kernel = asHandle<CUkernel>(found);
  return {};
}

// "CUDA_ERROR_NOT_FOUND if there is no device with CU_DEVICE_ATTRIBUTE_UNIFIED_FUNCTION_POINTERS."
Result<void> libraryGetUnifiedFunction(void** function, CUlibrary handle, const char* symbol) {
  AW_ARG(function && symbol, "null pointer");
  AW_TRY(findLibrary(handle));
  return makeError(Status::NotFound, fmt::format("{}: host and device share no functions", symbol));
}

Result<void> libraryGetKernelCount(unsigned int* count, CUlibrary handle) {
  AW_ARG(count, "count is null");
  AW_LET(library, findLibrary(handle));
  AW_LET(number, library->kernelCount());
  *count = number;
  return {};
}

Result<void> libraryEnumerateKernels(CUkernel* kernels, unsigned int room, CUlibrary handle) {
  AW_ARG(kernels && room, "no room for kernels");
  AW_LET(library, findLibrary(handle));
  AW_LET(all, library->kernels());
  for (core::KernelRef& kernel : all) {
    if (room-- == 0)
      break;
    *kernels++ = asHandle<CUkernel>(kernel);
  }
  return {};
}

Result<void> libraryGetModule(CUmodule* module, CUlibrary handle) {
  AW_ARG(module, "pMod is null");
  AW_LET(library, findLibrary(handle));
  AW_LET(context, core::Context::require());
  AW_LET(found, library->module(*context));
  *module = asHandle<CUmodule>(found);
  return {};
}

Result<void> libraryGetGlobal(CUdeviceptr* pointer, size_t* bytes, CUlibrary handle,
                              const char* name) {
  AW_ARG(name && (pointer || bytes), "null pointer");
  AW_LET(library, findLibrary(handle));
  AW_LET(context, core::Context::require());
  AW_LET(variable, library->global(*context, name));
  if (pointer)
    *pointer = devicePointer(variable.address);
  if (bytes)
    *bytes = variable.size;
  return {};
}

// Managed variables belong to no context: cudart asks for them before it has one. They live with
// the library's code in the current context, else in device 0's primary one, which then stays
// active.
Result<void> libraryGetManaged(CUdeviceptr* pointer, size_t* bytes, CUlibrary handle,
                               const char* name) {
  AW_ARG(name && (pointer || bytes), "null pointer");
  AW_LET(library, findLibrary(handle));
  core::ContextRef context = core::Context::current();
  if (!context) {
    AW_LET(device, findDevice(0));
    if (!device->primary().active())
      AW_TRY(device->primaryRetain());
    context = device->primaryRef();
  }
  AW_TRY(context->check());
  AW_LET(variable, library->managed(*context, name));
  if (pointer)
    *pointer = devicePointer(variable.address);
  if (bytes)
    *bytes = variable.size;
  return {};
}

Result<void> kernelGetFunction(CUfunction* function, CUkernel handle) {
  AW_ARG(function, "pFunc is null");
  AW_LET(kernel, findKernel(handle));
  AW_LET(context, core::Context::require());
  AW_LET(found, kernel->function(*context));
  *function = asHandle<CUfunction>(found);
  return {};
}

Result<void> kernelGetLibrary(CUlibrary* library, CUkernel handle) {
  AW_ARG(library, "pLib is null");
  AW_LET(kernel, findKernel(handle));
  *library = static_cast<CUlibrary>(kernel->library().handle());
  return {};
}

Result<void> kernelGetAttribute(int* value, CUfunction_attribute attribute, CUkernel handle,
                                CUdevice dev) {
  AW_ARG(value, "pi is null");
  AW_LET(kernel, findKernel(handle));
  AW_LET(device, deviceOrCurrent(dev));
  AW_LET(answer, kernel->attribute(attribute, *device));
  *value = answer;
  return {};
}

Result<void> kernelSetAttribute(CUfunction_attribute attribute, int value, CUkernel handle,
                                CUdevice dev) {
  AW_LET(kernel, findKernel(handle));
  AW_LET(device, deviceOrCurrent(dev));
  return kernel->setAttribute(attribute, value, *device);
}

Result<void> kernelSetCacheConfig(CUkernel handle, CUfunc_cache config, CUdevice dev) {
  AW_LET(kernel, findKernel(handle));
  AW_LET(device, deviceOrCurrent(dev));
  return kernel->setCacheConfig(config, *device);
}

Result<void> kernelGetName(const char** name, CUkernel handle) {
  AW_ARG(name, "name is null");
  if (auto kernel = findKernel(handle)) {
    *name = (*kernel)->name().c_str();
    return {};
  }
  // CUDA takes a CUfunction here as well.
  return funcGetName(name, reinterpret_cast<CUfunction>(handle));
}

Result<void> kernelGetParamInfo(CUkernel handle, size_t index, size_t* offset, size_t* size) {
  AW_ARG(offset, "paramOffset is null");
  AW_LET(kernel, findKernel(handle));
  AW_LET(param, kernel->param(index));
  *offset = param.offset;
  if (size)
    *size = param.size;
  return {};
}

} // namespace anywarp::cuda
