// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions by name: the driver's, asked from libcuda.so.1 next to us, loaded when first wanted.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "support/log.h"

#include <cstring>
#include <dlfcn.h>
#include <fmt/core.h>

namespace anywarp::cudart {
namespace {

// cuGetProcAddress_v2 (CUDA driver API manual, "Driver Entry Point Access").
using GetProcAddress = int (*)(const char* symbol, void** function, int version, uint64_t flags,
                               int* found);

Result<GetProcAddress> driverTable() {
  static const GetProcAddress table = []() -> GetProcAddress {
    void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
      const char* why = dlerror();
      log::warn("cudaGetDriverEntryPoint: {}", why ? why : "libcuda.so.1 cannot be loaded");
      return nullptr;
    }
    return reinterpret_cast<GetProcAddress>(dlsym(library, "cuGetProcAddress_v2"));
  }();
  if (!table)
    return makeError(Status(35), "libcuda.so.1 is not there or too old; put Anywarp's lib folder "
                                 "into LD_LIBRARY_PATH");
  return table;
}

// `found`: 0 found, 1 no such symbol, 2 not in this version (cudaDriverEntryPointQueryResult).
Result<void> look(const char* symbol, void** function, int version, unsigned long long flags,
                  int& found) {
  AW_ARG(symbol && *symbol && function, "symbol is null or empty, or there is no place for it");
  AW_ARG(flags <= 2, "unknown flags");
  AW_LET(table, driverTable());
  *function = nullptr;
  found = 1;
  if (int status = table(symbol, function, version, flags, &found); status != 0 && found == 0)
    found = 1;
  if (!*function && found == 0)
    found = 1;
  return {};
}

// By default a program gets driver functions with the default stream that it was compiled for.
unsigned long long flavour(unsigned long long flags, cudaStream_t defaultStream) {
  return flags == cudaEnableDefault && defaultStream == cudaStreamPerThread
             ? cudaEnablePerThreadDefaultStream
             : flags;
}

} // namespace

#if CUDART_VERSION >= 12000
Result<void> getDriverEntryPointByVersion(const char* symbol, void** funcPtr,
                                          unsigned int cudaVersion, unsigned long long flags,
                                          cudaDriverEntryPointQueryResult* driverStatus,
                                          cudaStream_t defaultStream) {
  int found = 0;
  AW_TRY(look(symbol, funcPtr, int(cudaVersion), flavour(flags, defaultStream), found));
  if (driverStatus) {
    *driverStatus = cudaDriverEntryPointQueryResult(found);
    return {};
  }
  if (found != 0)
    return makeError(Status::NotFound, fmt::format("the driver has no function {}", symbol));
  return {};
}

Result<void> getDriverEntryPoint(const char* symbol, void** funcPtr, unsigned long long flags,
                                 cudaDriverEntryPointQueryResult* driverStatus,
                                 cudaStream_t defaultStream) {
  return getDriverEntryPointByVersion(symbol, funcPtr, CUDART_VERSION, flags, driverStatus,
                                      defaultStream);
}
#else
Result<void> getDriverEntryPoint_v1(const char* symbol, void** funcPtr, unsigned long long flags,
                                    cudaStream_t defaultStream) {
  int found = 0;
  AW_TRY(look(symbol, funcPtr, CUDART_VERSION, flavour(flags, defaultStream), found));
  if (found != 0)
    return makeError(Status::NotFound, fmt::format("the driver has no function {}", symbol));
  return {};
}
#endif

#if CUDART_VERSION >= 13000
Result<void> __cudaGetProcAddress(const char* symbol, void** function, int, unsigned long long,
                                  void*) {
  AW_ARG(symbol && function, "null argument");
  static void* const self = [] {
    Dl_info info = {};
    return dladdr(reinterpret_cast<void*>(&driverTable), &info)
               ? dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD)
               : nullptr;
  }();
  *function = self ? dlsym(self, symbol) : nullptr;
  if (!*function)
    return makeError(Status::NotFound, fmt::format("the runtime has no function {}", symbol));
  return {};
}
#endif

Result<void> getExportTable(const void** ppExportTable, const cudaUUID_t* pExportTableId) {
  AW_ARG(ppExportTable && pExportTableId, "null argument");
  *ppExportTable = nullptr;
  std::string id;
  for (unsigned char byte : pExportTableId->bytes)
    id += fmt::format("{:02x}", byte);
  return makeError(Status::NotSupported, fmt::format("no export table {} is offered", id));
}

} // namespace anywarp::cudart
