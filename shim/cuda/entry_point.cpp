// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuGetProcAddress: the newest ABI of a name that a CUDA version knows, from the generated table.
// Pointers are to this library's own functions, whatever else the process exports.
#include "cuda/export_tables.h"
#include "cuda/support.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>

#define AW_PROC(name, since, perThread, symbol) extern "C" void symbol();
#include "api/cuda/proc_address.inc"
#undef AW_PROC

namespace anywarp::cuda {
namespace {

struct Row {
  std::string_view name;
  int since;
  bool perThread;
  void (*symbol)();
};

// Sorted by name; within a name by age, plain before per-thread.
constexpr Row kRows[] = {
#define AW_PROC(name, since, perThread, symbol) {name, since, perThread, &symbol},
#include "api/cuda/proc_address.inc"
#undef AW_PROC
};

constexpr int kFirstPerThread = 7000; // CUDA 7.0 brought per-thread default streams

struct Found {
  void* pointer = nullptr;
  CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
};

Found findProc(std::string_view name, int version, bool perThread) {
  auto rows = std::equal_range(std::begin(kRows), std::end(kRows), Row{name, 0, false, nullptr},
                               [](const Row& a, const Row& b) { return a.name < b.name; });
  Found found;
  for (auto row = rows.first; row != rows.second; ++row) {
    if (!found.pointer)
      found.status = CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT;
    if (row->since > version || (row->perThread && !perThread))
      continue;
    found = {reinterpret_cast<void*>(row->symbol), CU_GET_PROC_ADDRESS_SUCCESS};
  }
  return found;
}

} // namespace

Result<void> getProcAddress(const char* symbol, void** function, int version, cuuint64_t flags,
                            CUdriverProcAddressQueryResult* status) {
  AW_ARG(symbol, "symbol is null");
  constexpr cuuint64_t kStreamFlags =
      CU_GET_PROC_ADDRESS_LEGACY_STREAM | CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  AW_ARG((flags & ~kStreamFlags) == 0 && flags != kStreamFlags, "unknown flags");
  bool perThread =
      (flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM) && version >= kFirstPerThread;
  Found found = findProc(symbol, version, perThread);
  if (function)
    *function = found.pointer;
  if (status)
    *status = found.status;
  // cuBLAS asks for the name "" with nowhere to put an answer, and expects NOT_FOUND.
  if (!found.pointer)
    return makeError(Status::NotFound, "");
  AW_ARG(function, "pfn is null");
  return {};
}

Result<void> getProcAddress_v1(const char* symbol, void** function, int version, cuuint64_t flags) {
  return getProcAddress(symbol, function, version, flags, nullptr);
}

Result<void> getExportTable(const void** table, const CUuuid* id) {
  AW_ARG(table && id, "null pointer");
  *table = findExportTable(*id);
  if (!*table)
    return makeError(Status::NotFound, "");
  return {};
}

} // namespace anywarp::cuda
