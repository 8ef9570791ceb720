// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/green_context.h"

#include "core/device.h"
#include "core/handles.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/stream_queue.h"

#include <algorithm>
#include <atomic>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

// CUdevSmResourceSplit_flags.
constexpr unsigned kIgnoreCoscheduling = 1, kMaxClusters = 2;

Error badConfiguration(std::string why) {
  return makeError(Status::InvalidResourceConfiguration, std::move(why));
}

uint32_t multipleOf(uint32_t unit, uint32_t value) {
  return (value + unit - 1) / unit * unit;
}

HandleTable<GreenContext>& table() {
  return HandleTable<GreenContext>::get();
}

std::atomic<int> live{0}; // second handles

} // namespace

struct GreenContext::AsContext {
  std::weak_ptr<GreenContext> green;
};

uint32_t Multiprocessors::alignment(const Device& device, bool anyPlacement) {
  uint32_t all = uint32_t(device.info().multiprocessors);
  return std::min(device.info().computeMajor >= 9 && !anyPlacement ? 8u : 2u, all);
}

uint32_t Multiprocessors::smallestPart(const Device& device, bool anyPlacement) {
  uint32_t all = uint32_t(device.info().multiprocessors);
  uint32_t least = device.info().computeMajor >= 9 ? 8 : device.info().computeMajor == 8 ? 4 : 2;
  return std::min(anyPlacement ? 2u : least, all);
}

Result<Multiprocessors::Split> Multiprocessors::divide(unsigned least, size_t most,
                                                       unsigned flags) const {
  Result<Device*> owner = Runtime::get().device(device);
  if (!owner)
    return owner.error();
  if (flags & ~(kIgnoreCoscheduling | kMaxClusters))
    return makeError(Status::InvalidValue, fmt::format("{:#x} are no flags of a split", flags));
  if (least > count)
    return makeError(Status::InvalidValue,
                     fmt::format("groups of {} multiprocessors; there are {}", least, count));
  if (split)
    return badConfiguration("a part can be divided again only after a green context has it");
  const bool any = flags & kIgnoreCoscheduling;
  uint32_t size = std::max(least, smallestPart(**owner, any));
  if (flags & kMaxClusters) // room for the largest cluster, one block on a multiprocessor
    size = std::max(size, std::min((*owner)->info().maxClusterBlocksNonPortable, count));
  size = multipleOf(alignment(**owner, any), size);
  if (size > count) {
    // Fewer than the granularity: the only part is the whole.
    if (count >= multipleOf(alignment(**owner, any), 1) && count >= smallestPart(**owner, any))
      return badConfiguration(
          fmt::format("groups have multiples of {} multiprocessors; {} are too few for {}",
                      alignment(**owner, any), count, least));
    size = count;
  }
  static std::atomic<uint32_t> nextSplit{1};
  const uint32_t number = nextSplit.fetch_add(1, std::memory_order_relaxed);
  Split result;
  uint32_t at = first;
  for (size_t i = std::min<size_t>(most, count / size); i; --i, at += size)
    result.groups.push_back({device, at, size, number});
  result.rest = {device, at, first + count - at, number};
  return result;
}

Result<Multiprocessors> Multiprocessors::join(std::span<const Multiprocessors> parts) {
  if (parts.empty())
    return makeError(Status::InvalidValue, "no resources");
  std::vector<Multiprocessors> sorted(parts.begin(), parts.end());
  std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
  Multiprocessors all = sorted[0];
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].device != all.device)
      return badConfiguration("the resources are of different devices");
    if (!all.split || sorted[i].split != all.split)
      return badConfiguration("the multiprocessors are not of one split");
    if (sorted[i].first < sorted[i - 1].first + sorted[i - 1].count)
      return badConfiguration("a resource is given twice");
    all.count += sorted[i].count;
  }
  all.split = 0;
  return all;
}

GreenContext::GreenContext(ContextRef root, const Multiprocessors& resource)
    : root_(std::move(root)), rootId_(root_->id()), id_(Context::nextId()), resource_(resource),
      order_(std::make_shared<LegacyOrder>()) {}

GreenContext::~GreenContext() = default;

Result<GreenContextRef> GreenContext::create(Device& device, const Multiprocessors& resource) {
  if (resource.device != device.ordinal())
    return makeError(Status::InvalidValue, "the descriptor is of another device");
  Result<ContextRef> root = device.primaryRetain();
  if (!root)
    return root.error();
  auto green = std::make_shared<GreenContext>(*root, resource);
  auto legacy = std::make_shared<Stream>(*root, Stream::Kind::Legacy, 0, 0, green);
  Result<void> added = (*root)->addStream(legacy);
  if (!added) {
    (void)device.primaryRelease();
    return added.error();
  }
  {
    std::lock_guard lock(green->order_->mutex);
    green->order_->legacy = legacy->queue();
  }
  {
    std::lock_guard lock(green->mutex_);
    green->legacy_ = legacy;
  }
  green->asContext_ = std::make_shared<AsContext>(AsContext{green});
  HandleTable<AsContext>::get().insert(green->asContext_);
  live.fetch_add(1);
  table().insert(green);
  return green;
}

Result<void> GreenContext::destroy() {
  GreenContextRef self = table().remove(this);
  if (!self)
    return makeError(Status::ContextIsDestroyed, "the green context was destroyed before");
  StreamRef legacy = leave();
  if (legacy)
    legacy->retire();
  return root_->id() == rootId_ ? root_->device().primaryRelease() : Result<void>();
}

StreamRef GreenContext::leave() {
  destroyed_ = true;
  if (HandleTable<AsContext>::get().remove(asContext_.get()))
    live.fetch_sub(1);
  {
    std::lock_guard lock(order_->mutex); // breaks the circle of queues
    order_->legacy = nullptr;
    order_->blocking.clear();
  }
  std::lock_guard lock(mutex_);
  return std::exchange(legacy_, nullptr);
}

void GreenContext::releaseContext(const Context& root) {
  for (const GreenContextRef& green : table().all())
    if (&green->root() == &root && table().remove(green.get()))
      (void)green->leave();
}

GreenContextRef GreenContext::fromHandle(const void* handle) {
  return table().find(handle);
}

GreenContextRef GreenContext::fromContextHandle(const void* handle) {
  if (!live.load(std::memory_order_acquire)) [[likely]]
    return nullptr;
  auto found = HandleTable<AsContext>::get().find(handle);
  return found ? found->green.lock() : nullptr;
}

Result<void> GreenContext::check() const {
  if (destroyed_.load(std::memory_order_acquire) || root_->id() != rootId_)
    return makeError(Status::ContextIsDestroyed, "the green context was destroyed");
  return root_->check();
}

StreamRef GreenContext::legacyStream() {
  std::lock_guard lock(mutex_);
  return legacy_;
}

std::vector<StreamRef> GreenContext::streams() {
  std::vector<StreamRef> mine = root_->streams();
  std::erase_if(mine, [&](const StreamRef& stream) { return stream->green() != this; });
  return mine;
}

} // namespace anywarp::core
