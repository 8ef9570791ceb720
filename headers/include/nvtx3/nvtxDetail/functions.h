/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The functions of NVTX, each through a pointer that a tool may set, and the search for the tool.
   One copy for the whole program or library, whichever of its files includes this first. Not for
   direct use: nvToolsExt.h includes it. */
#include "list.h"

#ifdef __cplusplus
}
#endif
#include <dlfcn.h>
#include <stdlib.h>
#ifdef __cplusplus
extern "C" {
#endif

#define AW_NVTX_SHARED __attribute__((weak, visibility("hidden")))

/* What a tool sees. It asks for tables by number, and for a module's functions in the table of
   callbacks: pointers to the pointers below, in a fixed order. */
typedef void (*NvtxFunctionPointer)(void);
typedef NvtxFunctionPointer** NvtxFunctionTable;
typedef const void* (*NvtxGetExportTableFunc_t)(uint32_t table);
typedef int (*NvtxInitializeInjectionNvtxFunc_t)(NvtxGetExportTableFunc_t exportTable);
enum {
  NVTX_ETID_INVALID = 0,
  NVTX_ETID_CALLBACKS = 1,
  NVTX_ETID_RESERVED0 = 2,
  NVTX_ETID_VERSIONINFO = 3,
};
typedef enum NvtxCallbackModule {
  NVTX_CB_MODULE_INVALID = 0,
  NVTX_CB_MODULE_CORE = 1,
  NVTX_CB_MODULE_CUDA = 2,
  NVTX_CB_MODULE_OPENCL = 3,
  NVTX_CB_MODULE_CUDART = 4,
  NVTX_CB_MODULE_CORE2 = 5,
  NVTX_CB_MODULE_SYNC = 6,
} NvtxCallbackModule;
typedef struct NvtxExportTableCallbacks {
  size_t struct_size;
  int (*GetModuleFunctionTable)(NvtxCallbackModule module, NvtxFunctionTable* table,
                                unsigned int* size);
} NvtxExportTableCallbacks;
typedef struct NvtxExportTableVersionInfo {
  size_t struct_size;
  uint32_t version;
  uint32_t reserved0;
  void (*SetInjectionNvtxVersion)(uint32_t version);
} NvtxExportTableVersionInfo;

/* The pointers, and the tables of their addresses with an unused first and no last place. */
#define AW_NVTX_POINTER(RETURN, NONE, NAME, PARAMETERS, ARGUMENTS)                                 \
  typedef RETURN(*nvtx##NAME##_impl_fntype) PARAMETERS;                                            \
  AW_NVTX_SHARED nvtx##NAME##_impl_fntype aw_nvtx##NAME = 0;
AW_NVTX_CORE(AW_NVTX_POINTER)
AW_NVTX_CORE2(AW_NVTX_POINTER)
#undef AW_NVTX_POINTER
#define AW_NVTX_ADDRESS(RETURN, NONE, NAME, PARAMETERS, ARGUMENTS)                                 \
  (NvtxFunctionPointer*)&aw_nvtx##NAME,
AW_NVTX_SHARED NvtxFunctionPointer* aw_nvtxCore[] = {0, AW_NVTX_CORE(AW_NVTX_ADDRESS) 0};
AW_NVTX_SHARED NvtxFunctionPointer* aw_nvtxCore2[] = {0, AW_NVTX_CORE2(AW_NVTX_ADDRESS) 0};
#undef AW_NVTX_ADDRESS

AW_NVTX_SHARED int aw_nvtxModuleTable(NvtxCallbackModule module, NvtxFunctionTable* table,
                                      unsigned int* size) {
  const int core = module == NVTX_CB_MODULE_CORE;
  if (!core && module != NVTX_CB_MODULE_CORE2)
    return 0;
  if (size)
    *size = (unsigned int)((core ? sizeof aw_nvtxCore : sizeof aw_nvtxCore2) / sizeof(void*)) - 1;
  if (table)
    *table = core ? aw_nvtxCore : aw_nvtxCore2;
  return 1;
}
AW_NVTX_SHARED void aw_nvtxSetVersion(uint32_t version) {
  (void)version;
}
AW_NVTX_SHARED const void* aw_nvtxExportTable(uint32_t table) {
  static const NvtxExportTableCallbacks callbacks = {sizeof(NvtxExportTableCallbacks),
                                                     aw_nvtxModuleTable};
  static const NvtxExportTableVersionInfo version = {sizeof(NvtxExportTableVersionInfo),
                                                     NVTX_VERSION, 0, aw_nvtxSetVersion};
  return table == NVTX_ETID_CALLBACKS     ? (const void*)&callbacks
         : table == NVTX_ETID_VERSIONINFO ? (const void*)&version
                                          : 0;
}

/* A tool linked into the program. */
extern __attribute__((weak)) NvtxInitializeInjectionNvtxFunc_t InitializeInjectionNvtx2_fnptr;

AW_NVTX_SHARED void aw_nvtxFindTool(void) {
  const char* path = getenv("NVTX_INJECTION64_PATH");
  NvtxInitializeInjectionNvtxFunc_t attach = 0;
  void* library = path ? dlopen(path, RTLD_LAZY) : 0;
  if (library)
    attach = (NvtxInitializeInjectionNvtxFunc_t)dlsym(library, "InitializeInjectionNvtx2");
  else if (&InitializeInjectionNvtx2_fnptr)
    attach = InitializeInjectionNvtx2_fnptr;
  if (attach)
    attach(aw_nvtxExportTable);
}

/* 0: nobody looked for a tool yet, 1: somebody does, 2: done. A tool that calls NVTX while it
   attaches is not waited for, nor is it by other threads. */
AW_NVTX_SHARED int aw_nvtxState = 0;
AW_NVTX_SHARED void aw_nvtxAttach(void) {
  int untouched = 0;
  if (__atomic_compare_exchange_n(&aw_nvtxState, &untouched, 1, 0, __ATOMIC_ACQ_REL,
                                  __ATOMIC_ACQUIRE)) {
    aw_nvtxFindTool();
    __atomic_store_n(&aw_nvtxState, 2, __ATOMIC_RELEASE);
  }
}

#define AW_NVTX_FUNCTION(RETURN, NONE, NAME, PARAMETERS, ARGUMENTS)                                \
  __attribute__((unused)) static inline RETURN nvtx##NAME PARAMETERS {                             \
    if (__atomic_load_n(&aw_nvtxState, __ATOMIC_ACQUIRE) == 0)                                     \
      aw_nvtxAttach();                                                                             \
    if (!aw_nvtx##NAME)                                                                            \
      return NONE;                                                                                 \
    return aw_nvtx##NAME ARGUMENTS;                                                                \
  }
AW_NVTX_CORE(AW_NVTX_FUNCTION)
AW_NVTX_CORE2(AW_NVTX_FUNCTION)
#undef AW_NVTX_FUNCTION
#undef AW_NVTX_SHARED
#undef AW_NVTX_CORE
#undef AW_NVTX_CORE2
