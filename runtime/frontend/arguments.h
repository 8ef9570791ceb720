// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of clang's front end for a request, and the files it sees.
#pragma once

#include "frontend/frontend.h"

#include <llvm/Support/VirtualFileSystem.h>
#include <string>
#include <vector>

namespace anywarp::frontend {

// The processor that clang knows and that has all of `arch`'s instructions which it can write.
std::string processorOf(const Target& target);
inline constexpr const char* kPtxFeature = "+ptx85"; // the newest of LLVM 19
inline constexpr const char* kTriple = "nvptx64-nvidia-cuda";

// What decides how headers are understood; a prelude fits all requests with the same.
struct Dialect {
  std::string standard;
  bool fastMath = false;
  bool flushDenormals = false;
  std::string key() const;
};
Dialect dialectOf(const SourceRequest& request);

std::vector<std::string> dialectArguments(const Dialect& dialect);
std::vector<std::string> sourceArguments(const SourceRequest& request);

// Embedded headers, the request's texts (may be null) and the disk.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> filesFor(const SourceRequest* request);

// The whole text: what must be said before the first line, the source, the name expressions.
std::string sourceText(const SourceRequest& request);

} // namespace anywarp::frontend
