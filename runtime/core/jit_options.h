// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CUjit_option arrays of cuModuleLoadDataEx, cuLibraryLoadData and cuLinkCreate. Plain values;
// the log buffers belong to the caller and must outlive the call (or the link state).
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>
#include <string_view>

namespace anywarp::core {

struct AW_API JitOptions {
  char* infoLog = nullptr; // CU_JIT_INFO_LOG_BUFFER
  size_t infoLogSize = 0;
  char* errorLog = nullptr; // CU_JIT_ERROR_LOG_BUFFER
  size_t errorLogSize = 0;
  void** values = nullptr; // option values; sizes and times are written back here
  int infoSizeIndex = -1, errorSizeIndex = -1, wallTimeIndex = -1;
  bool verbose = false;

  // InvalidValue for codes that no CUDA version defines; options without meaning here are accepted.
  static Result<JitOptions> parse(unsigned count, const int* codes, void** values);
  // Write (truncated) text to the buffers and the used size back, as CUDA does.
  void writeInfo(std::string_view text) const;
  void writeError(std::string_view text) const;
};

} // namespace anywarp::core
