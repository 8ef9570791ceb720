// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Modules: code loaded into the current context.
#include "cuda/support.h"
#include "support/options.h"

namespace anywarp::cuda {

Result<void> moduleLoad(CUmodule* module, const char* path) {
  AW_ARG(module && path, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(loaded, core::Module::loadFile(*context, path));
  *module = asHandle<CUmodule>(loaded);
  return {};
}

Result<void> moduleLoadData(CUmodule* module, const void* image) {
  return moduleLoadDataEx(module, image, 0, nullptr, nullptr);
}

Result<void> moduleLoadDataEx(CUmodule* module, const void* image, unsigned int count,
                              CUjit_option* options, void** values) {
  AW_ARG(module && image, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(jit, jitOptions(count, options, values));
  AW_LET(loaded, core::Module::load(*context, image, jit));
  *module = asHandle<CUmodule>(loaded);
  return {};
}

Result<void> moduleLoadFatBinary(CUmodule* module, const void* image) {
  return moduleLoadDataEx(module, image, 0, nullptr, nullptr);
}

Result<void> moduleUnload(CUmodule handle) {
  AW_ARG(handle, "hmod is null");
  AW_LET(module, findModule(handle));
  return module->unload();
}

Result<void> moduleGetLoadingMode(CUmoduleLoadingMode* mode) {
  AW_ARG(mode, "mode is null");
  *mode = options().moduleLoading == ModuleLoadingOption::Eager ? CU_MODULE_EAGER_LOADING
                                                                : CU_MODULE_LAZY_LOADING;
  return {};
}

Result<void> moduleGetFunction(CUfunction* function, CUmodule handle, const char* name) {
  AW_ARG(function && name, "null pointer");
  AW_TRY(core::Context::require());
  AW_LET(module, findModule(handle));
  AW_LET(found, module->function(name));
  *function = asHandle<CUfunction>(found);
  return {};
}

Result<void> moduleGetFunctionCount(unsigned int* count, CUmodule handle) {
  AW_ARG(count, "count is null");
  AW_LET(module, findModule(handle));
  *count = module->functionCount();
  return {};
}

Result<void> moduleEnumerateFunctions(CUfunction* functions, unsigned int room, CUmodule handle) {
  AW_ARG(functions && room, "no room for functions");
  AW_TRY(core::Context::require());
  AW_LET(module, findModule(handle));
  for (core::FunctionRef& function : module->functions()) {
    if (room-- == 0)
      break;
    *functions++ = asHandle<CUfunction>(function);
  }
  return {};
}

Result<void> moduleGetGlobal(CUdeviceptr* pointer, size_t* bytes, CUmodule handle,
                             const char* name) {
  AW_ARG(name, "name is null");
  AW_TRY(core::Context::require());
  AW_LET(module, findModule(handle));
  AW_LET(variable, module->global(name));
  if (pointer)
    *pointer = devicePointer(variable.address);
  if (bytes)
    *bytes = variable.size;
  return {};
}

Result<void> moduleGetTexRef(CUtexref* reference, CUmodule handle, const char* name) {
  AW_ARG(reference && name, "null pointer");
  AW_TRY(core::Context::require());
  AW_LET(module, findModule(handle));
  AW_LET(found, module->textureReference(name));
  *reference = asHandle<CUtexref>(found);
  return {};
}

Result<void> moduleGetSurfRef(CUsurfref* reference, CUmodule handle, const char* name) {
  AW_ARG(reference && name, "null pointer");
  AW_TRY(core::Context::require());
  AW_LET(module, findModule(handle));
  AW_LET(found, module->surfaceReference(name));
  *reference = asHandle<CUsurfref>(found);
  return {};
}

} // namespace anywarp::cuda
