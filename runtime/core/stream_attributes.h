// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes of streams: CUstreamAttrID and its value, 64 bytes that both APIs lay out alike. They
// are hints, kept so that they read back and can be copied; the priority is the stream's own.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>

namespace anywarp::core {

class AW_API StreamAttributes {
public:
  static constexpr size_t kBytes = 64; // of a CUlaunchAttributeValue
  // InvalidValue: no attribute of streams, or a value that the manual excludes.
  static Result<void> get(Stream& stream, int attribute, void* value);
  static Result<void> set(Stream& stream, int attribute, const void* value);
  static Result<void> copy(Stream& to, Stream& from);
};

} // namespace anywarp::core
