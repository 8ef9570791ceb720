// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables start with their size in bytes, functions from slot 1 on; context-local storage has no
// size word and ends with a null. Slots nobody is known to call hold a function that reports the
// call and returns an error, so that an unforeseen caller gets a code and not a crash.
#include "cuda/export_tables.h"

#include "cuda/entry.h"
#include "cuda/support.h"
#include "support/log.h"

#include <array>
#include <cstring>

namespace anywarp::cuda {
namespace {

using Slot = const void*;
template <typename F> Slot slot(F* function) {
  return reinterpret_cast<Slot>(function);
}

// The answer of a function behind a table: its code, with the usual log line.
CUresult answer(const char* name, const Result<void>& result) {
  return leave(name, result);
}

CUresult unknownSlot() {
  log::info("a caller used a slot of a driver table that Anywarp does not know; it got "
            "CUDA_ERROR_NOT_SUPPORTED");
  return CUDA_ERROR_NOT_SUPPORTED;
}
CUresult quietSlot() {
  return CUDA_SUCCESS;
}

template <size_t N> std::array<Slot, N> sizedTable(Slot filler) {
  std::array<Slot, N> table;
  table.fill(filler);
  table[0] = reinterpret_cast<Slot>(N * sizeof(Slot));
  return table;
}

// --- CUDART_INTERFACE: how cudart loads code and finds the primary context -----------------------

CUresult loadModule(const char* name, CUmodule* module, const void* image) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  return answer(name, moduleLoadDataEx(module, image, 0, nullptr, nullptr));
}

CUresult interfaceGetModule(CUmodule* module, const void* wrapper) {
  return loadModule("CUDART_INTERFACE.1", module, wrapper);
}

// The primary context's handle, without a reference and without making it active.
CUresult interfacePrimaryContext(CUcontext* context, CUdevice dev) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  if (!context)
    return CUDA_ERROR_INVALID_VALUE;
  auto device = findDevice(dev);
  if (!device)
    return CUresult(device.status());
  *context = static_cast<CUcontext>((*device)->primary().handle());
  return CUDA_SUCCESS;
}

CUresult interfaceGetModuleExt1(CUmodule* module, const void* wrapper, void* a, void* b, unsigned) {
  if (a || b) // host variables registered with the driver
    return CUDA_ERROR_NOT_SUPPORTED;
  return loadModule("CUDART_INTERFACE.6", module, wrapper);
}

void interfaceRegistering(size_t) {}

CUresult interfaceGetModuleExt2(const void* header, CUmodule* module, void* a, void* b, unsigned) {
  if (a || b)
    return CUDA_ERROR_NOT_SUPPORTED;
  return loadModule("CUDART_INTERFACE.8", module, header);
}

const auto& interfaceTable() {
  static const auto table = [] {
    auto t = sizedTable<13>(slot(&unknownSlot));
    t[1] = slot(&interfaceGetModule);
    t[2] = slot(&interfacePrimaryContext);
    t[6] = slot(&interfaceGetModuleExt1);
    t[7] = slot(&interfaceRegistering);
    t[8] = slot(&interfaceGetModuleExt2);
    t[12] = slot(&quietSlot); // "load the compilers": ours load themselves
    return t;
  }();
  return table;
}

// --- TOOLS_RUNTIME_CALLBACK_HOOKS: two buffers; all zero means that no tool is attached ----------

void hooksBuffer1(void** buffer, size_t* size) {
  alignas(64) static char zeros[4096];
  *buffer = zeros;
  *size = 1024;
}
void hooksBuffer2(void** buffer, size_t* size) {
  alignas(64) static char zeros[64];
  *buffer = zeros;
  *size = 14;
}

const auto& hooksTable() {
  static const auto table = [] {
    auto t = sizedTable<7>(slot(&quietSlot));
    t[2] = slot(&hooksBuffer1);
    t[6] = slot(&hooksBuffer2);
    return t;
  }();
  return table;
}

// --- TOOLS_TLS
// ------------------------------------------------------------------------------------

CUresult tlsCurrentContext(CUcontext* context) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  return answer("TOOLS_TLS.2", ctxGetCurrent(context));
}

