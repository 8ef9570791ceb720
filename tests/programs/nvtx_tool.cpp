// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tool as NVTX loads it: takes some functions and prints what the program says.
#include <cstdint>
#include <cstdio>
#include <nvtx3/nvToolsExt.h>

namespace {

void markA(const char* text) {
  std::printf("mark %s\n", text);
}
int depth = 0;
int pushA(const char* text) {
  std::printf("push %s\n", text);
  return depth++;
}
int pushEx(const nvtxEventAttributes_t* a) {
  std::printf("push %s, color %x, payload %d, version %d\n", a->message.ascii, a->color,
              a->payload.iValue, a->version);
  return depth++;
}
int pop() {
  std::printf("pop\n");
  return --depth;
}
nvtxRangeId_t startA(const char* text) {
  std::printf("start %s\n", text);
  return 77;
}
void end(nvtxRangeId_t id) {
  std::printf("end %llu\n", (unsigned long long)id);
}
nvtxDomainHandle_t createA(const char* name) {
  std::printf("domain %s\n", name);
  return reinterpret_cast<nvtxDomainHandle_t>(uintptr_t(5));
}
void domainMark(nvtxDomainHandle_t domain, const nvtxEventAttributes_t* a) {
  std::printf("mark %s in domain %d\n", a->message.ascii, int(reinterpret_cast<uintptr_t>(domain)));
}

template <class F> void take(NvtxFunctionTable table, int index, F* function) {
  *table[index] = reinterpret_cast<NvtxFunctionPointer>(function);
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
InitializeInjectionNvtx2(NvtxGetExportTableFunc_t exportTable) {
  auto* callbacks = static_cast<const NvtxExportTableCallbacks*>(exportTable(NVTX_ETID_CALLBACKS));
  NvtxFunctionTable core, core2, none;
  unsigned size, size2;
  if (!callbacks || !callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &core, &size) ||
      !callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &core2, &size2) ||
      callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_SYNC, &none, nullptr))
    return 0;
  std::printf("tables of %u and %u\n", size, size2);
  // The places are part of NVTX's binary interface.
  take(core, 2, markA);
  take(core, 5, startA);
  take(core, 7, end);
  take(core, 8, pushEx);
  take(core, 9, pushA);
  take(core, 11, pop);
  take(core2, 1, domainMark);
  take(core2, 12, createA);
  return 1;
}
