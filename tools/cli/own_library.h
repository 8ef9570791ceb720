// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One of our own libraries, loaded from our folder and asked by the names of its functions, so that
// the command links none of it. Stays loaded.
#pragma once

#include "paths.h"
#include "support/result.h"

#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <string>

namespace anywarp::cli {

class OwnLibrary {
public:
  // `name`: "libcuda.so.1".
  static Result<OwnLibrary> load(const char* name) {
    std::string path = std::filesystem::path(libraryFolder()) / name;
    if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
      return OwnLibrary(name, handle);
    return makeError(Status::SharedObjectInitFailed, fmt::format("cannot load it: {}", dlerror()));
  }

  template <typename Function> Function* find(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(handle_, name));
  }
  // Calls a function whose answer is a code, 0 for success; nothing: there is no such function.
  template <typename... Args> std::optional<int> ask(const char* name, Args... args) const {
    auto* function = find<int(Args...)>(name);
    return function ? std::optional<int>(function(args...)) : std::nullopt;
  }
  // The same for what cannot fail in a whole library. The error names the function, its code and
  // what `text` says of the code.
  template <typename Text, typename... Args>
  Result<void> need(Text&& text, const char* name, Args... args) const {
    std::optional<int> code = ask(name, args...);
    if (!code)
      return makeError(Status::NotFound, fmt::format("{} has no {}", name_, name));
    if (*code)
      return makeError(Status::Unknown,
                       fmt::format("{} gives error {} ({})", name, *code, text(*code)));
    return {};
  }

private:
  OwnLibrary(const char* name, void* handle) : name_(name), handle_(handle) {}
  const char* name_;
  void* handle_;
};

} // namespace anywarp::cli