const auto& tlsTable() {
  static const auto table = [] {
    auto t = sizedTable<4>(slot(&quietSlot));
    t[2] = slot(&tlsCurrentContext);
    return t;
  }();
  return table;
}

// --- CONTEXT_LOCAL_STORAGE: values that end with their context -----------------------------------

using StorageDestructor = void (*)(CUcontext, void* key, void* value);

CUresult storagePut(CUcontext handle, void* key, void* value, StorageDestructor destructor) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  auto context = findContext(handle);
  if (!context)
    return CUresult(context.status());
  // CUcontext and void* pass alike.
  return answer("CONTEXT_LOCAL_STORAGE.0",
                (*context)->storagePut(
                    key, value, reinterpret_cast<core::Context::StorageDestructor>(destructor)));
}

CUresult storageDelete(CUcontext handle, void* key) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  auto context = findContext(handle);
  if (!context)
    return CUresult(context.status());
  return CUresult((*context)->storageDelete(key).status());
}

CUresult storageGet(void** value, CUcontext handle, void* key) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  if (!value)
    return CUDA_ERROR_INVALID_VALUE;
  auto context = findContext(handle);
  if (!context)
    return CUresult(context.status());
  auto found = (*context)->storageGet(key);
  if (!found)
    return CUresult(found.status());
  *value = *found;
  return CUDA_SUCCESS;
}

const auto& storageTable() {
  static const std::array<Slot, 4> table = {slot(&storagePut), slot(&storageDelete),
                                            slot(&storageGet), nullptr};
  return table;
}

// --- CONTEXT_CHECKS
// --------------------------------------------------------------------------------

CUresult checksContext(CUcontext, unsigned* out, const void**) {
  if (out)
    *out = 0;
  return CUDA_SUCCESS;
}

const auto& checksTable() {
  static const auto table = [] {
    auto t = sizedTable<4>(slot(&quietSlot));
    t[2] = slot(&checksContext);
    return t;
  }();
  return table;
}

// --- CTX_CREATE_BYPASS, HEAP_ACCESS, DEVICE_EXTENDED_RT
// -------------------------------------------

CUresult bypassCreate(CUcontext* context, unsigned flags, CUdevice device) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  return answer("CTX_CREATE_BYPASS.1", ctxCreate_v2(context, flags, device));
}

const auto& bypassTable() {
  static const auto table = [] {
    auto t = sizedTable<2>(slot(&unknownSlot));
    t[1] = slot(&bypassCreate);
    return t;
  }();
  return table;
}

// Threads may ask to be told when the driver forgets them. Ours keeps nothing per thread that a
// caller could miss, so the callback is taken and never used.
CUresult threadNotifySet(void** handle, void (*)(unsigned, void*), void*) {
  static char token;
  if (handle)
    *handle = &token;
  return CUDA_SUCCESS;
}

const auto& threadNotifyTable() {
  static const auto table = [] {
    auto t = sizedTable<3>(slot(&quietSlot));
    t[1] = slot(&threadNotifySet);
    return t;
  }();
  return table;
}

CUresult extendedFlag(unsigned char* out, CUdevice) {
  if (out)
    *out = 0;
  return CUDA_SUCCESS;
}

const auto& extendedTable() {
  static const auto table = [] {
    auto t = sizedTable<26>(slot(&unknownSlot));
    t[13] = slot(&extendedFlag);
    return t;
  }();
  return table;
}

// --- ToolsContext: asked for by cudart 13.4 and later, and by cuBLASLt
// -----------------------------

CUresult toolsContextId(CUcontext context, unsigned long long* id) {
  if (CUresult state = enter(__func__, true); state != CUDA_SUCCESS)
    return state;
  return answer("ToolsContext.4", ctxGetId(context, id));
}

const auto& toolsContextTable() {
  static const auto table = [] {
    auto t = sizedTable<80>(slot(&quietSlot));
    t[4] = slot(&toolsContextId);
    return t;
  }();
  return table;
}

// --- INTEGRITY_CHECK
// --------------------------------------------------------------------------------

#ifdef ANYWARP_STATIC_CUDART
const void* integrityTableAddress();

