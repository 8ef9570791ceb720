// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The system: versions, processes, what is not there.
#include "core/runtime.h"
#include "nvml/support.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fmt/core.h>
#include <unistd.h>

namespace anywarp::nvml {
namespace {

// A driver of this branch has CUDA 13.0; tools compare it with what they need.
constexpr const char* kDriver = "580.00";
constexpr const char* kBranch = "r580_00";

// The command of a process as it was started, else its short name; empty: no such process.
std::string commandOf(unsigned process) {
  for (const char* source : {"cmdline", "comm"}) {
    FILE* file = fopen(fmt::format("/proc/{}/{}", process, source).c_str(), "re");
    char text[4096] = {};
    if (file) {
      size_t n = fread(text, 1, sizeof text - 1, file);
      fclose(file);
      text[n] = '\0';
    }
    text[strcspn(text, "\n")] = '\0'; // the first argument ends with a NUL of its own
    if (*text)
      return text;
  }
  return {};
}

} // namespace

Result<void> systemGetDriverVersion(char* version, unsigned int length) {
  return giveText(version, length, kDriver);
}

Result<void> systemGetNVMLVersion(char* version, unsigned int length) {
  return giveText(version, length, fmt::format("{}.{}", NVML_API_VERSION, kDriver));
}

Result<void> systemGetCudaDriverVersion(int* version) {
  AW_ARG(version, "cudaDriverVersion is null");
  *version = core::driverVersion();
  return {};
}

Result<void> systemGetDriverBranch(nvmlSystemDriverBranchInfo_t* info, unsigned int length) {
  AW_ARG(info, "branchInfo is null");
  AW_TRY(checkVersion(info->version, nvmlSystemDriverBranchInfo_v1));
  return giveText(info->branch, std::min<unsigned>(length, sizeof info->branch), kBranch);
}

// Cut where there is no room, as the manual says.
Result<void> systemGetProcessName(unsigned int pid, char* name, unsigned int length) {
  AW_ARG(name && length > 0, "no room for the name");
  if (access(fmt::format("/proc/{}", pid).c_str(), F_OK) != 0)
    return fail(NVML_ERROR_NOT_FOUND, fmt::format("there is no process {}", pid));
  std::snprintf(name, length, "%s", commandOf(pid).c_str());
  return {};
}

Result<void> systemGetHicVersion(unsigned int* count, nvmlHwbcEntry_t*) {
  AW_ARG(count, "hwbcCount is null");
  *count = 0;
  return {};
}

// Every device is the processor itself.
Result<void> systemGetTopologyGpuSet(unsigned int cpu, unsigned int* count, nvmlDevice_t* list) {
  AW_ARG(count, "count is null");
  AW_ARG(long(cpu) < sysconf(_SC_NPROCESSORS_CONF), "there is no such processor");
  auto all = devices();
  AW_ARG(*count == 0 || list, "the list is null");
  for (size_t i = 0; i < all.size() && i < *count; ++i)
    list[i] = all[i];
  *count = *count ? std::min<unsigned>(*count, unsigned(all.size())) : unsigned(all.size());
  return {};
}

Result<void> unitGetCount(unsigned int* count) {
  AW_ARG(count, "unitCount is null");
  *count = 0;
  return {};
}

Result<void> getExcludedDeviceCount(unsigned int* count) {
  AW_ARG(count, "deviceCount is null");
  *count = 0;
  return {};
}

} // namespace anywarp::nvml
