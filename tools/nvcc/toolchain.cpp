// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See toolchain.h.
#include "toolchain.h"

#include "options.h"

#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

constexpr const char* kClangNames[] = {"clang++-19", "/usr/lib/llvm-19/bin/clang++", "clang++"};

// Debian and clang's own installation have lib/clang/19 next to the bin folder of the real program.
std::string resourceFolder(const std::string& clang) {
  std::error_code error;
  fs::path real = fs::canonical(clang, error);
  return error ? "" : (real.parent_path().parent_path() / "lib/clang/19").string();
}

} // namespace

std::string findProgram(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return access(name.c_str(), X_OK) == 0 ? name : "";
  std::string path = environment("PATH");
  for (size_t at = 0; at <= path.size();) {
    size_t end = std::min(path.find(':', at), path.size());
    std::string candidate = path.substr(at, end - at) + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0)
      return candidate;
    at = end + 1;
  }
  return "";
}

Result<Toolchain> findToolchain(const std::string& libdeviceFolder) {
  Toolchain found;
  std::error_code error;
  found.root = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  std::string tried;
  for (const char* name : kClangNames) {
    std::string program = findProgram(name);
    std::string resources = program.empty() ? "" : resourceFolder(program);
    if (fs::exists(resources + "/include/cuda_wrappers", error)) {
      found.clang = program;
      found.wrappers = resources + "/include/cuda_wrappers";
      break;
    }
    tried += fmt::format("{}{}", tried.empty() ? "" : ", ", name);
  }
  if (found.clang.empty())
    return makeError(
        Status::FileNotFound,
        fmt::format("clang 19 is not installed (looked for {}); Debian: apt install clang-19",
                    tried));
  found.libdevice = (libdeviceFolder.empty() ? found.root + "/nvvm/libdevice" : libdeviceFolder) +
                    "/libdevice.10.bc";
  for (const std::string& needed : {found.include() + "/cuda_runtime.h", found.libdevice})
    if (!fs::exists(needed, error))
      return makeError(Status::FileNotFound,
                       fmt::format("'{}' is missing: build or install Anywarp completely", needed));
  return found;
}

} // namespace anywarp::nvcc
