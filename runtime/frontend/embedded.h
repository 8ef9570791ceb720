// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the front end carries with it: the CUDA headers, the headers that clang installs for CUDA,
// and libdevice. Immutable.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <utility>
#include <vector>

namespace anywarp::frontend {

// Where sources see the headers. No such folder exists on disk.
inline constexpr const char* kIncludeFolder = "/anywarp/include";
inline constexpr const char* kClangFolder = "/anywarp/clang";

// Path and text, which ends with a NUL that is not counted.
const std::vector<std::pair<llvm::StringRef, llvm::StringRef>>& embeddedHeaders();
llvm::StringRef embeddedLibdevice();
// Changes with every header: part of the name of a kept prelude.
const std::string& embeddedHash();

} // namespace anywarp::frontend