CUresult integrityCheck(unsigned version, unsigned long long unixSeconds,
                        unsigned long long out[2]) {
  return answerValidityCheck(version, unixSeconds, out, interfaceTable().data(),
                             integrityTableAddress(), slot(&integrityCheck));
}

const auto& integrityTable() {
  static const auto table = [] {
    auto t = sizedTable<3>(slot(&unknownSlot));
    t[1] = slot(&integrityCheck);
    return t;
  }();
  return table;
}

const void* integrityTableAddress() {
  return integrityTable().data();
}
#endif

struct Entry {
  unsigned char id[16];
  const void* (*table)();
};

constexpr Entry kEntries[] = {
    {{0x6b, 0xd5, 0xfb, 0x6c, 0x5b, 0xf4, 0xe7, 0x4a, 0x89, 0x87, 0xd9, 0x39, 0x12, 0xfd, 0x9d,
      0xf9},
     []() -> const void* { return interfaceTable().data(); }},
    {{0xa0, 0x94, 0x79, 0x8c, 0x2e, 0x74, 0x2e, 0x74, 0x93, 0xf2, 0x08, 0x00, 0x20, 0x0c, 0x0a,
      0x66},
     []() -> const void* { return hooksTable().data(); }},
    {{0x42, 0xd8, 0x5a, 0x81, 0x23, 0xf6, 0xcb, 0x47, 0x82, 0x98, 0xf6, 0xe7, 0x8a, 0x3a, 0xec,
      0xdc},
     []() -> const void* { return tlsTable().data(); }},
    {{0xc6, 0x93, 0x33, 0x6e, 0x11, 0x21, 0xdf, 0x11, 0xa8, 0xc3, 0x68, 0xf3, 0x55, 0xd8, 0x95,
      0x93},
     []() -> const void* { return storageTable().data(); }},
    {{0x26, 0x3e, 0x88, 0x60, 0x7c, 0xd2, 0x61, 0x43, 0x92, 0xf6, 0xbb, 0xd5, 0x00, 0x6d, 0xfa,
      0x7e},
     []() -> const void* { return checksTable().data(); }},
    {{0x0c, 0xa5, 0x0b, 0x8c, 0x10, 0x04, 0x92, 0x9a, 0x89, 0xa7, 0xd0, 0xdf, 0x10, 0xe7, 0x72,
      0x86},
     []() -> const void* { return bypassTable().data(); }},
    {{0x19, 0x5b, 0xcb, 0xf4, 0xd6, 0x7d, 0x02, 0x4a, 0xac, 0xc5, 0x1d, 0x29, 0xce, 0xa6, 0x31,
      0xae},
     []() -> const void* { return threadNotifyTable().data(); }},
    {{0xb1, 0x05, 0x41, 0xe1, 0xf7, 0xc7, 0xc7, 0x4a, 0x9f, 0x64, 0xf2, 0x23, 0xbe, 0x99, 0xf1,
      0xe2},
     []() -> const void* { return extendedTable().data(); }},
    {{0x21, 0x31, 0x8c, 0x60, 0x97, 0x14, 0x32, 0x48, 0x8c, 0xa6, 0x41, 0xff, 0x73, 0x24, 0xc8,
      0xf2},
     []() -> const void* { return toolsContextTable().data(); }},
#ifdef ANYWARP_STATIC_CUDART
    {{0xd4, 0x08, 0x20, 0x55, 0xbd, 0xe6, 0x70, 0x4b, 0x8d, 0x34, 0xba, 0x12, 0x3c, 0x66, 0xe1,
      0xf2},
     []() -> const void* { return integrityTable().data(); }},
#endif
};

} // namespace

const void* findExportTable(const CUuuid& id) {
  for (const Entry& entry : kEntries)
    if (std::memcmp(entry.id, id.bytes, sizeof entry.id) == 0)
      return entry.table();
  const auto* b = reinterpret_cast<const unsigned char*>(id.bytes);
  log::debug("cuGetExportTable: no table {:02x}{:02x}{:02x}{:02x}-{:02x}{:02x}-...", b[0], b[1],
             b[2], b[3], b[4], b[5]);
  return nullptr;
}

} // namespace anywarp::cuda
