// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/jit_options.h"

#include <algorithm>

namespace anywarp::core {
namespace {

enum Option { // CUjit_option, as far as it has a meaning here
  kWallTime = 2,
  kInfoLog = 3,
  kInfoLogSize = 4,
  kErrorLog = 5,
  kErrorLogSize = 6,
  kLogVerbose = 12,
  kLast = 34, // of CUDA 13.0
};

void writeLog(char* buffer, size_t size, void** values, int sizeIndex, std::string_view text) {
  if (!buffer || size == 0)
    return;
  size_t count = std::min(text.size(), size - 1);
  std::copy_n(text.begin(), count, buffer);
  buffer[count] = 0;
  if (values && sizeIndex >= 0)
    values[sizeIndex] = reinterpret_cast<void*>(count);
}

} // namespace

Result<JitOptions> JitOptions::parse(unsigned count, const int* codes, void** values) {
  JitOptions options;
  if (count == 0)
    return options;
  if (!codes || !values)
    return makeError(Status::InvalidValue, "JIT options without codes or values");
  options.values = values;
  for (unsigned i = 0; i < count; ++i) {
    auto number = reinterpret_cast<uintptr_t>(values[i]);
    switch (codes[i]) {
    case kWallTime:
      options.wallTimeIndex = int(i);
      break;
    case kInfoLog:
      options.infoLog = static_cast<char*>(values[i]);
      break;
    case kInfoLogSize:
      options.infoLogSize = unsigned(number); // only the low 32 bits count
      options.infoSizeIndex = int(i);
      break;
    case kErrorLog:
      options.errorLog = static_cast<char*>(values[i]);
      break;
    case kErrorLogSize:
      options.errorLogSize = unsigned(number);
      options.errorSizeIndex = int(i);
      break;
    case kLogVerbose:
      options.verbose = unsigned(number) != 0;
      break;
    default:
      if (codes[i] < 0 || codes[i] > kLast)
        return makeError(Status::InvalidValue,
                         std::to_string(codes[i]) + " is no CUjit_option of CUDA 13.0");
    }
  }
  // Empty logs until something is written.
  options.writeInfo({});
  options.writeError({});
  if (options.wallTimeIndex >= 0)
    values[options.wallTimeIndex] = nullptr; // 0.0f in the low 32 bits
  return options;
}

void JitOptions::writeInfo(std::string_view text) const {
  writeLog(infoLog, infoLogSize, values, infoSizeIndex, text);
}

void JitOptions::writeError(std::string_view text) const {
  writeLog(errorLog, errorLogSize, values, errorSizeIndex, text);
}

} // namespace anywarp::core
