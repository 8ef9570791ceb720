// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "services.h"

#include <algorithm>
#include <fmt/core.h>

namespace anywarp::cpu {
namespace {

// CUlimit (CUDA driver API manual); names are the manual's.
constexpr int kLimitStackSize = 0, kLimitPrintfFifoSize = 1, kLimitMallocHeapSize = 2,
              kLimitDevRuntimeSyncDepth = 3, kLimitDevRuntimePendingLaunchCount = 4,
              kLimitMaxL2FetchGranularity = 5, kLimitPersistingL2CacheSize = 6;
constexpr size_t kMaxFetchGranularity = 128; // bytes

} // namespace

Result<void> CpuContext::setLimit(int cuLimit, size_t value) {
  switch (cuLimit) {
  case kLimitStackSize:
    stackLimit_ = value; // stacks grow as they need
    return {};
  case kLimitPrintfFifoSize:
    print_.setLimit(value);
    return {};
  case kLimitMallocHeapSize:
    return heap_.setLimit(value);
  case kLimitDevRuntimeSyncDepth: // nothing is reserved for either: both are as large as needed
    syncDepth_ = value;
    return {};
  case kLimitDevRuntimePendingLaunchCount:
    pendingLaunches_ = value;
    return {};
  case kLimitMaxL2FetchGranularity: // a hint, which is kept
    fetchGranularity_ = std::min(value, kMaxFetchGranularity);
    return {};
  case kLimitPersistingL2CacheSize: // clamped to MAX_PERSISTING_L2_CACHE_SIZE, which is 0
    return {};
  default:
    return makeError(Status::UnsupportedLimit,
                     fmt::format("limit {} means nothing to a cpu device", cuLimit));
  }
}

Result<size_t> CpuContext::limit(int cuLimit) {
  switch (cuLimit) {
  case kLimitStackSize:
    return stackLimit_.load();
  case kLimitPrintfFifoSize:
    return print_.limit();
  case kLimitMallocHeapSize:
    return heap_.limit();
  case kLimitDevRuntimeSyncDepth:
    return syncDepth_.load();
  case kLimitDevRuntimePendingLaunchCount:
    return pendingLaunches_.load();
  case kLimitMaxL2FetchGranularity:
    return fetchGranularity_.load();
  case kLimitPersistingL2CacheSize:
    return size_t(0);
  default:
    return makeError(Status::UnsupportedLimit,
                     fmt::format("limit {} means nothing to a cpu device", cuLimit));
  }
}

} // namespace anywarp::cpu
