// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a compilation made.
#include "nvrtc/support.h"

#include <cstring>

namespace anywarp::nvrtc {
namespace {

// Texts come with their NUL, the rest as it is.
Result<void> size(nvrtcProgram prog, size_t* out, std::string Program::* what, size_t end) {
  AW_LET(program, find(prog));
  AW_ARG(out, "the place for the size is null");
  std::lock_guard lock(program->mutex);
  *out = ((*program).*what).size() + end;
  return {};
}

Result<void> copy(nvrtcProgram prog, char* out, std::string Program::* what, size_t end) {
  AW_LET(program, find(prog));
  AW_ARG(out, "the place for the result is null");
  std::lock_guard lock(program->mutex);
  const std::string& bytes = (*program).*what;
  std::memcpy(out, bytes.c_str(), bytes.size() + end);
  return {};
}

} // namespace

Result<void> getPTXSize(nvrtcProgram prog, size_t* out) {
  return size(prog, out, &Program::ptx, 1);
}
Result<void> getPTX(nvrtcProgram prog, char* out) {
  return copy(prog, out, &Program::ptx, 1);
}
Result<void> getCUBINSize(nvrtcProgram prog, size_t* out) {
  return size(prog, out, &Program::cubin, 0);
}
Result<void> getCUBIN(nvrtcProgram prog, char* out) {
  return copy(prog, out, &Program::cubin, 0);
}
Result<void> getProgramLogSize(nvrtcProgram prog, size_t* out) {
  return size(prog, out, &Program::log, 1);
}
Result<void> getProgramLog(nvrtcProgram prog, char* out) {
  return copy(prog, out, &Program::log, 1);
}

#if ANYWARP_CUDA_VERSION >= 12000
Result<void> getLTOIRSize(nvrtcProgram prog, size_t* out) {
  return size(prog, out, &Program::lto, 0);
}
Result<void> getLTOIR(nvrtcProgram prog, char* out) {
  return copy(prog, out, &Program::lto, 0);
}
Result<void> getOptiXIRSize(nvrtcProgram prog, size_t* out) {
  AW_TRY(find(prog));
  AW_ARG(out, "the place for the size is null");
  *out = 0;
  return {};
}
Result<void> getOptiXIR(nvrtcProgram prog, char* out) {
  AW_TRY(find(prog));
  AW_ARG(out, "the place for the result is null");
  return {};
}
#endif
#if ANYWARP_CUDA_VERSION < 13000
Result<void> getNVVMSize(nvrtcProgram prog, size_t* out) {
  return size(prog, out, &Program::lto, 0);
}
Result<void> getNVVM(nvrtcProgram prog, char* out) {
  return copy(prog, out, &Program::lto, 0);
}
#endif

} // namespace anywarp::nvrtc
