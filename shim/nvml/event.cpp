// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sets of events. These devices raise none, so that a wait ends with its time.
#include "nvml/support.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

struct nvmlEventSet_st {};

namespace anywarp::nvml {
namespace {

struct Sets {
  std::mutex mutex; // guards what follows
  std::condition_variable freed;
  std::vector<nvmlEventSet_t> live;
  bool has(nvmlEventSet_t set) const {
    return std::find(live.begin(), live.end(), set) != live.end();
  }
};
Sets& sets() {
  static Sets* value = new Sets; // never destroyed: a thread may still wait
  return *value;
}

} // namespace

Result<void> eventSetCreate(nvmlEventSet_t* set) {
  AW_ARG(set, "set is null");
  std::lock_guard lock(sets().mutex);
  *set = new nvmlEventSet_st;
  sets().live.push_back(*set);
  return {};
}

Result<void> eventSetFree(nvmlEventSet_t set) {
  std::lock_guard lock(sets().mutex);
  AW_ARG(sets().has(set), "not a live set of events");
  std::erase(sets().live, set);
  sets().freed.notify_all();
  delete set;
  return {};
}

Result<void> eventSetWait(nvmlEventSet_t set, nvmlEventData_t* data, unsigned int milliseconds) {
  AW_ARG(data, "data is null");
  Sets& s = sets();
  std::unique_lock lock(s.mutex);
  AW_ARG(s.has(set), "not a live set of events");
  s.freed.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return !s.has(set); });
  return fail(NVML_ERROR_TIMEOUT);
}

Result<void> deviceRegisterEvents(nvmlDevice_t handle, unsigned long long types,
                                  nvmlEventSet_t set) {
  AW_TRY(findDevice(handle));
  std::lock_guard lock(sets().mutex);
  AW_ARG(sets().has(set), "not a live set of events");
  AW_ARG((types & ~static_cast<unsigned long long>(nvmlEventTypeAll)) == 0, "unknown events");
  if (types)
    return fail(NVML_ERROR_NOT_SUPPORTED);
  return {};
}

Result<void> deviceGetSupportedEventTypes(nvmlDevice_t device, unsigned long long* types) {
  return giveConstant(device, types, nvmlEventTypeNone);
}

} // namespace anywarp::nvml
