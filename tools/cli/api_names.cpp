// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See api_names.h.
#include "api_names.h"

#include "paths.h"

#include <algorithm>
#include <array>
#include <dlfcn.h>
#include <filesystem>
#include <map>

namespace anywarp::cli {
namespace {

struct Name {
  std::string_view function, library;
  Coverage coverage;
};

// The end marker keeps the array non-empty in a tree without tables.
constexpr Name kNames[] = {
#include "cli/api_names.inc"
    {"~", "", Coverage::Missing}};

struct Prefix {
  std::string_view prefix, library;
};

// Longest first where one begins like another. What follows must be an upper-case letter.
constexpr Prefix kPrefixes[] = {
    {"__cuda", "libcudart"},
    {"cudnnBackend", "libcudnn"},
    {"cudnn", "libcudnn"},
    {"cublasLt", "libcublasLt"},
    {"cublasXt", "libcublas"},
    {"cublas", "libcublas"},
    {"cufftXt", "libcufft"},
    {"cufft", "libcufft"},
    {"curand", "libcurand"},
    {"cusolverDn", "libcusolver"},
    {"cusolverSp", "libcusolver"},
    {"cusolver", "libcusolver"},
    {"cusparse", "libcusparse"},
    {"cutensor", "libcutensor"},
    {"cupti", "libcupti"},
    {"cuFile", "libcufile"},
    {"cuda", "libcudart"},
    {"cu", "libcuda"},
    {"nvrtc", "libnvrtc"},
    {"nvJitLink", "libnvJitLink"},
    {"nvjpeg", "libnvjpeg"},
    {"nvml", "libnvidia-ml"},
    {"nvtx", "libnvToolsExt"},
    {"nccl", "libnccl"},
    {"npp", "libnppc"},
    {"nvFatbin", "libnvfatbin"},
};

// Our own library of that name; null: none. Kept open: a process asks for many functions.
void* ourLibrary(const std::string& soname) {
  static std::map<std::string, void*> open;
  auto [it, fresh] = open.try_emplace(soname, nullptr);
  if (fresh)
    it->second =
        dlopen((std::filesystem::path(libraryFolder()) / soname).c_str(), RTLD_LAZY | RTLD_LOCAL);
  return it->second;
}

} // namespace

std::string_view coverageName(Coverage coverage) {
  switch (coverage) {
  case Coverage::Full:
    return "full";
  case Coverage::Partial:
    return "partial";
  case Coverage::Stub:
    return "stub";
  case Coverage::Missing:
    return "missing";
  case Coverage::NoLibrary:
    break;
  }
  return "no library";
}

std::string_view cudaLibrary(std::string_view function) {
  for (const Prefix& p : kPrefixes)
    if (function.size() > p.prefix.size() && function.starts_with(p.prefix)) {
      char next = function[p.prefix.size()];
      if (next >= 'A' && next <= 'Z')
        return p.library;
    }
  return function.starts_with("npp") ? "libnppc" : std::string_view{};
}

Coverage coverageOf(std::string_view function, std::string_view library, std::string_view soname) {
  auto* end = std::end(kNames) - 1;
  auto* it = std::lower_bound(std::begin(kNames), end, function,
                              [](const Name& n, std::string_view f) { return n.function < f; });
  if (it != end && it->function == function)
    return it->coverage;
  bool haveTable = std::any_of(std::begin(kNames), end,
                               [library](const Name& n) { return n.library == library; });
  if (haveTable)
    return Coverage::Missing;
  void* ours = soname.empty() ? nullptr : ourLibrary(std::string(soname));
  if (!ours)
    return Coverage::NoLibrary;
  return dlsym(ours, std::string(function).c_str()) ? Coverage::Full : Coverage::Missing;
}

} // namespace anywarp::cli
