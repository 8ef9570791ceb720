// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file in memory without a name, and how another process of the same user finds it: by the number
// of the descriptor that its maker holds. It is gone when all who opened it are. Plain data.
#pragma once

#include "support/result.h"

#include <cstddef>
#include <cstdint>

namespace anywarp {

struct ForeignFile {
  int process = 0, descriptor = -1; // of the maker
  uint64_t inode = 0;

  // Makes one of `bytes` zeros. The descriptor is the caller's to close.
  static Result<ForeignFile> make(const char* name, size_t bytes);
  // A descriptor of the calling process's own; InvalidHandle when the maker or the file is gone.
  Result<int> open() const;
};

} // namespace anywarp
