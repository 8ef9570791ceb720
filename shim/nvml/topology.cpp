// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where devices are: all of them are the host's processors.
#include "nvml/support.h"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <unistd.h>

namespace anywarp::nvml {
namespace {

// The first `bits` bits are set, in words of unsigned long.
Result<void> giveBits(unsigned long* words, unsigned count, unsigned bits) {
  AW_ARG(words && count > 0, "no room for the set");
  constexpr unsigned kWord = sizeof(unsigned long) * CHAR_BIT;
  for (unsigned i = 0; i < count; ++i) {
    unsigned left = bits > i * kWord ? bits - i * kWord : 0;
    words[i] = left >= kWord ? ~0ul : (1ul << left) - 1;
  }
  return {};
}

unsigned memoryNodes() {
  unsigned last = 0;
  if (FILE* file = fopen("/sys/devices/system/node/possible", "re")) { // "0" or "0-3"
    unsigned first = 0;
    if (fscanf(file, "%u-%u", &first, &last) < 2)
      last = first;
    fclose(file);
  }
  return last + 1;
}

Result<void> checkScope(nvmlAffinityScope_t scope) {
  AW_ARG(scope == NVML_AFFINITY_SCOPE_NODE || scope == NVML_AFFINITY_SCOPE_SOCKET, "unknown scope");
  return {};
}

} // namespace

Result<void> deviceGetTopologyCommonAncestor(nvmlDevice_t first, nvmlDevice_t second,
                                             nvmlGpuTopologyLevel_t* level) {
  AW_LET(a, findDevice(first));
  AW_LET(b, findDevice(second));
  AW_ARG(level, "pathInfo is null");
  *level = a == b ? NVML_TOPOLOGY_INTERNAL : NVML_TOPOLOGY_NODE;
  return {};
}

Result<void> deviceGetTopologyNearestGpus(nvmlDevice_t handle, nvmlGpuTopologyLevel_t level,
                                          unsigned int* count, nvmlDevice_t* list) {
  AW_LET(device, findDevice(handle));
  AW_ARG(count, "count is null");
  AW_ARG(int(level) >= 0 && int(level) <= NVML_TOPOLOGY_SYSTEM && level % 10 == 0, "unknown level");
  AW_ARG(*count == 0 || list, "the list is null");
  unsigned found = 0;
  for (nvmlDevice_st* other : devices())
    if (other != device && level == NVML_TOPOLOGY_NODE) {
      if (found < *count)
        list[found] = other;
      ++found;
    }
  *count = *count ? std::min(*count, found) : found;
  return {};
}

Result<void> deviceGetP2PStatus(nvmlDevice_t first, nvmlDevice_t second,
                                nvmlGpuP2PCapsIndex_t index, nvmlGpuP2PStatus_t* status) {
  AW_TRY(findDevice(first));
  AW_TRY(findDevice(second));
  AW_ARG(status && unsigned(index) < unsigned(NVML_P2P_CAPS_INDEX_UNKNOWN),
         "status is null or the index is unknown");
  bool reach = index != NVML_P2P_CAPS_INDEX_NVLINK; // there are no links
  *status = reach ? NVML_P2P_STATUS_OK : NVML_P2P_STATUS_NOT_SUPPORTED;
  return {};
}

Result<void> deviceGetCpuAffinity(nvmlDevice_t handle, unsigned int count, unsigned long* set) {
  AW_TRY(findDevice(handle));
  return giveBits(set, count, unsigned(std::max(1l, sysconf(_SC_NPROCESSORS_CONF))));
}

Result<void> deviceGetCpuAffinityWithinScope(nvmlDevice_t device, unsigned int count,
                                             unsigned long* set, nvmlAffinityScope_t scope) {
  AW_TRY(checkScope(scope));
  return deviceGetCpuAffinity(device, count, set);
}

Result<void> deviceGetMemoryAffinity(nvmlDevice_t handle, unsigned int count, unsigned long* set,
                                     nvmlAffinityScope_t scope) {
  AW_TRY(findDevice(handle));
  AW_TRY(checkScope(scope));
  return giveBits(set, count, memoryNodes());
}

} // namespace anywarp::nvml
