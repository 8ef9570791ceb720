// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options of a link (nvJitLink manual, "Supported Link Options").
#include "nvjitlink/support.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace anywarp::nvjitlink {
namespace {

constexpr unsigned kArchitectures[] = {50, 52, 53, 60, 61,  62,  70,  72,  75,  80, 86,
                                       87, 88, 89, 90, 100, 101, 103, 110, 120, 121};

// Options about machine code and about what does not change the result.
constexpr const char* kFlags[] = {
    "-verbose",  "-time", "-g",  "-lineinfo", "-lto", "-ptx", "-optimize-unused-variables",
    "-no-cache", "-r",    "-O0", "-O3"};
constexpr const char* kWithValue[] = {"-maxrregcount=",
                                      "-ftz=",
                                      "-prec-div=",
                                      "-prec-sqrt=",
                                      "-fma=",
                                      "-kernels-used=",
                                      "-variables-used=",
                                      "-Xptxas=",
                                      "-Xnvvm=",
                                      "-split-compile=",
                                      "-split-compile-extended=",
                                      "-jump-table-density=",
                                      "-relocatable-device-code="};

Result<void> refuse(Link& link, nvJitLinkResult code, const std::string& line) {
  link.errors += line + "\n";
  return fail(code, line);
}

Result<void> setArchitecture(Link& link, std::string_view value) {
  link.virtualArch = value.starts_with("compute_");
  std::string_view rest = value.substr(std::min(value.find('_'), value.size() - 1) + 1);
  unsigned number = 0;
  auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  std::string_view suffix(end, size_t(rest.data() + rest.size() - end));
  bool known = std::find(std::begin(kArchitectures), std::end(kArchitectures), number) !=
               std::end(kArchitectures);
  if (bad != std::errc() || !known || (suffix != "" && suffix != "a" && suffix != "f") ||
      (!link.virtualArch && !value.starts_with("sm_")))
    return refuse(
        link, NVJITLINK_ERROR_UNRECOGNIZED_ARCH,
        fmt::format(
            "ERROR NVJITLINK_ERROR_UNRECOGNIZED_ARCH: unrecognized architecture (compute_{})",
            rest));
  link.target.arch = number;
  link.target.archSuffix = suffix.empty() ? char(0) : suffix[0];
  return {};
}

Result<void> parseOne(Link& link, const std::string& word, bool& arch) {
  if (word.starts_with("-arch=")) {
    arch = true;
    return setArchitecture(link, std::string_view(word).substr(6));
  }
  bool flag = std::any_of(std::begin(kFlags), std::end(kFlags),
                          [&](const char* name) { return word == name; });
  bool value = std::any_of(std::begin(kWithValue), std::end(kWithValue),
                           [&](const char* name) { return word.starts_with(name); });
  if (word.starts_with("-O") && !flag)
    return refuse(
        link, NVJITLINK_ERROR_UNRECOGNIZED_OPTION,
        fmt::format("unsupported value of -O: {}. Only 0 and 3 are supported.", word.substr(2)));
  if (!flag && !value)
    return refuse(link, NVJITLINK_ERROR_UNRECOGNIZED_OPTION, "unrecognized option: " + word);
  link.lto = link.lto || word == "-lto";
  link.ptxWanted = link.ptxWanted || word == "-ptx";
  link.verbose = link.verbose || word == "-verbose";
  link.target.lineInfo = link.target.lineInfo || word == "-lineinfo" || word == "-g";
  if (word == "-O0")
    link.target.optimization = 0;
  if (word == "-ftz=1" || word == "-ftz=true")
    link.target.flushDenormals = true;
  return {};
}

} // namespace

Result<void> parseOptions(Link& link, const std::vector<std::string>& words) {
  link.target.ptxVersion = ANYWARP_CUDA_VERSION >= 13000 ? 90 : 88;
  bool arch = false;
  for (const std::string& word : words)
    AW_TRY(parseOne(link, word, arch));
  if (!arch)
    return fail(NVJITLINK_ERROR_MISSING_ARCH, "the option -arch=sm_NN is missing");
  if (link.ptxWanted && !link.lto)
    return refuse(link, NVJITLINK_ERROR_INCOMPATIBLE_OPTIONS, "ERROR: -ptx requires -lto");
  if (link.virtualArch && !link.ptxWanted)
    return refuse(link, NVJITLINK_ERROR_INCOMPATIBLE_OPTIONS, "ERROR: virtual arch requires -ptx");
  return {};
}

} // namespace anywarp::nvjitlink
