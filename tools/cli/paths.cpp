// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See paths.h.
#include "paths.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

namespace anywarp::cli {

std::string libraryFolder() {
  std::error_code error;
  fs::path self = fs::read_symlink("/proc/self/exe", error);
  fs::path root = self.parent_path().parent_path();
  fs::path first = root / "lib";
  auto holdsUs = [](const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "libcuda.so.1", ignored);
  };
  if (holdsUs(first))
    return first;
  for (const char* other : {"lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"})
    if (holdsUs(root / other))
      return root / other;
  return first;
}

std::string toolkitFolder() {
  fs::path libraries = libraryFolder();
  std::error_code ignored;
  for (const fs::path& folder : {libraries / "anywarp/cuda", libraries.parent_path() / "cuda"})
    if (fs::exists(folder / "bin/nvcc", ignored))
      return folder;
  return "";
}

int fail(const std::string& message, int status) {
  std::fprintf(stderr, "anywarp: %s\n", message.c_str());
  return status;
}

} // namespace anywarp::cli
