// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/device.h"

#include "core/context.h"
#include "core/device_attributes.h"
#include "core/handles.h"
#include "core/pool.h"

#include <algorithm>
#include <fmt/core.h>

namespace anywarp::core {

Device::Device(int ordinal, std::unique_ptr<BackendDevice> backend)
    : ordinal_(ordinal), backend_(std::move(backend)) {}

void Device::makeObjects() {
  primary_ = std::make_shared<Context>(*this, /*primary=*/true);
  HandleTable<Context>::get().insert(primary_);
  PoolProperties properties;
  properties.location = {kLocationDevice, ordinal_};
  defaultPool_ = std::make_shared<Pool>(*this, properties, /*isDefault=*/true);
  HandleTable<Pool>::get().insert(defaultPool_);
  graphPool_ = std::make_shared<Pool>(*this, properties, /*isDefault=*/true);
  (void)graphPool_->setAttribute(4, UINT64_MAX); // CU_MEMPOOL_ATTR_RELEASE_THRESHOLD
}

Result<int> Device::attribute(int code) const {
  if (std::optional<int> value = deviceAttribute(info(), code))
    return *value;
  return makeError(Status::InvalidValue, fmt::format("{} is no device attribute", code));
}

Result<ContextRef> Device::primaryRetain() {
  std::lock_guard lock(primary_->lifeMutex_);
  if (primary_->retainCount_++ == 0)
    primary_->activate(primary_->flags());
  return primary_;
}

Result<void> Device::primaryRelease() {
  std::lock_guard lock(primary_->lifeMutex_);
  if (primary_->retainCount_ == 0)
    return makeError(Status::InvalidContext,
                     "the primary context is released more often than retained");
  if (--primary_->retainCount_ == 0)
    primary_->deactivate();
  return {};
}

Result<void> Device::primaryReset() {
  std::lock_guard lock(primary_->lifeMutex_);
  // The manual: resets whether or not it is in use; the handle stays valid for retaining again.
  primary_->retainCount_ = 0;
  if (primary_->active())
    primary_->deactivate();
  primary_->flags_ = 0;
  return {};
}

Result<void> Device::primarySetFlags(unsigned flags) {
  return primary_->setFlags(flags);
}

Device::PrimaryState Device::primaryState() const {
  return {primary_->flags(), primary_->active()};
}

PoolRef Device::currentPool() const {
  std::lock_guard lock(mutex_);
  return currentPool_ ? currentPool_ : defaultPool_;
}

void Device::setCurrentPool(PoolRef pool) {
  std::lock_guard lock(mutex_);
  currentPool_ = pool == defaultPool_ ? nullptr : std::move(pool);
}

void Device::notePoolExcess(const PoolRef& pool) {
  std::lock_guard lock(mutex_);
  auto same = [&](const std::weak_ptr<Pool>& p) { return p.lock() == pool; };
  if (std::none_of(excess_.begin(), excess_.end(), same))
    excess_.push_back(pool);
  poolExcess_.store(true, std::memory_order_relaxed);
}

void Device::releaseExcess() {
  if (!poolExcess_.load(std::memory_order_relaxed)) [[likely]]
    return;
  std::vector<std::weak_ptr<Pool>> pools;
  {
    std::lock_guard lock(mutex_);
    pools.swap(excess_);
    poolExcess_.store(false, std::memory_order_relaxed);
  }
  for (const std::weak_ptr<Pool>& weak : pools)
    if (PoolRef pool = weak.lock())
      pool->releaseExcess();
}

Result<void> Device::atomicCapabilities(unsigned* capabilities, const int* operations,
                                        unsigned count, bool reach) {
  constexpr int kLast = 12; // CU_ATOMIC_OPERATION_FLOAT_MAX
  // SIGNED, UNSIGNED, REDUCTION, SCALAR_32, SCALAR_64: memory is the host's, whose atomics work on
  // all of it.
  constexpr unsigned kAll = 0b11111;
  if (!capabilities || !operations || !count)
    return makeError(Status::InvalidValue, "no operations");
  for (unsigned i = 0; i < count; ++i)
    if (operations[i] < 0 || operations[i] > kLast)
      return makeError(Status::InvalidValue,
                       fmt::format("{} is no atomic operation", operations[i]));
  std::fill_n(capabilities, count, reach ? kAll : 0u);
  return {};
}

void Device::contextActive(bool active) {
  if (counters_)
    counters_->contexts.fetch_add(active ? 1 : uint32_t(-1), std::memory_order_relaxed);
}

bool Device::canAccessPeer(const Device& other) const {
  return &other != this;
}

} // namespace anywarp::core
