// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the compiler module (compiler.h) lies, which build of it that is, and its function once
// somebody needs it. Safe from any thread.
#pragma once

#include "backends/cpu/compiler.h"

#include <mutex>
#include <string>

namespace anywarp::cpu {

// Both lie beside the module that holds this code, in build and installed trees.
std::string compilerPath();       // libanywarp_compiler.so
std::string compileProgramPath(); // of the process that compiles later (compile_process.h)

// The note that the linker wrote (--build-id), so that a rebuilt compiler never meets old entries
// of the cache. Falls back to size and time of the file.
std::string buildId(const std::string& path);

class CompilerModule {
public:
  explicit CompilerModule(std::string path, CompileFn function = nullptr)
      : path_(std::move(path)), function_(function) {}
  // Loads it the first time.
  Result<CompileFn> get();

private:
  const std::string path_;
  std::mutex mutex_; // guards function_
  CompileFn function_;
};

} // namespace anywarp::cpu
