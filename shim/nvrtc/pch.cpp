// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Precompiled headers of the program's own: none are written, since what is before the first line
// is precompiled for everybody.
#include "nvrtc/support.h"

#include <atomic>

namespace anywarp::nvrtc {
namespace {

std::atomic<size_t> heapSize{size_t(256) << 20}; // NVRTC's default

} // namespace

Result<void> getPCHHeapSize(size_t* ret) {
  AW_ARG(ret, "the place for the size is null");
  *ret = heapSize;
  return {};
}

Result<void> setPCHHeapSize(size_t size) {
  heapSize = size;
  return {};
}

Result<void> getPCHCreateStatus(nvrtcProgram prog) {
  AW_TRY(find(prog));
  return fail(NVRTC_ERROR_NO_PCH_CREATE_ATTEMPTED);
}

Result<void> getPCHHeapSizeRequired(nvrtcProgram prog, size_t* size) {
  AW_TRY(find(prog));
  AW_ARG(size, "the place for the size is null");
  *size = 0;
  return {};
}

} // namespace anywarp::nvrtc
