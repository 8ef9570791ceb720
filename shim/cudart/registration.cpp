// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What compiled host code calls from static constructors and destructors: it says which device code
// the program holds. Failures cannot be returned here; they show when a kernel is first used.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"
#include "cudart/last_error.h"
#include "cudart/registry.h"
#include "support/log.h"

namespace anywarp::cudart {
namespace {

RegisteredUnit* unitOf(void** handle) {
  return reinterpret_cast<RegisteredUnit*>(handle);
}

} // namespace

void** __cudaRegisterFatBinary(void* fatbin) {
  return reinterpret_cast<void**>(Registry::get().add(fatbin));
}

void __cudaRegisterFatBinaryEnd(void**) {}

void __cudaUnregisterFatBinary(void** handle) {
  if (handle)
    Registry::get().remove(unitOf(handle));
}

void __cudaRegisterFunction(void** handle, const char* hostFunction, char*, const char* deviceName,
                            int, uint3*, uint3*, dim3*, dim3*, int*) {
  if (handle && hostFunction && deviceName)
    Registry::get().addFunction(unitOf(handle), hostFunction, deviceName);
}

void __cudaRegisterVar(void** handle, char* hostVar, char*, const char* deviceName, int, size_t,
                       int, int) {
  if (handle && hostVar && deviceName)
    Registry::get().addVariable(unitOf(handle), hostVar, deviceName);
}

void __cudaRegisterManagedVar(void** handle, void** hostVar, char*, const char* deviceName, int,
                              size_t, int, int) {
  if (handle && hostVar && deviceName)
    Registry::get().addManaged(unitOf(handle), hostVar, deviceName);
}

void __cudaRegisterHostVar(void**, const char* deviceName, char*, size_t) {
  log::debug("__cudaRegisterHostVar: {} keeps its host address", deviceName ? deviceName : "?");
}

#if CUDART_VERSION >= 12000
void __cudaRegisterUnifiedTable(void*) {}
#else
void __cudaRegisterTexture(void** handle, const void* hostVar, const void**, const char* deviceName,
                           int, int normalized, int) {
  if (handle && hostVar && deviceName)
    Registry::get().addTexture(unitOf(handle), hostVar, deviceName, normalized != 0);
}
void __cudaRegisterSurface(void** handle, const void* hostVar, const void**, const char* deviceName,
                           int, int) {
  if (handle && hostVar && deviceName)
    Registry::get().addSurface(unitOf(handle), hostVar, deviceName);
}
#endif

char __cudaInitModule(void** handle) {
  auto init = [&]() -> Result<void> {
    AW_LET(context, currentContext());
    return Registry::get().initManaged(unitOf(handle), *context);
  };
  if (!handle)
    return 0;
  auto result = init();
  if (!result)
    recordFailure("__cudaInitModule", result.error());
  return bool(result);
}

} // namespace anywarp::cudart
